/**
 * ipc.ts: the door between page and engine: is it our page? Is it well-formed? Then call.
 *
 * In:   the Bridge, the window's contents
 * Out:  hangDoor: one handler a call; events to the page
 * Not:  what the calls mean (engine.ts parses every argument again)
 */
import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { CALLS, type Bridge, type BridgeEvent, type Call, type CheckId } from '../shared/bridge.ts';
import { shellPhrases } from '../shared/phrases/shell.ts';
import { channelOf, EVENT_CHANNEL, PAGE_ORIGIN } from './channels.ts';
import { isPlainData } from './plain-data.ts';

/** Every argument is unknown on the engine's side, so that all calls have one shape. */
type Calls = Readonly<Record<Call, (...args: readonly unknown[]) => Promise<unknown>>>;

export type Door = {
  /** Sends one event of a check to the page, when there is one. */
  readonly tell: (id: CheckId, event: BridgeEvent) => void;
  /** Cancels every check that the page has started: after it has gone there is nobody to hear them. */
  readonly cancelAll: () => Promise<void>;
};

/** No call takes more than three arguments (shared/bridge.ts). */
const MOST_ARGUMENTS = 3;

/**
 * Registers a handler for each call of the contract, and for nothing else. `contents` names the one page that is heard.
 * A refused or failing call rejects with a sentence and without a stack: the page is told nothing of our insides.
 */
export function hangDoor(
  bridge: Bridge,
  contents: () => WebContents | undefined,
  note: (fault: unknown) => void,
): Door {
  const started = new Set<CheckId>();
  const calls: Calls = {
    ...bridge,
    startCheck: async (form) => {
      const outcome = await bridge.startCheck(form);
      if (outcome.ok) started.add(outcome.value);
      return outcome;
    },
  };

  for (const call of CALLS) {
    ipcMain.handle(channelOf(call), async (event, ...args: unknown[]) => {
      if (!isOurPage(event, contents()) || args.length > MOST_ARGUMENTS || !args.every(isPlainData)) {
        throw plainError(shellPhrases['refused-call'](''));
      }
      try {
        return await calls[call](...args);
      } catch (fault) {
        note(fault);
        throw plainError(shellPhrases['call-fault'](''));
      }
    });
  }

  return {
    tell: (id, event) => {
      if (event.type === 'finished' || event.type === 'stopped') started.delete(id);
      // Signing in goes on after the check: it, too, ends with the page.
      if (event.type === 'sign-in') {
        if (event.event.type === 'done') started.delete(id);
        else started.add(id);
      }
      const page = contents();
      if (page !== undefined && !page.isDestroyed()) page.send(EVENT_CHANNEL, id, event);
    },
    cancelAll: async () => {
      const ids = [...started];
      started.clear();
      await Promise.all(ids.map((id) => bridge.cancelCheck(id)));
    },
  };
}

/** Our window's own main frame, showing our own page. A frame that has gone is null. */
function isOurPage(event: IpcMainInvokeEvent, contents: WebContents | undefined): boolean {
  const frame = event.senderFrame;
  if (frame === null || contents === undefined || event.sender !== contents) return false;
  if (frame.parent !== null || frame !== contents.mainFrame) return false;
  // Not URL.origin, which is "null" for schemes of our own.
  const url = URL.parse(frame.url);
  return url !== null && `${url.protocol}//${url.host}` === PAGE_ORIGIN;
}

/** Electron copies message and stack of what a handler throws; the stack would name our files. */
function plainError(sentence: string): Error {
  const error = new Error(sentence);
  error.stack = sentence;
  return error;
}
