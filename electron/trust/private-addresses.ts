/**
 * private-addresses.ts: which addresses may be connected to (TRUST-RULES 2.9): the program is nobody's scanner.
 *
 * In:   the request, an address, and the names that no public DNS has
 * Out:  yes or no
 * Not:  which addresses are private (wire/ip.ts), saying so (reach.ts)
 */
import type { DnsName } from '../../shared/basics.ts';
import type { CheckRequest } from '../../shared/request.ts';
import { isPrivateAddress } from '../wire/ip.ts';
import { isLiteral, type Target } from './discover.ts';
import { coveringName } from './proofs.ts';

/** Rule 2.9: is this address one that the program may connect to? What a person typed as an address, it may. */
export function mayConnect(
  request: CheckRequest,
  target: Target,
  address: string,
  negativeAnchors: readonly DnsName[],
): boolean {
  return isLiteral(target) || mayFetch(request, address, negativeAnchors);
}

/** Rule 2.9 for addresses that nobody typed. */
export function mayFetch(
  request: CheckRequest,
  address: string,
  negativeAnchors: readonly DnsName[],
): boolean {
  if (request.allowPrivate || !isPrivateAddress(address)) return true;
  const { source } = request;
  return source.kind === 'ip'
    ? isPrivateAddress(source.address)
    : coveringName(source.ascii, negativeAnchors) !== undefined;
}
