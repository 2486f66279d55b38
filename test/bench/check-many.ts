/**
 * check-many.ts: checks in a process of their own, which tells what they cost; cost.bench.ts bundles and runs it.
 *
 * In:   an argument: JSON of Job
 * Out:  JSON of Cost on standard output
 * Not:  the realm's servers (realm-away.ts)
 */
import { existsSync, readFileSync } from 'node:fs';
import { openSharedWork } from '../../electron/world.ts';
import { check } from './checking.ts';
import { cpuTimed, timed } from './measure.ts';
import { awayRealm, type Told } from './realm-away.ts';

export type Job = {
  readonly told: Told;
  readonly delayMs: number;
  readonly domains: readonly string[];
  readonly atOnce: number;
  /** Whether they share answers and signature checks, as the checks of one command or one window do. */
  readonly shared: boolean;
};
export type Cost = {
  readonly outcomes: readonly string[];
  readonly wallMs: number;
  /** CPU of everything up to the first check. */
  readonly startMs: number;
  /** CPU of each check; only where one runs at a time. */
  readonly cpuMs: readonly number[];
  readonly cpuAllMs: number;
  readonly peakMb: number;
};

const STATUS = '/proc/self/status';
const job = JSON.parse(process.argv[2] ?? '') as Job;
const { user, system } = process.cpuUsage();
const realm = awayRealm(job.told, job.delayMs, job.shared ? openSharedWork() : undefined);
const outcomes: string[] = [];
const cpuMs: number[] = [];
let wallMs = 0;
const cpuAllMs = await cpuTimed(async () => {
  wallMs = await timed(async () => {
    let next = 0;
    await Promise.all(
      Array.from({ length: job.atOnce }, async () => {
        for (let i = next++; i < job.domains.length; i = next++) {
          const cpu = await cpuTimed(async () => {
            const { report } = await check(realm, job.domains[i] ?? '');
            outcomes[i] = report.verdict.outcome;
          });
          if (job.atOnce === 1) cpuMs.push(cpu);
        }
      }),
    );
  });
});
const cost: Cost = {
  outcomes,
  wallMs,
  startMs: (user + system) / 1000,
  cpuMs,
  cpuAllMs,
  peakMb: peakMb(),
};
console.log(JSON.stringify(cost));

/** Where Linux tells it, of this program alone: resourceUsage() counts the process that it was started from. */
function peakMb(): number {
  const peak = existsSync(STATUS) ? /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(STATUS, 'utf8'))?.[1] : undefined;
  return (peak === undefined ? process.resourceUsage().maxRSS : Number(peak)) / 1024;
}
