/**
 * progress.ts: what a person at a terminal sees while a check runs.
 *
 * In:   the events of a check
 * Out:  one line on standard error, rewritten as things happen; nothing where it is no terminal
 * Not:  results (terminal.ts)
 */
import type { CheckEvent } from '../shared/report.ts';
import { visible } from '../shared/visible.ts';
import { describeObservation } from './observation-text.ts';

export type Progress = { readonly hear: (event: CheckEvent) => void; readonly end: () => void };

/** Opens a progress line. `show` false, or a stream that is no terminal: nothing is written. */
export function openProgress(stream: NodeJS.WriteStream, show: boolean): Progress {
  if (!show || !stream.isTTY || process.env['TERM'] === 'dumb')
    return { hear: () => undefined, end: () => undefined };
  const clear = '\r\u001b[K';
  return {
    hear(event) {
      if (event.type === 'started') stream.write(`${clear}looking up ${visible(event.request.given)} ...`);
      if (event.type === 'observed') {
        const line = describeObservation(event.observation);
        stream.write(`${clear}${line.slice(0, Math.max(20, stream.columns - 1))}`);
      }
    },
    end: () => void stream.write(clear),
  };
}
