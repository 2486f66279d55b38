/**
 * posh.ts: sentences about POSH documents and the web servers that hand them out (TRUST-RULES section 8).
 *
 * In:   names and numbers, texts from outside already made visible
 * Out:  one sentence and its reference for each code
 * Not:  deciding which code (electron/trust/posh*.ts)
 */
import { exact } from '../exact.ts';
import type { Sentence } from './delegation.ts';

type Words = {
  /** Host of the web server concerned. */
  readonly host: string;
  readonly source: string;
  readonly url: string;
  readonly detail: string;
};

export type PoshCode =
  | 'posh-ip-literal'
  | 'posh-none'
  | 'posh-no-web-server'
  | 'posh-no-address'
  | 'posh-unreachable'
  | 'posh-address-bogus'
  | 'posh-address-unanswered'
  | 'posh-not-fetched'
  | 'posh-timed-out'
  | 'posh-closed-early'
  | 'posh-server-error'
  | 'posh-private-address'
  | 'posh-handshake-failed'
  | 'posh-untrusted-web-server'
  | 'posh-http-status'
  | 'posh-malformed-http'
  | 'posh-too-large'
  | 'posh-malformed'
  | 'posh-redirect-not-https'
  | 'posh-redirect-no-location'
  | 'posh-redirect-bad-url'
  | 'posh-redirect-loop'
  | 'posh-redirect-limit'
  | 'posh-reference-bad-url'
  | 'posh-reference-not-https'
  | 'posh-second-reference'
  | 'posh-expires-zero'
  | 'posh-expires-missing'
  | 'posh-expires-wrong'
  | 'posh-stale'
  | 'posh-draft-form'
  | 'posh-no-known-hash'
  | 'posh-wrong-form'
  | 'posh-no-base64'
  | 'posh-not-compared'
  | 'posh-other-certificate'
  | 'posh-match'
  | 'posh-leaf-expired'
  | 'posh-leaf-not-yet-valid'
  | 'posh-document'
  | 'posh-by-reference'
  | 'posh-by-redirect'
  | 'posh-expires-long'
  | 'posh-expires-beyond-leaf'
  | 'posh-other-service'
  | 'posh-draft-path'
  | 'posh-draft-compared';

