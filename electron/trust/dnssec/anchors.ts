/**
 * anchors.ts: where trust begins, and where it is set to end.
 *
 * In:   DS or DNSKEY records (wire/zone-line.ts reads them from text); a name
 * Out:  trust anchors as data; the one that covers a name
 * Not:  checking keys against them (zone-keys.ts)
 */
import type { DnsName } from '../../../shared/basics.ts';
import type { Rr } from '../../wire/dns-message.ts';
import { isUnder, parseName } from '../../wire/dns-name.ts';
import { TYPE } from '../../wire/dns-type.ts';

export type TrustAnchor = {
  readonly zone: DnsName;
  /** DS or DNSKEY: type number and RDATA. */
  readonly type: 43 | 48;
  readonly rdata: Uint8Array;
  /** For people: where it comes from, and since when it holds. */
  readonly source: string;
  readonly since: string | null;
};

export type DnssecGrounds = {
  readonly anchors: readonly TrustAnchor[];
  readonly negativeAnchors: readonly DnsName[];
};

/** Each DS and DNSKEY record as one anchor; other records are none. */
export function anchorsFrom(records: readonly Rr[], source = 'set by hand'): readonly TrustAnchor[] {
  return records.flatMap(({ name, type, rdata }) =>
    type === TYPE.DS || type === TYPE.DNSKEY ? [{ zone: name, type, rdata, source, since: null }] : [],
  );
}

/** What covers a name: the closest anchor of either kind. At the same name the negative one wins (RFC 7646). */
export type Cover =
  | { readonly kind: 'anchor'; readonly zone: DnsName; readonly anchors: readonly TrustAnchor[] }
  | { readonly kind: 'negative'; readonly zone: DnsName }
  | { readonly kind: 'none' };

export function coverOf(name: DnsName, ground: DnssecGrounds): Cover {
  const negative = closest(name, ground.negativeAnchors);
  const positive = closest(
    name,
    ground.anchors.map((anchor) => anchor.zone),
  );
  if (negative !== undefined && (positive === undefined || negative.length >= positive.length)) {
    return { kind: 'negative', zone: negative };
  }
  if (positive === undefined) return { kind: 'none' };
  return {
    kind: 'anchor',
    zone: positive,
    anchors: ground.anchors.filter((anchor) => anchor.zone === positive),
  };
}

// All of them are above the same name, so the longest is the closest.
function closest(name: DnsName, zones: readonly DnsName[]): DnsName | undefined {
  let found: DnsName | undefined;
  for (const zone of zones) {
    if (isUnder(name, zone) && (found === undefined || zone.length > found.length)) found = zone;
  }
  return found;
}

function rootAnchor(tag: number, digest: string, since: string): TrustAnchor {
  // Algorithm 8 (RSA with SHA-256), digest 2 (SHA-256), as published.
  const rdata = Uint8Array.from([tag >> 8, tag & 0xff, 8, 2, ...Buffer.from(digest, 'hex')]);
  return { zone: nameOf('.'), type: TYPE.DS, rdata, source: IANA, since };
}

function nameOf(text: string): DnsName {
  const name = parseName(text);
  if (!name.ok) throw new Error(`${text} is no name`);
  return name.value;
}

const IANA = 'IANA, https://data.iana.org/root-anchors/root-anchors.xml';

/**
 * The root's keys, from IANA's root-anchors.xml (its validFrom dates; RFC 9718). The root is signed by 38696 since
 * 2026-10-11, by 20326 before.
 */
export const BUILT_IN_ANCHORS: readonly TrustAnchor[] = [
  rootAnchor(20326, 'E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D', '2017-02-02'),
  rootAnchor(38696, '683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16', '2024-07-18'),
];

/** Names that a private network may answer for and the public DNS does not have (TRUST-RULES 3.7, RFC 6762, RFC 8375). */
export const BUILT_IN_NEGATIVE_ANCHORS: readonly DnsName[] = [
  'local',
  'internal',
  'home.arpa',
  'lan',
  'home',
  'corp',
  'intranet',
  'test',
  'onion',
  'alt',
].map(nameOf);
