/**
 * realm-away.ts: the demo realm in a process of its own, so that its servers' work is not counted as ours.
 *
 * In:   milliseconds per direction, how many more domains
 * Out:  a World and everything else that a check there needs
 * Not:  the realm (electron/demo), measuring
 */
import { fork } from 'node:child_process';
import { NO_PINS } from '../../shared/pin.ts';
import type { CheckRequest } from '../../shared/request.ts';
import type { World } from '../../electron/check.ts';
import type { Dial } from '../../electron/net/net.ts';
import { openWorld, type SharedWork } from '../../electron/world.ts';

/** What the other process tells when its servers stand. */
export type Told = {
  readonly places: Readonly<Record<string, { readonly address: string; readonly port: number }>>;
  readonly resolver: string;
  readonly anchors: string;
  readonly ca: string;
};

export type AwayRealm = {
  readonly told: Told;
  readonly world: World;
  find(address: string, port: number): { readonly address: string; readonly port: number } | undefined;
  prepare(request: CheckRequest): CheckRequest;
};

/** Starts the other process; `more` domains `d0.example` and so on stand beside the stories. */
export async function startAway(more = 0): Promise<{ readonly told: Told; close(): void }> {
  const child = fork(new URL('realm-process.ts', import.meta.url).pathname, [String(more)]);
  const told = await new Promise<Told>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Told));
    child.once('exit', () => reject(new Error('the realm did not start')));
  });
  return { told, close: () => void child.kill() };
}

/** A realm as told of, `delayMs` away in each direction. */
export function awayRealm(told: Told, delayMs: number, shared?: SharedWork): AwayRealm {
  const find: AwayRealm['find'] = (address, port) => told.places[`${address} ${port}`];
  const dial: Dial = (address, port) => ({
    ...(find(address, port) ?? { address: '127.0.0.1', port: 9 }),
    ...(delayMs === 0 ? {} : { delayMs }),
  });
  return {
    told,
    find,
    world: openWorld({ pins: () => NO_PINS, dial, ...(shared === undefined ? {} : { shared }) }),
    prepare: (request) => ({
      ...request,
      resolvers: [told.resolver],
      trustAnchor: told.anchors,
      roots: ['files'],
      ca: [{ name: 'demo realm', pem: told.ca }],
      allowPrivate: true,
    }),
  };
}
