/**
 * certificate-subject.ts: the subject of a certificate and nothing else, for indexing hundreds of roots.
 *
 * In:   DER
 * Out:  the subject's name
 * Not:  the rest (certificate.ts)
 */
import type { Malformed, Outcome } from '../../shared/basics.ts';
import { readName, type DistinguishedName } from './certificate-name.ts';
import { DerError, DerReader, TAG, constructed } from './der.ts';

/** Skips to the subject (RFC 5280 4.1) without looking at what stands before it. */
export function decodeSubject(der: Uint8Array): Outcome<DistinguishedName, Malformed> {
  try {
    const tbs = new DerReader(der)
      .inside(TAG.sequence, 'the certificate')
      .inside(TAG.sequence, 'the certificate body');
    tbs.maybe(constructed(0));
    for (const what of ['serial number', 'signature algorithm', 'issuer', 'validity']) {
      tbs.take(what === 'serial number' ? TAG.integer : TAG.sequence, `the ${what}`);
    }
    return { ok: true, value: readName(tbs.take(TAG.sequence, 'the subject')) };
  } catch (error) {
    if (error instanceof DerError)
      return { ok: false, problem: { code: 'malformed', detail: error.message } };
    throw error;
  }
}
