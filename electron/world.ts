/**
 * world.ts: the real world: this machine's network, clock, certificate stores and pins.
 *
 * In:   how to look up pins, and a client certificate where one was given
 * Out:  World, as a check wants it
 * Not:  the demo realm's world (demo/realm.ts)
 */
import type { Instant } from '../shared/basics.ts';
import type { PinView } from '../shared/pin.ts';
import type { CheckRequest, Service } from '../shared/request.ts';
import type { World } from './check.ts';
import { machineStores, resolverAuthorities } from './ground.ts';
import { openDnsCache, type DnsCache } from './net/dns-cache.ts';
import type { Dial, NetOptions } from './net/net.ts';
import { openNet } from './net/open.ts';
import { createSignatureCache, type SignatureCache } from './trust/dnssec/validate.ts';
import { sourceName } from './wire/address.ts';

/** One step's longest time (chosen: half of a check's default budget). */
const STEP_MS = 5_000;

const straight: Dial = (address, port) => ({ address, port });

/** What the checks of one long-lived process share: DNS answers by their TTL, and signature checks. */
export type SharedWork = { readonly cache: DnsCache; readonly signatures: SignatureCache };

export function openSharedWork(): SharedWork {
  return { cache: openDnsCache(() => Date.now()), signatures: createSignatureCache() };
}

/** A world over real sockets. `dial` is another one in the demo realm and in tests only. */
export function openWorld(parts: {
  readonly pins: (domain: string, service: Service) => PinView;
  readonly clientCertificate?: NetOptions['clientCertificate'];
  readonly dial?: Dial;
  /** What checks of one process share; left out, each stands alone. */
  readonly shared?: SharedWork;
}): World {
  return {
    openNet: (request: CheckRequest, elapsed) =>
      openNet({
        resolvers: request.resolvers,
        dial: parts.dial ?? straight,
        elapsed,
        stepMs: Math.min(STEP_MS, request.timeoutMs),
        resolverCa: request.resolvers.some(isEncrypted) ? resolverAuthorities(request) : [],
        ...sharedAnswers(request, parts.shared),
        clientCertificate: parts.clientCertificate ?? null,
      }),
    ...(parts.shared === undefined ? {} : { signatures: parts.shared.signatures }),
    stores: machineStores,
    pins: parts.pins,
    now: () => Date.now() as Instant,
  };
}

/** Authorities of one request must not bring in a resolver's answers for another: with them a check asks for itself. */
function sharedAnswers(request: CheckRequest, shared: SharedWork | undefined): Pick<NetOptions, 'shared'> {
  if (shared === undefined || (request.ca.length > 0 && request.resolvers.some(isEncrypted))) return {};
  return { shared: shared.cache.forCheck(sourceName(request.source)) };
}

function isEncrypted(resolver: string): boolean {
  return /^(tls|https):/.test(resolver);
}
