/**
 * zone-keys.ts: which keys are really a zone's (RFC 4035 5.2)?
 *
 * In:   the zone's DNSKEY answer, and what vouches for it: a DS set already proven, or trust anchors
 * Out:  its keys, or why they cannot be believed, or that the zone counts as unsigned
 * Not:  the way to the zone (chain.ts)
 */
import type { DnsName } from '../../../shared/basics.ts';
import { sayDnssec } from '../../../shared/phrases/dnssec.ts';
import type { DnssecSaid } from '../../../shared/phrases/dnssec.ts';
import type { DnsMessage } from '../../wire/dns-message.ts';
import { encodeName } from '../../wire/dns-name.ts';
import { decodeDnskey, decodeDs, keyTag } from '../../wire/dns-records.ts';
import type { Ds } from '../../wire/dns-records.ts';
import { TYPE } from '../../wire/dns-type.ts';
import { digestOf, isAlgorithmUsable, isDigestKnown, isSha1Algorithm } from './algorithms.ts';
import type { TrustAnchor } from './anchors.ts';
import { setAt, setsOf } from './rrset.ts';
import type { RrSet, Signature } from './rrset.ts';
import { checkRrset, isZoneKey } from './signature.ts';
import type { Terms, ZoneKey } from './signature.ts';
import { MOST_KEYS, spend } from './work.ts';
import type { Work } from './work.ts';

/** What vouches for keys: DS data, or (anchors only) whole DNSKEYs. */
export type Vouchers = { readonly ds: readonly Ds[]; readonly dnskeys: readonly ZoneKey[] };

export type Keys =
  | {
      readonly kind: 'keys';
      readonly keys: readonly ZoneKey[];
      readonly signature: Signature;
      readonly ttl: number;
    }
  | { readonly kind: 'fault'; readonly fault: DnssecSaid; readonly keys: readonly ZoneKey[] };

/** Reads a DS set or anchors; malformed records vouch for nothing. */
export function vouchersOf(
  records: readonly { readonly type: number; readonly rdata: Uint8Array }[],
): Vouchers {
  const ds: Ds[] = [];
  const dnskeys: ZoneKey[] = [];
  for (const { type, rdata } of records.slice(0, MOST_KEYS)) {
    const one = type === TYPE.DS ? decodeDs(rdata) : null;
    if (one?.ok === true) ds.push(one.value);
    if (type === TYPE.DNSKEY) dnskeys.push(...readKey(rdata));
  }
  return { ds, dnskeys };
}

/**
 * The vouchers that count: known algorithm and digest; SHA-1 digests only where no other is left (RFC 4509 3). If none
 * is left, the zone counts as unsigned (RFC 4035 5.2), and `code` says why.
 */
export function usableVouchers(
  all: Vouchers,
  terms: Terms,
):
  | { readonly ok: true; readonly value: Vouchers }
  | { readonly ok: false; readonly code: 'unknown-algorithm' | 'sha1-algorithm' } {
  const dnskeys = all.dnskeys.filter((key) => isAlgorithmUsable(key.algorithm, terms.allowSha1));
  const known = all.ds.filter((ds) => isDigestKnown(ds.digestType));
  const usable = known.filter((ds) => isAlgorithmUsable(ds.algorithm, terms.allowSha1));
  const strong = usable.filter((ds) => ds.digestType !== SHA1_DIGEST);
  const ds = strong.length > 0 ? strong : usable;
  if (ds.length > 0 || dnskeys.length > 0) return { ok: true, value: { ds, dnskeys } };
  const sha1 = known.some((one) => isSha1Algorithm(one.algorithm));
  return { ok: false, code: sha1 ? 'sha1-algorithm' : 'unknown-algorithm' };
}

