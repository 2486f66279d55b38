/** dns-tcp.test.ts: TCP to resolvers on loopback, which resolver is asked, and giving up. */
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { decodeMessage } from '../../electron/wire/dns-message.ts';
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
import { MOST_ANSWER_BYTES } from '../../shared/observation.ts';
import { closeAll, framed, serve, tcpOnly, udpOnly } from './dns-peers.ts';

afterEach(closeAll);

const LARGE = new Uint8Array(60_000);

describe('over TCP', () => {
  it('asks many questions over one connection and takes answers in any order', async () => {
    let connections = 0;
    const port = await tcpOnly((socket) => {
      connections += 1;
      const queries: Buffer[] = [];
      let held = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        held = Buffer.concat([held, chunk]);
        while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
          queries.push(held.subarray(2, 2 + held.readUInt16BE(0)));
          held = held.subarray(2 + held.readUInt16BE(0));
        }
        if (queries.length === 50)
          for (const query of queries.reverse()) socket.write(framed(replyTo(query)));
      });
    });
    const dns = client([`tcp://127.0.0.1:${port}`]);
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(dns, { name: `n${i}.example` })));
    dns.close();
    expect(all.map(outcomeOf)).toEqual(all.map(() => 'tcp'));
    expect(all.map((seen) => messageOf(seen).questions[0]?.name)).toEqual(all.map((_, i) => `n${i}.example`));
    expect(connections).toBe(1);
  });

  it('reads answers that come octet by octet', async () => {
    const port = await tcpOnly((socket) => {
      socket.setNoDelay(true);
      socket.on('data', (chunk: Buffer) => {
        const bytes = framed(replyTo(chunk.subarray(2)));
        let at = 0;
        const next = (): void => {
          if (at < bytes.length) socket.write(bytes.subarray(at, ++at), () => setImmediate(next));
        };
        next();
      });
    });
    expect(outcomeOf(await askOnce(`tcp://127.0.0.1:${port}`, { stepMs: 2000 }))).toBe('tcp');
  });

  it('connects once more when an idle connection was closed meanwhile', async () => {
    let connections = 0;
    const port = await tcpOnly((socket) => {
      connections += 1;
      socket.on('data', (chunk: Buffer) => socket.end(framed(replyTo(chunk.subarray(2)))));
    });
    const dns = client([`tcp://127.0.0.1:${port}`]);
    expect(outcomeOf(await ask(dns))).toBe('tcp');
    expect(outcomeOf(await ask(dns))).toBe('tcp');
    dns.close();
    expect(connections).toBe(2);
  });

  it('gets every answer from a server that closes after each', async () => {
    const port = await tcpOnly((socket) => {
      socket.once('data', (chunk: Buffer) =>
        socket.end(framed(replyTo(chunk.subarray(2, 2 + chunk.readUInt16BE(0))))),
      );
    });
    const dns = client([`tcp://127.0.0.1:${port}`]);
    const all = await Promise.all(Array.from({ length: 10 }, () => ask(dns)));
    dns.close();
    expect(all.map(outcomeOf)).toEqual(all.map(() => 'tcp'));
  });

  it.each([
    ['closes at once', (socket: Socket) => void socket.destroy(), 'closed-early'],
    [
      'closes after the question',
      (socket: Socket) => void socket.once('data', () => socket.end()),
      'closed-early',
    ],
    [
      'closes inside the answer',
      (socket: Socket) =>
        void socket.once('data', (chunk: Buffer) =>
          socket.end(framed(replyTo(chunk.subarray(2))).subarray(0, 30)),
        ),
      'closed-early',
    ],
    ['is silent', () => undefined, 'timed-out'],
    ['sends garbage', (socket: Socket) => void socket.write(Buffer.alloc(3000, 1)), 'timed-out'],
    [
      'sends messages without end',
      (socket: Socket) =>
        void socket.write(Buffer.concat(Array.from({ length: 200 }, () => framed(Buffer.alloc(12))))),
      'malformed',
    ],
    [
      'answers with an octet too many',
      (socket: Socket) =>
        void socket.once('data', (chunk: Buffer) =>
          socket.write(framed(Buffer.concat([replyTo(chunk.subarray(2)), Buffer.alloc(1)]))),
        ),
      'malformed',
    ],
    [
      'says truncated over TCP',
      (socket: Socket) =>
        void socket.once('data', (chunk: Buffer) =>
          socket.write(framed(replyTo(chunk.subarray(2), { truncated: true }))),
        ),
      'malformed',
    ],
  ])('names the problem of a server that %s', async (_, serveOne, expected) => {
    const port = await tcpOnly(serveOne);
    expect(outcomeOf(await askOnce(`tcp://127.0.0.1:${port}`, { stepMs: 200 }))).toBe(expected);
    expect(await handlesOnce('TCPServerWrap')).toBe('TCPServerWrap');
  });
});

