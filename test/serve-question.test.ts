/**
 * serve-question.test.ts: what the terminal is told about a change of trust: all that it would change, and for whom.
 *
 * In:   one socket that plays, an engine over an empty store
 * Out:  assertions
 * Not:  who may connect (serve.test.ts), signing in (test/account/serve.test.ts)
 */
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { engineFrom } from '../electron/engine.ts';
import { realParts } from '../electron/engine-parts.ts';
import { attachSocket } from '../electron/serve-socket.ts';
import { endpoint, hex, report } from './pins-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'mellon-question-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('names the domains of an import, the pin that an id stands for, and what an accept takes away', async () => {
  const done = report([endpoint()]);
  const engine = engineFrom(
    {
      ...realParts(folder),
      run: (_request, _world, emit) => {
        emit({ type: 'finished', report: done });
        return Promise.resolve(done);
      },
    },
    { face: 'browser', emit: () => undefined, openLink: () => Promise.resolve(false) },
  );
  const sent: string[] = [];
  const asked: string[] = [];
  const socket = Object.assign(new EventEmitter(), {
    ...{ OPEN: 1, readyState: 1, bufferedAmount: 0 },
    send: (text: string) => void sent.push(text),
    close: () => undefined,
    terminate: () => undefined,
  });
  const confirm = (action: string): Promise<boolean> => {
    asked.push(action);
    return Promise.resolve(true);
  };
  attachSocket(socket as unknown as WebSocket, engine, confirm, new Map());
  let last = 0;
  const call = async (name: string, ...args: readonly unknown[]): Promise<{ readonly value?: unknown }> => {
    last += 1;
    const start = `{"id":${last},`;
    socket.emit('message', Buffer.from(JSON.stringify({ id: last, call: name, args })), false);
    await expect.poll(() => sent.some((text) => text.startsWith(start))).toBe(true);
    const text = sent.find((one) => one.startsWith(start)) ?? '{}';
    return (JSON.parse(text) as { value: { value?: unknown } }).value;
  };

  const line = (domain: string, byte: number): string =>
    `${domain} sha256/${Buffer.alloc(32, byte).toString('base64')}\n`;
  await call('importPins', line('shire.example', 1) + line('mordor.example', 2));
  expect(asked.at(-1)).toBe('Import 2 pins and 0 watches, for mordor.example, shire.example');
  const many = Array.from({ length: 60 }, (_, i) => line(`a${i + 10}.example`, 3)).join('');
  await call('importPins', many);
  expect(asked.at(-1)).toMatch(/^Import 60 pins .* and 10 more domains$/);
  await call('importPins', 'no pins here');
  expect(asked.at(-1)).toContain('12 characters, which cannot be read');

  const listed = (await call('listPins')).value as { pins: { id: string; domain: string }[] };
  const id = listed.pins.find((pin) => pin.domain === 'shire.example')?.id ?? '';
  const about = `${id} (shire.example, xmpp-client, SHA-256 ${'01'.repeat(32)})`;
  for (const [name, start] of [
    ['removePin', 'Revoke the pin'],
    ['restorePin', 'Bring back the revoked pin'],
  ] as const) {
    await call(name, id);
    expect(asked.at(-1)).toBe(`${start} ${about}`);
  }

  const check = (await call('startCheck', { input: 'shire.example' })).value;
  await expect.poll(() => engine.reportOf(String(check))).not.toBeNull();
  const form = { check, certificate: hex(1), how: 'forever', by: 'key' };
  await call('accept', form);
  expect(asked.at(-1)).not.toMatch(/by hand|in place/);
  await call('accept', { ...form, manualToo: true, replaces: [id] });
  expect(asked.at(-1)).toContain(`in place of the pin ${about}`);
  expect(asked.at(-1)).toContain('also where the host is typed by hand');
  await engine.close();
});
