/** The door between page and engine: who may knock, with what. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../shared/basics.ts';
import { CALLS, type Bridge } from '../../shared/bridge.ts';
import { channelOf, EVENT_CHANNEL, PAGE_URL } from '../../electron/channels.ts';
import { hangDoor, type Door } from '../../electron/ipc.ts';
import { isPlainData } from '../../electron/plain-data.ts';
import { callsOf, forget, seen, WebContents, type Frame } from './stand-in.ts';

vi.mock('electron', () => import('./stand-in.ts'));

const page = new WebContents();
let door: Door;
let heard: { readonly call: string; readonly args: readonly unknown[] }[];
let faults: unknown[];

beforeEach(() => {
  forget();
  page.mainFrame.url = PAGE_URL;
  heard = [];
  faults = [];
  door = hangDoor(
    recordingBridge(),
    () => page as never,
    (fault) => faults.push(fault),
  );
});

describe('the door', () => {
  it('has one handler for each call of the contract, and no other', () => {
    expect([...seen.ipc.keys()].sort()).toEqual(CALLS.map(channelOf).sort());
    expect(callsOf('ipcMain.on')).toEqual([]);
  });
  it('hands the arguments of our page to the engine, and the answer back', async () => {
    for (const call of CALLS)
      expect(await knock(call, ['a', { b: [1, null] }])).toEqual({ ok: true, value: call });
    expect(heard.map((one) => one.call)).toEqual(CALLS);
    expect(heard[0]?.args).toEqual(['a', { b: [1, null] }]);
  });

  const child: Frame = { url: PAGE_URL, parent: page.mainFrame };
  it.each<[string, () => unknown]>([
    ['a frame inside our page', () => ({ sender: page, senderFrame: child })],
    [
      'another main frame with our address',
      () => ({ sender: page, senderFrame: { url: PAGE_URL, parent: null } }),
    ],
    ['another contents', () => ({ sender: new WebContents(), senderFrame: page.mainFrame })],
    ['a frame that has gone', () => ({ sender: page, senderFrame: null })],
    ['our window on https', () => at('https://evil.example/')],
    ['our window on a host that begins like ours', () => at('mellon://app.evil.example/index.html')],
    ['our window on another host of our scheme', () => at('mellon://other/index.html')],
    ['our window on a file', () => at('file:///tmp/index.html')],
    ['our window on data', () => at('data:text/html,mellon://app/')],
    ['our window on nothing', () => at('')],
  ])('refuses %s', async (_, event) => {
    for (const call of CALLS) {
      await expect(invoke(call, event(), [])).rejects.toThrow('was not carried out');
    }
    expect(heard).toEqual([]);
  });

  it.each<[string, readonly unknown[]]>([
    ['four arguments', [1, 2, 3, 4]],
    ['a function', [() => 1]],
    ['a date', [new Date(0)]],
    ['a map', [new Map()]],
    ['bytes', [new Uint8Array(4)]],
    ['a symbol', [Symbol('x')]],
    ['a big integer', [1n]],
    ['an object of a class', [page]],
    ['something deep', [nested(100)]],
    ['something cyclic', [cyclic()]],
    ['a million and one values', [Array.from({ length: 1_000_001 }, () => 0)]],
    ['33 MB of text', ['a'.repeat(33 * 1024 * 1024)]],
  ])('refuses %s', async (_, args) => {
    await expect(knock('accept', args)).rejects.toThrow('was not carried out');
    expect(heard).toEqual([]);
  });

  it('answers a fault of the engine with a sentence, and shows nothing of its insides', async () => {
    seen.ipc.clear();
    const broken = { ...recordingBridge(), about: () => Promise.reject(new Error('secret /home/x')) };
    hangDoor(
      broken,
      () => page as never,
      (fault) => faults.push(fault),
    );
    const error = await knock('about', []).then(
      () => undefined,
      (one: unknown) => one as Error,
    );
    expect(error?.message).toContain('never a verdict');
    expect(`${error?.message ?? ''}${error?.stack ?? ''}`).not.toMatch(/secret|\.ts|\/home/);
    expect(faults).toHaveLength(1);
  });
  it('refuses everything before there is a window', async () => {
    seen.ipc.clear();
    hangDoor(
      recordingBridge(),
      () => undefined,
      () => undefined,
    );
    await expect(knock('about', [])).rejects.toThrow('was not carried out');
  });
  it('tells events to our page on their one channel', () => {
    door.tell('7', { type: 'asking', what: 'x', start: 0 });
    expect(callsOf('send')).toEqual([[EVENT_CHANNEL, '7', { type: 'asking', what: 'x', start: 0 }]]);
  });
  it('cancels what the page started, and not what has ended', async () => {
    await knock('startCheck', [{}]);
    await door.cancelAll();
    expect(heard.filter((one) => one.call === 'cancelCheck')).toEqual([
      { call: 'cancelCheck', args: ['startCheck'] },
    ]);
    await knock('startCheck', [{}]);
    door.tell('startCheck', { type: 'stopped', because: { code: 'cancelled' } });
    await door.cancelAll();
    expect(heard.filter((one) => one.call === 'cancelCheck')).toHaveLength(1);
  });
});

describe('plain data', () => {
  it('is whatever JSON can say', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => isPlainData(value)));
  });
  it('is looked at without following a getter twice or a prototype at all', () => {
    expect(isPlainData(Object.create({ a: 1 }))).toBe(false);
    expect(isPlainData(JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}'))).toBe(true);
  });
});

function knock(call: string, args: readonly unknown[]): Promise<unknown> {
  return invoke(call, { sender: page, senderFrame: page.mainFrame }, args);
}
function invoke(call: string, event: unknown, args: readonly unknown[]): Promise<unknown> {
  const handler = seen.ipc.get(`mellon:call:${call}`) as ((...all: unknown[]) => unknown) | undefined;
  if (handler === undefined) throw new Error(`no handler for ${call}`);
  return handler(event, ...args) as Promise<unknown>;
}
function at(url: string): unknown {
  page.mainFrame.url = url;
  return { sender: page, senderFrame: page.mainFrame };
}
function recordingBridge(): Bridge {
  const calls = CALLS.map((call) => [
    call,
    (...args: readonly unknown[]): Promise<Outcome<string, never>> => {
      heard.push({ call, args });
      return Promise.resolve({ ok: true, value: call });
    },
  ]);
  return Object.fromEntries(calls) as Bridge;
}
function nested(depth: number): unknown {
  return depth === 0 ? 0 : [nested(depth - 1)];
}
function cyclic(): unknown {
  const one: { self?: unknown } = {};
  one.self = one;
  return one;
}
