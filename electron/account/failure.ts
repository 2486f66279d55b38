/**
 * failure.ts: how an attempt to sign in can end early.
 *
 * In:   nothing
 * Out:  Failure, fail
 * Not:  its sentence and outcome (shared/phrases/sign-in.ts)
 */
import type { Outcome } from '../../shared/basics.ts';
import type { SignInCode } from '../../shared/phrases/sign-in.ts';

/** `detail` is text from outside or a number; the phrase makes it visible. */
export type Failure = { readonly code: SignInCode; readonly detail: string };

/** A failure as an outcome. */
export function fail(code: SignInCode, detail = ''): Outcome<never, Failure> {
  return { ok: false, problem: { code, detail } };
}
