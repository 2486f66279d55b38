/** The main process while it runs: links, a second start, a lost page, a fault of its own. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CALLS } from '../../shared/bridge.ts';
import { app, callsOf, seen, type BrowserWindow } from './stand-in.ts';

const cancelled: unknown[] = [];
vi.mock('electron', () => import('./stand-in.ts'));
vi.mock('electron-store', () => ({
  default: class {
    get(_: string, otherwise: unknown): unknown {
      return otherwise;
    }
    set(): void {
      // Nothing is kept in this test.
    }
  },
}));
vi.mock('../../electron/page-files.ts', () => ({ openPageFiles: () => Promise.resolve(() => undefined) }));
vi.mock('../../electron/engine.ts', () => ({
  openEngine: () => ({
    bridge: {
      ...Object.fromEntries(CALLS.map((call) => [call, () => Promise.resolve()])),
      startCheck: () => Promise.resolve({ ok: true, value: 'c1' }),
      cancelCheck: (id: unknown) => Promise.resolve(void cancelled.push(id)),
    },
    close: () => Promise.resolve(),
  }),
}));

let window: BrowserWindow;
beforeAll(async () => {
  app.isPackaged = true;
  await import('../../electron/main.ts');
  await vi.waitUntil(() => seen.windows.length === 1);
  window = seen.windows[0] as BrowserWindow;
});
beforeEach(() => {
  seen.calls.length = 0;
  seen.choice = 0;
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

describe('the main process', () => {
  it('fills in the link of a second start, and only shows itself when there is none', () => {
    app.emit('second-instance', {}, ['mellon-window', '--inspect', 'xmpp:frodo@shire.example']);
    expect(callsOf('loadURL')).toEqual([['mellon://app/index.html#ask=frodo%40shire.example']]);
    app.emit('second-instance', {}, ['mellon-window', '/etc/passwd']);
    app.emit('open-url', { preventDefault: () => undefined }, 'https://evil.example/');
    expect(callsOf('loadURL')).toHaveLength(1);
    expect(callsOf('focus')).toHaveLength(3);
  });
  it('cancels the checks of a lost page, tells it, and loads it again', async () => {
    const start = seen.ipc.get('mellon:call:startCheck') as (...args: unknown[]) => Promise<unknown>;
    window.webContents.mainFrame.url = 'mellon://app/index.html';
    await start({ sender: window.webContents, senderFrame: window.webContents.mainFrame }, {});
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    await vi.waitUntil(() => callsOf('reload').length === 1);
    expect(cancelled).toEqual(['c1']);
    expect(JSON.stringify(callsOf('showMessageBox')[0]?.[1])).toContain(
      'stopped working (crashed) and is loaded again',
    );
  });
  it('says nothing when a page ends as it should', async () => {
    window.webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    await Promise.resolve();
    expect(callsOf('showMessageBox')).toEqual([]);
  });
  it('offers to quit when the page is lost again and again', async () => {
    for (const reason of ['crashed', 'oom']) window.webContents.emit('render-process-gone', {}, { reason });
    await vi.waitUntil(() => callsOf('quit').length === 1);
    expect(JSON.stringify(callsOf('showMessageBox').at(-1))).toContain('several times in a minute (oom)');
  });
  it('tells a fault of its own, never as a verdict, and ends with 70 or starts again', () => {
    process.emit('uncaughtException', new Error('a bug \u202e'));
    expect(JSON.stringify(callsOf('showMessageBoxSync'))).toMatch(/a bug \\\\u\{202e\}.*never a verdict/);
    expect(callsOf('relaunch')).toHaveLength(1);
    expect(callsOf('exit')).toEqual([[70]]);
    seen.choice = 1;
    process.emit('unhandledRejection', new Error('another'), Promise.resolve());
    expect(callsOf('relaunch')).toHaveLength(1);
    expect(callsOf('exit')).toHaveLength(2);
  });
  it('closes the engine before it quits', async () => {
    let stopped = 0;
    app.emit('before-quit', { preventDefault: () => (stopped += 1) });
    await vi.waitUntil(() => callsOf('quit').length === 1);
    app.emit('before-quit', { preventDefault: () => (stopped += 1) });
    expect(stopped).toBe(1);
  });
});
