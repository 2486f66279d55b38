/**
 * kit.ts: what a story of the demo realm is told with: zones, certificates, XMPP servers, web sites.
 *
 * In:   calls of the stories
 * Out:  everything collected, for realm.ts to start
 * Not:  the stories (stories-*.ts), sockets (realm.ts)
 */
import { createHash } from 'node:crypto';
import type { Instant } from '../../shared/basics.ts';
import type { DemoDomain } from '../../shared/bridge.ts';
import type { DomainOutcome, ManualCase, RouteName } from '../../shared/report.ts';
import { makeCa, selfSigned, type CertificateOptions, type Issued } from './certificate.ts';
import type { Site } from './https-server.ts';
import type { XmppServerOptions } from './xmpp-server.ts';
import { zone, type ZoneOptions, type ZonePlan } from './zone.ts';

export type Story = DemoDomain & {
  readonly outcome: DomainOutcome;
  readonly by?: RouteName;
  readonly case?: ManualCase;
  /** Writes the domain's zone, servers and sites. */
  readonly tell: (kit: Kit) => void;
};

export type PlannedServer = {
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly certificate: Issued;
  readonly options: XmppServerOptions;
};

export type ServerWish = Omit<Partial<XmppServerOptions>, 'credentials'> & {
  readonly certificate: Issued;
  /** In place of the certificate's own chain: what the server sends, PEM. */
  readonly chainPem?: string;
};

export type Kit = {
  readonly now: Instant;
  /** The certificate authority that the realm trusts. */
  readonly ca: Issued;
  /** One below it, that signs servers. */
  readonly intermediate: Issued;
  /** One that nobody trusts. */
  readonly unknownCa: Issued;
  zone(name: string, options?: ZoneOptions): ZonePlan;
  /** A zone that exists already. */
  of(name: string): ZonePlan;
  issue(names: CertificateOptions['names'], more?: Partial<CertificateOptions>): Issued;
  selfSigned(names: CertificateOptions['names'], more?: Partial<CertificateOptions>): Issued;
  /** Starts an XMPP server at a name: adds its A record to the zone given and returns the address. */
  server(zone: ZonePlan, owner: string, port: number, wish: ServerWish): string;
  /** A web server for a domain, with its A record. The record for the zone's own name is `@`. */
  site(zone: ZonePlan, owner: string, paths: Site['paths'], certificate?: Issued): void;
  /** Where an address and port of the realm really listen. Only while the realm runs. */
  whereIs(address: string, port: number): Place;
};
export type Place = { readonly address: string; readonly port: number };

export type Collected = {
  readonly zones: readonly ZonePlan[];
  readonly servers: readonly PlannedServer[];
  readonly sites: ReadonlyMap<string, { readonly address: string; readonly site: Site }>;
};

/** Opens a kit. Addresses are 127.0.10.1 and up, one a server, as if each were a machine. */
export function openKit(now: Instant): {
  readonly kit: Kit;
  readonly collected: () => Collected;
  /** Tells where things listen, once they do. */
  readonly running: (find: (address: string, port: number) => Place | undefined) => void;
} {
  const zones = new Map<string, ZonePlan>();
  const servers: PlannedServer[] = [];
  const sites = new Map<string, { address: string; site: Site }>();
  let machines = 0;
  let findPlace: (address: string, port: number) => Place | undefined = () => undefined;
  const nextAddress = (): string => {
    machines++;
    return `127.0.${10 + Math.floor(machines / 250)}.${1 + (machines % 250)}`;
  };
  const ca = makeCa({ name: 'Erebor Root CA', now });
  const intermediate = ca.issue({
    now,
    isCa: true,
    pathLen: 0,
    ku: ['keyCertSign', 'cRLSign'],
    names: { cn: 'Erebor Server CA' },
  });
  const unknownCa = makeCa({ name: 'Moria Root CA', now });
  const fullName = (plan: ZonePlan, owner: string): string =>
    owner === '@' ? plan.name : `${owner}.${plan.name}`;

  const kit: Kit = {
    now,
    ca,
    intermediate,
    unknownCa,
    zone(name, options) {
      const plan = zone(name, options);
      zones.set(plan.name, plan);
      return plan;
    },
    of(name) {
      const plan = zones.get(name);
      if (plan === undefined) throw new Error(`the demo realm has no zone ${name}`);
      return plan;
    },
    issue: (names, more = {}) =>
      intermediate.issue({ now, ...(names === undefined ? {} : { names }), ...more }),
    selfSigned: (names, more = {}) => selfSigned({ now, ...(names === undefined ? {} : { names }), ...more }),
    server(plan, owner, port, { certificate, chainPem, ...options }) {
      const known = servers.find((s) => s.host === fullName(plan, owner));
      const address = known?.address ?? nextAddress();
      if (known === undefined) plan.add(owner, 'A', address);
      const credentials = { cert: chainPem ?? certificate.chainPem, key: certificate.keyPem };
      servers.push({
        address,
        port,
        host: fullName(plan, owner),
        certificate,
        options: { ...options, credentials },
      });
      return address;
    },
    site(plan, owner, paths, certificate) {
      const host = fullName(plan, owner);
      const issued = certificate ?? kit.issue({ dns: [host] });
      const known = servers.find((s) => s.host === host);
      const address = known?.address ?? nextAddress();
      if (known === undefined) plan.add(owner, 'A', address);
      sites.set(host, { address, site: { cert: issued.chainPem, key: issued.keyPem, paths } });
    },
    whereIs(address, port) {
      const place = findPlace(address, port);
      if (place === undefined) throw new Error(`nothing of the demo realm runs at ${address} ${port}`);
      return place;
    },
  };
  return {
    kit,
    collected: () => ({ zones: [...zones.values()], servers, sites }),
    running: (find) => (findPlace = find),
  };
}

/** The usual STARTTLS service: SRV to one host of the same or another zone. */
export function srv(
  plan: ZonePlan,
  target: string,
  more: { port?: number; priority?: number; weight?: number; direct?: boolean } = {},
): ZonePlan {
  const { direct = false, port = direct ? 5223 : 5222, priority = 5, weight = 10 } = more;
  return plan.add(`_xmpp${direct ? 's' : ''}-client._tcp`, 'SRV', { priority, weight, port, target });
}

/** A 3 1 1 record, or another, over the right part of a certificate. */
export function tlsa(
  plan: ZonePlan,
  owner: string,
  of: Issued,
  form: { usage?: number; selector?: number; matchingType?: number; port?: number } = {},
): ZonePlan {
  const { usage = 3, selector = 1, matchingType = 1, port = 5222 } = form;
  const part = selector === 1 ? of.certificate.spki : of.der;
  const data =
    matchingType === 0
      ? Buffer.from(part).toString('hex')
      : createHash(matchingType === 1 ? 'sha256' : 'sha512')
          .update(part)
          .digest('hex');
  return plan.add(`_${port}._tcp.${owner}`, 'TLSA', { usage, selector, matchingType, data });
}

/** A POSH document with one fingerprint. */
export function poshDocument(of: Issued, expires = 86_400): string {
  return JSON.stringify({
    fingerprints: [{ 'sha-256': createHash('sha256').update(of.der).digest('base64') }],
    expires,
  });
}
