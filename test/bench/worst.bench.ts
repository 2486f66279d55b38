/**
 * worst.bench.ts: CPU of the costliest evidence that can be built. Tests hold the same cases to their bound (test/trust).
 *
 * In:   zones, TLSA records and chains made to cost
 * Out:  CPU of the first judgement of each, and the median of more
 * Not:  what they come to (test/trust/dnssec/bounds.test.ts, test/trust/dane-help.test.ts)
 */
import { createHash } from 'node:crypto';
import { makeCa, type Issued } from '../../electron/demo/certificate.ts';
import { signTree, type World } from '../../electron/demo/zone-sign.ts';
import { zone } from '../../electron/demo/zone.ts';
import { judgeDane } from '../../electron/trust/dane.ts';
import { createSignatureCache, validate, type Lookup } from '../../electron/trust/dnssec/validate.ts';
import { judgePath } from '../../electron/trust/path.ts';
import { openStore } from '../../electron/trust/stores.ts';
import type { DnsMessage, Rr } from '../../electron/wire/dns-message.ts';
import type { DnsType } from '../../shared/observation.ts';
import { applying, HOST, NOW, SOURCE, tlsa } from '../trust/dane-world.ts';
import { groundOf, lookupOver, question } from './answers.ts';
import { cpuTimed, line, median, ms, under, when } from './measure.ts';

when();

const LIMIT_MS = 100;
const ROUNDS = 9;

console.log(
  'CPU of one judgement: the median of 9, and the dearest of them (the first, cold, or a busy moment)',
);
await zones();
await records();
await chains();

async function measure(name: string, act: () => string): Promise<void> {
  const costs: number[] = [];
  let result = '';
  for (let round = 0; round < ROUNDS; round++) costs.push(await cpuTimed(() => (result = act())));
  const middle = median(costs);
  line(
    `  ${name}`,
    `${ms(middle)}, at most ${ms(Math.max(...costs))}: ${result}`,
    under(middle, LIMIT_MS, 'ms'),
  );
}

async function zones(): Promise<void> {
  console.log('\nzones');
  for (const algorithm of [8, 13, 14, 15]) {
    const world = signTree(
      [zone('example', { algorithm }), zone('shire.example', { algorithm }).add('a', 'A', '192.0.2.1')],
      { now: NOW },
    );
    await measure(
      `200 wrong signatures before each, algorithm ${algorithm}`,
      validating(world, 'a.shire.example', 'A', (m) => withWrongSignatures(m, 200)),
    );
    await measure(
      `7 wrong signatures before each, algorithm ${algorithm}`,
      validating(world, 'a.shire.example', 'A', (m) => withWrongSignatures(m, 7)),
    );
  }
  const hard = { nsec3: { iterations: 150, salt: new Uint8Array(255) } };
  const denying = signTree([zone('shire.example', { denial: hard })], { now: NOW });
  await measure(
    'NSEC3: 150 iterations, 255 octets of salt, 110 labels',
    validating(denying, `${'a.'.repeat(110)}shire.example`, 'A'),
  );
  const nested = Array.from({ length: 100 }, (_, i) => `${'a.'.repeat(i)}example`);
  const deep = signTree(
    nested.map((name) => zone(name, { algorithm: 14 })),
    { now: NOW },
  );
  await measure('100 zones inside each other, P-384', validating(deep, nested.at(-1) ?? '', 'SOA'));
  const aliases = Array.from({ length: 17 }, (_, i) => {
    const plan = zone(`z${i}.example`);
    return i === 16 ? plan.add('a', 'A', '192.0.2.1') : plan.add('a', 'CNAME', `a.z${i + 1}.example`);
  });
  const chain = signTree([zone('example'), ...aliases], { now: NOW });
  await measure('16 aliases through 16 zones', validating(chain, 'a.z0.example', 'A'));
  const large = zone('shire.example');
  for (let i = 0; i < 3000; i++) large.add('a', 'A', `192.0.${i >> 8}.${i & 255}`);
  const wide = signTree([large], { now: NOW });
  await measure(
    'one RRset of 3,000 records, 50 wrong signatures',
    validating(wide, 'a.shire.example', 'A', (m) =>
      m.questions[0]?.type === 1 ? withWrongSignatures(m, 50) : m,
    ),
  );
}

