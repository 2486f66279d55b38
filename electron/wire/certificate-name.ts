/**
 * certificate-name.ts: distinguished names (RFC 5280 4.1.2.4) and general names (4.2.1.6).
 *
 * In:   DER elements
 * Out:  names for people, for comparison, and as references to match
 * Not:  deciding which name counts (trust/identity.ts, trust/path/name-constraints.ts)
 *
 * Throws DerError; the decoders' exported doors catch it.
 */
import { DerError, DerReader, TAG, constructed, oidText, primitive, type Element } from './der.ts';
import { addressText } from './ip.ts';

export type DistinguishedName = {
  /** RFC 4514 text, for people. */
  readonly text: string;
  readonly der: Uint8Array;
  /** Last common name, if any. */
  readonly commonName: string | null;
  readonly commonNames: readonly string[];
  /** For comparing (RFC 5280 7.1): one text per relative distinguished name, and the whole. Equal texts are equal names. */
  readonly rdns: readonly string[];
  readonly canonical: string;
};

export type CertificateName = {
  readonly type: 'dns' | 'srv' | 'xmpp' | 'ip' | 'cn' | 'other';
  /** As found; for `ip` in text form. Not yet fit for a screen: control characters may be inside. */
  readonly value: string;
  /** For dns and srv: whether every byte is IA5 ASCII. */
  readonly ascii: boolean;
};

/** One GeneralName as it stands. For `other` and its forms `oid` is the type-id, `tag` and `value` those of the inner value. */
export type GeneralName = {
  readonly form: 'other' | 'email' | 'dns' | 'x400' | 'directory' | 'edi' | 'uri' | 'ip' | 'registered';
  readonly oid: string | null;
  readonly tag: number;
  readonly value: Uint8Array;
  /** For `directory`: the comparison form. */
  readonly rdns: readonly string[];
};

/** id-on-dnsSRV (RFC 4985 2) and id-on-xmppAddr (RFC 6120 13.7.1.4). */
export const SRV_NAME = '1.3.6.1.5.5.7.8.7';
export const XMPP_ADDR = '1.3.6.1.5.5.7.8.5';

/** Reads a Name. `rdns` and `canonical` are its comparison form (RFC 5280 7.1). */
export function readName(element: Element): DistinguishedName {
  if (element.tag !== TAG.sequence) throw new DerError('a name that is no sequence');
  const outer = new DerReader(element.value);
  const texts: string[] = [];
  const rdns: string[] = [];
  const commonNames: string[] = [];
  while (!outer.done) {
    const rdn = readRdn(outer.inside(TAG.set, 'a relative distinguished name'));
    texts.push(rdn.map((a) => `${SHORT[a.oid] ?? a.oid}=${escaped(a.text)}`).join('+'));
    rdns.push(
      rdn
        .map((a) => `${a.oid}=${a.canonical.length}:${a.canonical}`)
        .sort()
        .join('+'),
    );
    for (const a of rdn) if (a.oid === COMMON_NAME) commonNames.push(a.text);
  }
  return {
    // RFC 4514 2.1: the last one comes first.
    text: texts.reverse().join(','),
    der: element.whole,
    commonName: commonNames.at(-1) ?? null,
    commonNames,
    rdns,
    canonical: rdns.join(','),
  };
}

type Attribute = { readonly oid: string; readonly text: string; readonly canonical: string };

function readRdn(set: DerReader): readonly Attribute[] {
  const attributes: Attribute[] = [];
  while (!set.done) {
    const pair = set.inside(TAG.sequence, 'an attribute');
    const oid = oidText(pair.take(TAG.oid, 'an attribute type').value);
    const { tag, whole, value } = pair.any();
    pair.end('an attribute value');
    const text = stringText(tag, value);
    // RFC 5280 7.1: texts are compared without case and spare spaces; everything else byte by byte, type included.
    const canonical = text === null ? `#${hex(whole)}` : folded(text);
    attributes.push({ oid, text: text ?? `#${hex(whole)}`, canonical });
  }
  if (attributes.length === 0) throw new DerError('an empty relative distinguished name');
  return attributes;
}

/** The text of an ASN.1 string; null for a type that is no string or bytes that do not fit it. */
export function stringText(tag: number, value: Uint8Array): string | null {
  switch (tag) {
    case TAG.utf8String:
      return utf8Text(value);
    case TAG.printableString:
    case TAG.numericString:
    case TAG.ia5String:
    case TAG.visibleString:
    case TAG.t61String:
      return latin1(value);
    case TAG.bmpString:
      return value.length % 2 === 0 ? wide(value, 2) : null;
    case TAG.universalString:
      return value.length % 4 === 0 ? wide(value, 4) : null;
    default:
      return null;
  }
}

