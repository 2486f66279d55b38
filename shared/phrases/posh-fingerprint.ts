/**
 * posh-fingerprint.ts: what is said of one fingerprint of a POSH document (RFC 7711 3.1 and 3.3).
 *
 * In:   the value that the certificate seen would have, '' where none was seen
 * Out:  one sentence for each code
 * Not:  deciding which code (electron/trust/posh-fingerprint.ts)
 */
/** How one fingerprint came out. */
export type FingerprintCode =
  | 'match'
  | 'differs'
  | 'not-compared'
  | 'unknown-hash'
  | 'sha-1'
  | 'name-case'
  | 'not-text'
  | 'not-base64'
  | 'hex'
  | 'base64-of-hex'
  | 'unpadded'
  | 'base64url'
  | 'spaces'
  | 'key-hash'
  | 'pem-hash'
  | 'other-hash';

export const FINGERPRINT: Readonly<Record<FingerprintCode, (expected: string) => string>> = {
  match: () => 'Matches the certificate.',
  differs: (expected) => `Does not match: the certificate’s is ${expected}.`,
  'not-compared': () => 'Not compared: no certificate was seen.',
  'unknown-hash': () => 'Skipped: this hash is not known (sha-256 and sha-512 are).',
  'sha-1': () => 'Skipped: SHA-1 is too weak to count.',
  'name-case': () => 'Skipped: the name is written sha-256 or sha-512, in small letters.',
  'not-text': () => 'No match: the value is no text.',
  'not-base64': () => 'No match: the value is no base64 of a hash of this length.',
  hex: (expected) => `No match: this is the certificate’s hash in hex. Base64 is asked for: ${expected}`,
  'base64-of-hex': (expected) =>
    `No match: this is base64 of the hash in hex. Base64 of its bytes is asked for: ${expected}`,
  unpadded: (expected) =>
    `No match: this is the certificate’s hash, but its padding is missing or wrong: ${expected}`,
  base64url: (expected) =>
    `No match: this is the certificate’s hash in base64url. Plain base64 is asked for: ${expected}`,
  spaces: (expected) =>
    `No match: this is the certificate’s hash with spaces or line breaks in it: ${expected}`,
  'key-hash': (expected) =>
    `No match: this is the hash of the public key. The hash of the whole certificate is asked for: ${expected}`,
  'pem-hash': (expected) =>
    `No match: this is the hash of the PEM text. The hash of the DER bytes is asked for: ${expected}`,
  'other-hash': (expected) =>
    `No match: this is the certificate’s hash by another algorithm than its name says: ${expected}`,
};
