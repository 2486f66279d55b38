/**
 * dane.ts: do the TLSA records of a target vouch for the certificate seen? (TRUST-RULES section 7)
 *
 * In:   DaneApplies, the leaf, what the server sent, the trust stores
 * Out:  DaneEvidence: the route's state, a row for every record, the reasons and the help
 * Not:  whether the records count (dane-applies.ts), one record (dane-match.ts), the verdict (decide.ts)
 */
import type { Instant } from '../../shared/basics.ts';
import { DANE, PUBLISH, ROW, type DaneCode } from '../../shared/phrases/dane.ts';
import type { Reason, RouteState, Step, TlsaRow } from '../../shared/report.ts';
import type { Service, Source } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import type { Certificate } from '../wire/certificate.ts';
import type { DaneApplies } from './dane-applies.ts';
import { matcher, type RecordMatch } from './dane-match.ts';
import { counts, type DaneRecord } from './dane-records.ts';
import { TLSA_COMMAND, tlsaText } from './dane-text.ts';
import type { TrustStore } from './stores.ts';

export type DaneInput = {
  readonly applies: DaneApplies;
  readonly leaf: Certificate | null;
  readonly sent: readonly Certificate[];
  readonly stores: readonly TrustStore[];
  readonly source: Source;
  readonly service: Service;
  readonly host: string;
  readonly now: Instant;
  /** Whether another route is open: only then is text made from the certificate seen ready to publish (section 9). */
  readonly proven?: boolean;
};

export type DaneEvidence = {
  readonly state: RouteState;
  /** One for every record, in the order of the answer. */
  readonly rows: readonly TlsaRow[];
  /** Index of the row that opened the route. */
  readonly decidedBy: number | null;
  readonly steps: readonly Step[];
  readonly opensBy: string | null;
  readonly reasons: readonly Reason[];
  /** Help that changes nothing: roll-over, renewal, common mistakes. */
  readonly notes: readonly Reason[];
};

type Judged = { readonly record: DaneRecord; readonly match: RecordMatch | null };

/** Judges one endpoint's certificate against the records. One match of several is enough (RFC 6698 2.1). */
export function judgeDane(input: DaneInput): DaneEvidence {
  const { applies, leaf } = input;
  const judge = leaf === null ? null : matcher({ ...input, leaf, base: applies.base });
  const judged = applies.records.map((record): Judged => ({
    record,
    match: judge === null || record.unusable !== null ? null : judge(record),
  }));
  const rows = judged.map(row);
  if (applies.state !== 'applies') return closed(input, judged, rows);
  if (leaf === null) {
    const reason = say(input, 'tlsa-not-compared');
    return { ...evidence(input, 'unknown', rows, [reason], null), decidedBy: null };
  }
  const decidedBy = decide(judged);
  const decided = decidedBy === null ? undefined : judged[decidedBy];
  if (decided !== undefined && decided.match !== null && decided.match.code !== null) {
    const reason = say(input, decided.match.code, decided.match.detail, decided.record.short);
    const notes = renewalNotes(input, leaf, judged);
    return { ...evidence(input, 'open', rows, [reason], null, notes), decidedBy };
  }
  const reasons = [say(input, 'tlsa-mismatch'), ...mistakes(input, judged)];
  const opensBy = PUBLISH.repair(`${visible(applies.owner)}.`, TLSA_COMMAND);
  return { ...evidence(input, 'contradicted', rows, reasons, opensBy), decidedBy: null };
}

/** The record that decides: the strongest usage first (DANE-EE needs least, RFC 7671 5.1), then the order given. */
function decide(judged: readonly Judged[]): number | null {
  for (const usage of [3, 2, 1, 0]) {
    const at = judged.findIndex(
      ({ record, match }) => record.usage === usage && counts(record) && match?.matches === true,
    );
    if (at >= 0) return at;
  }
  return null;
}

function row({ record, match }: Judged): TlsaRow {
  const usable = record.unusable === null;
  const outcome = record.unusable ?? (record.weaker ? ROW.weaker() : (match?.why ?? ROW.notCompared()));
  return {
    text: record.text,
    usable,
    matches: usable && !record.weaker ? (match?.matches ?? null) : null,
    why: `${record.words} ${outcome}`.trim(),
  };
}

/** DANE does not apply, is blocked, or nobody knows: the rows are shown all the same. */
function closed(input: DaneInput, judged: readonly Judged[], rows: readonly TlsaRow[]): DaneEvidence {
  const { applies } = input;
  const state = closedState(applies);
  const reasons = state === 'absent' ? [] : [say(input, applies.blockedCode ?? applies.code, applies.why)];
  const ready =
    applies.state === 'does-not-apply' &&
    applies.dnssec === 'secure' &&
    (applies.code === 'dane-insecure-delegation' || applies.code === 'dane-srv-not-secure') &&
    judged.some(({ record }) => record.unusable === null);
  const notes = ready ? [say(input, 'tlsa-ready-but-unsigned')] : [];
  return { ...evidence(input, state, rows, reasons, opening(input), notes), decidedBy: null };
}

