/**
 * ocsp.ts: does a stapled OCSP response say that the certificate is revoked (RFC 6960 3.2)?
 *
 * In:   what the handshake delivered, the leaf, its issuer, the time
 * Out:  StapleEvidence; only a response that is verified in full has the status good, revoked or unknown
 * Not:  fetching one, CRLs (TRUST-RULES 5.4: neither is done)
 */
import { createHash } from 'node:crypto';
import type { Instant } from '../../shared/basics.ts';
import type { TlsFacts } from '../../shared/observation.ts';
import { ocspPhrases, type OcspCode } from '../../shared/phrases/ocsp.ts';
import type { Step } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import { PURPOSE, decodeConstraints } from '../wire/certificate-extension.ts';
import type { Certificate } from '../wire/certificate.ts';
import { decodeOcsp, type OcspAnswer, type OcspResponse } from '../wire/ocsp.ts';
import { checkSignature } from './path/signature.ts';

export type StapleEvidence = {
  /** invalid: something was stapled that proves nothing. none: nothing was, or this runtime delivers none. */
  readonly status: 'good' | 'revoked' | 'unknown' | 'invalid' | 'none';
  readonly text: string;
  readonly steps: readonly Step[];
};

/** Judges a staple. `issuer` is the certificate whose key made the leaf's signature; null where it is not known. */
export function judgeStaple(
  tls: Pick<TlsFacts, 'ocsp' | 'ocspAsked'>,
  leaf: Certificate,
  issuer: Certificate | null,
  now: Instant,
): StapleEvidence {
  if (tls.ocsp === null) return said(tls.ocspAsked ? 'not-stapled' : 'not-asked', 'none');
  const decoded = decodeOcsp(Buffer.from(tls.ocsp, 'base64'));
  if (!decoded.ok) return said('malformed', 'invalid', { detail: decoded.problem.detail });
  const response = decoded.value;
  if (response.kind === 'error')
    return said('error-status', 'invalid', { detail: ERRORS[response.status] ?? 'unknown' });
  if (issuer === null) return said('no-issuer', 'invalid');

  const answer = response.answers.find((one) => isAbout(one, leaf, issuer));
  if (answer === undefined) return said('other-certificate', 'invalid');
  const { hash, text } = response.signatureAlgorithm;
  if (hash === 'md5' || hash === 'sha1') return said('weak-signature', 'invalid', { detail: text });
  if (!isSigned(response, issuer, now)) return said('bad-signature', 'invalid');
  if (answer.criticalExtension !== null) {
    return said('critical-extension', 'invalid', { detail: answer.criticalExtension });
  }
  // RFC 6960 3.2 (5) and (6). Without nextUpdate newer information is always at hand, so the answer is worth a week at most.
  const until = answer.nextUpdate ?? answer.thisUpdate + WITHOUT_NEXT;
  if (now + CLOCK_SKEW < answer.thisUpdate) return said('too-early', 'invalid', { at: answer.thisUpdate });
  if (now > until) return said('too-old', 'invalid', { at: until });
  return said(answer.status, answer.status, { at: answer.revokedAt ?? answer.thisUpdate });
}

/** RFC 6960 4.1.1: hashes of the issuer's name and of its key's bits, and the serial number. */
function isAbout(answer: OcspAnswer, leaf: Certificate, issuer: Certificate): boolean {
  if (answer.serial !== leaf.serial || !ID_HASHES.has(answer.hash)) return false;
  const digest = (bytes: Uint8Array): Uint8Array => createHash(answer.hash).update(bytes).digest();
  return (
    Buffer.compare(digest(leaf.issuer.der), answer.issuerNameHash) === 0 &&
    Buffer.compare(digest(issuer.key.bytes), answer.issuerKeyHash) === 0
  );
}

/** RFC 6960 4.2.2.2: by the issuer itself, or by a responder whose certificate the issuer signed for this purpose. */
function isSigned(
  response: Extract<OcspResponse, { kind: 'basic' }>,
  issuer: Certificate,
  now: Instant,
): boolean {
  const signed = {
    data: response.tbs,
    signature: response.signature,
    algorithm: response.signatureAlgorithm,
  };
  if (checkSignature(signed, issuer.spki, issuer.key) === 'valid') return true;
  return response.certificates
    .filter((responder) => isDelegate(responder, issuer, now))
    .some((responder) => checkSignature(signed, responder.spki, responder.key) === 'valid');
}

function isDelegate(responder: Certificate, issuer: Certificate, now: Instant): boolean {
  if (responder.issuer.canonical !== issuer.subject.canonical) return false;
  if (now < responder.notBefore || now > responder.notAfter) return false;
  const constraints = decodeConstraints(responder);
  if (!constraints.ok || constraints.value.extendedKeyUsage?.includes(PURPOSE.ocspSigning) !== true)
    return false;
  const { hash } = responder.signatureAlgorithm;
  if (hash === 'md5' || hash === 'sha1') return false;
  const signed = {
    data: responder.tbs,
    signature: responder.signature,
    algorithm: responder.signatureAlgorithm,
  };
  return checkSignature(signed, issuer.spki, issuer.key) === 'valid';
}

function said(
  code: OcspCode,
  status: StapleEvidence['status'],
  facts: { readonly at?: number; readonly detail?: string } = {},
): StapleEvidence {
  const at =
    facts.at === undefined ? '' : new Date(facts.at).toISOString().replace('T', ' ').replace('.000Z', ' UTC');
  const text = ocspPhrases[code]({ at, detail: visible(facts.detail ?? '') });
  const ok = status === 'good' ? true : status === 'revoked' ? false : null;
  return { status, text, steps: [{ id: 'ocsp', ok, text, ref: 'RFC 6960 3.2' }] };
}

/** RFC 6960 4.2.1, OCSPResponseStatus. */
const ERRORS: Readonly<Record<number, string>> = {
  1: 'malformed request',
  2: 'internal error',
  3: 'try later',
  5: 'signature required',
  6: 'unauthorized',
};
/** Only to find the certificate meant, which the signature then protects: SHA-1 is what every responder uses (RFC 5019). */
const ID_HASHES: ReadonlySet<string> = new Set(['sha1', 'sha256', 'sha384', 'sha512']);
/** Clocks differ: OpenSSL's and Apache's default for staples. */
const CLOCK_SKEW = 5 * 60 * 1000;
const WITHOUT_NEXT = 7 * 86_400_000;
