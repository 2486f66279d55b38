/**
 * posh-document.ts: what a domain publishes at /.well-known/posh/ (RFC 7711 3).
 *
 * In:   the body of an HTTP answer
 * Out:  PoshDocument: fingerprints, a reference, or the form of an old draft; or what is malformed
 * Not:  comparing with a certificate (trust/posh.ts), fetching (net)
 */
import { Buffer } from 'node:buffer';
import type { Malformed, Outcome } from '../../shared/basics.ts';
import { decodeJson, type JsonObject, type JsonValue } from './json.ts';

/**
 * `seconds`: a non-negative safe integer. `missing` and `wrong` make the document unusable but not unreadable, so that
 * its fingerprints can still be shown.
 */
export type Expires =
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'wrong'; readonly text: string };

/** One fingerprint object: hash names (as spelled) with their values; a value that is no string is null. */
export type Fingerprint = readonly { readonly hash: string; readonly value: string | null }[];

/** One key of the old draft's JWK set: what can be compared with a certificate. */
export type DraftKey = {
  readonly kty: string;
  /** First certificate of x5c, DER. */
  readonly certificate: Uint8Array | null;
  /** The key as a SubjectPublicKeyInfo, where the form is known (RSA, EC, OKP). */
  readonly spki: Uint8Array | null;
  /** Thumbprints of the certificate as given, base64url. */
  readonly x5t: string | null;
  readonly x5tS256: string | null;
};

export type PoshDocument =
  | {
      readonly kind: 'fingerprints';
      readonly fingerprints: readonly Fingerprint[];
      readonly expires: Expires;
    }
  | { readonly kind: 'reference'; readonly url: string; readonly expires: Expires }
  | { readonly kind: 'draft-jwk'; readonly keys: readonly DraftKey[] };

/** Most fingerprint objects and keys looked at. Chosen: a roll-over needs two; 64 KiB hold about 1,100. */
const MOST_ENTRIES = 2000;

/** Reads a POSH document. Malformed: no strict JSON (json.ts), no object, or none of the three forms. */
export function decodePoshDocument(body: Uint8Array): Outcome<PoshDocument, Malformed> {
  const json = decodeJson(body);
  if (!json.ok) return json;
  if (!isObject(json.value)) return malformed('not a JSON object');
  const document = json.value;
  const hasFingerprints = document.has('fingerprints');
  const hasUrl = document.has('url');
  // RFC 7711 3.1: a fingerprints document MUST NOT contain a "url" member.
  if (hasFingerprints && hasUrl) return malformed('it has both "fingerprints" and "url"');
  if (hasFingerprints) return decodeFingerprints(document);
  if (hasUrl) return decodeReference(document);
  if (document.has('keys')) return decodeDraft(document);
  return malformed('it has neither "fingerprints" nor "url"');
}

function decodeFingerprints(document: JsonObject): Outcome<PoshDocument, Malformed> {
  const list = document.get('fingerprints');
  if (!isArray(list)) return malformed('"fingerprints" is not an array');
  if (list.length === 0) return malformed('"fingerprints" is empty');
  if (list.length > MOST_ENTRIES) return malformed('too many fingerprints');
  const fingerprints: Fingerprint[] = [];
  for (const item of list) {
    if (!isObject(item)) return malformed('a fingerprint is not an object');
    fingerprints.push(
      [...item].map(([hash, value]) => ({ hash, value: typeof value === 'string' ? value : null })),
    );
  }
  return { ok: true, value: { kind: 'fingerprints', fingerprints, expires: readExpires(document) } };
}

function decodeReference(document: JsonObject): Outcome<PoshDocument, Malformed> {
  const url = document.get('url');
  if (typeof url !== 'string' || url === '') return malformed('"url" is not a text');
  return { ok: true, value: { kind: 'reference', url, expires: readExpires(document) } };
}

// RFC 7711 3.1 and 3.2: "expires" MUST be a non-negative integer.
function readExpires(document: JsonObject): Expires {
  const expires = document.get('expires');
  if (expires === undefined) return { kind: 'missing' };
  if (typeof expires === 'number' && Number.isSafeInteger(expires) && expires >= 0) {
    return { kind: 'seconds', seconds: expires };
  }
  const text =
    typeof expires === 'number'
      ? String(expires)
      : typeof expires === 'string'
        ? JSON.stringify(expires)
        : isArray(expires)
          ? 'an array'
          : isObject(expires)
            ? 'an object'
            : String(expires);
  return { kind: 'wrong', text };
}

