/**
 * dns-type.ts: record types, their numbers and their mnemonics (IANA, Domain Name System Parameters).
 *
 * In:   a mnemonic or a number
 * Out:  the other
 * Not:  what the records hold (dns-records.ts)
 */

/** The types that this program names. Others are TYPE123 (RFC 3597 5). */
export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  CAA: 257,
} as const;
export type TypeName = keyof typeof TYPE;

/** Class IN, the only one asked. */
export const CLASS_IN = 1;

/** RCODEs that this program tells apart (RFC 1035 4.1.1, RFC 6891 9). */
export const RCODE = {
  noError: 0,
  formErr: 1,
  servFail: 2,
  nxDomain: 3,
  notImp: 4,
  refused: 5,
  badVers: 16,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(TYPE).map(([name, number]) => [number, name]),
);

/** The number of a type. */
export function typeNumber(type: TypeName): number {
  return TYPE[type];
}

/** The mnemonic of a type number, or TYPE123. */
export function typeName(number: number): string {
  return NAMES.get(number) ?? `TYPE${number}`;
}
