/** dns-secure.test.ts: resolvers over TLS and HTTPS, and what makes one believed. */
import { createHash } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCa, selfSigned, type Issued } from '../../electron/demo/certificate.ts';
import { startDnsServer, type DnsServer, type DnsServerOptions } from '../../electron/demo/dns-server.ts';
import type { Dial } from '../../electron/net/net.ts';
import { decodeMessage, TYPE } from '../../electron/wire/dns-message.ts';
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

// The runtime verifies these connections by its own clock, so these certificates live around the real now.
const NOW = Date.now();
const ca = makeCa({ name: 'Test CA', now: NOW });
const resolver = ca.issue({ now: NOW, names: { dns: ['dns.example'], ip: ['127.0.0.1'] } });
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function pinOf(issued: Issued): string {
  return createHash('sha256').update(issued.certificate.spki).digest('base64');
}

async function serve(
  answer: DnsServerOptions['answer'] = (query) => replyTo(query),
  credentials: Issued = resolver,
): Promise<DnsServer & { readonly tlsPort: number; readonly httpsPort: number }> {
  const server = await startDnsServer({
    answer,
    tls: { key: credentials.keyPem, cert: credentials.chainPem },
  });
  closing.push(() => server.close());
  const { tlsPort, httpsPort } = server;
  if (tlsPort === undefined || httpsPort === undefined) throw new Error('no secure ports');
  return { ...server, tlsPort, httpsPort };
}

/** HTTPS with its hands free. */
async function web(
  hear: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ port: number; connections: () => number }> {
  const sockets = new Set<Socket>();
  const http = createHttpServer((request, response) => {
    request.resume();
    request.on('end', () => hear(request, response));
  });
  const server = createTlsServer(
    { key: resolver.keyPem, cert: resolver.chainPem, ALPNProtocols: ['http/1.1'] },
    (socket) => {
      http.emit('connection', socket);
    },
  );
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, connections: () => sockets.size };
}

const withCa = { ca: [ca.pem], stepMs: 2000 };

