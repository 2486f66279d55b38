/**
 * judge-target.ts: one target: its delegation, addresses, TLSA answer and endpoints.
 *
 * In:   Context and a target
 * Out:  TargetReport, and the leaf that was seen
 * Not:  one endpoint (judge-endpoint.ts)
 */
import type { DnsName } from '../../shared/basics.ts';
import type { Question } from '../../shared/observation.ts';
import { reachPhrases } from '../../shared/phrases/reach.ts';
import type { AddressAnswer, EndpointReport, Reason, TargetReport, TlsaRow } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import { sourceName, sourceText } from '../wire/address.ts';
import { addressFamily } from '../wire/ip.ts';
import { judgeDaneApplies, type DaneApplies, type TlsaQuestion } from './dane-applies.ts';
import { judgeDelegation } from './delegation.ts';
import { isLiteral, type Target } from './discover.ts';
import { judgeEndpoint, type EndpointJudgement } from './judge-endpoint.ts';
import { textAddresses } from './plan.ts';
import { judgePosh } from './posh.ts';
import { mayConnect } from './private-addresses.ts';
import type { Secured } from './proofs.ts';
import { judgeReach } from './reach.ts';
import { endpointKey } from './seen.ts';
import { targetWarnings } from './target-warnings.ts';
import { poshInput, proof, type Context } from './judge-context.ts';

export type TargetJudgement = {
  readonly report: TargetReport;
  /** The leaf of each endpoint judged, and whether it is proven. */
  readonly leaves: readonly Pick<EndpointJudgement, 'leaf' | 'proven'>[];
  /** Addresses of the target in all, and how many of them nobody visited because there are too many. */
  readonly known: number;
  readonly omitted: number;
};

/** Judges one target with all its addresses (the first `room` of them: plan.ts visits no more), or the lack of them. */
export function judgeTarget(c: Context, target: Target, room: number): TargetJudgement {
  const { request, ground, proofs, seen } = c;
  const literal = isLiteral(target);
  const host = target.host as DnsName;
  const ask = (question: Question): Secured | null => (literal ? null : proofs.secured(question));
  const srv = srvQuestionsOf(c, target).map((q) => proofs.secured(q).result);
  const delegation = judgeDelegation({
    source: request.source,
    target: target.host,
    manual: target.named === 'manual',
    srv,
    withoutDnssec: c.withoutDnssec,
  });

  const families = (['A', 'AAAA'] as const).map((type) => ({
    type,
    question: { name: host, type },
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
    srvUnproven: srv.some(isUnproven),
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
  // Rule 7.2 and RFC 7673 3.2 for the source domain itself too, unless it is proven that nothing is signed. Where no anchor
  // covers a name, nobody withheld anything (RFC 7672 2.1.1 counts it as insecure).
  const counts =
    delegation.delegation === 'dnssec' ||
    (delegation.delegation === 'none-needed' && srv.length > 0 && !srv.some(isNotSigned));

  const addresses: AddressAnswer[] = families.flatMap(({ type, question, secured }) =>
    secured === null ? [] : [addressAnswer(c, type, question, secured)],
  );
  const known = literal ? [target.host] : addresses.flatMap((answer) => answer.list);
  const list: readonly (string | null)[] = known.length === 0 ? [null] : known.slice(0, Math.max(0, room));
  const endpoints: EndpointReport[] = [];
  const rows: (readonly TlsaRow[])[] = [];
  const notes: Reason[] = [];
  const leaves: Pick<EndpointJudgement, 'leaf' | 'proven'>[] = [];
  for (const address of list) {
    const at = { host: target.host, port: target.port, mode: target.mode, address: address ?? '' };
    if (ground.settled !== null && (address === null || !ground.settled.has(endpointKey(at)))) continue;
    const family = address !== null && addressFamily(address) === 6 ? 'AAAA' : 'A';
    // Bogus addresses close their family whoever named the target; the rest of 7.2 needs a name that may be signed.
    const closed = applies.closed.find((f) => f.family === family && (counts || f.code === 'address-bogus'));
    const isPrivate = address !== null && !mayConnect(request, target, address, ground.negativeAnchors);
    const reach =
      address === null
        ? {
            ...judgeReach({ looks: {}, mode: target.mode, service: request.service, isPrivate: false }),
            reached: 'unreachable' as const,
            reason: noAddress(target, addresses),
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
      posh: (leaf, proven) => judgePosh(poshInput(c, leaf, proven)),
      closed: closed === undefined ? null : { code: closed.code, text: closed.text, ref: closed.ref },
      withoutDnssec: c.withoutDnssec,
      proofMissing: isProofMissing(
        c,
        srv,
        families.map((f) => f.secured),
        tlsa,
      ),
      delegationUnproven: srv.some(isUnproven),
      suffix: c.suffix,
    });
    endpoints.push(judged.report);
    leaves.push(judged);
    rows.push(judged.rows);
    for (const note of [...judged.notes, ...reach.warnings])
      if (!notes.some((n) => n.code === note.code && n.text === note.text)) notes.push(note);
  }
  const report: TargetReport = {
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
      ...targetWarnings({
        target,
        source: sourceName(request.source),
        addresses: families.map((f) => f.secured),
        hasTlsa: applies.answer === 'records',
        proofs: [...srvQuestionsOf(c, target), ...families.map((f) => f.question)].map((q) =>
          proofs.secured(q),
        ),
        seen,
        now: ground.now,
      }),
      ...notes,
    ],
  };
  return {
    report,
    leaves,
    known: known.length,
    omitted: known.length - list.filter((a) => a !== null).length,
  };
}

/** The SRV questions that a target rests on: the one that named it, or all that are absent for the fallback. */
function srvQuestionsOf(c: Context, target: Target): readonly Question[] {
  if (target.srv !== null) return [target.srv];
  return target.named === 'fallback' ? c.discovery.srv.map((s) => s.question) : [];
}

/** Without any address: proven or said to have none, or nobody could tell. */
function noAddress(target: Target, addresses: readonly AddressAnswer[]): Reason {
  const code = addresses.some(({ answer }) => answer === 'failed') ? 'addresses-unanswered' : 'no-address';
  return { code, ...reachPhrases[code](visible(target.host)) };
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
  return results.some(isUnproven);
}

/** Proven unsigned, or below no trust anchor. */
function isNotSigned(r: Secured['result']): boolean {
  return r.status === 'insecure' || (r.status === 'indeterminate' && r.missing === null);
}

/** Neither proven signed nor proven unsigned. */
function isUnproven(r: Secured['result']): boolean {
  return r.status === 'indeterminate' || (r.status === 'unanswered' && r.zone !== 'unsigned');
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
