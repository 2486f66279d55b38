/**
 * delegation.ts: is the target vouched for by the source domain? (TRUST-RULES section 4, RFC 7673 3.1 and 4.1)
 *
 * In:   how the target was named, and the DNSSEC results of the SRV answers that named it
 * Out:  the delegation, the extra reference identifier, or the problem that refuses the target
 * Not:  choosing targets (discover.ts), matching names (identity.ts)
 */
import type { DnsName } from '../../shared/basics.ts';
import { DELEGATION, type DelegationCode } from '../../shared/phrases/delegation.ts';
import type { Delegation, Step } from '../../shared/report.ts';
import type { Source } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import { isSilentInSignedZone, type DnssecResult } from './dnssec/result.ts';

export type DelegationProblem = 'discovery-bogus' | 'discovery-unanswered' | 'delegation-indeterminate';

export type DelegationEvidence = {
  readonly delegation: Delegation | null;
  readonly problem: DelegationProblem | null;
  /** The target host, where it became a reference identifier beside the source domain. */
  readonly extraReference: DnsName | null;
  readonly steps: readonly Step[];
  readonly text: string;
};

export type DelegationInput = {
  readonly source: Source;
  /** The target's host: A-labels, or an IP literal. */
  readonly target: string;
  /** Typed by hand (--connect). */
  readonly manual: boolean;
  /** The SRV answers that led here: the one that holds the target; for the fallback every asked SRV name's absence. */
  readonly srv: readonly DnssecResult[];
  /** TRUST-RULES 3.6. */
  readonly withoutDnssec: boolean;
};

/**
 * Judges one target. Bogus comes first, even for a target that is the source domain: an answer that fails validation is
 * no answer, so nothing says that this target was named at all (RFC 7673 3.1: abort; TRUST-RULES 2.5). What is merely
 * indeterminate does not matter for the source domain itself, because no other name gains by it; DANE then does not
 * count (dane.ts), and the addresses are judged by themselves.
 */
export function judgeDelegation(input: DelegationInput): DelegationEvidence {
  const { source, target } = input;
  if (input.manual) return found(input, 'manual', 'delegation-manual');
  if (source.kind === 'ip') return found(input, 'none-needed', 'delegation-none-needed');
  const itself = target === source.ascii;
  if (input.withoutDnssec) {
    return itself
      ? found(input, 'none-needed', 'delegation-none-needed')
      : found(input, 'insecure', 'delegation-without-dnssec');
  }
  const bogus = input.srv.find((answer) => answer.status === 'bogus');
  if (bogus !== undefined) return refused(input, 'discovery-bogus', bogus);
  const silent = input.srv.find(isSilentInSignedZone);
  if (silent !== undefined) return refused(input, 'discovery-unanswered', silent);
  if (itself) return found(input, 'none-needed', 'delegation-none-needed');
  if (input.srv.length > 0 && input.srv.every((answer) => answer.status === 'secure')) {
    return found(input, 'dnssec', 'delegation-dnssec');
  }
  const open = input.srv.find((answer) => answer.status !== 'secure' && answer.status !== 'insecure');
  if (open !== undefined || input.srv.length === 0) {
    return refused(input, 'delegation-indeterminate', open ?? null);
  }
  return found(input, 'insecure', 'delegation-insecure');
}

function found(input: DelegationInput, delegation: Delegation, code: DelegationCode): DelegationEvidence {
  const said = DELEGATION[code](words(input, ''));
  const ok = delegation === 'none-needed' || delegation === 'dnssec';
  return {
    delegation,
    problem: null,
    extraReference: delegation === 'dnssec' ? (input.target as DnsName) : null,
    steps: [{ id: code, ok, text: said.text, ref: said.ref }],
    text: said.text,
  };
}

function refused(
  input: DelegationInput,
  problem: DelegationProblem,
  answer: DnssecResult | null,
): DelegationEvidence {
  const said = DELEGATION[problem](words(input, answer?.why ?? ''));
  return {
    delegation: null,
    problem,
    extraReference: null,
    steps: [{ id: problem, ok: false, text: said.text, ref: said.ref }],
    text: said.text,
  };
}

function words(input: DelegationInput, why: string): { source: string; target: string; why: string } {
  const source = input.source.kind === 'ip' ? input.source.address : input.source.ascii;
  return { source: visible(source), target: visible(input.target), why };
}
