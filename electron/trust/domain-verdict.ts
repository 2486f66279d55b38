/**
 * domain-verdict.ts: one verdict for the domain, from its endpoints' (TRUST-RULES section 9, last paragraph).
 *
 * In:   the endpoints' verdicts, and what discovery decides before them (rules 2.3 and 2.5)
 * Out:  the domain's verdict
 * Not:  deciding on an endpoint (decide.ts)
 */
import {
  ROUTES,
  type DomainOutcome,
  type ManualCase,
  type Reason,
  type Verdict,
} from '../../shared/report.ts';
import { verdictPhrases } from '../../shared/phrases/verdict.ts';

export type DiscoveryDecision =
  | { readonly kind: 'refuse' | 'unreachable' | 'not-offered'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'endpoints' };

/** What is said of an endpoint beside its verdict. */
export type Told = { readonly where: string; readonly verdict: Verdict };

/** Joins: refuse, manual, auto-accept; unreachable ones do not outweigh others and are reported beside. */
export function joinEndpoints(
  discovery: DiscoveryDecision,
  endpoints: readonly Told[],
  domain: string,
  suffix: string,
): Verdict<DomainOutcome> {
  if (discovery.kind !== 'endpoints') {
    return {
      outcome: discovery.kind,
      by: null,
      case: null,
      sentence: verdictPhrases.discovery(discovery.kind, discovery.reasons) + suffix,
      reasons: discovery.reasons,
    };
  }
  const of = (outcome: Verdict['outcome']): readonly Told[] =>
    endpoints.filter((e) => e.verdict.outcome === outcome);
  const refused = of('refuse');
  const manual = [...of('manual')].sort((a, b) => rank(a.verdict.case) - rank(b.verdict.case));
  const accepted = [...of('auto-accept')].sort((a, b) => routeRank(b.verdict) - routeRank(a.verdict));
  const [worst] = [...refused, ...manual, ...accepted];
  if (worst === undefined) {
    const reasons = endpoints.flatMap((e) => e.verdict.reasons).slice(0, MOST_REASONS);
    return {
      outcome: 'unreachable',
      by: null,
      case: null,
      sentence: verdictPhrases.allUnreachable(domain, endpoints.length, reasons) + suffix,
      reasons,
    };
  }
  const same = endpoints.filter((e) => e.verdict.outcome === worst.verdict.outcome).length;
  const sentence =
    same === endpoints.length
      ? worst.verdict.sentence
      : verdictPhrases.worstOf(
          worst.verdict.sentence,
          worst.where,
          same,
          endpoints.length,
          of('unreachable').length,
        );
  return { ...worst.verdict, sentence };
}

/** Where several domains are joined (the exit code): refuse, manual, unreachable, not-offered, auto-accept. */
export const DOMAIN_ORDER: readonly DomainOutcome[] = [
  'refuse',
  'manual',
  'unreachable',
  'not-offered',
  'auto-accept',
];

/** The order of section 9: the first case that holds names the verdict. */
export const CASES: readonly ManualCase[] = [
  'watched-key-changed',
  'proof-unknown',
  'constraint-violated',
  'weak-certificate',
  'incomplete-chain',
  'wrong-name-untrusted-issuer',
  'right-name-untrusted-issuer',
  'trusted-issuer-wrong-name',
  'not-yet-valid',
  'expired',
];

function rank(which: ManualCase | null): number {
  return which === null ? CASES.length : CASES.indexOf(which);
}

function routeRank(verdict: Verdict): number {
  return verdict.by === null ? -1 : ROUTES.indexOf(verdict.by);
}

/** Enough to explain; a hostile answer of thousands of endpoints must not fill the screen. */
const MOST_REASONS = 8;
