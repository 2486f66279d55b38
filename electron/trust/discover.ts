/**
 * discover.ts: which targets does a source domain name? (TRUST-RULES section 2; RFC 6120 3.2, RFC 2782, XEP-0368)
 *
 * In:   the request and what the resolvers said, believed or not
 * Out:  the SRV answers and the list of targets
 * Not:  asking (net), DNSSEC and delegation (judge.ts)
 */
import type { DnsName } from '../../shared/basics.ts';
import type { Question } from '../../shared/observation.ts';
import type { CheckRequest, Mode, Service } from '../../shared/request.ts';
import { sourceText } from '../wire/address.ts';
import { addressFamily } from '../wire/ip.ts';
import { decodeSrv } from '../wire/dns-records.ts';
import type { Followed } from './follow.ts';

export type SrvRecord = {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly host: DnsName;
};

export type SrvLook = {
  readonly question: Question;
  readonly mode: Mode;
  readonly followed: Followed;
  /** open: no answer (yet). not-offered: only the target `.`. */
  readonly state: 'records' | 'none' | 'not-offered' | 'open';
  readonly records: readonly SrvRecord[];
};

export type Target = {
  /** A DNS name in lower-case A-labels, or an IP literal. */
  readonly host: string;
  readonly port: number;
  readonly mode: Mode;
  readonly named: 'srv' | 'fallback' | 'manual' | 'literal';
  /** The SRV question that named it; null unless `srv`. */
  readonly srv: Question | null;
};

export type Discovery = {
  readonly srv: readonly SrvLook[];
  readonly targets: readonly Target[];
  /** Targets left out because there are too many. */
  readonly omitted: number;
};

/** The default ports of RFC 6120 3.2.1 and 14.7 (IANA: 5222 xmpp-client, 5269 xmpp-server). */
export const FALLBACK_PORT: Readonly<Record<Service, number>> = { 'xmpp-client': 5222, 'xmpp-server': 5269 };

/** The SRV questions of a service: STARTTLS (RFC 6120 3.2.1) and direct TLS (XEP-0368). */
export function srvQuestions(
  domain: DnsName,
  service: Service,
): readonly { readonly question: Question; readonly mode: Mode }[] {
  const prefix =
    service === 'xmpp-client' ? ['_xmpp-client', '_xmpps-client'] : ['_xmpp-server', '_xmpps-server'];
  return (['starttls', 'direct-tls'] as const).map((mode, i) => ({
    question: { name: `${prefix[i] ?? ''}._tcp.${domain}` as DnsName, type: 'SRV' },
    mode,
  }));
}

/**
 * The targets as far as the answers name them (`view`: as they came, or as they were proven), in the order of RFC 2782: priority, then the heavier weight first. (The
 * random draw among weights is left out on purpose: every target is tested, and a report should repeat itself.)
 */
export function discover(request: CheckRequest, view: (question: Question) => Followed): Discovery {
  const { source, service, connect } = request;
  if (connect !== null) return { srv: [], targets: [{ ...connect, named: 'manual', srv: null }], omitted: 0 };
  if (source.kind === 'ip') {
    const target: Target = {
      host: sourceText(source),
      port: FALLBACK_PORT[service],
      mode: 'starttls',
      named: 'literal',
      srv: null,
    };
    return { srv: [], targets: [target], omitted: 0 };
  }
  const srv = srvQuestions(source.ascii, service).map(({ question, mode }) => {
    const followed = view(question);
    return { question, mode, followed, ...readSrv(followed) };
  });
  const named = srv
    .flatMap((look) => look.records.map((record) => ({ record, look })))
    .sort((a, b) => a.record.priority - b.record.priority || b.record.weight - a.record.weight);
  const targets = new Map<string, Target>();
  for (const { record, look } of named) {
    const key = `${look.mode} ${record.host} ${record.port}`;
    if (targets.has(key)) continue;
    targets.set(key, {
      host: record.host,
      port: record.port,
      mode: look.mode,
      named: 'srv',
      srv: look.question,
    });
  }
  if (isFallback(srv)) {
    targets.set('fallback', {
      host: source.ascii,
      port: FALLBACK_PORT[service],
      mode: 'starttls',
      named: 'fallback',
      srv: null,
    });
  }
  const all = [...targets.values()];
  return { srv, targets: all.slice(0, MOST_TARGETS), omitted: Math.max(0, all.length - MOST_TARGETS) };
}

/** Rule 2.4, and 2.5 where one of the two names stayed unanswered: the other name decides. */
function isFallback(srv: readonly SrvLook[]): boolean {
  return srv.some((s) => s.state === 'none') && srv.every((s) => s.state === 'none' || s.state === 'open');
}

function readSrv(followed: Followed): { state: SrvLook['state']; records: readonly SrvRecord[] } {
  if (followed.state === 'open' || followed.state === 'loop') return { state: 'open', records: [] };
  const records = followed.records.flatMap((rr): SrvRecord[] => {
    const srv = decodeSrv(rr.rdata);
    if (!srv.ok) return [];
    const { priority, weight, port, target } = srv.value;
    return [{ priority, weight, port, host: target }];
  });
  const offered = records.filter((r) => r.host !== '');
  if (offered.length > 0) return { state: 'records', records: offered };
  // RFC 2782: a target of "." means that the service is decidedly not available at this domain.
  if (records.length > 0) return { state: 'not-offered', records: [] };
  // Records that cannot be read are not an absence: rule 2.4 knows no fallback then.
  return { state: followed.records.length > 0 ? 'records' : 'none', records: [] };
}

/**
 * Whether a target's host is an IP literal, for which no DNS question is asked. Only a person can type one: an SRV
 * record names a host [RFC 2782], and "127.0.0.1" in it is a name of four labels, not a way round rule 2.9.
 */
export function isLiteral(target: Target): boolean {
  return (target.named === 'literal' || target.named === 'manual') && addressFamily(target.host) !== 0;
}

/** More targets than any real domain has; a hostile answer of thousands must not become thousands of connections. */
const MOST_TARGETS = 32;
