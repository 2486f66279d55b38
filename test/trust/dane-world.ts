/**
 * dane-world.ts: DNSSEC results and TLSA records made by hand, so that a test can break one thing.
 *
 * In:   what should stand in a record or an answer
 * Out:  Rr, DnssecResult, DaneApplies
 * Not:  real signatures (the validator has tests of its own)
 */
import { createHash } from 'node:crypto';
import type { DnsName, Instant } from '../../shared/basics.ts';
import type { DnsType } from '../../shared/observation.ts';
import type { Source } from '../../shared/request.ts';
import {
  judgeDaneApplies,
  type DaneApplies,
  type DaneAppliesInput,
} from '../../electron/trust/dane-applies.ts';
import type { DnssecResult } from '../../electron/trust/dnssec/result.ts';
import type { Certificate } from '../../electron/wire/certificate.ts';
import type { Rr } from '../../electron/wire/dns-message.ts';

export const NOW = Date.UTC(2026, 10, 23, 12) as Instant;
export const SOURCE: Source = {
  kind: 'domain',
  ascii: 'shire.example' as DnsName,
  unicode: 'shire.example',
};
export const HOST = 'xmpp1.hosting.example' as DnsName;
export const OWNER = `_5222._tcp.${HOST}` as DnsName;

/** A result of any of the states; `records` makes it an answer with records. */
export function result(
  status: DnssecResult['status'],
  options: {
    readonly records?: readonly Rr[];
    readonly zone?: 'signed' | 'unsigned' | 'unknown';
    readonly name?: string;
    readonly type?: DnsType;
  } = {},
): DnssecResult {
  const question = { name: (options.name ?? HOST) as DnsName, type: options.type ?? 'A' };
  const common = {
    question,
    code: status,
    why: `Because ${status}.`,
    repair: null,
    chain: [],
    anchor: null,
    aliases: [],
  };
  if (status === 'bogus') return { ...common, status };
  if (status === 'unanswered')
    return { ...common, status, missing: question, zone: options.zone ?? 'unknown' };
  const records = options.records ?? [];
  const answer = records.length > 0 ? 'records' : 'none';
  return { ...common, status, answer, records, missing: null, ttl: 300 };
}

export function rr(rdata: readonly number[] | Uint8Array, type = 52): Rr {
  return { name: OWNER, type, class: 1, ttl: 300, rdata: Uint8Array.from(rdata) };
}

/** A TLSA record as RDATA. */
export function tlsa(usage: number, selector: number, matching: number, data: Uint8Array): Rr {
  return rr([usage, selector, matching, ...data]);
}

/** The TLSA record of a certificate. */
export function tlsaOf(usage: number, selector: number, matching: number, of: Certificate): Rr {
  const part = selector === 0 ? of.der : of.spki;
  const hash = matching === 1 ? 'sha256' : 'sha512';
  return tlsa(usage, selector, matching, matching === 0 ? part : createHash(hash).update(part).digest());
}

export const SECURE_ADDRESS = result('secure', { records: [rr([127, 0, 0, 1], 1)] });

/** A target for which DANE applies with these records, unless `broken` says otherwise. */
export function applying(records: readonly Rr[], broken: Partial<DaneAppliesInput> = {}): DaneApplies {
  return judgeDaneApplies({
    delegation: 'dnssec',
    srvSecure: true,
    source: 'shire.example',
    host: HOST,
    port: 5222,
    sourceKind: 'domain',
    addresses: { A: SECURE_ADDRESS, AAAA: result('secure', { type: 'AAAA' }) },
    tlsa: [{ owner: OWNER, base: HOST, result: result('secure', { records, name: OWNER, type: 'TLSA' }) }],
    withoutDnssec: false,
    ...broken,
  });
}
