/**
 * zone-answer.ts: answers from a tree of live zones, as a recursive resolver gives them (RFC 1034 4.3.2, RFC 4035 3.1).
 *
 * In:   query bytes
 * Out:  answer bytes; DO, CD and EDNS respected, aliases followed across zones
 * Not:  cutting answers to fit UDP (dns-server.ts), making records (zone-sign.ts)
 */
import type { DnsName } from '../../shared/basics.ts';
import { decodeMessage } from '../wire/dns-message.ts';
import type { DnsMessage, Rr } from '../wire/dns-message.ts';
import { encodeName, isTooLong, isUnder, join, parent, ROOT, selfAndAncestors } from '../wire/dns-name.ts';
import { decodeCname, decodeDname } from '../wire/dns-records.ts';
import { CLASS_IN, RCODE, TYPE } from '../wire/dns-type.ts';
import { encodeMessage } from '../wire/dns-write.ts';
import type { Absence, DenialChain } from './zone-denial.ts';
import type { Breakage } from './zone.ts';

/** One zone ready to answer from. */
export type LiveZone = {
  readonly name: DnsName;
  readonly signed: boolean;
  readonly soa: readonly [Rr, ...Rr[]];
  /** By owner and type; delegations hold NS and perhaps DS. */
  readonly nodes: ReadonlyMap<DnsName, ReadonlyMap<number, readonly [Rr, ...Rr[]]>>;
  /** Whether the name exists, if only because others below it do. */
  exists(name: DnsName): boolean;
  isDelegation(name: DnsName): boolean;
  /** The RRSIGs of a set, made at first use; none for sets that are not signed. */
  signatures(set: readonly [Rr, ...Rr[]]): readonly Rr[];
  readonly denial: DenialChain | null;
  isBroken(how: Breakage, owner: DnsName, type: number): boolean;
};

type Zones = ReadonlyMap<DnsName, LiveZone>;
type Records = readonly [Rr, ...Rr[]];
type Found = { rcode: number; readonly answer: Rr[]; readonly authority: Rr[] };

/** Answers one query. What is no query gets FORMERR. */
export function answerFrom(query: Uint8Array, zones: Zones, ad: boolean): Uint8Array {
  const decoded = decodeMessage(query);
  if (!decoded.ok) return encodeMessage({ ...EMPTY, id: idOf(query), rcode: RCODE.formErr });
  const asked = decoded.value;
  const [question] = asked.questions;
  const head: DnsMessage = {
    ...EMPTY,
    id: asked.id,
    cd: asked.cd,
    questions: asked.questions,
    edns: asked.edns === null ? null : { udpSize: UDP_SIZE, do: asked.edns.do, errors: [] },
  };
  if (asked.response || asked.opcode !== 0 || asked.questions.length !== 1 || question === undefined) {
    return encodeMessage({ ...head, rcode: RCODE.formErr });
  }
  if (question.class !== CLASS_IN) return encodeMessage({ ...head, rcode: RCODE.refused });
  const found = resolve(question.name, question.type, zones);
  const keep = (rr: Rr): boolean =>
    asked.edns?.do === true || rr.type === question.type || !PROOFS.has(rr.type);
  return encodeMessage({
    ...head,
    rcode: found.rcode,
    ad: ad && found.rcode !== RCODE.servFail,
    answer: found.answer.filter(keep),
    authority: found.authority.filter(keep),
  });
}

/** The flag day's size (DNS Flag Day 2020). */
const UDP_SIZE = 1232;
const PROOFS: ReadonlySet<number> = new Set([TYPE.RRSIG, TYPE.NSEC, TYPE.NSEC3]);
/** As BIND: aliases followed in one answer. */
const MOST_ALIASES = 16;

const EMPTY: DnsMessage = {
  id: 0,
  response: true,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionAvailable: true,
  ad: false,
  cd: false,
  rcode: RCODE.noError,
  questions: [],
  answer: [],
  authority: [],
  additional: [],
  edns: null,
};

function idOf(query: Uint8Array): number {
  return (query[0] ?? 0) * 256 + (query[1] ?? 0);
}

