/**
 * rrset.ts: the records of a message as sets, each with its signatures.
 *
 * In:   a DNS message
 * Out:  its RRsets of class IN by owner and type, the RRSIGs beside what they cover
 * Not:  believing any of it
 */
import type { DnsName } from '../../../shared/basics.ts';
import type { DnsMessage, Rr } from '../../wire/dns-message.ts';
import { isUnder } from '../../wire/dns-name.ts';
import { decodeRrsig } from '../../wire/dns-records.ts';
import type { Rrsig } from '../../wire/dns-records.ts';
import { CLASS_IN, TYPE } from '../../wire/dns-type.ts';
import { MOST_SIGNATURES_READ, MOST_SIGNERS } from './work.ts';

export type Signature = Rrsig & { readonly rdata: Uint8Array; readonly ttl: number };

export type RrSet = {
  readonly name: DnsName;
  readonly type: number;
  readonly records: readonly [Rr, ...Rr[]];
  readonly signatures: readonly Signature[];
};

export type Section = ReadonlyMap<string, RrSet>;
export type Sections = { readonly answer: Section; readonly authority: Section };

/** The sets of a message, sorted out once per message. */
export function setsOf(message: DnsMessage): Sections {
  const known = sorted.get(message);
  if (known !== undefined) return known;
  const sections = { answer: sectionOf(message.answer), authority: sectionOf(message.authority) };
  sorted.set(message, sections);
  return sections;
}

export function setAt(section: Section, name: DnsName, type: number): RrSet | undefined {
  return section.get(keyOf(name, type));
}

/** All sets of one type, at most `most`. */
export function setsOfType(section: Section, type: number, most: number): readonly RrSet[] {
  const found: RrSet[] = [];
  for (const set of section.values()) {
    if (set.type === type && found.push(set) === most) break;
  }
  return found;
}

/**
 * The zones that the signatures of these sets claim to come from, the longest name first: those at or above `name`
 * only, since nothing else can be the zone of `name` (RFC 4035 5.3.1).
 */
export function claimedSigners(sets: readonly RrSet[], name: DnsName): readonly DnsName[] {
  const claimed = new Set<DnsName>();
  for (const set of sets) {
    for (const signature of set.signatures)
      if (isUnder(name, signature.signer)) claimed.add(signature.signer);
  }
  return [...claimed].sort((a, b) => b.length - a.length).slice(0, MOST_SIGNERS);
}

const sorted = new WeakMap<DnsMessage, Sections>();

function keyOf(name: DnsName, type: number): string {
  return `${type} ${name}`;
}

function sectionOf(records: readonly Rr[]): Section {
  const sets = new Map<
    string,
    { name: DnsName; type: number; records: [Rr, ...Rr[]]; signatures: Signature[] }
  >();
  for (const rr of records) {
    if (rr.class !== CLASS_IN || rr.type === TYPE.RRSIG) continue;
    const set = sets.get(keyOf(rr.name, rr.type));
    if (set === undefined) {
      sets.set(keyOf(rr.name, rr.type), { name: rr.name, type: rr.type, records: [rr], signatures: [] });
    } else set.records.push(rr);
  }
  for (const rr of records) {
    if (rr.class !== CLASS_IN || rr.type !== TYPE.RRSIG || rr.rdata.length < 2) continue;
    const covered = (rr.rdata[0] ?? 0) * 256 + (rr.rdata[1] ?? 0);
    const set = sets.get(keyOf(rr.name, covered));
    // A signature over nothing covers nothing; a malformed one is as good as none.
    if (set === undefined || set.signatures.length >= MOST_SIGNATURES_READ) continue;
    const rrsig = decodeRrsig(rr.rdata);
    if (rrsig.ok) set.signatures.push({ ...rrsig.value, rdata: rr.rdata, ttl: rr.ttl });
  }
  return sets;
}
