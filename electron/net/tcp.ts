/**
 * tcp.ts: the one place where TCP connections begin.
 *
 * In:   an address, a port, where it really leads (dial), the step's limits
 * Out:  a connected stream with Nagle off and an error listener that never leaves it, or a NetProblem
 * Not:  what is said on it
 */
import { connect, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Outcome } from '../../shared/basics.ts';
import type { NetProblem } from '../../shared/observation.ts';
import { delayed } from './delay.ts';
import type { Dial } from './net.ts';
import { tcpProblem } from './problems.ts';
import { step, type Limits } from './step.ts';

/**
 * Connects to one IP address. Names are refused here: nothing in this program resolves by the system's own means.
 * The caller owns the stream and destroys it.
 */
export async function connectTcp(
  address: string,
  port: number,
  dial: Dial,
  limits: Limits,
): Promise<Outcome<Duplex, NetProblem>> {
  const to = dial(address, port, 'tcp');
  if (isIP(to.address) === 0)
    return { ok: false, problem: { code: 'unreachable', detail: `${to.address} is not an IP address` } };
  const delayMs = to.delayMs ?? 0;
  return step(limits, (settle) => {
    const socket = connect({ host: to.address, port: to.port, noDelay: true });
    const started = performance.now();
    let connected = false;
    let pause: ReturnType<typeof setTimeout> | undefined;
    // A connection costs one round trip: two delays, for a refusal too.
    const after = (act: () => void): void => {
      if (delayMs === 0) act();
      else pause = setTimeout(act, 2 * delayMs);
    };
    const onConnect = (): void =>
      after(() => {
        connected = true;
        settle({ ok: true, value: delayMs === 0 ? socket : delayed(socket, delayMs) });
      });
    const onError = (error: Error): void =>
      after(() => {
        const afterMs = Math.round(performance.now() - started);
        settle({ ok: false, problem: tcpProblem(error, to.address, afterMs) });
      });
    socket.on('error', () => undefined);
    socket.once('connect', onConnect);
    socket.once('error', onError);
    return () => {
      clearTimeout(pause);
      socket.off('connect', onConnect);
      socket.off('error', onError);
      if (!connected) socket.destroy();
    };
  });
}