describe('over TLS', () => {
  it('believes the right name of a known authority, and pads', async () => {
    let length = 0;
    const { tlsPort } = await serve((query) => {
      length = query.length;
      return replyTo(query);
    });
    const seen = await askOnce(`tls://dns.example:${tlsPort}#127.0.0.1`, withCa);
    expect(outcomeOf(seen)).toBe('tls');
    expect(length).toBe(128);
    expect(seen.resolver).toBe(`tls://dns.example:${tlsPort}#127.0.0.1`);
  });

  it('believes an address that the certificate carries', async () => {
    const { tlsPort } = await serve();
    expect(outcomeOf(await askOnce(`tls://127.0.0.1:${tlsPort}`, withCa))).toBe('tls');
  });

  it.each([
    ['another name', 'mordor.example', resolver, [ca.pem]],
    ['an unknown authority', 'dns.example', resolver, []],
    [
      'a self-signed certificate',
      'dns.example',
      selfSigned({ now: NOW, names: { dns: ['dns.example'] } }),
      [ca.pem],
    ],
    [
      'an expired certificate',
      'dns.example',
      ca.issue({ now: NOW, notBefore: NOW - 2e9, notAfter: NOW - 1e9, names: { dns: ['dns.example'] } }),
      [ca.pem],
    ],
    [
      'a name that stands in CN only',
      'dns.example',
      ca.issue({ now: NOW, names: { cn: 'dns.example', dns: ['other.example'] } }),
      [ca.pem],
    ],
  ])('refuses %s before it asks', async (_, host, credentials, authorities) => {
    let asked = 0;
    const { tlsPort, httpsPort } = await serve((query) => {
      asked += 1;
      return replyTo(query);
    }, credentials);
    for (const url of [
      `tls://${host}:${tlsPort}#127.0.0.1`,
      `https://${host}:${httpsPort}/dns-query#127.0.0.1`,
    ]) {
      const seen = await askOnce(url, { ca: authorities, stepMs: 2000 });
      expect(outcomeOf(seen)).toBe('untrusted-resolver');
      expect(detailOf(seen)).not.toBe('');
    }
    expect(asked).toBe(0);
  });

  it('refuses an address that the certificate does not carry', async () => {
    const { tlsPort } = await serve(undefined, ca.issue({ now: NOW, names: { dns: ['dns.example'] } }));
    expect(outcomeOf(await askOnce(`tls://127.0.0.1:${tlsPort}`, withCa))).toBe('untrusted-resolver');
  });

  it('believes a pinned key, whatever the certificate says, and no other', async () => {
    const own = selfSigned({
      now: NOW,
      names: { dns: ['whatever.example'] },
      notAfter: NOW - 1000,
      notBefore: NOW - 2e9,
    });
    const { tlsPort } = await serve(undefined, own);
    const url = `tls://127.0.0.1:${tlsPort}?pin-sha256=`;
    expect(outcomeOf(await askOnce(url + pinOf(own), { stepMs: 2000 }))).toBe('tls');
    expect(
      outcomeOf(await askOnce(`${url}${pinOf(resolver)}&pin-sha256=${pinOf(own)}`, { stepMs: 2000 })),
    ).toBe('tls');
    const other = await askOnce(url + pinOf(resolver), { stepMs: 2000 });
    expect(outcomeOf(other)).toBe('untrusted-resolver');
    expect(detailOf(other)).toContain(pinOf(own));
  });

  it('does not take a pin of the authority for a pin of the resolver', async () => {
    const { tlsPort } = await serve();
    const seen = await askOnce(`tls://127.0.0.1:${tlsPort}?pin-sha256=${pinOf(ca)}`, withCa);
    expect(outcomeOf(seen)).toBe('untrusted-resolver');
  });

  it('asks a hundred questions over one connection', async () => {
    const { tlsPort } = await serve();
    let dialled = 0;
    const dial: Dial = (address, port) => {
      dialled += 1;
      return { address, port };
    };
    const dns = client([`tls://dns.example:${tlsPort}#127.0.0.1`], { ...withCa, dial });
    const all = await Promise.all(Array.from({ length: 100 }, () => ask(dns)));
    dns.close();
    expect(new Set(all.map(outcomeOf))).toEqual(new Set(['tls']));
    expect(dialled).toBe(1);
  });

  it('names what does not speak TLS, does not listen, or is silent', async () => {
    const { port, tlsPort, httpsPort } = await serve(() => null);
    expect(
      outcomeOf(await askOnce(`tls://dns.example:${port}#127.0.0.1`, { ...withCa, stepMs: 300 })),
    ).toMatch(/handshake-failed|closed-early|timed-out/);
    expect(
      outcomeOf(await askOnce(`tls://dns.example:${tlsPort}#127.0.0.1`, { ...withCa, stepMs: 300 })),
    ).toBe('timed-out');
    expect(
      outcomeOf(
        await askOnce(`https://dns.example:${httpsPort}/dns-query#127.0.0.1`, { ...withCa, stepMs: 300 }),
      ),
    ).toBe('timed-out');
    expect(outcomeOf(await askOnce('tls://dns.example:1#127.0.0.1', withCa))).toBe('refused');
    expect(outcomeOf(await askOnce('https://dns.example:1/dns-query#127.0.0.1', withCa))).toBe('refused');
  });
});

