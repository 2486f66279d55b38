/**
 * zone-denial.ts: the NSEC or NSEC3 chain of a demo zone (RFC 4034 4, RFC 5155 7).
 *
 * In:   a zone's names and types
 * Out:  DenialChain: its records, and which of them prove an absence
 * Not:  signing them (zone-sign.ts)
 */
import { createHash } from 'node:crypto';
import type { DnsName } from '../../shared/basics.ts';
import type { Rr } from '../wire/dns-message.ts';
import { compareCanonical, encodeName, isUnder, join, parent } from '../wire/dns-name.ts';
import { base32hex } from '../wire/dns-records.ts';
import { CLASS_IN, TYPE } from '../wire/dns-type.ts';
import { typeBitmap, u16 } from './zone-rdata.ts';
import type { Nsec3Form } from './zone.ts';

type DenialSet = readonly [Rr, ...Rr[]];
/** What is to be denied: a type at a name that exists, a type at a wildcard, a name, or a name closer than a wildcard. */
export type Absence = 'type' | 'wildcard-type' | 'name' | 'closer';
export type DenialChain = {
  readonly sets: readonly DenialSet[];
  /** The records that prove it. `encloser` is the longest ancestor that exists. */
  prove(what: Absence, name: DnsName, encloser: DnsName): readonly DenialSet[];
};

export type DeniedZone = {
  readonly name: DnsName;
  readonly nodes: ReadonlyMap<DnsName, ReadonlyMap<number, DenialSet>>;
  isDelegation(name: DnsName): boolean;
};

/** `names` are all names of the zone with its empty non-terminals. `form` null makes NSEC. */
export function denialChain(
  zone: DeniedZone,
  form: Nsec3Form | null,
  names: readonly DnsName[],
  ttl: number,
): DenialChain {
  return form === null ? nsecChain(zone, ttl) : nsec3Chain(zone, form, names, ttl);
}

function nsecChain(zone: DeniedZone, ttl: number): DenialChain {
  const owners = [...zone.nodes.keys()].sort(compareCanonical);
  const links = owners.map((owner, i): { readonly owner: DnsName; readonly set: DenialSet } => {
    const next = owners[(i + 1) % owners.length] ?? zone.name;
    const types = [...(zone.nodes.get(owner)?.keys() ?? []), TYPE.RRSIG, TYPE.NSEC];
    const rdata = Buffer.concat([encodeName(next), typeBitmap(types)]);
    return { owner, set: [{ name: owner, type: TYPE.NSEC, class: CLASS_IN, ttl, rdata }] };
  });
  // The record at the name, or else the one before it, which spans it.
  const at = (name: DnsName): readonly DenialSet[] => {
    const link = links.findLast(({ owner }) => compareCanonical(owner, name) <= 0);
    return link === undefined ? [] : [link.set];
  };
  return {
    sets: links.map(({ set }) => set),
    prove(what, name, encloser) {
      const wildcard = join('*', encloser);
      const sets = what === 'name' || what === 'wildcard-type' ? [...at(name), ...at(wildcard)] : at(name);
      return [...new Set(sets)];
    },
  };
}

function nsec3Chain(
  zone: DeniedZone,
  { iterations = 0, salt = new Uint8Array(), optOut = false }: Nsec3Form,
  names: readonly DnsName[],
  ttl: number,
): DenialChain {
  const isUnsigned = (name: DnsName): boolean =>
    zone.isDelegation(name) && zone.nodes.get(name)?.has(TYPE.DS) !== true;
  // RFC 5155 7.1: with opt-out, unsigned delegations and what exists only because of them are left out.
  const kept = [...zone.nodes.keys()].filter((name) => !optOut || !isUnsigned(name));
  const listed = names.filter((name) => kept.some((below) => isUnder(below, name)));
  const hashed = listed.map((name) => ({ name, digest: hash(name) }));
  hashed.sort((a, b) => Buffer.compare(a.digest, b.digest));
  const links = hashed.map(({ name, digest }, i): { readonly hash: string; readonly set: DenialSet } => {
    const next = hashed[(i + 1) % hashed.length]?.digest ?? digest;
    const present = [...(zone.nodes.get(name)?.keys() ?? [])];
    const types = present.length === 0 || isUnsigned(name) ? present : [...present, TYPE.RRSIG];
    const head = [1, optOut ? 1 : 0, ...u16(iterations), salt.length, ...salt, next.length];
    const rdata = Buffer.concat([Uint8Array.from(head), next, typeBitmap(types)]);
    const owner = join(base32hex(digest), zone.name);
    return { hash: base32hex(digest), set: [{ name: owner, type: TYPE.NSEC3, class: CLASS_IN, ttl, rdata }] };
  });
  const match = (name: DnsName): readonly DenialSet[] => {
    const wanted = base32hex(hash(name));
    return links.filter((link) => link.hash === wanted).map(({ set }) => set);
  };
  const cover = (name: DnsName): readonly DenialSet[] => {
    const wanted = base32hex(hash(name));
    const link = links.findLast((one) => one.hash < wanted) ?? links.at(-1);
    return link === undefined ? [] : [link.set];
  };
  return {
    sets: links.map(({ set }) => set),
    prove(what, name, encloser) {
      if (what === 'type' && match(name).length > 0) return match(name);
      // A name that opt-out left out has a closest encloser that the chain knows (RFC 5155 7.2.4).
      let above = what === 'type' ? parent(name) : encloser;
      while (above !== zone.name && match(above).length === 0) above = parent(above);
      const closer = cover(nextCloser(name, above));
      if (what === 'closer') return closer;
      const wildcard = join('*', above);
      const star = what === 'type' ? [] : what === 'name' ? cover(wildcard) : match(wildcard);
      return [...new Set([...match(above), ...closer, ...star])];
    },
  };

  function hash(name: DnsName): Uint8Array {
    let digest: Uint8Array = encodeName(name);
    for (let i = 0; i <= iterations; i++) digest = createHash('sha1').update(digest).update(salt).digest();
    return digest;
  }
}

function nextCloser(name: DnsName, encloser: DnsName): DnsName {
  let closer = name;
  while (parent(closer) !== encloser && closer !== encloser) closer = parent(closer);
  return closer;
}
