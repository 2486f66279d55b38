/**
 * judge.ts: from observations to the report. Pure: the same observations on the same ground make the same report.
 *
 * In:   the request, the observations, the ground (time, anchors, stores, pins)
 * Out:  Report
 * Not:  one endpoint's evidence (judge-endpoint.ts), the policy (decide.ts), asking anything
 */
import type { DnsName, Instant } from '../../shared/basics.ts';
import type { Observation, Question } from '../../shared/observation.ts';
import type { PinView } from '../../shared/pin.ts';
import { checkPhrases } from '../../shared/phrases/check.ts';
import { problemText } from '../../shared/phrases/problem.ts';
import { reachPhrases } from '../../shared/phrases/reach.ts';
import { verdictPhrases } from '../../shared/phrases/verdict.ts';
import {
  REPORT_SCHEMA,
  type AddressAnswer,
  type DnsProof,
  type EndpointReport,
  type Reason,
  type Report,
  type SrvAnswer,
  type TargetReport,
  type TlsaRow,
} from '../../shared/report.ts';
import type { CheckRequest } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import { sourceText } from '../wire/address.ts';
import type { Certificate } from '../wire/certificate.ts';
import { addressFamily } from '../wire/ip.ts';
import { judgeDaneApplies, type DaneApplies, type TlsaQuestion } from './dane-applies.ts';
import { judgeDelegation } from './delegation.ts';
import { discover, isLiteral, type Discovery, type SrvLook, type Target } from './discover.ts';
import { joinEndpoints, type DiscoveryDecision, type Told } from './domain-verdict.ts';
import { judgeHostMeta } from './host-meta.ts';
import { judgeEndpoint } from './judge-endpoint.ts';
import { mayConnect, textAddresses } from './plan.ts';
import { nextPoshUrl } from './posh-hops.ts';
import { urlHost } from './posh-web.ts';
import { judgePosh, type PoshInput } from './posh.ts';
import { openProofs, type ProofGround, type Proofs, type Secured } from './proofs.ts';
import { judgeReach } from './reach.ts';
import { judgeResolver } from './resolver.ts';
import { anyReply, endpointKey, indexObservations, type Seen } from './seen.ts';
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

/** Makes the report. Called while the check runs it leaves out the endpoints that are not settled. */
export function judge(
  request: CheckRequest,
  observations: readonly Observation[],
  ground: JudgeGround,
): Report {
  const seen = indexObservations(observations);
  const isLeftOut = (method: Method): boolean => ground.without?.includes(method) === true;
  const proofs = openProofs(seen, ground, request.resolvers.length, isLeftOut('dnssec'));
  const discovery = discover(request, seen, (q) => proofs.secured(q).first);
  const withoutDnssec = proofs.withoutDnssec && seen.dns.length > 0;
  const suffix =
    (withoutDnssec && proofs.dnssecData !== 'unknown' ? verdictPhrases.withoutDnssec() : '') +
    (ground.recordedAt === undefined ? '' : verdictPhrases.recorded(ground.recordedAt));
  const context: Context = { request, ground, seen, proofs, discovery, withoutDnssec, suffix, isLeftOut };

  const srv = discovery.srv.map((look) => srvAnswer(context, look));
  const decision = decideDiscovery(context);
  const isAbsenceRefused = decision.kind === 'refuse';
  const targets = discovery.targets
    .filter((t) => t.named !== 'fallback' || !isAbsenceRefused)
    .map((target) => judgeTarget(context, target));
  const told: Told[] = targets.flatMap((t) =>
    t.endpoints.map((e) => ({
      where: `${t.host}:${t.port} at ${e.address ?? 'no address'}`,
      verdict: e.verdict,
    })),
  );
  const domain = visible(request.source.kind === 'domain' ? request.source.unicode : request.source.address);
  const posh = judgePosh(poshInput(context, null));
  const hostMeta =
    request.source.kind === 'domain' && request.service === 'xmpp-client'
      ? judgeHostMeta({ domain: request.source.ascii, looks: seen, stores: ground.stores, now: ground.now })
      : null;
  const { recordedAt } = ground;
  return {
    schema: REPORT_SCHEMA,
    input: {
      given: request.given,
      domain: sourceText(request.source),
      service: request.service,
      ...(request.source.kind === 'domain' ? { unicode: request.source.unicode } : {}),
    },
    startedAt: new Date(ground.startedAt).toISOString(),
    durationMs: ground.durationMs,
    resolver: {
      urls: request.resolvers,
      dnssecData: proofs.dnssecData,
      anchor: anchorUsed(context),
      findings: judgeResolver(seen, proofs, context.discovery),
    },
    discovery: { outcome: discoveryOutcome(discovery), srv },
    targets,
    verdict: joinEndpoints(decision, told, domain, suffix),
    observations,
    request,
    runtime: ground.runtime,
    ...(recordedAt === undefined ? {} : { recordedAt }),
    posh: posh.report,
    ...(hostMeta === null ? {} : { hostMeta }),
    warnings: warnings(context, targets),
  };
}

