/**
 * follow.ts: what the answers say, aliases followed, believed or not.
 *
 * In:   a question and the answers so far
 * Out:  records, absence, failure, or the question that is still open
 * Not:  whether any of it is signed (dnssec/validate.ts)
 */
import type { DnsName } from '../../shared/basics.ts';
import type { Question } from '../../shared/observation.ts';
import { typeNumber, type DnsMessage, type Rr } from '../wire/dns-message.ts';
import { isTooLong, isUnder } from '../wire/dns-name.ts';
import { decodeCname } from '../wire/dns-records.ts';
import { isTooLongAlias, type Lookup } from './seen.ts';

export type Followed = {
  /** open: an answer for `next` is not there; the planner asks it, or it failed. loop: aliases that lead nowhere. */
  readonly state: 'records' | 'none' | 'open' | 'loop';
  readonly records: readonly Rr[];
  /** The names that aliases led to, in order; empty without aliases. */
  readonly aliases: readonly DnsName[];
  readonly next: Question | null;
};

/** Follows CNAMEs within an answer and across answers, at most 16 of them (as most resolvers do). */
export function follow(question: Question, lookup: Lookup): Followed {
  const type = typeNumber(question.type);
  const aliases: DnsName[] = [];
  let asked = question.name;
  let name = question.name;
  let message = lookup(question);
  // RFC 1035 2.3.4: nobody can publish anything at such a name.
  if (isTooLong(question.name)) return { state: 'none', records: [], aliases, next: null };
  if (message === undefined) return { state: 'open', records: [], aliases, next: question };
  while (aliases.length <= MOST_ALIASES) {
    const here = name;
    const of = (wanted: number): Rr[] =>
      (message?.answer ?? []).filter((rr) => rr.name === here && rr.type === wanted && rr.class === IN);
    const records = of(type);
    if (records.length > 0) return { state: 'records', records, aliases, next: null };
    const [alias] = of(CNAME);
    const decoded = alias === undefined ? undefined : decodeCname(alias.rdata);
    if (decoded?.ok === true) {
      const target = decoded.value;
      if (target === question.name || aliases.includes(target))
        return { state: 'loop', records: [], aliases, next: null };
      aliases.push(target);
      name = target;
      continue;
    }
    if (isTooLongAlias(message)) return { state: 'loop', records: [], aliases, next: null };
    if (asked === name || saysAbsent(message, name))
      return { state: 'none', records: [], aliases, next: null };
    // The answer holds only the first part of the chain: the rest is a question of its own.
    const next: Question = { name, type: question.type };
    message = lookup(next);
    if (message === undefined) return { state: 'open', records: [], aliases, next };
    asked = name;
  }
  return { state: 'loop', records: [], aliases, next: null };
}

/** Whether an answer to an alias also denies the alias's target: the SOA of a zone that holds it (RFC 2308 2). */
function saysAbsent(message: DnsMessage, name: DnsName): boolean {
  return message.authority.some((rr) => rr.type === SOA && isUnder(name, rr.name));
}

const MOST_ALIASES = 16;
/** RFC 1035 3.2.2 and 3.2.4. */
const CNAME = 5;
const SOA = 6;
const IN = 1;
