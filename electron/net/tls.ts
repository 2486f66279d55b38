/**
 * tls.ts: the one TLS handshake of this program. It records and never judges.
 *
 * In:   a connected stream, what to say (SNI, ALPN), the step's limits
 * Out:  TlsFacts with the chain exactly as sent, and the secured stream; or a NetProblem
 * Not:  believing any certificate (trust/path.ts, trust/identity.ts), what is said under TLS
 */
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import type { Base64, Outcome } from '../../shared/basics.ts';
import type { NetProblem, TlsFacts } from '../../shared/observation.ts';
import { tlsProblem } from './problems.ts';
import { step, type Limits } from './step.ts';

/** The most certificates kept of one chain, and the most bytes of each. Chosen: real chains have under six, of 2 KiB. */
const MAX_CERTIFICATES = 100;
const MAX_CERTIFICATE_BYTES = 102_400;
/** Smaller Diffie-Hellman groups can be broken while one waits (Logjam, CVE-2015-4000): what is under them proves nothing. */
const MIN_DH_BITS = 1024;
/** SSL_OP_NO_RENEGOTIATION of OpenSSL 1.1.1 and later (openssl/ssl.h); BoringSSL never renegotiates unless told to. */
const NO_RENEGOTIATION = 0x4000_0000;
/**
 * Offered by every face of the program, so that all are shown the same certificate (TRUST-RULES 10.6). Without SHA-1
 * (RFC 9155), and without Ed448 and RSA-PSS keys, which BoringSSL does not have.
 */
const SIGNATURE_ALGORITHMS = [
  'ECDSA+SHA256',
  'RSA-PSS+SHA256',
  'ed25519',
  'RSA+SHA256',
  'ECDSA+SHA384',
  'RSA-PSS+SHA384',
  'RSA+SHA384',
  'ECDSA+SHA512',
  'RSA-PSS+SHA512',
  'RSA+SHA512',
].join(':');

export type ClientCertificate = { readonly cert: string; readonly key: string };
export type TlsWords = {
  /** SNI; null for none (IP literals). */
  readonly serverName: string | null;
  /** ALPN protocols, empty for none. */
  readonly alpn: readonly string[];
};
export type Secured = { readonly socket: tls.TLSSocket; readonly facts: TlsFacts };
export type Handshake = (
  raw: Duplex,
  words: TlsWords,
  limits: Limits,
) => Promise<Outcome<Secured, NetProblem>>;

/** Makes the handshake of one Net. The context is built at its first use and shared: it holds nothing of any peer. */
export function handshakes(clientCertificate: ClientCertificate | null): Handshake {
  let context: tls.SecureContext | null = null;
  return (raw, words, limits) => {
    context ??= buildContext(clientCertificate);
    return shake(context, raw, words, limits);
  };
}

/**
 * One handshake over `raw`, which must have nothing unread in it. On failure `raw` is destroyed; on success the caller
 * owns the secured socket.
 */
