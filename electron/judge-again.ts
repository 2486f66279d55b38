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
  const differs = compare(file.verdict, report) ?? compareEvidence(file, report);
  const said = [differs, ownGround(file.request)].filter((one) => one !== null);
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

type Stored = Pick<v.InferOutput<typeof SavedReportSchema>, 'discovery' | 'targets'>;

/** Where the file says something else of an endpoint, a route or a DNS answer than what was observed comes to. */
function compareEvidence(file: Stored, report: Report): Reason | null {
  if (file.targets.length + file.discovery.srv.length === 0) return null;
  const [stored, judged] = [wordsOf(file), wordsOf(report)];
  const different = [...new Set([...judged.keys(), ...stored.keys()])].filter(
    (where) => stored.get(where) !== judged.get(where),
  );
  const [first] = different;
  if (first === undefined) return null;
  const word = (words: ReadonlyMap<string, string>): string =>
    visible(words.get(first) ?? judgeAgainPhrases.nothing(), 64);
  const text = judgeAgainPhrases.evidenceDiffers(
    visible(first, 200),
    word(stored),
    word(judged),
    different.length - 1,
  );
  return { code: 'evidence-differs', text, ref: 'RFC 4033 7' };
}

/** Every word that decides or was decided, by what it is about; pins are not consulted unless asked, so not theirs. */
function wordsOf({ discovery, targets }: Stored): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const { owner, dnssec } of discovery.srv) words.set(judgeAgainPhrases.dnssecOf(owner), String(dnssec));
  for (const { host, port, mode, addresses, tlsa, endpoints } of targets) {
    const target = `${host}:${port}, ${mode ?? ''}`;
    for (const { type, dnssec } of [...addresses, { ...tlsa, type: 'TLSA' }])
      words.set(judgeAgainPhrases.dnssecOf(`${target}, ${type ?? ''}`), String(dnssec));
    for (const { address, verdict, routes } of endpoints) {
      const endpoint = judgeAgainPhrases.endpointAt(target, address);
      words.set(endpoint, [verdict.outcome, verdict.by ?? verdict.case].filter((x) => x !== null).join(' '));
      for (const route of ['dane', 'pkix', 'pkix-delegated', 'posh'] as const)
        words.set(judgeAgainPhrases.routeOf(route, endpoint), String(routes[route].state));
    }
  }
  return words;
}

function no(text: string): Outcome<never, Said> {
  return { ok: false, problem: { code: 'saved-report', text } };
}
