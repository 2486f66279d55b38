/**
 * judge-discovery.ts: what the SRV answers come to, before any endpoint (TRUST-RULES 2.3 and 2.5).
 *
 * In:   Context
 * Out:  the decision on discovery, and the SRV answers for the report
 * Not:  finding targets (discover.ts)
 */
import { checkPhrases } from '../../shared/phrases/check.ts';
import { problemText } from '../../shared/phrases/problem.ts';
import type { Reason, Report, SrvAnswer } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import { sourceText } from '../wire/address.ts';
import type { Discovery, SrvLook } from './discover.ts';
import type { DiscoveryDecision } from './domain-verdict.ts';
import { isSilentInSignedZone } from './dnssec/result.ts';
import { anyReply } from './seen.ts';
import { proof, type Context } from './judge-context.ts';

/** Rules 2.3 and 2.5, before any endpoint. */
export function decideDiscovery(c: Context): DiscoveryDecision {
  const { srv } = c.discovery;
  if (srv.length === 0) return { kind: 'endpoints' };
  const results = srv.map((look) => ({ look, result: c.proofs.secured(look.question).result }));
  const reason = (code: string, text: string, ref: string): readonly Reason[] => [{ code, text, ref }];
  const bogus = results.find(({ result }) => result.status === 'bogus');
  if (bogus !== undefined) {
    const { why, repair, code } = bogus.result;
    const text = checkPhrases.discoveryBogus(
      visible(bogus.look.question.name),
      OURS_TO_REPAIR.has(code) && repair !== null ? `${why} ${repair}` : why,
    );
    return { kind: 'refuse', reasons: reason('discovery-bogus', text, 'RFC 7673 3.1') };
  }
  const silent = results.find(({ result }) => isSilentInSignedZone(result));
  if (silent !== undefined) {
    const text = checkPhrases.discoveryUnanswered(visible(silent.look.question.name));
    return { kind: 'refuse', reasons: reason('discovery-unanswered', text, 'RFC 7673 3.1') };
  }
  const domain = visible(sourceText(c.request.source));
  if (discoveryOutcome(c.discovery) === 'not-offered') {
    return {
      kind: 'not-offered',
      reasons: reason('not-offered', checkPhrases.notOffered(domain), 'RFC 6120 3.2.1'),
    };
  }
  if (discoveryOutcome(c.discovery) === 'failed') {
    return {
      kind: 'unreachable',
      reasons: reason(
        'discovery-failed',
        checkPhrases.discoveryFailed(domain, whyUnanswered(c)),
        'RFC 6120 3.2.1',
      ),
    };
  }
  return { kind: 'endpoints' };
}

/** Why the SRV questions got no answer, in the words of the last look at one. */
function whyUnanswered(c: Context): string {
  for (const { question } of c.discovery.srv) {
    const look = c.seen.source(question, 0);
    if (look === undefined) continue;
    if (!look.outcome.ok) return `${visible(look.resolver)}: ${problemText(look.outcome.problem)}`;
    const rcode = anyReply(look)?.rcode;
    if (rcode !== undefined) return checkPhrases.rcode(visible(look.resolver), rcode);
  }
  return checkPhrases.noTime();
}

export function discoveryOutcome(d: Discovery): Report['discovery']['outcome'] {
  if (d.srv.length === 0) return 'fallback';
  if (d.srv.some((s) => s.records.length > 0)) return 'srv';
  if (d.srv.some((s) => s.state === 'not-offered')) return 'not-offered';
  if (d.srv.some((s) => s.state === 'records') || d.srv.every((s) => s.state === 'open')) return 'failed';
  return 'fallback';
}

export function srvAnswer(c: Context, look: SrvLook): SrvAnswer {
  const secured = c.proofs.secured(look.question);
  // Records of which none can be read are no answer that anybody can use.
  const unreadable = look.state === 'records' && look.records.length === 0;
  return {
    owner: `${look.question.name}.`,
    answer: look.state === 'open' || unreadable ? 'failed' : look.state,
    ...proof(c, look.question, secured),
    records: look.records,
  };
}

/** What the person can repair at once, so the sentence says how (TRUST-RULES 3.7 and 3.8). */
const OURS_TO_REPAIR: ReadonlySet<string> = new Set(['unknown-root-key', 'private-name']);
