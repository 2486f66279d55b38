/**
 * pkix-routes.ts: the two routes on which a certificate authority vouches.
 *
 * In:   path and identity evidence, the delegation
 * Out:  the routes pkix and pkix-delegated, their reasons, and the four check lines of the talk
 * Not:  paths (path.ts), names (identity.ts)
 */
import { endpointPhrases } from '../../shared/phrases/endpoint.ts';
import type { Reason, Route, Step } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import { sourceText } from '../wire/address.ts';
import type { DelegationEvidence } from './delegation.ts';
import type { IdentityEvidence } from './identity.ts';
import type { PathEvidence } from './path.ts';
import type { EndpointInput } from './endpoint-input.ts';

export function pkixRoute(
  input: EndpointInput,
  path: PathEvidence | null,
  identity: IdentityEvidence | null,
  staple: readonly Step[],
): Route {
  if (path === null || identity === null) return noCertificate();
  const steps = [...stepsFor(input, path), ...identity.steps, ...staple];
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

export function delegatedRoute(
  input: EndpointInput,
  path: PathEvidence | null,
  identity: IdentityEvidence | null,
): Route {
  const { delegation, target } = input;
  if (path === null || identity === null) return noCertificate();
  const steps = [...delegation.steps, ...stepsFor(input, path), ...identity.steps];
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

/** What the certificate is good for when its server opens connections is of interest between servers only (rule 5.2). */
function stepsFor(input: EndpointInput, path: PathEvidence): readonly Step[] {
  return input.request.service === 'xmpp-server'
    ? path.steps
    : path.steps.filter((s) => s.id !== 'initiating-side');
}

function noCertificate(): Route {
  return { state: 'unknown', steps: [], opensBy: null };
}

export function pkixReasons(path: PathEvidence | null, identity: IdentityEvidence | null): readonly Reason[] {
  const steps = [
    ...(path?.steps ?? []).filter((s) => s.id === 'chains-to-anchor'),
    ...(identity?.steps ?? []).filter((s) => s.id === 'proper-identifier'),
  ];
  return steps.map((s) => ({ code: s.id, text: s.text, ref: s.ref ?? 'RFC 5280 6.1' }));
}

export function delegationReason(delegation: DelegationEvidence): readonly Reason[] {
  return [{ code: 'delegation-dnssec', text: delegation.text, ref: 'RFC 7673 3.1' }];
}

/** The talk's four lines. */
export function talkLines(path: PathEvidence | null, identity: IdentityEvidence | null): readonly Step[] {
  const all = [...(path?.steps ?? []), ...(identity?.steps ?? [])];
  return TALK.flatMap((id) => all.find((s) => s.id === id) ?? []);
}

const TALK: readonly string[] = [
  'end-entity-certificate',
  'signed-by-ca',
  'chains-to-anchor',
  'proper-identifier',
];
