/**
 * idna.ts: internationalised domain names, to the wire and to the screen (UTS 46, RFC 5891).
 *
 * In:   text
 * Out:  A-labels as a DnsName, U-labels as text
 * Not:  JIDs (address.ts), DNS messages (dns-name.ts)
 */
import tr46 from 'tr46';
import type { DnsName } from '../../shared/basics.ts';

/**
 * The A-label form of a domain name: lower case, no final dot. Returns null for what is no host name: empty labels, labels
 * above 63 or names above 253 characters (RFC 1035 2.3.4), anything outside letters, digits and hyphens once mapped
 * (so `_`, `@`, `/`, `*`, spaces and controls), invalid A-labels.
 */
export function toAscii(text: string): DnsName | null {
  if (text.length > LONGEST_INPUT) return null;
  // tr46 calls an all-ASCII name without A-labels valid as it is; the pattern below says the same without its cost.
  const ascii = PLAIN.test(text) && !text.toLowerCase().includes('xn--') ? text.toLowerCase() : mapped(text);
  return ascii !== null && ascii.length <= LONGEST_NAME && HOST_NAME.test(ascii) ? (ascii as DnsName) : null;
}

function mapped(text: string): string | null {
  const ascii = tr46.toASCII(text, STRICT);
  if (ascii === null) return null;
  if (!ascii.includes('xn--')) return ascii;
  // An A-label must be what its own U-label encodes to; toUnicode checks that and tells.
  const { domain, error } = tr46.toUnicode(ascii, STRICT);
  return error || domain.split('.').some((label) => RESERVED.test(label)) ? null : ascii;
}

/** The U-label form for the screen. A name that has no valid one comes back unchanged. */
export function toUnicode(name: string): string {
  if (!name.includes('xn--') || name.length > LONGEST_INPUT) return name;
  const { domain, error } = tr46.toUnicode(name, STRICT);
  return error ? name : domain;
}

const STRICT = {
  checkBidi: true,
  // ASCII labels with “--” in third and fourth place exist in the DNS, and such a name must not depend on its other labels.
  checkHyphens: false,
  checkJoiners: true,
  useSTD3ASCIIRules: true,
  verifyDNSLength: true,
};
/** RFC 5891 4.2.3.1: no U-label has hyphens in its third and fourth place, or at an end. */
const RESERVED = /^(?=.*[^\0-\x7f])(?:..--|-|.*-$)/su;
const PLAIN = /^[a-z0-9.-]+$/i;
/** LDH labels (RFC 5890 2.3.1), no hyphen at either end. */
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** RFC 1035 2.3.4: 255 octets on the wire are 253 characters of text. */
const LONGEST_NAME = 253;
/** RFC 7622 3.2: a domainpart has at most 1023 octets; so no longer text can become one. */
const LONGEST_INPUT = 1023;
