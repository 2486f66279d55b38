/** https.test.ts: one hop over HTTPS, against polite and hostile servers. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  startHttpsServer,
  type Document,
  type Handler,
  type HttpsServer,
} from '../../electron/demo/https-server.ts';
import { fetchHttps } from '../../electron/net/https.ts';
import { handshakes } from '../../electron/net/tls.ts';
import type { HttpsSeen } from '../../shared/observation.ts';
import { credentialsFor } from './visiting.ts';

const shire = credentialsFor('shire.example');
const servers: HttpsServer[] = [];
async function serve(path: string, what: Document | Handler): Promise<HttpsServer> {
  const server = await startHttpsServer({
    sites: { 'shire.example': { ...shire, paths: { [path]: what } } },
  });
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

type Fetched = Omit<HttpsSeen, 'id'>;
async function get(
  port: number,
  options: { url?: string; addresses?: string[]; stepMs?: number; signal?: AbortSignal } = {},
): Promise<Fetched> {
  const seen = await fetchHttps(
    {
      kind: 'https',
      purpose: 'posh',
      url: options.url ?? 'https://shire.example/a.json',
      addresses: options.addresses ?? ['127.0.0.1'],
      from: ['o1'],
    },
    {
      dial: (address) => ({ address, port }),
      elapsed: () => performance.now(),
      stepMs: options.stepMs ?? 400,
      handshake: handshakes(null),
      closing: new AbortController().signal,
    },
    options.signal ?? new AbortController().signal,
  );
  if (seen.kind !== 'https') throw new Error(seen.kind);
  return seen;
}
function bodyOf(seen: Fetched): string {
  if (!seen.outcome.ok) throw new Error(JSON.stringify(seen.outcome));
  return Buffer.from(seen.outcome.value.body, 'base64').toString();
}
/** Writes a whole answer by hand. */
const raw =
  (text: string, end = true): Handler =>
  (_request, _response, socket) => {
    if (end) socket.end(text);
    else socket.write(text);
  };

describe('a fetch over HTTPS', () => {
  it('keeps status, headers, body, address and the chain', async () => {
    const server = await serve('/a.json', { headers: { 'X-One': 'two' }, body: '{"a":1}' });
    const seen = await get(server.port);
    expect(bodyOf(seen)).toBe('{"a":1}');
    expect(seen.address).toBe('127.0.0.1');
    expect(seen.tls?.chain).toEqual([Buffer.from(shire.der).toString('base64')]);
    expect(seen.outcome).toMatchObject({
      value: { status: 200, headers: expect.arrayContaining([['x-one', 'two']]) as unknown },
    });
    expect(server.requests()).toEqual(['shire.example /a.json']);
    await expect.poll(() => server.open()).toBe(0);
  });

  it('does not follow a redirect', async () => {
    const server = await serve('/a.json', { status: 302, headers: { location: 'https://shire.example/b' } });
    const seen = await get(server.port);
    expect(seen.outcome).toMatchObject({ ok: true, value: { status: 302 } });
    expect(server.requests()).toHaveLength(1);
  });

  it.each([
    ['chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'],
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde'],
    ['until the close', 'HTTP/1.0 200 OK\r\n\r\nabcde'],
    [
      'after an interim answer',
      'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde',
    ],
  ])('reads a body %s', async (_name, text) => {
    const server = await serve('/a.json', raw(text));
    expect(bodyOf(await get(server.port))).toBe('abcde');
  });

  it('takes the first address that connects', async () => {
    const server = await serve('/a.json', { body: 'x' });
    const seen = await get(server.port, { addresses: ['127.0.0.2', '127.0.0.1'] });
    expect(bodyOf(seen)).toBe('x');
    expect(seen.address).toBe('127.0.0.1');
  });

  it('does not wait for an address that hangs', async () => {
    const server = await serve('/a.json', { body: 'x' });
    // 192.0.2.1 is a documentation address: refused, unreachable or silent, by machine.
    const seen = await get(server.port, { addresses: ['192.0.2.1', '127.0.0.1'], stepMs: 2_000 });
    expect(bodyOf(seen)).toBe('x');
  });

  it.each(['http://shire.example/', 'https://user@shire.example/', 'file:///etc/passwd', 'nonsense'])(
    'refuses %s before the first packet',
    async (url) => {
      const server = await serve('/', { body: 'x' });
      const seen = await get(server.port, { url });
      expect(seen.outcome).toMatchObject({ ok: false, problem: { code: 'malformed' } });
      expect(server.open()).toBe(0);
    },
  );

  it('says of a web server without HTTP/1.1 just that', async () => {
    const server = await startHttpsServer({
      sites: { 'shire.example': { ...shire, paths: {} } },
      tls: { ALPNProtocols: ['h2'] },
    });
    servers.push(server);
    const detail = expect.stringContaining('does not speak HTTP/1.1') as string;
    expect((await get(server.port)).outcome).toMatchObject({ problem: { code: 'handshake-failed', detail } });
  });

  it('asks for the site without the final dot of its host', async () => {
    const site = { ...shire, paths: {} };
    const server = await startHttpsServer({
      sites: { 'mordor.example': { ...credentialsFor('mordor.example'), paths: {} }, 'shire.example': site },
    });
    servers.push(server);
    const seen = await get(server.port, { url: 'https://shire.example./a.json' });
    expect(seen.tls?.chain[0]).toBe(Buffer.from(shire.der).toString('base64'));
  });

  it('names a closed port', async () => {
    const server = await serve('/', {});
    await server.close();
    expect((await get(server.port)).outcome).toEqual({ ok: false, problem: { code: 'refused' } });
  });
});

