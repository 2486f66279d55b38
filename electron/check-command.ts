/**
 * check-command.ts: `mellon check`.
 *
 * In:   an argument list
 * Out:  reports on standard output, progress on standard error, an exit code
 * Not:  the check itself (check.ts), how a report reads (terminal.ts)
 */
import type { Report } from '../shared/report.ts';
import type { CheckRequest } from '../shared/request.ts';
import { parseArguments } from './arguments.ts';
import { runCheck, type World } from './check.ts';
import { parseRequest, rootsNote } from './options.ts';
import { colours, columns, EXIT, exitCode, jsonLine, print, tellFault, usage } from './output.ts';
import { openProgress } from './progress.ts';
import { readProfiles, withClients } from './profiles.ts';
import { noteReport, openOwnStore, readPins } from './pins-reader.ts';
import { DOMAIN_ORDER } from './trust/domain-verdict.ts';
import { openSharedWork, openWorld } from './world.ts';

type Asked = { readonly request: CheckRequest; readonly world: World };

/** Checks every domain given; several at once, printed in the order given. */
export async function runCheckCommand(argv: readonly string[]): Promise<number> {
  const parsed = parseArguments(argv);
  if (!parsed.ok) return usage(parsed.problem);
  const { inputs, form, json, verbose, clients, clientCertificate } = parsed.value;
  const profiles = await readProfiles(parsed.value.profiles);
  if (!profiles.ok) return usage(profiles.problem);
  const note = parsed.value.demo ? null : rootsNote(form.roots, form.ca);
  if (note !== null) process.stderr.write(`mellon: ${note}\n`);
  const realm = parsed.value.demo ? await (await import('./demo-world.ts')).startRealm() : null;
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  try {
    if (inputs.length === 0) {
      if (realm === null) return usage('Which domain? For example: mellon check shire.example --demo');
      return await print((await import('./demo-command.ts')).describeDomains(realm.domains), EXIT.accept);
    }
    const store = realm === null ? openOwnStore() : null;
    const world =
      realm?.world ??
      openWorld({
        pins: readPins(store ?? undefined),
        clientCertificate,
        shared: openSharedWork(),
      });
    const asked: Asked[] = [];
    for (const input of inputs) {
      const request = parseRequest({ ...form, input });
      if (!request.ok) return usage(request.problem.text);
      asked.push({ request: realm === null ? request.value : realm.prepare(request.value), world });
    }
    const codes: number[] = [];
    const running = startAll(asked, stop.signal, asked.length === 1 && !json);
    for (const one of running) {
      // One check that failed by our own fault takes no verdict from the others.
      const [ended] = await Promise.allSettled([one()]);
      if (ended.status === 'rejected') {
        codes.push(tellFault(ended.reason));
        continue;
      }
      const report = ended.value;
      if (report === null) {
        codes.push(INTERRUPTED);
        continue;
      }
      codes.push(exitCode(report));
      if (store !== null) noteReport(store, report);
      const told = clients ? await withClients(report, profiles.value) : report;
      if (json) await print(jsonLine(told), 0);
      else
        await print(
          (await import('./terminal.ts')).describe(told, { verbose, colour: colours(), columns: columns() }),
          0,
        );
    }
    if (codes.includes(INTERRUPTED)) return INTERRUPTED;
    return EXIT_ORDER.find((code) => codes.includes(code)) ?? EXIT.fault;
  } finally {
    process.removeListener('SIGINT', interrupt);
    await realm?.close();
  }
}

/** Starts the checks, a bounded number at a time, and hands out one waiting function each. */
function startAll(
  asked: readonly Asked[],
  signal: AbortSignal,
  single: boolean,
): readonly (() => Promise<Report | null>)[] {
  let free = MOST_AT_ONCE;
  const queue: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => queue.push(resolve));
  };
  const leave = (): void => {
    const next = queue.shift();
    if (next === undefined) free++;
    else next();
  };
  return asked.map(({ request, world }) => {
    const report = (async () => {
      await enter();
      const progress = openProgress(process.stderr, single);
      try {
        return await runCheck(request, world, progress.hear, signal);
      } finally {
        progress.end();
        leave();
      }
    })();
    // A failure is told when its turn comes; until then it must not count as unhandled.
    report.catch(() => undefined);
    return () => report;
  });
}

/** 128 + SIGINT, as every shell expects. */
const INTERRUPTED = 130;
/** REPORT.md: with several domains the first present of these. */
const EXIT_ORDER: readonly number[] = [
  EXIT.fault,
  ...DOMAIN_ORDER.map((outcome) =>
    exitCode({ verdict: { outcome, by: null, case: null, sentence: '', reasons: [] } }),
  ),
];
/** Enough to hide the round trips of many domains (test/bench/cost.bench.ts), few enough for any machine's sockets. */
const MOST_AT_ONCE = 32;
