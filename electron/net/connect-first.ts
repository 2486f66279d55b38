/**
 * connect-first.ts: several addresses of one server, the first that connects (RFC 8305 5).
 *
 * In:   addresses in the order to try
 * Out:  one connection and its address, or the most telling problem
 * Not:  XMPP endpoints: there every address is visited for itself (visit.ts)
 */
import type { Duplex } from 'node:stream';
import type { Outcome } from '../../shared/basics.ts';
import type { NetProblem } from '../../shared/observation.ts';
import type { Dial } from './net.ts';
import { DONE, type Limits } from './step.ts';
import { connectTcp } from './tcp.ts';

/** Milliseconds before the next address is tried beside the one before (RFC 8305 8: recommended 250). */
const STAGGER_MS = 250;
/** The most addresses tried. Chosen: web servers have fewer, and each costs a step. */
const MAX_ADDRESSES = 16;

export type First = { readonly address: string | null; readonly outcome: Outcome<Duplex, NetProblem> };

/** Connects to the first address that answers; the others are given up at that moment. */
export function connectFirst(
  all: readonly string[],
  port: number,
  dial: Dial,
  limits: Limits,
): Promise<First> {
  const addresses = all.slice(0, MAX_ADDRESSES);
  return new Promise((resolve) => {
    const won = new AbortController();
    const attempt: Limits = { ...limits, signal: AbortSignal.any([limits.signal, won.signal]) };
    const problems: NetProblem[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let next = 0;
    let open = 0;
    let over = false;
    const finish = (first: First): void => {
      over = true;
      clearTimeout(timer);
      won.abort(DONE);
      resolve(first);
    };
    const launch = (): void => {
      clearTimeout(timer);
      const address = addresses[next];
      if (address === undefined) return;
      next += 1;
      open += 1;
      if (next < addresses.length) timer = setTimeout(launch, STAGGER_MS);
      void connectTcp(address, port, dial, attempt).then((outcome) => {
        open -= 1;
        if (over) {
          if (outcome.ok) outcome.value.destroy();
        } else if (outcome.ok) finish({ address, outcome });
        else {
          problems.push(outcome.problem);
          if (next < addresses.length && !limits.signal.aborted) launch();
          else if (open === 0) finish({ address: null, outcome: { ok: false, problem: telling(problems) } });
        }
      });
    };
    if (addresses.length === 0)
      finish({
        address: null,
        outcome: { ok: false, problem: { code: 'unreachable', detail: 'no address' } },
      });
    else launch();
  });
}

/** What this machine lacks explains least. */
function telling(problems: readonly NetProblem[]): NetProblem {
  return (
    problems.find((one) => one.code !== 'no-family') ??
    problems[0] ?? { code: 'unreachable', detail: 'no address' }
  );
}
