/**
 * tls-records.ts: the first messages of a TLS 1.2 server written by hand (RFC 5246 7.4), for certificates that no TLS
 * library would send.
 *
 * In:   the bytes to send in place of each certificate
 * Out:  ServerHello and Certificate as TLS records
 * Not:  any cryptography: the handshake cannot be finished from here
 */

/** TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (RFC 5289): offered by every client. */
const CIPHER = [0xc0, 0x2f];
const TLS_1_2 = [0x03, 0x03];
/** renegotiation_info, empty (RFC 5746 3.6): without it clients of today break off before the certificate. */
const EXTENSIONS = [0x00, 0x05, 0xff, 0x01, 0x00, 0x01, 0x00];
/** The longest record (RFC 5246 6.2.1). */
const MAX_RECORD = 16_384;

/** ServerHello and a Certificate message with exactly these bytes as its certificates, leaf first. */
export function helloWithCertificates(certificates: readonly Uint8Array[]): Buffer {
  const random = Buffer.alloc(32, 7);
  const hello = message(2, Buffer.from([...TLS_1_2, ...random, 0, ...CIPHER, 0, ...EXTENSIONS]));
  const list = Buffer.concat(certificates.map((one) => Buffer.concat([length24(one.length), one])));
  const chain = message(11, Buffer.concat([length24(list.length), list]));
  return Buffer.concat([records(hello), records(chain)]);
}

/** A fatal alert by its number (RFC 8446 6.2). */
export function alertRecord(description: number): Buffer {
  return Buffer.from([0x15, ...TLS_1_2, 0, 2, 2, description]);
}

function message(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), length24(body.length), body]);
}

function records(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += MAX_RECORD) {
    const part = bytes.subarray(at, at + MAX_RECORD);
    parts.push(Buffer.from([0x16, ...TLS_1_2, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(parts);
}

function length24(length: number): Buffer {
  return Buffer.from([length >> 16, (length >> 8) & 255, length & 255]);
}
