/**
 * reach.ts: why an endpoint could not be judged, or was refused before its certificate was.
 *
 * In:   a code, and a detail already made visible
 * Out:  the sentence and the section it rests on
 * Not:  deciding which it is (electron/trust/reach.ts)
 */
export type ReachCode =
  | 'private-address'
  | 'out-of-time'
  | 'connection-refused'
  | 'connect-timeout'
  | 'connect-failed'
  | 'no-family'
  | 'no-answer'
  | 'not-xmpp'
  | 'stream-error'
  | 'no-features'
  | 'starttls-not-offered'
  | 'starttls-refused'
  | 'no-proceed'
  | 'bytes-before-handshake'
  | 'handshake-failed'
  | 'no-certificate'
  | 'tls-too-old'
  | 'no-xmpp-after-tls'
  | 'stream-error-after-tls'
  | 'no-address'
  | 'addresses-unanswered'
  | 'certificate-malformed';

type Said = { readonly text: string; readonly ref: string };

export const reachPhrases: Readonly<Record<ReachCode, (detail: string) => Said>> = {
  'private-address': () => ({
    text: 'The address is a private one named by a public domain, so it was not connected to (--allow-private allows it).',
    ref: 'RFC 6890',
  }),
  'out-of-time': () => ({
    text: 'The time for the check ran out before the server could be judged.',
    ref: 'RFC 6120 3.2',
  }),
  'connection-refused': () => ({
    text: 'The server refused the connection: nothing listens on that port.',
    ref: 'RFC 6120 3.2',
  }),
  'connect-timeout': () => ({
    text: 'The server did not answer the attempt to connect in time.',
    ref: 'RFC 6120 3.2',
  }),
  'connect-failed': (d) => ({ text: `The server could not be connected to: ${d}.`, ref: 'RFC 6120 3.2' }),
  'no-family': () => ({
    text: 'This machine has no connection of that address family, so the address was not tested.',
    ref: 'RFC 6120 3.2',
  }),
  'no-answer': (d) => ({
    text: `The server accepted the connection and then said nothing: ${d}.`,
    ref: 'RFC 6120 4.2',
  }),
  'not-xmpp': (d) => ({ text: `What answers there does not speak XMPP: ${d}.`, ref: 'RFC 6120 4.8' }),
  'stream-error': (d) => ({
    text: `The server ended the stream with the error ${d} before TLS could begin.`,
    ref: 'RFC 6120 4.9',
  }),
  'no-features': (d) => ({
    text: `The server opened a stream but never said what it offers: ${d === '' ? 'it stopped there' : d}.`,
    ref: 'RFC 6120 4.3.2',
  }),
  'starttls-not-offered': () => ({
    text: 'The server does not offer encryption (STARTTLS), so a password would travel in the open.',
    ref: 'RFC 7590 3.1',
  }),
  'starttls-refused': () => ({
    text: 'The server offers encryption (STARTTLS) and then refuses to begin it.',
    ref: 'RFC 6120 5.4.2.2',
  }),
  'no-proceed': (d) => ({
    text: `The server offered encryption but never answered the request to begin it: ${d === '' ? 'it stopped there' : d}.`,
    ref: 'RFC 6120 5.4.2',
  }),
  'bytes-before-handshake': (d) => ({
    text: `There ${d === '1' ? 'was 1 byte' : `were ${d} bytes`} between the server's go-ahead and the encryption: an attempt to inject commands, or a broken server.`,
    ref: 'RFC 6120 5.4.3.3',
  }),
  'handshake-failed': (d) => ({ text: `The encryption could not be agreed on: ${d}.`, ref: 'RFC 9325 3' }),
  'no-certificate': () => ({ text: 'The server showed no certificate at all.', ref: 'RFC 6120 13.7.1' }),
  'tls-too-old': (d) => ({
    text: `The server speaks only ${d}, which no longer protects anything.`,
    ref: 'RFC 8996',
  }),
  'no-xmpp-after-tls': (d) => ({
    text: `Behind the encryption the answer in XMPP was missing or broken off (${d}).`,
    ref: 'RFC 6120 5.4.3.3',
  }),
  'stream-error-after-tls': (d) => ({
    text: `Behind the encryption the server ended the stream with an error (${d}).`,
    ref: 'RFC 6120 4.9',
  }),
  'no-address': (d) => ({ text: `${d} has no address to connect to.`, ref: 'RFC 6120 3.2.1' }),
  'addresses-unanswered': (d) => ({
    text: `The DNS gave no usable answer about the addresses of ${d}.`,
    ref: 'RFC 6120 3.2.1',
  }),
  'certificate-malformed': (d) => ({
    text: `The server's certificate cannot be read: ${d}.`,
    ref: 'RFC 5280 4',
  }),
};
