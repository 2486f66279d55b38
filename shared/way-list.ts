/**
 * way-list.ts: many endpoints arranged for reading: by target, the worst first.
 *
 * In:   a report, what a person looks for
 * Out:  groups of endpoints; how many there are of each outcome
 * Not:  drawing (renderer/WayList.svelte)
 */
import type { Outcome4, Report, TargetReport } from './report.ts';
import { branches, type Branch } from './view.ts';

export type WayGroup = { readonly target: TargetReport; readonly branches: readonly Branch[] };
export type WayFilter = { readonly search: string; readonly outcome: Outcome4 | 'all' };

/** The worst first, as a domain's verdict takes them (TRUST-RULES 9). */
export const WORST_FIRST: readonly Outcome4[] = ['refuse', 'manual', 'unreachable', 'auto-accept'];

/** The endpoints that fit, the worst target first and in it the worst address; else in the order of the report. */
export function wayGroups(report: Report, filter: WayFilter): readonly WayGroup[] {
  const wanted = filter.search.trim().toLowerCase();
  const groups = new Map<TargetReport, Branch[]>();
  for (const branch of branches(report)) {
    if (filter.outcome !== 'all' && branch.endpoint.verdict.outcome !== filter.outcome) continue;
    if (!branch.label.toLowerCase().includes(wanted)) continue;
    const known = groups.get(branch.target);
    if (known === undefined) groups.set(branch.target, [branch]);
    else known.push(branch);
  }
  return [...groups]
    .map(([target, all]) => ({ target, branches: all.sort((a, b) => rank(a) - rank(b)) }))
    .sort((a, b) => rankOf(a) - rankOf(b));
}

/** How many endpoints end in each outcome, the worst first; those that none ends in are left out. */
export function wayCounts(
  list: readonly Branch[],
): readonly { readonly outcome: Outcome4; readonly count: number }[] {
  return WORST_FIRST.map((outcome) => ({
    outcome,
    count: list.filter((one) => one.endpoint.verdict.outcome === outcome).length,
  })).filter(({ count }) => count > 0);
}

function rank(branch: Branch): number {
  return WORST_FIRST.indexOf(branch.endpoint.verdict.outcome);
}
function rankOf(group: WayGroup): number {
  return Math.min(...group.branches.map(rank));
}
