/**
 * dns-name.ts: domain names between text, wire and order (RFC 1035, RFC 4034).
 *
 * In:   presentation text, or names in the program's one spelling (DnsName, shared/basics.ts)
 * Out:  DnsName, wire bytes, ancestors, canonical order
 * Not:  Unicode names (address.ts turns them into A-labels), compressed names (dns-message.ts)
 */
import type { DnsName, Malformed, Outcome } from '../../shared/basics.ts';

/** The root, which holds every name. */
export const ROOT = '' as DnsName;

/** RFC 1035 2.3.4: octets of a label, and of a whole name with its length octets and the root's. */
export const LONGEST_LABEL = 63;
export const LONGEST_NAME = 255;

/**
 * Parses a name in presentation form: `\DDD` and `\X` escapes, a final dot or none, '' and '.' for the root
 * (RFC 1035 5.1). Letters become lower-case. Malformed: an empty or too long label, a too long name, a broken escape,
 * a space, a control or a character outside ASCII.
 */
export function parseName(text: string): Outcome<DnsName, Malformed> {
  // Four characters for each octet is the longest spelling; nothing longer is looked at.
  if (text.length > 4 * LONGEST_NAME) return bad('the name is longer than 255 octets');
  if (text === '' || text === '.') return { ok: true, value: ROOT };
  let name = '';
  let label = 0;
  let octets = 1;
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at);
    if (code === DOT) {
      if (label === 0) return bad('the name has an empty label');
      octets += label + 1;
      label = 0;
      if (at < text.length - 1) name += '.';
      continue;
    }
    if (code === BACKSLASH) {
      const digits = /^[0-9]{3}/.exec(text.slice(at + 1, at + 4))?.[0];
      code = digits === undefined ? text.charCodeAt(at + 1) : Number(digits);
      if (Number.isNaN(code) || code > 255) return bad('the name has a broken escape');
      // RFC 1035 5.1: a digit after the backslash begins three of them.
      if (digits === undefined && (code < 0x21 || code > 0x7e || (code >= 0x30 && code <= 0x39))) {
        return bad('the name has a broken escape');
      }
      at += digits === undefined ? 1 : 3;
    } else if (code < 0x21 || code > 0x7e) {
      return bad('the name has a character outside printable ASCII');
    }
    name += spell(code);
    if (++label > LONGEST_LABEL) return bad('the name has a label longer than 63 octets');
  }
  if (label > 0) octets += label + 1;
  if (octets > LONGEST_NAME) return bad('the name is longer than 255 octets');
  return { ok: true, value: name as DnsName };
}

/** One octet of a label in the spelling of DnsName: lower-case, `\DDD` for dot, backslash and what is not printable. */
export function spell(octet: number): string {
  return SPELLING[octet] ?? '';
}

/** Whether the name is too long to exist (joining can make such a one): more than 255 octets on the wire. */
export function isTooLong(name: DnsName): boolean {
  return wireLength(name) > LONGEST_NAME;
}

/** The name on the wire: uncompressed, lower-case, with the root's zero octet. */
export function encodeName(name: DnsName): Uint8Array {
  const bytes = new Uint8Array(wireLength(name));
  let start = 0;
  let at = 1;
  for (let i = 0; i < name.length; i++) {
    let code = name.charCodeAt(i);
    if (code === DOT) {
      bytes[start] = at - start - 1;
      start = at++;
      continue;
    }
    if (code === BACKSLASH) {
      code = Number(name.slice(i + 1, i + 4));
      i += 3;
    }
    bytes[at++] = code;
  }
  if (name !== '') bytes[start] = at - start - 1;
  return bytes;
}

/** The labels from left to right, as spelled; none for the root. */
export function labels(name: DnsName): readonly string[] {
  return name === '' ? [] : name.split('.');
}

/** The name without its left-most label; the root's parent is the root. */
export function parent(name: DnsName): DnsName {
  const dot = name.indexOf('.');
  return dot < 0 ? ROOT : (name.slice(dot + 1) as DnsName);
}

/** The name, its parent, and so on; the root last. */
export function selfAndAncestors(name: DnsName): readonly DnsName[] {
  const all = [name];
  for (let next = name; next !== ROOT;) {
    next = parent(next);
    all.push(next);
  }
  return all;
}

/** Whether `name` is `zone` or below it. */
export function isUnder(name: DnsName, zone: DnsName): boolean {
  if (zone === '' || name === zone) return true;
  return name.length > zone.length && name.endsWith(zone) && name[name.length - zone.length - 1] === '.';
}

/** Canonical order (RFC 4034 6.1): by labels from the right, each as octets. Negative if `a` comes first, 0 if equal. */
export function compareCanonical(a: DnsName, b: DnsName): number {
  if (a === b) return 0;
  const left = labels(a);
  const right = labels(b);
  const shared = Math.min(left.length, right.length);
  for (let i = 1; i <= shared; i++) {
    const one = left[left.length - i] ?? '';
    const other = right[right.length - i] ?? '';
    if (one !== other) return unescaped(one) < unescaped(other) ? -1 : 1;
  }
  return left.length - right.length;
}

/**
 * Puts labels in front of a name: `join('_5222', '_tcp', host)`. The labels must be in the spelling of DnsName. The
 * result may be too long to exist (isTooLong); the network then reports the question as malformed and asks nobody.
 */
export function join(...parts: readonly [string, ...string[], DnsName]): DnsName {
  return parts.filter((part) => part !== '').join('.') as DnsName;
}

const DOT = 0x2e;
const BACKSLASH = 0x5c;

const SPELLING: readonly string[] = Array.from({ length: 256 }, (_, octet) =>
  octet === DOT || octet === BACKSLASH || octet < 0x21 || octet > 0x7e
    ? `\\${String(octet).padStart(3, '0')}`
    : String.fromCharCode(octet).toLowerCase(),
);

// Without escapes every character is one octet, dots stand for length octets, and one length octet and the root remain.
function wireLength(name: DnsName): number {
  if (name === '') return 1;
  if (!name.includes('\\')) return name.length + 2;
  return name.length + 2 - 3 * (name.split('\\').length - 1);
}

function unescaped(label: string): string {
  if (!label.includes('\\')) return label;
  return label.replace(/\\([0-9]{3})/g, (_, digits: string) => String.fromCharCode(Number(digits)));
}

function bad(detail: string): { readonly ok: false; readonly problem: Malformed } {
  return { ok: false, problem: { code: 'malformed', detail } };
}
