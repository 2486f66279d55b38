/**
 * judge-endpoint.ts: all evidence on one endpoint, in reading order, and the verdict. Bad news does not stop it: every
 * route is always judged.
 *
 * In:   the looks at one address of a target, with everything that was found out about the target and the domain
 * Out:  EndpointReport, and the rows of the TLSA records
 * Not:  discovery and addresses (judge.ts), the policy itself (decide.ts)
 */
import type { Instant } from '../../shared/basics.ts';
import type { PinView } from '../../shared/pin.ts';
import { endpointPhrases } from '../../shared/phrases/endpoint.ts';
import { reachPhrases } from '../../shared/phrases/reach.ts';
import { casePhrases, verdictPhrases, type SentenceFacts } from '../../shared/phrases/verdict.ts';
import type {
  EndpointReport,
  ManualCase,
  Reason,
  Route,
  RouteName,
  Step,
  TlsaRow,
  Verdict,
} from '../../shared/report.ts';
import type { CheckRequest } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import { sourceText } from '../wire/address.ts';
import { decodeCertificate, type Certificate } from '../wire/certificate.ts';
import type { DaneApplies } from './dane-applies.ts';
import { judgeDane } from './dane.ts';
import { decide, type Facts } from './decide.ts';
import type { DelegationEvidence } from './delegation.ts';
import type { Target } from './discover.ts';
import { judgeIdentity, type IdentityEvidence } from './identity.ts';
import { judgeStaple } from './ocsp.ts';
import { isConstraint, isUntrusted, isWeakness, judgePath, type PathEvidence } from './path.ts';
import { judgePin } from './pin.ts';
import type { PoshEvidence } from './posh.ts';
import type { Reach } from './reach.ts';
import { reportChain } from './report-chain.ts';
import type { TrustStore } from './stores.ts';

export type EndpointInput = {
  readonly request: CheckRequest;
  readonly target: Target;
  readonly address: string | null;
  readonly reach: Reach;
  readonly delegation: DelegationEvidence;
  readonly applies: DaneApplies;
  /** Row 2 for the endpoint's address family (7.2), if it is closed. */
  readonly closed: Reason | null;
  /** POSH, judged for a leaf. */
  readonly posh: (leaf: Certificate | null) => PoshEvidence;
  readonly stores: readonly TrustStore[];
  readonly pins: PinView;
  readonly now: Instant;
  readonly withoutDnssec: boolean;
  /** Whether DNSSEC could say anything about this endpoint's names, and did not. */
  readonly proofMissing: boolean;
  readonly suffix: string;
};

