/**
 * zone-rdata.ts: readable data of the record types that demo zones use, as RDATA.
 *
 * In:   data by type
 * Out:  wire bytes, names in lower case, so that they are canonical as they stand (RFC 4034 6.2)
 * Not:  reading RDATA (wire/dns-records.ts)
 */
import { encodeName, parseName } from '../wire/dns-name.ts';

export type RecordData = {
  readonly A: string;
  readonly AAAA: string;
  readonly NS: string;
  readonly CNAME: string;
  readonly DNAME: string;
  readonly TXT: string;
  readonly SRV: {
    readonly priority?: number;
    readonly weight?: number;
    readonly port: number;
    readonly target: string;
  };
  readonly TLSA: {
    readonly usage: number;
    readonly selector: number;
    readonly matchingType: number;
    /** Hex. */
    readonly data: string;
  };
  readonly DS: {
    readonly tag: number;
    readonly algorithm: number;
    readonly digestType: number;
    readonly digest: Uint8Array;
  };
};

/** Throws on data that fits no record: plans are code, not input. */
export function encodeRdata<T extends keyof RecordData>(type: T, data: RecordData[T]): Uint8Array {
  return ENCODE[type](data);
}

export function u16(value: number): readonly number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

export function u32(value: number): readonly number[] {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

/** A type bitmap (RFC 4034 4.1.2). */
export function typeBitmap(types: readonly number[]): Uint8Array {
  const windows = new Map<number, Uint8Array>();
  for (const type of [...types].sort((a, b) => a - b)) {
    const window = windows.get(type >> 8) ?? new Uint8Array(32);
    windows.set(type >> 8, window);
    const at = (type & 0xff) >> 3;
    window[at] = (window[at] ?? 0) | (0x80 >> (type & 7));
  }
  return Buffer.concat(
    [...windows].map(([number, octets]) => {
      const length = octets.findLastIndex((octet) => octet !== 0) + 1;
      return Uint8Array.from([number, length, ...octets.subarray(0, length)]);
    }),
  );
}

const ENCODE: { readonly [T in keyof RecordData]: (data: RecordData[T]) => Uint8Array } = {
  A: (text) => Uint8Array.from(text.split('.').map(Number)),
  AAAA: encodeIpv6,
  NS: name,
  CNAME: name,
  DNAME: name,
  TXT: (text) => Uint8Array.from([Buffer.byteLength(text), ...Buffer.from(text)]),
  SRV: ({ priority = 0, weight = 0, port, target }) =>
    Uint8Array.from([...u16(priority), ...u16(weight), ...u16(port), ...name(target)]),
  TLSA: ({ usage, selector, matchingType, data }) =>
    Uint8Array.from([usage, selector, matchingType, ...Buffer.from(data, 'hex')]),
  DS: ({ tag, algorithm, digestType, digest }) =>
    Uint8Array.from([...u16(tag), algorithm, digestType, ...digest]),
};

function name(text: string): Uint8Array {
  const parsed = parseName(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.detail}`);
  return encodeName(parsed.value);
}

function encodeIpv6(text: string): Uint8Array {
  const [head = '', tail] = text.split('::');
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const [front, back] = [groups(head), groups(tail ?? '')];
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  const all = [...front, ...Array.from({ length: gap }, () => '0'), ...back];
  if (all.length !== 8) throw new Error(`${text} is no IPv6 address`);
  return Uint8Array.from(all.flatMap((group) => u16(parseInt(group, 16))));
}
