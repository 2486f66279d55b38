/**
 * chain.ts: the way from a trust anchor down to the zone of a name.
 *
 * In:   recorded DS and DNSKEY answers, the anchors
 * Out:  a Footing: the last zone proven signed, or where and why the way ended
 * Not:  the answer itself (validate.ts)
 *
 * Two walks. By claims: only DS sets that are there are followed, which is enough where the answer names its signer and
 * costs no proof of any absence. By proofs: every label is asked whether a zone begins there, and the answer counts only
 * with its proof; this walk alone can find that a name is unsigned.
 */
import type { DnsName } from '../../../shared/basics.ts';
import type { Question } from '../../../shared/observation.ts';
import { sayDnssec } from '../../../shared/phrases/dnssec.ts';
import type { DnssecSaid } from '../../../shared/phrases/dnssec.ts';
import type { DnssecLink } from '../../../shared/report.ts';
import type { DnsMessage } from '../../wire/dns-message.ts';
import { isUnder, selfAndAncestors } from '../../wire/dns-name.ts';
import { TYPE } from '../../wire/dns-type.ts';
import { coverOf } from './anchors.ts';
import type { DnssecGrounds } from './anchors.ts';
import { judgeAbsence } from './denial.ts';
import { MOST_ITERATIONS } from './denial-nsec3.ts';
import { anchorSource, linkOf, zoneLink } from './link.ts';
import { setAt, setsOf } from './rrset.ts';
import type { RrSet } from './rrset.ts';
import { checkRrset } from './signature.ts';
import type { Terms, ZoneKey } from './signature.ts';
import { judgeAnchoredKeys, judgeKeys, tags, usableVouchers, vouchersOf } from './zone-keys.ts';

export type Lookup = (question: Question) => DnsMessage | undefined;

export type Walker = {
  readonly lookup: Lookup;
  readonly grounds: DnssecGrounds;
  readonly terms: Terms;
  /** Zones entered before in this validation: aliases share their upper zones. */
  readonly entered: Map<DnsName, Footing>;
};

type Way = {
  readonly chain: readonly DnssecLink[];
  readonly anchor: string | null;
  readonly ttl: number;
};

/** Standing on a zone that is proven signed. */
export type SecureFooting = Way & {
  readonly status: 'secure';
  readonly zone: DnsName;
  readonly keys: readonly ZoneKey[];
  /** By proofs only: a label below the zone of which it is not known, or wrongly proven, whether a zone begins there. */
  readonly hole: Hole | null;
  /** By proofs only: the highest label below the zone that is proven not to exist. */
  readonly absent: DnsName | null;
};
export type Hole =
  | { readonly kind: 'missing'; readonly question: Question }
  | { readonly kind: 'wrong'; readonly fault: DnssecSaid };
export type Footing =
  | SecureFooting
  | (Way & { readonly status: 'insecure'; readonly said: DnssecSaid })
  | (Way & { readonly status: 'bogus'; readonly said: DnssecSaid })
  | (Way & {
      readonly status: 'indeterminate';
      readonly said: DnssecSaid;
      readonly missing: Question | null;
    });

/** Walks from the closest anchor to `target`, which may be a zone or a name in one. */
export function walk(target: DnsName, by: 'claims' | 'proofs', walker: Walker): Footing {
  const begin = start(target, walker);
  if (begin.status !== 'secure') return begin;
  let footing: SecureFooting = begin;
  const top = footing.zone;
  const below = selfAndAncestors(target).filter((name) => name !== top && isUnder(name, top));
  for (const name of below.reverse()) {
    if (footing.absent !== null) break;
    const message = walker.lookup({ name, type: 'DS' });
    const ds = message === undefined ? undefined : setAt(setsOf(message).answer, name, TYPE.DS);
    if (ds !== undefined) {
      const entered = enter(footing, name, ds, walker);
      if (entered.status === 'secure') {
        footing = entered;
        continue;
      }
      // A zone above that we could not see would explain everything, so nothing is proven wrong.
      if (entered.status === 'bogus' && footing.hole?.kind === 'missing')
        return unanswered(footing, footing.hole.question);
      return entered;
    }
    if (by === 'claims') continue;
    const next: Footing =
      message === undefined ? withHole(footing, { name, type: 'DS' }) : pass(footing, name, message, walker);
    if (next.status !== 'secure') return next;
    footing = next;
  }
  return footing;
}

