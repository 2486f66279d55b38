/**
 * sign-in-call.ts: the bridge's `signIn`: a form from the window, a finished check, and one attempt at a time.
 *
 * In:   the form (untrusted), how to find the check it names
 * Out:  SignInCalls: the call, and how to cancel it
 * Not:  signing in (sign-in.ts), asking in a terminal (serve-socket.ts)
 *
 * The password goes from the form into the attempt and nowhere else: it is not kept here, not even until the end.
 */
import * as v from 'valibot';
import type { Outcome } from '../shared/basics.ts';
import type { CheckId, Said } from '../shared/bridge.ts';
import type { PinView } from '../shared/pin.ts';
import type { Report } from '../shared/report.ts';
import type { SignInEvent, SignInForm, SignInResult } from '../shared/sign-in.ts';
import type { World } from './check.ts';
import { no } from './desk.ts';
import { notBegun } from './sign-in-result.ts';
import { parseAddress, sourceText } from './wire/address.ts';

/** What the engine knows of a check. */
export type CheckKnown = { readonly report: Report | null; readonly world: World; readonly pins: PinView };
export type SignInCalls = {
  readonly signIn: (form: unknown) => Promise<Outcome<SignInResult, Said>>;
  readonly cancel: (id: CheckId) => void;
  readonly cancelAll: () => void;
};

const SignInSchema = v.strictObject({
  check: v.pipe(v.string(), v.maxLength(64)),
  // Longer than any that is tried, so that the sentence about it can be shown.
  password: v.pipe(v.string(), v.maxLength(4_096)),
  allowPlain: v.boolean(),
  account: v.optional(v.pipe(v.string(), v.maxLength(4_096))),
});

/** Reads the form, without its password: for describing what would be done. */
export function parseSignIn(form: unknown): Outcome<Omit<SignInForm, 'password'>, Said> {
  const parsed = v.safeParse(SignInSchema, form);
  if (!parsed.success) return no('bad-call');
  const { check, allowPlain, account } = parsed.output;
  return { ok: true, value: { check, allowPlain, ...(account === undefined ? {} : { account }) } };
}

/** Opens the call. `find` undefined: no such check. */
export function openSignIn(
  find: (id: CheckId) => Promise<CheckKnown | undefined>,
  emit: (id: CheckId, event: SignInEvent) => void,
): SignInCalls {
  const running = new Map<CheckId, AbortController>();
  return {
    async signIn(form) {
      const parsed = v.safeParse(SignInSchema, form);
      if (!parsed.success) return no('bad-call');
      const { check: id, password, allowPlain, account } = parsed.output;
      if (running.has(id)) return no('signing-in');
      const stop = new AbortController();
      running.set(id, stop);
      try {
        const check = await find(id);
        if (check === undefined) return no('no-such-check');
        const { report, world, pins } = check;
        if (report === null) return no('not-finished');
        const address = parseAddress(account ?? report.input.given);
        if (!address.ok) return { ok: false, problem: { code: 'account', text: address.problem.detail } };
        const { local, source } = address.value;
        if (sourceText(source) !== sourceText(report.request.source))
          return { ok: true, value: notBegun({ code: 'other-domain', detail: report.input.domain }) };
        const ask = { report, local, password, allowPlain, pins, world };
        // Only now: nobody who does not sign in waits for the libraries of it.
        const { signIn } = await import('./sign-in.ts');
        return { ok: true, value: await signIn(ask, (event) => emit(id, event), stop.signal) };
      } finally {
        running.delete(id);
      }
    },
    cancel: (id) => running.get(id)?.abort(),
    cancelAll: () => {
      for (const stop of running.values()) stop.abort();
    },
  };
}
