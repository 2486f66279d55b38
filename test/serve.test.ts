/**
 * serve.test.ts: who may come in through the browser's door, and what may be asked there.
 *
 * In:   serve over an engine whose parts are stand-ins, loopback sockets
 * Out:  assertions
 * Not:  the page (test/e2e), what the calls mean (engine.test.ts)
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as ask } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { engineFrom } from '../electron/engine.ts';
import { realParts } from '../electron/engine-parts.ts';
import { serve, type Serving } from '../electron/serve.ts';
import { report } from './renderer/fixtures.ts';
import { played } from './renderer/play.ts';

/** What a call came back with, as far as a test looks. */
type Replied = {
  readonly ok?: boolean;
  readonly value?: unknown;
  readonly problem?: { readonly code: string };
};
type Heard = {
  readonly check: string;
  readonly event: { readonly type: string; readonly report?: { readonly observations: readonly unknown[] } };
};
type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

let folder = '';
let serving: Serving;
let host = '';
let token = '';
let asked: string[] = [];
let terminal: boolean | null = true;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mellon-serve-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Mellon</title>');
  writeFileSync(join(folder, 'secret.key'), 'no page');
  asked = [];
  terminal = true;
  serving = await serve({
    folder,
    confirm: (action) => {
      asked.push(action);
      return Promise.resolve(terminal);
    },
    engine: (options) =>
      engineFrom(
        {
          ...realParts(join(folder, 'store')),
          run: (request, _world, emit, signal) =>
            new Promise((resolve) => {
              const done = report();
              if (request.given !== 'slow.example') {
                for (const event of played(done)) emit(event);
                resolve(done);
              }
              signal.addEventListener('abort', () => {
                emit({ type: 'stopped', because: { code: 'cancelled' } });
                resolve(null);
              });
            }),
        },
        options,
      ),
  });
  host = new URL(serving.url).host;
  token = new URL(serving.url).hash.slice(1);
});
afterEach(async () => {
  await serving.close();
  rmSync(folder, { recursive: true, force: true });
});

