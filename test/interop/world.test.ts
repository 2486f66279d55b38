/**
 * world.test.ts: whole checks of real servers, found through real resolvers, beside what other programs make of them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCheck } from '../../electron/check.ts';
import { parseRequest } from '../../electron/options.ts';
import { openWorld } from '../../electron/world.ts';
import { NO_PINS } from '../../shared/pin.ts';
import type { Report } from '../../shared/report.ts';
import { havePeers } from './dnssec-peers.ts';
import { serveZones, startResolvers, startStubborn, type Resolvers } from './peer-dns.ts';
import { gnutlsDane, openOpinions } from './peer-opinions.ts';
import { startEjabberd, startNginx, startProsody } from './peer-servers.ts';
import { startPeers } from './peers.ts';
import { makeWorld } from './world-cases.ts';
import type { Case } from './world-kit.ts';

const PROGRAMS = [
  'named',
  'dnssec-signzone',
  'delv',
  'dig',
  'unbound',
  'unbound-host',
  'knotd',
  'keymgr',
  'prosody',
  'erl',
  'nginx',
  'openssl',
  'curl',
  'gnutls-cli',
];
/** Ports 53 and 443 are theirs. */
const isRoot = process.getuid?.() === 0;
const ready = havePeers(...PROGRAMS) && isRoot;
if (!ready && process.env['MELLON_REQUIRE_PEERS'] === '1')
  throw new Error('the peers need root: ports 53 and 443');

describe.skipIf(!ready)('a small real world', () => {
  const world = makeWorld(Date.now());
  const peers = ready ? startPeers() : null;
  const table: string[][] = [
    ['domain', 'about', 'ours', 'peers', 'DNSSEC', 'openssl DANE', 'openssl PKIX', 'agree'],
  ];
  let anchors = '';
  let resolvers: Resolvers;
  let opinions: ReturnType<typeof openOpinions>;

  beforeAll(async () => {
    if (peers === null) return;
    anchors = await serveZones(peers, world.zones());
    const dns = world.ca.issue({ now: Date.now(), names: { dns: ['dns.example'] } });
    resolvers = await startResolvers(peers, anchors, { cert: dns.chainPem, key: dns.keyPem });
    await Promise.all([
      startProsody(peers, world.prosody),
      startEjabberd(peers, world.ejabberd),
      startNginx(peers, world.sites),
    ]);
    opinions = openOpinions(peers, Number(resolvers.bind.split(':').at(-1)), anchors, world.ca.pem);
  });
  afterAll(async () => {
    const widths = table[0]?.map((_, i) => Math.max(...table.map((row) => (row[i] ?? '').length))) ?? [];
    console.log(
      table
        .map((row) =>
          row
            .map((cell, i) => cell.padEnd(widths[i] ?? 0))
            .join('  ')
            .trimEnd(),
        )
        .join('\n'),
    );
    await peers?.stop();
  });

  async function check(domain: string, service: 'client' | 'server', resolver: string): Promise<Report> {
    const request = parseRequest({
      input: domain,
      service,
      ...(service === 'server' ? { from: 'elsewhere.test' } : {}),
      resolvers: [resolver],
      trustAnchor: anchors,
      roots: ['files'],
      ca: [{ name: 'world', pem: world.ca.pem }],
      allowPrivate: true,
      timeoutSeconds: 20,
    });
    if (!request.ok) throw new Error(request.problem.text);
    const world_ = openWorld({ pins: () => NO_PINS });
    const report = await runCheck(request.value, world_, () => undefined, new AbortController().signal);
    if (report === null) throw new Error('cancelled');
    return report;
  }
  const short = ({ outcome, by }: { outcome: string; by: string | null }): string =>
    by === null ? outcome : `${outcome} ${by}`;
  const transport = (i: number): string =>
    Object.values(resolvers)[i % Object.values(resolvers).length] ?? '';

  world.cases.forEach((one: Case, i) => {
    it(`${one.domain} (${one.about}): ${short(one)}${one.but === undefined ? '' : `; ${one.but.because}`}`, async () => {
      const [report, heard] = await Promise.all([
        check(one.domain, one.service, transport(i)),
        opinions(one.domain, one.service),
      ]);
      const { outcome, by, case: why } = report.verdict;
      const agree = short({ outcome, by }) === heard.outcome;
      table.push([
        one.domain,
        one.about,
        short({ outcome, by }),
        heard.outcome,
        heard.dnssec,
        heard.dane,
        heard.pkix,
        agree ? 'yes' : (one.but?.because ?? 'NO'),
      ]);
      expect(
        { outcome, by, case: why, peers: heard.outcome },
        `${report.verdict.sentence}\n${heard.differ.join('\n')}`,
      ).toEqual({
        outcome: one.outcome,
        by: one.by,
        case: one.case,
        peers: one.but?.peers ?? short(one),
      });
    });
  });

  it.each([
    'eeb.example',
    'eek.example',
    'wrongb.example',
    'hosted.example',
    'bsrvsig.example',
    'open.example',
  ])('%s ends the same through every resolver and transport', async (domain) => {
    const expected = world.cases.find((one) => one.domain === domain);
    for (const [name, url] of Object.entries(resolvers)) {
      // Knot Resolver 5.6 fails (SERVFAIL) on the zone whose server is on 127.53.0.2: that says nothing of ours.
      if (name.startsWith('kresd') && domain === 'eek.example') continue;
      const { verdict, observations } = await check(domain, 'client', url);
      expect([name, short(verdict)]).toEqual([name, expected === undefined ? '' : short(expected)]);
      const used = new Set(
        observations.flatMap((o) => (o.kind === 'dns' && o.outcome.ok ? [o.outcome.value.transport] : [])),
      );
      expect([name, [...used]]).toEqual([name, [url.split(':')[0]]]);
    }
  });

  it('broken zones are refused through a resolver that keeps silent about them, and others judged as ever', async () => {
    if (peers === null) return;
    const url = await startStubborn(peers);
    for (const domain of ['bexpired.example', 'bds.example', 'bnokey.example', 'bsrvsig.example']) {
      const { verdict } = await check(domain, 'client', url);
      expect([domain, verdict.outcome, verdict.reasons[0]?.code]).toEqual([
        domain,
        'refuse',
        'discovery-unanswered',
      ]);
    }
    for (const domain of ['balg.example', 'below.example']) {
      const expected = world.cases.find((one) => one.domain === domain);
      expect([domain, short((await check(domain, 'client', url)).verdict)]).toEqual([
        domain,
        expected === undefined ? '' : short(expected),
      ]);
    }
  });

  it.each(world.cases.filter((one) => one.gnutls !== undefined))(
    'gnutls-cli --dane $gnutls $domain, and danetool says the same',
    async ({ domain, gnutls }) => {
      if (peers === null) return;
      const said = await gnutlsDane(peers, anchors, domain);
      const expected = gnutls === 'accepts';
      expect([said.gnutls, said.danetool], said.text).toEqual([expected, expected]);
    },
  );
});