describe('a hostile HTTPS server', () => {
  const cases: readonly (readonly [string, Handler, string])[] = [
    ['is silent after the request', () => undefined, 'timed-out'],
    ['sends a body without end', endless('HTTP/1.1 200 OK\r\n\r\n'), 'too-large'],
    ['sends headers without end', endless('HTTP/1.1 200 OK\r\nX: '), 'too-large'],
    ['sends many headers', raw(`HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(9_000)}\r\n`), 'too-large'],
    [
      'announces a larger body than allowed',
      raw(`HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n${'x'.repeat(99_999)}`),
      'too-large',
    ],
    [
      'closes before the announced length',
      raw('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc'),
      'closed-early',
    ],
    [
      'closes in the middle of a chunk',
      raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc'),
      'closed-early',
    ],
    ['closes without a word', raw(''), 'closed-early'],
    [
      'sends more than it announced',
      raw('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef', false),
      'malformed',
    ],
    [
      'gives two lengths',
      raw('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'),
      'malformed',
    ],
    [
      'gives a length and chunks',
      raw('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
      'malformed',
    ],
    [
      'compresses unasked',
      raw('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc'),
      'malformed',
    ],
    ['answers with something else', raw('SSH-2.0-OpenSSH_9.2\r\n'), 'malformed'],
    [
      'switches protocols',
      raw('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', false),
      'malformed',
    ],
    [
      'sends interim answers without end',
      endless('HTTP/1.1 103 Early Hints\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)),
      'malformed',
    ],
    ['sends one byte at a time', drip('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n'), 'timed-out'],
  ];
  it.each(cases)('%s', async (_name, handler, code) => {
    const server = await serve('/a.json', handler);
    const began = performance.now();
    const seen = await get(server.port);
    expect(seen.outcome).toMatchObject({ ok: false, problem: { code } });
    expect(seen.tls?.chain).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(4_500);
    await expect.poll(() => server.open()).toBe(0);
  });

  it('is left at once when the check is cancelled', async () => {
    const server = await serve('/a.json', () => undefined);
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 80);
    const began = performance.now();
    const seen = await get(server.port, { stepMs: 5_000, signal: cancel.signal });
    expect(seen.outcome).toMatchObject({ ok: false, problem: { code: 'timed-out' } });
    expect(performance.now() - began).toBeLessThan(4_500);
    await expect.poll(() => server.open()).toBe(0);
  });
});

function endless(head: string, again = 'x'.repeat(1_000)): Handler {
  return (_request, _response, socket) => {
    const more = (): void => {
      while (socket.writable) if (!socket.write(again)) return;
    };
    socket.write(head);
    socket.on('drain', more);
    more();
  };
}
function drip(text: string): Handler {
  return (_request, _response, socket) => {
    let at = 0;
    const timer = setInterval(() => socket.write(text[at++ % text.length] ?? 'x'), 50);
    socket.on('close', () => clearInterval(timer));
  };
}
