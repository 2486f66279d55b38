/**
 * terminal-clients.ts: how other programs would decide, to be read in a terminal: who differs first, grouped by what they do.
 *
 * In:   a report's comparison
 * Out:  lines, safe to print
 * Not:  deciding (trust/clients-judge.ts)
 */
import type { ClientDecision, ClientResult, ClientsReport } from '../shared/clients.ts';
import { compare } from '../shared/phrases/compare-clients.ts';
import type { Outcome4, Report } from '../shared/report.ts';
import { visible } from '../shared/visible.ts';
import type { Colour, Paint } from './paint.ts';

type Profile = ClientsReport['profiles'][number];
type Cell = { readonly profile: Profile; readonly decision: ClientDecision };
type Row = ClientsReport['rows'][number];

/** The comparison as lines. Endpoints on which everybody decides alike are told once. */
export function describeClients(clients: ClientsReport, report: Report, paint: Paint): readonly string[] {
  const lines = [
    '',
    paint('bold', compare.title),
    `  ${paint('dim', compare.source(clients.profiles.length))}`,
  ];
  if (clients.rows.length === 0) return [...lines, `  ${compare.noEndpoints}`];
  const outcomes = report.targets.flatMap((t) => t.endpoints.map((e) => e.verdict.outcome));
  const groups = new Map<string, { readonly rows: Row[]; readonly mellon: Outcome4 }>();
  for (const [i, row] of clients.rows.entries()) {
    const mellon = outcomes[i] ?? 'unreachable';
    const key = JSON.stringify([mellon, row.results]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { rows: [row], mellon });
    else group.rows.push(row);
  }
  for (const { rows, mellon } of groups.values()) {
    const [first] = rows;
    if (first === undefined) continue;
    for (const row of rows)
      lines.push(`  └ ${visible(row.host)}:${row.port} (${row.mode}) ${row.address ?? ''}`.trimEnd());
    const cells = clients.profiles.flatMap((profile, i) => {
      const decision = first.results[i];
      return decision === undefined ? [] : [{ profile, decision }];
    });
    lines.push(`      ${compare.mellonSays(compare.mellon[mellon])}`, ...silence(cells, mellon, paint));
    const differing = cells.filter((cell) => cell.decision.partsAt !== null);
    lines.push(...block(compare.differently, differing, paint));
    lines.push(
      ...block(
        compare.same,
        cells.filter((cell) => cell.decision.partsAt === null),
        paint,
      ),
    );
  }
  return lines;
}

/** The one line that matters most: who goes on without a question, or who is locked out. */
function silence(cells: readonly Cell[], mellon: Outcome4, paint: Paint): readonly string[] {
  const accepting = cells.filter((cell) => cell.decision.result === 'accepts').length;
  switch (mellon) {
    case 'auto-accept':
      return [`      ${compare.alsoSilently(accepting, cells.length)}`];
    case 'manual':
    case 'refuse': {
      const text = compare.silently(accepting, cells.length);
      return [`      ${accepting === 0 ? text : paint('yellow', `! ${text}`)}`];
    }
    case 'unreachable':
      return [];
  }
}

function block(title: string, cells: readonly Cell[], paint: Paint): readonly string[] {
  if (cells.length === 0) return [];
  const lines = [`      ${paint('bold', title)}`];
  for (const result of ORDER) {
    const here = cells.filter((cell) => cell.decision.result === result);
    if (here.length === 0) continue;
    const [sign, colour] = MARKS[result];
    lines.push(`        ${paint(colour, `${sign} ${compare.results[result]}`)} (${here.length})`);
    // Those with one reason stand together under it.
    for (const reason of new Set(here.map((cell) => reasonOf(cell.decision)))) {
      lines.push(paint('dim', `            ${visible(reason, LONGEST_REASON)}`));
      for (const { profile } of here.filter((cell) => reasonOf(cell.decision) === reason))
        lines.push(
          `            - ${visible(profile.name)} ${paint('dim', `(${compare.about(visible(profile.version), compare.confidence[profile.confidence])})`)}`,
        );
    }
  }
  return lines;
}

function reasonOf({ reason, asks, partsAt }: ClientDecision): string {
  return [
    ...(asks === null ? [] : [`${compare.asks[asks]}:`]),
    reason,
    ...(partsAt === null ? [] : [compare.parts(compare.steps[partsAt])]),
  ].join(' ');
}

/** The most dangerous first. */
const ORDER: readonly ClientResult[] = ['accepts', 'refuses', 'asks', 'cannot-connect', 'depends', 'unknown'];
const MARKS: Readonly<Record<ClientResult, readonly [string, Colour]>> = {
  accepts: ['✓', 'green'],
  refuses: ['✗', 'red'],
  asks: ['!', 'yellow'],
  'cannot-connect': ['–', 'dim'],
  depends: ['~', 'yellow'],
  unknown: ['?', 'dim'],
};
/** A profile's note is at most 5000 characters; its gist stands at the beginning. Chosen. */
const LONGEST_REASON = 400;