function http(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const [address, port] = host.split(':');
  return new Promise((resolve, reject) => {
    const request = ask(
      { host: address, port, path, method: options.method ?? 'GET', headers: { host, ...options.headers } },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

async function enter(): Promise<string> {
  const answer = await http('/session', {
    method: 'POST',
    headers: { origin: `http://${host}` },
    body: token,
  });
  expect(answer.status).toBe(204);
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

function connect(headers: Record<string, string>): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${host}/bridge`, { headers });
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

async function tab(cookie: string): Promise<{
  socket: WebSocket;
  call: (name: string, ...args: unknown[]) => Promise<Replied>;
  heard: Heard[];
}> {
  const socket = await connect({ cookie, origin: `http://${host}` });
  const heard: Heard[] = [];
  const waiting = new Map<number, (value: Replied) => void>();
  let last = 0;
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as
      (Heard & { id: undefined }) | { id: number; value: Replied };
    if (message.id === undefined) heard.push(message);
    else waiting.get(message.id)?.(message.value);
  });
  return {
    socket,
    heard,
    call: (name, ...args) =>
      new Promise((resolve) => {
        last += 1;
        waiting.set(last, resolve);
        socket.send(JSON.stringify({ id: last, call: name, args }));
      }),
  };
}

describe('the page', () => {
  it('comes with a policy that lets it do nothing but talk to its own address', async () => {
    const answer = await http('/');
    expect(answer.status).toBe(200);
    const policy = String(answer.headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ]) {
      expect(policy).toContain(part);
    }
    expect(policy).toContain(`connect-src 'self' ws://${host}`);
    expect(policy).not.toContain('unsafe');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('is the built files and nothing else, however the path is written', async () => {
    for (const path of [
      '/secret.key',
      '/../package.json',
      '/%2e%2e/package.json',
      '//etc/passwd',
      '/index.html/..%2f..',
      '/store',
      '/\\..\\x',
      '/?../index.html#',
      '/assets/',
    ]) {
      const answer = await http(path);
      expect(
        [path, answer.status === 200 ? answer.body.includes('<title>Mellon') : answer.status === 404],
        path,
      ).toEqual([path, true]);
    }
    expect((await http('/', { method: 'PUT' })).status).toBe(405);
  });

  it('is given to the literal address only: a rebound name gets nothing', async () => {
    for (const name of [
      'localhost',
      'evil.example',
      `localhost:${host.split(':')[1]}`,
      host.split(':')[0] ?? '',
    ]) {
      expect((await http('/', { headers: { host: name } })).status).toBe(421);
    }
  });
});

describe('the session', () => {
  it('opens once for the token, with a cookie that scripts and other sites never see', async () => {
    const answer = await http('/session', {
      method: 'POST',
      headers: { origin: `http://${host}` },
      body: token,
    });
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^mellon-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    );
    const again = await http('/session', {
      method: 'POST',
      headers: { origin: `http://${host}` },
      body: token,
    });
    expect([again.status, again.headers['set-cookie']]).toEqual([403, undefined]);
  });

  it('does not open for a wrong token, another origin or a long body, and the token stays good', async () => {
    const origin = `http://${host}`;
    expect((await http('/session', { method: 'POST', headers: { origin }, body: `${token}x` })).status).toBe(
      403,
    );
    expect(
      (await http('/session', { method: 'POST', headers: { origin: 'http://evil.example' }, body: token }))
        .status,
    ).toBe(403);
    expect((await http('/session', { method: 'POST', body: token })).status).toBe(403);
    expect(
      (await http('/session', { method: 'POST', headers: { origin }, body: token.repeat(100) })).status,
    ).toBe(403);
    await enter();
  });
});

describe('the socket', () => {
  it('opens with cookie, Host and Origin only', async () => {
    const cookie = await enter();
    const origin = `http://${host}`;
    (await connect({ cookie, origin })).close();
    for (const headers of [
      { origin },
      { cookie: 'mellon=x', origin },
      { cookie: `${cookie}x`, origin },
      { cookie },
      { cookie, origin: 'http://evil.example' },
      { cookie, origin: `http://localhost:${host.split(':')[1]}` },
      { cookie, origin, host: 'evil.example' },
    ] as Record<string, string>[]) {
      await expect(connect(headers), JSON.stringify(headers)).rejects.toThrow('403');
    }
  });

  it('a stranger who is refused and resets the connection ends nothing', async () => {
    const call = `GET /bridge HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    for (let i = 0; i < 50; i += 1) {
      const socket = connectTcp(Number(host.split(':')[1]), '127.0.0.1').on('error', () => undefined);
      // Before the refusal is written, or as soon as it has begun to arrive.
      socket.write(call, () => i % 2 === 0 && socket.resetAndDestroy());
      socket.once('data', () => socket.resetAndDestroy());
      await new Promise((resolve) => socket.once('close', resolve));
    }
    expect((await http('/')).status).toBe(200);
  });

  it('closes on anything that is no call', async () => {
    const cookie = await enter();
    const deep = `{"id":1,"call":"judgeAgain","args":[${'['.repeat(200)}${']'.repeat(200)}]}`;
    for (const text of [
      '',
      '{',
      '[]',
      '{"id":1}',
      '{"id":1,"call":"constructor","args":[]}',
      '{"id":1,"call":"about","args":[1,2,3,4]}',
      '{"id":0,"call":"about","args":[]}',
      '{"id":1,"call":"about","args":[],"more":1}',
      deep,
    ]) {
      const { socket } = await tab(cookie);
      const closed = new Promise<number>((resolve) => socket.once('close', resolve));
      socket.send(text);
      expect(await closed, text.slice(0, 60)).toBe(1008);
    }
    const { socket } = await tab(cookie);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.send(Buffer.from([1, 2, 3]));
    expect(await closed).toBe(1003);
  });

  it('tells a check to the tab that started it, from the first event to the last, and to no other', async () => {
    const cookie = await enter();
    const one = await tab(cookie);
    const two = await tab(cookie);
    const started = await one.call('startCheck', { input: 'shire.example' });
    expect(started.ok).toBe(true);
    await expect.poll(() => one.heard.at(-1)?.event.type).toBe('finished');
    expect(one.heard[0]).toMatchObject({ check: started.value, event: { type: 'started' } });
    expect(one.heard.find((m) => m.event.type === 'judged')?.event.report?.observations ?? []).toEqual([]);
    expect(two.heard).toEqual([]);
    expect(
      await two.call('accept', { check: started.value, certificate: 'a'.repeat(64), how: 'once', by: 'key' }),
    ).toMatchObject({ ok: false, problem: { code: 'no-such-check' } });
  });

  it('ends a check when its tab goes, and lets no other tab cancel it', async () => {
    const cookie = await enter();
    const one = await tab(cookie);
    const two = await tab(cookie);
    const { value } = await one.call('startCheck', { input: 'slow.example' });
    await two.call('cancelCheck', value);
    await two.call('about');
    expect(one.heard.some((m) => m.event.type === 'stopped')).toBe(false);
    await one.call('cancelCheck', value);
    await expect.poll(() => one.heard.at(-1)?.event.type).toBe('stopped');
  });

  it('changes trust only when the terminal says yes, and asks with the exact action', async () => {
    const cookie = await enter();
    const { call } = await tab(cookie);
    for (const answer of [false, null]) {
      terminal = answer;
      for (const [name, ...args] of [
        ['setWatch', 'shire.example', 'xmpp-client', true],
        ['changePin', 'p1', { note: 'x' }],
        ['removePin', 'p1'],
        ['restorePin', 'p1'],
        ['importPins', '{}'],
        ['eraseHistory', null],
      ] as [string, ...unknown[]][]) {
        expect((await call(name, ...args)).ok, name).toBe(false);
      }
    }
    expect(asked).toHaveLength(12);
    expect(await call('listPins')).toEqual({ ok: true, value: { pins: [], watches: [], history: [] } });
    terminal = true;
    expect((await call('setWatch', 'evil\u202e.example', 'xmpp-client', true)).ok).toBeDefined();
    expect(asked.at(-1)).toContain('Watch evil\\u{202e}.example (xmpp-client)');
  });

  it('answers a fault of the engine with a sentence, never with its insides', async () => {
    const { call } = await tab(await enter());
    const answer = await call('parseInput', { toString: 1 });
    expect(JSON.stringify(answer)).not.toMatch(/electron|\.ts/);
  });
});
