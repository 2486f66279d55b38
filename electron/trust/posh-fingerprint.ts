/**
 * posh-fingerprint.ts: does a fingerprint object name this certificate? (RFC 7711 3.1 and 3.3, TRUST-RULES 8.3)
 *
 * In:   fingerprint objects, the leaf
 * Out:  for each object whether it matches, and for each value what it is; finished text for publishing
 * Not:  the document's age and source (posh.ts)
 */
import { createHash } from 'node:crypto';
import { FINGERPRINT, type FingerprintCode } from '../../shared/phrases/posh-fingerprint.ts';
import { visible } from '../../shared/visible.ts';
import type { Certificate } from '../wire/certificate.ts';
import { encodePem } from '../wire/pem.ts';
import type { DraftKey, Fingerprint } from '../wire/posh-document.ts';

export type FingerprintRow = { readonly text: string; readonly usable: boolean; readonly why: string };

export type FingerprintEvidence = {
  /** Some object has a known hash, and all its known hashes equal the leaf's. */
  readonly matches: boolean;
  /** Some object has a well-formed known hash of something else. */
  readonly namesAnother: boolean;
  /** A value is about this certificate in a wrong form; its sentence. */
  readonly wrongForm: string | null;
  /** Some object has a known hash at all. */
  readonly anyKnown: boolean;
  readonly rows: readonly FingerprintRow[];
};

/** The hashes that count, by their IANA names (RFC 7711 3.1), with Node's names and their length in octets. */
const HASHES: ReadonlyMap<string, { readonly node: string; readonly length: number }> = new Map([
  ['sha-256', { node: 'sha256', length: 32 }],
  ['sha-512', { node: 'sha512', length: 64 }],
]);

/** Most values shown as rows of their own; all are compared. Chosen: far above what any domain publishes. */
const MOST_ROWS = 100;

/** Compares all fingerprint objects with the leaf (null: none was seen). */
export function judgeFingerprints(
  fingerprints: readonly Fingerprint[],
  leaf: Certificate | null,
): FingerprintEvidence {
  const forms = leaf === null ? null : formsOf(leaf);
  const rows: FingerprintRow[] = [];
  let matches = false;
  let namesAnother = false;
  let anyKnown = false;
  let wrongForm: string | null = null;
  for (const fingerprint of fingerprints) {
    const known: FingerprintCode[] = [];
    for (const { hash, value } of fingerprint) {
      const code = classify(hash, value, forms);
      if (HASHES.has(hash)) known.push(code);
      const why = FINGERPRINT[code](forms?.expected.get(hash) ?? '');
      if (ABOUT_THIS.has(code)) wrongForm ??= why;
      if (rows.length < MOST_ROWS) {
        rows.push({ text: `${visible(hash)} ${visible(value ?? '')}`.trim(), usable: HASHES.has(hash), why });
      }
    }
    anyKnown ||= known.length > 0;
    matches ||= known.length > 0 && known.every((code) => code === 'match');
    namesAnother ||= known.includes('differs');
  }
  return { matches, namesAnother, wrongForm, anyKnown, rows };
}

/** Codes that speak of this very certificate, wrongly written down. */
const ABOUT_THIS: ReadonlySet<FingerprintCode> = new Set<FingerprintCode>([
  'hex',
  'base64-of-hex',
  'unpadded',
  'base64url',
  'spaces',
  'key-hash',
  'pem-hash',
  'other-hash',
]);

type Forms = {
  /** Hash name to the value that matches. */
  readonly expected: ReadonlyMap<string, string>;
  /** Hex of a digest to what it is the digest of. */
  readonly digests: ReadonlyMap<
    string,
    { readonly of: 'certificate' | 'key' | 'pem'; readonly hash: string }
  >;
};

function formsOf(leaf: Certificate): Forms {
  const expected = new Map<string, string>();
  const digests = new Map<string, { of: 'certificate' | 'key' | 'pem'; hash: string }>();
  const pem = encodePem(leaf.der);
  for (const [hash, { node }] of HASHES) {
    const digest = (data: Uint8Array | string): Buffer => createHash(node).update(data).digest();
    digests.set(digest(pem).toString('hex'), { of: 'pem', hash });
    digests.set(digest(pem.trimEnd()).toString('hex'), { of: 'pem', hash });
    digests.set(digest(leaf.spki).toString('hex'), { of: 'key', hash });
    digests.set(digest(leaf.der).toString('hex'), { of: 'certificate', hash });
    expected.set(hash, digest(leaf.der).toString('base64'));
  }
  return { expected, digests };
}

