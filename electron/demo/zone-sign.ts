/**
 * zone-sign.ts: a tree of zones, signed, as one world that answers like a recursive resolver.
 *
 * In:   zone plans and a time
 * Out:  World: the root's anchors, answers, zone files
 * Not:  finding the answer (zone-answer.ts), lying resolvers (zone-lies.ts)
 */
import type { DnsName, Instant } from '../../shared/basics.ts';
import type { Rr } from '../wire/dns-message.ts';
import { encodeName, isUnder, join, parent, ROOT, selfAndAncestors } from '../wire/dns-name.ts';
import { CLASS_IN, TYPE } from '../wire/dns-type.ts';
import { answerFrom } from './zone-answer.ts';
import type { LiveZone } from './zone-answer.ts';
import { denialChain } from './zone-denial.ts';
import { dsOf, keyFor, KEY_SIGNING, signSet, ZONE_SIGNING } from './zone-key.ts';
import type { Span, ZoneKeyPair } from './zone-key.ts';
import { encodeRdata, u16, u32 } from './zone-rdata.ts';
import { zone } from './zone.ts';
import type { Breakage, ZonePlan } from './zone.ts';

export type SignOptions = {
  readonly now: Instant;
  /** Names the key pool: trees with different pools share no key. Default ''. */
  readonly keys?: string;
  /** Whether answers carry the AD bit. Default false. */
  readonly ad?: boolean;
};

/** Bytes of a query to bytes of the answer. */
export type Answer = (query: Uint8Array) => Uint8Array;

export type World = {
  readonly zones: readonly ZonePlan[];
  readonly options: SignOptions;
  /** The root's DS lines, for `--trust-anchor`. */
  readonly anchors: string;
  readonly answer: Answer;
  /** One zone with its signatures as a zone file (RFC 1035 5, all data as in RFC 3597 5). */
  masterFile(name: string): string;
};

/** Signs the zones as one tree. A root is added if there is none; each zone's parent is the closest zone above it. */
export function signTree(zones: readonly ZonePlan[], options: SignOptions): World {
  const plans = zones.some((plan) => plan.name === ROOT) ? zones : [zone('.'), ...zones];
  const live = new Map<DnsName, LiveZone>();
  for (const plan of plans) live.set(plan.name, enliven(plan, plans, options));
  const root = plans.find((plan) => plan.name === ROOT);
  if (root === undefined) throw new Error('a tree has a root');
  return {
    zones,
    options,
    anchors: keysOf(root, options)
      .filter((pair) => isEntry(pair))
      .map((pair) => `. IN DS ${dsText(dsOf(ROOT, pair, 2))}\n`)
      .join(''),
    answer: (query) => answerFrom(query, live, options.ad ?? false),
    masterFile(name) {
      const one = live.get(zone(name).name);
      if (one === undefined) throw new Error(`${name} is no zone of this tree`);
      return masterFile(one);
    },
  };
}

/** RFC 2308 4, in the SOA: how long absences may be kept. */
const NEGATIVE_TTL = 300;
const TTL = 3600;
const DAY = 86_400;
/** Beyond the day of clock difference that Unbound forgives (its val-sig-skew-max). */
const LATE = 3 * DAY;

