/**
 * whole.ts: whole checks against hostile peers: one realm with the peers as stories, and what a check of one of them was like.
 *
 * In:   stories, perhaps a resolver in place of the honest one
 * Out:  Ground: checks with their outcome, time, memory, and when the verdict on each endpoint was told
 * Not:  the peers themselves (whole-check-*.test.ts), single looks (xmpp.test.ts, test/net)
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { runCheck, type World } from '../../electron/check.ts';
import { startRealm, type Realm } from '../../electron/demo-world.ts';
import { startDnsServer, type DnsServer, type DnsServerOptions } from '../../electron/demo/dns-server.ts';
import type { Kit, Story } from '../../electron/demo/kit.ts';
import type { ZoneOptions, ZonePlan } from '../../electron/demo/zone.ts';
import { parseRequest } from '../../electron/options.ts';
import { openWorld } from '../../electron/world.ts';
import type { Instant } from '../../shared/basics.ts';
import { NO_PINS } from '../../shared/pin.ts';
import type { EndpointReport, Report } from '../../shared/report.ts';
import type { CheckRequest } from '../../shared/request.ts';

export const NOW = Date.parse('2026-11-23T12:00:00Z') as Instant;
const MEGABYTE = 1024 * 1024;
/** Issue of the hard ground: extra memory of any check. */
const MOST_MEMORY = 64 * MEGABYTE;
/** How often memory is looked at while a check runs, in milliseconds. */
const LOOK_EVERY = 10;
/** What a busy machine may take beyond the budget of the check, in milliseconds. */
const GRACE = 1_500;

export type Whole = {
  readonly report: Report;
  readonly tookMs: number;
  /** The verdicts as first told: at which host, after how many milliseconds, with how many looks still pending. */
  readonly told: readonly { readonly host: string; readonly atMs: number; readonly pending: number }[];
};
export type Ground = {
  readonly realm: Realm;
  /** Runs one check and holds it to its time and memory. */
  check(domain: string, more?: Peculiar): Promise<Whole>;
  /** The request and the world of such a check, for tests that run it themselves. */
  ready(domain: string, more?: Peculiar): Promise<{ readonly request: CheckRequest; readonly world: World }>;
  close(): Promise<void>;
};
export type Peculiar = {
  readonly seconds?: number;
  /** Answers in place of the honest resolver. */
  readonly answer?: DnsServerOptions['answer'];
  /** One of the realm's lying resolvers, by what it does. */
  readonly liar?: string;
  /** A resolver of the test's own, by its port on loopback. */
  readonly resolverPort?: number;
  /** Only what a hostile server of this very process needs for itself. */
  readonly extraMemory?: number;
};

/** Collects garbage now: what remains is held by somebody. */
export const collect: () => void = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

