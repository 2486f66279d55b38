/**
 * endpoint-input.ts: what is known about one endpoint before its certificate is judged.
 *
 * In:   nothing
 * Out:  EndpointInput
 * Not:  judging (judge-endpoint.ts)
 */
import type { Instant } from '../../shared/basics.ts';
import type { PinView } from '../../shared/pin.ts';
import type { Reason } from '../../shared/report.ts';
import type { CheckRequest } from '../../shared/request.ts';
import type { Certificate } from '../wire/certificate.ts';
import type { DaneApplies } from './dane-applies.ts';
import type { DelegationEvidence } from './delegation.ts';
import type { Target } from './discover.ts';
import type { PoshEvidence } from './posh.ts';
import type { Reach } from './reach.ts';
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
  /** POSH, judged for a leaf; `proven` where another route is open, so that text made from the leaf may be offered. */
  readonly posh: (leaf: Certificate | null, proven: boolean) => PoshEvidence;
  readonly stores: readonly TrustStore[];
  readonly pins: PinView;
  readonly now: Instant;
  readonly withoutDnssec: boolean;
  /** Whether DNSSEC could say anything about this endpoint's names, and did not. */
  readonly proofMissing: boolean;
  /** Whether that is so of the answers that named the target. */
  readonly delegationUnproven: boolean;
  readonly suffix: string;
};
