/**
 * realm.ts: the talk's Middle-earth as real servers on loopback, in process and without root rights.
 *
 * In:   the stories
 * Out:  Realm: resolver, anchors, certificate authority, and the way from its addresses to loopback ports
 * Not:  a World for checks (electron/demo-world.ts)
 *
 * Every machine of the realm has an address of its own (127.0.10.x), and resolvers stand at 127.0.53.x. In process these
 * are names for ephemeral ports of 127.0.0.1, so that any number of realms can live side by side; `real` binds them.
 */
import type { Instant } from '../../shared/basics.ts';
import type { Swap } from '../../shared/bridge.ts';
import { startDnsServer } from './dns-server.ts';
import { startHttpsServer, type HttpsServer, type HttpsServerOptions } from './https-server.ts';
import { openKit, type Kit, type Story } from './kit.ts';
import { ACCOUNT_STORIES } from './stories-account.ts';
import { DANE_STORIES } from './stories-dane.ts';
import { DNSSEC_STORIES } from './stories-dnssec.ts';
import { PKIX_STORIES } from './stories-pkix.ts';
import { POSH_STORIES } from './stories-posh.ts';
import { swapped } from './swap.ts';
import { startXmppServer, type XmppServer } from './xmpp-server.ts';
import { failFor } from './zone-fail.ts';
import { drop, signRootWrongly, strip, type MaybeAnswer } from './zone-lies.ts';
import { signTree } from './zone-sign.ts';

export const STORIES: readonly Story[] = [
  ...DANE_STORIES,
  ...POSH_STORIES,
  ...PKIX_STORIES,
  ...DNSSEC_STORIES,
  ...ACCOUNT_STORIES,
];

export type RealmOptions = {
  readonly now: Instant;
  readonly stories?: readonly Story[];
  /** Bind the realm's own addresses and ports (Linux), so that other programs can reach it. */
  readonly real?: { readonly dnsPort: number };
};

export type RealmServers = {
  readonly stories: readonly Story[];
  readonly kit: Kit;
  /** `udp://127.0.53.1`, the honest one. */
  readonly resolver: string;
  /** Resolvers that lie, by what they do. */
  readonly liars: Readonly<Record<string, string>>;
  /** DS lines of the realm's root. */
  readonly anchors: string;
  /** The realm's certificate authority, PEM. */
  readonly ca: string;
  /** Where (address, port) of the realm really listens; undefined for what the realm does not have. */
  find(address: string, port: number): { readonly address: string; readonly port: number } | undefined;
  /** Where the web sites really listen: 443 of their own addresses with `real`, where that is allowed. */
  readonly webPort: number;
  /** What the honest resolver answers to a query: for tests that put a worse one in its place. */
  readonly answer: MaybeAnswer;
  /** Gives every XMPP server that a domain's story started another certificate; false where it has none. */
  swap(domain: string, how: Swap): boolean;
  /** Connections that the XMPP servers and the web server hold open now. */
  open(): number;
  close(): Promise<void>;
};

/** Starts everything, or nothing: where one address is taken, what was up already goes down again. */
export async function startRealmServers(options: RealmOptions): Promise<RealmServers> {
  const up: Closable[] = [];
  try {
    return await startAll(options, up);
  } catch (fault) {
    await Promise.all(up.map((one) => one.close()));
    throw fault;
  }
}

type Closable = { close(): Promise<void> };

async function startAll(options: RealmOptions, up: Closable[]): Promise<RealmServers> {
  const stories = options.stories ?? STORIES;
  const { kit, collected, running } = openKit(options.now);
  kit.zone('.', {});
  kit.zone('example', { algorithm: 13, denial: { nsec3: { optOut: true } } });
  for (const story of stories) story.tell(kit);
  const { zones, servers, sites } = collected();
  const world = signTree(zones, { now: options.now });

  const honest: MaybeAnswer = failFor('_5222._tcp.xmpp.deadmarshes.example')(world.answer);
  const resolvers: readonly (readonly [string, string, MaybeAnswer])[] = [
    ['honest', '127.0.53.1', honest],
    ['strips everything', '127.0.53.2', strip('all')(honest)],
    ['strips SRV only', '127.0.53.3', strip('SRV')(honest)],
    ['strips AAAA only', '127.0.53.4', strip('AAAA')(honest)],
    ['drops TLSA only', '127.0.53.5', drop(['TLSA'])(honest)],
    ['signs the root wrongly', '127.0.53.6', signRootWrongly(world)],
  ];

  const places = new Map<string, { address: string; port: number }>();
  const { real } = options;
  for (const [, address, answer] of resolvers) {
    const server = await startDnsServer({
      answer,
      ...(real === undefined ? {} : { host: address, port: real.dnsPort }),
    });
    places.set(`${address} 53`, { address: real === undefined ? '127.0.0.1' : address, port: server.port });
    up.push(server);
  }
  const xmpp = new Map<string, XmppServer>();
  for (const { address, port, host, options: wish } of servers) {
    const server = await startXmppServer(real === undefined ? wish : { ...wish, host: address, port });
    places.set(`${address} ${port}`, {
      address: real === undefined ? '127.0.0.1' : address,
      port: server.port,
    });
    xmpp.set(host, server);
    up.push(server);
  }
  const pages = { sites: Object.fromEntries([...sites].map(([host, { site }]) => [host, site])) };
  const web: HttpsServer[] = [];
  if (real === undefined) {
    const server = await startHttpsServer(pages);
    web.push(server);
    up.push(server);
    for (const { address } of sites.values())
      places.set(`${address} 443`, { address: '127.0.0.1', port: server.port });
  } else {
    for (const address of new Set([...sites.values()].map((site) => site.address))) {
      const server = await startRealWeb(pages, address);
      web.push(server);
      up.push(server);
      places.set(`${address} 443`, { address, port: server.port });
    }
  }

  const find: RealmServers['find'] = (address, port) => places.get(`${address} ${port}`);
  running(find);

  return {
    stories,
    kit,
    resolver: 'udp://127.0.53.1',
    liars: Object.fromEntries(resolvers.slice(1).map(([name, address]) => [name, `udp://${address}`])),
    anchors: world.anchors,
    ca: kit.ca.pem,
    find,
    webPort: web[0]?.port ?? 443,
    answer: honest,
    swap(domain, how) {
      const own = servers.filter((s) => s.host === domain || s.host.endsWith(`.${domain}`));
      for (const { host, certificate } of own) {
        const next = swapped(kit, certificate, how);
        xmpp.get(host)?.swapCertificate({ cert: next.chainPem, key: next.keyPem });
      }
      return own.length > 0;
    },
    open: () => [...xmpp.values(), ...web].reduce((all, one) => all + one.open(), 0),
    async close() {
      await Promise.all(up.map((one) => one.close()));
    },
  };
}

/** On 443, where every program looks for a web server; without the right to it, on a port that is always the same. */
async function startRealWeb(pages: Pick<HttpsServerOptions, 'sites'>, host: string): Promise<HttpsServer> {
  try {
    return await startHttpsServer({ ...pages, host, port: 443 });
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'EACCES')) throw fault;
    return startHttpsServer({ ...pages, host, port: WEB_PORT });
  }
}

/** The usual second port of HTTPS. */
const WEB_PORT = 8443;
