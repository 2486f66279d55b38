/**
 * denial-nsec3.ts: what NSEC3 records prove (RFC 5155 8, RFC 6840 4, RFC 9276).
 *
 * In:   NSEC3 sets whose signatures hold, all of one zone
 * Out:  a proof, or none
 * Not:  signatures (denial.ts)
 */
import { createHash } from 'node:crypto';
import type { DnsName } from '../../../shared/basics.ts';
import { encodeName, join, labels, parent } from '../../wire/dns-name.ts';
import { base32hex, decodeNsec3 } from '../../wire/dns-records.ts';
import { TYPE } from '../../wire/dns-type.ts';
import { isCut, NO_WILDCARD_PROOF, typeAbsent } from './denial-nsec.ts';
import type { Proof } from './denial-nsec.ts';
import type { RrSet } from './rrset.ts';
import { spend } from './work.ts';
import type { Work } from './work.ts';

export type Nsec3Record = {
  /** Hash of the owner and of the next name, base32hex, whose order as text is their order as octets. */
  readonly hash: string;
  readonly next: string;
  readonly optOut: boolean;
  readonly types: ReadonlySet<number>;
};

/** The records of one chain: all share salt and iterations (RFC 5155 8.2). */
export type Nsec3Chain = {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly records: readonly Nsec3Record[];
};

/** RFC 9276 3.2 lets a validator choose; 150 is what BIND, Unbound and Knot agreed on (TRUST-RULES 3.4). */
export const MOST_ITERATIONS = 150;

/** Sorts NSEC3 sets into chains; records with an unknown hash or unknown flags do not count (RFC 5155 8.1, 8.2). */
export function readNsec3(sets: readonly RrSet[], zone: DnsName): readonly Nsec3Chain[] {
  const chains = new Map<string, { salt: Uint8Array; iterations: number; records: Nsec3Record[] }>();
  for (const set of sets) {
    if (set.type !== TYPE.NSEC3 || parent(set.name) !== zone) continue;
    const decoded = decodeNsec3(set.records[0].rdata);
    if (!decoded.ok) continue;
    const { hashAlgorithm, flags, iterations, salt, nextHash, types } = decoded.value;
    if (hashAlgorithm !== SHA1 || (flags & ~OPT_OUT) !== 0) continue;
    const key = `${iterations} ${Buffer.from(salt).toString('hex')}`;
    const chain = chains.get(key) ?? { salt, iterations, records: [] };
    chains.set(key, chain);
    const hash = labels(set.name)[0] ?? '';
    chain.records.push({ hash, next: base32hex(nextHash), optOut: (flags & OPT_OUT) !== 0, types });
  }
  return [...chains.values()];
}

/**
 * Proves that `type` is absent at `name`, which lies in or under `zone` (RFC 5155 8.4 to 8.7). `claim`: what the answer says
 * is not there, its RCODE.
 */
export function absenceByNsec3(
  name: DnsName,
  type: number,
  zone: DnsName,
  claim: 'name' | 'data',
  chains: readonly Nsec3Chain[],
  work: Work,
): Proof {
  return firstProof(chains, (chain) => {
    const hashed = hasher(chain, work);
    const match = matching(chain, hashed(name));
    if (match !== undefined) return typeAbsent(name, type, match.types);
    const encloser = closestEncloser(name, zone, chain, hashed);
    if (encloser === undefined) return { kind: 'none' };
    // RFC 5155 8.6, 9.2: in an opt-out span an unsigned zone may stand, or an empty name above one, so nothing more is
    // proven. That no such name exists is claimed by whole proofs only (8.4).
    const { optOut } = encloser.cover;
    if (optOut && (type === TYPE.DS || claim === 'data')) return { kind: 'opt-out' };
    const proof = withoutWildcard(join('*', encloser.name), type, chain, hashed);
    return optOut && proof.kind !== 'none' ? { kind: 'opt-out' } : proof;
  });
}

