/**
 * dane-applies.ts: do the TLSA records of a target count? (TRUST-RULES 7.1 to 7.5; RFC 7673 3, RFC 7671 7)
 *
 * In:   the delegation, and the DNSSEC results of addresses and TLSA questions
 * Out:  DaneApplies: which records count, which address families are closed, or what blocks the target
 * Not:  comparing with a certificate (dane.ts)
 */
import type { DnsName } from '../../shared/basics.ts';
import { DANE, NOT_ASKED, type DaneCode } from '../../shared/phrases/dane.ts';
import type { Delegation, DnsAnswer, DnssecStatus, Step } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import { counts, readTlsa, type DaneRecord } from './dane-records.ts';
import type { DnssecResult } from './dnssec/result.ts';

export type TlsaQuestion = {
  /** `_<port>._tcp.<base>`. */
  readonly owner: DnsName;
  readonly base: DnsName;
  /** null: not asked, or not answered yet. */
  readonly result: DnssecResult | null;
};

export type DaneAppliesInput = {
  readonly delegation: Delegation | null;
  /** Whether the SRV answer (its records, or every absence that led to the fallback) is `secure`. */
  readonly srvSecure: boolean;
  /** Whether it was not to be had whether that answer must be signed. */
  readonly srvUnproven?: boolean;
  readonly source: string;
  readonly host: string;
  readonly port: number;
  readonly sourceKind: 'domain' | 'ip';
  readonly addresses: { readonly A: DnssecResult | null; readonly AAAA: DnssecResult | null };
  /** The alias's final name first, then the initial one (RFC 7671 7); one entry without aliases. */
  readonly tlsa: readonly TlsaQuestion[];
  readonly withoutDnssec: boolean;
};

export type ClosedCode = 'address-bogus' | 'address-indeterminate' | 'address-unanswered';
export type BlockedCode = 'tlsa-bogus' | 'tlsa-indeterminate' | 'tlsa-unanswered' | ClosedCode;

/** One address family that must not be connected to (row 2). */
export type ClosedFamily = {
  readonly family: 'A' | 'AAAA';
  readonly code: ClosedCode;
  readonly text: string;
  readonly ref: string;
};

export type DaneApplies = {
  readonly applies: boolean;
  /** absent: proven that nothing is published. blocked: row 2 for every endpoint. unknown: could not be found out. */
  readonly state: 'applies' | 'does-not-apply' | 'absent' | 'unknown' | 'blocked';
  /** The TLSA base domain whose records count: a reference name for usages 0 to 2. Null unless `applies`. */
  readonly base: DnsName | null;
  /** The records to show; they count only where `applies`. */
  readonly records: readonly DaneRecord[];
  readonly closed: readonly ClosedFamily[];
  readonly closedFamilies: readonly ('A' | 'AAAA')[];
  readonly blockedCode: BlockedCode | null;
  /** The fact that decided, for the one sentence. */
  readonly code: DaneCode;
  readonly steps: readonly Step[];
  /** The TLSA answer for the report. */
  readonly answer: DnsAnswer | 'not-asked';
  readonly dnssec: DnssecStatus;
  readonly why: string;
  readonly owner: DnsName;
};

