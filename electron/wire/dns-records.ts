/**
 * dns-records.ts: what single records hold, as values and as text (RFC 1035, 2782, 3596, 6672, 6698, 8659).
 *
 * In:   RDATA as in Rr, whole and uncompressed
 * Out:  its fields, or what is malformed (octets left over are malformed everywhere); its presentation form
 * Not:  messages (dns-message.ts), reading presentation form (zone-line.ts), belief (trust)
 *
 * These few layouts are read here and not by dns-packet: that joins labels with dots without escaping them, turns types
 * into mnemonics, refuses a DNSKEY by its protocol field, and is not typed for single records.
 */
import type { DnsName, Malformed, Outcome } from '../../shared/basics.ts';
import { visible } from '../../shared/visible.ts';
import type { Rr } from './dns-message.ts';
import { broken, fields } from './dns-reader.ts';
import { base32hex, decodeDnskey, decodeDs, decodeNsec, decodeNsec3, decodeRrsig } from './dns-signed.ts';
import { CLASS_IN, TYPE, typeName } from './dns-type.ts';
import { addressText } from './ip.ts';

export {
  base32hex,
  decodeDnskey,
  decodeDs,
  decodeNsec,
  decodeNsec3,
  decodeRrsig,
  keyTag,
  type Dnskey,
  type Ds,
  type Nsec,
  type Nsec3,
  type Rrsig,
} from './dns-signed.ts';

/** Decodes an IPv4 address (RFC 1035 3.4.1) as dotted quad. */
export function decodeA(rdata: Uint8Array): Outcome<string, Malformed> {
  return fields(rdata, (reader) => addressText(reader.take(4)));
}

/** Decodes an IPv6 address (RFC 3596 2.2) as RFC 5952 text. */
export function decodeAaaa(rdata: Uint8Array): Outcome<string, Malformed> {
  return fields(rdata, (reader) => addressText(reader.take(16)));
}

export type Srv = {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** '' means that the service is decidedly not offered (RFC 2782). */
  readonly target: DnsName;
};

/** Decodes a service's location (RFC 2782). */
export function decodeSrv(rdata: Uint8Array): Outcome<Srv, Malformed> {
  return fields(rdata, (reader) => ({
    priority: reader.u16(),
    weight: reader.u16(),
    port: reader.u16(),
    target: reader.name(),
  }));
}

/** Decodes an alias's target (RFC 1035 3.3.1). */
export function decodeCname(rdata: Uint8Array): Outcome<DnsName, Malformed> {
  return fields(rdata, (reader) => reader.name());
}

/** Decodes the target of a subtree's alias (RFC 6672 2.1). */
export function decodeDname(rdata: Uint8Array): Outcome<DnsName, Malformed> {
  return decodeCname(rdata);
}

/** Decodes a name server's name (RFC 1035 3.3.11). */
export function decodeNs(rdata: Uint8Array): Outcome<DnsName, Malformed> {
  return decodeCname(rdata);
}

export type Soa = {
  readonly primary: DnsName;
  readonly mailbox: DnsName;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  /** With the record's own TTL: how long an absence may be remembered (RFC 2308 5), in seconds. */
  readonly minimum: number;
};

/** Decodes the start of a zone of authority (RFC 1035 3.3.13). */
export function decodeSoa(rdata: Uint8Array): Outcome<Soa, Malformed> {
  return fields(rdata, (reader) => ({
    primary: reader.name(),
    mailbox: reader.name(),
    serial: reader.u32(),
    refresh: reader.u32(),
    retry: reader.u32(),
    expire: reader.u32(),
    minimum: reader.u32(),
  }));
}

/** Decodes character strings (RFC 1035 3.3.14); at least one. */
export function decodeTxt(rdata: Uint8Array): Outcome<readonly Uint8Array[], Malformed> {
  return fields(rdata, (reader) => {
    const strings = [reader.take(reader.u8())];
    while (reader.left > 0) strings.push(reader.take(reader.u8()));
    return strings;
  });
}

export type Caa = { readonly flags: number; readonly tag: string; readonly value: string };

/** Decodes which authority may issue (RFC 8659 4.1). `value` is bytes as Latin-1: text from outside. */
export function decodeCaa(rdata: Uint8Array): Outcome<Caa, Malformed> {
  return fields(rdata, (reader) => {
    const flags = reader.u8();
    const tag = String.fromCharCode(...reader.take(reader.u8()));
    if (!/^[0-9A-Za-z]+$/.test(tag)) broken('the tag is not alphanumeric');
    return { flags, tag: tag.toLowerCase(), value: Buffer.from(reader.rest()).toString('latin1') };
  });
}

