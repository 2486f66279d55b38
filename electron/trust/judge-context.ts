/**
 * judge-context.ts: what every part of judging one check has in hand.
 *
 * In:   the request, the observations, the ground
 * Out:  Context, and the fields that every DNS answer of the report has
 * Not:  judging (judge.ts and its neighbours)
 */
import type { DnsName, Instant } from '../../shared/basics.ts';
import type { Question } from '../../shared/observation.ts';
import type { PinView } from '../../shared/pin.ts';
import type { DnsProof, Report } from '../../shared/report.ts';
import type { CheckRequest } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import { sourceText } from '../wire/address.ts';
import type { Certificate } from '../wire/certificate.ts';
import { addressFamily } from '../wire/ip.ts';
import type { Discovery } from './discover.ts';
import { mayFetch } from './private-addresses.ts';
import { nextPoshUrl } from './posh-hops.ts';
import { urlHost } from './posh-web.ts';
import type { PoshInput } from './posh.ts';
import type { ProofGround, Proofs, Secured } from './proofs.ts';
import { anyReply, type Seen } from './seen.ts';
import type { TrustStore } from './stores.ts';

export type Ground = ProofGround & {
  readonly stores: readonly TrustStore[];
  readonly pins: PinView;
  readonly startedAt: Instant;
  readonly runtime: Report['runtime'];
};

/** What a person may leave out to see what it was good for. */
export type Method = 'dnssec' | 'dane' | 'posh';

export type JudgeGround = Ground & {
  readonly durationMs: number;
  /** Endpoints (by key) that may be judged already; null when the check is over and all are. */
  readonly settled: ReadonlySet<string> | null;
  /** Set when a saved report is judged again. */
  readonly recordedAt?: string;
  /** What if this method did not exist? */
  readonly without?: readonly Method[];
};

export type Context = {
  readonly request: CheckRequest;
  readonly ground: JudgeGround;
  readonly seen: Seen;
  readonly proofs: Proofs;
  readonly discovery: Discovery;
  readonly withoutDnssec: boolean;
  readonly suffix: string;
  isLeftOut(method: Method): boolean;
};

/** POSH for one leaf: the hops, and the proofs of every web server's addresses. */
export function poshInput(c: Context, leaf: Certificate | null, proven = false): PoshInput {
  const hops = c.isLeftOut('posh') ? [] : c.seen.https('posh');
  const hosts = new Set([sourceText(c.request.source), ...hops.map((hop) => urlHost(hop.url))]);
  const next = nextPoshUrl(c.request.source, c.request.service, hops);
  if ('url' in next) hosts.add(urlHost(next.url));
  const addressStates = new Map(
    [...hosts]
      .filter((host) => addressFamily(host) === 0)
      .map((host) => [
        host,
        (['A', 'AAAA'] as const).map((type) => c.proofs.secured({ name: host as DnsName, type }).result),
      ]),
  );
  const last = hops.at(-1)?.end ?? 0;
  return {
    source: c.request.source,
    service: c.request.service,
    hops,
    addressStates,
    leaf,
    stores: c.ground.stores,
    now: c.ground.now,
    fetchedAt: (c.ground.startedAt + last) as Instant,
    proven,
    mayFetch: (address) => mayFetch(c.request, address, c.ground.negativeAnchors),
  };
}

/** The fields that every DNS answer of the report has. */
export function proof(c: Context, question: Question, { result, followed, first }: Secured): DnsProof {
  const source = c.seen.source(question, first);
  const message = source === undefined ? undefined : anyReply(source);
  return {
    // REPORT.md has four words: what got no answer at all is indeterminate.
    dnssec: result.status === 'unanswered' ? 'indeterminate' : result.status,
    why: result.why,
    aliases: followed.aliases.map((name) => visible(name)),
    chain: result.chain,
    ...(source === undefined ? {} : { resolver: source.resolver, from: [source.id] }),
    ad: message?.ad ?? null,
  };
}
