/**
 * signature.ts: does a key make a signature, and what does it cost to find out?
 *
 * In:   signed bytes, signature, algorithm, key
 * Out:  valid, invalid or unsupported
 * Not:  whether the algorithm is good enough (validate.ts)
 *
 * The same under OpenSSL and BoringSSL: RSA keys are handed over as plain RSA (BoringSSL knows no RSASSA-PSS keys), Ed448
 * goes to @noble/curves.
 */
import { ed448 } from '@noble/curves/ed448.js';
import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { KeyFacts, SignatureFacts } from '../../wire/certificate-key.ts';

export type Signed = {
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
  readonly algorithm: SignatureFacts;
};
export type SignatureResult = 'valid' | 'invalid' | 'unsupported';

/** Checks one signature. A key that is no key (a point off its curve, say) makes none valid. */
export function checkSignature(signed: Signed, spki: Uint8Array, key: KeyFacts): SignatureResult {
  const { algorithm } = signed;
  if (!fits(algorithm, key)) return algorithm.kind === 'unknown' || unusable(key) ? 'unsupported' : 'invalid';
  // The crypto libraries throw on keys and signatures that are not even well-formed: that is a "no" like any other.
  try {
    return holds(signed, spki, key) ? 'valid' : 'invalid';
  } catch {
    return 'invalid';
  }
}

function holds({ data, signature, algorithm }: Signed, spki: Uint8Array, key: KeyFacts): boolean {
  switch (algorithm.kind) {
    case 'rsa':
      return verify(
        algorithm.hash,
        data,
        { key: rsaKey(key), padding: constants.RSA_PKCS1_PADDING },
        signature,
      );
    case 'rsa-pss': {
      const saltLength = algorithm.saltLength ?? 0;
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return verify(algorithm.hash, data, { key: rsaKey(key), padding, saltLength }, signature);
    }
    case 'ecdsa':
      return verify(algorithm.hash, data, { key: spkiKey(spki), dsaEncoding: 'der' }, signature);
    case 'ed25519':
      return verify(null, data, spkiKey(spki), signature);
    case 'ed448':
      return key.bytes.length === 57 && signature.length === 114 && ed448.verify(signature, data, key.bytes);
    case 'unknown':
      return false;
  }
}

/** Whether the key is one that this algorithm works with (RFC 4055 1.2 for keys bound to PSS). */
function fits(algorithm: SignatureFacts, key: KeyFacts): boolean {
  if (unusable(key)) return false;
  switch (algorithm.kind) {
    case 'rsa':
      return key.kind === 'rsa';
    case 'rsa-pss': {
      const bound = key.bound;
      const allowed = bound === null || (bound.hash === algorithm.hash && bound.mgfHash === algorithm.hash);
      // Any salt that fits the key will do (RFC 8017 9.1.2): OpenSSL's own default is the longest that does.
      return key.kind === 'rsa' || (key.kind === 'rsa-pss' && allowed);
    }
    case 'ecdsa':
      return key.kind === 'ec';
    case 'ed25519':
    case 'ed448':
      return key.kind === algorithm.kind;
    case 'unknown':
      return false;
  }
}

/** Keys that no runtime of ours works with, or that would make checking slow. */
function unusable(key: KeyFacts): boolean {
  if (key.kind === 'rsa' || key.kind === 'rsa-pss')
    return key.bits > LARGEST_RSA || key.exponentBits > LARGEST_EXPONENT;
  return (
    key.kind === 'unknown' || key.kind === 'dsa' || (key.kind === 'ec' && !USABLE_CURVES.has(key.curve ?? ''))
  );
}

/** Units of work: 1 is about 0.1 ms on a desktop of 2020, measured; Ed448 runs in JavaScript. */
export function signatureCost(key: KeyFacts): number {
  if (key.kind === 'ed448') return 30;
  if (key.kind === 'ec') return key.bits > 256 ? 5 : 1;
  return key.bits > 4096 ? 5 : 1;
}

/** A PKCS #1 key is the same for rsaEncryption and id-RSASSA-PSS. */
function rsaKey(key: KeyFacts): KeyObject {
  return createPublicKey({ key: Buffer.from(key.bytes), format: 'der', type: 'pkcs1' });
}

function spkiKey(spki: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
}

/** P-256, P-384, P-521: the curves of RFC 8446 4.2.3, which both crypto libraries have. */
const USABLE_CURVES: ReadonlySet<string> = new Set(['1.2.840.10045.3.1.7', '1.3.132.0.34', '1.3.132.0.35']);
/** BoringSSL's own limits (8192 is its default maximum in X.509; 33 bits its longest exponent). */
const LARGEST_RSA = 8192;
const LARGEST_EXPONENT = 33;
