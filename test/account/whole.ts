/**
 * whole.ts: a check of the demo realm, and signing in through its verdict.
 *
 * In:   a realm
 * Out:  checkOf, enter: the whole way, with all events
 * Not:  any expectation
 */
import { runCheck } from '../../electron/check.ts';
import type { Realm } from '../../electron/demo-world.ts';
import { parseRequest } from '../../electron/options.ts';
import { signIn, type SignInAsk } from '../../electron/sign-in.ts';
import type { AskForm } from '../../shared/bridge.ts';
import { NO_PINS } from '../../shared/pin.ts';
import type { Report } from '../../shared/report.ts';
import type { SignInEvent, SignInResult } from '../../shared/sign-in.ts';

export async function checkOf(realm: Realm, input: string, more: Partial<AskForm> = {}): Promise<Report> {
  const request = parseRequest({ ...more, input });
  if (!request.ok) throw new Error(request.problem.text);
  const never = new AbortController().signal;
  const report = await runCheck(realm.prepare(request.value), realm.world, () => undefined, never);
  if (report === null) throw new Error('cancelled');
  return report;
}

export type Entered = { readonly result: SignInResult; readonly events: readonly SignInEvent[] };

export async function enter(
  realm: Realm,
  report: Report,
  more: Partial<SignInAsk> = {},
  /** Cancels at this step. */
  stopAt = '',
): Promise<Entered> {
  const events: SignInEvent[] = [];
  const stop = new AbortController();
  if (stopAt === 'at once') stop.abort();
  const result = await signIn(
    {
      report,
      local: /^([^@]+)@/.exec(report.input.given)?.[1] ?? 'frodo',
      password: 'a password',
      allowPlain: false,
      pins: NO_PINS,
      world: realm.world,
      ...more,
    },
    (event) => {
      events.push(event);
      if (event.type === 'step' && event.step.id === stopAt) stop.abort();
    },
    stop.signal,
  );
  return { result, events };
}
