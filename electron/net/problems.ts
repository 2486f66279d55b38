/**
 * problems.ts: Node's error codes as NetProblems, in one place.
 *
 * In:   whatever a socket or the TLS library raised
 * Out:  NetProblem
 * Not:  deciding anything with it
 */
import { tlsPhrase } from '../../shared/phrases/net.ts';
import type { NetProblem } from '../../shared/observation.ts';
import { visible } from '../../shared/visible.ts';

/**
 * A problem of a plain TCP connection. `address` tells a missing family from a loopback address that is not there;
 * `afterMs` is how long the kernel had tried, in milliseconds, 0 where that is not known.
 */
export function tcpProblem(error: unknown, address: string, afterMs = 0): NetProblem {
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
      return { code: 'timed-out', afterMs };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
    case 'ERR_STREAM_WRITE_AFTER_END':
      return { code: 'closed-early' };
    default:
      return { code: 'unreachable', detail: code === '' ? textOf(error) : code };
  }
}

/** A problem of a TLS handshake that `offered` ALPN protocols, or (`under`) of reading and writing under TLS. */
export function tlsProblem(error: unknown, under = false, offered: readonly string[] = []): NetProblem {
  const code = codeOf(error);
  if (code === 'ECONNRESET' || code === 'EPIPE') return { code: 'closed-early' };
  const reason = [partOf(error, 'library'), partOf(error, 'reason')].join(' ').trim();
  return {
    code: 'handshake-failed',
    detail: tlsPhrase(code, reason === '' ? textOf(error) : visible(reason), under, offered),
  };
}

/** A problem on an open connection, with or without TLS. */
export function ioProblem(error: unknown, address: string): NetProblem {
  const code = codeOf(error);
  return code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO'
    ? tlsProblem(error, true)
    : tcpProblem(error, address);
}

function codeOf(error: unknown): string {
  return partOf(error, 'code');
}

function partOf(error: unknown, name: 'code' | 'library' | 'reason'): string {
  const part: unknown = error instanceof Error ? Reflect.get(error, name) : '';
  return typeof part === 'string' ? part : '';
}

function textOf(error: unknown): string {
  return visible(error instanceof Error ? error.message : String(error));
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
