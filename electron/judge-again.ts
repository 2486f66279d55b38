/**
 * judge-again.ts: a saved report, judged again from its observations (TRUST-RULES section 11).
 *
 * In:   parsed JSON from anywhere, and what shall be different (another date, other stores, without a method)
 * Out:  the new report; stored evidence, routes and verdicts are never read but to report a difference
 * Not:  reading files (judge-command.ts)
 */
import * as v from 'valibot';
import type { DnsName, Instant, Outcome } from '../shared/basics.ts';
import type { Said } from '../shared/bridge.ts';
import type { Observation } from '../shared/observation.ts';
import { judgeAgainPhrases } from '../shared/phrases/judge-again.ts';
import { NO_PINS, type PinView } from '../shared/pin.ts';
import { SavedReportSchema } from '../shared/report-input.ts';
import type { Reason, Report } from '../shared/report.ts';
import type { CheckRequest, RootsName, Service } from '../shared/request.ts';
import { visible } from '../shared/visible.ts';
import { groundOf, machineStores } from './ground.ts';
import type { Method } from './trust/judge-context.ts';
import { judge } from './trust/judge.ts';
import { parseSource, sourceText } from './wire/address.ts';

export type Changes = {
  /** ISO time to judge as of; default: the time of the recording (or the time that was given then). */
  readonly at?: string;
  readonly roots?: readonly RootsName[];
  readonly ca?: CheckRequest['ca'];
  readonly trustAnchor?: string;
  readonly requireDnssec?: boolean;
  /** What if this method did not exist? */
  readonly without?: readonly Method[];
  /** Consulted only where asked for. */
  readonly pins?: (domain: string, service: Service) => PinView;
};

/** Judges again. The problem is a sentence saying what is wrong with the file. */
export function judgeAgain(saved: unknown, changes: Changes): Outcome<Report, Said> {
  const parsed = v.safeParse(SavedReportSchema, saved);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return no(judgeAgainPhrases.malformed(visible(v.getDotPath(issue) ?? ''), visible(issue.message)));
  }
  const file = parsed.output;
  const source = parseSource(
    file.request.source.kind === 'domain' ? file.request.source.ascii : file.request.source.address,
  );
  if (!source.ok) return no(judgeAgainPhrases.malformed('request.source', 'no domain'));

  const recordedAt = file.recordedAt ?? file.startedAt;
  const request: CheckRequest = {
    ...file.request,
    source: source.value,
    from: file.request.from as DnsName | null,
    negativeAnchors: file.request.negativeAnchors as readonly string[] as readonly DnsName[],
    resolvers: file.request.resolvers.length === 0 ? ['system'] : file.request.resolvers,
    at: changes.at ?? file.request.at ?? file.startedAt,
    roots: changes.roots ?? file.request.roots,
    ca: [...file.request.ca, ...(changes.ca ?? [])],
    trustAnchor: changes.trustAnchor ?? file.request.trustAnchor,
    requireDnssec: changes.requireDnssec ?? file.request.requireDnssec,
  };
  const startedAt = Date.parse(file.startedAt) as Instant;
  const report = judge(request, file.observations as readonly Observation[], {
    ...groundOf(request, startedAt),
    stores: machineStores(request),
    pins: changes.pins?.(sourceText(request.source), request.service) ?? NO_PINS,
    startedAt,
    durationMs: file.durationMs,
    runtime: file.runtime,
    settled: null,
    recordedAt,
    without: changes.without ?? [],
  });
  const said = [compare(file.verdict, report), ownGround(file.request)].filter((one) => one !== null);
  return { ok: true, value: { ...report, warnings: [...said, ...(report.warnings ?? [])] } };
}

/** What the file itself brings to be believed: no more believable than the file. */
function ownGround(request: { ca: readonly unknown[]; trustAnchor: string | null }): Reason | null {
  const brings = [
    ...(request.ca.length > 0 ? [judgeAgainPhrases.ownStore()] : []),
    ...(request.trustAnchor === null ? [] : [judgeAgainPhrases.ownAnchors()]),
  ];
  if (brings.length === 0) return null;
  return { code: 'report-brings-trust', text: judgeAgainPhrases.brings(brings), ref: 'RFC 4033 7' };
}

function compare(
  stored: { outcome: string; by: string | null; case: string | null },
  report: Report,
): Reason | null {
  const { outcome, by } = report.verdict;
  if (stored.outcome === outcome && stored.by === by && stored.case === report.verdict.case) return null;
  const was = visible([stored.outcome, stored.by ?? stored.case].filter((x) => x !== null).join(' '), 64);
  const now = [outcome, by ?? report.verdict.case].filter((x) => x !== null).join(' ');
  return { code: 'verdict-differs', text: judgeAgainPhrases.differs(was, now), ref: 'RFC 4033 7' };
}

function no(text: string): Outcome<never, Said> {
  return { ok: false, problem: { code: 'saved-report', text } };
}
