/**
 * dnssec.test.ts: our validator beside BIND's delv and Unbound, over zones of ours and zones signed by BIND.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Instant } from '../../shared/basics.ts';
import type { DnsType, Question } from '../../shared/observation.ts';
import { startDnsServer } from '../../electron/demo/dns-server.ts';
import type { DnsServer } from '../../electron/demo/dns-server.ts';
import { signRootWrongly, strip } from '../../electron/demo/zone-lies.ts';
import { signTree } from '../../electron/demo/zone-sign.ts';
import type { World } from '../../electron/demo/zone-sign.ts';
import { zone } from '../../electron/demo/zone.ts';
import type { Breakage } from '../../electron/demo/zone.ts';
import { validate } from '../../electron/trust/dnssec/validate.ts';
import { questionsFor } from '../../electron/trust/dnssec/questions.ts';
import type { DnsMessage } from '../../electron/wire/dns-message.ts';
import { anchorsOf, question } from '../trust/dnssec/asking.ts';
import { fetchAnswer, havePeers, openPeers, serveWithBind } from './dnssec-peers.ts';
import type { Opinion, PlainZone } from './dnssec-peers.ts';

const NOW = Date.now() as Instant;
const folder = mkdtempSync(join(tmpdir(), 'mellon-dnssec-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ours, through the same server: all that one name can need at once, then whatever is named as lacking. */
async function ours(asked: Question, port: number, anchors: string): Promise<string> {
  const known = new Map<string, DnsMessage | undefined>();
  const fetch = async (q: Question): Promise<void> => {
    const key = `${q.name} ${q.type}`;
    if (!known.has(key)) known.set(key, await fetchAnswer(q, port));
  };
  await Promise.all(questionsFor(asked.name, asked.type).map(fetch));
  for (let round = 0; ; round++) {
    const open: Question[] = [];
    const lookup = (q: Question): DnsMessage | undefined => {
      if (!known.has(`${q.name} ${q.type}`)) open.push(q);
      return known.get(`${q.name} ${q.type}`);
    };
    const result = validate(asked, lookup, {
      anchors: anchorsOf(anchors),
      negativeAnchors: [],
      now: NOW,
      allowSha1: false,
    });
    if (open.length === 0 || round === 20) return result.status;
    await Promise.all(open.map(fetch));
  }
}

/** An absence in an opt-out span proves no absence: RFC 5155 9.2 forbids AD there. BIND calls it validated all the same. */
const OPT_OUT = { delv: 'secure', because: 'RFC 5155 9.2' } as const;
/** Ed448 is optional (RFC 8080, RFC 8624 3.1); this Unbound has none, and an unknown algorithm is insecure (RFC 4035 5.2). */
const NO_ED448 = { unbound: 'insecure', because: 'RFC 4035 5.2' } as const;

type Case = {
  readonly name: string;
  readonly type: DnsType;
  readonly expected: Opinion;
  /** Where a peer says something else, what it says, and the RFC that allows both. */
  readonly but?: { readonly delv?: Opinion; readonly unbound?: Opinion; readonly because: string };
};

function compare(
  cases: readonly Case[],
  at: () => { readonly port: number; readonly anchors: string; readonly name: string },
): void {
  for (const { name, type, expected, but } of cases) {
    it(`${name} ${type} is ${expected}${but === undefined ? '' : ` (${but.because})`}`, async () => {
      const { port, anchors, name: sub } = at();
      const peers = openPeers(mkdtempSync(join(folder, sub)), port, anchors);
      const asked = question(name, type);
      const said = await Promise.all([ours(asked, port, anchors), peers.delv(asked), peers.unbound(asked)]);
      expect(`ours ${said[0]}, delv ${said[1]}, unbound ${said[2]}`).toBe(
        `ours ${expected}, delv ${but?.delv ?? expected}, unbound ${but?.unbound ?? expected}`,
      );
    }, 30_000);
  }
}

const BREAKAGES: readonly (readonly [Breakage, Opinion])[] = [
  ['signature-wrong', 'bogus'],
  ['signature-expired', 'bogus'],
  ['signature-not-yet-valid', 'bogus'],
  ['signature-missing', 'bogus'],
  ['ds-mismatch', 'bogus'],
  ['ds-unknown-algorithm', 'insecure'],
  ['wrong-key', 'bogus'],
];

