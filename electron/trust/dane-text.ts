/**
 * dane-text.ts: what to publish, as text (TRUST-RULES section 9; RFC 7671 5.1).
 *
 * In:   host, port, certificate
 * Out:  a TLSA record in zone-file form, and the commands that compute it on the server
 * Not:  deciding which of the two may be offered (dane.ts)
 */
import type { Certificate } from '../wire/certificate.ts';

/** "_5222._tcp.xmpp1.hosting.example. IN TLSA 3 1 1 <hex>": the form that RFC 7671 5.1 recommends. */
export function tlsaText(host: string, port: number, leaf: Certificate): string {
  return `${tlsaOwner(host, port)} IN TLSA 3 1 1 ${leaf.spkiSha256}`;
}

/** The owner name with its final dot (RFC 6698 3). */
export function tlsaOwner(host: string, port: number): string {
  return `_${port}._tcp.${host}.`;
}

/** Prints the value of a 3 1 1 record, from the certificate file on the server. */
export const TLSA_COMMAND =
  'openssl x509 -in cert.pem -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256';
/** The same from the key file. */
export const TLSA_KEY_COMMAND = 'openssl pkey -in key.pem -pubout -outform DER | openssl dgst -sha256';
