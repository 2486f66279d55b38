/**
 * demo-world.ts: checks in the demo realm. Its resolver, anchors and authority reach no check outside it.
 *
 * In:   nothing, or the stories to tell
 * Out:  Realm: a World, the requests adapted to it, and the domains with what each teaches
 * Not:  the servers (demo/realm.ts)
 */
import type { Instant } from '../shared/basics.ts';
import type { DemoDomain, Swap } from '../shared/bridge.ts';
import { NO_PINS, type PinView } from '../shared/pin.ts';
import type { CheckRequest, Service } from '../shared/request.ts';
import type { World } from './check.ts';
import { startRealmServers, type RealmOptions, type RealmServers } from './demo/realm.ts';
import type { Dial } from './net/net.ts';
import { openWorld, type SharedWork } from './world.ts';

export type Realm = {
  readonly world: World;
  readonly servers: RealmServers;
  readonly domains: readonly DemoDomain[];
  /** The request as this realm answers it: its resolver (unless one of its own was named), anchors and authority. */
  prepare(request: CheckRequest): CheckRequest;
  /** Another certificate on a domain's running servers; false where it has none. */
  swap(domain: string, how: Swap): boolean;
  close(): Promise<void>;
};

/** Starts the realm in process. `delayMs` is added in each direction of every connection (benches). */
export async function startRealm(
  options: Partial<RealmOptions> & {
    readonly delayMs?: number;
    /** What its checks share; nothing unless given. */
    readonly shared?: SharedWork;
    readonly pins?: (domain: string, service: Service) => PinView;
  } = {},
): Promise<Realm> {
  const servers = await startRealmServers({ now: options.now ?? (Date.now() as Instant), ...options });
  const delay = options.delayMs === undefined ? {} : { delayMs: options.delayMs };
  // What the realm does not have leads to a port where nothing listens, never out into the real network.
  const dial: Dial = (address, port) => ({ ...(servers.find(address, port) ?? NOWHERE), ...delay });
  const shared = options.shared === undefined ? {} : { shared: options.shared };
  const real = openWorld({ pins: options.pins ?? (() => NO_PINS), dial, ...shared });
  const { now } = options;
  return {
    world: now === undefined ? real : { ...real, now: () => now },
    servers,
    domains: servers.stories.map(({ domain, teaches, outcome, options: form }) => ({
      domain,
      teaches,
      outcome,
      ...(form === undefined ? {} : { options: form }),
    })),
    prepare: (request) => ({
      ...request,
      resolvers: request.resolvers.every((url) => OWN_RESOLVER.test(url))
        ? request.resolvers
        : [servers.resolver],
      trustAnchor: servers.anchors,
      roots: ['files'],
      ca: [{ name: REALM_STORE, pem: servers.ca }, ...request.ca],
      allowPrivate: true,
    }),
    swap: (domain, how) => servers.swap(domain, how),
    close: () => servers.close(),
  };
}

/** The name of the realm's trust store in reports. */
export const REALM_STORE = 'demo realm';
const OWN_RESOLVER = /^(udp|tcp):\/\/127\.0\.53\.\d+(:53)?$/;
/** Port 9 (discard) of loopback: refused wherever nobody runs that service of 1983. */
const NOWHERE = { address: '127.0.0.1', port: 9 };
