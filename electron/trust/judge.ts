/**
 * judge.ts: from observations to the report. Pure: the same observations on the same ground make the same report.
 *
 * In:   the request, the observations, the ground (time, anchors, stores, pins)
 * Out:  Report
 * Not:  one endpoint's evidence (judge-endpoint.ts), the policy (decide.ts), asking anything
 */
import { MOST_ANSWER_BYTES, type DnsSeen, type Observation } from '../../shared/observation.ts';
import { checkPhrases } from '../../shared/phrases/check.ts';
import { verdictPhrases } from '../../shared/phrases/verdict.ts';
import { REPORT_SCHEMA, type Reason, type Report, type TargetReport } from '../../shared/report.ts';
import type { CheckRequest } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import { sourceText } from '../wire/address.ts';
import { addressFamily } from '../wire/ip.ts';
import { discover } from './discover.ts';
import { joinEndpoints, type Told } from './domain-verdict.ts';
import { judgeHostMeta } from './host-meta.ts';
import { MOST_ENDPOINTS, MOST_QUESTIONS } from './plan.ts';
import { judgePosh } from './posh.ts';
import { openProofs } from './proofs.ts';
import { judgeResolver } from './resolver.ts';
import { indexObservations } from './seen.ts';
import { poshInput, type Context, type JudgeGround, type Method } from './judge-context.ts';
import { decideDiscovery, discoveryOutcome, srvAnswer } from './judge-discovery.ts';
import { judgeTarget } from './judge-target.ts';

/** Makes the report. Called while the check runs it leaves out the endpoints that are not settled. */
export function judge(
  request: CheckRequest,
  observations: readonly Observation[],
  ground: JudgeGround,
): Report {
  const seen = indexObservations(observations);
  const isLeftOut = (method: Method): boolean => ground.without?.includes(method) === true;
  const proofs = openProofs(seen, ground, request.resolvers.length, isLeftOut('dnssec'));
  const discovery = discover(request, (q) => proofs.secured(q).followed);
  const withoutDnssec = proofs.withoutDnssec && seen.dns.length > 0;
  const suffix =
    (withoutDnssec && proofs.dnssecData !== 'unknown' ? verdictPhrases.withoutDnssec() : '') +
    (ground.recordedAt === undefined ? '' : verdictPhrases.recorded(ground.recordedAt));
  const context: Context = { request, ground, seen, proofs, discovery, withoutDnssec, suffix, isLeftOut };

  const srv = discovery.srv.map((look) => srvAnswer(context, look));
  const decision = decideDiscovery(context);
  const isAbsenceRefused = decision.kind === 'refuse';
  let room = MOST_ENDPOINTS;
  const judged = discovery.targets
    .filter((t) => t.named !== 'fallback' || !isAbsenceRefused)
    .map((target) => {
      const one = judgeTarget(context, target, room);
      room -= one.known;
      return one;
    });
  const omitted = judged.reduce((sum, one) => sum + one.omitted, discovery.omitted);
  const targets = judged.map((t) => t.report);
  const leaves = judged.flatMap((t) => t.leaves);
  const shown = leaves.find((l) => l.proven) ?? leaves.find((l) => l.leaf !== null);
  const told: Told[] = targets.flatMap((t) =>
    t.endpoints.map((e) => ({
      where: `${t.host}:${t.port} at ${e.address ?? 'no address'}`,
      verdict: e.verdict,
    })),
  );
  const domain = visible(request.source.kind === 'domain' ? request.source.unicode : request.source.address);
  const proven = leaves.flatMap((l) => (l.proven && l.leaf !== null ? [l.leaf] : []));
  const posh = judgePosh({
    ...poshInput(context, shown?.leaf ?? null, shown?.proven === true),
    alsoProven: proven.filter((one, i) => i > 0 && proven.findIndex((p) => p.sha256 === one.sha256) === i),
  });
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
    warnings: warnings(context, targets, omitted),
  };
}

function anchorUsed(c: Context): string | null {
  for (const { question } of c.discovery.srv) {
    const { anchor } = c.proofs.secured(question).result;
    if (anchor !== null) return anchor;
  }
  return null;
}

function warnings(c: Context, targets: readonly TargetReport[], omitted: number): readonly Reason[] {
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
  if (omitted > 0)
    all.push({ code: 'targets-omitted', text: checkPhrases.tooMany(omitted), ref: 'RFC 2782' });
  if (c.seen.dns.length >= MOST_QUESTIONS)
    all.push({
      code: 'questions-omitted',
      text: checkPhrases.tooManyQuestions(MOST_QUESTIONS),
      ref: 'RFC 4035 4.3',
    });
  if (c.seen.dns.some(isBeyondBytes))
    all.push({
      code: 'answers-omitted',
      text: checkPhrases.tooManyBytes(MOST_ANSWER_BYTES),
      ref: 'RFC 4035 4.3',
    });
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

/** Not one answer that is too large by itself (a resolver over HTTPS can send one), but one answer too many. */
function isBeyondBytes({ outcome }: DnsSeen): boolean {
  return !outcome.ok && outcome.problem.code === 'too-large' && outcome.problem.limit === MOST_ANSWER_BYTES;
}
