/**
 * bridge.ts: finds the bridge to the engine: the preload's in Electron, a WebSocket in a browser.
 *
 * In:   the window
 * Out:  connect: the Link of this page
 * Not:  the WebSocket's protocol (socket.ts)
 */
import type { RendererBridge } from '../shared/bridge.ts';
import type { Link } from './link.ts';
import { openSocket } from './socket.ts';

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
