/**
 * zone-key.ts: keys of demo zones, and signatures made with them.
 *
 * In:   a zone's name and an algorithm; records to sign
 * Out:  DNSKEY, DS and RRSIG RDATA
 * Not:  which records a zone has (zone-sign.ts), verifying (trust/dnssec)
 */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { DnsName } from '../../shared/basics.ts';
import { encodeName, labels } from '../wire/dns-name.ts';
import { keyTag } from '../wire/dns-records.ts';
import type { Rr } from '../wire/dns-message.ts';
import { u16, u32 } from './zone-rdata.ts';

export type ZoneKeyPair = {
  readonly algorithm: number;
  readonly secret: KeyObject;
  /** DNSKEY RDATA. */
  readonly dnskey: Uint8Array;
  readonly tag: number;
};

/** RFC 4034 2.1.1: zone key with and without the entry-point flag. */
export const KEY_SIGNING = 257;
export const ZONE_SIGNING = 256;

/**
 * The key of that name, made at first use and kept while the program runs: signing a tree again keeps its keys. All RSA
 * keys are one, because making one takes a second.
 */
export function keyFor(purpose: string, algorithm: number, flags: number): ZoneKeyPair {
  const name = `${purpose} ${algorithm} ${flags}`;
  let pair = made.get(name);
  if (pair === undefined) {
    const secret = secretFor(algorithm);
    const dnskey = Uint8Array.from([...u16(flags), 3, algorithm, ...publicBytes(algorithm, secret)]);
    pair = { algorithm, secret, dnskey, tag: keyTag(dnskey) };
    made.set(name, pair);
  }
  return pair;
}

/** DS RDATA for a key (RFC 4034 5.1). */
export function dsOf(zone: DnsName, pair: ZoneKeyPair, digestType: number): Uint8Array {
  const hash = { 1: 'sha1', 2: 'sha256', 4: 'sha384' }[digestType];
  if (hash === undefined) throw new Error(`digest ${digestType} is not known`);
  const digest = createHash(hash).update(encodeName(zone)).update(pair.dnskey).digest();
  return Uint8Array.from([...u16(pair.tag), pair.algorithm, digestType, ...digest]);
}

/** From when to when, in seconds since 1970. */
export type Span = { readonly inception: number; readonly expiration: number };

/** RRSIG RDATA over a set whose RDATA is canonical already (RFC 4034 3.1.8.1). */
export function signSet(
  set: readonly [Rr, ...Rr[]],
  signer: DnsName,
  pair: ZoneKeyPair,
  span: Span,
): Uint8Array {
  const [first] = set;
  const parts = labels(first.name);
  const head = Uint8Array.from([
    ...u16(first.type),
    pair.algorithm,
    parts[0] === '*' ? parts.length - 1 : parts.length,
    ...u32(first.ttl),
    ...u32(span.expiration),
    ...u32(span.inception),
    ...u16(pair.tag),
    ...encodeName(signer),
  ]);
  const owner = encodeName(first.name);
  const sorted = set.map((rr) => rr.rdata).sort((a, b) => Buffer.compare(a, b));
  const records = sorted.map((rdata) => {
    const fixed = [...u16(first.type), ...u16(1), ...u32(first.ttl), ...u16(rdata.length)];
    return Buffer.concat([owner, Uint8Array.from(fixed), rdata]);
  });
  return Buffer.concat([head, signBytes(pair, Buffer.concat([head, ...records]))]);
}

const made = new Map<string, ZoneKeyPair>();
let rsa: KeyObject | undefined;

const HASHES: Readonly<Record<number, string>> = {
  5: 'sha1',
  7: 'sha1',
  8: 'sha256',
  10: 'sha512',
  13: 'sha256',
  14: 'sha384',
};

function signBytes(pair: ZoneKeyPair, data: Uint8Array): Uint8Array {
  return sign(HASHES[pair.algorithm] ?? null, data, { key: pair.secret, dsaEncoding: 'ieee-p1363' });
}

function secretFor(algorithm: number): KeyObject {
  switch (algorithm) {
    case 13:
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 14:
      return generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    case 15:
      return generateKeyPairSync('ed25519').privateKey;
    case 16:
      return generateKeyPairSync('ed448').privateKey;
    default:
      rsa ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      return rsa;
  }
}

// RFC 3110 2 (RSA), RFC 6605 4 (ECDSA), RFC 8080 3 (EdDSA).
function publicBytes(algorithm: number, secret: KeyObject): Uint8Array {
  const jwk = secret.export({ format: 'jwk' });
  const bytes = (text: string | undefined): Uint8Array => Buffer.from(text ?? '', 'base64url');
  if (jwk.kty === 'RSA')
    return Buffer.concat([Uint8Array.of(bytes(jwk.e).length), bytes(jwk.e), bytes(jwk.n)]);
  return algorithm === 13 || algorithm === 14 ? Buffer.concat([bytes(jwk.x), bytes(jwk.y)]) : bytes(jwk.x);
}
