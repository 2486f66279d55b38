/**
 * ask-caa.ts: the CAA records of a domain and its parents, with all that their proofs need.
 *
 * In:   a finished check (its answers are used again), the network
 * Out:  CaaFinding
 * Not:  judging them (trust/caa.ts); part of any verdict
 */
import type { DnsName } from '../shared/basics.ts';
import type { DnsSeen, Observation, Question } from '../shared/observation.ts';
import type { Report } from '../shared/report.ts';
import type { ProofGround } from './trust/proofs.ts';
import { openProofs } from './trust/proofs.ts';
import type { Net } from './net/net.ts';
import { caaNames, judgeCaa, type CaaFinding } from './trust/caa.ts';
import { questionsFor } from './trust/dnssec/questions.ts';
import { follow } from './trust/follow.ts';
import { dnsKey, indexObservations, questionKey, usableReply } from './trust/seen.ts';

/** Aliases lead on; so many rounds of questions and no more. Chosen: nobody's CAA is three aliases away. */
const MOST_ROUNDS = 4;
/** Questions of one call. Chosen: a name of ten labels has under fifty. */
const MOST_QUESTIONS = 120;

/** Asks what is not known yet, and judges. Ends when `signal` aborts: what was not answered is unknown. */
export async function askCaa(
  domain: DnsName,
  report: Report,
  ground: ProofGround,
  net: Net,
  signal: AbortSignal,
): Promise<CaaFinding> {
  const seen: Observation[] = report.observations.filter((one) => one.kind === 'dns');
  const checked = indexObservations(seen);
  const asked = new Set<string>();
  const resolvers = report.request.resolvers.length;
  let names: readonly DnsName[] = caaNames(domain);
  for (let round = 0; round < MOST_ROUNDS && names.length > 0; round += 1) {
    const wanted = names.flatMap((name) => questionsFor(name, 'CAA'));
    await Promise.all(wanted.map((question) => ask(question)));
    const index = indexObservations(seen);
    names = caaNames(domain).flatMap((name) => {
      const { aliases } = follow({ name, type: 'CAA' }, index.lookup(0));
      return aliases.filter((alias) => !asked.has(questionKey({ name: alias, type: 'CAA' })));
    });
  }
  const proofs = openProofs(indexObservations(seen), ground, resolvers);
  return judgeCaa(domain, (question) => proofs.secured(question).result);

  /** The resolvers in order, the next after no usable answer (TRUST-RULES 3.2). */
  async function ask(question: Question): Promise<void> {
    const key = questionKey(question);
    if (asked.has(key) || asked.size >= MOST_QUESTIONS) return;
    asked.add(key);
    for (let resolverIndex = 0; resolverIndex < resolvers && !signal.aborted; resolverIndex += 1) {
      const look = checked.dnsBy(dnsKey(question, resolverIndex)) ?? (await lookUp(question, resolverIndex));
      if (look !== undefined && usableReply(look) !== undefined) return;
    }
  }

  async function lookUp(question: Question, resolverIndex: number): Promise<DnsSeen | undefined> {
    const one = await net.askDns({ kind: 'dns', question, resolverIndex, from: [] }, signal);
    if (one.kind !== 'dns') return undefined;
    const look = { ...one, id: `s${seen.length + 1}` };
    seen.push(look);
    return look;
  }
}
