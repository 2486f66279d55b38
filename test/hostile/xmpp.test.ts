/**
 * xmpp.test.ts: the gallery of hostile XMPP servers: each gives the expected observations, in time, and leaves nothing.
 */
import { afterEach, describe, expect, it } from 'vitest';
import {
  AT_HANDSHAKE,
  AT_STARTTLS,
  BEFORE_HEADER,
  IN_OPENING,
  UNDER_TLS,
} from '../../electron/demo/xmpp-gallery.ts';
import { startXmppServer, type XmppServer, type XmppServerOptions } from '../../electron/demo/xmpp-server.ts';
import { credentialsFor, read, visitTo, type Visited } from '../net/visiting.ts';

/**
 * One step, in milliseconds, and the most steps that one visit waits for. A server that hangs costs a step, so it is short;
 * where none does, the step has room, and a busy machine is no silent server.
 */
const STEP = 300;
const ROOM = 5_000;
const STEPS = 5;

const shire = credentialsFor('shire.example');
const servers: XmppServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function visitHostile(
  behaviour: Omit<Partial<XmppServerOptions>, 'credentials'>,
  stepMs = ROOM,
): Promise<Visited> {
  const server = await startXmppServer({ credentials: shire, ...behaviour });
  servers.push(server);
  const rss = process.memoryUsage().rss;
  const seen = await visitTo({ port: server.port, stepMs });
  expect(seen.tookMs).toBeLessThan(stepMs * STEPS);
  expect(process.memoryUsage().rss - rss).toBeLessThan(64 * 1024 * 1024);
  await expect.poll(() => server.open(), { timeout: 2_000 }).toBe(0);
  return seen;
}

/** Every phase as one word: ok, or its problem. */
function story(seen: Visited): string {
  const outcome = (one: Visited['tcp'] | Visited['tls']): string =>
    one === undefined ? '' : one.outcome.ok ? 'ok' : one.outcome.problem.code;
  const stream = (one: Visited['before']): string => (one === undefined ? '' : (one.problem?.code ?? 'ok'));
  return [
    ['tcp', outcome(seen.tcp)],
    ['before', stream(seen.before)],
    ['tls', outcome(seen.tls)],
    ['after', stream(seen.after)],
  ]
    .filter(([, what]) => what !== '')
    .map(([phase, what]) => `${phase ?? ''} ${what ?? ''}`)
    .join(', ');
}

/** A server that hangs, by its name or by what is expected of it. */
const HANGS = /is silent|timed-out/;

function gallery<Name extends string>(
  title: string,
  rooms: Record<Name, Omit<Partial<XmppServerOptions>, 'credentials'>>,
  expected: Record<Name, string | RegExp>,
): void {
  describe(title, () => {
    for (const name of Object.keys(rooms) as Name[])
      it(name, async () => {
        const wanted = expected[name];
        const told = story(
          await visitHostile(rooms[name], HANGS.test(`${name} ${String(wanted)}`) ? STEP : ROOM),
        );
        if (typeof wanted === 'string') expect(told).toBe(wanted);
        else expect(told).toMatch(wanted);
      });
  });
}

