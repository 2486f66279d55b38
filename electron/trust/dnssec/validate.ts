/**
 * validate.ts: what one DNS answer comes to, over recorded answers (RFC 4035 5).
 *
 * In:   a question, the answers at hand, anchors, policy and a time
 * Out:  DnssecResult
 * Not:  asking; it names the question whose answer is lacking
 */
import type { DnsName, Instant } from '../../../shared/basics.ts';
import type { Question } from '../../../shared/observation.ts';
import { sayDnssec } from '../../../shared/phrases/dnssec.ts';
import type { DnssecSaid } from '../../../shared/phrases/dnssec.ts';
import type { DnssecLink } from '../../../shared/report.ts';
import type { DnsMessage, Rr } from '../../wire/dns-message.ts';
import { isTooLong, parent, selfAndAncestors } from '../../wire/dns-name.ts';
import { typeNumber } from '../../wire/dns-type.ts';
import type { TrustAnchor } from './anchors.ts';
import { judgeAnswer, tellsAbout } from './answer.ts';
import type { Judged } from './answer.ts';
import { walk } from './chain.ts';
import type { Lookup, Walker } from './chain.ts';
import type { DnssecResult } from './result.ts';
import { createSignatureCache, MOST_ALIASES, newWork } from './work.ts';
import type { SignatureCache } from './work.ts';

export { createSignatureCache, type SignatureCache } from './work.ts';
export type { Lookup } from './chain.ts';

export type DnssecGround = {
  readonly anchors: readonly TrustAnchor[];
  readonly negativeAnchors: readonly DnsName[];
  readonly now: Instant;
  readonly allowSha1: boolean;
  /** Signature checks made before, for the results of one check to share. */
  readonly cache?: SignatureCache;
};

/**
 * Validates the answer to `question`. `lookup` gives recorded answers with RCODE NOERROR or NXDOMAIN (or YXDOMAIN with its
 * DNAME), and undefined where there is no usable one. Pure: the same answers, ground and time give the same result. Bounded work (work.ts).
 */
export function validate(question: Question, lookup: Lookup, ground: DnssecGround): DnssecResult {
  const walker: Walker = {
    lookup,
    grounds: ground,
    entered: new Map(),
    terms: {
      now: ground.now,
      allowSha1: ground.allowSha1,
      cache: ground.cache ?? createSignatureCache(),
      work: newWork(),
    },
  };
  const result = follow(question, walker);
  // Where the work was cut short every other reason may be its consequence. What was proven before stays proven.
  if (!walker.terms.work.exhausted || result.status === 'secure') return result;
  const { chain, anchor, aliases } = result;
  return {
    question,
    status: 'bogus',
    ...sayDnssec('work-limit', { name: question.name }),
    chain,
    anchor,
    aliases,
  };
}

function follow(question: Question, walker: Walker): DnssecResult {
  const type = typeNumber(question.type);
  const aliases: DnsName[] = [];
  const trail = new Trail(question, aliases);
  // RFC 1035 2.3.4: no zone can hold such a name, and nobody can be asked for it.
  if (isTooLong(question.name)) return trail.impossible();
  let name = question.name;
  let message = walker.lookup(question);
  for (;;) {
    if (message === undefined) return trail.unanswered({ name, type: question.type }, walker);
    let judged = judgeAnswer(name, type, message, walker);
    // The rest of an alias's answer is a courtesy (RFC 1034 4.3.2); where it proves nothing, the target's own answer may.
    const own =
      aliases.length > 0 && judged.status === 'bogus'
        ? walker.lookup({ name, type: question.type })
        : undefined;
    if (own !== undefined && own !== message) {
      message = own;
      judged = judgeAnswer(name, type, message, walker);
    }
    trail.add(judged);
    if (judged.status === 'bogus' || judged.target === undefined) return trail.result(judged);
    const { target } = judged;
    if (target === null) return trail.bogus(sayDnssec('alias-malformed', { name }));
    if (target === question.name || aliases.includes(target)) {
      return trail.bogus(sayDnssec('alias-loop', { name: target }));
    }
    if (aliases.length === MOST_ALIASES) {
      return trail.bogus(sayDnssec('alias-too-long', { name: target, limit: MOST_ALIASES }));
    }
    aliases.push(target);
    name = target;
    message = next(message, { name, type: question.type }, walker);
  }
}

