/**
 * dane-compare.ts: which certificates does a TLSA record name? Only hashing and comparing (RFC 6698 2.1.2 to 2.1.4).
 *
 * In:   records and certificates
 * Out:  the certificates that a record's data stands for; what a certificate would need as a record
 * Not:  whether that is enough for the record's usage (dane.ts)
 */
import { createHash } from 'node:crypto';
import type { Certificate } from '../wire/certificate.ts';
import { encodePem } from '../wire/pem.ts';
import type { DaneRecord } from './dane-records.ts';

/** Certificates found by what TLSA data can hold of them: each hashed once, however many records ask. */
export type CertificateIndex = {
  /** The certificates that this record's data stands for, in the order given. */
  named(record: DaneRecord): readonly Certificate[];
};

/** Indexes certificates under selectors 0 and 1 and the three matching types. */
export function indexCertificates(certificates: readonly Certificate[]): CertificateIndex {
  const found = new Map<string, Certificate[]>();
  for (const certificate of certificates) {
    for (const selector of [0, 1]) {
      for (const matching of [0, 1, 2]) {
        const key = `${selector} ${matching} ${associationHex(certificate, selector, matching)}`;
        const list = found.get(key);
        if (list === undefined) found.set(key, [certificate]);
        else list.push(certificate);
      }
    }
  }
  return { named: (record) => found.get(`${record.selector} ${record.matching} ${record.hex}`) ?? [] };
}

/** The data that a record with this selector and matching type would hold for this certificate, lower-case hex. */
export function associationHex(certificate: Certificate, selector: number, matching: number): string {
  const part = selector === 0 ? certificate.der : certificate.spki;
  if (matching === 0) return Buffer.from(part).toString('hex');
  if (matching === 1) return selector === 0 ? certificate.sha256 : certificate.spkiSha256;
  return createHash('sha512').update(part).digest('hex');
}

/**
 * Names the mistake where a record's data is a hash of another part of this certificate, or by another algorithm, than
 * its numbers say; null where it is none of them.
 */
export function wrongParts(leaf: Certificate): (record: DaneRecord) => string | null {
  const known = new Map<string, { readonly numbers: string; readonly what: string }>();
  for (const selector of [0, 1]) {
    for (const matching of [1, 2]) {
      const part = selector === 0 ? 'the whole certificate' : 'the public key';
      const what = `the data is the ${matching === 1 ? 'SHA-256' : 'SHA-512'} of ${part}`;
      known.set(associationHex(leaf, selector, matching), { numbers: `${selector} ${matching}`, what });
    }
  }
  const sha1 = { numbers: '', what: 'the data is the SHA-1 of the certificate' };
  known.set(createHash('sha1').update(leaf.der).digest('hex'), sha1);
  const pem = encodePem(leaf.der);
  for (const hash of ['sha256', 'sha512']) {
    const what = 'the data is the hash of the PEM text, not of the DER bytes';
    known.set(createHash(hash).update(pem).digest('hex'), { numbers: '', what });
  }
  return (record) => {
    const mistake = known.get(record.hex);
    if (mistake === undefined || mistake.numbers === `${record.selector} ${record.matching}`) return null;
    return mistake.numbers === ''
      ? mistake.what
      : `${mistake.what}, which is ${record.usage} ${mistake.numbers}`;
  };
}
