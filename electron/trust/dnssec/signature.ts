/**
 * signature.ts: is this RRset signed by one of these keys of this zone, now (RFC 4035 5.3)?
 *
 * In:   an RRset with its RRSIGs, the zone's keys, the time
 * Out:  the signature that holds, or the best reason why none does
 * Not:  where the keys come from (zone-keys.ts)
 */
import { createHash } from 'node:crypto';
import type { DnsName, Instant } from '../../../shared/basics.ts';
import { sayDnssec } from '../../../shared/phrases/dnssec.ts';
import type { DnssecSaid } from '../../../shared/phrases/dnssec.ts';
import { typeName } from '../../wire/dns-type.ts';
import { costOf, holds, isAlgorithmUsable, readPublicKey } from './algorithms.ts';
import { distinctRdata, signedBytes, signedLabels, signedOwner } from './canonical.ts';
import type { RrSet, Signature } from './rrset.ts';
import { MOST_COLLIDING_KEYS, MOST_RECORDS, MOST_SIGNATURES, remembered, spend } from './work.ts';
import type { SignatureCache, Work } from './work.ts';

export type ZoneKey = {
  readonly rdata: Uint8Array;
  readonly flags: number;
  readonly protocol: number;
  readonly algorithm: number;
  readonly tag: number;
  readonly key: Uint8Array;
};

/** What every check needs to know. */
export type Terms = {
  readonly now: Instant;
  readonly allowSha1: boolean;
  readonly cache: SignatureCache;
  readonly work: Work;
};

export type Checked =
  | {
      readonly ok: true;
      readonly signature: Signature;
      /** Seconds that the set may still be used (RFC 4035 5.3.3). */
      readonly ttl: number;
      /** Where the set was made from a wildcard: the name below which `*` stands. */
      readonly encloser: DnsName | null;
    }
  | { readonly ok: false; readonly fault: DnssecSaid };

// RFC 4034 2.1.1, RFC 5011 3.
const ZONE_KEY = 0x0100;
const REVOKED = 0x0080;

/** Whether the key may sign records of its zone: zone flag, protocol 3 (RFC 4034 2.1), not revoked (RFC 5011 2.1). */
export function isZoneKey(key: ZoneKey): boolean {
  return (key.flags & ZONE_KEY) !== 0 && (key.flags & REVOKED) === 0 && key.protocol === 3;
}

/** Checks the RRset against all its signatures; one that holds is enough (RFC 6840 5.11). */
export function checkRrset(set: RrSet, zone: DnsName, keys: readonly ZoneKey[], terms: Terms): Checked {
  const about = { type: typeName(set.type), name: set.name, zone };
  if (set.records.length > MOST_RECORDS) return { ok: false, fault: sayDnssec('work-limit', about) };
  const faults = new Faults();
  const unusable = new Set<number>();
  const keyless = new Set<number>();
  let datas: readonly Uint8Array[] | undefined;
  let tried = 0;
  for (const signature of set.signatures) {
    if (signature.signer !== zone) {
      faults.add(1, sayDnssec('signer-wrong', { ...about, signer: signature.signer }));
      continue;
    }
    if (!isAlgorithmUsable(signature.algorithm, terms.allowSha1)) {
      unusable.add(signature.algorithm);
      continue;
    }
    // More labels than the owner has cannot have been signed (RFC 4035 5.3.1).
    if (signature.labels > signedLabels(set.name)) {
      faults.add(4, sayDnssec('signature-wrong', { ...about, tag: signature.keyTag }));
      continue;
    }
    const fitting = keys
      .filter((key) => key.tag === signature.keyTag && key.algorithm === signature.algorithm)
      .filter(isZoneKey)
      .slice(0, MOST_COLLIDING_KEYS);
    if (fitting.length === 0) {
      keyless.add(signature.keyTag);
      continue;
    }
    const now = Math.floor(terms.now / 1000);
    if (later(now, signature.expiration) > 0) {
      faults.add(5, sayDnssec('signature-expired', { ...about, date: dateOf(signature.expiration, now) }));
      continue;
    }
    if (later(now, signature.inception) < 0) {
      faults.add(
        5,
        sayDnssec('signature-not-yet-valid', { ...about, date: dateOf(signature.inception, now) }),
      );
      continue;
    }
    if (tried++ >= MOST_SIGNATURES) break;
    datas ??= distinctRdata(set.records);
    const bytes = signedBytes(set.records[0], datas, signature.rdata, signature);
    for (const key of fitting) {
      if (!spend(terms.work, 'signatures', costOf(key.algorithm))) break;
      if (!holdsRemembered(key, bytes, signature.signature, terms.cache)) continue;
      return {
        ok: true,
        signature,
        ttl: Math.min(lifetime(set, signature), later(signature.expiration, now)),
        encloser: encloserOf(set.name, signature.labels),
      };
    }
    faults.add(6, sayDnssec('signature-wrong', { ...about, tag: signature.keyTag }));
  }
  if (unusable.size > 0) {
    faults.add(2, sayDnssec('algorithm-not-usable', { ...about, algorithms: list(unusable) }));
  }
  if (keyless.size > 0) faults.add(3, sayDnssec('key-missing', { ...about, tags: list(keyless) }));
  return { ok: false, fault: faults.best ?? sayDnssec('signature-missing', about) };
}

/** An RRSIG's time as ISO 8601: the second with that serial number nearest to `now` (RFC 4034 3.1.5). */
export function dateOf(serial: number, now: number): string {
  return new Date((now + later(serial, now)) * 1000).toISOString();
}

// RFC 1982: by how many seconds `a` is later than `b`, as 32-bit serial numbers.
function later(a: number, b: number): number {
  return (a - b) | 0;
}

/** Keeps the reason that tells most: one that came further in the checks. */
class Faults {
  best: DnssecSaid | undefined;
  #rank = 0;

  add(rank: number, fault: DnssecSaid): void {
    if (rank <= this.#rank) return;
    this.#rank = rank;
    this.best = fault;
  }
}

function holdsRemembered(
  key: ZoneKey,
  bytes: Uint8Array,
  signature: Uint8Array,
  cache: SignatureCache,
): boolean {
  // Both lengths go in, so that no two different triples make the same stream.
  const lengths = Uint32Array.of(key.rdata.length, signature.length);
  const digest = createHash('sha256')
    .update(new Uint8Array(lengths.buffer))
    .update(key.rdata)
    .update(signature)
    .update(bytes)
    .digest('base64');
  return remembered(cache.results, digest, () => {
    const name = Buffer.from(key.rdata).toString('latin1');
    const ready = remembered(cache.keys, name, () => readPublicKey(key.algorithm, key.key));
    return ready !== null && holds(key.algorithm, ready, bytes, signature);
  });
}

function lifetime(set: RrSet, signature: Signature): number {
  let ttl = Math.min(signature.ttl, signature.originalTtl);
  for (const rr of set.records) ttl = Math.min(ttl, rr.ttl);
  return ttl;
}

function encloserOf(owner: DnsName, signed: number): DnsName | null {
  const from = signedOwner(owner, signed);
  return from === owner || signedLabels(owner) === signed ? null : (from.slice(2) as DnsName);
}

function list(numbers: ReadonlySet<number>): string {
  return [...numbers].sort((a, b) => a - b).join(', ');
}
