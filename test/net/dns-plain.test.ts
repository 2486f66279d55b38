/** dns-plain.test.ts: UDP and TCP to resolvers on loopback, polite and rude. */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startDnsServer, type DnsServer, type DnsServerOptions } from '../../electron/demo/dns-server.ts';
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

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(answer: DnsServerOptions['answer']): Promise<DnsServer> {
  const server = await startDnsServer({ answer });
  closing.push(() => server.close());
  return server;
}

/** UDP alone, with its hands free. */
async function udpOnly(hear: (query: Buffer, from: RemoteInfo, socket: UdpSocket) => void): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => hear(query, from, socket));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  closing.push(() => socket.close());
  return socket.address().port;
}

/** TCP alone. */
async function tcpOnly(serveOne: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serveOne(socket);
    // Reading on, so that the other side's end is noticed.
    if (socket.listenerCount('data') === 0) socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function framed(message: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 255), message]);
}

describe('over UDP', () => {
  it('asks with RD, CD, DO and room for 1,232 octets, and keeps the reply as it came', async () => {
    let query: Uint8Array = new Uint8Array();
    let reply: Uint8Array = new Uint8Array();
    const { port } = await serve((asked) => {
      query = Uint8Array.from(asked);
      reply = replyTo(asked);
      return reply;
    });
    const seen = await askOnce(`udp://127.0.0.1:${port}`);
    expect(outcomeOf(seen)).toBe('udp');
    expect(seen.outcome.ok && seen.outcome.value.reply).toBe(Buffer.from(reply).toString('base64'));
    const asked = decodeMessage(query);
    expect(asked.ok && asked.value).toMatchObject({ cd: true, edns: { udpSize: 1232, do: true } });
    expect(query[2]).toBe(1);
    expect(seen).toMatchObject({
      kind: 'dns',
      resolver: `udp://127.0.0.1:${port}`,
      resolverIndex: 0,
      from: ['o1'],
    });
    expect(seen.end).toBeGreaterThanOrEqual(seen.start);
  });

  it('uses another id and another port for each question', async () => {
    const ids = new Set<number>();
    const ports = new Set<number>();
    const port = await udpOnly((query, from, socket) => {
      ids.add(query.readUInt16BE(0));
      ports.add(from.port);
      socket.send(replyTo(query), from.port, from.address);
    });
    const dns = client([`udp://127.0.0.1:${port}`]);
    await Promise.all(Array.from({ length: 20 }, () => ask(dns)));
    dns.close();
    expect(ids.size).toBeGreaterThan(18);
    expect(ports.size).toBe(20);
  });

  it('asks again when the first question is lost', async () => {
    let count = 0;
    const port = await udpOnly((query, from, socket) => {
      count += 1;
      if (count === 2) socket.send(replyTo(query), from.port, from.address);
    });
    expect(outcomeOf(await askOnce(`udp://127.0.0.1:${port}`))).toBe('udp');
    expect(count).toBe(2);
  });

  it('asks over UDP twice and then over TCP before it gives up', async () => {
    const asked: string[] = [];
    const { port } = await serve((_, via) => {
      asked.push(via);
      return null;
    });
    const seen = await askOnce(`udp://127.0.0.1:${port}`, { stepMs: 200 });
    expect(outcomeOf(seen)).toBe('timed-out');
    expect(asked).toEqual(['udp', 'udp', 'tcp']);
    expect(await handlesOnce('TCPServerWrap UDPWrap')).toBe('TCPServerWrap UDPWrap');
  });

  it('gets its answer over TCP where UDP is dropped, and then does not wait for UDP again', async () => {
    const { port } = await serve((query, via) => (via === 'udp' ? null : replyTo(query)));
    const dns = client([`udp://127.0.0.1:${port}`], { stepMs: 400 });
    const first = await ask(dns);
    const second = await ask(dns);
    dns.close();
    expect([outcomeOf(first), outcomeOf(second)]).toEqual(['tcp', 'tcp']);
    expect(first.end - first.start).toBeGreaterThan(150);
    expect(second.end - second.start).toBeLessThan(100);
  });

  it('says refused when nobody listens', async () => {
    const port = await udpOnly(() => undefined);
    await closing.pop()?.();
    const seen = await askOnce(`udp://127.0.0.1:${port}`, { stepMs: 2000 });
    expect(outcomeOf(seen)).toBe('refused');
    expect(seen.end - seen.start).toBeLessThan(1000);
  });

  it.each([
    ['a wrong id', (query: Uint8Array) => replyTo(query, { id: ((query[0]! << 8) | query[1]!) ^ 1 })],
    [
      'another question',
      (query: Uint8Array) =>
        replyTo(query, { questions: [{ name: 'mordor.example' as typeof SHIRE, type: 1, class: 1 }] }),
    ],
    [
      'another type',
      (query: Uint8Array) => replyTo(query, { questions: [{ name: SHIRE, type: TYPE.AAAA, class: 1 }] }),
    ],
    [
      'another class',
      (query: Uint8Array) => replyTo(query, { questions: [{ name: SHIRE, type: 1, class: 3 }] }),
    ],
    [
      'two questions',
      (query: Uint8Array) =>
        replyTo(query, {
          questions: [
            { name: SHIRE, type: 1, class: 1 },
            { name: SHIRE, type: 1, class: 1 },
          ],
        }),
    ],
    ['no question and yet records', (query: Uint8Array) => replyTo(query, { questions: [] })],
    [
      'no question and yet NXDOMAIN',
      (query: Uint8Array) => replyTo(query, { questions: [], answer: [], rcode: 3 }),
    ],
    ['the query itself', (query: Uint8Array) => query],
    ['another opcode', (query: Uint8Array) => replyTo(query, { opcode: 4 })],
    ['half a message', (query: Uint8Array) => replyTo(query).subarray(0, 20)],
    ['an octet too many', (query: Uint8Array) => Uint8Array.from([...replyTo(query), 0])],
    ['nothing', () => new Uint8Array()],
  ])('goes on waiting after %s', async (_, forge) => {
    const { port } = await serve((query) => [forge(query), replyTo(query, {}, [192, 0, 2, 77])]);
    const seen = await askOnce(`udp://127.0.0.1:${port}`);
    expect([outcomeOf(seen), lastOctet(seen)]).toEqual(['udp', 77]);
  });

  it('takes the first of two valid answers', async () => {
    const { port } = await serve((query) => [
      replyTo(query, {}, [192, 0, 2, 1]),
      replyTo(query, {}, [192, 0, 2, 2]),
    ]);
    expect(lastOctet(await askOnce(`udp://127.0.0.1:${port}`))).toBe(1);
  });

  it('does not hear an answer that comes from another port', async () => {
    const other = createSocket('udp4');
    closing.push(() => other.close());
    const port = await udpOnly((query, from, socket) => {
      other.send(replyTo(query, {}, [192, 0, 2, 66]), from.port, from.address);
      setTimeout(() => socket.send(replyTo(query, {}, [192, 0, 2, 1]), from.port, from.address), 20);
    });
    expect(lastOctet(await askOnce(`udp://127.0.0.1:${port}`))).toBe(1);
  });

  it('gives up after a hundred datagrams that answer something else', async () => {
    const { port } = await serve((query, via) =>
      via === 'udp' ? Array.from({ length: 120 }, () => replyTo(query, { id: 0, questions: [] })) : null,
    );
    const seen = await askOnce(`udp://127.0.0.1:${port}`, { stepMs: 300 });
    expect(outcomeOf(seen)).toBe('malformed');
    expect(detailOf(seen)).toMatch(/100 datagrams/);
  });

  it('says malformed, not timed out, when only malformed answers came', async () => {
    const port = await udpOnly((query, from, socket) =>
      socket.send(replyTo(query).subarray(0, 20), from.port, from.address),
    );
    expect(outcomeOf(await askOnce(`udp://127.0.0.1:${port}`, { stepMs: 200 }))).toBe('malformed');
  });

  it('goes to TCP at once when the answer is cut', async () => {
    const rdata = new Uint8Array(60000);
    const { port } = await serve((query) =>
      replyTo(query, { answer: [{ name: SHIRE, type: TYPE.TLSA, class: 1, ttl: 1, rdata }] }),
    );
    const seen = await askOnce(`udp://127.0.0.1:${port}`, { stepMs: 2000 });
    expect(outcomeOf(seen)).toBe('tcp');
    expect(messageOf(seen).answer[0]?.rdata).toHaveLength(60000);
    expect(seen.end - seen.start).toBeLessThan(400);
  });

  it('does not take a cut answer for an answer when TCP is closed', async () => {
    const port = await udpOnly((query, from, socket) =>
      socket.send(replyTo(query, { truncated: true, answer: [] }), from.port, from.address),
    );
    expect(outcomeOf(await askOnce(`udp://127.0.0.1:${port}`))).toBe('refused');
  });

  it('asks without EDNS where EDNS is not understood', async () => {
    for (const rcode of [1, 4, 16]) {
      const { port } = await serve((query) => {
        const asked = decodeMessage(query);
        if (!asked.ok || asked.value.edns === null) return replyTo(query, { edns: null });
        const edns = rcode > 15 ? { udpSize: 512, do: false, errors: [] } : null;
        return replyTo(query, {
          rcode,
          answer: [],
          questions: rcode === 1 ? [] : asked.value.questions,
          edns,
        });
      });
      const seen = await askOnce(`udp://127.0.0.1:${port}`);
      expect([outcomeOf(seen), lastOctet(seen)]).toEqual(['udp', 1]);
      expect(messageOf(seen).edns).toBeNull();
    }
  });

  it.each([2, 3, 5])('delivers RCODE %s as a reply like any other', async (rcode) => {
    const { port } = await serve((query) => replyTo(query, { rcode, answer: [] }));
    expect(messageOf(await askOnce(`udp://127.0.0.1:${port}`)).rcode).toBe(rcode);
  });

  it('adds the delay of the demo realm in both directions', async () => {
    const { port } = await serve((query) => replyTo(query));
    const seen = await askOnce('udp://192.0.2.53', {
      stepMs: 2000,
      dial: () => ({ address: '127.0.0.1', port, delayMs: 40 }),
    });
    expect(outcomeOf(seen)).toBe('udp');
    expect(seen.end - seen.start).toBeGreaterThanOrEqual(78);
    expect(seen.end - seen.start).toBeLessThan(200);
  });

  it('answers a thousand questions at once with at most 64 sockets open', async () => {
    let most = 0;
    const { port } = await serve((query) => {
      most = Math.max(most, process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWrap').length);
      return replyTo(query);
    });
    const dns = client([`udp://127.0.0.1:${port}`], { stepMs: 5000 });
    const all = await Promise.all(Array.from({ length: 1000 }, () => ask(dns)));
    dns.close();
    expect(all.every((seen) => outcomeOf(seen) === 'udp')).toBe(true);
    // One more is the server's own, and some closed ones are still counted for a moment.
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(80);
  });
});

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