describe('finding a resolver by its name', () => {
  it('asks the system for both families and goes on when one address is closed', async () => {
    const { port, tlsPort } = await serve((query) => {
      const asked = decodeMessage(query);
      const question = asked.ok ? asked.value.questions[0] : undefined;
      if (question?.name !== 'dns.example') return replyTo(query);
      if (question.type === TYPE.AAAA) return replyTo(query, { answer: [] });
      const at = (last: number) => ({
        name: question.name,
        type: TYPE.A,
        class: 1,
        ttl: 1,
        rdata: Uint8Array.of(192, 0, 2, last),
      });
      return replyTo(query, { answer: [at(1), at(2)] });
    });
    // The first address leads to a closed port, the second to the resolver, and all others are the system's own.
    const dial: Dial = (address, wanted) => ({
      address: '127.0.0.1',
      port: address === '192.0.2.1' ? 1 : wanted === tlsPort ? tlsPort : port,
    });
    const dns = client([`tls://dns.example:${tlsPort}`], { ...withCa, dial });
    const all = await Promise.all([ask(dns), ask(dns), ask(dns)]);
    dns.close();
    expect(all.map(outcomeOf)).toEqual(['tls', 'tls', 'tls']);
  });

  it('names the resolver that has no address', async () => {
    const { port } = await serve((query) => replyTo(query, { answer: [], rcode: 3 }));
    const dial: Dial = () => ({ address: '127.0.0.1', port });
    const seen = await askOnce('https://dns.example/dns-query', { ...withCa, dial });
    expect(outcomeOf(seen)).toBe('unreachable');
    expect(detailOf(seen)).toContain('dns.example');
  });
});

describe('over HTTPS', () => {
  it('posts to the path, with id 0, padded, and reads the answer', async () => {
    let query = new Uint8Array();
    const { httpsPort } = await serve((asked) => {
      query = Uint8Array.from(asked);
      return replyTo(asked, {
        answer: [{ name: SHIRE, type: TYPE.TLSA, class: 1, ttl: 1, rdata: new Uint8Array(60000) }],
      });
    });
    const seen = await askOnce(`https://dns.example:${httpsPort}/dns-query#127.0.0.1`, withCa);
    expect(outcomeOf(seen)).toBe('https');
    expect(messageOf(seen).answer[0]?.rdata).toHaveLength(60000);
    expect([query.length, query[0], query[1]]).toEqual([128, 0, 0]);
  });

  it('asks a hundred questions over few connections', async () => {
    const server = await serve();
    let dialled = 0;
    const dial: Dial = (address, port) => {
      dialled += 1;
      return { address, port };
    };
    const dns = client([`https://dns.example:${server.httpsPort}/dns-query#127.0.0.1`], {
      ...withCa,
      dial,
      stepMs: 5000,
    });
    const all = await Promise.all(Array.from({ length: 100 }, () => ask(dns)));
    dns.close();
    expect(new Set(all.map(outcomeOf))).toEqual(new Set(['https']));
    expect(dialled).toBeLessThanOrEqual(6);
  });

  it('keeps a connection for the next question, and asks again when it was closed meanwhile', async () => {
    const requests = new Map<unknown, number>();
    const { port, connections } = await web((request, response) => {
      const count = (requests.get(request.socket) ?? 0) + 1;
      requests.set(request.socket, count);
      if (count === 3) return void request.socket.destroy();
      response.writeHead(200, { 'content-type': 'application/dns-message' }).end(replyTo(QUERY));
    });
    const dns = client([`https://dns.example:${port}/dns-query#127.0.0.1`], withCa);
    for (const expected of [1, 1, 2, 2]) {
      expect(outcomeOf(await ask(dns))).toBe('https');
      expect(connections()).toBe(expected);
    }
    dns.close();
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    [
      'status 500',
      (r) => void r.writeHead(500, { 'content-type': 'application/dns-message' }).end('x'),
      'malformed',
    ],
    ['a redirect', (r) => void r.writeHead(302, { location: 'https://mordor.example/' }).end(), 'malformed'],
    ['another type', (r) => void r.writeHead(200, { 'content-type': 'text/html' }).end('<p>'), 'malformed'],
    ['no type', (r) => void r.writeHead(200).end(replyTo(QUERY)), 'malformed'],
    [
      '65,536 octets',
      (r) => void r.writeHead(200, { 'content-type': 'application/dns-message' }).end(Buffer.alloc(65536)),
      'too-large',
    ],
    [
      'no DNS message',
      (r) => void r.writeHead(200, { 'content-type': 'application/dns-message' }).end('hello'),
      'malformed',
    ],
    [
      'another id',
      (r) =>
        void r.writeHead(200, { 'content-type': 'application/dns-message' }).end(replyTo(QUERY, { id: 5 })),
      'malformed',
    ],
    [
      'a cut answer',
      (r) =>
        void r
          .writeHead(200, { 'content-type': 'application/dns-message' })
          .end(replyTo(QUERY, { truncated: true })),
      'malformed',
    ],
    ['a close before the answer', (r) => void r.socket?.destroy(), 'closed-early'],
    [
      'half an answer',
      (r) => {
        r.writeHead(200, { 'content-type': 'application/dns-message', 'content-length': 100 }).write(
          Buffer.alloc(10),
        );
        setTimeout(() => r.socket?.destroy(), 10);
      },
      'closed-early',
    ],
    ['no HTTP at all', (r) => void r.socket?.end('SSH-2.0-mordor\r\n'), 'malformed'],
    ['silence', () => undefined, 'timed-out'],
  ])('names the problem of %s', async (_, respond, expected) => {
    const { port } = await web((_request, response) => respond(response));
    const seen = await askOnce(`https://dns.example:${port}/dns-query#127.0.0.1`, { ...withCa, stepMs: 300 });
    expect(outcomeOf(seen)).toBe(expected);
    expect(await handlesOnce('TCPServerWrap')).toBe('TCPServerWrap');
  });

  it('accepts a media type with parameters', async () => {
    const { port } = await web(
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'Application/DNS-Message; charset=x' })
          .end(replyTo(QUERY, {}, [192, 0, 2, 9])),
    );
    expect(lastOctet(await askOnce(`https://dns.example:${port}/dns-query#127.0.0.1`, withCa))).toBe(9);
  });
});

