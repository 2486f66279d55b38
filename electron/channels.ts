/**
 * channels.ts: the names that Electron's messages travel under.
 *
 * In:   the calls of shared/bridge.ts
 * Out:  channelOf, EVENT_CHANNEL, PAGE_ORIGIN, PAGE_URL
 * Not:  sending or answering (preload.ts, ipc.ts)
 */
import type { Call } from '../shared/bridge.ts';

/** One channel a call, so that what is not in CALLS has no handler at all. */
export function channelOf(call: Call): string {
  return `mellon:call:${call}`;
}

/** From the engine to the page, never the other way. */
export const EVENT_CHANNEL = 'mellon:event';

/** Our own scheme: `file:` has rights that a page does not need. */
export const PAGE_SCHEME = 'mellon';
export const PAGE_ORIGIN = `${PAGE_SCHEME}://app`;
export const PAGE_URL = `${PAGE_ORIGIN}/index.html`;
