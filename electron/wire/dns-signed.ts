/**
 * dns-signed.ts: what the records of DNSSEC hold (RFC 4034, 5155).
 *
 * In:   RDATA as in Rr, whole and uncompressed
 * Out:  its fields, or what is malformed; octets left over are malformed everywhere
 * Not:  checking signatures and proofs (trust/dnssec)
 */
import type { DnsName, Malformed, Outcome } from '../../shared/basics.ts';
import { broken, type DnsReader, fields } from './dns-reader.ts';

export type Ds = {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: Uint8Array;
};

/** Decodes a delegation signer (RFC 4034 5.1). */
export function decodeDs(rdata: Uint8Array): Outcome<Ds, Malformed> {
  return fields(rdata, (reader) => ({
    keyTag: reader.u16(),
    algorithm: reader.u8(),
    digestType: reader.u8(),
    digest: reader.rest(),
  }));
}

export type Dnskey = {
  readonly flags: number;
  readonly protocol: number;
  readonly algorithm: number;
  readonly key: Uint8Array;
};

/** Decodes a zone's key (RFC 4034 2.1). Zone flag and protocol are judged by the validator. */
export function decodeDnskey(rdata: Uint8Array): Outcome<Dnskey, Malformed> {
  return fields(rdata, (reader) => ({
    flags: reader.u16(),
    protocol: reader.u8(),
    algorithm: reader.u8(),
    key: reader.rest(),
  }));
}

/** The key tag of a DNSKEY's RDATA (RFC 4034 appendix B; the old RSA/MD5 form B.1 is not wanted by anybody). */
export function keyTag(rdata: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < rdata.length; i++) sum += i % 2 === 0 ? (rdata[i] ?? 0) << 8 : (rdata[i] ?? 0);
  return (sum + (sum >>> 16)) & 0xffff;
}

export type Rrsig = {
  readonly typeCovered: number;
  readonly algorithm: number;
  readonly labels: number;
  readonly originalTtl: number;
  /** Seconds as 32-bit serial numbers (RFC 4034 3.1.5, RFC 1982). */
  readonly expiration: number;
  readonly inception: number;
  readonly keyTag: number;
  readonly signer: DnsName;
  readonly signature: Uint8Array;
};

/** Decodes a signature (RFC 4034 3.1). A compressed signer is malformed (3.1.7). */
export function decodeRrsig(rdata: Uint8Array): Outcome<Rrsig, Malformed> {
  return fields(rdata, (reader) => ({
    typeCovered: reader.u16(),
    algorithm: reader.u8(),
    labels: reader.u8(),
    originalTtl: reader.u32(),
    expiration: reader.u32(),
    inception: reader.u32(),
    keyTag: reader.u16(),
    signer: reader.name(),
    signature: reader.rest(),
  }));
}

export type Nsec = { readonly next: DnsName; readonly types: ReadonlySet<number> };

/** Decodes an absence (RFC 4034 4.1). */
export function decodeNsec(rdata: Uint8Array): Outcome<Nsec, Malformed> {
  return fields(rdata, (reader) => ({ next: reader.name(), types: typeBitmap(reader) }));
}

export type Nsec3 = {
  readonly hashAlgorithm: number;
  readonly flags: number;
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly nextHash: Uint8Array;
  readonly types: ReadonlySet<number>;
};

/** Decodes a hashed absence (RFC 5155 3.2). */
export function decodeNsec3(rdata: Uint8Array): Outcome<Nsec3, Malformed> {
  return fields(rdata, (reader) => {
    const head = { hashAlgorithm: reader.u8(), flags: reader.u8(), iterations: reader.u16() };
    const salt = reader.take(reader.u8());
    const nextHash = reader.take(reader.u8());
    // RFC 5155 3.2: the hash length is from 1 to 255.
    if (nextHash.length === 0) broken('the next hash is empty');
    return { ...head, salt, nextHash, types: typeBitmap(reader) };
  });
}

// RFC 4034 4.1.2: windows in rising order, each with 1 to 32 octets.
function typeBitmap(reader: DnsReader): ReadonlySet<number> {
  const types = new Set<number>();
  let last = -1;
  while (reader.left > 0) {
    const window = reader.u8();
    const map = reader.take(reader.u8());
    if (window <= last || map.length < 1 || map.length > 32) broken('the type bitmap is out of order');
    last = window;
    map.forEach((octet, i) => {
      for (let bit = 0; octet !== 0 && bit < 8; bit++) {
        if ((octet & (0x80 >> bit)) !== 0) types.add(window * 256 + i * 8 + bit);
      }
    });
  }
  return types;
}

/** Base32 with the extended hex alphabet, lower-case, without padding (RFC 4648 7, RFC 5155 3.3). */
export function base32hex(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const octet of bytes) {
    held = ((held << 8) | octet) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32HEX[(held >> (bits - 5)) & 31] ?? '';
  }
  return bits > 0 ? text + (BASE32HEX[(held << (5 - bits)) & 31] ?? '') : text;
}
const BASE32HEX = '0123456789abcdefghijklmnopqrstuv';