export async function openGround(stories: readonly Story[]): Promise<Ground> {
  const realm = await startRealm({ now: NOW, stories: [...stories, PLAIN] });
  const resolvers: DnsServer[] = [];
  const own = new Set<number>();
  const inner = openWorld({
    pins: () => NO_PINS,
    dial: (address, port) =>
      realm.servers.find(address, port) ?? { address: '127.0.0.1', port: own.has(port) ? port : DISCARD },
  });
  const world: World = { ...inner, now: () => NOW };
  const ready: Ground['ready'] = async (domain, { seconds = 2, answer, liar, resolverPort } = {}) => {
    const request = parseRequest({ input: domain, timeoutSeconds: seconds });
    if (!request.ok) throw new Error(request.problem.text);
    const prepared = realm.prepare(request.value);
    if (liar !== undefined) {
      const resolver = realm.servers.liars[liar];
      if (resolver === undefined) throw new Error(`the realm has no resolver that ${liar}`);
      return { request: { ...prepared, resolvers: [resolver] }, world };
    }
    let port = resolverPort;
    if (answer !== undefined) {
      const server = await startDnsServer({ answer });
      resolvers.push(server);
      port = server.port;
    }
    if (port === undefined) return { request: prepared, world };
    own.add(port);
    return { request: { ...prepared, resolvers: [`udp://127.0.0.1:${port}`] }, world };
  };
  const ground: Ground = {
    realm,
    ready,
    async check(domain, more = {}) {
      const { request } = await ready(domain, more);
      collect();
      const before = process.memoryUsage();
      let most = before.rss;
      const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), LOOK_EVERY);
      const began = performance.now();
      const told: { host: string; atMs: number; pending: number }[] = [];
      const report = await runCheck(
        request,
        world,
        (event) => {
          if (event.type !== 'judged') return;
          for (const { host } of endpoints(event.report))
            if (!told.some((one) => one.host === host))
              told.push({ host, atMs: performance.now() - began, pending: event.pending });
        },
        new AbortController().signal,
      );
      const tookMs = performance.now() - began;
      clearInterval(watch);
      if (report === null) throw new Error('nobody cancelled');
      expect(tookMs).toBeLessThan(request.timeoutMs + GRACE);
      expect(most - before.rss).toBeLessThan(MOST_MEMORY + (more.extraMemory ?? 0));
      return { report, tookMs, told };
    },
    async close() {
      await Promise.all([realm.close(), ...resolvers.map((one) => one.close())]);
    },
  };
  // The first check of a process loads and compiles what all others share.
  await ground.check(PLAIN.domain, { extraMemory: MOST_MEMORY });
  return ground;
}

/** Port 9 (discard) of loopback: refused wherever nobody runs that service of 1983. */
const DISCARD = 9;

/** Every endpoint of a report with its host. */
export function endpoints(report: Report): readonly (EndpointReport & { readonly host: string })[] {
  return report.targets.flatMap((t) => t.endpoints.map((e) => ({ ...e, host: t.host })));
}

/** The endpoint's outcome in words: `auto-accept pkix tls`, `refuse no-tls`, `manual expired tls`. */
export function outcomeAt(report: Report, host: string): string {
  const all = endpoints(report).filter((e) => e.host === host);
  return all
    .map(({ verdict, reached }) =>
      [verdict.outcome, verdict.by, verdict.case, reached].filter((word) => word !== null).join(' '),
    )
    .join(', ');
}

/** The domain's outcome in words. */
export function outcomeOf(report: Report): string {
  const { outcome, by, case: named } = report.verdict;
  return [outcome, by, named].filter((word) => word !== null).join(' ');
}

/** A story for `openGround`; what it teaches is the test's name. */
export function story(domain: string, tell: (kit: Kit) => void): Story {
  return { domain, teaches: domain, outcome: 'auto-accept', tell };
}

/** A zone with a good server at `good.<domain>`, and an SRV record for `bad.<domain>` beside it. */
export function besideGood(kit: Kit, domain: string, options: ZoneOptions = { unsigned: true }): ZonePlan {
  const plan = kit.zone(domain, options);
  for (const host of ['good', 'bad'])
    plan.add('_xmpp-client._tcp', 'SRV', { port: 5222, target: `${host}.${domain}` });
  kit.server(plan, 'good', 5222, { certificate: kit.issue({ dns: [domain] }) });
  return plan;
}

/**
 * One hostile endpoint does not delay the verdict on the good one: where it hangs until the time is over, the good one's
 * verdict is told before, while it still hangs.
 */
export function expectGoodFirst({ told, report }: Whole, domain: string, hangs: boolean): void {
  if (!hangs) {
    expect(report.durationMs).toBeLessThan(report.request.timeoutMs / 2);
    return;
  }
  const good = told.find((one) => one.host === `good.${domain}`);
  expect(good?.pending ?? 0).toBeGreaterThan(0);
  expect(good?.atMs ?? Infinity).toBeLessThan(report.request.timeoutMs * 0.9);
  expect(told.some((one) => one.host === `bad.${domain}`)).toBe(false);
}

const PLAIN = story('plain.example', (kit) => {
  const plan = kit.zone('plain.example');
  plan.add('_xmpp-client._tcp', 'SRV', { port: 5222, target: 'xmpp.plain.example' });
  kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['plain.example'] }) });
});