describe('choosing', () => {
  it('replaces system by what it stands for', async () => {
    const { port } = await serve((query) => replyTo(query));
    const asked: string[] = [];
    const dial = (address: string): { address: string; port: number } => {
      asked.push(address);
      return { address: '127.0.0.1', port };
    };
    const seen = await askOnce('system', { dial });
    expect(outcomeOf(seen)).toBe('udp');
    expect(seen.resolver).toMatch(/^udp:\/\//);
    expect(seen.resolver).toContain(asked[0]);
  });

  it('asks the resolver with the number asked for', async () => {
    const one = await serve((query) => replyTo(query, {}, [192, 0, 2, 1]));
    const two = await serve((query) => replyTo(query, {}, [192, 0, 2, 2]));
    const dns = client([`udp://127.0.0.1:${one.port}`, `tcp://127.0.0.1:${two.port}`]);
    const seen = await ask(dns, { resolverIndex: 1 });
    dns.close();
    expect([lastOctet(seen), seen.resolver, seen.resolverIndex]).toEqual([
      2,
      `tcp://127.0.0.1:${two.port}`,
      1,
    ]);
  });

  it('makes a problem of a resolver that does not parse, of a number too high, and of a name too long', async () => {
    const dns = client(['nonsense', 'udp://127.0.0.1:1']);
    expect(outcomeOf(await ask(dns))).toBe('malformed');
    expect(outcomeOf(await ask(dns, { resolverIndex: 7 }))).toBe('malformed');
    const long = Array.from({ length: 5 }, () => 'a'.repeat(60)).join('.');
    expect(detailOf(await ask(dns, { resolverIndex: 1, name: long }))).toMatch(/longer than 255/);
    dns.close();
  });
});

describe('a resolver whose answers are large', () => {
  it('is asked no more, and not believed any further, after 4 MB in one check', async () => {
    let asked = 0;
    const { port } = await serve((query) => {
      asked += 1;
      return replyTo(query, { additional: [{ name: SHIRE, type: 16, class: 1, ttl: 0, rdata: LARGE }] });
    });
    const dns = client([`tcp://127.0.0.1:${port}`], { stepMs: 5_000 });
    const together = await Promise.all(Array.from({ length: 80 }, () => ask(dns)));
    const kept = together.flatMap((seen) => (seen.outcome.ok ? [seen.outcome.value.reply] : []));
    expect(kept).toHaveLength(Math.floor(MOST_ANSWER_BYTES / Buffer.from(kept[0] ?? '', 'base64').length));
    expect(asked).toBe(80);
    expect((await ask(dns)).outcome).toEqual({
      ok: false,
      problem: { code: 'too-large', limit: MOST_ANSWER_BYTES },
    });
    expect(asked).toBe(80);
    dns.close();
  });
});

describe('giving up', () => {
  it.each([0, 1, 5, 60, 130])('leaves no socket and no timer when cancelled after %s ms', async (ms) => {
    const { port } = await serve(() => null);
    const dns = client([`udp://127.0.0.1:${port}`, `tcp://127.0.0.1:${port}`], { stepMs: 200 });
    const abort = new AbortController();
    if (ms === 0) abort.abort();
    else setTimeout(() => abort.abort(), ms);
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, i) => ask(dns, { resolverIndex: i % 2, signal: abort.signal })),
    );
    expect(new Set(all.map(outcomeOf))).toEqual(new Set(['timed-out']));
    dns.close();
    expect(await handlesOnce('TCPServerWrap UDPWrap')).toBe('TCPServerWrap UDPWrap');
  });

  it('leaves the connection of others alone when one question is cancelled', async () => {
    const port = await tcpOnly((socket) => {
      socket.on('data', (chunk: Buffer) => {
        const query = Buffer.from(chunk.subarray(2, 2 + chunk.readUInt16BE(0)));
        setTimeout(() => socket.write(framed(replyTo(query))), 50);
      });
    });
    const dns = client([`tcp://127.0.0.1:${port}`]);
    await ask(dns);
    const abort = new AbortController();
    const cancelled = ask(dns, { signal: abort.signal });
    await new Promise((resolve) => setTimeout(resolve, 10));
    abort.abort();
    const kept = ask(dns);
    expect(outcomeOf(await cancelled)).toBe('timed-out');
    expect(outcomeOf(await kept)).toBe('tcp');
    dns.close();
  });
});

describe('where several resolvers are named', () => {
  it('one that timed out and never spoke is passed over, but the last is asked every time', async () => {
    const heard = { silent: 0, last: 0 };
    const silent = await udpOnly(() => heard.silent++);
    const last = await udpOnly(() => heard.last++);
    const dns = client([`udp://127.0.0.1:${silent}`, `udp://127.0.0.1:${last}`], { stepMs: 100 });
    expect(outcomeOf(await ask(dns, { name: 'a.example' }))).not.toBe('udp');
    const before = heard.silent;
    expect(before).toBeGreaterThan(0);
    const passed = await ask(dns, { name: 'b.example' });
    expect(detailOf(passed)).toContain('answered nothing before');
    expect(heard.silent).toBe(before);
    await ask(dns, { name: 'a.example', resolverIndex: 1 });
    const once = heard.last;
    await ask(dns, { name: 'b.example', resolverIndex: 1 });
    dns.close();
    expect(heard.last).toBeGreaterThan(once);
  });

  it('one that spoke once is asked again after it was silent', async () => {
    const server = await serve((query) => (messageIn(query) === 'lost.example' ? null : replyTo(query)));
    const dns = client([`udp://127.0.0.1:${server.port}`, 'udp://127.0.0.1:1'], { stepMs: 400 });
    expect(outcomeOf(await ask(dns, { name: 'a.example' }))).toBe('udp');
    expect(outcomeOf(await ask(dns, { name: 'lost.example' }))).toBe('timed-out');
    expect(outcomeOf(await ask(dns, { name: 'b.example' }))).toBe('udp');
    dns.close();
  });
});

function messageIn(query: Uint8Array): string {
  const message = decodeMessage(query);
  return message.ok ? (message.value.questions[0]?.name ?? '') : '';
}