function resolve(asked: DnsName, type: number, zones: Zones): Found {
  const found: Found = { rcode: RCODE.noError, answer: [], authority: [] };
  let name: DnsName | null = asked;
  const before = new Set<DnsName>();
  while (name !== null && !before.has(name) && before.size <= MOST_ALIASES) {
    before.add(name);
    name = step(name, type, zones, found);
  }
  return found;
}

// One name; returns where an alias leads, or null at the end.
function step(name: DnsName, type: number, zones: Zones, found: Found): DnsName | null {
  const zone = zoneOf(name, type, zones);
  if (zone === undefined) {
    found.rcode = RCODE.servFail;
    return null;
  }
  const cut = selfAndAncestors(name).find((above) => isUnder(above, zone.name) && zone.isDelegation(above));
  // A delegation to a zone that nobody here serves.
  if (cut !== undefined && !(cut === name && type === TYPE.DS)) {
    found.rcode = RCODE.servFail;
    return null;
  }
  for (const above of selfAndAncestors(name).slice(1)) {
    const dname = isUnder(above, zone.name) ? zone.nodes.get(above)?.get(TYPE.DNAME) : undefined;
    if (dname !== undefined) return throughDname(name, dname, zone, found);
  }
  if (zone.exists(name)) return at(name, name, type, zone, found, null);
  const encloser = selfAndAncestors(name).find((above) => zone.exists(above)) ?? zone.name;
  const wildcard = join('*', encloser);
  if (zone.exists(wildcard)) return at(name, wildcard, type, zone, found, encloser);
  found.rcode = RCODE.nxDomain;
  deny('name', name, encloser, type, zone, found);
  return null;
}

// The records at `owner`, which is the name itself or the wildcard that stands for it.
function at(
  name: DnsName,
  owner: DnsName,
  type: number,
  zone: LiveZone,
  found: Found,
  encloser: DnsName | null,
): DnsName | null {
  const node = zone.nodes.get(owner);
  const alias = node?.get(TYPE.CNAME);
  const set = node?.get(type) ?? alias;
  if (set === undefined) {
    deny(encloser === null ? 'type' : 'wildcard-type', name, encloser ?? name, type, zone, found);
    return null;
  }
  give(set, name, zone, found.answer);
  if (encloser !== null) prove('closer', name, encloser, type, zone, found);
  if (set !== alias || type === TYPE.CNAME) return null;
  const target = decodeCname(set[0].rdata);
  return target.ok ? target.value : null;
}

function throughDname(name: DnsName, dname: Records, zone: LiveZone, found: Found): DnsName | null {
  give(dname, dname[0].name, zone, found.answer);
  const target = decodeDname(dname[0].rdata);
  if (!target.ok) return null;
  const front = name.slice(0, name.length - dname[0].name.length - 1);
  const whole = join(front, target.value);
  if (isTooLong(whole)) return null;
  found.answer.push({ ...dname[0], name, type: TYPE.CNAME, rdata: encodeName(whole) });
  return whole;
}

function give(set: Records, name: DnsName, zone: LiveZone, section: Rr[]): void {
  for (const rr of [...set, ...zone.signatures(set)]) section.push({ ...rr, name });
}

function deny(
  what: Absence,
  name: DnsName,
  encloser: DnsName,
  type: number,
  zone: LiveZone,
  found: Found,
): void {
  give(zone.soa, zone.name, zone, found.authority);
  prove(what, name, encloser, type, zone, found);
}

function prove(
  what: Absence,
  name: DnsName,
  encloser: DnsName,
  type: number,
  zone: LiveZone,
  found: Found,
): void {
  if (zone.denial === null || zone.isBroken('denial-missing', name, type)) return;
  for (const set of zone.denial.prove(what, name, encloser)) give(set, set[0].name, zone, found.authority);
}

// The closest zone; for a DS the one above its name (RFC 4035 3.1.4.1).
function zoneOf(name: DnsName, type: number, zones: Zones): LiveZone | undefined {
  const from = type === TYPE.DS && name !== ROOT && zones.has(name) ? parent(name) : name;
  for (const above of selfAndAncestors(from)) {
    const zone = zones.get(above);
    if (zone !== undefined) return zone;
  }
  return undefined;
}