// RFC 5155 8.4, 8.7: no wildcard stands for the name, or it lacks the type.
function withoutWildcard(
  wildcard: DnsName,
  type: number,
  chain: Nsec3Chain,
  hashed: (name: DnsName) => string,
): Proof {
  const star = matching(chain, hashed(wildcard));
  if (star !== undefined) {
    const proof = typeAbsent(wildcard, type, star.types);
    return proof.kind === 'no-data' ? { ...proof, delegation: false } : proof;
  }
  if (covering(chain, hashed(wildcard)) !== undefined) return { kind: 'no-name' };
  return { kind: 'none', detail: NO_WILDCARD_PROOF };
}

/** Proves that nothing stands between `name` and the wildcard below `encloser` (RFC 5155 8.8). */
export function noCloserByNsec3(
  name: DnsName,
  encloser: DnsName,
  zone: DnsName,
  chains: readonly Nsec3Chain[],
  work: Work,
): Proof {
  let nextCloser = name;
  while (nextCloser !== zone && parent(nextCloser) !== encloser) nextCloser = parent(nextCloser);
  if (nextCloser === zone) return { kind: 'none' };
  return firstProof(chains, (chain) => {
    const cover = covering(chain, hasher(chain, work)(nextCloser));
    if (cover === undefined) return { kind: 'none' };
    return { kind: cover.optOut ? 'opt-out' : 'no-closer' };
  });
}

// RFC 5155 11, 3.1.2.
const SHA1 = 1;
const OPT_OUT = 1;

// RFC 5155 8.2: other chains are for validators that know other parameters; a zone changing its salt may send either.
function firstProof(chains: readonly Nsec3Chain[], prove: (chain: Nsec3Chain) => Proof): Proof {
  let last: Proof = { kind: 'none' };
  for (const chain of chains) {
    const { iterations } = chain;
    const proof: Proof = iterations > MOST_ITERATIONS ? { kind: 'iterations', iterations } : prove(chain);
    if (proof.kind !== 'none') return proof;
    last = proof;
  }
  return last;
}

type Encloser = { readonly name: DnsName; readonly cover: Nsec3Record };

// RFC 5155 8.3: the longest ancestor that exists, and proof that the name one label longer does not. Records of a zone
// cut or a DNAME are no closest encloser.
function closestEncloser(
  name: DnsName,
  zone: DnsName,
  chain: Nsec3Chain,
  hashed: (name: DnsName) => string,
): Encloser | undefined {
  for (let longer = name; longer !== zone; longer = parent(longer)) {
    const match = matching(chain, hashed(parent(longer)));
    if (match === undefined) continue;
    if (isCut(match.types) || match.types.has(TYPE.DNAME)) return undefined;
    const cover = covering(chain, hashed(longer));
    return cover === undefined ? undefined : { name: parent(longer), cover };
  }
  return undefined;
}

function matching(chain: Nsec3Chain, hash: string): Nsec3Record | undefined {
  return chain.records.find((record) => record.hash === hash);
}

// RFC 5155 1.3, "cover": between owner and next; the last record leads back to the first.
function covering(chain: Nsec3Chain, hash: string): Nsec3Record | undefined {
  if (hash === '') return undefined;
  return chain.records.find(({ hash: owner, next }) =>
    owner < next ? owner < hash && hash < next : owner !== hash && (hash > owner || hash < next),
  );
}

// RFC 5155 5. One SHA-1 takes blocks of 64 octets with 9 of padding; '' once the work is used up, which matches nothing.
function hasher(chain: Nsec3Chain, work: Work): (name: DnsName) => string {
  const known = new Map<DnsName, string>();
  const blocks = Math.ceil((20 + chain.salt.length + 9) / 64);
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    if (!spend(work, 'hashes', (chain.iterations + 1) * blocks)) return '';
    let digest: Uint8Array = encodeName(name);
    for (let i = 0; i <= chain.iterations; i++) {
      digest = createHash('sha1').update(digest).update(chain.salt).digest();
    }
    const hash = base32hex(digest);
    known.set(name, hash);
    return hash;
  };
}