async function shake(
  secureContext: tls.SecureContext,
  raw: Duplex,
  words: TlsWords,
  limits: Limits,
): Promise<Outcome<Secured, NetProblem>> {
  const outcome = await step<Secured>(limits, (settle) => {
    let ocsp: Base64 | null = null;
    let ocspAsked = false;
    let done = false;
    const socket = tls.connect({
      socket: raw,
      secureContext,
      // Recorded, never believed: trust judges the chain afterwards. This stands here and nowhere else.
      rejectUnauthorized: false,
      requestOCSP: true,
      ...(words.serverName === null ? {} : { servername: words.serverName }),
      ...(words.alpn.length === 0 ? {} : { ALPNProtocols: [...words.alpn] }),
    });
    socket.on('error', () => undefined);
    const fail = (problem: NetProblem): void => settle({ ok: false, problem });
    const onStaple = (response: Buffer | null): void => {
      // The event comes with null too: it tells that the runtime asks at all.
      ocspAsked = true;
      if (response !== null && response.length > 0) ocsp = base64(response);
    };
    const onSecure = (): void => {
      // First of all: only the first call gives the chain as sent (nodejs/node#65579).
      const { chain, omitted } = chainAsSent(socket);
      const weak = weakExchange(socket);
      if (weak !== null) return fail({ code: 'handshake-failed', detail: weak });
      const cipher = socket.getCipher();
      done = true;
      settle({
        ok: true,
        value: {
          socket,
          facts: {
            protocol: socket.getProtocol() ?? 'unknown',
            cipher: cipher.standardName === '' ? cipher.name : cipher.standardName,
            alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : null,
            chain,
            ocsp,
            ocspAsked,
            ...(omitted === 0 ? {} : { chainOmitted: omitted }),
          },
        },
      });
    };
    const onError = (error: Error): void => fail(tlsProblem(error, false, words.alpn));
    const onClose = (): void => fail({ code: 'closed-early' });
    socket.on('OCSPResponse', onStaple);
    socket.once('secureConnect', onSecure);
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once('end', onClose);
    raw.once('close', onClose);
    return () => {
      socket.off('OCSPResponse', onStaple);
      socket.off('secureConnect', onSecure);
      socket.off('error', onError);
      socket.off('close', onClose);
      socket.off('end', onClose);
      raw.off('close', onClose);
      if (!done) socket.destroy();
    };
  });
  // Here and not above: a step that was cancelled before it began has stopped nothing.
  if (!outcome.ok) raw.destroy();
  return outcome;
}

/** The certificates in the order sent. `omitted` counts those beyond our bounds. */
function chainAsSent(socket: tls.TLSSocket): { chain: Base64[]; omitted: number } {
  const chain: Base64[] = [];
  let omitted = 0;
  let certificate = socket.getPeerX509Certificate();
  // The list is as long as the server's message, which the TLS library itself bounds at 100 KiB.
  while (certificate !== undefined) {
    if (chain.length < MAX_CERTIFICATES && certificate.raw.length <= MAX_CERTIFICATE_BYTES)
      chain.push(base64(certificate.raw));
    else omitted += 1;
    certificate = certificate.issuerCertificate;
  }
  return { chain, omitted };
}

/** A key exchange so weak that somebody in the middle could have finished the handshake in the server's place. */
function weakExchange(socket: tls.TLSSocket): string | null {
  const info = socket.getEphemeralKeyInfo();
  if (info === null || !('type' in info) || info.type !== 'DH') return null;
  return info.size < MIN_DH_BITS ? `the server chose Diffie-Hellman with ${info.size} bits` : null;
}

/**
 * One context that offers everything from TLS 1.0 to 1.3 in one handshake, so that an old server can be named as old.
 * No trust anchors: nothing is verified here, and the runtime then leaves the received chain alone.
 */
function buildContext(client: ClientCertificate | null): tls.SecureContext {
  const base: tls.SecureContextOptions = {
    ca: [],
    minVersion: 'TLSv1',
    secureOptions: NO_RENEGOTIATION,
    ...(client === null ? {} : { cert: client.cert, key: client.key }),
  };
  // OpenSSL 3 needs security level 0 for TLS 1.0 and 1.1 (their signatures use SHA-1). BoringSSL has no levels and
  // refuses the word, and not every runtime lets the signature algorithms be set: take the best that is there.
  const candidates: tls.SecureContextOptions[] = [
    { ...base, sigalgs: SIGNATURE_ALGORITHMS, ciphers: `${tls.DEFAULT_CIPHERS}:@SECLEVEL=0` },
    { ...base, sigalgs: SIGNATURE_ALGORITHMS },
    base,
  ];
  for (const candidate of candidates) {
    try {
      return tls.createSecureContext(candidate);
    } catch {
      // The next candidate asks for less.
    }
  }
  return tls.createSecureContext({ ca: [] });
}

function base64(bytes: Buffer): Base64 {
  return bytes.toString('base64') as Base64;
}
