/**
 * clients-evidence.ts: what another program would have seen of an endpoint, in the terms of the profiles.
 *
 * In:   a report and one endpoint of it
 * Out:  ClientEvidence
 * Not:  deciding by it (clients-judge.ts); a program's memory, which nobody else knows (`remembered` is `none`)
 */
import type { EndpointReport, Outcome4, Report, TargetReport } from '../../shared/report.ts';

export type ClientEvidence = {
  readonly transport: 'starttls' | 'direct-tls' | 'web';
  readonly reached: 'tls' | 'no-tls' | 'no-certificate' | 'unreachable' | 'not-tested';
  readonly protocol: string | null;
  /** Which kinds of names of the leaf fit, each by the plainest comparison. */
  readonly names: {
    readonly dns: boolean;
    readonly srv: boolean;
    readonly xmpp: boolean;
    readonly cn: boolean;
    /** `*.parent` for host.parent, and for a.b.parent. */
    readonly wildcardOne: boolean;
    readonly wildcardDeep: boolean;
    /** A DNS name equal to the SRV target, where that is another name. */
    readonly target: boolean;
    readonly anySan: boolean;
    readonly anyDnsSan: boolean;
  };
  /** Whether DNSSEC proves that the domain named the target. */
  readonly delegation: 'dnssec' | 'insecure';
  /** Whether an SRV answer fails DNSSEC validation. */
  readonly srvBogus: boolean;
  readonly chain: {
    readonly anchored: boolean;
    readonly selfSigned: boolean;
    readonly inDate: boolean;
    /** Anything else that RFC 5280 forbids. */
    readonly sound: boolean;
  };
  /** DNSSEC-secure TLSA records of usage 3. */
  readonly dane: 'none' | 'match' | 'mismatch';
  readonly posh: 'none' | 'match' | 'unknown';
  readonly remembered: 'none' | 'same' | 'other';
  readonly mellon: Outcome4;
};

/** Reads the evidence off a report. Pure and total. */
export function clientEvidence(
  report: Report,
  target: TargetReport,
  endpoint: EndpointReport,
): ClientEvidence {
  const [leaf] = endpoint.chain;
  const seen = leaf !== undefined && leaf.malformed === undefined ? leaf : null;
  const steps = [...(endpoint.checks ?? []), ...endpoint.routes.pkix.steps];
  const anchored = steps.some((step) => step.id === 'chains-to-anchor' && step.ok === true);
  const now = Date.parse(report.request.at ?? report.startedAt);
  const inDate = seen !== null && Date.parse(seen.notBefore) <= now && now <= Date.parse(seen.notAfter);
  const names = namesOf(seen?.names ?? [], report.input, target.host);
  const named = names.dns || names.srv || names.xmpp || names.wildcardOne;
  const { pkix, dane, posh } = endpoint.routes;
  const broken = pkix.steps.some((step) => step.ok === false && OF_PATH.includes(step.id));
  return {
    transport: target.mode,
    reached: seen === null ? reachedOf(endpoint) : 'tls',
    protocol: endpoint.tls?.protocol ?? null,
    names,
    delegation: target.delegation === 'dnssec' ? 'dnssec' : 'insecure',
    srvBogus: report.discovery.srv.some(({ dnssec }) => dnssec === 'bogus'),
    chain: {
      anchored,
      selfSigned: seen !== null && endpoint.chain.length === 1 && seen.subject === seen.issuer,
      inDate,
      sound: pkix.state === 'open' || !(anchored && inDate && (named || broken)),
    },
    dane: daneOf(target, dane.state),
    posh: posh.state === 'open' ? 'match' : posh.state === 'unknown' ? 'unknown' : 'none',
    remembered: 'none',
    mellon: endpoint.verdict.outcome,
  };
}

function reachedOf(endpoint: EndpointReport): ClientEvidence['reached'] {
  switch (endpoint.reached) {
    case 'no-tls':
      return 'no-tls';
    case 'not-tested':
      return 'not-tested';
    case 'tls':
    case 'tls-failed':
      return 'no-certificate';
    case 'no-xmpp':
    case 'refused':
    case 'timeout':
    case 'unreachable':
      return 'unreachable';
  }
}

function daneOf(target: TargetReport, state: string): ClientEvidence['dane'] {
  const ee = target.tlsa.records.filter((row) => row.usable && row.text.startsWith('3 '));
  if (state === 'open' && ee.some((row) => row.matches === true)) return 'match';
  return state === 'contradicted' && ee.length > 0 ? 'mismatch' : 'none';
}

function namesOf(
  presented: EndpointReport['chain'][number]['names'],
  input: Report['input'],
  host: string,
): ClientEvidence['names'] {
  const domain = input.domain.toLowerCase();
  const of = (type: string): readonly string[] =>
    presented.filter((name) => name.type === type).map((name) => name.value.toLowerCase());
  const dns = of('dns');
  const sans = presented.filter((name) => name.type !== 'cn');
  const parents = new Set(dns.filter((name) => name.startsWith('*.')).map((name) => name.slice(2)));
  const depth = depthBelow(domain, parents);
  const other = host.toLowerCase();
  return {
    dns: dns.includes(domain),
    srv: of('srv').includes(`_${input.service}.${domain}`),
    xmpp: of('xmpp').includes(domain),
    cn: of('cn').includes(domain),
    wildcardOne: depth === 1,
    wildcardDeep: depth > 1,
    target: other !== domain && dns.includes(other),
    anySan: sans.length > 0,
    anyDnsSan: dns.length > 0,
  };
}

/** How many labels `domain` has before the nearest of `parents`; 0 where it lies below none. */
function depthBelow(domain: string, parents: ReadonlySet<string>): number {
  if (parents.size === 0) return 0;
  const labels = domain.split('.');
  for (let i = 1; i < labels.length; i++) if (parents.has(labels.slice(i).join('.'))) return i;
  return 0;
}

/** Steps of the path that break it for anybody who builds one, whatever names the certificate carries. */
const OF_PATH: readonly string[] = [
  'signatures',
  'basic-constraints',
  'key-usage',
  'extended-key-usage',
  'name-constraints',
  'policies',
  'critical-extensions',
  'strength',
];
