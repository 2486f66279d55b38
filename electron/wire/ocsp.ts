/**
 * ocsp.ts: an OCSP response as values (RFC 6960 4.2).
 *
 * In:   DER
 * Out:  OcspResponse, or what is malformed
 * Not:  believing it (trust/ocsp.ts)
 */
import type { Instant, Malformed, Outcome } from '../../shared/basics.ts';
import { HASHES, readSignatureAlgorithm, type SignatureFacts } from './certificate-key.ts';
import { hex, readName } from './certificate-name.ts';
import { decodeCertificate, readTime, type Certificate } from './certificate.ts';
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
} from './der.ts';

export type OcspResponse =
  /** An answer without content: 1 malformedRequest, 2 internalError, 3 tryLater, 5 sigRequired, 6 unauthorized. */
  | { readonly kind: 'error'; readonly status: number }
  | {
      readonly kind: 'basic';
      /** The bytes that the signature covers. */
      readonly tbs: Uint8Array;
      readonly signatureAlgorithm: SignatureFacts;
      readonly signature: Uint8Array;
      readonly producedAt: Instant;
      readonly answers: readonly OcspAnswer[];
      /** Those that parse; a responder's own certificate is among them where it is not the issuer itself. */
      readonly certificates: readonly Certificate[];
    };

export type OcspAnswer = {
  /** Node's name of the hash, or its number where it is unknown. */
  readonly hash: string;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Lower-case hex, as Certificate.serial. */
  readonly serial: string;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAt: Instant | null;
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant | null;
  /** An extension that must be understood and is not. */
  readonly criticalExtension: string | null;
};

/** Decodes a stapled response. At most 64 KiB, 100 answers, 10 certificates. */
export function decodeOcsp(der: Uint8Array): Outcome<OcspResponse, Malformed> {
  if (der.length > LARGEST)
    return { ok: false, problem: { code: 'malformed', detail: `larger than ${LARGEST} bytes` } };
  try {
    return { ok: true, value: readResponse(der) };
  } catch (error) {
    if (error instanceof DerError)
      return { ok: false, problem: { code: 'malformed', detail: error.message } };
    throw error;
  }
}

function readResponse(der: Uint8Array): OcspResponse {
  const outer = onlySequence(der, 'the response');
  const status = smallInteger(outer.take(TAG.enumerated, 'the response status').value);
  if (status !== 0) {
    outer.end('an error status');
    return { kind: 'error', status };
  }
  const typed = outer.inside(constructed(0), 'the response bytes').inside(TAG.sequence, 'the response bytes');
  outer.end('the response');
  if (oidText(typed.take(TAG.oid, 'the response type').value) !== BASIC)
    throw new DerError('an unknown response type');
  const bytes = typed.take(TAG.octetString, 'the basic response').value;
  typed.end('the basic response');

  const basic = onlySequence(bytes, 'the basic response');
  const tbs = basic.take(TAG.sequence, 'the response data');
  const algorithm = basic.take(TAG.sequence, 'the signature algorithm').whole;
  const signature = wholeBits(basic.take(TAG.bitString, 'the signature').value);
  const certificates =
    basic.next === constructed(0) ? readCertificates(basic.inside(constructed(0), 'the certificates')) : [];
  basic.end('the basic response');
  return {
    kind: 'basic',
    tbs: tbs.whole,
    signatureAlgorithm: readSignatureAlgorithm(algorithm),
    signature,
    certificates,
    ...readData(new DerReader(tbs.value)),
  };
}

function readData(data: DerReader): {
  readonly producedAt: Instant;
  readonly answers: readonly OcspAnswer[];
} {
  data.maybe(constructed(0));
  readResponder(data);
  const producedAt = readTime(data.take(TAG.generalizedTime, 'producedAt'));
  const list = data.inside(TAG.sequence, 'the answers');
  const answers: OcspAnswer[] = [];
  while (!list.done) {
    if (answers.length >= MOST_ANSWERS) throw new DerError(`more than ${MOST_ANSWERS} answers`);
    answers.push(readAnswer(list.inside(TAG.sequence, 'an answer')));
  }
  const critical =
    data.next === constructed(1) ? criticalOf(data.inside(constructed(1), 'the extensions')) : null;
  data.end('the response data');
  return {
    producedAt,
    answers:
      critical === null ? answers : answers.map((answer) => ({ ...answer, criticalExtension: critical })),
  };
}

