/**
 * sign-in-result.ts: what an attempt came to, for every face.
 *
 * In:   how it ended, its steps
 * Out:  SignInResult; which outcome and sentence belong to it
 * Not:  the attempt (sign-in.ts)
 */
import type { Outcome } from '../shared/basics.ts';
import { signInEnd } from '../shared/phrases/sign-in.ts';
import type { SignInResult, SignInStep } from '../shared/sign-in.ts';
import type { Signed } from './account/attempt.ts';
import type { Failure } from './account/failure.ts';

/** The result of an attempt. */
export function resultOf(
  ended: Outcome<Signed, Failure>,
  steps: readonly SignInStep[],
  noticed: SignInResult['noticed'],
): SignInResult {
  if (!ended.ok) return { ...notBegun(ended.problem), steps: [...steps], noticed };
  const { jid, mechanism, binding, roundTripMs } = ended.value;
  const code = mechanism === 'PLAIN' ? 'signed-in-plain' : 'signed-in';
  return {
    ...signInEnd(code, jid),
    code,
    steps: [...steps],
    jid,
    mechanism,
    channelBinding: binding,
    roundTripMs,
    noticed,
  };
}

/** The result of an attempt that did not begin. */
export function notBegun(problem: Failure): SignInResult {
  return {
    ...signInEnd(problem.code, problem.detail),
    code: problem.code,
    steps: [],
    jid: null,
    mechanism: null,
    channelBinding: null,
    roundTripMs: null,
    noticed: [],
  };
}
