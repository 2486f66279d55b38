/**
 * accept.ts: may this certificate be accepted by hand, and what exactly would be remembered?
 *
 * In:   the report on screen, which certificate, and how the person wants it remembered
 * Out:  the pin to make and the pins that it replaces; or one sentence why not
 * Not:  making it (store), asking the person (renderer, pins-add.ts)
 *
 * TRUST-RULES 10.5: never on a certificate whose verdict is `refuse` for another reason than a changed pin, never from a saved
 * report. Everything is computed here from the report, nothing is believed that came with the request.
 */
import type { Instant, Outcome } from '../shared/basics.ts';
import type { AcceptForm, Said } from '../shared/bridge.ts';
import { ACCEPT_PROBLEMS, type AcceptProblem } from '../shared/phrases/accept.ts';
import type { HistoryEntry, PinId, PinView } from '../shared/pin.ts';
import type { ChainCertificate, EndpointReport, Report, TargetReport } from '../shared/report.ts';
import { visible } from '../shared/visible.ts';
import { groundOf } from './ground.ts';
import type { NewPin } from './store/store.ts';
import { judge } from './trust/judge.ts';
import type { TrustStore } from './trust/stores.ts';

export type Acceptance = { readonly pin: NewPin; readonly replaces: readonly PinId[] };
export type AcceptRequest = Omit<AcceptForm, 'check'>;

export type AcceptGround = {
  /** What the store knows of the report's domain now. */
  readonly view: PinView;
  /** The report's observations judged with another view of the pins (judgeWithView). */
  readonly judgeWith: (view: PinView) => Report;
  readonly now: Instant;
};

type Shown = {
  readonly target: TargetReport;
  readonly endpoint: EndpointReport;
  readonly leaf: ChainCertificate;
};

/** Decides whether the leaf named in `form` may be accepted, and works out the pin. Pure but for `judgeWith`. */
export function mayAccept(
  report: Report,
  form: AcceptRequest,
  ground: AcceptGround,
): Outcome<Acceptance, Said> {
  const { domain } = report.input;
  const no = (code: AcceptProblem, detail = ''): Outcome<never, Said> => ({
    ok: false,
    problem: {
      code,
      text: ACCEPT_PROBLEMS[code]({ domain: visible(domain), detail: visible(detail, 1_000) }),
    },
  });

  if (report.recordedAt !== undefined) return no('saved-report', report.recordedAt);
  if (report.request.at !== null) return no('another-time', report.request.at);
  const ends = form.ends ?? null;
  if (ends !== null && !(Date.parse(ends) > ground.now)) return no('ends-in-the-past', ends);
  const replaces = form.replaces ?? [];
  const stranger = replaces.find(
    (id) => ![...ground.view.pins, ...ground.view.once].some((pin) => pin.id === id),
  );
  if (stranger !== undefined) return no('no-replace-needed', stranger);

  // Replacing: "then the old pin is removed and the verdict computed again" (10.4), before anything is written.
  const judged = replaces.length === 0 ? report : ground.judgeWith(withoutPins(ground.view, replaces));
  const shown = endpointsShowing(judged, form.certificate);
  const [first] = shown;
  if (first === undefined) return no('not-in-report');

  const refused = shown.find((one) => one.endpoint.verdict.outcome === 'refuse');
  if (refused !== undefined) {
    const { reasons, sentence } = refused.endpoint.verdict;
    if (!isOnlyChanged(reasons)) return no('refused', sentence);
    return replaces.length === 0 ? no('changed-needs-replace') : no('still-changed', sentence);
  }
  const endpoints = judged.targets.flatMap((target) => target.endpoints);
  const { outcome, reasons: why } = judged.verdict;
  const byDiscovery = why.some(({ code }) => code.startsWith('discovery-'));
  if (outcome === 'refuse' && (byDiscovery || !endpoints.some((e) => e.verdict.outcome === 'refuse')))
    return no('refused-domain', judged.verdict.sentence);
  const manual = shown.filter((one) => one.endpoint.verdict.outcome === 'manual');
  if (manual.length === 0) return no('nothing-to-accept', first.endpoint.verdict.sentence);
  // Row 2b stands above row 7: what was accepted would change nothing, and the person would be asked again and again.
  if (manual.every((one) => one.endpoint.verdict.case === 'proof-unknown')) return no('proof-first');
  const typedByHand = manual.every((one) => one.target.delegation === 'manual');
  if (typedByHand && form.manualToo !== true) return no('not-for-manual');

  const { leaf } = first;
  const names = leaf.names.map((name) => `${name.type}:${name.value}`);
  if (names.length > MOST_NAMES || names.some((name) => name.length > LONGEST_NAME))
    return no('name-too-long');
  const pin: NewPin = {
    domain,
    service: report.input.service,
    by: form.by,
    sha256: form.by === 'key' ? leaf.spkiSha256 : leaf.sha256,
    ends: ends === null ? null : new Date(ends).toISOString(),
    note: form.note ?? '',
    forgives: forgivable(manual),
    names,
    manualToo: form.manualToo === true,
    pem: leaf.pem,
    keySha256: leaf.spkiSha256,
  };
  return { ok: true, value: { pin, replaces } };
}

