/**
 * cost.bench.ts: what the program costs: start-up, CPU, memory, many checks at once, the way to a certificate.
 *
 * In:   dist/ (built if it is not there), the demo realm in another process
 * Out:  medians and ratios
 * Not:  waiting (check.bench.ts)
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundled } from './bundled.ts';
import type { Cost, Job } from './check-many.ts';
import { check } from './checking.ts';
import { line, median, ms, run, sideBySide, times, under, when } from './measure.ts';
import { awayRealm, startAway, type Told } from './realm-away.ts';

when();

const DELAY_MS = 25;
const dist = new URL('../../dist/mellon.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'mellon-bench-'));
const away = await startAway(100);
try {
  await startUp();
  const script = await bundled('check-many.ts', folder);
  await oneAfterTheOther(script, away.told);
  await manyAtOnce(script, away.told);
  await toTheCertificate(away.told);
} finally {
  away.close();
  rmSync(folder, { recursive: true, force: true });
}

async function startUp(): Promise<void> {
  if (!existsSync(dist)) await run('npm', ['run', 'build']);
  const time = await sideBySide(15, {
    mellon: () => run(process.execPath, [dist, '--help']),
    node: () => run(process.execPath, ['-e', '0']),
  });
  console.log('start-up');
  line('  mellon --help', ms(time.mellon), under(time.mellon, 150, 'ms'));
  line('  node -e 0', ms(time.node));
  line('  mellon / node', times(time.mellon / time.node), under(time.mellon / time.node, 3, 'x'));
}

async function oneAfterTheOther(script: string, told: Told): Promise<void> {
  console.log('\nchecks one after the other, without delay, nothing shared between them');
  for (const domain of ['shire.example', 'rivendell.example', 'gondor.example']) {
    const cost = await costOf(script, {
      told,
      delayMs: 0,
      domains: Array(30).fill(domain) as string[],
      atOnce: 1,
      shared: false,
    });
    const [first = NaN, ...later] = cost.cpuMs;
    line(`  ${domain}, first check, CPU`, ms(first));
    line(`  ${domain}, later ones, CPU, median`, ms(median(later)), under(median(later), 60, 'ms'));
  }
  const one = await costOf(script, {
    told,
    delayMs: 0,
    domains: ['shire.example'],
    atOnce: 1,
    shared: false,
  });
  line('  one check in its process: CPU up to the check', ms(one.startMs));
  line('  memory of a process with one check, at its peak', mb(one.peakMb), under(one.peakMb, 150, 'MB'));
}

async function manyAtOnce(script: string, told: Told): Promise<void> {
  const domains = Array.from({ length: 100 }, (_, i) => `d${i}.example`);
  console.log(`\n100 checks of different domains in one process, ${DELAY_MS} ms per direction, DANE`);
  for (const [atOnce, shared] of [
    [100, true],
    [32, true],
    [16, true],
    [16, false],
  ] as const) {
    const runs: Cost[] = [];
    for (let round = 0; round < 3; round++)
      runs.push(await costOf(script, { told, delayMs: DELAY_MS, domains, atOnce, shared }));
    const wall = median(runs.map((one) => one.wallMs));
    const name = `${atOnce} at once, ${shared ? 'sharing answers' : 'each for itself'}`;
    line(`  ${name}`, ms(wall), under(wall, 3000, 'ms'));
    line('    CPU a check', ms(median(runs.map((one) => one.cpuAllMs)) / 100));
    const peak = median(runs.map((one) => one.peakMb));
    line('    memory at its peak', mb(peak), under(peak, 150, 'MB'));
  }
}

/** From the first packet of the connection to the end of the handshake. */
async function toTheCertificate(told: Told): Promise<void> {
  const realm = awayRealm(told, DELAY_MS);
  const trips: number[] = [];
  for (let round = 0; round < 9; round++) {
    const { report } = await check(realm, 'shire.example');
    const tcp = report.observations.find((one) => one.kind === 'tcp');
    const tls = report.observations.find((one) => one.kind === 'tls');
    if (round > 1 && tcp !== undefined && tls !== undefined)
      trips.push((tls.end - tcp.start) / (2 * DELAY_MS));
  }
  console.log(
    `\nSTARTTLS up to the certificate, ${DELAY_MS} ms per direction: connect, features, proceed, handshake`,
  );
  const value = median(trips);
  line('  time in round trips', value.toFixed(2), { text: 'five round trips or fewer', met: value <= 5 });
}

async function costOf(script: string, job: Job): Promise<Cost> {
  const cost = JSON.parse(await run(process.execPath, [script, JSON.stringify(job)])) as Cost;
  const wrong = cost.outcomes.filter((outcome) => outcome !== 'auto-accept');
  if (wrong.length > 0) throw new Error(`a check ended as ${wrong[0] ?? ''}`);
  return cost;
}

function mb(value: number): string {
  return `${value.toFixed(0)} MB`;
}
