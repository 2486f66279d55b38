/**
 * pins-check.ts: `mellon pins check`: everything pinned or watched, looked at again; made for cron.
 *
 * In:   the store, and a check of one domain
 * Out:  what changed, and an exit code that says whether somebody must look
 * Not:  the check itself (check.ts)
 */
import type { Instant } from '../shared/basics.ts';
import { pinsPhrases as say } from '../shared/phrases/pins-command.ts';
import type { Finding } from '../shared/pin.ts';
import type { Report } from '../shared/report.ts';
import type { Service } from '../shared/request.ts';
import { visible } from '../shared/visible.ts';
import { historyEntryOf } from './accept.ts';
import { findingOf } from './finding.ts';
import { jsonLine } from './output.ts';
import { isLive } from './pin-export.ts';
import { PINS_EXIT, trouble, usage, type PinsIo, type PinsOptions } from './pins-io.ts';
import { table } from './pins-text.ts';
import type { Everything, Store } from './store/store.ts';

export type Place = { readonly domain: string; readonly service: Service };
export type Rechecked = Place & {
  readonly outcome: Report['verdict']['outcome'] | 'failed';
  readonly finding: Finding;
  /** Whether a person must look: manual, refuse, a new key, or no check at all. */
  readonly look: boolean;
  readonly sentence: string;
};

/** `pins check [--json] [--parallel N]`. 0: nothing needs a look; 2 refuse, 1 a look, 3 unreachable, 4 not offered: the first of them that occurs. */
export async function runPinsCheck(
  _rest: readonly string[],
  options: PinsOptions,
  io: PinsIo,
): Promise<number> {
  const parallel = Number(options.values['parallel'] ?? DEFAULT_PARALLEL);
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > MOST_PARALLEL)
    return usage(io, say.needs(`--parallel 1 to ${MOST_PARALLEL}`));
  const all = io.store.listAll();
  if (!all.ok) return trouble(io, all.problem);
  const places = placesOf(all.value, io.now());
  if (places.length === 0 && !options.json) io.out(`${say.checkNothing}\n`);
  const results = await recheckAll(places, io.store, io.check, parallel);
  for (const one of results) if (options.json) io.out(jsonLine(one));
  if (!options.json && results.length > 0) {
    io.out(describe(results));
    io.out(`${say.checkSummary(results.length, results.filter((one) => one.look).length)}\n`);
  }
  return exitCode(results);
}

/** Every domain and service with a live pin or a watch, once each. */
export function placesOf(everything: Pick<Everything, 'pins' | 'watches'>, now: Instant): readonly Place[] {
  const places = new Map<string, Place>();
  const live = everything.pins.filter((pin) => isLive(pin, now));
  for (const { domain, service } of [...live, ...everything.watches])
    places.set(`${service} ${domain}`, { domain, service });
  return [...places.values()].sort((a, b) => (a.domain < b.domain ? -1 : a.domain > b.domain ? 1 : 0));
}

/** Checks all places, `parallel` at a time, records what was seen, and tells what changed; in the order given. */
export async function recheckAll(
  places: readonly Place[],
  store: Store,
  check: PinsIo['check'],
  parallel: number = DEFAULT_PARALLEL,
): Promise<readonly Rechecked[]> {
  const results: Rechecked[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < places.length; i = next++) {
      const place = places[i];
      if (place !== undefined) results[i] = await recheck(place, store, check);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, places.length) }, worker));
  return results;
}

async function recheck(place: Place, store: Store, check: PinsIo['check']): Promise<Rechecked> {
  const report = await check(place.domain, place.service);
  if (report === null)
    return { ...place, outcome: 'failed', finding: 'not-seen', look: true, sentence: say.interrupted };
  const entry = historyEntryOf(report);
  const finding = findingOf(report, store);
  if (entry !== null) store.recordHistory(entry);
  const { outcome, sentence } = report.verdict;
  const look = outcome === 'manual' || outcome === 'refuse' || finding === 'new-key';
  return { ...place, outcome, finding, look, sentence };
}

function describe(results: readonly Rechecked[]): string {
  const order = (one: Rechecked): number => (one.look ? 0 : 1);
  return table([
    ['DOMAIN', 'SERVICE', 'OUTCOME', 'CERTIFICATE', ''],
    ...[...results]
      .sort((a, b) => order(a) - order(b))
      .map((one) => [
        visible(one.domain),
        one.service === 'xmpp-client' ? 'client' : 'server',
        one.outcome,
        say.finding[one.finding],
        one.look ? visible(one.sentence, 300) : '',
      ]),
  ]);
}

function exitCode(results: readonly Rechecked[]): number {
  if (results.some((one) => one.outcome === 'refuse')) return PINS_EXIT.refuse;
  if (results.some((one) => one.look)) return PINS_EXIT.look;
  if (results.some((one) => one.outcome === 'unreachable')) return PINS_EXIT.unreachable;
  return results.some((one) => one.outcome === 'not-offered') ? PINS_EXIT.notOffered : PINS_EXIT.done;
}

/** As many as `mellon check` does at once. */
const DEFAULT_PARALLEL = 8;
const MOST_PARALLEL = 64;