gallery('a server that, before the header,', BEFORE_HEADER, {
  'closes at once': 'tcp ok, before closed-early',
  'resets at once': /^tcp (closed-early|ok, before closed-early)$/,
  'is silent': 'tcp ok, before timed-out',
  'half-closes at once and stays': 'tcp ok, before closed-early',
  'speaks SSH': 'tcp ok, before malformed',
  'speaks SMTP': 'tcp ok, before malformed',
  'speaks HTTP': 'tcp ok, before malformed',
  'sends random bytes': 'tcp ok, before malformed',
  'speaks TLS on a STARTTLS port': /^tcp ok, before (malformed|closed-early|timed-out)$/,
  'sends white space without end': /^tcp ok, before (too-large|malformed)$/,
});
gallery('a server that, in the opening,', IN_OPENING, {
  'is silent after its header': 'tcp ok, before timed-out',
  'closes after its header': 'tcp ok, before closed-early',
  'half-closes after its header': 'tcp ok, before closed-early',
  'is silent in the middle of its features': 'tcp ok, before timed-out',
  'sends garbage in its header': 'tcp ok, before malformed',
  'sends garbage after its header': 'tcp ok, before malformed',
  'sends features without end': 'tcp ok, before too-large',
  'sends one byte at a time': 'tcp ok, before timed-out',
  'sends an attribute of 1 MB': 'tcp ok, before too-large',
  'sends 100,000 nested elements': 'tcp ok, before malformed',
  'sends 10,000 attributes': 'tcp ok, before malformed',
  'sends an XML bomb': 'tcp ok, before malformed',
  'sends a comment': 'tcp ok, before malformed',
  'sends a stream error': 'tcp ok, before ok',
  'sends us to another host': 'tcp ok, before ok',
  'speaks the other service': 'tcp ok, before malformed',
  'is older than XMPP 1.0': 'tcp ok, before malformed',
  'has no STARTTLS': 'tcp ok, before ok',
});
gallery('a server that, at STARTTLS,', AT_STARTTLS, {
  'answers before it is asked': 'tcp ok, before malformed',
  'refuses STARTTLS': 'tcp ok, before ok',
  'is silent after <starttls/>': 'tcp ok, before timed-out',
  'closes after <starttls/>': 'tcp ok, before closed-early',
  'sends a stream error after <starttls/>': 'tcp ok, before ok',
  'injects a stanza after <proceed/>': 'tcp ok, before ok',
  'injects one space after <proceed/>': 'tcp ok, before ok',
  'injects TLS bytes after <proceed/>': 'tcp ok, before ok',
});
gallery('a server that, at the handshake,', AT_HANDSHAKE, {
  'is silent in place of the handshake': 'tcp ok, before ok, tls timed-out',
  'closes in place of the handshake': 'tcp ok, before ok, tls closed-early',
  'resets in place of the handshake': /^tcp ok, before (ok, tls closed-early|closed-early)$/,
  'sends garbage in place of the handshake': 'tcp ok, before ok, tls handshake-failed',
  'goes on in plain text': 'tcp ok, before ok, tls handshake-failed',
  'sends an alert': 'tcp ok, before ok, tls handshake-failed',
  'wants other TLS versions': 'tcp ok, before ok, tls handshake-failed',
  'sends half a ServerHello and is silent': 'tcp ok, before ok, tls handshake-failed',
  'sends no certificate': 'tcp ok, before ok, tls handshake-failed',
  'sends a certificate that is not DER': 'tcp ok, before ok, tls handshake-failed',
  'sends a certificate with an indefinite length': 'tcp ok, before ok, tls handshake-failed',
  'sends a certificate of 120 KB': 'tcp ok, before ok, tls handshake-failed',
  'speaks TLS 1.0 only': 'tcp ok, before ok, tls ok, after ok',
  'speaks TLS 1.1 only': 'tcp ok, before ok, tls ok, after ok',
  'shares no cipher with us': 'tcp ok, before ok, tls handshake-failed',
  'demands our certificate in TLS 1.2': 'tcp ok, before ok, tls handshake-failed',
});
gallery('a server that, under TLS,', UNDER_TLS, {
  'demands our certificate in TLS 1.3': 'tcp ok, before ok, tls ok, after handshake-failed',
  'is silent under TLS': 'tcp ok, before ok, tls ok, after timed-out',
  'closes after the handshake': 'tcp ok, before ok, tls ok, after closed-early',
  'resets after the handshake': 'tcp ok, before ok, tls ok, after closed-early',
  'sends garbage under TLS': 'tcp ok, before ok, tls ok, after malformed',
  'sends a stream error under TLS': 'tcp ok, before ok, tls ok, after ok',
  'sends features without end under TLS': 'tcp ok, before ok, tls ok, after too-large',
  'goes on in plain text under TLS': 'tcp ok, before ok, tls ok, after handshake-failed',
  'begins the handshake anew':
    /^tcp ok, before ok, tls ok, after (handshake-failed|ok|timed-out|closed-early)$/,
});

