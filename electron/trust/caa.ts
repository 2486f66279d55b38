/**
 * caa.ts: which authorities may issue for a domain, and to which accounts (RFC 8659, RFC 8657).
 *
 * In:   the proofs of the CAA answers of a domain and its parents
 * Out:  CaaFinding
 * Not:  asking (electron/ask-caa.ts), what it would be good for (noticed.ts)
 */
import type { DnsName } from '../../shared/basics.ts';
import type { Question } from '../../shared/observation.ts';
import { decodeCaa } from '../wire/dns-records.ts';
import { ROOT, selfAndAncestors } from '../wire/dns-name.ts';
import type { DnssecResult } from './dnssec/result.ts';

export type CaaFinding =
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'none'; readonly secure: boolean }
  | {
      readonly kind: 'found';
      readonly owner: DnsName;
      /** Whether it is proven, all the way down from the domain to where the records stand. */
      readonly secure: boolean;
      /** One for each issue property; empty where nothing but other properties is there: anybody may issue. */
      readonly issuers: readonly Issuer[];
    };
export type Issuer = {
  /** '' forbids everybody. */
  readonly domain: string;
  readonly accounts: readonly string[];
};

/** The names whose CAA records can count for a domain: itself and its parents, without the root (RFC 8659 3). */
export function caaNames(domain: DnsName): readonly DnsName[] {
  return selfAndAncestors(domain)
    .filter((name) => name !== ROOT)
    .slice(0, MOST_NAMES);
}

/** Climbs from the domain upwards to the first name that has CAA records. A gap on the way leaves all unknown. */
export function judgeCaa(domain: DnsName, prove: (question: Question) => DnssecResult): CaaFinding {
  let secure = true;
  for (const owner of caaNames(domain)) {
    const result = prove({ name: owner, type: 'CAA' });
    if (result.status === 'bogus' || result.status === 'unanswered')
      return { kind: 'unknown', why: result.why };
    secure &&= result.status === 'secure';
    if (result.answer === 'none' || result.records.length === 0) continue;
    const issuers = result.records.flatMap((rr): readonly Issuer[] => {
      const caa = decodeCaa(rr.rdata);
      // A record that cannot be read forbids nobody whom we could name; RFC 8659 4.1 leaves it to its flags.
      return caa.ok && caa.value.tag === 'issue' ? [readIssuer(caa.value.value)] : [];
    });
    return { kind: 'found', owner, secure, issuers };
  }
  return { kind: 'none', secure };
}

/** `domain; name=value; ...` (RFC 8659 4.2). What does not follow the form names nobody, which forbids. */
function readIssuer(value: string): Issuer {
  const [domain = '', ...parameters] = value.split(';').map((part) => part.trim());
  const accounts = parameters.flatMap((parameter) => {
    const account = /^accounturi\s*=\s*(\S+)$/i.exec(parameter)?.[1];
    return account === undefined ? [] : [account];
  });
  return { domain: domain.toLowerCase(), accounts };
}

/** A name has 127 labels at most; nobody's has more than ten. */
const MOST_NAMES = 10;
