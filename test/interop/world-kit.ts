/**
 * world-kit.ts: what the domains of the small real world are told with.
 *
 * In:   the time that counts as now
 * Out:  certificates; zones, hosts, sites and expectations as they are told
 * Not:  the domains (world-*.ts), servers (peer-*.ts)
 */
import { createHash } from 'node:crypto';
import { makeCa, selfSigned, type Issued } from '../../electron/demo/certificate.ts';
import type { DomainOutcome, ManualCase, RouteName } from '../../shared/report.ts';
import type { PeerZone } from './peer-dns.ts';
import { EJABBERD_AT, NGINX_AT, PROSODY_AT, type PeerHost, type PeerSite } from './peer-servers.ts';

export type Case = {
  readonly domain: string;
  readonly about: string;
  readonly service: 'client' | 'server';
  readonly outcome: DomainOutcome;
  readonly by: RouteName | null;
  readonly case: ManualCase | null;
  /** Where the peers' answers come to something else: what, and by which rule ours is right. */
  readonly but?: { readonly peers: string; readonly because: string };
  /** The domain is its own target, so gnutls-cli can check it. */
  readonly gnutls?: 'accepts' | 'refuses';
};
export type Ending = Omit<Case, 'domain' | 'about' | 'service'> & { readonly service?: 'server' };
export type Parts = {
  readonly signer?: PeerZone['signer'];
  readonly zone?: Partial<PeerZone>;
  readonly lines?: readonly string[];
  readonly leaf: Issued | null;
  readonly chainPem?: string;
  readonly at?: string;
  readonly site?: Readonly<Record<string, string>>;
  readonly siteLeaf?: Issued;
};

/** Milliseconds. */
export const DAY = 86_400_000;
export const SRV = '_xmpp-client._tcp IN SRV 5 1 5222 host';
export const S2S = '_xmpp-server._tcp IN SRV 5 1 5269 host';

export const dane = { outcome: 'auto-accept', by: 'dane', case: null } as const;
export const pkix = { outcome: 'auto-accept', by: 'pkix', case: null } as const;
export const delegated = { outcome: 'auto-accept', by: 'pkix-delegated', case: null } as const;
export const posh = { outcome: 'auto-accept', by: 'posh', case: null } as const;
export const refuse = { outcome: 'refuse', by: null, case: null } as const;
export const manual = (why: ManualCase): Ending => ({ outcome: 'manual', by: null, case: why });

/** A TLSA record's line. */
export function tlsa(owner: string, usage: number, selector: number, matching: number, of: Issued): string {
  const part = selector === 1 ? of.certificate.spki : of.der;
  const hash = matching === 1 ? 'sha256' : 'sha512';
  const data = matching === 0 ? Buffer.from(part) : createHash(hash).update(part).digest();
  return `${owner} IN TLSA ${usage} ${selector} ${matching} ${data.toString('hex')}`;
}

export function fingerprints(of: Issued, expires = 86_400): string {
  return JSON.stringify({
    fingerprints: [{ 'sha-256': createHash('sha256').update(of.der).digest('base64') }],
    expires,
  });
}

export type WorldKit = ReturnType<typeof openWorldKit>;

/** Certificates by three authorities, and what has been told so far. */
export function openWorldKit(now: number) {
  const ca = makeCa({ now, name: 'World CA' });
  const middle = ca.issue({ now, isCa: true, ku: ['keyCertSign'], names: { cn: 'World Server CA' } });
  const stranger = makeCa({ now, name: 'Stranger CA' });
  const cases: Case[] = [];
  const told: PeerZone[] = [];
  const more = new Map<string, readonly string[]>();
  const prosody: PeerHost[] = [];
  const ejabberd: PeerHost[] = [];
  const sites: PeerSite[] = [];
  const issued = (...dns: readonly string[]): Issued => middle.issue({ now, names: { dns } });
  const own = (...dns: readonly string[]): Issued => selfSigned({ now, names: { dns } });
  const strange = (...dns: readonly string[]): Issued => stranger.issue({ now, names: { dns } });
  const full = (leaf: Issued, root: Issued): string => leaf.chainPem + root.pem;
  const many = issued('m1.example', 'm2.example');
  return {
    now,
    ca,
    middle,
    stranger,
    many,
    issued,
    own,
    strange,
    full,
    tell,
    lineOf,
    zones: allZones,
    cases,
    prosody,
    ejabberd,
    sites,
  };

  function allZones(): readonly PeerZone[] {
    return told.map((zone) => ({ ...zone, lines: [...zone.lines, ...(more.get(zone.name) ?? [])] }));
  }

  function tell(label: string, about: string, ending: Ending, parts: Parts): void {
    const { signer = 'bind', zone = {}, leaf, chainPem, at = PROSODY_AT, site, siteLeaf } = parts;
    const domain = `${label}.example`;
    const { service = 'client' } = ending;
    const host = site === undefined ? [`host IN A ${at}`] : [`host IN A ${at}`, `@ IN A ${NGINX_AT}`];
    const naming = service === 'client' ? SRV : S2S;
    told.push({ name: domain, signer, lines: [...host, ...(parts.lines ?? [naming])], ...zone });
    cases.push({ domain, about, ...ending, service });
    const chain = chainPem === undefined ? {} : { chainPem };
    if (leaf !== null)
      (at === EJABBERD_AT ? ejabberd : prosody).push({ name: domain, certificate: leaf, ...chain });
    if (site !== undefined)
      sites.push({ name: domain, certificate: siteLeaf ?? issued(domain), documents: site });
  }

  /** More records for a zone, told already or not. */
  function lineOf(zone: string, ...lines: readonly string[]): void {
    more.set(zone, [...(more.get(zone) ?? []), ...lines]);
  }
}
