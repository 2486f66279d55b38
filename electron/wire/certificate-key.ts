/**
 * certificate-key.ts: public keys and signature algorithms (RFC 3279, 4055, 5480, 8410).
 *
 * In:   SubjectPublicKeyInfo and AlgorithmIdentifier elements
 * Out:  what they are: kind, size, hash
 * Not:  checking a signature (trust/path/signature.ts), calling one weak (trust/path/validate.ts)
 *
 * Throws DerError; the decoders' exported doors catch it.
 */
import type { Malformed, Outcome } from '../../shared/basics.ts';
import {
  DerError,
  DerReader,
  TAG,
  bitLength,
  constructed,
  oidText,
  onlySequence,
  smallInteger,
  wholeBits,
} from './der.ts';

export type KeyFacts = {
  readonly kind: 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448' | 'dsa' | 'unknown';
  /** Size in bits; 0 where it is not known. */
  readonly bits: number;
  readonly text: string;
  /** Object identifier of the curve, for `ec`. */
  readonly curve: string | null;
  /** Bits of the public exponent, for RSA; 0 otherwise. A huge one makes checking slow. */
  readonly exponentBits: number;
  /** The key itself: the content of the subjectPublicKey bit string. */
  readonly bytes: Uint8Array;
  /** For `rsa-pss`: whether the key is bound to parameters of its own (RFC 4055 3.1). */
  readonly bound: PssParameters | null;
};

export type PssParameters = { readonly hash: string; readonly mgfHash: string; readonly saltLength: number };

export type SignatureFacts = {
  readonly oid: string;
  readonly text: string;
  readonly hash: string | null;
  readonly kind: 'rsa' | 'rsa-pss' | 'ecdsa' | 'ed25519' | 'ed448' | 'unknown';
  readonly saltLength: number | null;
};

/** The door of readKey for a SubjectPublicKeyInfo that stands alone (a TLSA record's). */
export function decodeKey(spki: Uint8Array): Outcome<KeyFacts, Malformed> {
  try {
    return { ok: true, value: readKey(spki) };
  } catch (error) {
    if (error instanceof DerError)
      return { ok: false, problem: { code: 'malformed', detail: error.message } };
    throw error;
  }
}

/** What a SubjectPublicKeyInfo holds. `spki` is the whole element. */
export function readKey(spki: Uint8Array): KeyFacts {
  const reader = onlySequence(spki, 'the public key');
  const algorithm = reader.inside(TAG.sequence, 'the key algorithm');
  const oid = oidText(algorithm.take(TAG.oid, 'the key algorithm').value);
  const bytes = wholeBits(reader.take(TAG.bitString, 'the public key').value);
  reader.end('the public key');
  const none = { curve: null, exponentBits: 0, bytes, bound: null };
  switch (oid) {
    case RSA:
    case RSA_PSS: {
      const numbers = onlySequence(bytes, 'the RSA key');
      const bits = bitLength(numbers.take(TAG.integer, 'the modulus').value);
      const exponentBits = bitLength(numbers.take(TAG.integer, 'the exponent').value);
      numbers.end('the RSA key');
      const pss = oid === RSA_PSS;
      const bound = pss && algorithm.next === TAG.sequence ? readPss(algorithm.any().value) : null;
      return {
        ...none,
        kind: pss ? 'rsa-pss' : 'rsa',
        bits,
        text: `RSA${pss ? '-PSS' : ''} ${bits}`,
        exponentBits,
        bound,
      };
    }
    case EC: {
      // RFC 5480 2.1.1: a named curve only; explicit parameters (CVE-2020-0601) are a key of unknown kind.
      if (algorithm.next !== TAG.oid)
        return { ...none, kind: 'unknown', bits: 0, text: 'ECDSA over an unnamed curve' };
      const curve = oidText(algorithm.any().value);
      const known = CURVES[curve];
      return { ...none, kind: 'ec', bits: known?.bits ?? 0, text: `ECDSA ${known?.name ?? curve}`, curve };
    }
    case ED25519:
      return { ...none, kind: 'ed25519', bits: 256, text: 'Ed25519' };
    case ED448:
      return { ...none, kind: 'ed448', bits: 456, text: 'Ed448' };
    case DSA:
      return { ...none, kind: 'dsa', bits: 0, text: 'DSA' };
    default:
      return { ...none, kind: 'unknown', bits: 0, text: `unknown (${oid})` };
  }
}

