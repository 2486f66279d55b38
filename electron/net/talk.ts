/**
 * talk.ts: one phase of an XMPP stream on an open connection: what we said, what came, in raw bytes.
 *
 * In:   a connected stream, the namespace
 * Out:  waiting for a state of the opening, the bytes received (at most 64 KiB), the polite goodbye
 * Not:  the order of the phases (visit.ts), meaning (wire/xmpp-stream.ts)
 */
import type { Duplex } from 'node:stream';
import type { Base64 } from '../../shared/basics.ts';
import type { NetProblem } from '../../shared/observation.ts';
import { CLOSE_XML, MAX_STREAM_BYTES } from '../wire/xmpp-xml.ts';
import { openingReader, type Opening } from '../wire/xmpp-stream.ts';
import { ioProblem } from './problems.ts';
import { step, type Limits } from './step.ts';

export type Talk = {
  say(xml: string): void;
  /** Waits until `enough` holds. Null, or why it never did; also when the server broke the form of XMPP. */
  until(enough: (opening: Opening) => boolean, limits: Limits): Promise<NetProblem | null>;
  opening(): Opening;
  sent(): string;
  received(): Base64;
  /** Stops listening and leaves the connection paused, with every byte that had arrived taken in. */
  release(): void;
};

/** Begins to listen on `socket`. `address` is for naming problems. */
export function talkOn(socket: Duplex, ns: string, address: string): Talk {
  const reader = openingReader(ns);
  const chunks: Buffer[] = [];
  let size = 0;
  let sent = '';
  let ended: NetProblem | null = null;
  let wake: (() => void) | null = null;

  const onData = (chunk: Buffer): void => {
    const kept = chunk.subarray(0, MAX_STREAM_BYTES - size);
    chunks.push(kept);
    size += kept.length;
    reader.push(kept);
    if (kept.length < chunk.length) over({ code: 'too-large', limit: MAX_STREAM_BYTES });
    else wake?.();
  };
  const over = (problem: NetProblem): void => {
    ended ??= problem;
    wake?.();
  };
  const onEnd = (): void => over({ code: 'closed-early' });
  const onError = (error: Error): void => over(ioProblem(error, address));
  socket.on('data', onData);
  socket.once('end', onEnd);
  socket.once('close', onEnd);
  socket.once('error', onError);

  return {
    say(xml) {
      sent += xml;
      if (!socket.destroyed) socket.write(xml);
    },
    async until(enough, limits) {
      const result = await step<null>(limits, (settle) => {
        wake = () => {
          const opening = reader.opening();
          // In this order: bad form first, then what we wait for even if the server closed right after it.
          if (opening.malformed !== null)
            settle({ ok: false, problem: { code: 'malformed', detail: opening.malformed } });
          else if (enough(opening)) settle({ ok: true, value: null });
          else if (ended !== null) settle({ ok: false, problem: ended });
        };
        wake();
        return () => {
          wake = null;
        };
      });
      return result.ok ? null : result.problem;
    },
    opening: () => reader.opening(),
    sent: () => sent,
    received: () => Buffer.concat(chunks).toString('base64') as Base64,
    release() {
      socket.pause();
      for (let rest: unknown = socket.read(); Buffer.isBuffer(rest); rest = socket.read()) onData(rest);
      socket.off('data', onData);
      socket.off('end', onEnd);
      socket.off('close', onEnd);
      socket.off('error', onError);
    },
  };
}

/** How long we wait for the server's side of a goodbye, in milliseconds. Chosen; nobody waits for it. */
const GOODBYE_MS = 1_000;

/**
 * Ends a stream politely (RFC 6120 4.4): our closing tag, our end, then the server's end or a second's wait, and the
 * connection is gone. Returns at once; an abort ends it at once.
 */
export function sayGoodbye(socket: Duplex, signal: AbortSignal): void {
  if (signal.aborted || socket.destroyed) {
    socket.destroy();
    return;
  }
  const gone = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', gone);
    socket.destroy();
  };
  const timer = setTimeout(gone, GOODBYE_MS);
  timer.unref();
  signal.addEventListener('abort', gone);
  let drained = 0;
  socket.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > MAX_STREAM_BYTES) gone();
  });
  socket.once('end', gone);
  socket.once('close', gone);
  socket.end(CLOSE_XML);
  socket.resume();
}
