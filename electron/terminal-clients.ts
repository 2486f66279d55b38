/**
 * terminal-clients.ts: how other programs would decide, to be read in a terminal: who differs first, grouped by what they do.
 *
 * In:   a report's comparison
 * Out:  lines, safe to print
 * Not:  deciding (trust/clients-judge.ts)
 */
import { columnsOf, RESULTS, silentIn, type MatrixColumn } from '../shared/client-matrix.ts';
import type { ClientDecision, ClientResult, ClientsReport } from '../shared/clients.ts';
import { compare } from '../shared/phrases/compare-clients.ts';
import type { Report } from '../shared/report.ts';
import { visible } from '../shared/visible.ts';
import type { Colour, Paint } from './paint.ts';

type Profile = ClientsReport['profiles'][number];
type Cell = { readonly profile: Profile; readonly decision: ClientDecision };

/** The comparison as lines. Endpoints on which everybody decides alike are told once. */
export function describeClients(clients: ClientsReport, report: Report, paint: Paint): readonly string[] {
  const lines = [
    '',
    paint('bold', compare.title),
    `  ${paint('dim', compare.source(clients.profiles.length))}`,
  ];
  if (clients.rows.length === 0) return [...lines, `  ${compare.noEndpoints}`];
  for (const column of columnsOf(report, clients)) {
    for (const { at, address } of column.places) lines.push(`  └ ${visible(at)} ${address ?? ''}`.trimEnd());
    lines.push(`      ${compare.mellonSays(compare.mellon[column.mellon])}`, ...silence(column, paint));
    const cells = clients.profiles.flatMap((profile, i) => {
      const decision = column.decisions[i];
      return decision === undefined ? [] : [{ profile, decision }];
    });
    const [otherwise, alike] = [
      cells.filter((cell) => cell.decision.partsAt !== null),
      cells.filter((cell) => cell.decision.partsAt === null),
    ];
    lines.push(...block(compare.differently, otherwise, paint), ...block(compare.same, alike, paint));
  }
  return lines;
}

/** The one line that matters most: who goes on without a question, or who is locked out. */
function silence(column: MatrixColumn, paint: Paint): readonly string[] {
  const [accepting, all] = [silentIn(column), column.decisions.length];
  switch (column.mellon) {
    case 'auto-accept':
      return [`      ${compare.alsoSilently(accepting, all)}`];
    case 'manual':
    case 'refuse': {
      const text = compare.silently(accepting, all);
      return [`      ${accepting === 0 ? text : paint('yellow', `! ${text}`)}`];
    }
    case 'unreachable':
      return [];
  }
}

function block(title: string, cells: readonly Cell[], paint: Paint): readonly string[] {
  if (cells.length === 0) return [];
  const lines = [`      ${paint('bold', title)}`];
  for (const result of RESULTS) {
    const here = cells.filter((cell) => cell.decision.result === result);
    if (here.length === 0) continue;
    const [sign, colour] = MARKS[result];
    lines.push(`        ${paint(colour, `${sign} ${compare.results[result]}`)} (${here.length})`);
    // Those with one reason stand together under it.
    for (const reason of new Set(here.map((cell) => reasonOf(cell.decision)))) {
      // The indentation stands outside the colour, so that a long reason is broken under its beginning.
      lines.push(`            ${paint('dim', visible(reason, LONGEST_REASON))}`);
      for (const { profile } of here.filter((cell) => reasonOf(cell.decision) === reason)) {
        const about = compare.about(visible(profile.version), compare.confidence[profile.confidence]);
        lines.push(`            - ${visible(profile.name)} ${paint('dim', `(${about})`)}`);
      }
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