describe('what is recorded of a hostile server', () => {
  it('endless features: 64 KiB and no byte more', async () => {
    const seen = await visitHostile(IN_OPENING['sends features without end']);
    expect(Buffer.from(seen.before?.received ?? '', 'base64')).toHaveLength(65_536);
    expect(seen.before?.problem).toEqual({ code: 'too-large', limit: 65_536 });
  });
  it('one byte at a time: what came before the time was over', async () => {
    const seen = await visitHostile(IN_OPENING['sends one byte at a time'], STEP);
    expect(Buffer.from(seen.before?.received ?? '', 'base64').toString()).toMatch(/^<\?xml/);
    expect(seen.before?.problem).toMatchObject({ code: 'timed-out' });
  });
  it('a stream error by its name and text, an other host by its name', async () => {
    const seen = await visitHostile(IN_OPENING['sends a stream error']);
    expect(read(seen.before).streamError).toMatchObject({ condition: 'host-unknown', text: 'No such shire' });
    const other = await visitHostile(IN_OPENING['sends us to another host']);
    expect(read(other.before).streamError?.otherHost).toBe('mordor.example:5222');
  });
  it('refused STARTTLS: the answer, and no handshake', async () => {
    const seen = await visitHostile(AT_STARTTLS['refuses STARTTLS']);
    expect(read(seen.before).answer).toBe('failure');
  });
  it.each([
    ['injects a stanza after <proceed/>', 24],
    ['injects one space after <proceed/>', 1],
    ['injects TLS bytes after <proceed/>', 7],
  ] as const)('%s: the bytes are counted, and none of them reaches TLS', async (name, count) => {
    const seen = await visitHostile(AT_STARTTLS[name]);
    expect(read(seen.before)).toMatchObject({ answer: 'proceed', leftover: count });
    expect(seen.tls).toBeUndefined();
  });
  it.each([
    ['sends garbage in place of the handshake', 'something other than TLS'],
    ['goes on in plain text', 'something other than TLS'],
    ['sends an alert', 'alert 40'],
    ['wants other TLS versions', 'alert 70'],
    ['shares no cipher with us', 'alert 40'],
    ['sends no certificate', 'does not parse'],
    ['sends a certificate that is not DER', 'does not parse'],
    ['sends a certificate with an indefinite length', 'does not parse'],
    ['sends a certificate of 120 KB', 'larger than 100 KiB'],
  ] as const)('%s: said in words', async (name, words) => {
    const seen = await visitHostile(AT_HANDSHAKE[name]);
    expect(seen.tls?.outcome).toMatchObject({
      problem: { detail: expect.stringContaining(words) as string },
    });
  });
  it.each([
    ['speaks TLS 1.0 only', 'TLSv1'],
    ['speaks TLS 1.1 only', 'TLSv1.1'],
  ] as const)('%s: the version and the certificate', async (name, protocol) => {
    const seen = await visitHostile(AT_HANDSHAKE[name]);
    expect(seen.tls?.outcome).toMatchObject({
      value: { protocol, chain: [Buffer.from(shire.der).toString('base64')] },
    });
  });
  it('a server that wants our certificate and closes: its own was seen all the same, and why it closed', async () => {
    const seen = await visitHostile(UNDER_TLS['demands our certificate in TLS 1.3']);
    expect(seen.tls?.outcome).toMatchObject({
      value: { chain: [Buffer.from(shire.der).toString('base64')] },
    });
    expect(seen.after?.problem).toMatchObject({
      detail: expect.stringContaining('certificate from us') as string,
    });
  });
});
