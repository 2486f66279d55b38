/**
 * preload.ts: carries shared/bridge across into the page; nothing else.
 *
 * In:   the names of the calls
 * Out:  `window.mellon`, a RendererBridge
 * Not:  deciding or checking anything: the page is not trusted, and neither is what arrives here (ipc.ts looks at it)
 *
 * The page gets functions that name one call each. It never gets ipcRenderer, nor Electron's event object.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { CALLS, type BridgeEvent, type CheckId } from '../shared/bridge.ts';
import { channelOf, EVENT_CHANNEL } from './channels.ts';

type Hear = (id: CheckId, event: BridgeEvent) => void;

const calls = CALLS.map((name) => [
  name,
  (...args: readonly unknown[]): Promise<unknown> => ipcRenderer.invoke(channelOf(name), ...args),
]);

function onCheckEvent(hear: Hear): () => void {
  const listener = (_: unknown, id: CheckId, event: BridgeEvent): void => hear(id, event);
  ipcRenderer.on(EVENT_CHANNEL, listener);
  return () => void ipcRenderer.removeListener(EVENT_CHANNEL, listener);
}

contextBridge.exposeInMainWorld('mellon', { ...Object.fromEntries(calls), onCheckEvent });
