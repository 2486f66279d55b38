/**
 * loop.ts: coverage-guided fuzzing in process, by the runtime's own precise block coverage.
 *
 * In:   a target, a seed, a time
 * Out:  Fuzzed: how many runs, how much coverage, what broke
 * Not:  mutations (mutate.ts), the promises (targets.ts)
 *
 * After each small batch the blocks that were not run are compared with all that was seen before, function by function; a
 * batch that shows something new is run again one by one, and what brought the new is kept to build on.
 */
import { Session } from 'node:inspector';
import { mutated, randomFrom } from './mutate.ts';
import type { Target } from './targets.ts';

export type Finding = { readonly input: Uint8Array; readonly what: string };
export type Fuzzed = {
  readonly runs: number;
  /** Inputs that showed something new, seeds included. */
  readonly kept: number;
  /** Different shapes of functions: which blocks ran and which did not. */
  readonly shapes: number;
  readonly findings: readonly Finding[];
};

/** Inputs between two looks at the coverage. Chosen: a look costs about as much as this many short runs. */
const BATCH = 16;
/** What one input of at most 80 kB may cost, in milliseconds of CPU. A worst zone may take 100. */
const SLOW_MS = 100;
const MOST_FINDINGS = 5;
const MOST_KEPT = 3_000;

/** Fuzzes for `ms` milliseconds or until enough was found. */
export function fuzz(target: Target, seed: number, ms: number): Fuzzed {
  const random = randomFrom(seed);
  const coverage = openCoverage();
  const findings: Finding[] = [];
  const corpus: Uint8Array[] = [];
  let runs = 0;
  const run = (input: Uint8Array): void => {
    runs++;
    const what = tried(target, input);
    if (what !== null && !findings.some((one) => one.what === what)) findings.push({ input, what });
  };
  for (const input of [...target.seeds, new Uint8Array()]) {
    run(input);
    coverage.isNew('one');
    corpus.push(input);
  }
  const end = performance.now() + ms;
  while (performance.now() < end && findings.length < MOST_FINDINGS) {
    const batch = Array.from({ length: BATCH }, () => mutated(random, corpus, target.words));
    batch.forEach(run);
    if (!coverage.isNew('batch')) continue;
    for (const input of batch) {
      tried(target, input);
      if (coverage.isNew('one') && corpus.length < MOST_KEPT) corpus.push(input);
    }
  }
  coverage.close();
  return { runs, kept: corpus.length, shapes: coverage.shapes(), findings };
}

/** One input: null, or what was wrong. */
export function tried(target: Target, input: Uint8Array): string | null {
  const before = performance.now();
  const cpu = process.cpuUsage();
  try {
    target.run(input);
  } catch (error) {
    return error instanceof Error ? `${error.message}${placeOf(error)}` : String(error);
  }
  if (performance.now() - before < SLOW_MS) return null;
  const { user, system } = process.cpuUsage(cpu);
  const spent = (user + system) / 1000;
  // Only what is slow twice is slow: the compiler and the collector take their turns too.
  if (spent < SLOW_MS) return null;
  const again = process.cpuUsage();
  target.run(input);
  const second = process.cpuUsage(again);
  return (second.user + second.system) / 1000 < SLOW_MS ? null : 'slow: more than 100 ms of CPU';
}

function placeOf(error: Error): string {
  const line = error.stack?.split('\n').find((one) => one.includes('/electron/') || one.includes('/shared/'));
  return line === undefined ? '' : ` ${line.trim()}`;
}

type Coverage = {
  /** Whether the runs since the last look, one or a batch, showed a shape that none of that kind showed before. */
  isNew(kind: 'one' | 'batch'): boolean;
  shapes(): number;
  close(): void;
};
type Taken = {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly ranges: readonly {
        readonly startOffset: number;
        readonly endOffset: number;
        readonly count: number;
      }[];
    }[];
  }[];
};

function openCoverage(): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const known = { one: new Set<string>(), batch: new Set<string>() };
  const take = (): Taken => {
    let taken: Taken = { result: [] };
    // A session on its own thread answers before `post` returns.
    session.post('Profiler.takePreciseCoverage', (_error, result) => {
      taken = result;
    });
    return taken;
  };
  take();
  return {
    isNew(kind) {
      let isNew = false;
      for (const { url, functions } of take().result) {
        if (!OURS.test(url)) continue;
        for (const { ranges } of functions) {
          const [whole, ...blocks] = ranges;
          if (whole === undefined || whole.count === 0) continue;
          const idle = blocks.filter((b) => b.count === 0).map((b) => `${b.startOffset}-${b.endOffset}`);
          const shape = `${url} ${whole.startOffset} ${idle.join(' ')}`;
          if (known.one.has(shape) || known[kind].has(shape)) continue;
          known[kind].add(shape);
          isNew = true;
        }
      }
      return isNew;
    },
    shapes: () => known.one.size,
    close: () => {
      session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}

/** The product's own code, not its dependencies' and not this one. */
const OURS = /\/(electron|shared)\/(?!demo\/)/;
