/** cancel.test.ts: a check that is cancelled at any step ends at once, says so, and leaves no socket and no timer. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  AT_HANDSHAKE,
  AT_STARTTLS,
  BEFORE_HEADER,
  IN_OPENING,
  UNDER_TLS,
} from '../../electron/demo/xmpp-gallery.ts';
import { startXmppServer, type XmppServer, type XmppServerOptions } from '../../electron/demo/xmpp-server.ts';
import { credentialsFor, visitTo } from '../net/visiting.ts';

const shire = credentialsFor('shire.example');
const servers: XmppServer[] = [];
async function start(behaviour: Omit<Partial<XmppServerOptions>, 'credentials'>): Promise<XmppServer> {
  const server = await startXmppServer({ credentials: shire, ...behaviour });
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
/** Timers running in this process, and sockets of either side. */
const timers = (): number => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
const sockets = (): number =>
  process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length;

/** Where the visit hangs, and what it has recorded when it was cancelled there. */
const HANGS = {
  header: [BEFORE_HEADER['is silent'], ['tcp', 'before-tls']],
  features: [IN_OPENING['is silent after its header'], ['tcp', 'before-tls']],
  starttls: [AT_STARTTLS['is silent after <starttls/>'], ['tcp', 'before-tls']],
  handshake: [AT_HANDSHAKE['is silent in place of the handshake'], ['tcp', 'before-tls', 'tls']],
  'the stream under TLS': [UNDER_TLS['is silent under TLS'], ['tcp', 'before-tls', 'tls', 'after-tls']],
} as const;

describe('a visit that is cancelled', () => {
  for (const [step, [behaviour, kinds]] of Object.entries(HANGS))
    it(`while it waits for ${step}`, async () => {
      const server = await start(behaviour);
      const before = { timers: timers(), sockets: sockets() };
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(), 80);
      const seen = await visitTo({ port: server.port, stepMs: 10_000, signal: cancel.signal });
      expect(seen.tookMs).toBeLessThan(1_000);
      expect(seen.kinds).toEqual(kinds);
      const last =
        seen.after?.problem ??
        (seen.tls?.outcome.ok === false ? seen.tls.outcome.problem : seen.before?.problem);
      expect(last).toMatchObject({ code: 'timed-out' });
      await expect.poll(() => server.open()).toBe(0);
      await expect.poll(sockets).toBe(before.sockets);
      await expect.poll(timers).toBe(before.timers);
    });

  it('before it began: no packet is sent', async () => {
    const server = await start({});
    const seen = await visitTo({ port: server.port, signal: AbortSignal.abort() });
    expect(seen.kinds).toEqual(['tcp']);
    expect(seen.tcp?.outcome).toEqual({ ok: false, problem: { code: 'timed-out', afterMs: 0 } });
    expect(server.accepted()).toBe(0);
  });

  it.each(['tcp', 'before-tls', 'tls', 'after-tls'])('exactly after the phase %s', async (phase) => {
    const server = await start({});
    const cancel = new AbortController();
    const seen = await visitTo({
      port: server.port,
      stepMs: 10_000,
      signal: cancel.signal,
      see: (kind) => {
        if (kind === phase) cancel.abort();
      },
    });
    expect(seen.tookMs).toBeLessThan(1_000);
    await expect.poll(() => server.open()).toBe(0);
  });

  it('after any number of milliseconds', async () => {
    const server = await start({});
    const before = sockets();
    for (let ms = 0; ms < 24; ms += 1) {
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(), ms);
      const seen = await visitTo({ port: server.port, stepMs: 10_000, delayMs: 2, signal: cancel.signal });
      expect(seen.tookMs).toBeLessThan(1_000);
    }
    await expect.poll(() => server.open()).toBe(0);
    await expect.poll(sockets).toBe(before);
  });
});
