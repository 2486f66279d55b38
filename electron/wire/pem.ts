/**
 * pem.ts: certificates in PEM (RFC 7468).
 *
 * In:   text
 * Out:  DER, one for each certificate
 * Not:  reading the certificates (certificate.ts), keys
 */
import type { Malformed, Outcome } from '../../shared/basics.ts';

/**
 * Every CERTIFICATE block in order; text around them is allowed (RFC 7468 2), other blocks are passed over. Malformed: no
 * block at all, one that is not base64, or text above 8 MiB.
 */
export function decodePem(text: string): Outcome<readonly Uint8Array[], Malformed> {
  if (text.length > LARGEST) return malformed(`larger than ${LARGEST} bytes`);
  const found: Uint8Array[] = [];
  for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at + BEGIN.length)) {
    const end = text.indexOf(END, at);
    if (end < 0) return malformed('a certificate without its end line');
    const body = text.slice(at + BEGIN.length, end).replace(/[ \t\r\n]+/g, '');
    // A '-' means that another block began before this one ended.
    if (!BASE64.test(body) || body.length % 4 !== 0) return malformed('a certificate that is not base64');
    found.push(new Uint8Array(Buffer.from(body, 'base64')));
  }
  return found.length === 0 ? malformed('no certificate in PEM form') : { ok: true, value: found };
}

/** One certificate as PEM, lines of 64 characters (RFC 7468 3). */
export function encodePem(der: Uint8Array): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.length).toString('base64');
  return `${BEGIN}\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n${END}\n`;
}

function malformed(detail: string): Outcome<never, Malformed> {
  return { ok: false, problem: { code: 'malformed', detail } };
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** Chosen: forty times Mozilla's list. */
const LARGEST = 8 * 1024 * 1024;
