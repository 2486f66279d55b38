/**
 * places.ts: which domains are to be looked at again: everything with a live pin or a watch.
 *
 * In:   pins, watches, a time
 * Out:  Place, placesOf
 * Not:  looking (recheck.svelte.ts)
 */
import type { Pin, Watch } from '../shared/pin.ts';
import type { Service } from '../shared/request.ts';

export type Place = { readonly domain: string; readonly service: Service; readonly demo: boolean };

/** Every domain and service with a live pin or a watch, once each, by domain. `isDemo` tells where a watch belongs. */
export function placesOf(
  pins: readonly Pin[],
  watches: readonly Watch[],
  now: string,
  isDemo: (domain: string) => boolean,
): readonly Place[] {
  const live = pins.filter((pin) => pin.revoked === null && (pin.ends === null || pin.ends > now));
  const places = new Map<string, Place>();
  for (const { domain, service } of [...live, ...watches])
    places.set(`${service} ${domain}`, { domain, service, demo: isDemo(domain) });
  return [...places.values()].sort((a, b) => (a.domain < b.domain ? -1 : a.domain > b.domain ? 1 : 0));
}
