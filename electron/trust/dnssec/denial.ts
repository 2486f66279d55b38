/**
 * denial.ts: is it proven that a name, a type or a closer match does not exist?
 *
 * In:   the authority section of an answer, the zone and its keys
 * Out:  what is proven, or why nothing is
 * Not:  the rules of NSEC (denial-nsec.ts) and NSEC3 (denial-nsec3.ts)
 */
import type { DnsName } from '../../../shared/basics.ts';
import { sayDnssec } from '../../../shared/phrases/dnssec.ts';
import type { DnssecSaid } from '../../../shared/phrases/dnssec.ts';
import type { DnsMessage } from '../../wire/dns-message.ts';
import { isUnder } from '../../wire/dns-name.ts';
import { decodeNsec } from '../../wire/dns-records.ts';
import { TYPE, typeName } from '../../wire/dns-type.ts';
import { absenceByNsec, noCloserByNsec } from './denial-nsec.ts';
import type { NsecRecord, Proof } from './denial-nsec.ts';
import { absenceByNsec3, noCloserByNsec3, readNsec3 } from './denial-nsec3.ts';
import { setsOf, setsOfType } from './rrset.ts';
import type { RrSet, Signature } from './rrset.ts';
import { checkRrset } from './signature.ts';
import type { Terms, ZoneKey } from './signature.ts';
import { MOST_DENIALS } from './work.ts';

export type SignedZone = { readonly zone: DnsName; readonly keys: readonly ZoneKey[] };

/** `Proof` of the two kinds, with what the picture needs; `failed` with its sentence. */
export type Denial =
  | (Exclude<Proof, { kind: 'none' }> & { readonly signature: Signature | null; readonly ttl: number })
  | { readonly kind: 'failed'; readonly fault: DnssecSaid };

/** Proof that `type` does not exist at `name` (RFC 4035 5.4, RFC 5155 8.4 to 8.7), by records of this zone only. */
export function judgeAbsence(
  name: DnsName,
  type: number,
  { zone, keys }: SignedZone,
  message: DnsMessage,
  terms: Terms,
): Denial {
  const found = gather(message, zone, keys, terms);
  const claim = message.rcode === NXDOMAIN ? 'name' : 'data';
  const proof = firstOf(
    () => absenceByNsec(name, type, zone, found.nsec),
    () => absenceByNsec3(name, type, zone, claim, found.nsec3, terms.work),
  );
  const about = { name, type: typeName(type), zone };
  return finish(proof, found, () => sayDnssec('denial-missing', about), about);
}

// RFC 2308 2.1.
const NXDOMAIN = 3;

/** Proof that no name closer than `*.encloser` exists for `name` (RFC 4035 5.3.4, RFC 5155 8.8). */
export function judgeNoCloser(
  name: DnsName,
  type: number,
  encloser: DnsName,
  { zone, keys }: SignedZone,
  message: DnsMessage,
  terms: Terms,
): Denial {
  const found = gather(message, zone, keys, terms);
  const proof = firstOf(
    () => noCloserByNsec(name, encloser, zone, found.nsec),
    () => noCloserByNsec3(name, encloser, zone, found.nsec3, terms.work),
  );
  const about = { name, type: typeName(type), zone };
  return finish(proof, found, () => sayDnssec('wildcard-proof-missing', about), about);
}

type Found = {
  readonly nsec: readonly NsecRecord[];
  readonly nsec3: ReturnType<typeof readNsec3>;
  readonly signature: Signature | null;
  readonly ttl: number;
  /** Why records that might have proven something do not count. */
  readonly fault: DnssecSaid | undefined;
};

// Only records of this very zone count: its signature, an owner inside it, and not made from a wildcard.
function gather(message: DnsMessage, zone: DnsName, keys: readonly ZoneKey[], terms: Terms): Found {
  const { authority } = setsOf(message);
  const good: RrSet[] = [];
  let signature: Signature | null = null;
  let ttl = Infinity;
  let fault: DnssecSaid | undefined;
  for (const type of [TYPE.NSEC, TYPE.NSEC3]) {
    for (const set of setsOfType(authority, type, MOST_DENIALS)) {
      if (!isUnder(set.name, zone)) continue;
      const checked = checkRrset(set, zone, keys, terms);
      if (!checked.ok) {
        // A record of another zone beside ours is no fault.
        if (checked.fault.code !== 'signer-wrong') fault ??= checked.fault;
        continue;
      }
      if (checked.encloser !== null) continue;
      good.push(set);
      signature ??= checked.signature;
      ttl = Math.min(ttl, checked.ttl);
    }
  }
  return { nsec: good.flatMap(readNsec), nsec3: readNsec3(good, zone), signature, ttl, fault };
}

function readNsec(set: RrSet): readonly NsecRecord[] {
  if (set.type !== TYPE.NSEC) return [];
  const nsec = decodeNsec(set.records[0].rdata);
  return nsec.ok ? [{ owner: set.name, ...nsec.value }] : [];
}

function firstOf(...ways: readonly (() => Proof)[]): Proof {
  let last: Proof = { kind: 'none' };
  for (const way of ways) {
    const proof = way();
    if (proof.kind !== 'none') return proof;
    last = proof.detail === undefined ? last : proof;
  }
  return last;
}

function finish(
  proof: Proof,
  found: Found,
  missing: () => DnssecSaid,
  about: { readonly name: DnsName; readonly type: string; readonly zone: DnsName },
): Denial {
  if (proof.kind !== 'none') return { ...proof, signature: found.signature, ttl: found.ttl };
  if (found.fault !== undefined) return { kind: 'failed', fault: found.fault };
  if (proof.detail === undefined) return { kind: 'failed', fault: missing() };
  return { kind: 'failed', fault: sayDnssec('denial-wrong', { ...about, detail: proof.detail }) };
}
