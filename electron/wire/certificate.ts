/**
 * certificate.ts: one X.509 certificate as values (RFC 5280 4).
 *
 * In:   DER
 * Out:  Certificate, or what is malformed
 * Not:  paths (trust/path.ts), names that we want (trust/identity.ts)
 */
import { createHash } from 'node:crypto';
import type { Instant, Malformed, Outcome } from '../../shared/basics.ts';
import { readKey, readSignatureAlgorithm, type KeyFacts, type SignatureFacts } from './certificate-key.ts';
import {
  hex,
  latin1,
  presentedName,
  readGeneralName,
  readName,
  type CertificateName,
  type DistinguishedName,
} from './certificate-name.ts';
import {
  DerError,
  DerReader,
  TAG,
  booleanValue,
  constructed,
  integerBytes,
  oidText,
  onlySequence,
  primitive,
  smallInteger,
  wholeBits,
  type Element,
} from './der.ts';

export type { CertificateName, DistinguishedName } from './certificate-name.ts';

export type Extension = { readonly oid: string; readonly critical: boolean; readonly value: Uint8Array };

export type Certificate = {
  readonly der: Uint8Array;
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Lower-case hex of the serial number's content bytes. */
  readonly serial: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** SubjectPublicKeyInfo, DER, exactly as it stands in the certificate. */
  readonly spki: Uint8Array;
  /** e.g. { kind: 'rsa', bits: 2048, text: 'RSA 2048' }, { kind: 'ec', bits: 256, text: 'ECDSA P-256' }, ed25519 */
  readonly key: KeyFacts;
  readonly signatureAlgorithm: SignatureFacts;
  readonly signature: Uint8Array;
  /** Subject alternative names in order, then the common names. At most 10,000. */
  readonly names: readonly CertificateName[];
  /** Why none of the alternative names is among `names`: they cannot be read. */
  readonly namesProblem: string | null;
  readonly extensions: readonly Extension[];
  /** Lower-case hex SHA-256 of the DER and of the SPKI. */
  readonly sha256: string;
  readonly spkiSha256: string;
  /** AIA caIssuers URLs: text from outside, never fetched, never a link. */
  readonly caIssuers: readonly string[];
};

/**
 * Decodes one certificate. Strict: DER only, nothing after it, no extension twice, one signature algorithm in both places
 * (RFC 5280 4.1.1.2), extensions in version 3 only. Names are read here; every other extension stays bytes
 * (certificate-extension.ts reads it when a path needs it). One broken extension, be it the names, does not hide the
 * certificate: a TLSA record may name it whatever it says of itself (RFC 7671 5.1).
 */
export function decodeCertificate(der: Uint8Array): Outcome<Certificate, Malformed> {
  if (der.length > LARGEST) return malformed(`larger than ${LARGEST} bytes`);
  try {
    return { ok: true, value: readCertificate(der) };
  } catch (error) {
    if (error instanceof DerError) return malformed(error.message);
    throw error;
  }
}

function malformed(detail: string): Outcome<never, Malformed> {
  return { ok: false, problem: { code: 'malformed', detail } };
}

function readCertificate(der: Uint8Array): Certificate {
  const outer = onlySequence(der, 'the certificate');
  const tbsElement = outer.take(TAG.sequence, 'the certificate body');
  const outerAlgorithm = outer.take(TAG.sequence, 'the signature algorithm');
  const signature = wholeBits(outer.take(TAG.bitString, 'the signature').value);
  outer.end('the signature');

  const tbs = new DerReader(tbsElement.value);
  const version = readVersion(tbs);
  const serial = hex(integerBytes(tbs.take(TAG.integer, 'the serial number').value));
  const innerAlgorithm = tbs.take(TAG.sequence, 'the signature algorithm');
  if (Buffer.compare(innerAlgorithm.whole, outerAlgorithm.whole) !== 0) {
    throw new DerError('two different signature algorithms');
  }
  const issuer = readName(tbs.take(TAG.sequence, 'the issuer'));
  const validity = tbs.inside(TAG.sequence, 'the validity');
  const notBefore = readTime(validity.any());
  const notAfter = readTime(validity.any());
  validity.end('the validity');
  const subject = readName(tbs.take(TAG.sequence, 'the subject'));
  const spki = tbs.take(TAG.sequence, 'the public key').whole;
  const unique = [tbs.maybe(primitive(1)), tbs.maybe(primitive(2))];
  if (version === 1 && unique.some((one) => one !== null))
    throw new DerError('unique identifiers in version 1');
  const extensions =
    tbs.next === constructed(3) ? readExtensions(tbs.inside(constructed(3), 'the extensions')) : [];
  if (version !== 3 && extensions.length > 0) throw new DerError(`extensions in version ${version}`);
  tbs.end('the certificate body');

  const alternative = alternativeNames(extensions);
  return {
    der,
    tbs: tbsElement.whole,
    version,
    serial,
    subject,
    issuer,
    notBefore,
    notAfter,
    spki,
    key: readKey(spki),
    signatureAlgorithm: readSignatureAlgorithm(outerAlgorithm.whole),
    signature,
    names: [...alternative.names, ...subject.commonNames.map(commonName)],
    namesProblem: alternative.problem,
    extensions,
    sha256: sha256(der),
    spkiSha256: sha256(spki),
    caIssuers: caIssuers(extensions),
  };
}

