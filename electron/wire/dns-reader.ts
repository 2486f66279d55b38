/**
 * dns-reader.ts: a bounded cursor over DNS bytes, and the only thrower of their faults.
 *
 * In:   bytes and a span of them
 * Out:  numbers, spans, names
 * Not:  the meaning of anything (dns-message.ts, dns-records.ts)
 */
import type { DnsName, Malformed, Outcome } from '../../shared/basics.ts';
import { LONGEST_NAME, spell } from './dns-name.ts';

/** Thrown inside wire/dns-*.ts and caught at their exported doors; never seen outside. */
class Broken extends Error {}

/** Ends the decoding of what is being decoded. */
export function broken(detail: string): never {
  throw new Broken(detail);
}

/** The door: runs a decoder and turns its fault into a problem. Other errors are bugs and pass. */
export function decoded<T>(decode: () => T): Outcome<T, Malformed> {
  try {
    return { ok: true, value: decode() };
  } catch (error) {
    if (error instanceof Broken) return { ok: false, problem: { code: 'malformed', detail: error.message } };
    throw error;
  }
}

/** Reads forward between `at` and `end`; whatever would go beyond is broken. */
export class DnsReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    return this.bytes[this.skip(1)] ?? 0;
  }

  u16(): number {
    const at = this.skip(2);
    return ((this.bytes[at] ?? 0) << 8) | (this.bytes[at + 1] ?? 0);
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  /** The next `length` bytes: a view, not a copy. */
  take(length: number): Uint8Array {
    const at = this.skip(length);
    return this.bytes.subarray(at, at + length);
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }

  /** A name that must stand here whole, without pointers. */
  name(): DnsName {
    const walk = walkName(this.bytes, this.at, this.end, 'whole');
    this.at = walk.next;
    return walk.name;
  }

  /** A name that may point to earlier bytes (RFC 1035 4.1.4). */
  compressedName(): DnsName {
    const walk = walkName(this.bytes, this.at, this.end, 'compressed');
    this.at = walk.next;
    return walk.name;
  }

  /** Like compressedName, but the octets as they came, uncompressed, in their case. */
  compressedNameOctets(): Uint8Array {
    const octets: number[] = [];
    this.at = walkName(this.bytes, this.at, this.end, 'compressed', octets).next;
    return Uint8Array.from(octets);
  }

  ended(): void {
    if (this.at !== this.end) broken(`${this.left} octets too many`);
  }

  private skip(length: number): number {
    const at = this.at;
    if (length > this.end - at) broken('the data ends too early');
    this.at = at + length;
    return at;
  }
}

/** Reads all of one record's RDATA; octets left over are malformed. */
export function fields<T>(rdata: Uint8Array, read: (reader: DnsReader) => T): Outcome<T, Malformed> {
  return decoded(() => {
    const reader = new DnsReader(rdata);
    const value = read(reader);
    reader.ended();
    return value;
  });
}

/** RFC 1035 4.1.1: the header; no name can stand inside it. */
const HEADER = 12;
/** A name of 255 octets has at most 127 labels, so more jumps than that lead nowhere useful. */
const MOST_JUMPS = 127;

// Every pointer must lead before the piece of name that holds it, so the walk goes strictly backwards and ends.
function walkName(
  bytes: Uint8Array,
  start: number,
  end: number,
  form: 'whole' | 'compressed',
  octets?: number[],
): { readonly name: DnsName; readonly next: number } {
  let name = '';
  let total = 1;
  let at = start;
  let piece = start;
  let limit = end;
  let next = -1;
  for (let jumps = 0; ;) {
    if (at >= limit) broken('a name ends too early');
    const length = bytes[at] ?? 0;
    if (length === 0) {
      octets?.push(0);
      return { name: name as DnsName, next: next < 0 ? at + 1 : next };
    }
    if (length >= 0xc0) {
      if (form === 'whole') broken('a name is compressed where it must not be');
      if (at + 2 > limit) broken('a name ends too early');
      const to = ((length & 0x3f) << 8) | (bytes[at + 1] ?? 0);
      if (to >= piece || to < HEADER) broken('a compressed name does not point backwards');
      if (++jumps > MOST_JUMPS) broken('a compressed name jumps too often');
      if (next < 0) next = at + 2;
      limit = piece;
      piece = at = to;
      continue;
    }
    if (length >= 0x40) broken('a label has an unknown type');
    total += length + 1;
    if (total > LONGEST_NAME) broken('a name is longer than 255 octets');
    const stop = at + 1 + length;
    if (stop > limit) broken('a name ends too early');
    octets?.push(length);
    if (name !== '') name += '.';
    for (at++; at < stop; at++) {
      const octet = bytes[at] ?? 0;
      octets?.push(octet);
      name += spell(octet);
    }
  }
}