export const POSH: Readonly<Record<PoshCode, (words: Words) => Sentence>> = {
  'posh-ip-literal': ({ source }) => ({
    text: `${source} is an address, not a domain, so it cannot publish a POSH document.`,
    ref: 'RFC 7711 3',
  }),
  'posh-none': ({ source, url, detail }) => ({
    text: `${source} publishes no POSH document (${detail} at ${url}).`,
    ref: 'RFC 7711 3',
  }),
  'posh-no-web-server': ({ host, detail }) => ({
    text: `No web server answers at ${host} (${detail}), so there is no POSH document.`,
    ref: 'RFC 7711 3',
  }),
  'posh-no-address': ({ host }) => ({
    text: `${host} has no address for a web server, so there is no POSH document.`,
    ref: 'RFC 7711 3',
  }),
  'posh-unreachable': ({ host, detail }) => ({
    text: `This machine has no way to the web server ${host} (${detail === '' ? 'IPv6 or IPv4 is missing here' : detail}), so whether there is a POSH document is not known.`,
    ref: 'RFC 7711 3',
  }),
  'posh-address-bogus': ({ host, detail }) => ({
    text: `The address of the web server ${host} fails DNSSEC validation, so POSH is not used. ${detail}`.trim(),
    ref: 'RFC 4035 4.3',
  }),
  'posh-address-unanswered': ({ host, detail }) => ({
    text: `The zone of ${host} is signed, but the address of the web server got no usable answer, so POSH is not used. ${detail}`.trim(),
    ref: 'RFC 4035 4.3',
  }),
  'posh-not-fetched': ({ url }) => ({ text: `${url} was not fetched.`, ref: 'RFC 7711 3' }),
  'posh-timed-out': ({ host }) => ({
    text: `The web server ${host} did not answer in time.`,
    ref: 'RFC 7711 3',
  }),
  'posh-closed-early': ({ host }) => ({
    text: `The web server ${host} closed the connection before its answer was complete.`,
    ref: 'RFC 9112 8',
  }),
  'posh-server-error': ({ host, detail }) => ({
    text: `The web server ${host} answered with an error of its own (${detail}).`,
    ref: 'RFC 9110 15.6',
  }),
  'posh-private-address': ({ host }) => ({
    text: `${host} has a private address, which is not connected to for a public domain.`,
    ref: 'RFC 6890',
  }),
  'posh-handshake-failed': ({ host, detail }) => ({
    text: `The TLS handshake with the web server ${host} failed: ${detail}.`,
    ref: 'RFC 7711 3',
  }),
  'posh-untrusted-web-server': ({ host, detail }) => ({
    text: `The web server ${host} is not proven, so what it says about POSH counts for nothing: ${detail}`,
    ref: 'RFC 7711 3',
  }),
  'posh-http-status': ({ url, detail }) => ({
    text: `${url} answers with status ${detail} instead of a document.`,
    ref: 'RFC 7711 3',
  }),
  'posh-malformed-http': ({ host, detail }) => ({
    text: `The web server ${host} does not answer in proper HTTP: ${detail}.`,
    ref: 'RFC 9112 2',
  }),
  'posh-too-large': ({ url }) => ({
    text: `The document at ${url} is larger than 64 KiB.`,
    ref: 'RFC 7711 3',
  }),
  'posh-malformed': ({ url, detail }) => ({
    text: `The document at ${url} is no POSH document: ${detail}.`,
    ref: 'RFC 7711 3.1',
  }),
  'posh-redirect-not-https': ({ detail }) => ({
    text: `The web server redirects to ${detail}, which is not https; this is refused.`,
    ref: 'RFC 7711 10',
  }),
  'posh-redirect-no-location': ({ url }) => ({
    text: `${url} redirects without saying where to.`,
    ref: 'RFC 9110 15.4',
  }),
  'posh-redirect-bad-url': ({ detail }) => ({
    text: `The web server redirects to “${detail}”, which is no usable URL.`,
    ref: 'RFC 9110 10.2.2',
  }),
  'posh-redirect-loop': ({ detail }) => ({
    text: `The redirects go round in a circle: they come back to ${detail}.`,
    ref: 'RFC 7711 10',
  }),
  'posh-redirect-limit': () => ({ text: 'There are more than 10 redirects.', ref: 'RFC 7711 10' }),
  'posh-reference-bad-url': ({ detail }) => ({
    text: `The reference leads to “${detail}”, which is no usable URL.`,
    ref: 'RFC 7711 3.2',
  }),
  'posh-reference-not-https': ({ detail }) => ({
    text: `The reference leads to ${detail}, which is not https.`,
    ref: 'RFC 7711 3.2',
  }),
  'posh-second-reference': ({ url }) => ({
    text: `The reference leads to a second reference at ${url}; only one is allowed.`,
    ref: 'RFC 7711 3.2',
  }),
  'posh-expires-zero': ({ url }) => ({
    text: `The document at ${url} says "expires": 0, so it must not be used.`,
    ref: 'RFC 7711 3.1',
  }),
  'posh-expires-missing': ({ url }) => ({
    text: `The document at ${url} does not say when it expires, so it is unusable.`,
    ref: 'RFC 7711 3.1',
  }),
  'posh-expires-wrong': ({ url, detail }) => ({
    text: `The document at ${url} says "expires": ${detail}, which is no whole number of seconds, so it is unusable.`,
    ref: 'RFC 7711 3.1',
  }),
  'posh-stale': ({ detail }) => ({ text: `The document expired at ${detail}.`, ref: 'RFC 7711 6' }),
  'posh-draft-form': ({ url, detail }) => ({
    text: `The document at ${url} has the form of an old draft (a set of keys), which clients of RFC 7711 ignore. ${detail}`,
    ref: 'RFC 7711 3.1',
  }),
  'posh-no-known-hash': () => ({
    text: 'No fingerprint in the document is by a hash that counts (sha-256 or sha-512).',
    ref: 'RFC 7711 3.3',
  }),
  'posh-wrong-form': ({ detail }) => ({
    text: `The document is about this certificate, but not in the right form: ${detail}`,
    ref: 'RFC 7711 3.1',
  }),
  'posh-no-base64': () => ({
    text: 'No fingerprint in the document is base64 of a hash of the length that its name asks for.',
    ref: 'RFC 7711 3.1',
  }),
  'posh-not-compared': () => ({
    text: 'No certificate was seen that could be compared with the fingerprints.',
    ref: 'RFC 7711 3.3',
  }),
  'posh-other-certificate': ({ source }) => ({
    text: `${source} publishes fingerprints of other certificates than the one that the server shows.`,
    ref: 'RFC 7711 3.3',
  }),
  'posh-match': ({ source }) => ({
    text: `${source} vouches for this very certificate over HTTPS.`,
    ref: 'RFC 7711 3.3',
  }),
  'posh-leaf-expired': ({ detail }) => ({
    text: `The fingerprint matches, but the certificate expired at ${detail}.`,
    ref: 'RFC 7711 6',
  }),
  'posh-leaf-not-yet-valid': ({ detail }) => ({
    text: `The fingerprint matches, but the certificate is not valid before ${detail}.`,
    ref: 'RFC 7711 6',
  }),
  'posh-document': ({ url, detail }) => ({
    text: `${url} holds a fingerprints document, good until ${detail}.`,
    ref: 'RFC 7711 3.1',
  }),
  'posh-by-reference': ({ source, url }) => ({
    text: `${source} refers to ${url}.`,
    ref: 'RFC 7711 3.2',
  }),
  'posh-by-redirect': ({ source, url }) => ({
    text: `The web server of ${source} redirects, in the end to ${url}.`,
    ref: 'RFC 7711 10',
  }),
  'posh-expires-long': ({ detail }) => ({
    text: `The document is good for ${detail} days. More than 30 is long: after a change of certificate clients may go on with the old one.`,
    ref: 'RFC 7711 6',
  }),
  'posh-expires-beyond-leaf': ({ detail }) => ({
    text: `The document outlives the certificate, which ends at ${detail}.`,
    ref: 'RFC 7711 6',
  }),
  'posh-other-service': ({ url, detail }) => ({
    text: `${url} is the document of another service (${detail}).`,
    ref: 'RFC 7712 5.2',
  }),
  'posh-draft-path': ({ url }) => ({
    text: `${url} is where an old draft put the document.`,
    ref: 'RFC 7711 8',
  }),
  'posh-draft-compared': ({ detail }) => ({ text: detail, ref: 'RFC 7517 4.7' }),
};

