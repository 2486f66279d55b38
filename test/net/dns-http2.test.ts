/** dns-http2.test.ts: resolvers over HTTPS that speak HTTP/2 (RFC 8484 5.2), rude ones among them. */
import type { ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { Dial } from '../../electron/net/net.ts';
import { TYPE } from '../../electron/wire/dns-message.ts';
import {
  ask,
  askOnce,
  client,
  detailOf,
  handlesOnce,
  lastOctet,
  messageOf,
  outcomeOf,
  replyTo,
  SHIRE,
} from './dns-asking.ts';
import { closeAll, closing } from './dns-peers.ts';
import { resolver, serveSecure, web2, withCa } from './dns-secure-peers.ts';

afterEach(closeAll);

const TYPED = { ':status': 200, 'content-type': 'application/dns-message' };
const at = (port: number): string => `https://dns.example:${port}/dns-query#127.0.0.1`;
const reply = (stream: ServerHttp2Stream, query: Uint8Array): void => {
  stream.respond(TYPED);
  stream.end(replyTo(query));
};

/** A TLS server that agreed on h2 and does what it likes. */
async function notHttp2(speak: (socket: TLSSocket) => void): Promise<number> {
  const sockets = new Set<TLSSocket>();
  const server = createTlsServer(
    { key: resolver.keyPem, cert: resolver.chainPem, ALPNProtocols: ['h2'] },
    (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.resume();
      speak(socket);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

describe('over HTTP/2', () => {
  it('posts to the path and the authority of the URL, with id 0, padded', async () => {
    let said: unknown[] = [];
    const { port } = await web2((stream, headers, query) => {
      said = [
        headers[':method'],
        headers[':scheme'],
        headers[':path'],
        headers[':authority'],
        headers['content-type'],
        headers.accept,
        query.length,
        query.readUInt16BE(0),
      ];
      reply(stream, query);
    });
    expect(outcomeOf(await askOnce(at(port), withCa))).toBe('https');
    const type = 'application/dns-message';
    expect(said).toEqual(['POST', 'https', '/dns-query', `dns.example:${port}`, type, type, 128, 0]);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('reads a long answer under %s', async (version) => {
    const { port } = await web2((stream, _, query) => {
      stream.respond(TYPED);
      const rr = { name: SHIRE, type: TYPE.TLSA, class: 1, ttl: 1, rdata: new Uint8Array(65_000) };
      stream.end(replyTo(query, { answer: [rr] }));
    }, version);
    const seen = await askOnce(at(port), withCa);
    expect(messageOf(seen).answer[0]?.rdata).toHaveLength(65_000);
  });

  it('asks three hundred questions over one connection, each with its own answer', async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    let open = 0;
    const server = await web2((stream, _, query) => {
      open += 1;
      most = Math.max(most, open);
      // The last asked is the first answered.
      waiting.unshift(() => {
        open -= 1;
        stream.respond(TYPED);
        const name = query.subarray(13, 16).toString();
        stream.end(replyTo(query, {}, [192, 0, 2, Number(name) % 256]));
      });
      setTimeout(() => waiting.shift()?.(), 5);
    });
    let dialled = 0;
    const dial: Dial = (address, port) => {
      dialled += 1;
      return { address, port };
    };
    const dns = client([at(server.port)], { ...withCa, dial, stepMs: 5000 });
    const names = Array.from({ length: 300 }, (_, i) => String(100 + i));
    const all = await Promise.all(names.map((name) => ask(dns, { name: `${name}.example` })));
    dns.close();
    expect(all.map(outcomeOf)).toEqual(names.map(() => 'https'));
    expect(all.map(lastOctet)).toEqual(names.map((name) => Number(name) % 256));
    expect(dialled).toBe(1);
    expect(most).toBeGreaterThan(10);
    expect(most).toBeLessThanOrEqual(100);
  });

  it('keeps the connection for the next question', async () => {
    const { port, connections } = await web2((stream, _, query) => reply(stream, query));
    const dns = client([at(port)], withCa);
    for (let i = 0; i < 5; i++) expect(outcomeOf(await ask(dns))).toBe('https');
    expect(connections()).toBe(1);
    dns.close();
  });

  it('asks again over another connection when a kept one is closed under the question', async () => {
    let asked = 0;
    const { port, connections } = await web2((stream, _, query) => {
      asked += 1;
      if (asked === 3) stream.session?.destroy();
      else reply(stream, query);
    });
    const dns = client([at(port)], withCa);
    for (const expected of [1, 1, 2, 2]) {
      expect(outcomeOf(await ask(dns))).toBe('https');
      expect(connections()).toBe(expected);
    }
    dns.close();
  });

  it('opens another connection after a goodbye, and lets what is open finish', async () => {
    const { port, connections } = await web2((stream, _, query) => {
      if (connections() === 1) stream.session?.goaway();
      setTimeout(() => reply(stream, query), 30);
    });
    const dns = client([at(port)], withCa);
    expect(outcomeOf(await ask(dns))).toBe('https');
    expect(outcomeOf(await ask(dns))).toBe('https');
    expect(connections()).toBe(2);
    dns.close();
  });

  it('sends each request whole before the next', async () => {
    const frames: string[] = [];
    const port = await notHttp2((socket) => {
      socket.write(Buffer.from('000000040000000000', 'hex'));
      let held = Buffer.alloc(0);
      let isGreeted = false;
      socket.on('data', (piece: Buffer) => {
        held = Buffer.concat([held, piece]);
        // RFC 9113 3.4: 24 octets of preface; 4.1: frames of 9 octets and what follows.
        if (!isGreeted && held.length >= 24) {
          isGreeted = true;
          held = held.subarray(24);
        }
        while (isGreeted && held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3)) {
          const type = held.readUInt8(3);
          if (type <= 1) frames.push(`${type === 0 ? 'DATA' : 'HEADERS'} ${held.readUInt32BE(5)}`);
          held = held.subarray(9 + held.readUIntBE(0, 3));
        }
      });
    });
    const dns = client([at(port)], { ...withCa, stepMs: 300 });
    await Promise.all(Array.from({ length: 8 }, () => ask(dns)));
    dns.close();
    const streams = [...new Set(frames.map((frame) => frame.split(' ')[1]))];
    expect(streams).toHaveLength(8);
    // An empty DATA frame may end the stream.
    const first = frames.filter((frame, i) => frame !== frames[i - 1]);
    expect(first).toEqual(streams.flatMap((id) => [`HEADERS ${id}`, `DATA ${id}`]));
  });

  it('asks a refused stream once more, and not for ever', async () => {
    let asked = 0;
    const { port } = await web2((stream, _, query) => {
      asked += 1;
      // 7: REFUSED_STREAM (RFC 9113 7).
      if (asked === 2) return reply(stream, query);
      stream.close(7);
    });
    expect(outcomeOf(await askOnce(at(port), withCa))).toBe('https');
    expect(outcomeOf(await askOnce(at(port), withCa))).toBe('closed-early');
    expect(asked).toBe(4);
  });

  it('takes more questions than the server allows streams', async () => {
    const sessions = new Set<unknown>();
    const { port } = await web2((stream, _, query) => {
      if (!sessions.has(stream.session)) stream.session?.settings({ maxConcurrentStreams: 3 });
      sessions.add(stream.session);
      setTimeout(() => reply(stream, query), 2);
    });
    const dns = client([at(port)], { ...withCa, stepMs: 5000 });
    const all = await Promise.all(Array.from({ length: 60 }, () => ask(dns)));
    dns.close();
    expect(new Set(all.map(outcomeOf))).toEqual(new Set(['https']));
    expect(sessions.size).toBe(1);
  });

  it.each<[string, (stream: ServerHttp2Stream, query: Buffer) => void, string]>([
    ['status 500', (s) => (s.respond({ ...TYPED, ':status': 500 }), s.end('x')), 'malformed'],
    [
      'a redirect',
      (s) => s.respond({ ':status': 302, location: 'https://mordor.example/' }, { endStream: true }),
      'malformed',
    ],
    [
      'another type',
      (s, q) => (s.respond({ ':status': 200, 'content-type': 'text/html' }), s.end(replyTo(q))),
      'malformed',
    ],
    ['no type', (s, q) => (s.respond({ ':status': 200 }), s.end(replyTo(q))), 'malformed'],
    ['65,536 octets', (s) => (s.respond(TYPED), s.end(Buffer.alloc(65536))), 'too-large'],
    ['no DNS message', (s) => (s.respond(TYPED), s.end('hello')), 'malformed'],
    ['another id', (s, q) => (s.respond(TYPED), s.end(replyTo(q, { id: 5 }))), 'malformed'],
    ['a cut answer', (s, q) => (s.respond(TYPED), s.end(replyTo(q, { truncated: true }))), 'malformed'],
    ['an empty answer', (s) => s.respond(TYPED, { endStream: true }), 'malformed'],
    ['a close before the answer', (s) => s.session?.destroy(), 'closed-early'],
    ['half an answer', (s) => (s.respond(TYPED), s.write('x'), s.close(2)), 'malformed'],
    [
      'half an answer and a close',
      (s) => (s.respond(TYPED), s.write('x'), setTimeout(() => s.session?.destroy(), 10)),
      'closed-early',
    ],
    [
      'a length that is not the body’s',
      (s, q) => (s.respond({ ...TYPED, 'content-length': 2000 }), s.end(replyTo(q))),
      'malformed',
    ],
    [
      'a head of 70,000 octets',
      (s, q) => (s.respond({ ...TYPED, 'x-mordor': 'x'.repeat(70_000) }), s.end(replyTo(q))),
      'malformed',
    ],
    [
      'a head of 200 fields',
      (s, q) => {
        const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x-${i}`, 'x']));
        s.respond({ ...TYPED, ...many });
        s.end(replyTo(q));
      },
      'malformed',
    ],
    ['silence', () => undefined, 'timed-out'],
  ])('names the problem of %s', async (_, respond, expected) => {
    const { port } = await web2((stream, _headers, query) => respond(stream, query));
    const seen = await askOnce(at(port), { ...withCa, stepMs: 300 });
    expect(outcomeOf(seen)).toBe(expected);
    expect(await handlesOnce('TCPServerWrap')).toBe('TCPServerWrap');
  });

  it.each<[string, (socket: TLSSocket) => void, string]>([
    ['says what is no HTTP/2', (s) => s.write('HTTP/1.1 400 Bad Request\r\n\r\n'), 'malformed'],
    ['sends noise', (s) => s.write(Buffer.alloc(5000, 0xff)), 'malformed'],
    ['is silent', () => undefined, 'timed-out'],
    ['closes at once', (s) => s.destroy(), 'closed-early'],
    // PING frames (RFC 9113 6.7) without end.
    [
      'pings for ever',
      (s) => {
        const ping = Buffer.from('0000080600000000000102030405060708', 'hex');
        s.write(Buffer.from('000000040000000000', 'hex'));
        const timer = setInterval(() => s.write(Buffer.concat(Array<Buffer>(100).fill(ping))), 1);
        s.on('close', () => clearInterval(timer));
        s.resume();
      },
      'timed-out',
    ],
    // A PUSH_PROMISE (6.6) though push was switched off.
    [
      'pushes',
      (s) => {
        s.write(Buffer.from('000000040000000000', 'hex'));
        s.on('data', () => s.write(Buffer.from('000005050400000001' + '0000000288', 'hex')));
      },
      'malformed',
    ],
  ])('a server that agreed on HTTP/2 and %s', async (_, speak, expected) => {
    const seen = await askOnce(at(await notHttp2(speak)), { ...withCa, stepMs: 400 });
    expect([outcomeOf(seen), detailOf(seen)]).toEqual([expected, expect.any(String)]);
    expect(await handlesOnce('TCPServerWrap')).toBe('TCPServerWrap');
  });

  it('goes on with HTTP/1.1 where the server does not know ALPN', async () => {
    const port = await new Promise<number>((resolve) => {
      const server = createTlsServer({ key: resolver.keyPem, cert: resolver.chainPem }, (socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (request: Buffer) => {
          const query = request.subarray(request.indexOf('\r\n\r\n') + 4);
          const body = replyTo(query, {}, [192, 0, 2, 7]);
          socket.write(
            `HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: ${body.length}\r\n\r\n`,
          );
          socket.end(body);
        });
      });
      closing.push(() => new Promise((done) => server.close(done)));
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
    expect(lastOctet(await askOnce(at(port), withCa))).toBe(7);
  });
});

describe('giving up over HTTP/2', () => {
  it('cancels one question and not the others', async () => {
    const reset: number[] = [];
    const { port, connections } = await web2((stream, _, query) => {
      stream.on('close', () => reset.push(stream.rstCode));
      setTimeout(() => {
        if (!stream.destroyed) reply(stream, query);
      }, 100);
    });
    const dns = client([at(port)], { ...withCa, stepMs: 5000 });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const [one, other] = await Promise.all([ask(dns, { signal: abort.signal }), ask(dns)]);
    expect([outcomeOf(one), outcomeOf(other)]).toEqual(['timed-out', 'https']);
    expect(connections()).toBe(1);
    // 8: CANCEL (RFC 9113 7).
    expect(reset).toContain(8);
    dns.close();
  });

  it.each([0, 1, 3, 8, 20, 60])('leaves no socket and no timer when closed after %s ms', async (ms) => {
    const { httpsPort } = await serveSecure(() => null);
    const dns = client([at(httpsPort)], { ...withCa, stepMs: 300 });
    const all = Array.from({ length: 20 }, () => ask(dns));
    await new Promise((resolve) => setTimeout(resolve, ms));
    dns.close();
    for (const seen of await Promise.all(all)) expect(seen.outcome.ok).toBe(false);
    const servers = 'TCPServerWrap TCPServerWrap TCPServerWrap UDPWrap';
    expect(await handlesOnce(servers)).toBe(servers);
  });

  it('goes through the delay of the demo realm', async () => {
    const { httpsPort } = await serveSecure();
    const dial: Dial = (address, port) => ({ address, port, delayMs: 20 });
    const began = performance.now();
    expect(outcomeOf(await askOnce(at(httpsPort), { ...withCa, dial }))).toBe('https');
    // TLS and the request are a round trip each, 20 ms in each direction.
    expect(performance.now() - began).toBeGreaterThan(79);
  });
});
