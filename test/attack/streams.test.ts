/**
 * streams.test.ts: servers that break the way to TLS, and the rows of section 9 that answer them; the same for s2s.
 *
 * In:   test/attack/world.ts
 * Out:  one test a behaviour: outcome, `reached`, `starttls`
 * Not:  what the network sees of them (test/hostile)
 */
import { describe, expect, it } from 'vitest';
import { poshDocument, srv, tlsa, type Kit, type ServerWish } from '../../electron/demo/kit.ts';
import { helloWithCertificates } from '../../electron/demo/tls-records.ts';
import { serverHeader, streamErrorXml, type Peer } from '../../electron/demo/xmpp-peer.ts';
import { NS } from '../../electron/wire/xmpp-xml.ts';
import type { Report } from '../../shared/report.ts';
import { checkIn, endpoints, short } from './world.ts';

const HEAD = serverHeader(NS.client, 'shire.example', {});
const PROCEED = `<proceed xmlns='${NS.tls}'/>`;
const FEATURES = `<stream:features><starttls xmlns='${NS.tls}'/></stream:features>`;

/** A server with a perfect certificate, by PKIX and DANE, that behaves in one way. */
function reportOn(wish: Omit<ServerWish, 'certificate'>, direct = false, form: object = {}): Promise<Report> {
  return checkIn({
    tell(kit) {
      const plan = srv(kit.zone('shire.example'), 'xmpp.shire.example', direct ? { direct } : {});
      const certificate = kit.issue({ dns: ['shire.example'] });
      kit.server(plan, 'xmpp', direct ? 5223 : 5222, {
        certificate,
        ...(direct ? { mode: 'direct-tls' as const } : {}),
        ...wish,
      });
      tlsa(plan, 'xmpp', certificate, { port: direct ? 5223 : 5222 });
    },
    form: { input: 'shire.example', timeoutSeconds: 3, ...form },
  });
}

async function behaves(...asked: Parameters<typeof reportOn>): Promise<string> {
  const report = await reportOn(...asked);
  const [one] = endpoints(report);
  expect(one?.verdict.outcome).toBe(report.verdict.outcome);
  return [report.verdict.outcome, one?.reached, one?.stream.starttls].join(' ');
}

