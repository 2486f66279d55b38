/** dns-udp.test.ts: UDP to resolvers on loopback, polite and rude. */
import { createSocket } from 'node:dgram';
import { decodeMessage, TYPE } from '../../electron/wire/dns-message.ts';
import { afterEach, describe, expect, it } from 'vitest';
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
import { closeAll, closing, serve, udpOnly } from './dns-peers.ts';

afterEach(closeAll);

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
    expect(second.end - second.start).toBeLessThan(first.end - first.start);
  });

  it('says refused when nobody listens', async () => {
    const port = await udpOnly(() => undefined);
    await closing.pop()?.();
    const seen = await askOnce(`udp://127.0.0.1:${port}`, { stepMs: 2000 });
    expect(outcomeOf(seen)).toBe('refused');
    expect(seen.end - seen.start).toBeLessThan(1900);
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
    expect(seen.end - seen.start).toBeLessThan(490);
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
    expect(seen.end - seen.start).toBeLessThan(1_000);
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
