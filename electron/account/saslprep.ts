/**
 * saslprep.ts: passwords and user names in the one spelling that both sides hash (RFC 4013).
 *
 * In:   text as typed
 * Out:  the prepared text, or null where it holds what no password may hold
 * Not:  the localpart's own rules (the server's, RFC 7622)
 *
 * Deliberate: the rule on mixed directions (RFC 3454 section 6) is left out. A password that breaks it cannot have been
 * stored by a server that keeps it, and on other servers it works as it is.
 */

/** RFC 3454 table C.1.2 but U+200B, which table B.1 takes away first in practice: mapped to a space. */
const SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/gu;
/** RFC 3454 table B.1: mapped to nothing. */
const NOTHING = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;
/** RFC 4013 2.3: controls, private use, non-characters, surrogates, what changes the display or tags text. */
const PROHIBITED =
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u06dd\u070f\u180e\u2028\u2029\u206a-\u206f\ufff9-\ufffd\u2ff0-\u2ffb\u0340\u0341\u200e\u200f\u202a-\u202e\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;

/** Prepares text for hashing. Empty text is null too: no server has such a password or user. */
export function saslPrep(text: string): string | null {
  const prepared = text.replace(NOTHING, '').replace(SPACES, ' ').normalize('NFKC');
  return prepared === '' || PROHIBITED.test(prepared) ? null : prepared;
}