function ourWorld(): World {
  return signTree(
    [
      zone('example', { denial: 'nsec3' }),
      zone('shire.example', { algorithm: 13, split: true })
        .add('_xmpp-client._tcp', 'SRV', { port: 5222, target: 'a.shire.example' })
        .add('a', 'A', '192.0.2.1')
        .add('alias', 'CNAME', 'host.bree.example')
        .add('dead', 'CNAME', 'gone.bree.example')
        .add('unsafe', 'CNAME', 'host.wild.example')
        .add('mv', 'DNAME', 'bree.example')
        .add('x.deep', 'A', '192.0.2.9')
        .add('*.star', 'A', '192.0.2.8'),
      zone('bree.example', { algorithm: 8, denial: { nsec3: { iterations: 5, salt: Uint8Array.of(1, 2) } } })
        .add('host', 'A', '192.0.2.3')
        .add('*.star', 'A', '192.0.2.8'),
      zone('dale.example', { algorithm: 15, digests: [4] }).add('host', 'A', '192.0.2.3'),
      zone('ered.example', { algorithm: 14 }).add('host', 'A', '192.0.2.3'),
      zone('fornost.example', { algorithm: 16 }).add('host', 'A', '192.0.2.3'),
      zone('gondor.example', { algorithm: 10 }).add('host', 'A', '192.0.2.3'),
      zone('old.example', { algorithm: 7, denial: 'nsec3' }).add('host', 'A', '192.0.2.3'),
      zone('many.example', { denial: { nsec3: { iterations: 500 } } }).add('host', 'A', '192.0.2.3'),
      zone('open.example', { denial: { nsec3: { optOut: true } } })
        .add('host', 'A', '192.0.2.3')
        .add('sub', 'NS', 'ns.elsewhere'),
      zone('wild.example', { unsigned: true }).add('host', 'A', '192.0.2.4'),
      zone('_tcp.cut.example').add('_xmpp-client', 'SRV', { port: 1, target: 'a.shire.example' }),
      zone('cut.example'),
      ...BREAKAGES.map(([how]) => zone(`${how}.example`).add('host', 'A', '192.0.2.5').break(how)),
      zone('denial-missing.example')
        .add('host', 'A', '192.0.2.5')
        .add('*.star', 'A', '192.0.2.6')
        .break('denial-missing'),
    ],
    { now: NOW },
  );
}

describe.skipIf(!havePeers('delv', 'unbound-host'))('zones of ours, as delv and Unbound see them', () => {
  let server: DnsServer;
  const world = ourWorld();
  beforeAll(async () => {
    server = await startDnsServer({ answer: world.answer });
  });
  afterAll(() => server.close());
  compare(
    [
      { name: '_xmpp-client._tcp.shire.example', type: 'SRV', expected: 'secure' },
      { name: 'shire.example', type: 'DNSKEY', expected: 'secure' },
      { name: 'shire.example', type: 'DS', expected: 'secure' },
      { name: 'a.shire.example', type: 'AAAA', expected: 'secure' },
      { name: '_5222._tcp.a.shire.example', type: 'TLSA', expected: 'secure' },
      { name: 'gone.shire.example', type: 'A', expected: 'secure' },
      { name: 'deep.shire.example', type: 'A', expected: 'secure' },
      { name: 'q.star.shire.example', type: 'A', expected: 'secure' },
      { name: 'q.star.shire.example', type: 'AAAA', expected: 'secure' },
      { name: 'alias.shire.example', type: 'A', expected: 'secure' },
      { name: 'alias.shire.example', type: 'AAAA', expected: 'secure' },
      { name: 'dead.shire.example', type: 'A', expected: 'secure' },
      { name: 'unsafe.shire.example', type: 'A', expected: 'insecure' },
      { name: 'host.mv.shire.example', type: 'A', expected: 'secure' },
      { name: 'gone.bree.example', type: 'A', expected: 'secure' },
      { name: 'q.star.bree.example', type: 'A', expected: 'secure' },
      { name: 'q.star.bree.example', type: 'AAAA', expected: 'secure' },
      { name: 'host.bree.example', type: 'SRV', expected: 'secure' },
      { name: 'gone.example', type: 'A', expected: 'secure' },
      { name: 'host.dale.example', type: 'A', expected: 'secure' },
      { name: 'host.ered.example', type: 'A', expected: 'secure' },
      { name: 'host.fornost.example', type: 'A', expected: 'secure', but: NO_ED448 },
      { name: 'host.gondor.example', type: 'A', expected: 'secure' },
      { name: 'host.wild.example', type: 'A', expected: 'insecure' },
      { name: 'gone.wild.example', type: 'A', expected: 'insecure' },
      { name: '_xmpp-client._tcp.cut.example', type: 'SRV', expected: 'secure' },
      {
        name: 'host.old.example',
        type: 'A',
        expected: 'insecure',
        but: { delv: 'secure', unbound: 'secure', because: 'RFC 9905' },
      },
      { name: 'host.many.example', type: 'A', expected: 'secure' },
      { name: 'gone.many.example', type: 'A', expected: 'insecure' },
      { name: 'host.open.example', type: 'A', expected: 'secure' },
      { name: 'gone.open.example', type: 'A', expected: 'insecure', but: OPT_OUT },
      { name: 'sub.open.example', type: 'DS', expected: 'insecure', but: OPT_OUT },
      ...BREAKAGES.map(([how, expected]): Case => ({ name: `host.${how}.example`, type: 'A', expected })),
      ...BREAKAGES.map(([how, expected]): Case => ({ name: `gone.${how}.example`, type: 'A', expected })),
      { name: 'host.denial-missing.example', type: 'A', expected: 'secure' },
      { name: 'gone.denial-missing.example', type: 'A', expected: 'bogus' },
      { name: 'host.denial-missing.example', type: 'AAAA', expected: 'bogus' },
      { name: 'q.star.denial-missing.example', type: 'A', expected: 'bogus' },
    ],
    () => ({ port: server.port, anchors: world.anchors, name: 'ours-' }),
  );
});

