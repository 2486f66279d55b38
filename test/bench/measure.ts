/**
 * measure.ts: what every bench needs: medians of interleaved runs, and lines to print.
 *
 * In:   things to run
 * Out:  medians, ratios, a table on standard output
 * Not:  a verdict: no bench fails because a machine is slow
 */
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';

/** Milliseconds: half of the runs took less. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** How long `act` takes, in milliseconds. */
export async function timed(act: () => unknown): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** CPU time of this process while `act` runs, in milliseconds. */
export async function cpuTimed(act: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Runs all of them in turn, `rounds` times, so that a busy moment hits each; the median of each, in milliseconds. */
export async function sideBySide<Name extends string>(
  rounds: number,
  acts: Readonly<Record<Name, () => unknown>>,
  by: (act: () => unknown) => Promise<number> = timed,
): Promise<Record<Name, number>> {
  const names = Object.keys(acts) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const name of names) times.get(name)?.push(await by(acts[name]));
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

/** Runs a program to its end with nothing to read; its standard output. Throws if it cannot be started. */
export function run(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('latin1')));
    child.on('error', reject);
    child.on('close', () => resolve(out));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Whether a program is there. */
export async function has(program: string, ...args: readonly string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}

export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

export function times(value: number): string {
  return `${value.toFixed(2)} x`;
}

/** When, and how busy the machine is: build/bench.mjs prints which machine. Beside others, only ratios mean something. */
export function when(): void {
  const [load = 0] = loadavg();
  console.log(`${new Date().toISOString()}, load average ${load.toFixed(1)}`);
}

/** One line: what, how much, and the aim with whether it was met. */
export function line(
  what: string,
  value: string,
  aim?: { readonly text: string; readonly met: boolean },
): void {
  const end = aim === undefined ? '' : `  (aim ${aim.text}: ${aim.met ? 'met' : 'MISSED'})`;
  console.log(`${what.padEnd(58)} ${value}${end}`);
}

/** An aim that is an upper bound. */
export function under(value: number, most: number, unit: 'ms' | 'x' | 'MB'): { text: string; met: boolean } {
  return { text: `${most} ${unit} or less`, met: value <= most };
}