export type EndpointJudgement = {
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
  const posh = input.posh(leaf);
  const proven = pkix.state === 'open' || delegated.state === 'open' || posh.state === 'open';
  const dane = judgeDane({
    applies,
    leaf,
    sent,
    stores,
    now,
    proven,
    source: request.source,
    service: request.service,
    host: target.host,
  });
  const cases =
    leaf === null || path === null || identity === null ? [] : manualCases(input, leaf, path, identity);
  const wrong = leaf === null || path === null ? [] : wrongToday(cases, path, identity);
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

  const routes: Record<RouteName, Route> = {
    dane: { state: dane.state, steps: dane.steps, opensBy: dane.opensBy },
    pkix,
    'pkix-delegated': delegated,
    posh: { state: posh.state, steps: posh.steps, opensBy: posh.opensBy },
    pin: pin.route,
  };
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
      dane: [...dane.reasons, ...wrongBeside(wrong)],
      pkix: pkixReasons(path, identity),
      'pkix-delegated': [...pkixReasons(path, identity), ...delegationReason(delegation)],
      posh: [...posh.reasons, ...wrongBeside(wrong)],
      pin: [...pin.reasons, ...wrong],
    },
    cases,
  };
  const decision = decide(facts);
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
    sentence: sentence(decision, { ...words, proper: identity?.source === false ? words.host : words.domain }) + input.suffix,
  };

  return {
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

function pkixRoute(
  input: EndpointInput,
  path: PathEvidence | null,
  identity: IdentityEvidence | null,
  staple: readonly Step[],
): Route {
  if (path === null || identity === null) return noCertificate();
  const steps = [...path.steps, ...identity.steps, ...staple];
  if (path.holds && identity.source) return { state: 'open', steps, opensBy: null };
  return {
    state: 'shut',
    steps,
    opensBy: endpointPhrases.pkixOpens(
      sourceText(input.request.source),
      path.problems.map((p) => p.code),
      identity.source,
    ),
  };
}

function delegatedRoute(
  input: EndpointInput,
  path: PathEvidence | null,
  identity: IdentityEvidence | null,
): Route {
  const { delegation, target } = input;
  if (path === null || identity === null) return noCertificate();
  const steps = [...delegation.steps, ...path.steps, ...identity.steps];
  if (delegation.delegation === 'none-needed')
    return { state: 'absent', steps: delegation.steps, opensBy: null };
  if (input.withoutDnssec && delegation.delegation !== 'manual')
    return { state: 'unknown', steps, opensBy: endpointPhrases.delegationUnknown() };
  if (delegation.delegation === 'dnssec' && path.holds && identity.target)
    return { state: 'open', steps, opensBy: null };
  const opensBy =
    delegation.delegation === 'dnssec'
      ? endpointPhrases.delegatedOpens(visible(target.host), path.holds)
      : delegation.delegation === 'manual'
        ? endpointPhrases.delegationManual()
        : endpointPhrases.delegationOpens(sourceText(input.request.source), visible(target.host));
  return { state: 'shut', steps, opensBy };
}

function noCertificate(): Route {
  return { state: 'unknown', steps: [], opensBy: null };
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
  if (input.pins.onceSecure !== null && input.withoutDnssec) {
    return {
      code: 'proof-unknown',
      text: endpointPhrases.onceSecure(domain, input.pins.onceSecure),
      ref: 'RFC 4035 4.3',
    };
  }
  return null;
}

/** Every case of section 9 that holds, in its order. */
function manualCases(
  input: EndpointInput,
  leaf: Certificate,
  path: PathEvidence,
  identity: IdentityEvidence,
): readonly { case: ManualCase; reason: Reason }[] {
  const codes = path.problems.map((p) => p.code);
  const rightName = identity.source || (input.delegation.delegation === 'dnssec' && identity.target);
  // Dates, constraints and weaknesses aside: does the path end at an anchor?
  const trusted = path.anchor !== null && !codes.some(isUntrusted);
  const holds: Readonly<Partial<Record<ManualCase, boolean>>> = {
    'constraint-violated': codes.some(isConstraint),
    'weak-certificate': codes.some(isWeakness),
    'incomplete-chain': codes.includes('incomplete-chain'),
    'wrong-name-untrusted-issuer': !trusted && !rightName,
    'right-name-untrusted-issuer': !trusted && rightName,
    'trusted-issuer-wrong-name': trusted && !rightName,
    'not-yet-valid': codes.includes('not-yet-valid'),
    expired: codes.includes('expired'),
  };
  const words = sentenceFacts(input, leaf, path, '', []);
  const proper = identity.source ? words.domain : words.host;
  return ROW_8_CASES.filter((c) => holds[c] === true).map((c) => ({
    case: c,
    reason: { code: c, text: sentenceOf(casePhrases[c]({ ...words, proper })), ref: CASE_REFS[c] ?? 'RFC 6120 13.7' },
  }));
}

/** What is wrong with the certificate today, one code each: what a pin may forgive (TRUST-RULES 10.2). */
function wrongToday(
  cases: readonly { reason: Reason }[],
  path: PathEvidence,
  identity: IdentityEvidence | null,
): readonly Reason[] {
  if (path.holds && identity?.source === true) return [];
  const problems = path.problems.map((p) => ({ code: p.code, text: p.text, ref: p.ref }));
  return dedupe([...cases.map((c) => c.reason), ...problems]);
}

/** The honest remainder of an acceptance: what PKIX alone would have said. */
function wrongBeside(wrong: readonly Reason[]): readonly Reason[] {
  const [first] = wrong;
  return first === undefined
    ? []
    : [{ code: 'pkix-alone', text: endpointPhrases.pkixAlone(first.text), ref: first.ref }];
}

function pkixReasons(path: PathEvidence | null, identity: IdentityEvidence | null): readonly Reason[] {
  const steps = [
    ...(path?.steps ?? []).filter((s) => s.id === 'chains-to-anchor'),
    ...(identity?.steps ?? []).filter((s) => s.id === 'proper-identifier'),
  ];
  return steps.map((s) => ({ code: s.id, text: s.text, ref: s.ref ?? 'RFC 5280 6.1' }));
}

function delegationReason(delegation: DelegationEvidence): readonly Reason[] {
  return [{ code: 'delegation-dnssec', text: delegation.text, ref: 'RFC 7673 3.1' }];
}

/** The talk's four lines. */
function talkLines(path: PathEvidence | null, identity: IdentityEvidence | null): readonly Step[] {
  const all = [...(path?.steps ?? []), ...(identity?.steps ?? [])];
  return TALK.flatMap((id) => all.find((s) => s.id === id) ?? []);
}

function sentenceFacts(
  input: EndpointInput,
  leaf: Certificate | null,
  path: PathEvidence | null,
  record: string,
  reasons: readonly Reason[],
): SentenceFacts {
  const { source } = input.request;
  const names = [
    ...new Set((leaf?.names ?? []).filter((n) => n.type !== 'cn').map((n) => visible(n.value, 80))),
  ];
  return {
    domain: source.kind === 'domain' ? source.unicode : source.address,
    proper: source.kind === 'domain' ? source.unicode : source.address,
    host: visible(input.target.host),
    issuer: visible(path?.anchor?.subject ?? leaf?.issuer.text ?? '', 120),
    stores: path?.anchor?.stores ?? [],
    names:
      names.length === 0
        ? 'nobody'
        : names.length > 3
          ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
          : names.join(', '),
    record,
    reasons,
  };
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

function sentenceOf(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

function dedupe(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.filter((r, i) => reasons.findIndex((o) => o.code === r.code) === i);
}

const TALK: readonly string[] = [
  'end-entity-certificate',
  'signed-by-ca',
  'chains-to-anchor',
  'proper-identifier',
];
const ROW_8_CASES: readonly ManualCase[] = [
  'constraint-violated',
  'weak-certificate',
  'incomplete-chain',
  'wrong-name-untrusted-issuer',
  'right-name-untrusted-issuer',
  'trusted-issuer-wrong-name',
  'not-yet-valid',
  'expired',
];
const CASE_REFS: Readonly<Partial<Record<ManualCase, string>>> = {
  'constraint-violated': 'RFC 5280 6.1',
  'weak-certificate': 'RFC 9325 4.5',
  'incomplete-chain': 'RFC 8446 4.4.2',
  'wrong-name-untrusted-issuer': 'RFC 9525 6',
  'right-name-untrusted-issuer': 'RFC 5280 6.1',
  'trusted-issuer-wrong-name': 'RFC 9525 6',
  'not-yet-valid': 'RFC 5280 4.1.2.5',
  expired: 'RFC 5280 4.1.2.5',
};