function readVersion(tbs: DerReader): 1 | 2 | 3 {
  if (tbs.next !== constructed(0)) return 1;
  const inner = tbs.inside(constructed(0), 'the version');
  const number = smallInteger(inner.take(TAG.integer, 'the version').value);
  inner.end('the version');
  // RFC 5280 4.1: 0 to 2. DER would leave out 0; some old certificates do not, and mean the same.
  if (number !== 0 && number !== 1 && number !== 2) throw new DerError('an unknown version');
  return number === 0 ? 1 : number === 1 ? 2 : 3;
}

/** RFC 5280 4.1.2.5: UTCTime or GeneralizedTime, with seconds, in UTC, nothing else. */
export function readTime({ tag, value }: Element): Instant {
  const text = latin1(value);
  const form = tag === TAG.utcTime ? UTC_TIME : tag === TAG.generalizedTime ? GENERALIZED_TIME : null;
  const match = form?.exec(text);
  if (match === null || match === undefined) throw new DerError('a time in no known form');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  // RFC 5280 4.1.2.5.1: two digits from 50 on are of the last century.
  const full = tag === TAG.utcTime ? year + (year >= 50 ? 1900 : 2000) : year;
  const at = new Date(0);
  at.setUTCFullYear(full, month - 1, day);
  at.setUTCHours(hour, minute, second);
  const same = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && at.getUTCHours() === hour;
  if (!same || minute > 59 || second > 59) throw new DerError('a time that does not exist');
  return at.getTime() as Instant;
}

function readExtensions(explicit: DerReader): readonly Extension[] {
  const list = explicit.inside(TAG.sequence, 'the extensions');
  explicit.end('the extensions');
  const extensions: Extension[] = [];
  const seen = new Set<string>();
  while (!list.done) {
    const one = list.inside(TAG.sequence, 'an extension');
    const oid = oidText(one.take(TAG.oid, 'an extension').value);
    const flag = one.maybe(TAG.boolean);
    const critical = flag !== null && booleanValue(flag.value);
    const value = one.take(TAG.octetString, 'an extension').value;
    one.end('an extension');
    if (seen.has(oid)) throw new DerError('an extension that is there twice');
    seen.add(oid);
    extensions.push({ oid, critical, value });
  }
  return extensions;
}

function alternativeNames(extensions: readonly Extension[]): {
  readonly names: readonly CertificateName[];
  readonly problem: string | null;
} {
  const extension = extensions.find((e) => e.oid === SUBJECT_ALT_NAME);
  if (extension === undefined) return { names: [], problem: null };
  const names: CertificateName[] = [];
  try {
    const list = onlySequence(extension.value, 'the alternative names');
    while (!list.done && names.length <= MOST_NAMES) names.push(presentedName(readGeneralName(list.any())));
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { names: [], problem: error.message };
  }
  if (names.length > MOST_NAMES) throw new DerError(`more than ${MOST_NAMES} names`);
  return { names, problem: null };
}

function commonName(value: string): CertificateName {
  return { type: 'cn', value, ascii: /^[\u0000-\u007f]*$/.test(value) };
}

/** AIA caIssuers URLs (RFC 5280 4.2.2.1). A broken extension names none: nothing is ever decided by it. */
function caIssuers(extensions: readonly Extension[]): readonly string[] {
  const extension = extensions.find((e) => e.oid === AUTHORITY_INFO_ACCESS);
  if (extension === undefined) return [];
  try {
    const list = onlySequence(extension.value, 'the access descriptions');
    const urls: string[] = [];
    while (!list.done && urls.length < MOST_URLS) {
      const one = list.inside(TAG.sequence, 'an access description');
      const method = oidText(one.take(TAG.oid, 'the access method').value);
      const place = one.any();
      if (method === CA_ISSUERS && place.tag === primitive(6)) urls.push(latin1(place.value));
    }
    return urls;
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const SUBJECT_ALT_NAME = '2.5.29.17';
const AUTHORITY_INFO_ACCESS = '1.3.6.1.5.5.7.1.1';
const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';
/** OpenSSL's default limit for a whole chain is 100 KiB (SSL_CTX_set_max_cert_list); one certificate is no larger. */
const LARGEST = 100 * 1024;
/** REPORT.md and the screen are tested with this many. */
const MOST_NAMES = 10_000;
/** Chosen: shown to people, who need one. */
const MOST_URLS = 10;
