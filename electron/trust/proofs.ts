/**
 * proofs.ts: every DNS question of one check with its proof, through the first resolver that gives one.
 *
 * In:   the observations and the ground (anchors, time, policy)
 * Out:  Proofs: `secured(question)`, and whether the whole check runs without DNSSEC (TRUST-RULES 3.6)
 * Not:  validating (dnssec/validate.ts), asking (plan.ts)
 */
import type { DnsName, Instant } from '../../shared/basics.ts';
import type { Question } from '../../shared/observation.ts';
import { checkPhrases } from '../../shared/phrases/check.ts';
import type { DnssecResult } from './dnssec/result.ts';
import type { TrustAnchor } from './dnssec/anchors.ts';
import { validate, type SignatureCache } from './dnssec/validate.ts';
import { isUnder } from '../wire/dns-name.ts';
import { follow, type Followed } from './follow.ts';
import { validateRemembered, type ProofMemory } from './proof-memory.ts';
import { anyReply, questionKey, usableReply, type Seen } from './seen.ts';

export type ProofGround = {
  readonly anchors: readonly TrustAnchor[];
  readonly negativeAnchors: readonly DnsName[];
  readonly now: Instant;
  readonly allowSha1: boolean;
  readonly cache?: SignatureCache;
  /** Results under this very ground; without it each set of observations is validated from the start. */
  readonly memory?: ProofMemory;
};

export type Secured = {
  readonly result: DnssecResult;
  /**
   * Exactly the records that `result` is about; where it holds none (bogus, unanswered), what the answers say all the
   * same: for the screen, and for targets of a refused delegation.
   */
  readonly followed: Followed;
  /** The first resolver (index) of the view that was used. */
  readonly first: number;
};

export type Proofs = {
  secured(question: Question): Secured;
  readonly withoutDnssec: boolean;
  readonly dnssecData: 'delivered' | 'stripped' | 'unknown';
};

/**
 * Opens the proofs of one set of observations. Results are remembered for its lifetime. With `ignoreSignatures` the check
 * is judged as one without DNSSEC: a person's "what if".
 */
export function openProofs(
  seen: Seen,
  ground: ProofGround,
  resolvers: number,
  ignoreSignatures = false,
): Proofs {
  const known = new Map<string, Secured>();
  const dnssecData = readDnssecData(seen);
  const withoutDnssec = ignoreSignatures || isWithoutDnssec(seen);
  return {
    withoutDnssec,
    dnssecData,
    secured(question) {
      const key = questionKey(question);
      let value = known.get(key);
      if (value === undefined) {
        value = withoutDnssec ? unproven(question, seen) : proven(question, seen, ground, resolvers);
        known.set(key, value);
      }
      return value;
    },
  };
}

/**
 * Rule 3.2: resolvers are tried in order, the next after a bogus result. A proof (secure, insecure) from a later one
 * counts; if none proves anything, a bogus result outweighs "could not be found out".
 */
function proven(question: Question, seen: Seen, ground: ProofGround, resolvers: number): Secured {
  const tried: Secured[] = [];
  for (let first = 0; first < Math.max(1, resolvers); first++) {
    const lookup = seen.lookup(first);
    const result =
      ground.memory === undefined
        ? validate(question, lookup, ground)
        : validateRemembered(`${first} ${questionKey(question)}`, question, lookup, ground, ground.memory);
    const one: Secured = { result, followed: believed(result) ?? follow(question, lookup), first };
    if (one.result.status === 'secure' || one.result.status === 'insecure') return one;
    tried.push(one);
    if (one.result.status !== 'bogus') break;
  }
  const chosen = tried.find((t) => t.result.status === 'bogus') ?? tried[0];
  if (chosen === undefined) throw new Error('no resolver was tried');
  return chosen;
}

/**
 * The answer that was validated, and no other reading of the same message: an unsigned CNAME beside a signed DNAME, say,
 * leads `follow` elsewhere, and what is found there is not what was proven.
 */
function believed(result: DnssecResult): Followed | null {
  if (!('records' in result)) return null;
  return { state: result.answer, records: result.records, aliases: result.aliases, next: null };
}

/** Section 3.6: everything is indeterminate. */
function unproven(question: Question, seen: Seen): Secured {
  const followed = follow(question, seen.lookup(0));
  const common = {
    question,
    code: 'without-dnssec',
    why: checkPhrases.withoutDnssecAnswer(),
    repair: checkPhrases.withoutDnssecRepair(),
    chain: [],
    anchor: null,
    aliases: followed.aliases,
  };
  if (followed.state === 'records' || followed.state === 'none') {
    const ttl = followed.records.reduce((least, rr) => Math.min(least, rr.ttl), Infinity);
    return {
      result: {
        ...common,
        status: 'indeterminate',
        answer: followed.state,
        records: followed.records,
        missing: null,
        ttl: Number.isFinite(ttl) ? ttl : 0,
      },
      followed,
      first: 0,
    };
  }
  return {
    result: {
      ...common,
      why: checkPhrases.unanswered(),
      status: 'unanswered',
      missing: followed.next ?? question,
      zone: 'unknown',
    },
    followed,
    first: 0,
  };
}

/**
 * Rule 3.6: no answer carried an RRSIG, NSEC or NSEC3 record; or the root's DNSKEY and DS got no usable answer. One RRSIG
 * anywhere, even a wrong one, ends the exception.
 */
function isWithoutDnssec(seen: Seen): boolean {
  if (carries(seen, [RRSIG])) return false;
  if (!carries(seen, [NSEC, NSEC3])) return true;
  const root = '' as DnsName;
  return (['DNSKEY', 'DS'] as const).every((type) => seen.lookup(0)({ name: root, type }) === undefined);
}

function readDnssecData(seen: Seen): Proofs['dnssecData'] {
  if (carries(seen, [RRSIG, NSEC, NSEC3])) return 'delivered';
  return seen.dns.some((one) => usableReply(one) !== undefined) ? 'stripped' : 'unknown';
}

function carries(seen: Seen, types: readonly number[]): boolean {
  return seen.dns.some((one) => {
    const message = anyReply(one);
    return (
      message !== undefined && [...message.answer, ...message.authority].some((rr) => types.includes(rr.type))
    );
  });
}

/** The negative trust anchor at or above a name, if any (RFC 7646). */
export function coveringName(name: DnsName, negativeAnchors: readonly DnsName[]): DnsName | undefined {
  return negativeAnchors.find((anchor) => isUnder(name, anchor));
}

/** RFC 4034 3, 4; RFC 5155 3. */
const RRSIG = 46;
const NSEC = 47;
const NSEC3 = 50;
