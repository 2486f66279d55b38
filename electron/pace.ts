/**
 * pace.ts: keeps a check's events light on their way to the screen.
 *
 * In:   the events of one check
 * Out:  the same in the same order, but interim reports without their observations, and not more often than a screen shows
 * Not:  the first and the last event, observations and questions: each of them goes on at once
 */
import type { CheckEvent } from '../shared/report.ts';

/** Interim reports at most every so many milliseconds: two or three frames of a screen. */
const PACE_MS = 40;

/** Wraps `emit`. An interim report that a newer one overtakes, or the last, is dropped: it would not have been seen. */
export function paceEvents(emit: (event: CheckEvent) => void): (event: CheckEvent) => void {
  let waiting: CheckEvent | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const send = (): void => {
    timer = null;
    if (waiting === null) return;
    emit(waiting);
    waiting = null;
    timer = setTimeout(send, PACE_MS);
  };
  return (event) => {
    if (event.type === 'judged') {
      // The page has the observations already, one by one.
      waiting = { ...event, report: { ...event.report, observations: [] } };
      if (timer === null) send();
      return;
    }
    if (event.type === 'finished' || event.type === 'stopped') {
      if (timer !== null) clearTimeout(timer);
      waiting = null;
    }
    emit(event);
  };
}
