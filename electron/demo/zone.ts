/**
 * zone.ts: zones written down as in a zone file, whole or broken in one named way.
 *
 * In:   owners, types and data in readable form
 * Out:  ZonePlan, which zone-sign.ts signs and answers from
 * Not:  keys, signatures, answers
 *
 *   zone('shire.example', { algorithm: 13, denial: 'nsec3' })
 *     .add('_xmpp-client._tcp', 'SRV', { port: 5222, target: 'xmpp.shire.example' })
 *     .add('xmpp', 'A', '192.0.2.1')
 *     .break('signature-expired', { owner: 'xmpp', type: 'A' })
 */
import type { DnsName } from '../../shared/basics.ts';
import { join, parseName, ROOT } from '../wire/dns-name.ts';
import { typeNumber } from '../wire/dns-type.ts';
import { encodeRdata } from './zone-rdata.ts';
import type { RecordData } from './zone-rdata.ts';

export type Nsec3Form = {
  readonly iterations?: number;
  readonly salt?: Uint8Array;
  readonly optOut?: boolean;
};

export type ZoneOptions = {
  /** DNSSEC algorithm number, or several: then the zone is signed with each. Default 13. */
  readonly algorithm?: number | readonly number[];
  readonly denial?: 'nsec' | 'nsec3' | { readonly nsec3: Nsec3Form };
  readonly unsigned?: boolean;
  /** Two keys, one for the DNSKEY set and one for the rest, instead of one for both. */
  readonly split?: boolean;
  /** Digest numbers of the DS set in the parent. Default [2]. */
  readonly digests?: readonly number[];
  /** Seconds for every record. Default 3600. */
  readonly ttl?: number;
  /** False: the parent gets no DS, so that a signed zone is an island. */
  readonly delegated?: boolean;
};

export type Breakage =
  | 'signature-wrong'
  | 'signature-expired'
  | 'signature-not-yet-valid'
  | 'signature-missing'
  | 'denial-missing'
  | 'ds-mismatch'
  | 'ds-unknown-algorithm'
  | 'wrong-key';
/** Without owner and type: every set of the zone but DNSKEY. */
export type Where = { readonly owner?: string; readonly type?: keyof RecordData | 'SOA' | 'DNSKEY' | 'NSEC' };
export type Broken = { readonly how: Breakage; readonly owner: DnsName | null; readonly type: number | null };

export type PlanRecord = { readonly owner: DnsName; readonly type: number; readonly rdata: Uint8Array };

/** A zone as written down. `add`, `record` and `break` change it and return it. */
export type ZonePlan = {
  readonly name: DnsName;
  readonly options: ZoneOptions;
  readonly records: readonly PlanRecord[];
  readonly broken: readonly Broken[];
  /** `owner` below the zone, '@' for its apex, or a whole name with a final dot. */
  add<T extends keyof RecordData>(owner: string, type: T, data: RecordData[T]): ZonePlan;
  record(owner: string, type: number, rdata: Uint8Array): ZonePlan;
  break(how: Breakage, where?: Where): ZonePlan;
};

/** Begins a zone. Throws on a name that is none: plans are code, not input. */
export function zone(name: string, options: ZoneOptions = {}): ZonePlan {
  const apex = nameOf(name);
  const records: PlanRecord[] = [];
  const broken: Broken[] = [];
  const plan: ZonePlan = {
    name: apex,
    options,
    records,
    broken,
    add(owner, type, data) {
      return plan.record(owner, typeNumber(type), encodeRdata(type, data));
    },
    record(owner, type, rdata) {
      records.push({ owner: ownerOf(owner, apex), type, rdata });
      return plan;
    },
    break(how, where = {}) {
      const owner = where.owner === undefined ? null : ownerOf(where.owner, apex);
      broken.push({ how, owner, type: where.type === undefined ? null : typeNumber(where.type) });
      return plan;
    },
  };
  return plan;
}

/** Text to name; throws where it is none. */
export function nameOf(text: string): DnsName {
  const name = parseName(text);
  if (!name.ok) throw new Error(`${text}: ${name.problem.detail}`);
  return name.value;
}

function ownerOf(text: string, apex: DnsName): DnsName {
  if (text === '@') return apex;
  const name = nameOf(text);
  return text.endsWith('.') || apex === ROOT ? name : join(name, apex);
}