function enliven(plan: ZonePlan, plans: readonly ZonePlan[], options: SignOptions): LiveZone {
  const ttl = plan.options.ttl ?? TTL;
  const signed = plan.options.unsigned !== true;
  const keys = signed ? keysOf(plan, options) : [];
  const nodes = new Map<DnsName, Map<number, [Rr, ...Rr[]]>>();
  const server = join('ns1', plan.name);
  const soa = Uint8Array.from([
    ...encodeName(server),
    ...encodeName(join('hostmaster', plan.name)),
    ...[1, 3600, 600, 604_800, NEGATIVE_TTL].flatMap(u32),
  ]);
  put(plan.name, TYPE.SOA, soa);
  put(plan.name, TYPE.NS, encodeName(server));
  put(server, TYPE.A, encodeRdata('A', '127.0.0.1'));
  for (const { owner, type, rdata } of plan.records) put(owner, type, rdata);
  for (const child of plans) {
    if (child.name === ROOT || closestPlan(parent(child.name), plans) !== plan) continue;
    put(child.name, TYPE.NS, encodeName(join('ns1', child.name)));
    for (const ds of delegationOf(child, options)) put(child.name, TYPE.DS, ds);
  }
  for (const pair of keys) put(plan.name, TYPE.DNSKEY, pair.dnskey);

  const memory = new Map<readonly Rr[], readonly Rr[]>();
  const isDelegation = (name: DnsName): boolean =>
    name !== plan.name && nodes.get(name)?.has(TYPE.NS) === true;
  const isBelowCut = (name: DnsName): boolean =>
    selfAndAncestors(parent(name)).some((above) => isUnder(above, plan.name) && isDelegation(above));
  // Names below a cut are glue, which is no part of the zone.
  for (const name of nodes.keys()) if (name !== plan.name && isBelowCut(name)) nodes.delete(name);
  const inner = new Set<DnsName>();
  for (const name of nodes.keys()) {
    for (const above of selfAndAncestors(name)) if (isUnder(above, plan.name)) inner.add(above);
  }
  const live = {
    name: plan.name,
    signed,
    nodes,
    exists: (name: DnsName) => inner.has(name),
    isDelegation,
    isBroken: (how: Breakage, owner: DnsName, type: number) => isBroken(plan, how, owner, type),
    signatures(set: readonly [Rr, ...Rr[]]) {
      let rrsigs = memory.get(set);
      if (rrsigs === undefined) {
        rrsigs = sign(plan, keys, set, isDelegation(set[0].name), options);
        memory.set(set, rrsigs);
      }
      return rrsigs;
    },
  };
  const { denial = 'nsec' } = plan.options;
  const form = denial === 'nsec' ? null : denial === 'nsec3' ? {} : denial.nsec3;
  if (signed && form !== null) {
    const salt = form.salt ?? new Uint8Array();
    put(
      plan.name,
      TYPE.NSEC3PARAM,
      Uint8Array.from([1, 0, ...u16(form.iterations ?? 0), salt.length, ...salt]),
    );
  }
  const soaSet = nodes.get(plan.name)?.get(TYPE.SOA);
  if (soaSet === undefined) throw new Error('a zone has an SOA');
  return { ...live, soa: soaSet, denial: signed ? denialChain(live, form, [...inner], NEGATIVE_TTL) : null };

  function put(owner: DnsName, type: number, rdata: Uint8Array): void {
    const node = nodes.get(owner) ?? new Map<number, [Rr, ...Rr[]]>();
    nodes.set(owner, node);
    const rr: Rr = { name: owner, type, class: CLASS_IN, ttl, rdata };
    const set = node.get(type);
    if (set === undefined) node.set(type, [rr]);
    else set.push(rr);
  }
}

function sign(
  plan: ZonePlan,
  keys: readonly ZoneKeyPair[],
  set: readonly [Rr, ...Rr[]],
  atCut: boolean,
  { now, keys: pool = '' }: SignOptions,
): readonly Rr[] {
  const [first] = set;
  // At a cut only DS and NSEC are the parent's (RFC 4035 2.2).
  if (atCut && first.type !== TYPE.DS && first.type !== TYPE.NSEC) return [];
  const broken = (how: Breakage): boolean => isBroken(plan, how, first.name, first.type);
  if (keys.length === 0 || broken('signature-missing')) return [];
  const span = spanOf(Math.floor(now / 1000), broken);
  return signersOf(first.type, keys).map((pair) => {
    const stranger = keyFor(`${pool} stranger of ${plan.name}`, pair.algorithm, ZONE_SIGNING);
    const rdata = Uint8Array.from(signSet(set, plan.name, broken('wrong-key') ? stranger : pair, span));
    if (broken('signature-wrong')) rdata[rdata.length - 1] = (rdata.at(-1) ?? 0) ^ 1;
    return { ...first, type: TYPE.RRSIG, rdata };
  });
}

