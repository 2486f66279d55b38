/**
 * decide.ts: the policy, as a list that can be read aloud (TRUST-RULES section 9). The first rule that speaks, wins.
 *
 * In:   Facts: what the evidence on one endpoint comes to
 * Out:  the row that spoke, with outcome, route, case and reasons
 * Not:  sentences (shared/phrases/verdict.ts), evidence (judge.ts), joining endpoints (domain-verdict.ts)
 */
import type { ManualCase, Outcome4, Reason, RouteName, RouteState } from '../../shared/report.ts';

export type Facts = {
  /** Row 1: why there was nothing to judge; null where XMPP was reached. */
  readonly unreachable: Reason | null;
  /** Row 2 without its last part: everything that refuses, in the order of the row. */
  readonly refusals: readonly Reason[];
  /** Row 2, last part: a live pin exists and the certificate is another one. */
  readonly pinChanged: Reason | null;
  /** Row 2a: the domain is watched and the key is not in the watched set. */
  readonly watchChanged: Reason | null;
  /** Row 2b: DNSSEC proof is required, by the person or by what was seen before, and could not be had. */
  readonly proofUnknown: Reason | null;
  readonly routes: Readonly<Record<RouteName, RouteState>>;
  /** Why each open route is open, for the reasons of an acceptance. */
  readonly openReasons: Readonly<Partial<Record<RouteName, readonly Reason[]>>>;
  /** Row 8: every case that holds, in the order of section 9. Never empty where nothing is open. */
  readonly cases: readonly { readonly case: ManualCase; readonly reason: Reason }[];
};

export type Decision = {
  /** The row of the table that spoke. */
  readonly row: RowId;
  readonly outcome: Outcome4;
  readonly by: RouteName | null;
  readonly case: ManualCase | null;
  readonly reasons: readonly Reason[];
};

export type RowId = '1' | '2' | '2a' | '2b' | '3' | '4' | '5' | '6' | '7' | '8';
export type Row = { readonly id: RowId; readonly apply: (facts: Facts) => Omit<Decision, 'row'> | null };

/** The rows of section 9. Their order is the policy. */
export const ROWS: readonly Row[] = [
  { id: '1', apply: (f) => (f.unreachable === null ? null : plain('unreachable', [f.unreachable])) },
  { id: '2', apply: refuse },
  {
    id: '2a',
    apply: (f) => (f.watchChanged === null ? null : manual('watched-key-changed', f, f.watchChanged)),
  },
  { id: '2b', apply: (f) => (f.proofUnknown === null ? null : manual('proof-unknown', f, f.proofUnknown)) },
  { id: '3', apply: (f) => accept(f, 'dane') },
  { id: '4', apply: (f) => accept(f, 'pkix') },
  { id: '5', apply: (f) => accept(f, 'pkix-delegated') },
  { id: '6', apply: (f) => accept(f, 'posh') },
  { id: '7', apply: (f) => accept(f, 'pin') },
  { id: '8', apply: (f) => manualCase(f) },
];

/** Decides on one endpoint. `rows` is an argument so that a test can take one away and see what it was for. */
export function decide(facts: Facts, rows: readonly Row[] = ROWS): Decision {
  for (const { id, apply } of rows) {
    const decision = apply(facts);
    if (decision !== null) return { row: id, ...decision };
  }
  throw new Error('no row of the trust rules applies');
}

function refuse(f: Facts): Omit<Decision, 'row'> | null {
  const otherRoutes: readonly RouteName[] = ['dane', 'pkix', 'pkix-delegated', 'posh'];
  const pin = f.pinChanged !== null && !otherRoutes.some((r) => f.routes[r] === 'open') ? [f.pinChanged] : [];
  const reasons = [...f.refusals, ...pin];
  return reasons.length === 0 ? null : plain('refuse', reasons);
}

function accept(f: Facts, by: RouteName): Omit<Decision, 'row'> | null {
  if (f.routes[by] !== 'open') return null;
  return { outcome: 'auto-accept', by, case: null, reasons: f.openReasons[by] ?? [] };
}

function manual(which: ManualCase, f: Facts, reason: Reason): Omit<Decision, 'row'> {
  return { outcome: 'manual', by: null, case: which, reasons: [reason, ...f.cases.map((c) => c.reason)] };
}

function manualCase(f: Facts): Omit<Decision, 'row'> | null {
  const [first] = f.cases;
  if (first === undefined) return null;
  return { outcome: 'manual', by: null, case: first.case, reasons: f.cases.map((c) => c.reason) };
}

function plain(outcome: Outcome4, reasons: readonly Reason[]): Omit<Decision, 'row'> {
  return { outcome, by: null, case: null, reasons };
}