/** Judges a DNSKEY answer: some key that a voucher names must sign the whole set. */
export function judgeKeys(zone: DnsName, message: DnsMessage, vouchers: Vouchers, terms: Terms): Keys {
  const set = setAt(setsOf(message).answer, zone, TYPE.DNSKEY);
  if (set === undefined) return { kind: 'fault', fault: sayDnssec('dnskey-missing', { zone }), keys: [] };
  const keys = readKeys(set);
  const owner = encodeName(zone);
  const entries = keys.filter((key) => isZoneKey(key) && isVouchedFor(owner, key, vouchers, terms.work));
  if (entries.length === 0) {
    const ds = tags(vouchers.ds.map((one) => ({ tag: one.keyTag, algorithm: one.algorithm })));
    return { kind: 'fault', fault: sayDnssec('ds-mismatch', { zone, ds, keys: tags(keys) }), keys };
  }
  const checked = checkRrset(set, zone, entries, terms);
  if (!checked.ok) return { kind: 'fault', fault: checked.fault, keys };
  return { kind: 'keys', keys, signature: checked.signature, ttl: checked.ttl };
}

/** The same against trust anchors, with the sentences that fit there (TRUST-RULES 3.8). */
export function judgeAnchoredKeys(
  zone: DnsName,
  message: DnsMessage,
  anchors: readonly TrustAnchor[],
  vouchers: Vouchers,
  terms: Terms,
): Keys {
  const judged = judgeKeys(zone, message, vouchers, terms);
  if (judged.kind === 'keys' || !ABOUT_KEYS.has(judged.fault.code)) return judged;
  const known = tags([
    ...vouchers.ds.map((ds) => ({ tag: ds.keyTag, algorithm: ds.algorithm })),
    ...vouchers.dnskeys,
  ]);
  const set = setAt(setsOf(message).answer, zone, TYPE.DNSKEY);
  const itself = set === undefined ? null : checkRrset(set, zone, judged.keys, terms);
  if (zone === '' && itself?.ok === true) {
    const fault = sayDnssec('unknown-root-key', { tag: itself.signature.keyTag, anchors: known });
    return { ...judged, fault };
  }
  if (judged.fault.code !== 'ds-mismatch' || anchors.length === 0) return judged;
  const fault = sayDnssec('anchor-mismatch', { zone, anchors: known, keys: tags(judged.keys) });
  return { ...judged, fault };
}

/** "12345 of algorithm 13": tags with their algorithms, for people. */
export function tags(keys: readonly { readonly tag: number; readonly algorithm: number }[]): string {
  const texts = keys.slice(0, 8).map((key) => `${key.tag} of algorithm ${key.algorithm}`);
  return texts.length === 0 ? 'none' : texts.join(', ');
}

// RFC 4034 appendix A.2.
const SHA1_DIGEST = 1;

// The faults that mean "signed, but not by the key we know".
const ABOUT_KEYS: ReadonlySet<string> = new Set(['ds-mismatch', 'key-missing']);

function readKeys(set: RrSet): readonly ZoneKey[] {
  return set.records.slice(0, MOST_KEYS).flatMap((rr) => readKey(rr.rdata));
}

function readKey(rdata: Uint8Array): readonly ZoneKey[] {
  const key = decodeDnskey(rdata);
  return key.ok ? [{ ...key.value, rdata, tag: keyTag(rdata) }] : [];
}

// One digest of each kind a key, however many DS records share its tag: comparing is cheap, hashing is not.
function isVouchedFor(owner: Uint8Array, key: ZoneKey, vouchers: Vouchers, work: Work): boolean {
  if (vouchers.dnskeys.some((one) => Buffer.compare(one.rdata, key.rdata) === 0)) return true;
  const digests = new Map<number, Uint8Array | null>();
  return vouchers.ds.some((ds) => {
    if (ds.keyTag !== key.tag || ds.algorithm !== key.algorithm) return false;
    let digest = digests.get(ds.digestType);
    if (digest === undefined) {
      if (!spend(work, 'hashes', SETTING_UP + Math.ceil((owner.length + key.rdata.length) / BLOCK)))
        return false;
      digest = digestOf(ds.digestType, owner, key.rdata);
      digests.set(ds.digestType, digest);
    }
    return digest !== null && Buffer.compare(digest, ds.digest) === 0;
  });
}

// FIPS 180-4: octets that SHA-1 and SHA-256 take at once (SHA-384 takes twice as many).
const BLOCK = 64;
/** Making a hash object costs as much as some blocks (measured with Node 24). */
const SETTING_UP = 4;
