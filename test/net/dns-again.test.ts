/**
 * dns-again.test.ts: a resolver that fails for a moment is asked again before anybody moves on.
 *
 * In:   loopback servers that answer SERVFAIL first
 * Out:  what the look ends with, and how often was asked
 * Not:  several addresses of one resolver (dns-ways)
 */
import { afterEach, expect, it } from 'vitest';
import type { DnsName } from '../../shared/basics.ts';
import { startDnsServer, type DnsServer } from '../../electron/demo/dns-server.ts';
import { openDns } from '../../electron/net/dns.ts';
import { decodeMessage } from '../../electron/wire/dns-message.ts';
import { encodeMessage } from '../../electron/wire/dns-write.ts';

let server: DnsServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function ask(
  failures: number,
  signal = new AbortController().signal,
): Promise<{ rcode: number | null; asked: number }> {
  let asked = 0;
  server = await startDnsServer({
    answer(query) {
      const message = decodeMessage(query);
      if (!message.ok) return null;
      asked++;
      return encodeMessage({ ...message.value, response: true, rcode: asked <= failures ? 2 : 3 });
    },
  });
  const dns = openDns({
    resolvers: [`udp://127.0.0.1:${server.port}`],
    dial: (address, port) => ({ address, port }),
    elapsed: () => performance.now(),
    stepMs: 2_000,
    resolverCa: [],
  });
  const question = { name: 'shire.example' as DnsName, type: 'A' as const };
  const seen = await dns.ask({ kind: 'dns', question, resolverIndex: 0, from: [] }, signal);
  dns.close();
  const reply = seen.outcome.ok ? decodeMessage(Buffer.from(seen.outcome.value.reply, 'base64')) : null;
  return { rcode: reply?.ok === true ? reply.value.rcode : null, asked };
}

it('SERVFAIL once or twice and then an answer: the answer counts', async () => {
  expect(await ask(1)).toEqual({ rcode: 3, asked: 2 });
  await server?.close();
  expect(await ask(2)).toEqual({ rcode: 3, asked: 3 });
});

it('SERVFAIL without end is recorded as what it is, after three questions', async () => {
  expect(await ask(99)).toEqual({ rcode: 2, asked: 3 });
});

it('a cancelled look does not wait to ask again', async () => {
  const cancel = new AbortController();
  setTimeout(() => cancel.abort(), 30);
  expect((await ask(99, cancel.signal)).asked).toBe(1);
});