/** Who signed is found out by trying (trust/ocsp.ts): the responder's name or key hash is only checked for its form. */
function readResponder(data: DerReader): void {
  const byName = data.next === constructed(1);
  const inner = data.inside(constructed(byName ? 1 : 2), 'the responder');
  if (byName) readName(inner.any());
  else inner.take(TAG.octetString, "the responder's key hash");
  inner.end('the responder');
}

function readAnswer(one: DerReader): OcspAnswer {
  const id = one.inside(TAG.sequence, 'the certificate id');
  const hash = oidText(id.inside(TAG.sequence, 'the hash').take(TAG.oid, 'the hash').value);
  const issuerNameHash = id.take(TAG.octetString, "the hash of the issuer's name").value;
  const issuerKeyHash = id.take(TAG.octetString, "the hash of the issuer's key").value;
  const serial = hex(integerBytes(id.take(TAG.integer, 'the serial number').value));
  id.end('the certificate id');

  const state = one.any();
  const status = STATES[state.tag];
  if (status === undefined) throw new DerError('an unknown status');
  const revokedAt =
    status === 'revoked'
      ? readTime(new DerReader(state.value).take(TAG.generalizedTime, 'the revocation time'))
      : null;
  const thisUpdate = readTime(one.take(TAG.generalizedTime, 'thisUpdate'));
  const next = one.next === constructed(0) ? one.inside(constructed(0), 'nextUpdate') : null;
  const nextUpdate = next === null ? null : readTime(next.take(TAG.generalizedTime, 'nextUpdate'));
  const critical =
    one.next === constructed(1) ? criticalOf(one.inside(constructed(1), 'the extensions')) : null;
  one.end('an answer');
  return {
    hash: HASHES[hash] ?? hash,
    issuerNameHash,
    issuerKeyHash,
    serial,
    status,
    revokedAt,
    thisUpdate,
    nextUpdate,
    criticalExtension: critical,
  };
}

/** The first critical extension: none of RFC 6960 4.4 has to be critical, and none is processed here. */
function criticalOf(explicit: DerReader): string | null {
  const list = explicit.inside(TAG.sequence, 'the extensions');
  while (!list.done) {
    const one = list.inside(TAG.sequence, 'an extension');
    const oid = oidText(one.take(TAG.oid, 'an extension').value);
    const flag = one.maybe(TAG.boolean);
    if (flag !== null && booleanValue(flag.value)) return oid;
  }
  return null;
}

function readCertificates(explicit: DerReader): readonly Certificate[] {
  const list = explicit.inside(TAG.sequence, 'the certificates');
  const certificates: Certificate[] = [];
  for (let count = 0; !list.done; count++) {
    if (count >= MOST_CERTIFICATES) throw new DerError(`more than ${MOST_CERTIFICATES} certificates`);
    const certificate = decodeCertificate(list.any().whole);
    if (certificate.ok) certificates.push(certificate.value);
  }
  return certificates;
}

const STATES: Readonly<Record<number, OcspAnswer['status']>> = {
  [primitive(0)]: 'good',
  [constructed(1)]: 'revoked',
  [primitive(2)]: 'unknown',
};
/** id-pkix-ocsp-basic (RFC 6960 4.2.1). */
const BASIC = '1.3.6.1.5.5.7.48.1.1';
/** Chosen: a real response has 0.3 to 3 KiB, one answer and at most two certificates. */
const LARGEST = 64 * 1024;
const MOST_ANSWERS = 100;
const MOST_CERTIFICATES = 10;