function decodeDraft(document: JsonObject): Outcome<PoshDocument, Malformed> {
  const list = document.get('keys');
  if (!isArray(list)) return malformed('"keys" is not an array');
  if (list.length > MOST_ENTRIES) return malformed('too many keys');
  const keys = list.filter(isObject).map((key): DraftKey => ({
    kty: textOf(key, 'kty') ?? '',
    certificate: firstCertificate(key),
    spki: spkiOf(key),
    x5t: textOf(key, 'x5t'),
    x5tS256: textOf(key, 'x5t#S256'),
  }));
  return { ok: true, value: { kind: 'draft-jwk', keys } };
}

// RFC 7517 4.7: base64 (not base64url) of DER, the key's own certificate first.
function firstCertificate(key: JsonObject): Uint8Array | null {
  const x5c = key.get('x5c');
  const first = isArray(x5c) ? x5c[0] : undefined;
  return typeof first === 'string' && first !== '' ? new Uint8Array(Buffer.from(first, 'base64')) : null;
}

// RFC 7518 6.2 and 6.3, RFC 8037 2: the same key in the form in which certificates carry it (RFC 3279, 5480, 8410).
function spkiOf(key: JsonObject): Uint8Array | null {
  const kty = textOf(key, 'kty');
  if (kty === 'RSA') {
    const n = bytesOf(key, 'n');
    const e = bytesOf(key, 'e');
    if (n === null || e === null) return null;
    const rsa = tlv(0x30, [...unsigned(n), ...unsigned(e)]);
    return Uint8Array.from(tlv(0x30, [...RSA_ALGORITHM, ...tlv(0x03, [0, ...rsa])]));
  }
  const curve = CURVES.get(textOf(key, 'crv') ?? '');
  const x = bytesOf(key, 'x');
  if (curve === undefined || curve.kty !== kty || x === null) return null;
  if (kty === 'OKP') return Uint8Array.from(tlv(0x30, [...curve.algorithm, ...tlv(0x03, [0, ...x])]));
  const y = bytesOf(key, 'y');
  if (y === null) return null;
  return Uint8Array.from(tlv(0x30, [...curve.algorithm, ...tlv(0x03, [0, 4, ...x, ...y])]));
}

/** DER of AlgorithmIdentifier rsaEncryption with NULL parameters (RFC 3279 2.3.1). */
const RSA_ALGORITHM = [
  0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];
/** DER of id-ecPublicKey (RFC 5480 2.1.1). */
const EC_OID = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/** Curves by their JWK names with their AlgorithmIdentifier. */
const CURVES: ReadonlyMap<string, { readonly kty: string; readonly algorithm: readonly number[] }> = new Map([
  ['P-256', ec([0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07])],
  ['P-384', ec([0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22])],
  ['P-521', ec([0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23])],
  ['Ed25519', { kty: 'OKP', algorithm: tlv(0x30, [0x06, 0x03, 0x2b, 0x65, 0x70]) }],
  ['Ed448', { kty: 'OKP', algorithm: tlv(0x30, [0x06, 0x03, 0x2b, 0x65, 0x71]) }],
]);

function ec(curve: readonly number[]): { readonly kty: string; readonly algorithm: readonly number[] } {
  return { kty: 'EC', algorithm: tlv(0x30, [...EC_OID, ...curve]) };
}

function tlv(tag: number, content: readonly number[]): number[] {
  const length = content.length;
  if (length < 0x80) return [tag, length, ...content];
  if (length < 0x100) return [tag, 0x81, length, ...content];
  return [tag, 0x82, length >> 8, length & 0xff, ...content];
}

function unsigned(bytes: Uint8Array): number[] {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const content = [...bytes.subarray(start)];
  return tlv(0x02, (content[0] ?? 0) >= 0x80 ? [0, ...content] : content);
}

/** Longest number or coordinate of a key, in bytes: RSA 16384, far above what any certificate carries. */
const LONGEST_KEY_PART = 2048;

function bytesOf(key: JsonObject, member: string): Uint8Array | null {
  const text = textOf(key, member);
  if (text === null || text === '') return null;
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
  return bytes.length > LONGEST_KEY_PART ? null : bytes;
}

function textOf(object: JsonObject, member: string): string | null {
  const value = object.get(member);
  return typeof value === 'string' ? value : null;
}

function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

function malformed(detail: string): { readonly ok: false; readonly problem: Malformed } {
  return { ok: false, problem: { code: 'malformed', detail } };
}
