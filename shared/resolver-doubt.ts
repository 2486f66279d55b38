/**
 * resolver-doubt.ts: is what a check found rather about the resolver than about the server?
 *
 * In:   a report
 * Out:  resolverDoubt
 * Not:  asking another one (renderer/AskAgain.svelte)
 */
import type { Report } from './report.ts';

/**
 * stripped: no signatures came, so the check ran without DNSSEC. unanswered: something that must be answered or proven was
 * not (TRUST-RULES 7.4), which another resolver can tell apart from a fault of the server.
 */
export type ResolverDoubt = 'stripped' | 'unanswered';

/** Reason codes of rows 2 and 2b, and of discovery, that rest on DNS answers alone. */
const ABOUT_ANSWERS =
  /^(tlsa|address|discovery|delegation)-(bogus|indeterminate|unanswered|failed)$|^proof-unknown$/;

/** Null where another resolver would hardly change anything. */
export function resolverDoubt(report: Report): ResolverDoubt | null {
  if (report.resolver.dnssecData === 'stripped') return 'stripped';
  const endpoints = report.targets.flatMap((target) => target.endpoints);
  const reasons = [report.verdict, ...endpoints.map((one) => one.verdict)].flatMap((one) => one.reasons);
  return reasons.some((one) => ABOUT_ANSWERS.test(one.code)) ? 'unanswered' : null;
}
