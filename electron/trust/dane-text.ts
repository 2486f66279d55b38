/**
 * dane-text.ts: what to publish, as text (TRUST-RULES section 9; RFC 7671 5.1).
 *
 * In:   the TLSA owner name, a certificate
 * Out:  a TLSA record in zone-file form, and the command that computes its value on the server
 * Not:  deciding which of the two may be offered (dane.ts)
 */
import type { DnsName } from '../../shared/basics.ts';
import { visible } from '../../shared/visible.ts';
import type { Certificate } from '../wire/certificate.ts';

/** "_5222._tcp.xmpp1.hosting.example. IN TLSA 3 1 1 <hex>": the form that RFC 7671 5.1 recommends. */
export function tlsaText(owner: DnsName, leaf: Certificate): string {
  return `${visible(owner)}. IN TLSA 3 1 1 ${leaf.spkiSha256}`;
}

/** Prints the value of a 3 1 1 record, from the certificate file on the server. */
export const TLSA_COMMAND =
  'openssl x509 -in cert.pem -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256';
