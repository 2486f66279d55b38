/**
 * dns-message.ts: a DNS message as values (RFC 1035, RFC 6891).
 *
 * In:   wire bytes
 * Out:  DnsMessage, or what is malformed
 * Not:  sockets (net/dns), meaning of single records (dns-records.ts), trust
 */
import type { DnsName, Malformed, Outcome } from '../../shared/basics.ts';
import { ROOT } from './dns-name.ts';
import { broken, decoded, DnsReader } from './dns-reader.ts';
import { TYPE } from './dns-type.ts';

export { TYPE, typeName, typeNumber } from './dns-type.ts';

/** One resource record. `rdata` is whole: names inside it are uncompressed, in the case in which they came. */
export type Rr = {
  readonly name: DnsName;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly rdata: Uint8Array;
};

export type DnsMessage = {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionAvailable: boolean;
  readonly ad: boolean;
  readonly cd: boolean;
  /** Extended by EDNS. */
  readonly rcode: number;
  readonly questions: readonly { readonly name: DnsName; readonly type: number; readonly class: number }[];
  readonly answer: readonly Rr[];
  readonly authority: readonly Rr[];
  readonly additional: readonly Rr[];
  readonly edns: {
    readonly udpSize: number;
    readonly do: boolean;
    /** Extended DNS errors (RFC 8914). */
    readonly errors: readonly { readonly code: number; readonly text: string }[];
  } | null;
};

/** RFC 1035 4.2.2: a message's length is a 16-bit number. */
export const LONGEST_MESSAGE = 65535;

/**
 * Decodes a whole message. Malformed: cut short, octets left over, names that point anywhere but backwards, more than
 * one OPT (RFC 6891 6.1.1). Records stay whole even where their RDATA makes no sense: what one record holds is the
 * business of dns-records.ts, and one odd record must not hide the others (dns-packet would refuse the message).
 * The OPT record becomes `edns` and is not listed among `additional`.
 */
export function decodeMessage(bytes: Uint8Array): Outcome<DnsMessage, Malformed> {
  return decoded(() => {
    if (bytes.length > LONGEST_MESSAGE) broken('the message is longer than 65,535 octets');
    // A plain view, so that no Buffer leaks into the values.
    const reader = new DnsReader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    const id = reader.u16();
    const flags = reader.u16();
    const counts = [reader.u16(), reader.u16(), reader.u16(), reader.u16()] as const;
    const questions = Array.from(times(counts[0]), () => ({
      name: reader.compressedName(),
      type: reader.u16(),
      class: reader.u16(),
    }));
    const answer = Array.from(times(counts[1]), () => decodeRr(reader));
    const authority = Array.from(times(counts[2]), () => decodeRr(reader));
    const extra = Array.from(times(counts[3]), () => decodeRr(reader));
    reader.ended();
    const opts = extra.filter((rr) => rr.type === TYPE.OPT);
    if (opts.length > 1) broken('the message has more than one OPT record');
    const opt = opts[0];
    return {
      id,
      response: (flags & 0x8000) !== 0,
      opcode: (flags >> 11) & 0xf,
      authoritative: (flags & 0x0400) !== 0,
      truncated: (flags & 0x0200) !== 0,
      recursionAvailable: (flags & 0x0080) !== 0,
      ad: (flags & 0x0020) !== 0,
      cd: (flags & 0x0010) !== 0,
      // RFC 6891 6.1.3: the upper eight bits are the first octet of the OPT record's TTL.
      rcode: (flags & 0xf) | (opt === undefined ? 0 : (opt.ttl >>> 24) << 4),
      questions,
      answer,
      authority,
      additional: opt === undefined ? extra : extra.filter((rr) => rr !== opt),
      edns: opt === undefined ? null : decodeOpt(opt),
    };
  });
}

// A generator, not an array: a claimed count costs nothing until bytes are there for it.
function* times(count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
}

function decodeRr(reader: DnsReader): Rr {
  const name = reader.compressedName();
  const type = reader.u16();
  const rrClass = reader.u16();
  const ttl = reader.u32();
  const length = reader.u16();
  const start = reader.at;
  const raw = reader.take(length);
  return {
    name,
    type,
    class: rrClass,
    // RFC 2181 8: a TTL with its top bit set is zero. OPT keeps its flags there.
    ttl: ttl > 0x7fffffff && type !== TYPE.OPT ? 0 : ttl,
    rdata: uncompressed(type, reader.bytes, start, raw),
  };
}

/**
 * The types whose names may come compressed (RFC 3597 4, RFC 1035 3.3): octets before the names, how many names,
 * octets after them. RRSIG and NSEC are not here, because they must not be compressed (RFC 4034 3.1.7, 4.1.1).
 */
const COMPRESSIBLE: ReadonlyMap<number, Layout> = new Map<number, Layout>([
  ...[2, 3, 4, 5, 7, 8, 9, 12, 39].map((type): [number, Layout] => [type, [0, 1, 0]]), // NS to MR, PTR, DNAME
  ...[14, 17].map((type): [number, Layout] => [type, [0, 2, 0]]), // MINFO RP
  ...[15, 18, 21, 36].map((type): [number, Layout] => [type, [2, 1, 0]]), // MX AFSDB RT KX
  [6, [0, 2, 20]], // SOA
  [26, [2, 2, 0]], // PX
  [33, [6, 1, 0]], // SRV
]);
type Layout = readonly [before: number, names: number, after: number];

// RDATA that does not fit its type's layout stays as it came; its decoder then finds it malformed.
function uncompressed(type: number, message: Uint8Array, start: number, raw: Uint8Array): Uint8Array {
  const layout = COMPRESSIBLE.get(type);
  if (layout === undefined) return raw;
  const whole = decoded(() => {
    const [before, names, after] = layout;
    const reader = new DnsReader(message, start, start + raw.length);
    const parts = [reader.take(before)];
    for (let i = 0; i < names; i++) parts.push(reader.compressedNameOctets());
    parts.push(reader.take(after));
    reader.ended();
    return concat(parts);
  });
  return whole.ok ? whole.value : raw;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** RFC 8914 5.2: the option that carries an extended error. */
const EXTENDED_ERROR = 15;

function decodeOpt(opt: Rr): NonNullable<DnsMessage['edns']> {
  if (opt.name !== ROOT) broken('the OPT record has an owner');
  const reader = new DnsReader(opt.rdata);
  const errors: { readonly code: number; readonly text: string }[] = [];
  while (reader.left > 0) {
    const code = reader.u16();
    const option = new DnsReader(reader.take(reader.u16()));
    if (code !== EXTENDED_ERROR) continue;
    errors.push({ code: option.u16(), text: new TextDecoder().decode(option.rest()).replace(/\0+$/, '') });
  }
  return { udpSize: opt.class, do: (opt.ttl & 0x8000) !== 0, errors };
}
