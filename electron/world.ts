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
import type { Dial, NetOptions } from './net/net.ts';
import { openNet } from './net/open.ts';

/** One step's longest time (issue of the first release: 10 s a check, 5 s a step). */
const STEP_MS = 5_000;

const straight: Dial = (address, port) => ({ address, port });

/** A world over real sockets. `dial` is another one in the demo realm and in tests only. */
export function openWorld(parts: {
  readonly pins: (domain: string, service: Service) => PinView;
  readonly clientCertificate?: NetOptions['clientCertificate'];
  readonly dial?: Dial;
}): World {
  return {
    openNet: (request: CheckRequest, elapsed) =>
      openNet({
        resolvers: request.resolvers,
        dial: parts.dial ?? straight,
        elapsed,
        stepMs: Math.min(STEP_MS, request.timeoutMs),
        resolverCa: request.resolvers.some((url) => /^(tls|https):/.test(url))
          ? resolverAuthorities(request)
          : [],
        clientCertificate: parts.clientCertificate ?? null,
      }),
    stores: machineStores,
    pins: parts.pins,
    now: () => Date.now() as Instant,
  };
}
