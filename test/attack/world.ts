/**
 * world.ts: a small realm of a test's own, with resolvers that lie as the test wants, and whole checks in it.
 *
 * In:   zones, servers and sites through the demo's kit; a lie for each resolver
 * Out:  AttackWorld: check(form), judged events, the observations to be forged
 * Not:  the stories of the demo realm (test/demo)
 */
import { decodeMessage, type DnsMessage, type Rr } from '../../electron/wire/dns-message.ts';
import { encodeMessage } from '../../electron/wire/dns-write.ts';
import { runCheck } from '../../electron/check.ts';
import { startDnsServer } from '../../electron/demo/dns-server.ts';
import { startHttpsServer } from '../../electron/demo/https-server.ts';
import { openKit, type Kit } from '../../electron/demo/kit.ts';
import { startXmppServer } from '../../electron/demo/xmpp-server.ts';
import type { MaybeAnswer } from '../../electron/demo/zone-lies.ts';
import { encodeRdata, type RecordData } from '../../electron/demo/zone-rdata.ts';
import { signTree } from '../../electron/demo/zone-sign.ts';
import { nameOf } from '../../electron/demo/zone.ts';
import { judgeAgain, type Changes } from '../../electron/judge-again.ts';
import { parseRequest } from '../../electron/options.ts';
import { openWorld } from '../../electron/world.ts';
import { typeNumber } from '../../electron/wire/dns-type.ts';
import type { Instant } from '../../shared/basics.ts';
import { NO_PINS, type PinView } from '../../shared/pin.ts';
import type { CheckEvent, EndpointReport, Report } from '../../shared/report.ts';
import type { Service } from '../../shared/request.ts';

export const NOW = Date.parse('2026-11-23T12:00:00Z') as Instant;
export const DAY = 86_400_000;
/** The honest resolver, and by index the lying ones. */
export const HONEST = 'udp://127.0.53.1';
export const LIAR = 'udp://127.0.53.2';
export const LIAR_2 = 'udp://127.0.53.3';
export const LIAR_3 = 'udp://127.0.53.4';

export type Lie = (honest: MaybeAnswer, kit: Kit) => MaybeAnswer;

export type AttackWorld = {
  readonly kit: Kit;
  check(form: object, hear?: (event: CheckEvent) => void): Promise<Report>;
  /** How many connections the server at an address and port of the realm has seen. */
  accepted(address: string, port: number): number;
  close(): Promise<void>;
};

export type AttackOptions = {
  readonly tell: (kit: Kit) => void;
  readonly lies?: readonly Lie[];
  readonly pins?: (domain: string, service: Service) => PinView;
  /** Trust anchors in place of the root's. */
  readonly anchors?: (root: string) => string;
};

/** Starts it. Zones: the root and `example` (NSEC3 with opt-out) are there already. */
export async function startAttack(options: AttackOptions): Promise<AttackWorld> {
  const { kit, collected } = openKit(NOW);
  kit.zone('.', {});
  kit.zone('example', { denial: { nsec3: { optOut: true } } });
  options.tell(kit);
  const { zones, servers, sites } = collected();
  const tree = signTree(zones, { now: NOW });
  const places = new Map<string, { address: string; port: number }>();
  const closing: { close(): Promise<unknown> }[] = [];
  const answers = [tree.answer, ...(options.lies ?? []).map((lie) => lie(tree.answer, kit))];
  for (const [i, answer] of answers.entries()) {
    const server = await startDnsServer({ answer: (query) => answer(query) });
    closing.push(server);
    places.set(`127.0.53.${i + 1} 53`, { address: '127.0.0.1', port: server.port });
  }
  const accepted = new Map<string, () => number>();
  for (const { address, port, options: wish } of servers) {
    const server = await startXmppServer(wish);
    closing.push(server);
    places.set(`${address} ${port}`, { address: '127.0.0.1', port: server.port });
    accepted.set(`${address} ${port}`, server.accepted);
  }
  const web = await startHttpsServer({
    sites: Object.fromEntries([...sites].map(([host, { site }]) => [host, site])),
  });
  closing.push(web);
  for (const { address } of sites.values())
    places.set(`${address} 443`, { address: '127.0.0.1', port: web.port });

  const real = openWorld({
    pins: options.pins ?? ((): PinView => NO_PINS),
    dial: (address, port) => places.get(`${address} ${port}`) ?? { address: '127.0.0.1', port: 9 },
  });
  const world = { ...real, now: (): Instant => NOW };
  return {
    kit,
    accepted: (address, port) => accepted.get(`${address} ${port}`)?.() ?? 0,
    async check(form, hear = () => undefined) {
      const parsed = parseRequest({ resolvers: [HONEST], allowPrivate: true, timeoutSeconds: 5, ...form });
      if (!parsed.ok) throw new Error(parsed.problem.text);
      const request = {
        ...parsed.value,
        trustAnchor:
          parsed.value.trustAnchor ?? (options.anchors ?? ((root: string): string => root))(tree.anchors),
        roots: ['files' as const],
        ca: [{ name: 'realm', pem: kit.ca.pem }],
      };
      const report = await runCheck(request, world, hear, new AbortController().signal);
      if (report === null) throw new Error('cancelled');
      return report;
    },
    async close() {
      await Promise.all(closing.map((one) => one.close()));
    },
  };
}

/** A world for one check. */
export async function checkIn(options: AttackOptions & { readonly form: object }): Promise<Report> {
  const world = await startAttack(options);
  try {
    return await world.check(options.form);
  } finally {
    await world.close();
  }
}

/** Changes the answers to questions that `when` names. */
export function change(
  when: (name: string, type: number) => boolean,
  how: (message: DnsMessage) => DnsMessage | null,
): Lie {
  return (honest) => (query) => {
    const bytes = honest(query);
    const message = bytes === null ? null : decodeMessage(bytes);
    const [asked] = message?.ok === true ? message.value.questions : [];
    if (message?.ok !== true || asked === undefined || !when(asked.name, asked.type)) return bytes;
    const changed = how(message.value);
    return changed === null ? null : encodeMessage(changed);
  };
}

export function all(...lies: readonly Lie[]): Lie {
  return (honest, kit) => lies.reduce((answer, lie) => lie(answer, kit), honest);
}

export function servfail(when: (name: string, type: number) => boolean): Lie {
  return change(when, (m) => ({ ...m, rcode: 2, answer: [], authority: [], additional: [] }));
}

/** Without signatures and proofs. */
export function bare(message: DnsMessage): DnsMessage {
  const keep = (rr: Rr): boolean => ![46, 47, 50].includes(rr.type);
  return { ...message, answer: message.answer.filter(keep), authority: message.authority.filter(keep) };
}

export function rr<T extends keyof RecordData>(owner: string, type: T, data: RecordData[T]): Rr {
  return { name: nameOf(owner), type: typeNumber(type), class: 1, ttl: 300, rdata: encodeRdata(type, data) };
}

export const TYPES = { A: 1, AAAA: 28, CNAME: 5, SRV: 33, TLSA: 52, DS: 43, DNSKEY: 48 } as const;

export function short(report: Report): Pick<Report['verdict'], 'outcome' | 'by' | 'case'> {
  const { outcome, by, case: which } = report.verdict;
  return { outcome, by, case: which };
}

export function endpoints(report: Report): readonly EndpointReport[] {
  return report.targets.flatMap((t) => t.endpoints);
}

export function again(report: object, changes: Changes = {}): Report {
  const judged = judgeAgain(JSON.parse(JSON.stringify(report)), changes);
  if (!judged.ok) throw new Error(judged.problem.text);
  return judged.value;
}
