/**
 * phrases/net.ts: what the network's problems mean, in plain words.
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
  [/ALERT_NO_APPLICATION_PROTOCOL$/, 'the server does not speak XMPP on this TLS port (ALPN, alert 120)'],
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
  [/EXCESSIVE_MESSAGE_SIZE$/, 'the server sent a certificate chain larger than 100 KiB'],
  [/DH_KEY_TOO_SMALL$|BAD_DH/, 'the server chose Diffie-Hellman numbers that are too small'],
  [/NO_RENEGOTIATION$|RENEGOTIATION_DISABLED$/, 'the server wanted to begin the handshake anew'],
  [
    /ASN1|ASN\.1|BAD_CERTIFICATE|CERTIFICATE_PARSE|CANNOT_PARSE/,
    'the server sent a certificate that does not parse',
  ],
];

/** What a failed handshake means. `code` is the library's name for it, `reason` its own words, already made visible. */
export function handshakePhrase(code: string, reason: string): string {
  const known = HANDSHAKE.find(
    ([tail]) => tail.test(code) || tail.test(reason.toUpperCase().replaceAll(' ', '_')),
  );
  if (known !== undefined) return known[1];
  return reason === '' ? `the TLS library says ${code}` : reason;
}
