/**
 * der.ts: a reader for DER (X.690 10 and 11) that keeps the exact byte spans.
 *
 * In:   bytes
 * Out:  elements one after another; DerError, which the decoders' exported doors catch
 * Not:  knowing any structure (certificate.ts, ocsp.ts)
 *
 * Why not node-forge's asn1: signatures are checked over the bytes as they stand, and forge keeps no spans; and it reads
 * the whole tree at once (measured: 0.37 s for 80 KB of nested sequences before its own depth limit). This reader
 * descends only where a caller that knows the structure descends, so depth is bounded by our code, never by the input.
 */

/** What is wrong with the bytes. Never leaves the room: decoders turn it into Malformed. */
export class DerError extends Error {}

/** `whole` is header and content, `value` the content; both are views of the input. */
export type Element = { readonly tag: number; readonly whole: Uint8Array; readonly value: Uint8Array };

/** Reads the elements of one constructed value from left to right. Every method throws DerError on bytes that break DER. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The tag of the next element; -1 at the end. */
  get next(): number {
    return this.#bytes[this.#at] ?? -1;
  }

  /** The next element, whatever its tag. Refuses long tags, indefinite and non-minimal lengths. */
  any(): Element {
    const start = this.#at;
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) throw new DerError('a tag number above 30');
    const length = this.#length();
    const begin = this.#at;
    if (length > this.#bytes.length - begin) throw new DerError('a length that runs past the end');
    this.#at = begin + length;
    return {
      tag,
      whole: this.#bytes.subarray(start, this.#at),
      value: this.#bytes.subarray(begin, this.#at),
    };
  }

  take(tag: number, what: string): Element {
    if (this.next !== tag) throw new DerError(`${what} is missing or has another type`);
    return this.any();
  }

  maybe(tag: number): Element | null {
    return this.next === tag ? this.any() : null;
  }

  /** A reader of the content of the next element, which must have this tag. */
  inside(tag: number, what: string): DerReader {
    return new DerReader(this.take(tag, what).value);
  }

  end(what: string): void {
    if (!this.done) throw new DerError(`something follows ${what}`);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new DerError('the bytes end too early');
    this.#at++;
    return byte;
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0) throw new DerError('an indefinite length');
    if (count > 4) throw new DerError('a length of more than four bytes');
    let length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte();
    if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('a length that is not minimal');
    return length;
  }
}

/** Universal tags, and context tags by number (X.690 8.1.2). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Context tag, primitive. */
export const primitive = (n: number): number => 0x80 | n;
/** Context tag, constructed. */
export const constructed = (n: number): number => 0xa0 | n;

/** A reader of the one sequence that `bytes` must be, with nothing after it. */
export function onlySequence(bytes: Uint8Array, what: string): DerReader {
  const outer = new DerReader(bytes);
  const inner = outer.inside(TAG.sequence, what);
  outer.end(what);
  return inner;
}

/** Dotted text of an object identifier's content. */
export function oidText(value: Uint8Array): string {
  if (value.length === 0 || value.length > LONGEST_OID)
    throw new DerError('an object identifier of impossible length');
  const arcs: (number | bigint)[] = [];
  let start = 0;
  for (let i = 0; i < value.length; i++) {
    if (value[start] === 0x80) throw new DerError('an object identifier that is not minimal');
    if (((value[i] ?? 0) & 0x80) !== 0) continue;
    arcs.push(arc(value.subarray(start, i + 1)));
    start = i + 1;
  }
  if (start !== value.length) throw new DerError('an object identifier that ends too early');
  const [first = 0, ...rest] = arcs;
  const root = first < 80 ? Number(first) : 80;
  const top = Math.floor(root / 40);
  const second = typeof first === 'bigint' ? first - BigInt(top * 40) : first - top * 40;
  return [top, second, ...rest].join('.');
}

function arc(bytes: Uint8Array): number | bigint {
  // Six groups of seven bits fit a double exactly; longer arcs (UUIDs under 2.25) need whole numbers without limit.
  if (bytes.length <= 6) return bytes.reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  return bytes.reduce((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n);
}

/** A BOOLEAN's content. DER knows 0xff for true; an explicit false where DER leaves it out is common and harmless. */
export function booleanValue(value: Uint8Array): boolean {
  if (value.length !== 1 || (value[0] !== 0 && value[0] !== 0xff))
    throw new DerError('a boolean that is neither');
  return value[0] === 0xff;
}

/** Checks an INTEGER's content for the minimal form and returns it. */
export function integerBytes(value: Uint8Array): Uint8Array {
  const [first, second] = value;
  if (first === undefined) throw new DerError('an empty integer');
  const padded =
    second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (padded) throw new DerError('an integer that is not minimal');
  return value;
}

/** A small INTEGER that must not be negative. Anything above 2^31 comes back as 2^31: larger than any limit here. */
export function smallInteger(value: Uint8Array): number {
  const bytes = integerBytes(value);
  if ((bytes[0] ?? 0) >= 0x80) throw new DerError('a negative number where none may be');
  return bytes.length > 4 ? 2 ** 31 : bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** Bits in an INTEGER's content that must be positive: a modulus, an exponent. */
export function bitLength(value: Uint8Array): number {
  const bytes = integerBytes(value);
  if ((bytes[0] ?? 0) >= 0x80) throw new DerError('a negative number where none may be');
  const from = bytes[0] === 0 ? 1 : 0;
  const top = bytes[from];
  return top === undefined ? 0 : (bytes.length - from) * 8 - (Math.clz32(top) - 24);
}

/** The bytes of a BIT STRING's content that must be whole bytes: a key, a signature. */
export function wholeBits(value: Uint8Array): Uint8Array {
  if (value[0] !== 0) throw new DerError('a bit string that is not whole bytes');
  return value.subarray(1);
}

/** The numbers of the bits that are set in a BIT STRING's content (named bits, X.690 11.2). */
export function namedBits(value: Uint8Array): ReadonlySet<number> {
  const unused = value[0];
  if (unused === undefined || unused > 7 || (unused > 0 && value.length === 1))
    throw new DerError('a broken bit string');
  const bits = new Set<number>();
  // Named bit lists here have at most nine names (RFC 5280 4.2.1.3); four bytes are plenty.
  for (let i = 0; i < Math.min((value.length - 1) * 8 - unused, 32); i++) {
    if ((((value[1 + (i >> 3)] ?? 0) >> (7 - (i & 7))) & 1) === 1) bits.add(i);
  }
  return bits;
}

/** X.660 sets no limit; the longest in use (UUIDs under 2.25) have 20 bytes. */
const LONGEST_OID = 64;
