/**
 * manual-cases.ts: why a person must decide: every case of section 9 that holds, in its order.
 *
 * In:   path and identity evidence
 * Out:  cases, what is wrong today (which a pin may forgive), and the words for sentences
 * Not:  the order of the rows (decide.ts)
 */
import { casePhrases, type SentenceFacts } from '../../shared/phrases/verdict.ts';
import type { ManualCase, Reason } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import type { Certificate } from '../wire/certificate.ts';
import type { IdentityEvidence } from './identity.ts';
import { isConstraint, isUntrusted, isWeakness, type PathEvidence } from './path.ts';
import type { EndpointInput } from './endpoint-input.ts';

/** Every case of section 9 that holds, in its order. */
export function manualCases(
  input: EndpointInput,
  leaf: Certificate,
  path: PathEvidence,
  identity: IdentityEvidence,
): readonly { case: ManualCase; reason: Reason }[] {
  const codes = path.problems.map((p) => p.code);
  const rightName = identity.source || (input.delegation.delegation === 'dnssec' && identity.target);
  // Dates, constraints and weaknesses aside: does the path end at an anchor?
  const trusted = path.anchor !== null && !codes.some(isUntrusted);
  const holds: Readonly<Partial<Record<ManualCase, boolean>>> = {
    'constraint-violated': codes.some(isConstraint),
    'weak-certificate': codes.some(isWeakness),
    'incomplete-chain': codes.includes('incomplete-chain'),
    'wrong-name-untrusted-issuer': !trusted && !rightName,
    'right-name-untrusted-issuer': !trusted && rightName,
    'trusted-issuer-wrong-name': trusted && !rightName,
    'not-yet-valid': codes.includes('not-yet-valid'),
    expired: codes.includes('expired'),
  };
  const words = sentenceFacts(input, leaf, path, '', []);
  const proper = identity.source ? words.domain : words.host;
  return ROW_8_CASES.filter((c) => holds[c] === true).map((c) => ({
    case: c,
    reason: {
      code: c,
      text: sentenceOf(casePhrases[c]({ ...words, proper })),
      ref: CASE_REFS[c] ?? 'RFC 6120 13.7',
    },
  }));
}

/** What is wrong with the certificate today, one code each: what a pin may forgive (TRUST-RULES 10.2). */
export function wrongToday(
  cases: readonly { reason: Reason }[],
  path: PathEvidence,
  identity: IdentityEvidence | null,
): readonly Reason[] {
  if (path.holds && identity?.source === true) return [];
  const problems = path.problems.map((p) => ({ code: p.code, text: p.text, ref: p.ref }));
  return dedupe([...cases.map((c) => c.reason), ...problems]);
}

export function sentenceFacts(
  input: EndpointInput,
  leaf: Certificate | null,
  path: PathEvidence | null,
  record: string,
  reasons: readonly Reason[],
): SentenceFacts {
  const { source } = input.request;
  const names = [
    ...new Set((leaf?.names ?? []).filter((n) => n.type !== 'cn').map((n) => visible(n.value, 80))),
  ];
  return {
    domain: source.kind === 'domain' ? source.unicode : source.address,
    proper: source.kind === 'domain' ? source.unicode : source.address,
    host: visible(input.target.host),
    issuer: visible(path?.anchor?.subject ?? leaf?.issuer.text ?? '', 120),
    stores: path?.anchor?.stores ?? [],
    names:
      names.length === 0
        ? 'nobody'
        : names.length > 3
          ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
          : names.join(', '),
    record,
    pinned: 'certificate',
    reasons,
  };
}

function sentenceOf(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

export function dedupe(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.filter((r, i) => reasons.findIndex((o) => o.code === r.code) === i);
}

const ROW_8_CASES: readonly ManualCase[] = [
  'constraint-violated',
  'weak-certificate',
  'incomplete-chain',
  'wrong-name-untrusted-issuer',
  'right-name-untrusted-issuer',
  'trusted-issuer-wrong-name',
  'not-yet-valid',
  'expired',
];

const CASE_REFS: Readonly<Partial<Record<ManualCase, string>>> = {
  'constraint-violated': 'RFC 5280 6.1',
  'weak-certificate': 'RFC 9325 4.5',
  'incomplete-chain': 'RFC 8446 4.4.2',
  'wrong-name-untrusted-issuer': 'RFC 9525 6',
  'right-name-untrusted-issuer': 'RFC 5280 6.1',
  'trusted-issuer-wrong-name': 'RFC 9525 6',
  'not-yet-valid': 'RFC 5280 4.1.2.5',
  expired: 'RFC 5280 4.1.2.5',
};
