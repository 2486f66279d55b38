/**
 * dns-stream.ts: many questions over one connection (RFC 7766; RFC 7858 for TLS).
 *
 * In:   how to connect, questions
 * Out:  each question's answer, in whatever order they come; or a NetProblem
 * Not:  the connection's making (tcp.ts, dns-secure.ts)
 */
import type { Duplex } from 'node:stream';
import type { Outcome } from '../../shared/basics.ts';
import type { NetProblem } from '../../shared/observation.ts';
import {
  makeQuery,
  malformed,
  matchReply,
  MOST_STRANGERS,
  PAD_TO,
  randomId,
  type Answered,
  type Asking,
  type Sent,
} from './dns-exchange.ts';
import { ioProblem } from './problems.ts';
import { step, type Limits } from './step.ts';

/** Connects to the resolver, within the limits. */
export type Connect = (limits: Limits) => Promise<Outcome<Duplex, NetProblem>>;
export type StreamClient = {
  ask(asking: Asking, limits: Limits): Promise<Answered>;
  close(): void;
};

/** Makes a client that keeps one connection for all its questions. `connectMs`: the longest time of connecting. */
export function streamClient(transport: 'tcp' | 'tls', connect: Connect, connectMs: number): StreamClient {
  const all = new Set<Line>();
  let shared: Line | null = null;

  return {
    async ask(asking, limits) {
      if (shared === null || shared.over()) shared = begin();
      const line = shared;
      const answered = await line.ask(asking, limits);
      if (answered.ok || answered.problem.code !== 'closed-early') return answered;
      // A server may close an idle connection at any moment, and some close after each answer (RFC 7766 6.2.3, 6.2.4).
      // If this one had answered before, the question is worth one connection of its own.
      if (!line.delivered() || limits.signal.aborted) return answered;
      const own = begin();
      const again = await own.ask(asking, limits);
      own.close();
      return again;
    },
    close() {
      for (const line of all) line.close();
    },
  };

  function begin(): Line {
    const line = openLine(transport, connect, connectMs, () => all.delete(line));
    all.add(line);
    return line;
  }
}

type Line = {
  ask(asking: Asking, limits: Limits): Promise<Answered>;
  /** Whether any answer has come. */
  delivered(): boolean;
  over(): boolean;
  close(): void;
};
type Pending = { readonly sent: Sent; readonly settle: (answered: Answered) => void };

function openLine(transport: 'tcp' | 'tls', connect: Connect, connectMs: number, onOver: () => void): Line {
  const pending = new Map<number, Pending>();
  const connecting = new AbortController();
  let stream: Duplex | null = null;
  let delivered = false;
  let over = false;
  let strangers = 0;

  const end = (problem: NetProblem): void => {
    if (over) return;
    over = true;
    connecting.abort();
    stream?.destroy();
    onOver();
    for (const one of [...pending.values()]) one.settle({ ok: false, problem });
  };
  const hear = (message: Uint8Array): void => {
    const one = pending.get(((message[0] ?? 0) << 8) | (message[1] ?? 0));
    const match: ReturnType<typeof matchReply> =
      one === undefined ? { kind: 'other' } : matchReply(message, one.sent);
    if (one !== undefined && match.kind === 'mine') {
      delivered = true;
      strangers = 0;
      // Nothing is longer than a stream carries: a reply cut short here is no answer.
      if (match.reply.truncated)
        return one.settle({ ok: false, problem: malformed('a truncated answer over TCP') });
      return one.settle({ ok: true, value: { ...match.reply, transport } });
    }
    if (one !== undefined && match.kind === 'malformed') {
      return one.settle({ ok: false, problem: malformed(match.detail) });
    }
    // Late answers to questions that were given up look like this too.
    strangers += 1;
    if (strangers >= MOST_STRANGERS) end(malformed(`${MOST_STRANGERS} messages answered something else`));
  };

  void connect({ stepMs: connectMs, signal: connecting.signal }).then((connected) => {
    if (!connected.ok) return end(connected.problem);
    stream = connected.value;
    if (over) return void stream.destroy();
    stream.on('error', (error) => end(ioProblem(error, '')));
    stream.on('end', () => end({ code: 'closed-early' }));
    stream.on('close', () => end({ code: 'closed-early' }));
    stream.on('data', frames(hear));
    for (const one of pending.values()) stream.write(framed(one.sent.bytes));
  });

  return {
    ask: (asking, limits) =>
      step(limits, (settle) => {
        const id = randomId((taken) => pending.has(taken));
        const sent = makeQuery(asking, id, transport === 'tls' ? PAD_TO : undefined);
        if (over) {
          settle({ ok: false, problem: { code: 'closed-early' } });
          return () => undefined;
        }
        pending.set(id, { sent, settle });
        stream?.write(framed(sent.bytes));
        return () => {
          pending.delete(id);
          // Nobody waits for a connection that is not there yet.
          if (stream === null && pending.size === 0) end({ code: 'closed-early' });
        };
      }),
    delivered: () => delivered,
    over: () => over,
    close: () => end({ code: 'closed-early' }),
  };
}

/** RFC 1035 4.2.2: two octets of length before each message. */
function framed(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(message.length + 2);
  frame[0] = message.length >> 8;
  frame[1] = message.length & 0xff;
  frame.set(message, 2);
  return frame;
}

// Bytes into messages, whatever pieces they come in; each byte is copied once. A length bounds itself: 65,535.
function frames(hear: (message: Uint8Array) => void): (chunk: Uint8Array) => void {
  let message = new Uint8Array(2);
  let filled = 0;
  let reading: 'length' | 'message' = 'length';
  return (chunk) => {
    for (let at = 0; at < chunk.length;) {
      const piece = chunk.subarray(at, at + message.length - filled);
      message.set(piece, filled);
      filled += piece.length;
      at += piece.length;
      if (filled < message.length) return;
      const whole = message;
      filled = 0;
      if (reading === 'length') {
        const length = ((whole[0] ?? 0) << 8) | (whole[1] ?? 0);
        // An empty message is skipped: there is nothing to read of it.
        if (length > 0) reading = 'message';
        message = new Uint8Array(length > 0 ? length : 2);
      } else {
        reading = 'length';
        message = new Uint8Array(2);
        hear(whole);
      }
    }
  };
}