function spanOf(now: number, broken: (how: Breakage) => boolean): Span {
  if (broken('signature-expired')) return { inception: now - 30 * DAY, expiration: now - LATE };
  if (broken('signature-not-yet-valid')) return { inception: now + LATE, expiration: now + 30 * DAY };
  return { inception: now - DAY, expiration: now + 14 * DAY };
}

// With two keys of an algorithm, the entry key signs the keys and the other one the rest.
function signersOf(type: number, keys: readonly ZoneKeyPair[]): readonly ZoneKeyPair[] {
  const others = keys.filter((pair) => !isEntry(pair));
  return type === TYPE.DNSKEY || others.length === 0 ? keys.filter(isEntry) : others;
}

function isEntry(pair: ZoneKeyPair): boolean {
  return pair.dnskey[1] === (KEY_SIGNING & 0xff);
}

function keysOf(plan: ZonePlan, { keys: pool = '' }: SignOptions): readonly ZoneKeyPair[] {
  const { algorithm = 13, split = false } = plan.options;
  const algorithms = typeof algorithm === 'number' ? [algorithm] : algorithm;
  const flags = split ? [KEY_SIGNING, ZONE_SIGNING] : [KEY_SIGNING];
  return algorithms.flatMap((one) => flags.map((flag) => keyFor(`${pool} ${plan.name}`, one, flag)));
}

// What the parent publishes of a child.
function delegationOf(child: ZonePlan, options: SignOptions): readonly Uint8Array[] {
  if (child.options.unsigned === true || child.options.delegated === false) return [];
  const { digests = [2] } = child.options;
  return keysOf(child, options)
    .filter(isEntry)
    .flatMap((pair) => digests.map((digest) => dsOf(child.name, pair, digest)))
    .map((ds) => {
      const changed = Uint8Array.from(ds);
      if (child.broken.some(({ how }) => how === 'ds-mismatch')) changed[4] = (changed[4] ?? 0) ^ 1;
      if (child.broken.some(({ how }) => how === 'ds-unknown-algorithm')) changed[2] = UNKNOWN_ALGORITHM;
      return changed;
    });
}

/** Unassigned in IANA's registry of DNSSEC algorithms. */
const UNKNOWN_ALGORITHM = 100;

function isBroken(plan: ZonePlan, how: Breakage, owner: DnsName, type: number): boolean {
  return plan.broken.some((one) => {
    if (one.how !== how) return false;
    if (one.owner === null && one.type === null) return type !== TYPE.DNSKEY;
    return (one.owner ?? owner) === owner && (one.type ?? type) === type;
  });
}

function closestPlan(name: DnsName, plans: readonly ZonePlan[]): ZonePlan | undefined {
  for (const above of selfAndAncestors(name)) {
    const found = plans.find((plan) => plan.name === above);
    if (found !== undefined) return found;
  }
  return undefined;
}

function dsText(rdata: Uint8Array): string {
  const tag = (rdata[0] ?? 0) * 256 + (rdata[1] ?? 0);
  return `${tag} ${rdata[2] ?? 0} ${rdata[3] ?? 0} ${Buffer.from(rdata.subarray(4)).toString('hex')}`;
}

function masterFile(live: LiveZone): string {
  const sets = [...live.nodes.values()].flatMap((node) => [...node.values()]);
  const all = [...sets, ...(live.denial?.sets ?? [])];
  return all
    .flatMap((set) => [...set, ...live.signatures(set)])
    .map((rr) => {
      const data = `\\# ${rr.rdata.length} ${Buffer.from(rr.rdata).toString('hex')}`;
      return `${rr.name}. ${rr.ttl} IN TYPE${rr.type} ${data}\n`;
    })
    .join('');
}
