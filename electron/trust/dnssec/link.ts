/**
 * link.ts: one zone, or the answer itself, as a link of the chain in the picture.
 *
 * In:   what was judged
 * Out:  DnssecLink of the report
 * Not:  judging
 */
import type { DnsName } from '../../../shared/basics.ts';
import type { DnssecSaid } from '../../../shared/phrases/dnssec.ts';
import type { DnssecLink, DnssecStatus } from '../../../shared/report.ts';
import type { TrustAnchor } from './anchors.ts';
import type { Signature } from './rrset.ts';
import { dateOf } from './signature.ts';
import type { Terms, ZoneKey } from './signature.ts';
import type { Keys, Vouchers } from './zone-keys.ts';

/** A link without keys: a place where the way ends, or the answer. */
export function linkOf(
  zone: DnsName,
  status: DnssecStatus,
  said: DnssecSaid,
  signature: DnssecLink['signature'] = null,
): DnssecLink {
  return { zone, status, text: said.why, repair: said.repair, keys: [], ds: [], signature };
}

/** A signed zone with its keys, and what vouches for them. */
export function zoneLink(
  zone: DnsName,
  status: DnssecStatus,
  said: DnssecSaid,
  keys: Keys,
  vouchers: Vouchers,
  terms: Terms,
): DnssecLink {
  const signature = keys.kind === 'keys' ? keys.signature : null;
  return {
    ...linkOf(zone, status, said, signature === null ? null : signatureOf(signature, terms)),
    keys: keys.keys.map((key) => ({
      tag: key.tag,
      algorithm: key.algorithm,
      ksk: isEntryPoint(key),
      signs: signature !== null && key.tag === signature.keyTag && key.algorithm === signature.algorithm,
    })),
    ds: vouchers.ds.map((ds) => ({ tag: ds.keyTag, algorithm: ds.algorithm, digest: ds.digestType })),
  };
}

/** The dates and the key of a signature, for people. */
export function signatureOf(signature: Signature, terms: Terms): NonNullable<DnssecLink['signature']> {
  const now = Math.floor(terms.now / 1000);
  return {
    signer: signature.signer,
    tag: signature.keyTag,
    algorithm: signature.algorithm,
    inception: dateOf(signature.inception, now),
    expiration: dateOf(signature.expiration, now),
  };
}

export function anchorSource(anchors: readonly TrustAnchor[]): string {
  return anchors[0]?.source ?? '';
}

// RFC 4034 2.1.1: the Secure Entry Point flag, a hint for people only.
function isEntryPoint(key: ZoneKey): boolean {
  return (key.flags & 0x0001) !== 0;
}