/** Indeterminate for want of one answer. */
export function unanswered(footing: SecureFooting, missing: Question): Footing {
  const { name, type } = missing;
  const said = sayDnssec('chain-unanswered', { name, type, zone: footing.zone });
  const link = linkOf(name, 'indeterminate', said);
  return { ...way(footing), status: 'indeterminate', said, missing, chain: [...footing.chain, link] };
}

// The anchor's own zone, or why there is no standing at all.
function start(target: DnsName, walker: Walker): Footing {
  const { grounds, terms } = walker;
  const cover = coverOf(target, grounds);
  const nowhere = { chain: [], anchor: null, ttl: Infinity };
  if (cover.kind === 'none') {
    return {
      ...nowhere,
      status: 'indeterminate',
      said: sayDnssec('no-anchor', { name: target }),
      missing: null,
    };
  }
  const { zone } = cover;
  if (cover.kind === 'negative') {
    const said = sayDnssec('negative-anchor', { name: target, anchor: zone });
    return { ...nowhere, status: 'insecure', said, chain: [linkOf(zone, 'insecure', said)] };
  }
  const before = walker.entered.get(zone);
  if (before !== undefined) return before;
  const footing = anchored();
  walker.entered.set(zone, footing);
  return footing;

  function anchored(): Footing {
    const anchors = cover.kind === 'anchor' ? cover.anchors : [];
    const all = vouchersOf(anchors);
    const usable = usableVouchers(all, terms);
    const fail = (
      status: 'bogus' | 'indeterminate',
      said: DnssecSaid,
      missing: Question | null,
    ): Footing => ({
      ...nowhere,
      status,
      said,
      missing,
      chain: [linkOf(zone, status, said)],
    });
    if (!usable.ok) return fail('indeterminate', sayDnssec('anchor-unusable', { zone }), null);
    const question: Question = { name: zone, type: 'DNSKEY' };
    const message = walker.lookup(question);
    if (message === undefined) {
      return fail('indeterminate', sayDnssec('chain-unanswered', { ...question, zone }), question);
    }
    const keys = judgeAnchoredKeys(zone, message, anchors, usable.value, terms);
    if (keys.kind === 'fault') {
      return {
        ...nowhere,
        status: 'bogus',
        said: keys.fault,
        chain: [zoneLink(zone, 'bogus', keys.fault, keys, all, terms)],
      };
    }
    const tag = keys.signature.keyTag;
    const said = sayDnssec('zone-anchored', { zone, tag, source: anchorSource(anchors) });
    return {
      status: 'secure',
      zone,
      keys: keys.keys,
      hole: null,
      absent: null,
      chain: [zoneLink(zone, 'secure', said, keys, all, terms)],
      anchor: `${zone === '' ? '.' : zone} ${tag}`,
      ttl: keys.ttl,
    };
  }
}