async function records(): Promise<void> {
  console.log('\nTLSA');
  const root = makeCa({ now: NOW, name: 'Mordor Root' });
  const server = root.issue({ now: NOW, names: { dns: [HOST] } });
  const stranger = makeCa({ now: NOW, name: 'Stranger' });
  const thousand = Array.from({ length: 1000 }, (_, i) =>
    tlsa(
      i % 4,
      i % 2,
      1 + (i % 2),
      createHash(i % 2 === 0 ? 'sha256' : 'sha512')
        .update(`${i}`)
        .digest(),
    ),
  );
  const many = Array.from({ length: 100 }, () => stranger);
  await measure('1,000 records and 100 certificates', () => vouched(thousand, server, many, root));
  const keys = Array.from({ length: 700 }, (_, i) => {
    const spki = Uint8Array.from(stranger.certificate.spki);
    spki[spki.length - 1] = i & 0xff;
    spki[spki.length - 2] = i >> 8;
    return tlsa(2, 1, 0, spki);
  });
  await measure('64 KB of association data: 700 bare keys', () => vouched(keys, server, [root], root));
  const one = [tlsa(3, 0, 0, new Uint8Array(64_000).fill(7))];
  await measure('64 KB of association data in one record', () => vouched(one, server, [root], root));
}

async function chains(): Promise<void> {
  console.log('\nchains');
  const root = makeCa({ now: NOW, name: 'Root' });
  const long: Issued[] = [root];
  for (let i = 0; i < 99; i++) {
    const above = long.at(-1) ?? root;
    long.push(
      above.issue({ now: NOW, isCa: true, ku: ['keyCertSign', 'cRLSign'], names: { cn: `CA ${i}` } }),
    );
  }
  const deepLeaf = (long.at(-1) ?? root).issue({ now: NOW, names: { dns: [HOST] } });
  await measure('100 certificates, one below the other', () => pathed(deepLeaf, long, root));
  const twins = Array.from({ length: 100 }, () => makeCa({ now: NOW, name: 'Twin' }));
  const twinLeaf = makeCa({ now: NOW, name: 'Twin' }).issue({ now: NOW, names: { dns: [HOST] } });
  await measure('100 authorities of one name, none the issuer', () => pathed(twinLeaf, twins, root));
}

/** Answers are made here; what is returned only validates. */
function validating(
  world: World,
  name: string,
  type: DnsType,
  change: (message: DnsMessage) => DnsMessage = (m) => m,
): () => string {
  const honest = lookupOver(world.answer, new Map());
  const known = new Map<string, DnsMessage | undefined>();
  const lookup: Lookup = (q) => {
    const key = `${q.name} ${q.type}`;
    if (!known.has(key)) {
      const message = honest(q);
      known.set(key, message === undefined ? undefined : change(message));
    }
    // A fresh copy each time: what is remembered about a message must not help.
    const message = known.get(key);
    return message === undefined ? undefined : { ...message };
  };
  const anchored = groundOf(world);
  const asked = question(name, type);
  validate(asked, lookup, anchored);
  return () => {
    const result = validate(asked, lookup, { ...anchored, cache: createSignatureCache() });
    return `${result.status} ${result.code}`;
  };
}

function withWrongSignatures(message: DnsMessage, count: number): DnsMessage {
  const more = (rr: Rr): readonly Rr[] => {
    if (rr.type !== 46) return [rr];
    const wrong = Array.from({ length: count }, (_, i) => {
      const rdata = Uint8Array.from(rr.rdata);
      rdata[rdata.length - 1 - (i % 16)] = i;
      return { ...rr, rdata };
    });
    return [...wrong, rr];
  };
  return {
    ...message,
    answer: message.answer.flatMap(more),
    authority: message.authority.flatMap(more),
  };
}

function vouched(tlsas: readonly Rr[], leaf: Issued, sent: readonly Issued[], root: Issued): string {
  return judgeDane({
    applies: applying(tlsas),
    leaf: leaf.certificate,
    sent: sent.map((one) => one.certificate),
    stores: [openStore('bundled', [root.der])],
    source: SOURCE,
    service: 'xmpp-client',
    host: HOST,
    now: NOW,
  }).state;
}

function pathed(leaf: Issued, sent: readonly Issued[], root: Issued): string {
  const found = judgePath({
    leaf: leaf.certificate,
    sent: sent.map((one) => one.certificate),
    stores: [openStore('bundled', [root.der])],
    now: NOW,
    purpose: 'server',
  });
  return found.holds ? 'holds' : (found.problems[0]?.code ?? 'does not hold');
}
