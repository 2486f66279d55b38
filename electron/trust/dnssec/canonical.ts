/**
 * canonical.ts: records in the one form over which signatures are made (RFC 4034 6, RFC 6840 5.1).
 *
 * In:   one RRset and the fields of its RRSIG
 * Out:  the bytes that were signed
 * Not:  checking the signature (signature.ts)
 */
import type { DnsName } from '../../../shared/basics.ts';
import type { Rr } from '../../wire/dns-message.ts';
import { encodeName, labels } from '../../wire/dns-name.ts';

/** The fields of an RRSIG that go into the signed bytes. */
export type SignedFields = {
  readonly labels: number;
  readonly originalTtl: number;
  readonly signer: DnsName;
};

/**
 * The signed bytes (RFC 4034 3.1.8.1): the RRSIG's RDATA without its signature, then each record with its owner (the
 * wildcard where `labels` is fewer than the owner's), the original TTL and canonical RDATA. `datas` is what
 * `distinctRdata` made of the same records: several signatures share that work.
 */
export function signedBytes(
  first: Rr,
  datas: readonly Uint8Array[],
  rrsig: Uint8Array,
  fields: SignedFields,
): Uint8Array {
  const owner = encodeName(signedOwner(first.name, fields.labels));
  // The signer is not compressed and counts in lower case (RFC 6840 5.1); 18 octets stand before it (RFC 4034 3.1).
  const signer = encodeName(fields.signer);
  let length = RRSIG_FIXED + signer.length;
  for (const data of datas) length += owner.length + RR_FIXED + data.length;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set(rrsig.subarray(0, RRSIG_FIXED));
  bytes.set(signer, RRSIG_FIXED);
  let at = RRSIG_FIXED + signer.length;
  for (const data of datas) {
    bytes.set(owner, at);
    at += owner.length;
    view.setUint16(at, first.type);
    view.setUint16(at + 2, first.class);
    view.setUint32(at + 4, fields.originalTtl);
    view.setUint16(at + 8, data.length);
    bytes.set(data, at + RR_FIXED);
    at += RR_FIXED + data.length;
  }
  return bytes;
}

/** The canonical RDATA of a set, sorted as octets, without doubles (RFC 4034 6.3). */
export function distinctRdata(records: readonly Rr[]): readonly Uint8Array[] {
  const all = records.map((rr) => canonicalRdata(rr.type, rr.rdata));
  if (all.length < 2) return all;
  all.sort((a, b) => Buffer.compare(a, b));
  return all.filter((data, i) => i === 0 || Buffer.compare(data, all[i - 1] ?? data) !== 0);
}

/** The name that was signed: `*.` and the right-most `count` labels where the owner has more (RFC 4035 5.3.2). */
export function signedOwner(owner: DnsName, count: number): DnsName {
  const all = labels(owner);
  if (all.length <= count) return owner;
  return ['*', ...all.slice(all.length - count)].join('.') as DnsName;
}

/** How many labels count for the Labels field: without the root and without a left-most `*` (RFC 4034 3.1.3). */
export function signedLabels(owner: DnsName): number {
  const all = labels(owner);
  return all[0] === '*' ? all.length - 1 : all.length;
}

/** RDATA with its names in lower case, where RFC 4034 6.2 (as corrected by RFC 6840 5.1) says so. */
export function canonicalRdata(type: number, rdata: Uint8Array): Uint8Array {
  const layout = NAMES_IN[type];
  if (layout === undefined) return rdata;
  const bytes = Uint8Array.from(rdata);
  let at = layout.skip;
  for (let i = 0; i < layout.strings; i++) at += 1 + (bytes[at] ?? 0);
  for (let i = 0; i < layout.names; i++) at = lowerName(bytes, at);
  return bytes;
}

// Octets of an RRSIG's RDATA before the signer (RFC 4034 3.1), and of a record between owner and RDATA.
const RRSIG_FIXED = 18;
const RR_FIXED = 10;

type Layout = { readonly skip: number; readonly strings: number; readonly names: number };

// Where names stand in the RDATA of the types of RFC 4034 6.2; NSEC is not among them any more (RFC 6840 5.1). A6, which
// is in the list too, is historic (RFC 6563) and never asked for here.
const NAMES_IN: Readonly<Record<number, Layout>> = {
  2: { skip: 0, strings: 0, names: 1 }, // NS
  3: { skip: 0, strings: 0, names: 1 }, // MD
  4: { skip: 0, strings: 0, names: 1 }, // MF
  5: { skip: 0, strings: 0, names: 1 }, // CNAME
  6: { skip: 0, strings: 0, names: 2 }, // SOA
  7: { skip: 0, strings: 0, names: 1 }, // MB
  8: { skip: 0, strings: 0, names: 1 }, // MG
  9: { skip: 0, strings: 0, names: 1 }, // MR
  12: { skip: 0, strings: 0, names: 1 }, // PTR
  14: { skip: 0, strings: 0, names: 2 }, // MINFO
  15: { skip: 2, strings: 0, names: 1 }, // MX
  17: { skip: 0, strings: 0, names: 2 }, // RP
  18: { skip: 2, strings: 0, names: 1 }, // AFSDB
  21: { skip: 2, strings: 0, names: 1 }, // RT
  26: { skip: 2, strings: 0, names: 2 }, // PX
  33: { skip: 6, strings: 0, names: 1 }, // SRV
  35: { skip: 4, strings: 3, names: 1 }, // NAPTR
  36: { skip: 2, strings: 0, names: 1 }, // KX
  39: { skip: 0, strings: 0, names: 1 }, // DNAME
};

function lowerName(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let length = bytes[at]; length !== undefined && length > 0; length = bytes[at]) {
    for (let i = at + 1; i <= at + length; i++) {
      const octet = bytes[i] ?? 0;
      if (octet >= 0x41 && octet <= 0x5a) bytes[i] = octet + 0x20;
    }
    at += length + 1;
  }
  return at + 1;
}