describe('a server with a perfect certificate', () => {
  const cases: Readonly<Record<string, readonly [string, Omit<ServerWish, 'certificate'>]>> = {
    'that offers no STARTTLS': ['refuse no-tls absent', { starttls: 'absent' }],
    'that offers it as an option': ['auto-accept tls optional', { starttls: 'optional' }],
    'that refuses STARTTLS': [
      'refuse no-tls required',
      { behave: { starttls: (peer) => peer.say(`<failure xmlns='${NS.tls}'/></stream:stream>`) } },
    ],
    'that closes instead of answering': [
      'unreachable unreachable required',
      { behave: { starttls: (peer) => peer.close() } },
    ],
    'that says more after <proceed/>': [
      'refuse tls-failed required',
      {
        behave: {
          starttls: (peer) =>
            peer.say(
              `${PROCEED}<stream:features><mechanisms xmlns='${NS.sasl}'><mechanism>PLAIN</mechanism></mechanisms></stream:features>`,
            ),
        },
      },
    ],
    'that says a space after <proceed/>': [
      'refuse tls-failed required',
      { behave: { starttls: (peer) => peer.say(`${PROCEED} `) } },
    ],
    'that proceeds before it is asked': [
      'unreachable no-xmpp optional',
      { behave: { header: (peer) => peer.say(HEAD + FEATURES + PROCEED) } },
    ],
    'that closes in the handshake': [
      'refuse tls-failed required',
      { behave: { handshake: (peer) => peer.close() } },
    ],
    'that speaks plain text in the handshake': [
      'refuse tls-failed required',
      { behave: { handshake: (peer) => peer.say('<stream:features/>') } },
    ],
    'that knows TLS 1.1 only': [
      'refuse tls required',
      { tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } },
    ],
    'that knows TLS 1.2 only': ['auto-accept tls required', { tls: { maxVersion: 'TLSv1.2' } }],
    'that is silent under TLS': [
      'auto-accept tls required',
      { behave: { 'secured-header': () => undefined } },
    ],
    'that closes under TLS': [
      'auto-accept tls required',
      { behave: { 'secured-header': (peer) => peer.close() } },
    ],
    'that never speaks': ['unreachable timeout unknown', { behave: { header: () => undefined } }],
    'that closes before it speaks': [
      'unreachable no-xmpp unknown',
      { behave: { connect: (peer) => peer.close() } },
    ],
  };
  for (const [what, [is, wish]] of Object.entries(cases))
    it(`${what}: ${is}`, async () => expect(await behaves(wish)).toBe(is), 10_000);
  it('on a direct-TLS port that never says a word: unreachable', async () => {
    expect(await behaves({ behave: { handshake: () => undefined } }, true)).toBe(
      'unreachable timeout not-applicable',
    );
  });
  it('on a direct-TLS port that closes or resets without a word: unreachable, as row 1 says', async () => {
    const is = 'unreachable unreachable not-applicable';
    expect(await behaves({ behave: { handshake: (peer) => peer.close() } }, true)).toBe(is);
    expect(await behaves({ behave: { handshake: (peer) => peer.reset() } }, true)).toBe(is);
  });
  it('on a direct-TLS port that breaks off or falls silent in the middle of the handshake: refused', async () => {
    const half = helloWithCertificates([]).subarray(0, 20);
    const act = (peer: Peer): void => {
      const raw = peer.detach();
      raw.once('data', () => raw.end(half)).resume();
    };
    expect(await behaves({ behave: { handshake: act } }, true)).toBe('refuse tls-failed not-applicable');
    const stall = (peer: Peer): void => {
      const raw = peer.detach();
      raw.once('data', () => raw.write(half)).resume();
    };
    expect(await behaves({ behave: { handshake: stall } }, true)).toBe('refuse tls-failed not-applicable');
  });
  it('on a direct-TLS port: accepted', async () =>
    expect(await behaves({}, true)).toBe('auto-accept tls not-applicable'));
});

describe('the names in a stream', () => {
  const told = async (domain: string, form: object): Promise<string> => {
    const server = (form as { service?: string }).service === 'server';
    const report = await checkIn({
      tell: (kit) =>
        void kit.server(kit.zone(domain), '@', server ? 5269 : 5222, {
          certificate: kit.issue({ dns: [domain] }),
          ...(server ? { service: 'xmpp-server' as const } : {}),
        }),
      form: { input: domain, ...form },
    });
    expect(report.verdict.outcome).toBe('auto-accept');
    const said = report.observations.flatMap((o) => (o.kind === 'stream' ? [o.sent] : []));
    const asked = report.observations.flatMap((o) => (o.kind === 'tls' ? [o.serverName] : []));
    const words = said.map((xml) => /<stream:stream (to='[^']*'(?: from='[^']*')?)/.exec(xml)?.[1]);
    return [...new Set([...words, ...asked])].join(' ');
  };
  it('are JIDs, so U-labels; A-labels are for the DNS, SNI and certificates [RFC 7622 3.2.1]', async () => {
    expect(await told('xn--bcher-kva.example', {})).toBe("to='bücher.example' xn--bcher-kva.example");
    expect(await told('xn--bcher-kva.example', { service: 'server', from: 'xn--bcher-kva.example' })).toBe(
      "to='bücher.example' from='bücher.example' xn--bcher-kva.example",
    );
  });
  it('a client names itself to nobody before TLS [RFC 6120 4.7.1]', async () =>
    expect(await told('shire.example', { from: 'bree.example' })).toBe("to='shire.example' shire.example"));
});

