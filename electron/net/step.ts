/**
 * step.ts: one wait with an end. Every wait of this room goes through here, so that no timer and no listener is left.
 *
 * In:   how long at most, the signal that ends all, what to wait for
 * Out:  its outcome, or `timed-out`; DONE
 * Not:  what is waited for
 */
import type { Outcome } from '../../shared/basics.ts';
import type { NetProblem } from '../../shared/observation.ts';

export type Limits = {
  /** Longest time of one step in milliseconds. */
  readonly stepMs: number;
  readonly signal: AbortSignal;
};

/** Why to abort what nobody waits for any more. Without a reason each abort makes an error with its stack: 2 ms a check. */
export const DONE = 'done';

/**
 * Waits until `begin` settles, `limits.stepMs` have passed, or the signal aborts (both `timed-out`).
 * `begin` returns how to stop listening, which is called exactly once, whatever ended the wait.
 */
export function step<T>(
  limits: Limits,
  begin: (settle: (outcome: Outcome<T, NetProblem>) => void) => () => void,
): Promise<Outcome<T, NetProblem>> {
  return new Promise((resolve) => {
    const started = performance.now();
    const state = { settled: false, stop: (): void => undefined };
    const settle = (outcome: Outcome<T, NetProblem>): void => {
      if (state.settled) return;
      state.settled = true;
      clearTimeout(timer);
      limits.signal.removeEventListener('abort', late);
      state.stop();
      resolve(outcome);
    };
    const late = (): void =>
      settle({
        ok: false,
        problem: { code: 'timed-out', afterMs: Math.round(performance.now() - started) },
      });
    const timer = setTimeout(late, limits.stepMs);
    limits.signal.addEventListener('abort', late);
    if (limits.signal.aborted) return late();
    const stop = begin(settle);
    // Settled while beginning: nobody has stopped it yet.
    if (state.settled) stop();
    else state.stop = stop;
  });
}
