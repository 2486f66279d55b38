/**
 * denial-nsec.ts: what NSEC records prove (RFC 4034 4, RFC 4035 5.4, RFC 6840 4).
 *
 * In:   NSEC records whose signatures hold, all of one zone
 * Out:  a proof, or none
 * Not:  signatures (denial.ts), NSEC3 (denial-nsec3.ts)
 */
import type { DnsName } from '../../../shared/basics.ts';
import { compareCanonical, isUnder, join, labels, parent, ROOT } from '../../wire/dns-name.ts';
import { TYPE } from '../../wire/dns-type.ts';

export type NsecRecord = {
  readonly owner: DnsName;
  readonly next: DnsName;
  readonly types: ReadonlySet<number>;
};

export type Proof =
  /** The name exists (or a wildcard stands for it), the type does not. `delegation`: the name is an unsigned zone cut. */
  | { readonly kind: 'no-data'; readonly delegation: boolean }
  | { readonly kind: 'no-name' }
  /** Nothing closer than the wildcard exists. */
  | { readonly kind: 'no-closer' }
  /** The zone leaves open what is there: it counts as unsigned. */
  | { readonly kind: 'opt-out' }
  | { readonly kind: 'iterations'; readonly iterations: number }
  | { readonly kind: 'none'; readonly detail?: string };

/** Proves that `type` is absent at `name`, which lies in or under `zone`. */
export function absenceByNsec(
  name: DnsName,
  type: number,
  zone: DnsName,
  records: readonly NsecRecord[],
): Proof {
  const match = records.find((nsec) => nsec.owner === name);
  if (match !== undefined) return typeAbsent(name, type, match.types);
  const cover = records.find((nsec) => covers(nsec, name, zone));
  if (cover === undefined) return { kind: 'none' };
  // An empty non-terminal: names below it exist, so it does, with no type at all (RFC 4035 3.1.3.2, RFC 8020).
  if (isUnder(cover.next, name)) return { kind: 'no-data', delegation: false };
  const wildcard = join('*', encloserOf(name, cover));
  const star = records.find((nsec) => nsec.owner === wildcard);
  if (star !== undefined) {
    const proof = typeAbsent(wildcard, type, star.types);
    return proof.kind === 'no-data' ? { ...proof, delegation: false } : proof;
  }
  const nothing = records.find((nsec) => covers(nsec, wildcard, zone));
  if (nothing === undefined) return { kind: 'none', detail: NO_WILDCARD_PROOF };
  return isUnder(nothing.next, wildcard) ? { kind: 'no-data', delegation: false } : { kind: 'no-name' };
}

/** Proves that nothing stands between `name` and the wildcard below `encloser`. */
export function noCloserByNsec(
  name: DnsName,
  encloser: DnsName,
  zone: DnsName,
  records: readonly NsecRecord[],
): Proof {
  const cover = records.find((nsec) => covers(nsec, name, zone));
  if (cover === undefined || isUnder(cover.next, name)) return { kind: 'none' };
  // A neighbour that shares more labels with the name shows that the wildcard was not the one to use.
  return encloserOf(name, cover) === encloser ? { kind: 'no-closer' } : { kind: 'none' };
}

/** The rules about a record at the name itself, the same for NSEC and NSEC3. */
export function typeAbsent(name: DnsName, type: number, types: ReadonlySet<number>): Proof {
  if (types.has(type)) return { kind: 'none', detail: 'the proof itself lists the type.' };
  // RFC 6840 4.3: then there is an alias, and its target has the answer.
  if (types.has(TYPE.CNAME)) return { kind: 'none', detail: 'the proof says that there is an alias.' };
  const cut = isCut(types);
  if (type === TYPE.DS) {
    // RFC 4035 5.2, RFC 5155 8.6: only the parent can deny a DS.
    if (types.has(TYPE.SOA) && name !== ROOT)
      return { kind: 'none', detail: 'it comes from the wrong side.' };
    return { kind: 'no-data', delegation: cut };
  }
  // RFC 6840 4.1: the parent side of a zone cut knows nothing of other types.
  if (cut) return { kind: 'none', detail: 'it comes from the parent side of a zone cut.' };
  return { kind: 'no-data', delegation: false };
}

/** Whether these types are those of the parent side of a zone cut. */
export function isCut(types: ReadonlySet<number>): boolean {
  return types.has(TYPE.NS) && !types.has(TYPE.SOA);
}

export const NO_WILDCARD_PROOF = 'it leaves open that a wildcard exists.';

// RFC 4034 4.1.1: between owner and next in canonical order; the last record leads back to the apex. RFC 6840 4.1: a
// record at a zone cut or DNAME says nothing about names below it.
function covers(nsec: NsecRecord, name: DnsName, zone: DnsName): boolean {
  if (compareCanonical(nsec.owner, name) >= 0) return false;
  const last = nsec.next === zone;
  if (!last && (!isUnder(nsec.next, zone) || compareCanonical(name, nsec.next) >= 0)) return false;
  if (!isUnder(name, nsec.owner)) return true;
  return !isCut(nsec.types) && !nsec.types.has(TYPE.DNAME);
}

// The longest existing ancestor: what the name shares with one of the two neighbours, which exist.
function encloserOf(name: DnsName, nsec: NsecRecord): DnsName {
  const one = sharedAncestor(name, nsec.owner);
  const other = sharedAncestor(name, nsec.next);
  return labels(one).length >= labels(other).length ? one : other;
}

function sharedAncestor(name: DnsName, other: DnsName): DnsName {
  let shared = name;
  while (!isUnder(other, shared)) shared = parent(shared);
  return shared;
}
