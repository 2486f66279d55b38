/**
 * resolver.ts: what a check found out about the resolver in passing (TRUST-RULES 3.2, 3.6).
 *
 * In:   the DNS observations and the proofs
 * Out:  one line for each question that a person would ask of a resolver
 * Not:  asking it anything more
 */
import { checkPhrases } from '../../shared/phrases/check.ts';
import type { Step } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import type { Discovery } from './discover.ts';
import type { Proofs } from './proofs.ts';
import { anyReply, usableReply, type Seen } from './seen.ts';

/** Findings about each resolver that was asked; empty where none was. */
export function judgeResolver(seen: Seen, proofs: Proofs, discovery: Discovery): readonly Step[] {
  if (seen.dns.length === 0) return [];
  const steps: Step[] = [];
  for (const url of new Set(seen.dns.map((one) => one.resolver))) {
    const asked = seen.dns.filter((one) => one.resolver === url);
    const answered = asked.filter((one) => usableReply(one) !== undefined).length;
    const text = checkPhrases.resolverAnswers(visible(url), asked.length, answered);
    steps.push({
      id: 'resolver-answers',
      ok: answered === asked.length ? true : answered === 0 ? false : null,
      text,
    });
  }
  const delivered = proofs.dnssecData;
  steps.push({
    id: 'resolver-signatures',
    ok: delivered === 'delivered' ? true : delivered === 'stripped' ? false : null,
    text: checkPhrases.resolverSignatures[delivered](),
    ref: 'RFC 4035 3.1',
  });
  const special = seen.dns.filter(
    (one) =>
      one.question.type === 'DS' || one.question.type === 'DNSKEY' || one.question.name.startsWith('_'),
  );
  if (special.length > 0) {
    const ok = special.every((one) => usableReply(one) !== undefined);
    steps.push({ id: 'resolver-special-names', ok, text: checkPhrases.resolverMeta(ok) });
  }
  for (const { question } of discovery.srv) {
    const { result, first } = proofs.secured(question);
    const source = seen.source(question, first);
    const ad = source === undefined ? undefined : anyReply(source)?.ad;
    if (ad === undefined) continue;
    if (!steps.some((s) => s.id === 'resolver-validates')) {
      steps.push({
        id: 'resolver-validates',
        ok: null,
        text: checkPhrases.resolverValidates(ad),
        ref: 'RFC 4035 3.2.3',
      });
    }
    if (ad && result.status !== 'secure') {
      steps.push({
        id: 'resolver-disagrees',
        ok: false,
        text: checkPhrases.resolverDisagrees(visible(question.name), result.status),
        ref: 'RFC 4035 4.9.3',
      });
    }
  }
  return steps;
}
