/**
 * work.ts: how much one result may cost, and the memory of signature checks already made.
 *
 * In:   costs, as they arise
 * Out:  whether there is still something left
 * Not:  the checks themselves (signature.ts, denial-nsec3.ts)
 *
 * Bounds against CVE-2023-50387 (colliding keys and signatures) and CVE-2023-50868 (NSEC3 hashes): together under
 * 100 ms of CPU on an ordinary machine (TRUST-RULES 3.5).
 */
import type { PublicKey } from './algorithms.ts';

/** What is left for one result. */
export type Work = { signatures: number; hashes: number; exhausted: boolean };

/** Signature checks per result, in units of about 100 microseconds: 30 ms. An ordinary chain needs 6 to 20. */
const SIGNATURE_BUDGET = 300;
/**
 * Hashed blocks per result, of names (NSEC3) and keys (DS), about 1 microsecond each: 15 ms. 100 names with RFC 9276's limit of
 * 150 iterations.
 */
const HASH_BUDGET = 15_000;

/** RRSIGs of one RRset that are tried (Unbound's bound too); two algorithms and a key roll need four. */
export const MOST_SIGNATURES = 8;
/** RRSIGs of one RRset that are looked at. */
export const MOST_SIGNATURES_READ = 32;
/** Keys of one zone with the same tag and algorithm that are tried; one in 65,536 is the chance of a second. */
export const MOST_COLLIDING_KEYS = 4;
/** Records of one RRset. Real sets have a dozen; 64 KiB of A records would be 4,000. */
export const MOST_RECORDS = 512;
/** Keys of a DNSKEY set, and records of a DS set, that are looked at. */
export const MOST_KEYS = 64;
/** NSEC or NSEC3 sets of one answer that are looked at; one proof needs at most three. */
export const MOST_DENIALS = 16;
/** Aliases followed for one question (TRUST-RULES 3.5); BIND follows 16 as well. */
export const MOST_ALIASES = 16;
/** Different signers that one RRset may claim; a right one has one. */
export const MOST_SIGNERS = 3;

export function newWork(): Work {
  return { signatures: SIGNATURE_BUDGET, hashes: HASH_BUDGET, exhausted: false };
}

/** Takes `cost` from what is left; false, and exhausted from then on, if that was too much. */
export function spend(work: Work, on: 'signatures' | 'hashes', cost: number): boolean {
  if (work.exhausted || work[on] < cost) {
    work.exhausted = true;
    return false;
  }
  work[on] -= cost;
  return true;
}

/**
 * Signature checks made before, for the results of one check to share: by a digest over key, signature and signed
 * bytes, so a hit can only be the same check. Nothing in it depends on time.
 */
export type SignatureCache = {
  readonly results: Map<string, boolean>;
  readonly keys: Map<string, PublicKey | null>;
};

/** Entries of either map; a full one is emptied. 4,096 RRsets are what a check may hold. */
const MOST_ENTRIES = 4096;

export function createSignatureCache(): SignatureCache {
  return { results: new Map(), keys: new Map() };
}

/** Returns the remembered value, or makes and remembers it. */
export function remembered<V>(memory: Map<string, V>, key: string, make: () => V): V {
  const known = memory.get(key);
  if (known !== undefined) return known;
  if (memory.size >= MOST_ENTRIES) memory.clear();
  const value = make();
  memory.set(key, value);
  return value;
}
