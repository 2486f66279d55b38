/**
 * problem.ts: what happened on the network, as the end of a sentence.
 *
 * In:   NetProblem
 * Out:  "nothing came back within 5 s", "the connection was refused", ...
 * Not:  what it means for trust
 */
import { assertNever } from '../basics.ts';
import type { NetProblem } from '../observation.ts';
import { visible } from '../visible.ts';

/** A clause without capital and full stop. */
export function problemText(p: NetProblem): string {
  switch (p.code) {
    case 'timed-out':
      return `nothing more came back within ${(p.afterMs / 1000).toFixed(1)} s`;
    case 'refused':
      return 'the connection was refused: nothing listens there';
    case 'no-family':
      return 'this machine has no connection of that address family';
    case 'unreachable':
      return `the address could not be reached (${visible(p.detail)})`;
    case 'closed-early':
      return 'the other side closed the connection';
    case 'malformed':
      return `what came back is not well-formed (${visible(p.detail)})`;
    case 'too-large':
      return `what came back is larger than ${p.limit} bytes`;
    case 'handshake-failed':
      return `the TLS handshake failed: ${visible(p.detail)}`;
    case 'untrusted-resolver':
      return `the resolver could not prove who it is: ${visible(p.detail)}`;
    case 'private-address':
      return 'it is a private address named by a public domain';
    default:
      return assertNever(p);
  }
}