/** POSH for one leaf: the hops, and the proofs of every web server's addresses. */
function poshInput(c: Context, leaf: Certificate | null, proven = false): PoshInput {
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
  };
}

type Context = {
  readonly request: CheckRequest;
  readonly ground: JudgeGround;
  readonly seen: Seen;
  readonly proofs: Proofs;
  readonly discovery: Discovery;
  readonly withoutDnssec: boolean;
  readonly suffix: string;
  isLeftOut(method: Method): boolean;
};

/** Rules 2.3 and 2.5, before any endpoint. */
function decideDiscovery(c: Context): DiscoveryDecision {
  const { srv } = c.discovery;
  if (srv.length === 0) return { kind: 'endpoints' };
  const results = srv.map((look) => ({ look, result: c.proofs.secured(look.question).result }));
  const reason = (code: string, text: string, ref: string): readonly Reason[] => [{ code, text, ref }];
  const bogus = results.find(({ result }) => result.status === 'bogus');
  if (bogus !== undefined) {
    const text = checkPhrases.discoveryBogus(visible(bogus.look.question.name), bogus.result.why);
    return { kind: 'refuse', reasons: reason('discovery-bogus', text, 'RFC 7673 3.1') };
  }
  const silent = results.find(({ result }) => result.status === 'unanswered' && result.zone === 'signed');
  if (silent !== undefined) {
    const text = checkPhrases.discoveryUnanswered(visible(silent.look.question.name));
    return { kind: 'refuse', reasons: reason('discovery-unanswered', text, 'RFC 7673 3.1') };
  }
  const domain = visible(sourceText(c.request.source));
  if (discoveryOutcome(c.discovery) === 'not-offered') {
    return {
      kind: 'not-offered',
      reasons: reason('not-offered', checkPhrases.notOffered(domain), 'RFC 6120 3.2.1'),
    };
  }
  if (discoveryOutcome(c.discovery) === 'failed') {
    return {
      kind: 'unreachable',
      reasons: reason(
        'discovery-failed',
        checkPhrases.discoveryFailed(domain, whyUnanswered(c)),
        'RFC 6120 3.2.1',
      ),
    };
  }
  return { kind: 'endpoints' };
}

/** Why the SRV questions got no answer, in the words of the last look at one. */
function whyUnanswered(c: Context): string {
  for (const { question } of c.discovery.srv) {
    const look = c.seen.source(question, 0);
    if (look === undefined) continue;
    if (!look.outcome.ok) return `${visible(look.resolver)}: ${problemText(look.outcome.problem)}`;
    const rcode = anyReply(look)?.rcode;
    if (rcode !== undefined) return checkPhrases.rcode(visible(look.resolver), rcode);
  }
  return checkPhrases.noTime();
}

function discoveryOutcome(d: Discovery): Report['discovery']['outcome'] {
  if (d.srv.length === 0) return 'fallback';
  if (d.srv.some((s) => s.records.length > 0)) return 'srv';
  if (d.srv.some((s) => s.state === 'not-offered')) return 'not-offered';
  if (d.srv.some((s) => s.state === 'records') || d.srv.every((s) => s.state === 'open')) return 'failed';
  return 'fallback';
}

function srvAnswer(c: Context, look: SrvLook): SrvAnswer {
  const secured = c.proofs.secured(look.question);
  return {
    owner: `${look.question.name}.`,
    answer: look.state === 'open' ? 'failed' : look.state,
    ...proof(c, look.question, secured),
    records: look.records,
  };
}

