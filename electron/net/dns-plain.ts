/**
 * dns-plain.ts: one question to one address over UDP, UDP again, then TCP (TRUST-RULES 3.2, RFC 7766).
 *
 * In:   a question, an address and port
 * Out:  its answer, or a NetProblem once all three ways failed
 * Not:  the sockets (dns-udp.ts, dns-stream.ts)
 */
import { makeQuery, randomId, type Answered, type Asking } from './dns-exchange.ts';
import type { StreamClient } from './dns-stream.ts';
import type { UdpClient } from './dns-udp.ts';
import { DONE, type Limits } from './step.ts';

/** When UDP is tried again, and when TCP is tried beside it, as parts of the whole time. Chosen: a lost datagram costs little, a slow resolver keeps its chance. */
const RESEND_AT = 1 / 4;
const TCP_AT = 1 / 2;

export type PlainClient = { ask(asking: Asking, limits: Limits): Promise<Answered>; close(): void };

/** Makes a client of one address. UDP is still listened to while TCP is tried: the first answer wins. */
export function plainClient(
  to: { readonly address: string; readonly port: number },
  udp: UdpClient,
  tcp: StreamClient,
): PlainClient {
  // Set once UDP was silent and TCP was not: then further questions do not wait for UDP first.
  let udpIsSilent = false;

  return {
    async ask(asking, limits) {
      const began = performance.now();
      const udpEnds = new AbortController();
      const tcpEnds = new AbortController();
      const begun: { tcp?: Promise<Answered> } = {};
      const askTcp = (): Promise<Answered> => {
        const left = Math.max(1, limits.stepMs - (performance.now() - began));
        begun.tcp ??= tcp.ask(asking, {
          stepMs: left,
          signal: AbortSignal.any([limits.signal, tcpEnds.signal]),
        });
        return begun.tcp;
      };
      const besideUdp = (): void => {
        void askTcp().then((answered) => {
          if (answered.ok) udpEnds.abort(DONE);
        });
      };
      const overUdp = await udp(
        makeQuery(asking, randomId()),
        to,
        {
          resendMs: limits.stepMs * RESEND_AT,
          silentMs: udpIsSilent ? 0 : limits.stepMs * TCP_AT,
          onSilent: besideUdp,
        },
        { stepMs: limits.stepMs, signal: AbortSignal.any([limits.signal, udpEnds.signal]) },
      );
      if (overUdp.ok && !overUdp.value.truncated) {
        udpIsSilent = false;
        tcpEnds.abort(DONE);
        return overUdp;
      }
      if (limits.signal.aborted && begun.tcp === undefined) return overUdp.ok ? timedOut(began) : overUdp;
      const answered = await askTcp();
      if (answered.ok) {
        if (!overUdp.ok) udpIsSilent = true;
        return answered;
      }
      // Bytes that make no sense say more than a TCP port that is closed.
      return !overUdp.ok && overUdp.problem.code === 'malformed' ? overUdp : answered;
    },
    close: () => tcp.close(),
  };
}

function timedOut(began: number): Answered {
  return { ok: false, problem: { code: 'timed-out', afterMs: Math.round(performance.now() - began) } };
}