/** Judges whether DANE applies to a target, to the letter of TRUST-RULES 7.1 to 7.5. */
export function judgeDaneApplies(input: DaneAppliesInput): DaneApplies {
  const shown = shownQuestion(input.tlsa, input.port, input.host);
  const closed = input.withoutDnssec ? [] : closedFamilies(input);
  const steps: Step[] = [];
  const step = (code: DaneCode, ok: boolean | null, owner: DnsName = shown.owner, why = ''): void => {
    const said = DANE[code](words(input, owner, why));
    steps.push({ id: code, ok, text: said.text, ref: said.ref });
  };
  const end = (
    state: DaneApplies['state'],
    code: DaneCode,
    question: TlsaQuestion = shown,
    blockedCode: BlockedCode | null = null,
  ): DaneApplies => {
    const applies = state === 'applies';
    return {
      ...{ applies, state, blockedCode, code, steps, closed },
      base: applies ? question.base : null,
      records: recordsOf(question.result),
      closedFamilies: closed.map((one) => one.family),
      ...answerOf(question),
      owner: question.owner,
    };
  };
  const stop = (state: DaneApplies['state'], code: DaneCode): DaneApplies => {
    step(code, state === 'unknown' ? null : false);
    return end(state, code);
  };

  // 7.1: delegation.
  if (input.sourceKind === 'ip') return stop('does-not-apply', 'dane-ip-literal');
  if (input.delegation === 'manual') return stop('does-not-apply', 'dane-manual');
  if (input.withoutDnssec) return stop('unknown', 'dane-without-dnssec');
  if (input.delegation === null) return stop('does-not-apply', 'dane-refused-delegation');
  if (input.delegation === 'insecure') return stop('does-not-apply', 'dane-insecure-delegation');
  // A target that is named by a signed SRV record is 'dnssec', or the source domain itself: both need the signed answer.
  if (!input.srvSecure) {
    return input.srvUnproven === true
      ? stop('unknown', 'dane-srv-unknown')
      : stop('does-not-apply', 'dane-srv-not-secure');
  }
  step('dane-secure-delegation', true);

  // 7.2: addresses.
  for (const family of closed) steps.push({ id: family.code, ok: false, text: family.text, ref: family.ref });
  const families = [input.addresses.A, input.addresses.AAAA];
  if (!families.some((result) => result?.status === 'secure')) {
    if (families.some((result) => result?.status === 'insecure')) {
      return stop('does-not-apply', 'dane-addresses-insecure');
    }
    const [first] = closed;
    if (first !== undefined) return end('blocked', first.code, shown, first.code);
    return stop('unknown', 'dane-addresses-unknown');
  }
  step('dane-addresses-secure', true);

  // 7.3 and 7.4: TLSA, the alias's final name first.
  for (const [index, question] of input.tlsa.entries()) {
    const { result, owner } = question;
    const why = result?.why ?? '';
    if (result === null || (result.status === 'unanswered' && result.zone !== 'unsigned')) {
      // The addresses are signed, so the target's zone is; without a proof of an unsigned delegation below it, no answer
      // is not "no records" (RFC 7673 3.3).
      step('tlsa-unanswered', false, owner, why);
      return end('blocked', 'tlsa-unanswered', question, 'tlsa-unanswered');
    }
    if (result.status === 'bogus' || result.status === 'indeterminate') {
      const code = result.status === 'bogus' ? 'tlsa-bogus' : 'tlsa-indeterminate';
      step(code, false, owner, why);
      return end('blocked', code, question, code);
    }
    if (result.status === 'insecure' || result.status === 'unanswered') {
      step('tlsa-insecure', false, owner, why);
      return end('does-not-apply', 'tlsa-insecure', question);
    }
    if (result.answer === 'records') {
      step('tlsa-found', true, owner);
      if (readTlsa(result.records).some(counts)) return end('applies', 'tlsa-found', question);
      step('tlsa-unusable', false, owner);
      return end('does-not-apply', 'tlsa-unusable', question);
    }
    const last = index === input.tlsa.length - 1;
    step(last ? 'tlsa-absent' : 'tlsa-absent-at-alias', last ? false : null, owner, why);
    if (last) return end('absent', 'tlsa-absent', question);
  }
  step('tlsa-unanswered', false);
  return end('blocked', 'tlsa-unanswered', shown, 'tlsa-unanswered');
}

// 7.2: bogus, indeterminate, or no answer in a zone proven signed.
function closedFamilies(input: DaneAppliesInput): readonly ClosedFamily[] {
  return (['A', 'AAAA'] as const).flatMap((family) => {
    const result = input.addresses[family];
    const code = result === null ? null : closedCode(result);
    if (result === null || code === null) return [];
    const said = DANE[code](words(input, '' as DnsName, result.why));
    return [{ family, code, text: said.text, ref: said.ref }];
  });
}

function closedCode(result: DnssecResult): ClosedCode | null {
  switch (result.status) {
    case 'bogus':
      return 'address-bogus';
    case 'indeterminate':
      return 'address-indeterminate';
    case 'unanswered':
      return result.zone === 'signed' ? 'address-unanswered' : null;
    case 'secure':
    case 'insecure':
      return null;
  }
}

/** What the report shows where nothing is decided by the records: the first question that has any. */
function shownQuestion(tlsa: readonly TlsaQuestion[], port: number, host: string): TlsaQuestion {
  const withRecords = tlsa.find((one) => recordsOf(one.result).length > 0);
  const base = host as DnsName;
  return withRecords ?? tlsa[0] ?? { owner: `_${port}._tcp.${base}` as DnsName, base, result: null };
}

function recordsOf(result: DnssecResult | null): readonly DaneRecord[] {
  return result !== null && 'records' in result ? readTlsa(result.records) : [];
}

function answerOf(question: TlsaQuestion): Pick<DaneApplies, 'answer' | 'dnssec' | 'why'> {
  const { result } = question;
  if (result === null) return { answer: 'not-asked', dnssec: 'indeterminate', why: NOT_ASKED };
  if (result.status === 'bogus') return { answer: 'failed', dnssec: 'bogus', why: result.why };
  // REPORT.md has four words; no answer from a zone that is not proven signed or unsigned is indeterminate.
  if (result.status === 'unanswered') return { answer: 'failed', dnssec: 'indeterminate', why: result.why };
  return { answer: result.answer, dnssec: result.status, why: result.why };
}

function words(
  input: DaneAppliesInput,
  owner: DnsName,
  why: string,
): { owner: string; host: string; source: string; why: string; record: string } {
  return { owner: visible(owner), host: visible(input.host), source: visible(input.source), why, record: '' };
}
