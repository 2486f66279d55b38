/**
 * socket.ts: the bridge over a WebSocket to `mellon serve` on this machine.
 *
 * In:   the page's address, with a token in its fragment at the first visit
 * Out:  Link
 * Not:  the other end (electron/serve.ts), which checks everything again
 */
import { CALLS } from '../shared/bridge.ts';
import type { RendererBridge } from '../shared/bridge.ts';
import type { Link, LinkState } from './link.ts';

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (problem: Error) => void };
type FromServer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly fault: string }
  | { readonly check: string; readonly event: unknown };
type Hear = Parameters<RendererBridge['onCheckEvent']>[0];

/** Opens the session (token for cookie, once) and then the socket. Calls made before that wait for it. */
export function openSocket(page: Window): Link {
  const hearers = new Set<Hear>();
  const listeners = new Set<(state: LinkState) => void>();
  const waiting = new Map<number, Waiting>();
  let state: LinkState = 'connecting';
  let socket: WebSocket | null = null;
  let unsent: string[] = [];
  let last = 0;

  function become(next: LinkState): void {
    state = next;
    for (const hear of listeners) hear(next);
  }
  function giveUp(next: LinkState): void {
    socket = null;
    unsent = [];
    for (const call of waiting.values()) call.reject(new Error('connection lost'));
    waiting.clear();
    become(next);
  }
  function call(name: string, args: readonly unknown[]): Promise<unknown> {
    if (state === 'lost' || state === 'no-session') return Promise.reject(new Error('connection lost'));
    return new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      const text = JSON.stringify({ id: last, call: name, args });
      if (socket?.readyState === WebSocket.OPEN) socket.send(text);
      else unsent.push(text);
    });
  }
  function receive(text: string): void {
    const message = JSON.parse(text) as FromServer;
    if ('check' in message) {
      for (const hear of hearers) hear(message.check, message.event as Parameters<Hear>[1]);
      return;
    }
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if ('fault' in message) call?.reject(new Error(message.fault));
    else call?.resolve(message.value);
  }
  async function open(): Promise<void> {
    become('connecting');
    if (!(await exchangeToken(page))) return giveUp('no-session');
    const next = new WebSocket(`ws://${page.location.host}/bridge`);
    next.onopen = () => {
      socket = next;
      for (const text of unsent) next.send(text);
      unsent = [];
      become('ready');
    };
    next.onmessage = (message: MessageEvent<unknown>) => {
      if (typeof message.data === 'string') receive(message.data);
    };
    // A socket that never opened was turned away at the door: no cookie, or not ours.
    next.onclose = () => giveUp(socket === next ? 'lost' : 'no-session');
  }

  void open().catch(() => giveUp('lost'));
  const calls = Object.fromEntries(CALLS.map((name) => [name, (...args: unknown[]) => call(name, args)]));
  return {
    bridge: {
      ...(calls as unknown as RendererBridge),
      onCheckEvent: (hear) => {
        hearers.add(hear);
        return () => hearers.delete(hear);
      },
    },
    onState: (hear) => {
      listeners.add(hear);
      hear(state);
      return () => listeners.delete(hear);
    },
    reconnect: () => {
      if (state === 'lost' || state === 'no-session') void open().catch(() => giveUp('lost'));
    },
  };
}

/** Trades the token in the fragment for a cookie and takes it out of the address bar. False: it was not taken. */
async function exchangeToken(page: Window): Promise<boolean> {
  const token = page.location.hash.slice(1);
  // `#ask=` fills the field in (App.svelte); it is no token.
  if (token === '' || token.startsWith('ask=')) return true;
  page.history.replaceState(null, '', page.location.pathname);
  const answer = await page.fetch('/session', { method: 'POST', body: token });
  // A used token is no problem where the cookie is already there: the socket decides.
  return answer.ok || answer.status === 403;
}
