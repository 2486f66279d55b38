/**
 * net.ts: what the network's problems mean, in plain words.
 *
 * In:   codes of the TLS library
 * Out:  text for NetProblem.detail
 * Not:  sentences of the verdict (phrases/verdict.ts)
 */

/** OpenSSL and BoringSSL name the same failures alike but for the code's head; the tail decides here. */
const HANDSHAKE: readonly (readonly [RegExp, string])[] = [
  [
    /ALERT_HANDSHAKE_FAILURE$/,
    'the server found no TLS version, cipher or certificate to agree on (alert 40)',
  ],
  [/ALERT_PROTOCOL_VERSION$/, 'the server speaks no TLS version that we offer (alert 70)'],
  [/ALERT_INSUFFICIENT_SECURITY$/, 'the server wants stronger ciphers than we offer (alert 71)'],
  [/ALERT_INTERNAL_ERROR$/, 'the server failed inside (alert 80)'],
  [/UNRECOGNIZED_NAME$/, 'the server does not know the name that we asked for (alert 112)'],
  [/CERTIFICATE_REQUIRED$/, 'the server wants a certificate from us (alert 116)'],
  [/ALERT_BAD_CERTIFICATE$/, 'the server did not accept our certificate (alert 42)'],
  [/UNSUPPORTED_PROTOCOL$/, 'the server chose a TLS version that we do not speak'],
  [
    /WRONG_VERSION_NUMBER$|PACKET_LENGTH_TOO_LONG$|HTTP_REQUEST$|RECORD_LAYER_FAILURE$|BAD_RECORD_TYPE$/,
    'the server answered with something other than TLS',
  ],
  [
    /UNEXPECTED_EOF|UNEXPECTED_MESSAGE$/,
    'the server broke off the handshake or sent its messages out of order',
  ],
  [/HANDSHAKE_TIMEOUT$/, 'the server fell silent in the middle of the handshake'],
  [/LENGTH_MISMATCH$/, 'the server sent a handshake message that does not parse'],
  [/EXCESSIVE_MESSAGE_SIZE$/, 'the server sent a certificate chain larger than 100 KiB'],
  [/DH_KEY_TOO_SMALL$|BAD_DH/, 'the server chose Diffie-Hellman numbers that are too small'],
  [/UNSAFE_LEGACY_RENEGOTIATION/, 'the server is too old to know safe renegotiation (RFC 5746)'],
  [
    /ASN1|ASN\.1|BAD_CERTIFICATE|CERTIFICATE_PARSE|CANNOT_PARSE/,
    'the server sent a certificate that does not parse',
  ],
];

/** ALPN protocols by the names that people know. */
const PROTOCOLS: ReadonlyMap<string, string> = new Map([
  ['xmpp-client', 'XMPP'],
  ['xmpp-server', 'XMPP'],
  ['http/1.1', 'HTTP/1.1'],
]);

/** The failures that mean something else, or only occur, when the handshake is over. */
const UNDER_TLS: readonly (readonly [RegExp, string])[] = [
  [/CERTIFICATE_REQUIRED$/, 'the server wants a certificate from us (alert 116)'],
  [/ALERT_(BAD|UNKNOWN|UNSUPPORTED)_C(A|ERTIFICATE)$/, 'the server did not accept our certificate'],
  [/RENEGOTIATION/, 'the server wanted to begin the handshake anew'],
  [/ALERT/, 'the server broke off TLS with an alert'],
  [
    /WRONG_VERSION_NUMBER$|BAD_RECORD|DECRYPTION_FAILED|RECORD_LAYER_FAILURE$|PACKET_LENGTH_TOO_LONG$/,
    'the server sent something other than TLS in the middle of TLS',
  ],
  [/UNEXPECTED_EOF/, 'the server broke off TLS without a goodbye'],
];

/**
 * What a failure of TLS means. `code` is the library's name for it, `reason` its own words, already made visible; `under`
 * is whether the handshake was over; `offered` the ALPN protocols that we named.
 */
export function tlsPhrase(
  code: string,
  reason: string,
  under: boolean,
  offered: readonly string[] = [],
): string {
  const words = reason.toUpperCase().replaceAll(' ', '_');
  if (!under && [code, words].some((one) => one.endsWith('ALERT_NO_APPLICATION_PROTOCOL'))) {
    const asked = new Set(offered.map((one) => PROTOCOLS.get(one) ?? one));
    return `the server does not speak ${[...asked].join(' or ')} on this TLS port (ALPN, alert 120)`;
  }
  const table = under ? UNDER_TLS : HANDSHAKE;
  const known = table.find(([tail]) => tail.test(code) || tail.test(words));
  if (known !== undefined) return known[1];
  return reason === '' ? `the TLS library says ${code}` : reason;
}
