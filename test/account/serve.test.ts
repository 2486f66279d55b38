/**
 * serve.test.ts: signing in from a browser: asked in the terminal first, for a check of the same tab only.
 *
 * In:   one socket that plays, an engine of stand-ins
 * Out:  what serve-socket.ts makes of `signIn`
 * Not:  the other calls (test/serve.test.ts)
 */
import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import type { Engine } from '../../electron/engine.ts';
import { attachSocket } from '../../electron/serve-socket.ts';

const SECRET = 'speak friend and enter';

it('is confirmed in the terminal, which never shows the password', async () => {
  const sent: string[] = [];
  const asked: string[] = [];
  const forms: unknown[] = [];
  let answer: boolean | null = false;
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    send: (text: string) => void sent.push(text),
    close: () => undefined,
    terminate: () => undefined,
  });
  const engine = {
    bridge: {
      startCheck: () => Promise.resolve({ ok: true, value: 'c1' }),
      signIn: (form: unknown) => Promise.resolve(void forms.push(form)),
    },
    reportOf: () => ({ input: { given: 'bilbo@shire.example' } }),
  } as unknown as Engine;
  const confirm = (action: string): Promise<boolean | null> => {
    asked.push(action);
    return Promise.resolve(answer);
  };
  attachSocket(socket as unknown as WebSocket, engine, confirm, new Map());
  let last = 0;
  const call = async (name: string, ...args: readonly unknown[]): Promise<string> => {
    last += 1;
    const id = last;
    socket.emit('message', Buffer.from(JSON.stringify({ id, call: name, args })), false);
    await expect.poll(() => sent.find((text) => text.startsWith(`{"id":${id}`))).toBeDefined();
    return sent.find((text) => text.startsWith(`{"id":${id}`)) ?? '';
  };
  const form = { check: 'c1', password: SECRET, allowPlain: true };

  expect(await call('signIn', form)).toContain('no-such-check');
  expect(asked).toEqual([]);
  await call('startCheck', {});
  expect(await call('signIn', form)).toContain('refused-in-terminal');
  answer = null;
  expect(await call('signIn', form)).toContain('no-terminal');
  expect(forms).toEqual([]);
  answer = true;
  await call('signIn', form);
  expect(forms).toEqual([form]);
  await call('signIn', { ...form, account: 'evil\u202e@shire.example' });
  await call('signIn', { ...form, more: SECRET });
  expect(asked[0]).toContain('bilbo@shire.example');
  expect(asked[0]).toContain('PLAIN');
  expect(asked.at(-2)).toContain('evil\\u{202e}@shire.example');
  expect(asked.join() + sent.join()).not.toContain(SECRET);
});
