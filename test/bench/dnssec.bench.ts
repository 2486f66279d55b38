/**
 * dnssec.bench.ts: validating, beside BIND's delv, Unbound's unbound-host, and bare signature checks.
 *
 * In:   the demo realm's resolver; trees of zones in memory
 * Out:  medians and ratios
 * Not:  whole checks (check.bench.ts)
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instant } from '../../shared/basics.ts';
import { startRealm, type Realm } from '../../electron/demo-world.ts';
import { signTree } from '../../electron/demo/zone-sign.ts';
import { zone } from '../../electron/demo/zone.ts';
import { createSignatureCache, validate } from '../../electron/trust/dnssec/validate.ts';
import { openPeers } from '../interop/dnssec-peers.ts';
import { groundOf, lookupOver, question, recordChecks } from './answers.ts';
import { bundled } from './bundled.ts';
import { farUdp } from './far-away.ts';
import { cpuTimed, has, line, median, ms, run, sideBySide, timed, times, under, when } from './measure.ts';
import { askAndValidate } from './validating.ts';

when();

const NAME = '_xmpp-client._tcp.shire.example';
const DELAY_MS = 25;
const hasDelv = await has('delv', '-v');
const perName = { delv: NaN, unbound: NaN };
const hasUnbound = await has('unbound-host', '-h');
const realm = await startRealm();
const folder = mkdtempSync(join(tmpdir(), 'mellon-bench-'));
try {
  await acrossDistance(realm);
  await wholeProcesses(realm);
} finally {
  rmSync(folder, { recursive: true, force: true });
  await realm.close();
}
await manyNames();
await againstBareChecks();

function resolverPort(of: Realm): number {
  const place = of.servers.find('127.0.53.1', 53);
  if (place === undefined) throw new Error('the realm has no resolver');
  return place.port;
}

async function acrossDistance(of: Realm): Promise<void> {
  const port = resolverPort(of);
  const { anchors } = of.servers;
  const ours = (): Promise<string> =>
    askAndValidate({
      resolver: `udp://127.0.0.1:${port}`,
      anchors,
      name: NAME,
      dial: (address, to) => ({ address, port: to, delayMs: DELAY_MS }),
    });
  const far = await farUdp(port, DELAY_MS);
  const peers = openPeers(folder, far.port, anchors);
  const delv = (): Promise<unknown> => (hasDelv ? peers.delv(question(NAME, 'SRV')) : Promise.resolve());
  for (let warm = 0; warm < 5; warm++) await ours();
  const time = await sideBySide(11, { ours, delv });
  far.close();
  console.log(`one SRV answer, asked for and validated, ${DELAY_MS} ms per direction, warm resolver`);
  const aim = under(time.ours, 2 * DELAY_MS + 10, 'ms');
  line('  Mellon, in process', ms(time.ours), { ...aim, text: `one round trip + 10 ms` });
  if (!hasDelv) return;
  line('  delv, whole process', ms(time.delv));
  line('  delv / Mellon', times(time.delv / time.ours));
}

async function wholeProcesses(of: Realm): Promise<void> {
  const port = resolverPort(of);
  const { anchors } = of.servers;
  const anchorFile = join(folder, 'ours');
  writeFileSync(anchorFile, anchors);
  const resolver = `udp://127.0.0.1:${port}`;
  const script = await bundled('validate-once.ts', folder);
  const peers = openPeers(folder, port, anchors);
  const inProcess = (): Promise<string> =>
    askAndValidate({ resolver, anchors, name: NAME, dial: (address, to) => ({ address, port: to }) });
  for (let warm = 0; warm < 20; warm++) await inProcess();
  const time = await sideBySide(9, {
    ours: () => run(process.execPath, [script, resolver, anchorFile, NAME]),
    node: () => run(process.execPath, ['-e', '0']),
    delv: () => (hasDelv ? peers.delv(question(NAME, 'SRV')) : null),
    unbound: () => (hasUnbound ? peers.unbound(question(NAME, 'SRV')) : null),
    inProcess,
  });
  console.log('\nthe same without delay');
  line('  Mellon, whole process (bundled)', ms(time.ours));
  line('    of which Node alone', ms(time.node));
  if (hasDelv) line('  delv, whole process', ms(time.delv));
  if (hasUnbound) line('  unbound-host, whole process, forwarding', ms(time.unbound));
  line('  Mellon, in process', ms(time.inProcess));
  if (hasDelv) line('  delv / Mellon in process', times(time.delv / time.inProcess));
  if (hasUnbound) line('  unbound-host / Mellon in process', times(time.unbound / time.inProcess));

  // A loop of either over many names: measured for a few.
  const few = 5;
  const loop = await sideBySide(3, {
    delv: async () => {
      for (let i = 0; hasDelv && i < few; i++) await peers.delv(question(NAME, 'SRV'));
    },
    unbound: async () => {
      for (let i = 0; hasUnbound && i < few; i++) await peers.unbound(question(NAME, 'SRV'));
    },
  });
  perName.delv = loop.delv / few;
  perName.unbound = loop.unbound / few;
}

async function manyNames(): Promise<void> {
  const world = tree(100, 10);
  const names = Array.from({ length: 1000 }, (_, i) => `_s${i % 10}._tcp.z${Math.floor(i / 10)}.example`);
  const kept = new Map<string, Uint8Array>();
  const runs: number[] = [];
  for (let round = 0; round < 5; round++) {
    // Answers are made before the clock starts, and decoded while it runs.
    const lookup = lookupOver(world.answer, kept);
    const ground = { ...groundOf(world), cache: createSignatureCache() };
    if (round === 0) names.forEach((name) => validate(question(name, 'SRV'), lookup, ground));
    const cold = lookupOver(world.answer, kept);
    const fresh = { ...ground, cache: createSignatureCache() };
    let secure = 0;
    runs.push(
      await timed(() => {
        for (const name of names)
          if (validate(question(name, 'SRV'), cold, fresh).status === 'secure') secure++;
      }),
    );
    if (secure !== names.length) throw new Error(`only ${secure} names were secure`);
  }
  const total = median(runs);
  console.log('\n1,000 names in 100 zones, answers at hand (P-256, NSEC)');
  line('  Mellon, in process, decoding included', `${ms(total)}, ${(total / 1000).toFixed(3)} ms a name`);
  if (hasDelv) line('  a loop of delv (from 5 a round)', ms(1000 * perName.delv));
  if (hasUnbound) line('  a loop of unbound-host (from 5 a round)', ms(1000 * perName.unbound));
  if (hasDelv) line('  loop of delv / Mellon', times((1000 * perName.delv) / total));
}

async function againstBareChecks(): Promise<void> {
  console.log('\nvalidating one answer, at hand, against the node:crypto signature checks that it needs');
  for (const algorithm of [8, 13, 15]) {
    const world = tree(1, 1, algorithm);
    const kept = new Map<string, Uint8Array>();
    const asked = question('_s0._tcp.z0.example', 'SRV');
    const anchored = groundOf(world);
    const validateOnce = (): void => {
      const ground = { ...anchored, cache: createSignatureCache() };
      if (validate(asked, lookupOver(world.answer, kept), ground).status !== 'secure') throw new Error();
    };
    validateOnce();
    const bare = recordChecks(validateOnce);
    const many = (act: () => void) => () => {
      for (let i = 0; i < 200; i++) act();
    };
    const acts = {
      ours: many(validateOnce),
      checks: many(bare.verify),
      withKeys: many(bare.readAndVerify),
    };
    for (const act of Object.values(acts)) act();
    const time = await sideBySide(9, acts, cpuTimed);
    line(`  algorithm ${algorithm}: ${bare.count} checks, decoding included, CPU`, ms(time.ours / 200));
    const ratio = time.ours / time.withKeys;
    line('    / the checks and reading their keys', times(ratio), { text: 'below 2', met: ratio < 2 });
    line('    / the checks alone', times(time.ours / time.checks));
  }
}

function tree(zones: number, names: number, algorithm = 13): ReturnType<typeof signTree> {
  const plans = Array.from({ length: zones }, (_, z) => {
    const plan = zone(`z${z}.example`, { algorithm });
    for (let n = 0; n < names; n++)
      plan.add(`_s${n}._tcp`, 'SRV', { priority: 1, weight: 1, port: 5222, target: `x.z${z}.example` });
    return plan;
  });
  const above = [zone('.', { algorithm }), zone('example', { algorithm })];
  return signTree([...above, ...plans], { now: Date.now() as Instant });
}
