/**
 * problems.ts: Node's error codes as NetProblems, in one place.
 *
 * In:   whatever a socket or the TLS library raised
 * Out:  NetProblem
 * Not:  deciding anything with it
 */
import { handshakePhrase } from '../../shared/phrases/net.ts';
import type { NetProblem } from '../../shared/observation.ts';
import { visible } from '../../shared/visible.ts';

/** A problem of a plain TCP connection. `address` tells a missing family from a loopback address that is not there. */
export function tcpProblem(error: unknown, address: string): NetProblem {
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return { code: 'refused' };
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return isLoopback(address) && code !== 'EAFNOSUPPORT'
        ? { code: 'unreachable', detail: code }
        : { code: 'no-family' };
    case 'ETIMEDOUT':
      // The kernel gave up by itself; how long it tried is not ours to know.
      return { code: 'unreachable', detail: 'no answer to the connection attempt' };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
    case 'ERR_STREAM_WRITE_AFTER_END':
      return { code: 'closed-early' };
    default:
      return { code: 'unreachable', detail: code === '' ? textOf(error) : code };
  }
}

/** A problem of a TLS handshake, or of reading and writing under TLS. */
export function tlsProblem(error: unknown): NetProblem {
  const code = codeOf(error);
  if (code === 'ECONNRESET' || code === 'EPIPE') return { code: 'closed-early' };
  const reason =
    error instanceof Error && 'reason' in error && typeof error.reason === 'string'
      ? error.reason
      : textOf(error);
  return { code: 'handshake-failed', detail: handshakePhrase(code, visible(reason)) };
}

/** A problem on an open connection, with or without TLS. */
export function ioProblem(error: unknown, address: string): NetProblem {
  const code = codeOf(error);
  return code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO'
    ? tlsProblem(error)
    : tcpProblem(error, address);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function textOf(error: unknown): string {
  return visible(error instanceof Error ? error.message : String(error));
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
