/**
 * pin-exchange.ts: what is said about files of pins that come in, and the comments in those that go out.
 *
 * In:   the facts of one sentence
 * Out:  text
 * Not:  reading or writing them (electron/pin-exchange.ts)
 */

export type ImportProblem =
  | 'too-large'
  | 'too-many'
  | 'line-too-long'
  | 'not-json'
  | 'not-ours'
  | 'newer'
  | 'wrong-field'
  | 'not-understood'
  | 'no-domain'
  | 'bad-domain'
  | 'bad-hash'
  | 'bad-key'
  | 'bad-time'
  | 'empty';

export const IMPORT_PROBLEMS: Readonly<Record<ImportProblem, (detail: string) => string>> = {
  'too-large': (d) => `the file is larger than ${d} bytes`,
  'too-many': (d) => `the file has more than ${d} entries`,
  'line-too-long': (d) => `the line is longer than ${d} characters`,
  'not-json': (d) => `this is no JSON: ${d}`,
  'not-ours': () => 'this JSON is no file of Mellon pins ("schema": "mellon.pins")',
  newer: (d) => `the file was written by a newer Mellon (version ${d})`,
  'wrong-field': (d) => `${d} is missing or wrong`,
  'not-understood': () => 'this is neither "DOMAIN [SERVICE] sha256/BASE64" nor a GnuTLS known_hosts line',
  'no-domain': () => 'for which domain? Write "DOMAIN sha256/BASE64", or give --domain',
  'bad-domain': (d) => `${d} is no domain`,
  'bad-hash': () => 'the hash is not the base64 of 32 bytes',
  'bad-key': (d) => `the key cannot be read: ${d}`,
  'bad-time': (d) => `${d} is no time`,
  empty: () => 'there is nothing in it that could be imported',
};

export const SKIPPED = {
  service: (line: number, service: string) => `line ${line}: service ${service} is not XMPP`,
  anyHost: (line: number) => `line ${line}: a key for every host cannot be remembered for one domain`,
  algorithm: (line: number, name: string) => `line ${line}: hash algorithm ${name} is not SHA-256`,
  ended: (line: number) => `line ${line}: its end date is over`,
  endedPin: (domain: string) => `${domain}: revoked or ended`,
} as const;

/** Comments in exported text: what it is, and the warning of TRUST-RULES section 9. */
export const EXPORT_COMMENTS = {
  spki: ['DOMAIN SERVICE sha256/BASE64 of the public key (SPKI).'],
  tlsa: [
    'TLSA records of what was accepted here, for the zone of the server.',
    "On an unproven connection the certificate seen may be an interceptor's: compute the record on the server from its own",
    'certificate file, and compare both before you publish:',
    '  openssl x509 -in cert.pem -outform DER | openssl dgst -sha256                                  (3 0 1)',
    '  openssl x509 -in cert.pem -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256   (3 1 1)',
    'The owner name is that of the host and port which the SRV record names; the domain stands here in its place.',
  ],
  posh: [
    'POSH documents of what was accepted here (RFC 7711), one for each domain and service.',
    "On an unproven connection the certificate seen may be an interceptor's: compute the hash on the server from its own",
    'certificate file, and compare both before you publish:',
    '  openssl x509 -in cert.pem -outform DER | openssl dgst -sha256 -binary | base64',
  ],
  noHash: (domain: string) =>
    `${domain}: only the key is known, not the certificate that the document would need.`,
  noKey: (domain: string) => `${domain}: only the certificate's hash is known, not its key.`,
} as const;
