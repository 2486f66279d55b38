/**
 * report-chain.ts: the chain exactly as sent, for the report.
 *
 * In:   DER certificates in the order sent, and the identity evidence on the first
 * Out:  ChainCertificate values; one that does not parse says so
 * Not:  paths (path.ts)
 */
import { createHash } from 'node:crypto';
import type { Base64 } from '../../shared/basics.ts';
import type { ChainCertificate, PresentedName } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import { decodeCertificate, type Certificate } from '../wire/certificate.ts';
import type { IdentityEvidence } from './identity.ts';

/** One entry for each certificate sent. Text from inside is made visible and bounded here. */
export function reportChain(
  chain: readonly Base64[],
  identity: IdentityEvidence | null,
): readonly ChainCertificate[] {
  return chain.map((base64, i) => {
    const der = Buffer.from(base64, 'base64');
    const decoded = decodeCertificate(der);
    const pem = toPem(base64);
    if (!decoded.ok) {
      const sha256 = createHash('sha256').update(der).digest('hex');
      const nothing = { spkiSha256: '', subject: '', issuer: '', notBefore: '', notAfter: '', names: [] };
      return { sha256, ...nothing, pem, malformed: visible(decoded.problem.detail) };
    }
    const c = decoded.value;
    return {
      sha256: c.sha256,
      spkiSha256: c.spkiSha256,
      subject: visible(c.subject.text, LONGEST_NAME),
      issuer: visible(c.issuer.text, LONGEST_NAME),
      notBefore: new Date(c.notBefore).toISOString(),
      notAfter: new Date(c.notAfter).toISOString(),
      names: i === 0 && identity !== null ? identity.names : presented(c),
      pem,
      serial: c.serial,
      key: c.key.text,
      signature: c.signatureAlgorithm.text,
    };
  });
}

function presented(c: Certificate): readonly PresentedName[] {
  return c.names.slice(0, MOST_NAMES).map(({ type, value }) => ({ type, value: visible(value) }));
}

function toPem(base64: string): string {
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
}

/** A subject of a megabyte must not fill a report; the DER in the observation keeps it whole. */
const LONGEST_NAME = 1024;
const MOST_NAMES = 10_000;
