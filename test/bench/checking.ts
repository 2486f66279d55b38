/**
 * checking.ts: one whole check in a demo realm, as a face of the program would run it.
 *
 * In:   a realm, a domain
 * Out:  its report, with how long it took
 * Not:  measuring
 */
import { performance } from 'node:perf_hooks';
import { runCheck, type World } from '../../electron/check.ts';
import type { CheckRequest } from '../../shared/request.ts';
import { parseRequest } from '../../electron/options.ts';
import type { Report } from '../../shared/report.ts';

export type Checked = { readonly report: Report; readonly wallMs: number };

/** Where checks can be run. */
export type Place = { readonly world: World; prepare(request: CheckRequest): CheckRequest };

/** Runs one check; throws where it is refused or stopped. */
export async function check(realm: Place, domain: string, form: object = {}): Promise<Checked> {
  const request = parseRequest({ input: domain, ...form });
  if (!request.ok) throw new Error(request.problem.text);
  const start = performance.now();
  const report = await runCheck(
    realm.prepare(request.value),
    realm.world,
    () => undefined,
    new AbortController().signal,
  );
  if (report === null) throw new Error(`the check of ${domain} was stopped`);
  return { report, wallMs: performance.now() - start };
}
