/**
 * judge-endpoint.ts: all evidence on one endpoint, in reading order, and the verdict. Bad news does not stop it: every
 * route is always judged.
 *
 * In:   the looks at one address of a target, with everything that was found out about the target and the domain
 * Out:  EndpointReport, and the rows of the TLSA records
 * Not:  discovery and addresses (judge.ts), the policy itself (decide.ts)
 */
import { endpointPhrases } from '../../shared/phrases/endpoint.ts';
import { reachPhrases } from '../../shared/phrases/reach.ts';
import { verdictPhrases, type SentenceFacts } from '../../shared/phrases/verdict.ts';
import type { EndpointReport, Reason, Route, RouteName, TlsaRow, Verdict } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import { sourceText } from '../wire/address.ts';
import { decodeCertificate } from '../wire/certificate.ts';
import type { Certificate } from '../wire/certificate.ts';
import { judgeDane, type DaneInput } from './dane.ts';
import { decide, type Facts } from './decide.ts';
import { judgeIdentity } from './identity.ts';
import { judgeStaple } from './ocsp.ts';
import { judgePath } from './path.ts';
import { judgePin } from './pin.ts';
import { reportChain } from './report-chain.ts';
import type { EndpointInput } from './endpoint-input.ts';
import { pkixRoute, delegatedRoute, pkixReasons, delegationReason, talkLines } from './pkix-routes.ts';
import { manualCases, wrongToday, sentenceFacts, dedupe } from './manual-cases.ts';

export type EndpointJudgement = {
  readonly leaf: Certificate | null;
  /** Whether a route but POSH and pins is open: only then is the certificate seen known to be the domain's own. */
  readonly proven: boolean;
  readonly report: EndpointReport;
  readonly rows: readonly TlsaRow[];
  readonly notes: readonly Reason[];
};

/** Judges one endpoint. */
export function judgeEndpoint(input: EndpointInput): EndpointJudgement {
  const { reach, request, target, delegation, applies, now, stores } = input;
  const chain = reach.tls?.chain.map((der) => decodeCertificate(Buffer.from(der, 'base64'))) ?? [];
  const [first, ...others] = chain;
  const leaf = first?.ok === true ? first.value : null;
  const sent = others.flatMap((c) => (c.ok ? [c.value] : []));
  const malformed = first?.ok === false ? first.problem.detail : null;

  const path = leaf === null ? null : judgePath({ leaf, sent, stores, now, purpose: 'server' });
  const identity =
    leaf === null
      ? null
      : judgeIdentity(leaf, {
          source: request.source,
          service: request.service,
          target: delegation.extraReference,
        });
  const staple =
    leaf === null || reach.tls === null ? null : judgeStaple(reach.tls, leaf, path?.path[1] ?? null, now);

  const pkix = pkixRoute(input, path, identity, staple?.steps ?? []);
  const delegated = delegatedRoute(input, path, identity);
  const posh = input.posh(leaf, false);
  const daneInput: DaneInput = {
    applies,
    leaf,
    sent,
    stores,
    now,
    source: request.source,
    service: request.service,
    host: target.host,
  };
  const dane = judgeDane(daneInput);
  const cases =
    leaf === null || path === null || identity === null ? [] : manualCases(input, leaf, path, identity);
  const certificateWrong = leaf === null || path === null ? [] : wrongToday(cases, path, identity);
  // A POSH document for another certificate is wrong today like anything else: a pin forgives it only if it was on screen.
  const contradicted = leaf !== null && posh.state === 'contradicted' ? posh.reasons : [];
  const wrong = [...certificateWrong, ...contradicted];
  const pin = judgePin({
    view: input.pins,
    domain: sourceText(request.source),
    service: request.service,
    delegation: delegation.delegation,
    leaf:
      leaf === null
        ? null
        : {
            sha256: leaf.sha256,
            spkiSha256: leaf.spkiSha256,
            names: leaf.names.map((n) => `${n.type}:${n.value}`),
          },
    wrongToday: wrong.map((r) => r.code),
    now,
  });

  const unreachable = reach.row === '1' ? reach.reason : null;
  const facts: Facts = {
    unreachable,
    refusals: refusals(input, malformed, dane.state === 'contradicted' ? dane.reasons : [], staple),
    pinChanged: pin.changed ? (pin.reasons[0] ?? null) : null,
    watchChanged:
      pin.watch === 'changed'
        ? (pin.reasons.find((r) => r.code.includes('watch')) ?? pin.reasons[0] ?? null)
        : null,
    proofUnknown: leaf === null ? null : proofUnknown(input),
    routes: {
      dane: dane.state,
      pkix: pkix.state,
      'pkix-delegated': delegated.state,
      posh: posh.state,
      pin: pin.state === 'open' && pin.forgives ? 'open' : pin.state === 'open' ? 'shut' : pin.state,
    },
    openReasons: {
      dane: [...dane.reasons, ...wrongBeside(certificateWrong)],
      pkix: pkixReasons(path, identity),
      'pkix-delegated': [...pkixReasons(path, identity), ...delegationReason(delegation)],
      posh: [...posh.reasons, ...wrongBeside(certificateWrong)],
      pin: [...pin.reasons, ...wrong],
    },
    cases,
  };
  const decision = decide(facts);
  // Text made from the certificate is ready to publish only where another route is open, and no row above says that it
  // may be an interceptor's all the same (section 9): a valid certificate is what an interception has that is worth one.
  const ready = decision.outcome === 'auto-accept' && decision.by !== 'pin';
  const routes: Record<RouteName, Route> = {
    dane: {
      state: dane.state,
      steps: dane.steps,
      opensBy: (ready && dane.state !== 'open' ? judgeDane({ ...daneInput, proven: true }) : dane).opensBy,
    },
    pkix,
    'pkix-delegated': delegated,
    posh: {
      state: posh.state,
      steps: posh.steps,
      opensBy: (ready && posh.state !== 'open' ? input.posh(leaf, true) : posh).opensBy,
    },
    pin: pin.route,
  };
  const words = sentenceFacts(
    input,
    leaf,
    path,
    dane.decidedBy === null ? '' : (applies.records[dane.decidedBy]?.short ?? ''),
    decision.reasons,
  );
  const verdict: Verdict = {
    outcome: decision.outcome,
    by: decision.by,
    case: decision.case,
    reasons: dedupe(
      decision.outcome === 'manual' ? [...decision.reasons, ...wrong, ...pin.reasons] : decision.reasons,
    ),
    sentence:
      sentence(decision, {
        ...words,
        proper: identity?.source === false ? words.host : words.domain,
        pinned: pin.by ?? 'certificate',
        // The TLSA record's own name: behind an alias it is not the target's (RFC 7671 7).
        host: decision.by === 'dane' ? visible(applies.base ?? target.host) : words.host,
      }) + input.suffix,
  };

  return {
    leaf,
    proven: ready && decision.by !== 'posh',
    rows: dane.rows,
    notes: dane.notes,
    report: {
      address: input.address,
      reached: reach.reached,
      tls:
        reach.tls === null
          ? null
          : { protocol: reach.tls.protocol, cipher: reach.tls.cipher, alpn: reach.tls.alpn },
      stream: reach.stream,
      chain: reportChain(reach.tls?.chain ?? [], identity),
      routes,
      verdict,
      path: path?.path.map((c) => c.sha256) ?? [],
      checks: talkLines(path, identity),
      from: reach.reason?.from ?? [],
    },
  };
}

