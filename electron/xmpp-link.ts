/**
 * xmpp-link.ts: an `xmpp:` link that another program handed over, as text for the field.
 *
 * In:   a URI, or the arguments of a second start
 * Out:  linkIn, fieldText: text that a person sees before anything happens, or undefined
 * Not:  starting a check: whoever made the link is a stranger (RFC 5122 section 3.3)
 */

/** The longest JID in bytes: three parts of 1023 and two separators (RFC 7622 section 3.1). */
const LONGEST = 3071;

/** The first argument that is such a link; flags and files of a second start are ignored. */
export function linkIn(args: readonly string[]): string | undefined {
  return args.find((arg) => /^xmpp:/i.test(arg));
}

/**
 * The JID of an `xmpp:` URI: without the account part (`//account/`), the query and the fragment (RFC 5122 section 2.2).
 * Undefined for what is no such link, or holds nothing that can be shown as it is.
 */
export function fieldText(link: string): string | undefined {
  if (link.length > 3 * LONGEST || !/^xmpp:/i.test(link)) return undefined;
  const path = link
    .slice('xmpp:'.length)
    .replace(/[?#][\s\S]*$/, '')
    .replace(/^\/\/[^/]*\/?/, '');
  // An encoded separator would move the border between the parts once it is decoded, and no account or domain holds one.
  if (/%(?:2f|40)/i.test(path.split('/')[0] ?? '')) return undefined;
  const text = decoded(path);
  if (text === undefined || text === '' || Buffer.byteLength(text) > LONGEST) return undefined;
  // What cannot be seen would make the field lie. Everything else is the field's own business.
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text) ? undefined : text;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
