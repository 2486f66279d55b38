/** dns-https.test.ts: resolvers over HTTPS (HTTP/1.1; dns-http2.test.ts has HTTP/2), and giving up over TLS and HTTPS. */
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
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
import { resolver, serveSecure, web, withCa } from './dns-secure-peers.ts';

afterEach(closeAll);

/** A query for shire.example with id 0: what DoH servers get, but for EDNS. */
const QUERY = Buffer.from('000001000001000000000000057368697265076578616d706c650000010001', 'hex');

describe('over HTTPS', () => {
  it('posts to the path, with id 0, padded, and reads the answer', async () => {
    let query = new Uint8Array();
    const { httpsPort } = await serveSecure((asked) => {
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

  it('asks a hundred questions over few connections of HTTP/1.1', async () => {
    const server = await web((_, response) => {
      response.writeHead(200, { 'content-type': 'application/dns-message' }).end(replyTo(QUERY));
    });
    let dialled = 0;
    const dial: Dial = (address, port) => {
      dialled += 1;
      return { address, port };
    };
    const dns = client([`https://dns.example:${server.port}/dns-query#127.0.0.1`], {
      ...withCa,
      dial,
      stepMs: 5000,
    });
    const all = await Promise.all(Array.from({ length: 100 }, () => ask(dns)));
    dns.close();
    expect(new Set(all.map(outcomeOf))).toEqual(new Set(['https']));
    expect(dialled).toBeGreaterThan(1);
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

  it('says so when the resolver speaks no HTTP', async () => {
    const { key, cert } = { key: resolver.keyPem, cert: resolver.chainPem };
    const server = createTlsServer({ key, cert, ALPNProtocols: ['dot'] });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    const seen = await askOnce(`https://dns.example:${port}/dns-query#127.0.0.1`, withCa);
    expect(outcomeOf(seen)).toBe('handshake-failed');
    expect(detailOf(seen)).toContain('neither HTTP/2 nor HTTP/1.1');
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

describe('giving up', () => {
  it.each([0, 1, 3, 8, 20, 60])('leaves no socket and no timer when cancelled after %s ms', async (ms) => {
    const { tlsPort, httpsPort } = await serveSecure(() => null);
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
    const { tlsPort, httpsPort } = await serveSecure();
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