export type Tlsa = {
  readonly usage: number;
  readonly selector: number;
  readonly matching: number;
  readonly data: Uint8Array;
};

/** Decodes a certificate association (RFC 6698 2.1). Whether it is usable is not judged here. */
export function decodeTlsa(rdata: Uint8Array): Outcome<Tlsa, Malformed> {
  return fields(rdata, (reader) => ({
    usage: reader.u8(),
    selector: reader.u8(),
    matching: reader.u8(),
    data: reader.rest(),
  }));
}

/** The longest text of one record, in characters. Chosen: a TLSA record with a whole RSA 2048 certificate fits. */
const LONGEST_TEXT = 4096;

/** One line in presentation form (RFC 1035 5.1); RDATA that cannot be read as in RFC 3597 5. */
export function recordText(rr: Rr): string {
  const type = typeName(rr.type);
  const rrClass = rr.class === CLASS_IN ? 'IN' : `CLASS${rr.class}`;
  return visible(`${dot(rr.name)} ${rr.ttl} ${rrClass} ${type} ${rdataText(rr)}`, LONGEST_TEXT);
}

/** The RDATA alone, as in recordText, not bounded. */
function rdataText(rr: Rr): string {
  const read = READERS.get(rr.type)?.(rr.rdata);
  return read?.ok === true ? read.value : `\\# ${rr.rdata.length} ${hex(rr.rdata)}`;
}

type Reader = (rdata: Uint8Array) => Outcome<string, Malformed>;

function line<T>(decode: (rdata: Uint8Array) => Outcome<T, Malformed>, text: (value: T) => string): Reader {
  return (rdata) => {
    const read = decode(rdata);
    return read.ok ? { ok: true, value: text(read.value) } : read;
  };
}

const READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [TYPE.A, decodeA],
  [TYPE.AAAA, decodeAaaa],
  [TYPE.NS, line(decodeNs, dot)],
  [TYPE.CNAME, line(decodeCname, dot)],
  [TYPE.DNAME, line(decodeDname, dot)],
  [TYPE.PTR, line(decodeCname, dot)],
  [TYPE.SRV, line(decodeSrv, (r) => `${r.priority} ${r.weight} ${r.port} ${dot(r.target)}`)],
  [
    TYPE.SOA,
    line(
      decodeSoa,
      (r) =>
        `${dot(r.primary)} ${dot(r.mailbox)} ${r.serial} ${r.refresh} ${r.retry} ${r.expire} ${r.minimum}`,
    ),
  ],
  [TYPE.TXT, line(decodeTxt, (strings) => strings.map(quoted).join(' '))],
  [TYPE.CAA, line(decodeCaa, (r) => `${r.flags} ${r.tag} ${quoted(Buffer.from(r.value, 'latin1'))}`)],
  [TYPE.TLSA, line(decodeTlsa, (r) => `${r.usage} ${r.selector} ${r.matching} ${hex(r.data)}`)],
  [TYPE.DS, line(decodeDs, (r) => `${r.keyTag} ${r.algorithm} ${r.digestType} ${hex(r.digest)}`)],
  [TYPE.DNSKEY, line(decodeDnskey, (r) => `${r.flags} ${r.protocol} ${r.algorithm} ${base64(r.key)}`)],
  [
    TYPE.RRSIG,
    line(
      decodeRrsig,
      (r) =>
        `${typeName(r.typeCovered)} ${r.algorithm} ${r.labels} ${r.originalTtl} ${r.expiration} ${r.inception} ` +
        `${r.keyTag} ${dot(r.signer)} ${base64(r.signature)}`,
    ),
  ],
  [TYPE.NSEC, line(decodeNsec, (r) => `${dot(r.next)} ${types(r.types)}`)],
  [
    TYPE.NSEC3,
    line(
      decodeNsec3,
      (r) =>
        `${r.hashAlgorithm} ${r.flags} ${r.iterations} ${r.salt.length === 0 ? '-' : hex(r.salt)} ` +
        `${base32hex(r.nextHash)} ${types(r.types)}`,
    ),
  ],
]);

function dot(name: string): string {
  return `${name}.`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function types(numbers: ReadonlySet<number>): string {
  return [...numbers].map(typeName).join(' ');
}

// RFC 1035 5.1: quotes and backslashes escaped, and every octet that is not printable ASCII as \DDD.
function quoted(bytes: Uint8Array): string {
  const text = Array.from(bytes, (octet) => {
    if (octet === 0x22 || octet === 0x5c) return `\\${String.fromCharCode(octet)}`;
    if (octet < 0x20 || octet > 0x7e) return `\\${String(octet).padStart(3, '0')}`;
    return String.fromCharCode(octet);
  });
  return `"${text.join('')}"`;
}