// Through a DS set into the zone below.
function enter(from: SecureFooting, zone: DnsName, ds: RrSet, walker: Walker): Footing {
  const before = walker.entered.get(zone);
  if (before !== undefined) return before;
  const footing = judge();
  // What rests on a hole above may come out differently on another walk.
  if (from.hole === null) walker.entered.set(zone, footing);
  return footing;

  function judge(): Footing {
    const { terms } = walker;
    const checked = checkRrset(ds, from.zone, from.keys, terms);
    if (!checked.ok) return ended('bogus', checked.fault);
    if (checked.encloser !== null) {
      // A wildcard makes no zone cut: a DS set that was made from one belongs to no zone (RFC 4592 4.6).
      return ended('bogus', sayDnssec('wildcard-proof-missing', { name: zone, type: 'DS', zone: from.zone }));
    }
    const all = vouchersOf(ds.records);
    const usable = usableVouchers(all, terms);
    if (!usable.ok) {
      const algorithms = tags(all.ds.map((one) => ({ tag: one.keyTag, algorithm: one.algorithm })));
      return ended('insecure', sayDnssec(usable.code, { zone, algorithms }));
    }
    const question: Question = { name: zone, type: 'DNSKEY' };
    const message = walker.lookup(question);
    if (message === undefined) return unanswered(from, question);
    const keys = judgeKeys(zone, message, usable.value, terms);
    const ttl = Math.min(from.ttl, checked.ttl);
    if (keys.kind === 'fault') {
      return {
        ...way(from),
        status: 'bogus',
        said: keys.fault,
        chain: [...from.chain, zoneLink(zone, 'bogus', keys.fault, keys, all, terms)],
      };
    }
    const said = sayDnssec('zone-signed', { zone, by: from.zone, tag: keys.signature.keyTag });
    return {
      status: 'secure',
      zone,
      keys: keys.keys,
      hole: null,
      absent: null,
      anchor: from.anchor,
      ttl: Math.min(ttl, keys.ttl),
      chain: [...from.chain, zoneLink(zone, 'secure', said, keys, all, terms)],
    };
  }

  function ended(status: 'bogus' | 'insecure', said: DnssecSaid): Footing {
    return { ...way(from), status, said, chain: [...from.chain, linkOf(zone, status, said)] };
  }
}

// Past a label without a DS set: proven unsigned, proven to be no zone, or not proven at all.
function pass(from: SecureFooting, name: DnsName, message: DnsMessage, walker: Walker): Footing {
  const { answer } = setsOf(message);
  const alias = setAt(answer, name, TYPE.CNAME);
  // An alias is no zone cut (RFC 1034 3.6.2), whatever its target has.
  if (alias !== undefined && checkRrset(alias, from.zone, from.keys, walker.terms).ok) return from;
  for (const above of selfAndAncestors(name).slice(1)) {
    const dname = isUnder(above, from.zone) ? setAt(answer, above, TYPE.DNAME) : undefined;
    // Nothing exists below a DNAME (RFC 6672 2.3), so no zone begins there.
    if (dname !== undefined && checkRrset(dname, from.zone, from.keys, walker.terms).ok) return from;
  }
  const denial = judgeAbsence(name, TYPE.DS, from, message, walker.terms);
  switch (denial.kind) {
    case 'no-data':
      return denial.delegation
        ? unsigned(sayDnssec('unsigned-delegation', { zone: name, parent: from.zone }), denial.ttl)
        : from;
    case 'opt-out':
      return unsigned(sayDnssec('opt-out', { name, zone: from.zone }), denial.ttl);
    case 'iterations': {
      const seen = { zone: from.zone, iterations: denial.iterations, limit: MOST_ITERATIONS };
      return unsigned(sayDnssec('iterations-too-high', seen), denial.ttl);
    }
    case 'no-name':
      return { ...from, absent: name };
    case 'no-closer':
      return from;
    case 'failed':
      return from.hole === null ? { ...from, hole: { kind: 'wrong', fault: denial.fault } } : from;
  }

  function unsigned(said: DnssecSaid, ttl: number): Footing {
    const chain = [...from.chain, linkOf(name, 'insecure', said)];
    return { ...way(from), status: 'insecure', said, chain, ttl: Math.min(from.ttl, ttl) };
  }
}

// The highest hole counts: what is lacking above may be the reason for a wrong proof below it, but not the other way round.
function withHole(from: SecureFooting, question: Question): SecureFooting {
  return from.hole === null ? { ...from, hole: { kind: 'missing', question } } : from;
}

function way({ chain, anchor, ttl }: Way): Way {
  return { chain, anchor, ttl };
}
