/**
 * der.ts: DER written with node-forge's asn1, for certificates and OCSP responses that the demo realm and tests need.
 *
 * In:   values
 * Out:  asn1 trees, and their bytes
 * Not:  reading (electron/wire/der.ts)
 */
import forge from 'node-forge';

const { asn1 } = forge;
/** forge's types call the number of a context tag a universal type; it is any number. */
const create: (group: forge.asn1.Class, n: number, constructed: boolean, value: string | Node[]) => Node =
  asn1.create;
export type Node = forge.asn1.Asn1;

const binary = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

function universal(type: number, constructed: boolean, value: string | Node[]): Node {
  return create(asn1.Class.UNIVERSAL, type, constructed, value);
}

export const sequence = (...items: readonly Node[]): Node => universal(16, true, [...items]);
export const set = (...items: readonly Node[]): Node => universal(17, true, [...items]);
export const oid = (text: string): Node => universal(6, false, asn1.oidToDer(text).getBytes());
export const integer = (bytes: Uint8Array): Node => universal(2, false, binary(bytes));
export const small = (n: number): Node => universal(2, false, asn1.integerToDer(n).getBytes());
export const enumerated = (n: number): Node => universal(10, false, String.fromCharCode(n));
export const boolean = (value: 'true' | 'false'): Node =>
  universal(1, false, value === 'true' ? '\xff' : '\0');
export const nothing = (): Node => universal(5, false, '');
export const octets = (bytes: Uint8Array): Node => universal(4, false, binary(bytes));
export const bits = (bytes: Uint8Array, unused = 0): Node =>
  universal(3, false, String.fromCharCode(unused) + binary(bytes));
export const utf8 = (text: string): Node => universal(12, false, binary(Buffer.from(text, 'utf8')));
export const printable = (text: string): Node => universal(19, false, text);
/** Writes each character's low byte, so that tests can put what is no ASCII into an IA5String. */
export const ia5 = (text: string): Node => universal(22, false, binary(Buffer.from(text, 'latin1')));

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280 4.1.2.5). `at` in milliseconds since 1970. */
export function time(at: number): Node {
  const text = new Date(at).toISOString().replace(/\.\d+|[-:T]/g, '');
  const short = text.startsWith('19') ? Number(text.slice(0, 4)) >= 1950 : Number(text.slice(0, 4)) < 2050;
  return short ? universal(23, false, text.slice(2)) : universal(24, false, text);
}

export function generalizedTime(at: number): Node {
  return universal(24, false, new Date(at).toISOString().replace(/\.\d+|[-:T]/g, ''));
}

/** A context tag around elements (explicit, or an implicit constructed type). */
export const tagged = (n: number, ...items: readonly Node[]): Node =>
  create(asn1.Class.CONTEXT_SPECIFIC, n, true, [...items]);
/** A context tag on content bytes (implicit primitive type). */
export const context = (n: number, bytes: Uint8Array): Node =>
  create(asn1.Class.CONTEXT_SPECIFIC, n, false, binary(bytes));

export function encode(node: Node): Uint8Array {
  return new Uint8Array(Buffer.from(asn1.toDer(node).getBytes(), 'latin1'));
}

/** DER that exists already, as a part of a tree. */
export function parsed(bytes: Uint8Array): Node {
  return asn1.fromDer(binary(bytes), true);
}