/** The report's own observations, judged as the check did, but with another view of the pins. */
export function judgeWithView(report: Report, view: PinView, stores: readonly TrustStore[]): Report {
  const startedAt = Date.parse(report.startedAt) as Instant;
  return judge(report.request, report.observations, {
    ...groundOf(report.request, startedAt),
    stores,
    pins: view,
    startedAt,
    durationMs: report.durationMs,
    runtime: report.runtime,
    settled: null,
  });
}

/** What a check leaves in the history of its domain; null where the report was judged from a file or for another date. */
export function historyEntryOf(report: Report): HistoryEntry | null {
  if (report.recordedAt !== undefined || report.request.at !== null) return null;
  const leaves = report.targets.flatMap((t) => t.endpoints).flatMap((e) => e.chain.slice(0, 1));
  const seen = leaves.filter((leaf) => leaf.malformed === undefined);
  return {
    domain: report.input.domain,
    service: report.input.service,
    at: report.startedAt,
    outcome: report.verdict.outcome,
    by: report.verdict.by,
    dnssec: dnssecOf(report),
    keys: unique(seen.map((leaf) => leaf.spkiSha256)),
    certificates: unique(seen.map((leaf) => leaf.sha256)),
  };
}

/** "Seen secure" means that what leads to the domain's servers was: SRV records, or their absence. */
function dnssecOf(report: Report): HistoryEntry['dnssec'] {
  const states = report.discovery.srv.map((srv) => srv.dnssec);
  if (states.includes('secure')) return 'secure';
  return states.length > 0 && states.every((state) => state === 'insecure') ? 'insecure' : 'unknown';
}

function endpointsShowing(report: Report, certificate: string): readonly Shown[] {
  return report.targets.flatMap((target) =>
    target.endpoints.flatMap((endpoint) => {
      const [leaf] = endpoint.chain;
      const same = leaf !== undefined && leaf.malformed === undefined && leaf.sha256 === certificate;
      return same ? [{ target, endpoint, leaf }] : [];
    }),
  );
}

function isOnlyChanged(reasons: EndpointReport['verdict']['reasons']): boolean {
  return reasons.length > 0 && reasons.every((reason) => reason.code.startsWith('pin-changed'));
}

/** All reason codes on screen, but those about pins and watches: they say nothing about the certificate. */
function forgivable(shown: readonly Shown[]): readonly string[] {
  const codes = shown.flatMap((one) => one.endpoint.verdict.reasons.map((reason) => reason.code));
  return unique(codes.filter((code) => !/^(pin-|pins-|watched-key-)/.test(code)));
}

function withoutPins(view: PinView, ids: readonly PinId[]): PinView {
  const stays = (pin: { readonly id: PinId }): boolean => !ids.includes(pin.id);
  return { ...view, pins: view.pins.filter(stays), once: view.once.filter(stays) };
}

function unique(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}

/** As the store bounds them (store/shape.ts). */
const MOST_NAMES = 1_000;
const LONGEST_NAME = 1_100;
