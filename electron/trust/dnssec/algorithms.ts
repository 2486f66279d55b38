/**
 * algorithms.ts: DNSSEC's algorithm numbers as keys, signatures and digests (RFC 8624, RFC 9905).
 *
 * In:   DNSKEY public keys, signatures and signed bytes
 * Out:  whether a signature holds; DS digests; which numbers are known here
 * Not:  which signature over which records (signature.ts)
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { ed448 } from '@noble/curves/ed448.js';

/** A public key ready to verify, or null where its bytes make no key (then no signature of it holds). */
export type PublicKey =
  { readonly kind: 'native'; readonly key: KeyObject } | { readonly kind: 'ed448'; readonly key: Uint8Array };

type Algorithm = {
  readonly hash: string | null;
  /** How long one check takes, in units of about 100 microseconds (measured with Node 24 on an ordinary machine). */
  readonly cost: number;
} & (
  | { readonly kind: 'rsa' }
  | { readonly kind: 'ec'; readonly curve: 'P-256' | 'P-384'; readonly size: number }
  | {
      readonly kind: 'ed';
      readonly curve: 'Ed25519' | 'Ed448';
      readonly size: number;
      readonly signature: number;
    }
);

// The numbers of IANA's registry "DNS Security Algorithm Numbers" that TRUST-RULES 3.4 names.
const ALGORITHMS: Readonly<Record<number, Algorithm>> = {
  5: { kind: 'rsa', hash: 'sha1', cost: 1 },
  7: { kind: 'rsa', hash: 'sha1', cost: 1 },
  8: { kind: 'rsa', hash: 'sha256', cost: 1 },
  10: { kind: 'rsa', hash: 'sha512', cost: 1 },
  13: { kind: 'ec', hash: 'sha256', curve: 'P-256', size: 32, cost: 1 },
  14: { kind: 'ec', hash: 'sha384', curve: 'P-384', size: 48, cost: 6 },
  15: { kind: 'ed', hash: null, curve: 'Ed25519', size: 32, signature: 64, cost: 1 },
  16: { kind: 'ed', hash: null, curve: 'Ed448', size: 57, signature: 114, cost: 2 },
};

/** Without Ed448 in the runtime (BoringSSL), the portable code needs some 6 ms a check. */
const PORTABLE_ED448_COST = 60;

// RFC 4509, RFC 6605. SHA-1 (1) counts only beside no stronger one (zone-keys.ts).
const DIGESTS: Readonly<Record<number, string>> = { 1: 'sha1', 2: 'sha256', 4: 'sha384' };

/** Whether signatures of this number count here: 5 and 7 only where SHA-1 is allowed (RFC 9905). */
export function isAlgorithmUsable(algorithm: number, allowSha1: boolean): boolean {
  return ALGORITHMS[algorithm] !== undefined && (allowSha1 || !isSha1Algorithm(algorithm));
}

export function isSha1Algorithm(algorithm: number): boolean {
  return ALGORITHMS[algorithm]?.hash === 'sha1';
}

export function isDigestKnown(digest: number): boolean {
  return DIGESTS[digest] !== undefined;
}

/** DS digest over canonical owner and DNSKEY RDATA (RFC 4034 5.1.4); null for an unknown digest number. */
export function digestOf(digest: number, owner: Uint8Array, dnskey: Uint8Array): Uint8Array | null {
  const name = DIGESTS[digest];
  return name === undefined ? null : createHash(name).update(owner).update(dnskey).digest();
}

/** What one signature check costs, in units of about 100 microseconds. */
export function costOf(algorithm: number): number {
  const known = ALGORITHMS[algorithm];
  if (known === undefined) return 0;
  return algorithm === ED448 && !hasNativeEd448() ? PORTABLE_ED448_COST : known.cost;
}

/** Reads the public key field of a DNSKEY (RFC 3110, RFC 6605 4, RFC 8080 3); null if it makes no key. */
export function readPublicKey(algorithm: number, bytes: Uint8Array): PublicKey | null {
  const known = ALGORITHMS[algorithm];
  if (known === undefined) return null;
  try {
    switch (known.kind) {
      case 'rsa':
        return readRsa(bytes);
      case 'ec': {
        if (bytes.length !== 2 * known.size) return null;
        const [x, y] = [bytes.subarray(0, known.size), bytes.subarray(known.size)];
        return native({ kty: 'EC', crv: known.curve, x: base64url(x), y: base64url(y) });
      }
      case 'ed':
        if (bytes.length !== known.size) return null;
        if (algorithm === ED448 && !hasNativeEd448()) return { kind: 'ed448', key: bytes };
        return native({ kty: 'OKP', crv: known.curve, x: base64url(bytes) });
    }
  } catch {
    return null; // A point that is not on its curve, an even modulus: the library's refusal is the answer.
  }
}

/** Whether `signature` is one of `key` over `data`. Never throws: what the library refuses does not hold. */
export function holds(algorithm: number, key: PublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  const known = ALGORITHMS[algorithm];
  if (known === undefined) return false;
  if (known.kind === 'ec' && signature.length !== 2 * known.size) return false;
  if (known.kind === 'ed' && signature.length !== known.signature) return false;
  try {
    if (key.kind === 'ed448') return ed448.verify(signature, data, key.key);
    return verify(known.hash, data, { key: key.key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

const ED448 = 16;

// RFC 3110 2: at most 4096 bits. RFC 8624 leaves the lower end to policy; below 512 bits no library verifies.
const RSA_LONGEST = 512;
const RSA_SHORTEST = 64;
// A long exponent makes one check cost a thousand; OpenSSL's own limit for long moduli is 64 bits.
const EXPONENT_LONGEST = 8;

function readRsa(bytes: Uint8Array): PublicKey | null {
  const short = bytes[0] ?? 0;
  const start = short === 0 ? 3 : 1;
  const length = short === 0 ? (bytes[1] ?? 0) * 256 + (bytes[2] ?? 0) : short;
  const e = withoutZeros(bytes.subarray(start, start + length));
  const n = withoutZeros(bytes.subarray(start + length));
  if (e.length === 0 || e.length > EXPONENT_LONGEST) return null;
  if (n.length < RSA_SHORTEST || n.length > RSA_LONGEST) return null;
  return native({ kty: 'RSA', n: base64url(n), e: base64url(e) });
}

function native(jwk: Readonly<Record<string, string>>): PublicKey {
  return { kind: 'native', key: createPublicKey({ key: { ...jwk }, format: 'jwk' }) };
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');
}

function withoutZeros(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.subarray(0, 0) : bytes.subarray(first);
}

let nativeEd448: boolean | undefined;

// Asked by trying: the generator point of Ed448 (RFC 8032 5.2), encoded, is a key wherever the curve is known.
function hasNativeEd448(): boolean {
  if (nativeEd448 !== undefined) return nativeEd448;
  try {
    native({ kty: 'OKP', crv: 'Ed448', x: base64url(ed448.Point.BASE.toBytes()) });
    nativeEd448 = true;
  } catch {
    nativeEd448 = false;
  }
  return nativeEd448;
}