/** What an AlgorithmIdentifier of a signature says. `algorithm` is the whole element. */
export function readSignatureAlgorithm(algorithm: Uint8Array): SignatureFacts {
  const reader = onlySequence(algorithm, 'the signature algorithm');
  const oid = oidText(reader.take(TAG.oid, 'the signature algorithm').value);
  if (oid === RSA_PSS) {
    const pss = readPss(reader.inside(TAG.sequence, 'the PSS parameters'));
    // Node's verify() uses one hash for both places, as every certificate seen in practice does (RFC 8017 9.1).
    const kind = pss.hash === pss.mgfHash ? 'rsa-pss' : 'unknown';
    return { oid, text: `RSA-PSS with ${upper(pss.hash)}`, hash: pss.hash, kind, saltLength: pss.saltLength };
  }
  const known = SIGNATURES[oid];
  if (known === undefined)
    return { oid, text: `unknown (${oid})`, hash: null, kind: 'unknown', saltLength: null };
  return { oid, ...known, saltLength: null };
}

/** RSASSA-PSS-params (RFC 4055 3.1); what is left out has the defaults of 1998. */
function readPss(content: Uint8Array | DerReader): PssParameters {
  const reader = content instanceof DerReader ? content : new DerReader(content);
  const hash = reader.next === constructed(0) ? readHash(reader.inside(constructed(0), 'the hash')) : 'sha1';
  let mgfHash = 'sha1';
  if (reader.next === constructed(1)) {
    const mgf = reader.inside(constructed(1), 'the mask').inside(TAG.sequence, 'the mask');
    if (oidText(mgf.take(TAG.oid, 'the mask').value) !== MGF1) throw new DerError('an unknown PSS mask');
    mgfHash = readHash(mgf);
  }
  const salt = reader.maybe(constructed(2));
  const saltLength =
    salt === null ? 20 : smallInteger(new DerReader(salt.value).take(TAG.integer, 'the salt length').value);
  const trailer = reader.maybe(constructed(3));
  if (
    trailer !== null &&
    smallInteger(new DerReader(trailer.value).take(TAG.integer, 'the trailer').value) !== 1
  ) {
    throw new DerError('an unknown PSS trailer');
  }
  reader.end('the PSS parameters');
  return { hash, mgfHash, saltLength };
}

function readHash(reader: DerReader): string {
  const oid = oidText(reader.inside(TAG.sequence, 'the hash').take(TAG.oid, 'the hash').value);
  return HASHES[oid] ?? oid;
}

function upper(hash: string): string {
  return hash.replace(/^sha(\d)/, 'SHA-$1').toUpperCase();
}

const RSA = '1.2.840.113549.1.1.1';
const RSA_PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const EC = '1.2.840.10045.2.1';
const ED25519 = '1.3.101.112';
const ED448 = '1.3.101.113';
const DSA = '1.2.840.10040.4.1';

/** RFC 5480 2.1.1.1, the three of RFC 8446 4.2.3; others are named so that a report can say what they are. */
export const CURVES: Readonly<Record<string, { readonly name: string; readonly bits: number }>> = {
  '1.2.840.10045.3.1.1': { name: 'P-192', bits: 192 },
  '1.3.132.0.33': { name: 'P-224', bits: 224 },
  '1.2.840.10045.3.1.7': { name: 'P-256', bits: 256 },
  '1.3.132.0.34': { name: 'P-384', bits: 384 },
  '1.3.132.0.35': { name: 'P-521', bits: 521 },
  '1.3.132.0.10': { name: 'secp256k1', bits: 256 },
};

/** NIST's hash arc, and SHA-1 and MD5 (RFC 3279 2.1). */
export const HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

type Signature = Pick<SignatureFacts, 'kind' | 'hash' | 'text'>;
const rsa = (hash: string): Signature => ({ kind: 'rsa', hash, text: `RSA with ${upper(hash)}` });
const ecdsa = (hash: string): Signature => ({ kind: 'ecdsa', hash, text: `ECDSA with ${upper(hash)}` });
/** RFC 3279 2.2, RFC 4055 5, RFC 5758 3, RFC 8410 3. */
const SIGNATURES: Readonly<Record<string, Signature>> = {
  '1.2.840.113549.1.1.4': rsa('md5'),
  '1.2.840.113549.1.1.5': rsa('sha1'),
  '1.2.840.113549.1.1.14': rsa('sha224'),
  '1.2.840.113549.1.1.11': rsa('sha256'),
  '1.2.840.113549.1.1.12': rsa('sha384'),
  '1.2.840.113549.1.1.13': rsa('sha512'),
  '1.2.840.10045.4.1': ecdsa('sha1'),
  '1.2.840.10045.4.3.1': ecdsa('sha224'),
  '1.2.840.10045.4.3.2': ecdsa('sha256'),
  '1.2.840.10045.4.3.3': ecdsa('sha384'),
  '1.2.840.10045.4.3.4': ecdsa('sha512'),
  [ED25519]: { kind: 'ed25519', hash: null, text: 'Ed25519' },
  [ED448]: { kind: 'ed448', hash: null, text: 'Ed448' },
};
