/**
 * link.ts: a bridge together with how its connection is doing.
 *
 * In:   nothing
 * Out:  Link, LinkState
 * Not:  making one (bridge.ts, socket.ts)
 */
import type { RendererBridge } from '../shared/bridge.ts';

export type LinkState = 'connecting' | 'ready' | 'lost' | 'no-session';

export type Link = {
  readonly bridge: RendererBridge;
  /** Tells the state now and at every change; returns how to stop. */
  readonly onState: (hear: (state: LinkState) => void) => () => void;
  readonly reconnect: () => void;
};