// Where the answer goes on about the target, it is taken from there; an absence better from the target's own answer.
function next(message: DnsMessage, question: Question, walker: Walker): DnsMessage | undefined {
  const told = tellsAbout(message, question.name, typeNumber(question.type));
  if (told === 'records') return message;
  return walker.lookup(question) ?? (told === 'absence' ? message : undefined);
}

const WORSE = ['secure', 'insecure', 'indeterminate'] as const;

/** What the steps of one question add up to: the worst state, all links, the smallest TTL. */
class Trail {
  readonly #question: Question;
  readonly #aliases: readonly DnsName[];
  #chain: DnssecLink[] = [];
  #anchor: string | null = null;
  #ttl = Infinity;
  #worst: Exclude<Judged, { status: 'bogus' }> | undefined;

  constructor(question: Question, aliases: readonly DnsName[]) {
    this.#question = question;
    this.#aliases = aliases;
  }

  add(judged: Judged): void {
    this.#join(judged.chain);
    this.#anchor ??= judged.anchor;
    this.#ttl = Math.min(this.#ttl, judged.ttl);
    if (judged.status === 'bogus') return;
    const worst = this.#worst;
    if (worst === undefined || WORSE.indexOf(judged.status) > WORSE.indexOf(worst.status))
      this.#worst = judged;
  }

  result(last: Judged): DnssecResult {
    const worst = this.#worst;
    if (last.status === 'bogus' || worst === undefined) return this.bogus(last.said);
    const records: readonly Rr[] = last.records;
    return {
      ...this.#common(worst.status === last.status ? last.said : worst.said),
      status: worst.status,
      answer: records.length > 0 ? 'records' : 'none',
      records,
      missing: worst.missing,
      ttl: Number.isFinite(this.#ttl) ? Math.max(0, this.#ttl) : 0,
    };
  }

  impossible(): DnssecResult {
    const said = sayDnssec('name-too-long', { name: this.#question.name });
    return { ...this.#common(said), status: 'secure', answer: 'none', records: [], missing: null, ttl: 0 };
  }

  bogus(said: DnssecSaid): DnssecResult {
    return { ...this.#common(said), status: 'bogus' };
  }

  unanswered(missing: Question, walker: Walker): DnssecResult {
    const held = missing.type === 'DS' ? parent(missing.name) : missing.name;
    const lowest = selfAndAncestors(held).find((name) => !name.startsWith('_'));
    const footing = walk(held, 'proofs', walker);
    this.#join(footing.chain);
    this.#anchor ??= footing.anchor;
    if (footing.status === 'bogus') return this.bogus(footing.said);
    const zone = footing.status === 'insecure' ? 'unsigned' : isSigned() ? 'signed' : 'unknown';
    const said = sayDnssec('unanswered', { ...missing, zone });
    return { ...this.#common(said), status: 'unanswered', missing, zone };

    function isSigned(): boolean {
      // A secure DS set says that the zone is signed, also where its keys got no answer: resolvers that validate although
      // CD=1 was asked keep silent about everything in a zone that is broken. It says so of that zone alone: whether
      // another begins below it can only be told with its keys.
      if (footing.status === 'indeterminate')
        return (
          footing.anchor !== null && footing.missing?.type === 'DNSKEY' && footing.missing.name === lowest
        );
      // Deliberate: a DS that lacks only at a name with an underscore does not make the zone unknown. Such names are hardly
      // ever zones, and whoever drops the answer could drop that DS as well.
      const hole = footing.status === 'secure' ? footing.hole : null;
      return footing.status === 'secure' && (hole?.kind !== 'missing' || hole.question.name.startsWith('_'));
    }
  }

  #join(links: readonly DnssecLink[]): void {
    for (const link of links) if (!this.#chain.includes(link)) this.#chain.push(link);
  }

  #common(said: DnssecSaid): Omit<DnssecResult, 'status'> & { readonly question: Question } {
    return {
      question: this.#question,
      ...said,
      chain: this.#chain,
      anchor: this.#anchor,
      aliases: this.#aliases,
    };
  }
}
