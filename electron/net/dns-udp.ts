/**
 * dns-udp.ts: one question over UDP, on a socket of its own.
 *
 * In:   a query, an IP address and port, when to send again
 * Out:  its answer, or a NetProblem
 * Not:  the step to TCP (dns-plain.ts)
 *
 * The socket is connected, so the kernel drops datagrams from elsewhere, and it has a port of its own, so that the port
 * is as hard to guess as the kernel makes it (RFC 5452 9.2).
 */
import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { matchReply, MOST_STRANGERS, malformed, type Answered, type Sent } from './dns-exchange.ts';
import type { Dial } from './net.ts';
import { places } from './places.ts';
import { tcpProblem } from './problems.ts';
import { step, type Limits } from './step.ts';

/** UDP sockets open at one time; more questions wait. Chosen: far below the 256 files of the strictest systems. */
const MOST_SOCKETS = 64;

export type UdpTimes = {
  /** When to send once more. */
  readonly resendMs: number;
  /** When to tell that nothing has come. */
  readonly silentMs: number;
  readonly onSilent: () => void;
};

export type UdpClient = (
  sent: Sent,
  to: { readonly address: string; readonly port: number },
  times: UdpTimes,
  limits: Limits,
) => Promise<Answered>;

/** Makes the UDP side of one Net: its questions share the limit on open sockets. */
export function udpClient(dial: Dial): UdpClient {
  const place = places(MOST_SOCKETS);
  return async (sent, to, times, limits) => {
    const heard: Heard = { oddity: null };
    const answered = await place(limits, (signal) =>
      askUdp(sent, dial(to.address, to.port, 'udp'), times, { stepMs: limits.stepMs, signal }, heard),
    );
    // Bytes came, but none were an answer: that says more than the time that passed.
    if (answered.ok || heard.oddity === null || answered.problem.code !== 'timed-out') return answered;
    return { ok: false, problem: malformed(heard.oddity) };
  };
}

/** What was wrong with the last datagram that made no sense. */
type Heard = { oddity: string | null };

function askUdp(
  sent: Sent,
  to: ReturnType<Dial>,
  times: UdpTimes,
  limits: Limits,
  heard: Heard,
): Promise<Answered> {
  const family = isIP(to.address);
  if (family === 0) {
    return Promise.resolve({
      ok: false,
      problem: { code: 'unreachable', detail: `${to.address} is not an IP address` },
    });
  }
  const delayMs = to.delayMs ?? 0;
  return step<Extract<Answered, { ok: true }>['value']>(limits, (settle) => {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    let strangers = 0;
    let closed = false;
    const later = (act: () => void, ms: number): void => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        act();
      }, ms);
      timers.add(timer);
    };
    const delayed = (act: () => void): void => (delayMs === 0 ? act() : later(act, delayMs));
    const fail = (error: unknown): void => settle({ ok: false, problem: tcpProblem(error, to.address) });
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    const send = (): void => delayed(() => socket.send(sent.bytes));
    const hear = (bytes: Uint8Array): void => {
      const match = matchReply(bytes, sent);
      if (match.kind === 'mine') return settle({ ok: true, value: { ...match.reply, transport: 'udp' } });
      if (match.kind === 'malformed') heard.oddity = match.detail;
      strangers += 1;
      if (strangers >= MOST_STRANGERS) {
        settle({
          ok: false,
          problem: malformed(heard.oddity ?? `${MOST_STRANGERS} datagrams answered something else`),
        });
      }
    };
    socket.on('error', fail);
    socket.on('message', (bytes) => delayed(() => hear(bytes)));
    socket.connect(to.port, to.address, () => {
      if (closed) return;
      send();
      later(send, times.resendMs);
    });
    later(times.onSilent, times.silentMs);
    return () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      socket.close();
    };
  });
}
