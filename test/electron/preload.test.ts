/** The built preload in a bare context, with only what a sandboxed preload has. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import vm from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLS } from '../../shared/bridge.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'mellon-preload-'));
let code = '';

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'build/build.mjs'), folder, 'preload'], { cwd: root });
  code = readFileSync(join(folder, 'preload.cjs'), 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the preload bundle', () => {
  it('runs with nothing but contextBridge and ipcRenderer, and gives the page exactly the contract', () => {
    const { worlds, required } = evaluate(code);
    expect(required).toEqual(['electron']);
    expect(Object.keys(worlds)).toEqual(['mellon']);
    expect(Object.keys(worlds['mellon'] ?? {}).sort()).toEqual([...CALLS, 'onCheckEvent'].sort());
  });
  it('calls one channel a function, and no other', () => {
    const { worlds, invoked } = evaluate(code);
    for (const call of CALLS) worlds['mellon']?.[call]?.('x', 2);
    expect(invoked).toEqual(CALLS.map((call) => [`mellon:call:${call}`, 'x', 2]));
  });
  it('hands events on without the event object of Electron, until it is told to stop', () => {
    const { worlds, listeners } = evaluate(code);
    const heard: unknown[][] = [];
    const stop = worlds['mellon']?.['onCheckEvent']?.((...args: unknown[]) => heard.push(args));
    expect([...listeners.keys()]).toEqual(['mellon:event']);
    listeners.get('mellon:event')?.({ sender: 'secret' }, '7', { type: 'finished' });
    expect(heard).toEqual([['7', { type: 'finished' }]]);
    if (typeof stop === 'function') (stop as () => void)();
    expect(listeners.size).toBe(0);
  });
  it('would not run if it needed more', () => {
    expect(() => evaluate(`require('node:fs');${code}`)).toThrow('a sandboxed preload has no node:fs');
    expect(() => evaluate(`process.versions;${code}`)).toThrow('process is not defined');
  });
});

type Listener = (...args: unknown[]) => void;
type World = Record<string, ((...args: unknown[]) => unknown) | undefined>;

function evaluate(text: string) {
  const worlds: Record<string, World> = {};
  const invoked: unknown[][] = [];
  const required: string[] = [];
  const listeners = new Map<string, Listener>();
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: World) => void (worlds[name] = api) },
    ipcRenderer: {
      invoke: (...args: unknown[]) => void invoked.push(args),
      on: (channel: string, listener: Listener) => void listeners.set(channel, listener),
      removeListener: (channel: string, listener: Listener) => {
        if (listeners.get(channel) === listener) listeners.delete(channel);
      },
    },
  };
  const require = (name: string): unknown => {
    required.push(name);
    if (name !== 'electron') throw new Error(`a sandboxed preload has no ${name}`);
    return electron;
  };
  const module = { exports: {} };
  vm.runInNewContext(text, { require, module, exports: module.exports }, { timeout: 1000 });
  return { worlds, invoked, required, listeners };
}
