/**
 * certificate.ts: one X.509 certificate as values (RFC 5280 4).
 *
 * In:   DER
 * Out:  Certificate, or what is malformed
 * Not:  paths (trust/path.ts), names that we want (trust/identity.ts)
 */
import type { Instant } from '../../shared/basics.ts';

export type DistinguishedName = {
  /** RFC 4514 text, for people. */
  readonly text: string;
  readonly der: Uint8Array;
  /** Last common name, if any. */
  readonly commonName: string | null;
};

export type CertificateName = {
  readonly type: 'dns' | 'srv' | 'xmpp' | 'ip' | 'cn' | 'other';
  /** As found; for `ip` in text form. Not yet fit for a screen: control characters may be inside. */
  readonly value: string;
  /** For dns and srv: whether every byte is IA5 ASCII. */
  readonly ascii: boolean;
};

export type Extension = { readonly oid: string; readonly critical: boolean; readonly value: Uint8Array };

export type Certificate = {
  readonly der: Uint8Array;
  readonly tbs: Uint8Array;
  readonly serial: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** SubjectPublicKeyInfo, DER, exactly as it stands in the certificate. */
  readonly spki: Uint8Array;
  /** e.g. { kind: 'rsa', bits: 2048, text: 'RSA 2048' }, { kind: 'ec', bits: 256, text: 'ECDSA P-256' }, ed25519 */
  readonly key: { readonly kind: string; readonly bits: number; readonly text: string };
  readonly signatureAlgorithm: { readonly oid: string; readonly text: string; readonly hash: string | null };
  /** Subject alternative names in order, then the common name. */
  readonly names: readonly CertificateName[];
  readonly extensions: readonly Extension[];
  /** Lower-case hex SHA-256 of the DER and of the SPKI. */
  readonly sha256: string;
  readonly spkiSha256: string;
  /** AIA caIssuers URLs: text from outside, never fetched, never a link. */
  readonly caIssuers: readonly string[];
};