function wide(value: Uint8Array, size: number): string | null {
  let text = '';
  for (let i = 0; i < value.length; i += size) {
    let code = 0;
    for (let j = 0; j < size; j++) code = code * 256 + (value[i + j] ?? 0);
    if (code > 0x10ffff) return null;
    text += String.fromCodePoint(code);
  }
  return text;
}

export function latin1(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1');
}

export function hex(value: Uint8Array): string {
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex');
}

/** The text, or null where the bytes are no UTF-8. */
export function utf8Text(value: Uint8Array): string | null {
  const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8');
  // The replacement character stands for broken bytes; a genuine U+FFFD in a name is of no use to anybody either.
  return text.includes('\ufffd') ? null : text;
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** RFC 4514 2.4. Control characters stay: `visible()` shows them later. */
function escaped(text: string): string {
  return text.replace(/[,+"\\<>;=]|^[ #]| $/g, '\\$&');
}

/** Reads one GeneralName; `element` is the next one of a GeneralNames or a GeneralSubtree's base. */
export function readGeneralName(element: Element): GeneralName {
  const { tag, value } = element;
  if (tag === constructed(0)) return readOtherName(value);
  if (tag === constructed(4)) {
    const inner = new DerReader(value);
    const name = inner.take(TAG.sequence, 'a directory name');
    inner.end('a directory name');
    return { form: 'directory', oid: null, tag: name.tag, value: name.whole, rdns: readName(name).rdns };
  }
  const form = FORMS[tag];
  if (form === undefined) throw new DerError('a general name of unknown form');
  return { form, oid: null, tag, value, rdns: [] };
}

function readOtherName(bytes: Uint8Array): GeneralName {
  const pair = new DerReader(bytes);
  const oid = oidText(pair.take(TAG.oid, 'the type of an otherName').value);
  const explicit = pair.inside(constructed(0), 'the value of an otherName');
  pair.end('an otherName');
  const inner = explicit.any();
  explicit.end('the value of an otherName');
  return { form: 'other', oid, tag: inner.tag, value: inner.value, rdns: [] };
}

/** A GeneralName as a presented identifier (RFC 9525 4; RFC 6120 13.7.1.2). */
export function presentedName(name: GeneralName): CertificateName {
  const { form, oid, tag, value } = name;
  if (form === 'dns') return { type: 'dns', value: latin1(value), ascii: isAscii(value) };
  if (form === 'ip' && (value.length === 4 || value.length === 16)) {
    return { type: 'ip', value: addressText(value), ascii: true };
  }
  if (oid === SRV_NAME && stringText(tag, value) !== null) {
    // RFC 4985 2: IA5String. Any other string type is shown as an SRVName, and never matches.
    const ascii = tag === TAG.ia5String && isAscii(value);
    return { type: 'srv', value: stringText(tag, value) ?? '', ascii };
  }
  if (oid === XMPP_ADDR && tag === TAG.utf8String) {
    const text = utf8Text(value);
    if (text !== null) return { type: 'xmpp', value: text, ascii: isAscii(value) };
  }
  return { type: 'other', value: otherText(name), ascii: isAscii(value) };
}

function otherText({ form, oid, tag, value }: GeneralName): string {
  if (form === 'email' || form === 'uri') return `${form}:${latin1(value)}`;
  if (form === 'directory') return `directory:${readName(new DerReader(value).any()).text}`;
  if (form === 'registered') return `registered:${oidText(value)}`;
  const text = form === 'other' ? stringText(tag, value) : null;
  return `${oid ?? form}:${text ?? `#${hex(value)}`}`;
}

export function isAscii(value: Uint8Array): boolean {
  return value.every((byte) => byte < 0x80);
}

const FORMS: Readonly<Record<number, GeneralName['form']>> = {
  [primitive(1)]: 'email',
  [primitive(2)]: 'dns',
  [constructed(3)]: 'x400',
  [constructed(5)]: 'edi',
  [primitive(6)]: 'uri',
  [primitive(7)]: 'ip',
  [primitive(8)]: 'registered',
};
const COMMON_NAME = '2.5.4.3';
/** RFC 4514 3 and RFC 5280 appendix A.1; anything else stands as its number. */
const SHORT: Readonly<Record<string, string>> = {
  [COMMON_NAME]: 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};