/** The fields that every DNS answer of the report has. */
function proof(c: Context, question: Question, { result, followed, first }: Secured): DnsProof {
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

function judgeTarget(c: Context, target: Target): TargetReport {
  const { request, ground, proofs, seen } = c;
  const literal = isLiteral(target);
  const host = target.host as DnsName;
  const ask = (question: Question): Secured | null => (literal ? null : proofs.secured(question));
  const srv = (
    target.srv === null
      ? target.named === 'fallback'
        ? c.discovery.srv.map((s) => s.question)
        : []
      : [target.srv]
  ).map((q) => proofs.secured(q).result);
  const delegation = judgeDelegation({
    source: request.source,
    target: target.host,
    manual: target.named === 'manual',
    srv,
    withoutDnssec: c.withoutDnssec,
  });

  const families = (['A', 'AAAA'] as const).map((type) => ({
    type,
    question: { name: host, type } as Question,
    secured: ask({ name: host, type }),
  }));
  const finals = [...new Set(families.flatMap(({ secured }) => securedFinal(secured)))];
  const tlsa: TlsaQuestion[] = [...finals, host].map((base) => {
    const owner = `_${target.port}._tcp.${base}` as DnsName;
    return { owner, base, result: ask({ name: owner, type: 'TLSA' })?.result ?? null };
  });
  const [a, aaaa] = families;
  const found = judgeDaneApplies({
    delegation: delegation.delegation,
    srvSecure: srv.length > 0 && srv.every((r) => r.status === 'secure'),
    source: sourceText(request.source),
    host: target.host,
    port: target.port,
    sourceKind: literal ? 'ip' : 'domain',
    addresses: { A: a?.secured?.result ?? null, AAAA: aaaa?.secured?.result ?? null },
    tlsa,
    withoutDnssec: c.withoutDnssec,
  });
  const applies: DaneApplies = c.isLeftOut('dane')
    ? { ...found, applies: false, state: 'does-not-apply', blockedCode: null }
    : found;
  const counts =
    delegation.delegation === 'dnssec' ||
    (delegation.delegation === 'none-needed' && srv.length > 0 && srv.every((r) => r.status === 'secure'));

  const addresses: AddressAnswer[] = families.flatMap(({ type, question, secured }) =>
    secured === null ? [] : [addressAnswer(c, type, question, secured)],
  );
  const list: (string | null)[] = literal ? [target.host] : addresses.flatMap((answer) => answer.list);
  const endpoints: EndpointReport[] = [];
  const rows: (readonly TlsaRow[])[] = [];
  const notes: Reason[] = [];
  for (const address of list.length === 0 ? [null] : list) {
    const at = { host: target.host, port: target.port, mode: target.mode, address: address ?? '' };
    if (ground.settled !== null && (address === null || !ground.settled.has(endpointKey(at)))) continue;
    const family = address !== null && addressFamily(address) === 6 ? 'AAAA' : 'A';
    // Bogus addresses close their family whoever named the target; the rest of 7.2 belongs to DANE.
    const closed = applies.closed.find((f) => f.family === family && (counts || f.code === 'address-bogus'));
    const isPrivate = address !== null && !mayConnect(request, target, address, ground.negativeAnchors);
    const reach =
      address === null
        ? {
            ...judgeReach({ looks: {}, mode: target.mode, service: request.service, isPrivate: false }),
            reached: 'unreachable' as const,
            reason: { code: 'no-address', ...reachPhrases['no-address'](visible(target.host)) },
          }
        : judgeReach({ looks: seen.looks(at), mode: target.mode, service: request.service, isPrivate });
    const judged = judgeEndpoint({
      request,
      target,
      address,
      reach,
      delegation,
      applies,
      stores: ground.stores,
      pins: ground.pins,
      now: ground.now,
      posh: (leaf) => judgePosh(poshInput(c, leaf)),
      closed: closed === undefined ? null : { code: closed.code, text: closed.text, ref: closed.ref },
      withoutDnssec: c.withoutDnssec,
      proofMissing: isProofMissing(
        c,
        srv,
        families.map((f) => f.secured),
        tlsa,
      ),
      suffix: c.suffix,
    });
    endpoints.push(judged.report);
    rows.push(judged.rows);
    for (const note of judged.notes)
      if (!notes.some((n) => n.code === note.code && n.text === note.text)) notes.push(note);
  }
  return {
    host: target.host,
    port: target.port,
    mode: target.mode,
    delegation: delegation.delegation,
    addresses,
    tlsa: {
      answer: literal ? 'not-asked' : applies.answer,
      dnssec: applies.dnssec,
      why: applies.why,
      owner: `${applies.owner}.`,
      records: mergeRows(
        rows,
        applies.records.map((r) => ({
          text: r.text,
          usable: r.unusable === null,
          matches: null,
          why: r.words,
        })),
      ),
    },
    endpoints,
    warnings: [
      ...aliasWarnings(
        target,
        families.map((f) => f.secured),
      ),
      ...notes,
    ],
  };
}

function securedFinal(secured: Secured | null): readonly DnsName[] {
  const final = secured?.result.status === 'secure' ? secured.result.aliases.at(-1) : undefined;
  return final === undefined ? [] : [final];
}

function addressAnswer(c: Context, type: 'A' | 'AAAA', question: Question, secured: Secured): AddressAnswer {
  const { followed } = secured;
  return {
    type,
    answer: followed.state === 'records' ? 'records' : followed.state === 'none' ? 'none' : 'failed',
    ...proof(c, question, secured),
    list: textAddresses(followed, type),
  };
}

/** 2b: whether DNSSEC was asked about this endpoint's names and left it open. */
function isProofMissing(
  c: Context,
  srv: readonly Secured['result'][],
  addresses: readonly (Secured | null)[],
  tlsa: readonly TlsaQuestion[],
): boolean {
  if (c.withoutDnssec) return true;
  const results = [
    ...srv,
    ...addresses.flatMap((s) => s?.result ?? []),
    ...tlsa.flatMap((t) => t.result ?? []),
  ];
  return results.some(
    (r) => r.status === 'indeterminate' || (r.status === 'unanswered' && r.zone !== 'unsigned'),
  );
}

function mergeRows(all: readonly (readonly TlsaRow[])[], none: readonly TlsaRow[]): readonly TlsaRow[] {
  const [first, ...rest] = all;
  if (first === undefined) return none;
  return first.map((row, i) => {
    const others = rest.flatMap((rows) => rows[i] ?? []);
    const match =
      [row, ...others].find((r) => r.matches === true) ?? [row, ...others].find((r) => r.matches !== null);
    return match ?? row;
  });
}

function aliasWarnings(target: Target, families: readonly (Secured | null)[]): readonly Reason[] {
  const final = families.map((s) => s?.followed.aliases.at(-1)).find((name) => name !== undefined);
  if (final === undefined || target.named !== 'srv') return [];
  return [
    {
      code: 'srv-target-alias',
      text: checkPhrases.srvTargetAlias(visible(target.host), visible(final)),
      ref: 'RFC 2782',
    },
  ];
}

function anchorUsed(c: Context): string | null {
  for (const { question } of c.discovery.srv) {
    const { anchor } = c.proofs.secured(question).result;
    if (anchor !== null) return anchor;
  }
  return null;
}

function warnings(c: Context, targets: readonly TargetReport[]): readonly Reason[] {
  const all: Reason[] = [];
  const decided = discoveryOutcome(c.discovery) !== 'failed';
  for (const look of c.discovery.srv) {
    if (decided && look.state === 'open')
      all.push({
        code: 'srv-unanswered',
        text: checkPhrases.srvUnanswered(visible(look.question.name)),
        ref: 'RFC 6120 3.2.1',
      });
  }
  if (c.discovery.omitted > 0)
    all.push({ code: 'targets-omitted', text: checkPhrases.tooMany(c.discovery.omitted), ref: 'RFC 2782' });
  for (const family of [4, 6] as const) {
    const missing = targets.some((t) =>
      t.endpoints.some(
        (e) =>
          e.address !== null &&
          addressFamily(e.address) === family &&
          e.verdict.reasons[0]?.code === 'no-family',
      ),
    );
    if (missing) all.push({ code: 'no-family', text: checkPhrases.noFamily(family), ref: 'RFC 6120 3.2' });
  }
  if (c.ground.pins.problem !== undefined && c.ground.pins.problem !== null) {
    all.push({ code: 'pins-unreadable', text: c.ground.pins.problem, ref: 'RFC 6125 1.8' });
  }
  return all;
}