/** What the old draft's keys are beside the certificate seen. */
export const DRAFT = {
  certificate: () => 'It holds this very certificate; publish its fingerprints instead.',
  key: () => 'It holds the key of this certificate; publish the certificate’s fingerprints instead.',
  other: () => 'Its keys are others than this certificate’s.',
  unknown: () => 'No certificate was seen that could be compared with it.',
} as const;

/** `expires` of a week, in seconds: short enough for a change of certificate. */
const TEMPLATE = '{"fingerprints":[{"sha-256":"<that value>"}],"expires":604800}';

export const POSH_PUBLISH = {
  ready: (url: string, document: string) =>
    `Publish this document at ${url}:${exact(document)}Where other servers of the domain show other certificates, list theirs beside it.`,
  compute: (url: string, command: string, seen: string) =>
    `Compute the fingerprint on the server, from its certificate file:${exact(command)}Then publish at ${url}:${exact(TEMPLATE)}The certificate seen here would give ${seen}: compare both before you publish, because on an unproven connection it may be an interceptor’s.`,
  computeUnseen: (url: string, command: string) =>
    `Compute the fingerprint on the server, from its certificate file:${exact(command)}Then publish at ${url}:${exact(TEMPLATE)}`.trimEnd(),
  repairWeb: (host: string) =>
    `Repair the web server ${host}: it needs TLS 1.2 or later, HTTP/1.1, and a certificate for ${host} from a known certificate authority.`,
  allowPrivate: (host: string) =>
    `Let ${host} have a public address, or check again and allow private addresses.`,
  wait: (from: string) => `Wait until ${from}, when the certificate becomes valid.`,
  renew: () => 'Renew the certificate of the XMPP server and publish the new one’s fingerprint.',
  byName: () => 'Check a domain instead of an address.',
  tryAgain: () => 'Try again later, or with another resolver.',
} as const;