/** A query for shire.example with id 0: what DoH servers get, but for EDNS. */
const QUERY = Buffer.from('000001000001000000000000057368697265076578616d706c650000010001', 'hex');

describe('giving up', () => {
  it.each([0, 1, 3, 8, 20, 60])('leaves no socket and no timer when cancelled after %s ms', async (ms) => {
    const { tlsPort, httpsPort } = await serve(() => null);
    const dns = client(
      [`tls://dns.example:${tlsPort}#127.0.0.1`, `https://dns.example:${httpsPort}/dns-query#127.0.0.1`],
      withCa,
    );
    const abort = new AbortController();
    if (ms === 0) abort.abort();
    else setTimeout(() => abort.abort(), ms);
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask(dns, { resolverIndex: i % 2, signal: abort.signal })),
    );
    expect(new Set(all.map(outcomeOf))).toEqual(new Set(['timed-out']));
    dns.close();
    const servers = 'TCPServerWrap TCPServerWrap TCPServerWrap UDPWrap';
    expect(await handlesOnce(servers)).toBe(servers);
  });

  it('leaves nothing even without close, where no connection had been made', async () => {
    const { tlsPort, httpsPort } = await serve();
    // The demo realm's delay stretches the making of a connection.
    const dial: Dial = (address, port) => ({ address, port, delayMs: 100 });
    const dns = client(
      [`tls://dns.example:${tlsPort}#127.0.0.1`, `https://dns.example:${httpsPort}/dns-query#127.0.0.1`],
      { ...withCa, dial },
    );
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 30);
    await Promise.all([0, 1].map((resolverIndex) => ask(dns, { resolverIndex, signal: abort.signal })));
    const servers = 'TCPServerWrap TCPServerWrap TCPServerWrap UDPWrap';
    expect(await handlesOnce(servers)).toBe(servers);
    dns.close();
  });
});
