/**
 * dns-secure.ts: a TLS connection to a resolver that has shown who it is (RFC 8310 8, RFC 7858 4.2, RFC 8484 5).
 *
 * In:   host, address, port, the authorities or the pins that count
 * Out:  a secured stream; or a NetProblem, `untrusted-resolver` where the certificate was not accepted
 * Not:  the TLS of the servers under test, which is recorded and not believed (tls.ts)
 *
 * The runtime verifies this connection by itself: the resolver is chosen by the person, not judged by the rules.
 */
import * as tls from 'node:tls';
import type { Duplex } from 'node:stream';
import type { Outcome } from '../../shared/basics.ts';
import type { NetProblem } from '../../shared/observation.ts';
import { visible } from '../../shared/visible.ts';
import { decodeCertificate } from '../wire/certificate.ts';
import { addressFamily } from '../wire/ip.ts';
import type { NetOptions } from './net.ts';
import { ioProblem } from './problems.ts';
import { step, type Limits } from './step.ts';
import { connectTcp } from './tcp.ts';
import { handshakes, type Handshake } from './tls.ts';

export type Peer = {
  readonly host: string;
  readonly port: number;
  readonly address: string;
  /** Base64 of SHA-256 of public keys; empty: the authorities and the name decide. */
  readonly pins: readonly string[];
  /** ALPN protocols, empty for none. */
  readonly alpn: readonly string[];
};
/** Connects and verifies, each within the limits. The caller owns the stream. */
export type SecureConnect = (peer: Peer, limits: Limits) => Promise<Outcome<tls.TLSSocket, NetProblem>>;

/** Makes the connections of one Net; the authorities are read at the first use. */
export function secureConnects(options: Pick<NetOptions, 'dial' | 'resolverCa'>): SecureConnect {
  let context: tls.SecureContext | null = null;
  const unverified = handshakes(null);
  return async (peer, limits) => {
    const raw = await connectTcp(peer.address, peer.port, options.dial, limits);
    if (!raw.ok) return raw;
    if (peer.pins.length > 0) return pinned(unverified, raw.value, peer, limits);
    // RFC 9325 3.1.1: nothing below TLS 1.2.
    context ??= tls.createSecureContext({ ca: [...options.resolverCa], minVersion: 'TLSv1.2' });
    return verified(context, raw.value, peer, limits);
  };
}

function verified(
  secureContext: tls.SecureContext,
  raw: Duplex,
  peer: Peer,
  limits: Limits,
): Promise<Outcome<tls.TLSSocket, NetProblem>> {
  return step<tls.TLSSocket>(limits, (settle) => {
    const isName = addressFamily(peer.host) === 0;
    let done = false;
    const socket = tls.connect({
      socket: raw,
      secureContext,
      rejectUnauthorized: true,
      // The name that the certificate must carry; an IP address is never sent as SNI (RFC 6066 3).
      host: peer.host,
      ...(isName ? { servername: peer.host } : {}),
      ...(peer.alpn.length === 0 ? {} : { ALPNProtocols: [...peer.alpn] }),
    });
    const onSecure = (): void => {
      done = true;
      settle({ ok: true, value: socket });
    };
    const onError = (error: Error): void => settle({ ok: false, problem: verifyProblem(error) });
    const onClose = (): void => settle({ ok: false, problem: { code: 'closed-early' } });
    socket.on('error', () => undefined);
    socket.once('secureConnect', onSecure);
    socket.once('error', onError);
    socket.once('close', onClose);
    return () => {
      socket.off('secureConnect', onSecure);
      socket.off('error', onError);
      socket.off('close', onClose);
      if (done) return;
      socket.destroy();
      raw.destroy();
    };
  });
}

// A pin stands for name and authority (RFC 7858 4.2), so the chain is looked at, and only the leaf's key counts.
async function pinned(
  handshake: Handshake,
  raw: Duplex,
  peer: Peer,
  limits: Limits,
): Promise<Outcome<tls.TLSSocket, NetProblem>> {
  const serverName = addressFamily(peer.host) === 0 ? peer.host : null;
  const secured = await handshake(raw, { serverName, alpn: peer.alpn }, limits);
  if (!secured.ok) return secured;
  const { socket, facts } = secured.value;
  const problem = pinProblem(facts.protocol, facts.chain[0], peer.pins);
  if (problem === null) return { ok: true, value: socket };
  socket.destroy();
  return { ok: false, problem: { code: 'untrusted-resolver', detail: problem } };
}

function pinProblem(protocol: string, leaf: string | undefined, pins: readonly string[]): string | null {
  if (!MODERN.has(protocol)) return `the resolver speaks only ${visible(protocol)}`;
  if (leaf === undefined) return 'the resolver sent no certificate';
  const certificate = decodeCertificate(Buffer.from(leaf, 'base64'));
  if (!certificate.ok) return `the resolver’s certificate does not parse: ${certificate.problem.detail}`;
  const key = Buffer.from(certificate.value.spkiSha256, 'hex').toString('base64');
  return pins.includes(key) ? null : `the resolver’s key is ${key}, which is not the pinned one`;
}

/** RFC 9325 3.1.1. */
const MODERN: ReadonlySet<string> = new Set(['TLSv1.2', 'TLSv1.3']);

// Verification failures carry the X509 codes (CERT_HAS_EXPIRED, ...) or Node's own for names; the rest is ERR_ or E....
function verifyProblem(error: Error): NetProblem {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Alert 120 (RFC 7301 3.2): only HTTP was offered.
  if (code.endsWith('NO_APPLICATION_PROTOCOL')) {
    return {
      code: 'handshake-failed',
      detail: 'the resolver speaks neither HTTP/2 nor HTTP/1.1; try tls:// instead',
    };
  }
  const ofSystem = /^(ERR_|E[A-Z0-9]+$)/.test(code) && code !== 'ERR_TLS_CERT_ALTNAME_INVALID';
  if (code === '' || ofSystem) return ioProblem(error, '');
  return { code: 'untrusted-resolver', detail: visible(error.message) };
}
