/**
 * client-matrix.ts: the comparison with other programs arranged for reading: who decides otherwise first.
 *
 * In:   a report and its comparison, how a person wants to see it
 * Out:  columns (endpoints on which everybody decides alike are one), groups of rows (programs)
 * Not:  deciding (electron/trust/clients-judge.ts), drawing
 */
import type { ClientDecision, ClientResult, ClientsReport } from './clients.ts';
import type { Outcome4, Report } from './report.ts';
import type { Mark } from './view.ts';

type Profile = ClientsReport['profiles'][number];
export type MatrixColumn = {
  readonly places: readonly { readonly at: string; readonly address: string | null }[];
  readonly mellon: Outcome4;
  /** One a profile, in their order. */
  readonly decisions: readonly ClientDecision[];
};
export type MatrixRow = {
  readonly profile: Profile;
  /** Its place in the comparison's list of profiles. */
  readonly index: number;
  /** One a column. */
  readonly cells: readonly ClientDecision[];
  /** On how many columns it decides otherwise than here. */
  readonly differs: number;
};
export type MatrixGroup = {
  readonly by: ClientResult | Profile['kind'] | null;
  readonly rows: readonly MatrixRow[];
};
export type MatrixSort = 'difference' | 'name' | 'confidence';
export type MatrixGrouping = 'result' | 'kind' | 'none';
export type MatrixView = {
  readonly search: string;
  readonly result: ClientResult | 'all';
  readonly onlyDifferent: boolean;
  readonly sort: MatrixSort;
  readonly group: MatrixGrouping;
};

/** What most deserves attention first. */
export const RESULTS: readonly ClientResult[] = [
  'accepts',
  'refuses',
  'asks',
  'cannot-connect',
  'depends',
  'unknown',
];
const KINDS: readonly Profile['kind'][] = ['client', 'library', 'server', 'server_module'];
const CONFIDENCE: readonly Profile['confidence'][] = ['high', 'medium', 'low'];

/** The endpoints of a comparison; those on which every program decides alike stand in one column. */
export function columnsOf(report: Report, clients: ClientsReport): readonly MatrixColumn[] {
  const outcomes = report.targets.flatMap((target) => target.endpoints.map((one) => one.verdict.outcome));
  const columns = new Map<string, MatrixColumn>();
  for (const [i, { host, port, mode, address, results }] of clients.rows.entries()) {
    const mellon = outcomes[i] ?? 'unreachable';
    const place = { at: `${host}:${port} (${mode})`, address };
    const key = JSON.stringify([mellon, results]);
    const known = columns.get(key);
    const places = [...(known?.places ?? []), place];
    columns.set(key, { places, mellon, decisions: results });
  }
  return [...columns.values()];
}

/** The programs as rows, filtered, sorted and grouped as asked. Groups without rows are left out. */
export function rowsOf(
  clients: ClientsReport,
  columns: readonly MatrixColumn[],
  view: MatrixView,
): readonly MatrixGroup[] {
  const wanted = view.search.trim().toLowerCase();
  const rows = clients.profiles
    .map((profile, index): MatrixRow => {
      const cells = columns.flatMap((column) => column.decisions[index] ?? []);
      return { profile, index, cells, differs: cells.filter((one) => one.partsAt !== null).length };
    })
    .filter(
      ({ profile, cells, differs }) =>
        `${profile.name} ${profile.version}`.toLowerCase().includes(wanted) &&
        (view.result === 'all' || cells.some((one) => one.result === view.result)) &&
        (!view.onlyDifferent || differs > 0),
    )
    .sort(ORDERS[view.sort]);
  switch (view.group) {
    case 'none':
      return rows.length === 0 ? [] : [{ by: null, rows }];
    case 'kind':
      return KINDS.map((by) => ({ by, rows: rows.filter((row) => row.profile.kind === by) })).filter(isFull);
    case 'result':
      return RESULTS.map((by) => ({ by, rows: rows.filter((row) => gravest(row) === by) })).filter(isFull);
  }
}

/** The mark of a result: to go on silently where Mellon does not is no good sign. */
export function resultMark(result: ClientResult, mellon: Outcome4): Mark {
  switch (result) {
    case 'accepts':
      return mellon === 'auto-accept' ? 'good' : 'look';
    case 'asks':
      return 'look';
    case 'refuses':
      return 'bad';
    case 'cannot-connect':
      return 'none';
    case 'depends':
    case 'unknown':
      return 'unknown';
  }
}

/** How many programs go on with the endpoints of a column without a question. */
export function silentIn(column: MatrixColumn): number {
  return column.decisions.filter((one) => one.result === 'accepts').length;
}

/** What it does where it decides otherwise than here counts first. */
function gravest(row: MatrixRow): ClientResult {
  const otherwise = row.cells.filter((one) => one.partsAt !== null);
  const cells = otherwise.length > 0 ? otherwise : row.cells;
  return RESULTS.find((result) => cells.some((one) => one.result === result)) ?? 'unknown';
}

function isFull(group: MatrixGroup): boolean {
  return group.rows.length > 0;
}

const byName = (a: MatrixRow, b: MatrixRow): number => a.profile.name.localeCompare(b.profile.name, 'en');
const ORDERS: Readonly<Record<MatrixSort, (a: MatrixRow, b: MatrixRow) => number>> = {
  difference: (a, b) =>
    b.differs - a.differs || RESULTS.indexOf(gravest(a)) - RESULTS.indexOf(gravest(b)) || byName(a, b),
  name: byName,
  confidence: (a, b) =>
    CONFIDENCE.indexOf(a.profile.confidence) - CONFIDENCE.indexOf(b.profile.confidence) || byName(a, b),
};