describe('behind the encryption', () => {
  const warnings = async (act: ServerWish['behave']): Promise<string> => {
    const report = await reportOn({ ...(act === undefined ? {} : { behave: act }) });
    expect(report.verdict.outcome).toBe('auto-accept');
    return (report.targets[0]?.warnings ?? [])
      .filter((w) => w.code.endsWith('after-tls'))
      .map((w) => `${w.code} ${w.text}`)
      .join(' ');
  };
  it('a server that answers well: nothing to warn of', async () => expect(await warnings({})).toBe(''));
  it('a server that is no XMPP server: said beside the verdict', async () => {
    const told = await warnings({ 'secured-header': (peer) => peer.say('HTTP/1.1 400 Bad Request\r\n\r\n') });
    expect(told).toMatch(/^no-xmpp-after-tls .*127\.[0-9.]+: text data outside of root node\)\.$/);
  });
  it('a server that does not know the domain after all: said by the name of its error', async () => {
    const told = await warnings({
      'secured-header': (peer) => peer.say(HEAD + streamErrorXml('host-unknown', 'No such shire')),
    });
    expect(told).toMatch(/^stream-error-after-tls .*host-unknown, No such shire\)\.$/);
  });
});

describe('server to server', () => {
  const s2s = (
    names: object,
    more: (kit: Kit) => void = () => undefined,
    eku: readonly string[] = ['serverAuth'],
  ): ReturnType<typeof checkIn> =>
    checkIn({
      tell(kit) {
        const plan = kit
          .zone('shire.example')
          .add('_xmpp-server._tcp', 'SRV', { port: 5269, target: 'xmpp.shire.example' });
        plan.add('_xmpp-client._tcp', 'SRV', { port: 5222, target: 'mordor.example' });
        kit.server(plan, 'xmpp', 5269, { certificate: kit.issue(names, { eku }), service: 'xmpp-server' });
        more(kit);
      },
      form: { input: 'shire.example', service: 'server', from: 'bree.example' },
    });
  const WRONG = { outcome: 'manual', by: null, case: 'trusted-issuer-wrong-name' };
  const PKIX = { outcome: 'auto-accept', by: 'pkix', case: null };
  it('asks its own SRV names and takes its own SRV-ID', async () => {
    const report = await s2s({ srv: ['_xmpp-server.shire.example'] });
    expect(short(report)).toEqual(PKIX);
    expect(report.discovery.srv.map((s) => s.owner)).toEqual([
      '_xmpp-server._tcp.shire.example.',
      '_xmpps-server._tcp.shire.example.',
    ]);
    expect(report.targets.map((t) => t.port)).toEqual([5269]);
    expect(JSON.stringify(report.observations)).toContain("from='bree.example'");
    expect(short(await s2s({ srv: ['_xmpp-client.shire.example'] }))).toEqual(WRONG);
    expect(short(await s2s({ dns: ['bree.example'] }))).toEqual(WRONG);
  });
  it('shows what the certificate may do as a client, and does not judge it', async () => {
    expect(short(await s2s({ dns: ['shire.example'] }))).toEqual(PKIX);
    expect((await s2s({ dns: ['shire.example'] }, () => undefined, ['clientAuth'])).verdict.case).toBe(
      'constraint-violated',
    );
  });
  it('falls back to port 5269', async () => {
    const report = await checkIn({
      tell: (kit) =>
        void kit.server(kit.zone('shire.example'), '@', 5269, {
          certificate: kit.issue({ dns: ['shire.example'] }),
          service: 'xmpp-server',
        }),
      form: { input: 'shire.example', service: 'server' },
    });
    expect(report.targets.map((t) => [t.host, t.port, t.delegation])).toEqual([
      ['shire.example', 5269, 'none-needed'],
    ]);
    expect(short(report)).toEqual(PKIX);
  });
  it('takes POSH from its own document only', async () => {
    const posh = (file: string) =>
      checkIn({
        tell(kit) {
          const plan = kit
            .zone('shire.example')
            .add('_xmpp-server._tcp', 'SRV', { port: 5269, target: 'xmpp.shire.example' });
          const certificate = kit.selfSigned({ dns: ['x.example'] });
          kit.server(plan, 'xmpp', 5269, { certificate, service: 'xmpp-server' });
          kit.site(plan, '@', { [`/.well-known/posh/${file}.json`]: { body: poshDocument(certificate) } });
        },
        form: { input: 'shire.example', service: 'server' },
      });
    expect(short(await posh('xmpp-server')).by).toBe('posh');
    expect(short(await posh('xmpp-client')).outcome).toBe('manual');
  });
});
