/**
 * bridge.ts: finds the bridge to the engine: the preload's in Electron, a WebSocket in a browser.
 *
 * In:   the window
 * Out:  Link: the calls, the event stream, and how the connection is doing
 * Not:  the WebSocket's protocol (socket.ts)
 */
import type { RendererBridge } from '../shared/bridge.ts';
import { openSocket } from './socket.ts';

export type LinkState = 'connecting' | 'ready' | 'lost' | 'no-session';

export type Link = {
  readonly bridge: RendererBridge;
  /** Tells the state now and at every change; returns how to stop. */
  readonly onState: (hear: (state: LinkState) => void) => () => void;
  readonly reconnect: () => void;
};

declare global {
  // An interface is the only way to add to Window.
  interface Window {
    readonly mellon?: RendererBridge;
  }
}

/** The link of this page. In Electron it is ready at once and is never lost. */
export function connect(page: Window): Link {
  if (page.mellon === undefined) return openSocket(page);
  return {
    bridge: page.mellon,
    onState: (hear) => {
      hear('ready');
      return () => undefined;
    },
    reconnect: () => undefined,
  };
}
