/**
 * dns-https.ts: one question as one HTTP request (RFC 8484), over HTTP/2 where the resolver has it, else HTTP/1.1.
 *
 * In:   a resolver's host and path; questions
 * Out:  each question's answer, or a NetProblem
 * Not:  TLS to the resolver (dns-secure.ts); the two protocols (dns-http1.ts, dns-http2.ts); fetching documents (https.ts)
 */
import type { TLSSocket } from 'node:tls';
import type { Outcome } from '../../shared/basics.ts';
import type { NetProblem } from '../../shared/observation.ts';
import { makeQuery, PAD_TO, type Answered, type Asking } from './dns-exchange.ts';
import { openHttp1 } from './dns-http1.ts';
import type { HttpLine, HttpPlace } from './dns-http-reply.ts';
import { DONE, step, type Limits } from './step.ts';

/** Connects to the resolver within the limits, offering these protocols by ALPN (RFC 7301). */
export type SecureHttp = (alpn: readonly string[], limits: Limits) => Promise<Outcome<TLSSocket, NetProblem>>;
export type HttpsClient = {
  ask(asking: Asking, limits: Limits): Promise<Answered>;
  close(): void;
};
type Opened = Outcome<HttpLine, NetProblem>;

/** RFC 8484 5.2 asks for HTTP/2, and many resolvers have nothing else; some web servers before a resolver have only 1.1. */
const OFFERED = ['h2', 'http/1.1'];

/** Makes a client of one resolver address. `connectMs`: the longest time of connecting, in milliseconds. */
export function httpsClient(where: HttpPlace, connect: SecureHttp, connectMs: number): HttpsClient {
  let connecting = new AbortController();
  let opening: Promise<Opened> | null = null;
  let line: HttpLine | null = null;
  let asking = 0;

  return {
    async ask(what, limits) {
      asking += 1;
      try {
        return await step(limits, (settle) => {
          const ends = new AbortController();
          void exchange(what, { stepMs: limits.stepMs, signal: ends.signal }).then(settle);
          return () => ends.abort(DONE);
        });
      } finally {
        asking -= 1;
        if (asking === 0) {
          // Nobody waits for a connection that is not there yet.
          connecting.abort();
          connecting = new AbortController();
          opening = null;
        }
      }
    },
    close() {
      connecting.abort();
      line?.close();
      line = null;
    },
  };

  async function exchange(what: Asking, limits: Limits): Promise<Answered> {
    // RFC 8484 4.1: the id is 0, since HTTP already pairs answers with questions.
    const sent = makeQuery(what, 0, PAD_TO);
    for (const isLast of [false, true]) {
      const opened = await open();
      if (!opened.ok) return opened;
      const answered = await opened.value.post(sent, limits);
      if (answered !== 'stale') return answered;
      if (isLast || limits.signal.aborted) break;
    }
    return { ok: false, problem: { code: 'closed-early' } };
  }

  /** The line in use, or the one being opened, or a new one: all who wait share it. */
  async function open(): Promise<Opened> {
    if (line !== null && !line.over()) return { ok: true, value: line };
    const mine = (opening ??= begin(connecting.signal));
    try {
      return await mine;
    } finally {
      if (opening === mine) opening = null;
    }
  }

  async function begin(signal: AbortSignal): Promise<Opened> {
    // Loaded while the connection is made, and for those alone who ask this way: it costs 15 ms.
    const loading = import('./dns-http2.ts');
    const connected = await connect(OFFERED, { stepMs: connectMs, signal });
    const { openHttp2 } = await loading;
    if (!connected.ok) return connected;
    if (signal.aborted) {
      connected.value.destroy();
      return { ok: false, problem: { code: 'closed-early' } };
    }
    line =
      connected.value.alpnProtocol === 'h2'
        ? openHttp2(where, connected.value)
        : openHttp1(where, connected.value, (limits) => connect(['http/1.1'], limits), connectMs);
    return { ok: true, value: line };
  }
}
