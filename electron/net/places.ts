/**
 * places.ts: at most so many looks at one time; the others wait in order, on their own time.
 *
 * In:   how many, what to do, its limits
 * Out:  what it came to, or `timed-out`, also where no place became free in time
 * Not:  the looks themselves
 */
import type { Outcome } from '../../shared/basics.ts';
import type { NetProblem } from '../../shared/observation.ts';
import { DONE, step, type Limits } from './step.ts';

/** Does `act` as soon as there is a place for it. It must end by itself when the signal that it gets aborts. */
export type Places = <T>(
  limits: Limits,
  act: (signal: AbortSignal) => Promise<Outcome<T, NetProblem>>,
) => Promise<Outcome<T, NetProblem>>;

/** Makes a number of places. */
export function places(most: number): Places {
  let taken = 0;
  const waiting = new Set<() => void>();
  return (limits, act) =>
    step(limits, (settle) => {
      const ends = new AbortController();
      void held(ends.signal, act).then(settle);
      return () => ends.abort(DONE);
    });

  async function held<T>(signal: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    // Another may have been quicker when a place became free, so it is looked for again.
    while (taken >= most && !signal.aborted) await turn(signal);
    taken += 1;
    try {
      return await act(signal);
    } finally {
      taken -= 1;
      const [next] = waiting;
      next?.();
    }
  }

  function turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      waiting.add(go);
      signal.addEventListener('abort', go);
    });
  }
}