function classify(hash: string, value: string | null, forms: Forms | null): FingerprintCode {
  const known = HASHES.get(hash);
  if (known === undefined) return unknownHash(hash);
  if (value === null) return 'not-text';
  if (forms === null) return 'not-compared';
  if (forms.expected.get(hash) === value) return 'match';
  const wrong = wrongForm(hash, value, forms);
  if (wrong !== null) return wrong;
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === known.length && bytes.toString('base64') === value ? 'differs' : 'not-base64';
}

function unknownHash(hash: string): FingerprintCode {
  const plain = hash.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (plain === 'sha1') return 'sha-1';
  return plain === 'sha256' || plain === 'sha512' ? 'name-case' : 'unknown-hash';
}

/** Longest value examined for wrong forms: SHA-512 as colon-separated hex in base64 has 256 characters. */
const LONGEST_FORM = 300;

function wrongForm(hash: string, value: string, forms: Forms): FingerprintCode | null {
  if (value.length > LONGEST_FORM) return null;
  const asHex = hexDigits(value);
  const direct = asHex === null ? undefined : forms.digests.get(asHex);
  if (direct !== undefined) return direct.of === 'certificate' ? 'hex' : ofOther(direct.of);
  const bytes = Buffer.from(value.replaceAll(/\s/g, ''), 'base64');
  const decoded = forms.digests.get(bytes.toString('hex'));
  if (decoded !== undefined) {
    if (decoded.of !== 'certificate') return ofOther(decoded.of);
    if (decoded.hash !== hash) return 'other-hash';
    if (/\s/.test(value)) return 'spaces';
    return /[-_]/.test(value) ? 'base64url' : 'unpadded';
  }
  const inner = hexDigits(bytes.toString('latin1').trim());
  const nested = inner === null ? undefined : forms.digests.get(inner);
  if (nested === undefined) return null;
  return nested.of === 'certificate' ? 'base64-of-hex' : ofOther(nested.of);
}

function ofOther(of: 'key' | 'pem'): FingerprintCode {
  return of === 'key' ? 'key-hash' : 'pem-hash';
}

/** Hex with or without colons and spaces, in lower-case digits only; null for anything else. */
function hexDigits(text: string): string | null {
  const plain = text.replaceAll(/[: ]/g, '').toLowerCase();
  return /^(?:[0-9a-f]{64}|[0-9a-f]{128})$/.test(plain) ? plain : null;
}

/** How the keys of an old draft's document stand to the leaf. Only for explaining: never a match. */
export function compareDraft(
  keys: readonly DraftKey[],
  leaf: Certificate | null,
): 'certificate' | 'key' | 'other' | 'unknown' {
  if (leaf === null) return 'unknown';
  const sha256 = createHash('sha256').update(leaf.der).digest('base64url');
  const sha1 = createHash('sha1').update(leaf.der).digest('base64url');
  const isCertificate = (key: DraftKey): boolean =>
    (key.certificate !== null && Buffer.compare(key.certificate, leaf.der) === 0) ||
    key.x5tS256 === sha256 ||
    key.x5t === sha1;
  if (keys.some(isCertificate)) return 'certificate';
  const isKey = (key: DraftKey): boolean => key.spki !== null && Buffer.compare(key.spki, leaf.spki) === 0;
  return keys.some(isKey) ? 'key' : 'other';
}

/**
 * The finished document for these certificates: both hashes of each, good for a week (as in RFC 7711 3.1's example). A
 * domain whose servers show several must list them all: what is not listed is contradicted.
 */
export function poshText(...leaves: readonly Certificate[]): string {
  const fingerprints = leaves.map(({ der }) => {
    const digest = (node: string): string => createHash(node).update(der).digest('base64');
    return { 'sha-256': digest('sha256'), 'sha-512': digest('sha512') };
  });
  return JSON.stringify({ fingerprints, expires: WEEK_SECONDS });
}

const WEEK_SECONDS = 604_800;

/** Prints the sha-256 fingerprint of the certificate file on the server. */
export const POSH_COMMAND =
  'openssl x509 -in cert.pem -outform DER | openssl dgst -sha256 -binary | openssl base64 -A';