/** Row 2 but for its last part, in the order of the row. */
function refusals(
  input: EndpointInput,
  malformed: string | null,
  mismatch: readonly Reason[],
  staple: ReturnType<typeof judgeStaple> | null,
): readonly Reason[] {
  const { reach, delegation, applies } = input;
  const all: Reason[] = [];
  if (delegation.problem !== null)
    all.push({ code: delegation.problem, text: delegation.text, ref: 'RFC 7673 3.1' });
  if (reach.row === '2' && reach.reason !== null) all.push(reach.reason);
  if (malformed !== null)
    all.push({ code: 'certificate-malformed', ...reachPhrases['certificate-malformed'](visible(malformed)) });
  if (input.closed !== null) all.push(input.closed);
  if (applies.state === 'blocked' && input.closed?.code !== applies.blockedCode) {
    const step = applies.steps.find((s) => s.id === applies.blockedCode);
    all.push({
      code: applies.blockedCode ?? 'tlsa-unanswered',
      text: step?.text ?? applies.why,
      ref: step?.ref ?? 'RFC 7673 3.3',
    });
  }
  all.push(...mismatch);
  if (staple?.status === 'revoked')
    all.push({ code: 'certificate-revoked', text: staple.text, ref: 'RFC 6960 2.2' });
  return all;
}

/** Row 2b: required, or once seen, and now not to be had. A proven `insecure` is proof enough. */
function proofUnknown(input: EndpointInput): Reason | null {
  const domain = sourceText(input.request.source);
  if (input.request.requireDnssec && input.proofMissing) {
    return { code: 'proof-unknown', text: endpointPhrases.proofRequired(domain), ref: 'RFC 4035 4.3' };
  }
  // Leaving out one DS answer must not do more than leaving out all signatures.
  if (input.pins.onceSecure !== null && (input.withoutDnssec || input.delegationUnproven)) {
    return {
      code: 'proof-unknown',
      text: endpointPhrases.onceSecure(domain, input.pins.onceSecure),
      ref: 'RFC 4035 4.3',
    };
  }
  return null;
}

/** The honest remainder of an acceptance: what PKIX alone would have said. */
function wrongBeside(wrong: readonly Reason[]): readonly Reason[] {
  const [first] = wrong;
  return first === undefined
    ? []
    : [{ code: 'pkix-alone', text: endpointPhrases.pkixAlone(first.text), ref: first.ref }];
}

function sentence(decision: ReturnType<typeof decide>, words: SentenceFacts): string {
  switch (decision.outcome) {
    case 'auto-accept':
      return decision.by === null ? '' : verdictPhrases.accept(decision.by, words);
    case 'manual':
      return decision.case === null ? '' : verdictPhrases.manual(decision.case, words);
    case 'refuse':
      return verdictPhrases.refuse(words);
    case 'unreachable':
      return verdictPhrases.unreachable(words);
  }
}