describe.skipIf(!havePeers('delv', 'unbound-host'))('lying resolvers, as delv and Unbound see them', () => {
  const world = ourWorld();
  const lies = [
    ['strips everything', strip('all')(world.answer)],
    ['signs the root wrongly', signRootWrongly(world)],
  ] as const;
  for (const [lie, answer] of lies) {
    describe(lie, () => {
      let server: DnsServer;
      beforeAll(async () => {
        server = await startDnsServer({ answer });
      });
      afterAll(() => server.close());
      compare(
        [
          { name: 'a.shire.example', type: 'A', expected: 'bogus' },
          { name: 'host.wild.example', type: 'A', expected: 'bogus' },
        ],
        () => ({
          port: server.port,
          anchors: world.anchors,
          name: 'lies-',
        }),
      );
    });
  }
});

const HEAD = '$TTL 3600\n@ IN SOA ns1 hostmaster 1 3600 600 604800 300\n@ IN NS ns1\nns1 IN A 127.0.0.1\n';
const PLAIN: readonly PlainZone[] = [
  {
    name: 'shire.example',
    algorithm: 'ECDSAP256SHA256',
    text: `${HEAD}_xmpp-client._tcp IN SRV 5 1 5222 Host.SHIRE.example.\nHost IN A 192.0.2.1\nx.deep IN A 192.0.2.2\n*.star IN A 192.0.2.3\nalias IN CNAME Host.BREE.example.\nMv IN DNAME Bree.Example.\n`,
  },
  {
    name: 'bree.example',
    algorithm: 'RSASHA256',
    nsec3: '-3 abcd -H 3',
    text: `${HEAD}host IN A 192.0.2.1\nx.deep IN A 192.0.2.2\n*.star IN A 192.0.2.3\n`,
  },
  { name: 'dale.example', algorithm: 'ED25519', text: `${HEAD}host IN A 192.0.2.1\n` },
  { name: 'wild.example', algorithm: '', text: `${HEAD}host IN A 192.0.2.1\n` },
  {
    name: 'example',
    algorithm: 'ECDSAP384SHA384',
    nsec3: '-3 - -H 0 -A',
    text: `${HEAD}${['shire', 'bree', 'dale', 'wild'].map((child) => `${child} IN NS ns1.${child}\nns1.${child} IN A 127.0.0.1\n`).join('')}`,
  },
  {
    name: '.',
    algorithm: 'ECDSAP256SHA256',
    text: `${HEAD}example IN NS ns1.example.\nns1.example IN A 127.0.0.1\n`,
  },
];

describe.skipIf(!havePeers('delv', 'unbound-host', 'named', 'dnssec-signzone'))(
  'zones signed and served by BIND',
  () => {
    let named: ChildProcess | undefined;
    let anchors = '';
    const port = 20_000 + (process.pid % 20_000);
    beforeAll(async () => {
      const served = await serveWithBind(mkdtempSync(join(folder, 'bind-')), port, PLAIN);
      ({ named, anchors } = served);
    }, 60_000);
    afterAll(() => {
      named?.removeAllListeners('exit');
      named?.kill();
    });
    compare(
      [
        { name: '_xmpp-client._tcp.shire.example', type: 'SRV', expected: 'secure' },
        { name: '_xmpps-client._tcp.shire.example', type: 'SRV', expected: 'secure' },
        { name: 'host.shire.example', type: 'A', expected: 'secure' },
        { name: 'host.shire.example', type: 'AAAA', expected: 'secure' },
        { name: 'gone.shire.example', type: 'A', expected: 'secure' },
        { name: 'deep.shire.example', type: 'A', expected: 'secure' },
        { name: 'q.star.shire.example', type: 'A', expected: 'secure' },
        { name: 'q.star.shire.example', type: 'AAAA', expected: 'secure' },
        { name: 'alias.shire.example', type: 'A', expected: 'secure' },
        { name: 'alias.shire.example', type: 'AAAA', expected: 'secure' },
        { name: 'host.mv.shire.example', type: 'A', expected: 'secure' },
        { name: 'host.bree.example', type: 'A', expected: 'secure' },
        { name: 'host.bree.example', type: 'AAAA', expected: 'secure' },
        { name: 'gone.bree.example', type: 'A', expected: 'secure' },
        { name: 'deep.bree.example', type: 'A', expected: 'secure' },
        { name: 'q.star.bree.example', type: 'A', expected: 'secure' },
        { name: 'q.star.bree.example', type: 'AAAA', expected: 'secure' },
        { name: 'host.dale.example', type: 'A', expected: 'secure' },
        { name: 'gone.dale.example', type: 'A', expected: 'secure' },
        { name: 'host.wild.example', type: 'A', expected: 'insecure' },
        { name: 'gone.wild.example', type: 'A', expected: 'insecure' },
        { name: 'gone', type: 'A', expected: 'secure' },
        { name: 'gone.example', type: 'A', expected: 'insecure', but: OPT_OUT },
      ],
      () => ({ port, anchors, name: 'bind-' }),
    );
  },
);