function closedState(applies: DaneApplies): RouteState {
  if (applies.state === 'unknown' || applies.state === 'blocked') return 'unknown';
  return applies.state === 'absent' || applies.answer === 'none' ? 'absent' : 'shut';
}

/** The one thing that would open the route. */
function opening(input: DaneInput): string {
  const { applies } = input;
  const source = visible(input.source.kind === 'ip' ? input.source.address : input.source.ascii);
  switch (applies.code) {
    case 'dane-ip-literal':
      return PUBLISH.byName();
    case 'dane-manual':
      return PUBLISH.byDomain(source);
    case 'dane-insecure-delegation':
    case 'dane-srv-not-secure':
      return PUBLISH.signSrv(source);
    case 'dane-addresses-insecure':
    case 'tlsa-insecure':
      return PUBLISH.signAddresses(visible(input.host));
    case 'dane-without-dnssec':
      return PUBLISH.setResolver();
    case 'tlsa-absent':
    case 'tlsa-unusable':
      return publishing(input, source);
    default:
      return PUBLISH.tryAgain();
  }
}

function publishing(input: DaneInput, source: string): string {
  const { leaf, applies } = input;
  const owner = `${visible(applies.owner)}.`;
  const where = source === input.host ? '' : `\n${PUBLISH.notAtDomain(owner, source)}`;
  if (leaf === null) return PUBLISH.computeUnseen(owner, TLSA_COMMAND) + where;
  return (
    (input.proven === true
      ? PUBLISH.ready(tlsaText(applies.owner, leaf))
      : PUBLISH.compute(owner, TLSA_COMMAND, leaf.spkiSha256)) + where
  );
}

/** Why nothing matched, where a mistake can be named: each kind once. */
function mistakes(input: DaneInput, judged: readonly Judged[]): readonly Reason[] {
  const found = new Map<string, Reason>();
  for (const { record, match } of judged) {
    if (match === null || match.code === null || !counts(record)) continue;
    if (record.usage === 1 && match.code === 'tlsa-pkix-part') {
      found.set('tlsa-usage-1-for-3', say(input, 'tlsa-usage-1-for-3', match.detail, record.short));
    }
    if (!found.has(match.code)) {
      const reason = say(input, match.code, match.detail, record.short);
      found.set(match.code, { ...reason, text: `${record.short}: ${reason.text}` });
    }
  }
  return [...found.values()];
}

/** Roll-over and renewal (RFC 7671 8.1, 5.1): what stops working next, and what is left over. */
function renewalNotes(input: DaneInput, leaf: Certificate, judged: readonly Judged[]): readonly Reason[] {
  const notes: Reason[] = [];
  const usable = judged.filter(({ record }) => record.unusable === null);
  const matching = usable.filter(({ match }) => match?.matches === true);
  const combination = ({ record }: Judged): string => `${record.usage} ${record.selector} ${record.matching}`;
  const matched = new Set(matching.map(combination));
  for (const kind of new Set(usable.map(combination))) {
    if (!matched.has(kind)) notes.push(say(input, 'tlsa-combination-without-match', kind));
  }
  const unserved = usable.filter(({ match }) => match?.matches === false).length;
  if (unserved > 0) {
    notes.push(say(input, 'tlsa-key-not-served', PUBLISH.notServed(unserved)));
  }
  const whole = matching.find(
    ({ record }) => record.selector === 0 && (record.usage === 1 || record.usage === 3),
  );
  if (whole !== undefined) notes.push(say(input, 'tlsa-breaks-at-renewal', '', whole.record.short));
  const key = matching.find(
    ({ record }) => record.selector === 1 && (record.usage === 1 || record.usage === 3),
  );
  const selfIssued = leaf.issuer.text === leaf.subject.text;
  if (key !== undefined && !selfIssued) notes.push(say(input, 'tlsa-key-may-change', '', key.record.short));
  return notes;
}

function evidence(
  input: DaneInput,
  state: RouteState,
  rows: readonly TlsaRow[],
  reasons: readonly Reason[],
  opensBy: string | null,
  notes: readonly Reason[] = [],
): Omit<DaneEvidence, 'decidedBy'> {
  const ok = state === 'open' ? true : state === 'contradicted' ? false : null;
  const known = new Set(input.applies.steps.map((step) => step.id));
  const added = reasons.filter(({ code }) => !known.has(code));
  const steps = [
    ...input.applies.steps,
    ...added.map(({ code, text, ref }) => ({ id: code, ok, text, ref })),
  ];
  return { state, rows, steps, opensBy, reasons, notes };
}

function say(input: DaneInput, code: DaneCode, why = '', record = ''): Reason {
  const { source } = input;
  const said = DANE[code]({
    owner: visible(input.applies.owner),
    host: visible(input.host),
    source: visible(source.kind === 'ip' ? source.address : source.ascii),
    why,
    record,
  });
  return { code, text: said.text, ref: said.ref };
}
