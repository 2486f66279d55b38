/**
 * dns-http1.ts: DNS over HTTP/1.1: one request at a time on a connection, so a few connections, kept for the next.
 *
 * In:   a connection that is there already, and how to make others; requests
 * Out:  HttpLine
 * Not:  what makes a response an answer (dns-http-reply.ts)
 */
import { Duplex } from 'node:stream';
import type { NetProblem } from '../../shared/observation.ts';
import { malformed, type Answered, type Sent } from './dns-exchange.ts';
import { MEDIA_TYPE, readReply, type HttpLine, type HttpPlace, type Posted } from './dns-http-reply.ts';
import type { Connect } from './dns-stream.ts';
import { places } from './places.ts';
import { ioProblem } from './problems.ts';
import { step, type Limits } from './step.ts';

// As in https.ts: imported by name it would cost 20 ms at every start.
const { Agent, request } = process.getBuiltinModule('node:http');

/** Connections to one resolver at one time. Chosen: what browsers open to one host over HTTP/1.1. */
const MOST_CONNECTIONS = 6;

/** What the agent raises when it could not connect. */
class ConnectFailed extends Error {
  readonly problem: NetProblem;
  constructor(problem: NetProblem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** Makes the line; `first` is used for the first request. */
export function openHttp1(where: HttpPlace, first: Duplex, connect: Connect, connectMs: number): HttpLine {
  let connecting = new AbortController();
  let asking = 0;
  let unused: Duplex | null = first;
  const agent = new Agent({ keepAlive: true });
  // The agent's own limit does not count connections that are still being made.
  const place = places(MOST_CONNECTIONS);
  agent.createConnection = (_options, done) => {
    if (unused !== null && !unused.destroyed) {
      const ready = unused;
      unused = null;
      return ready;
    }
    void connect({ stepMs: connectMs, signal: connecting.signal }).then((connected) => {
      // The agent's type wants a stream even beside an error, and does not look at it.
      if (!connected.ok) return done?.(new ConnectFailed(connected.problem), new Duplex());
      done?.(null, connected.value);
    });
    return undefined;
  };

  return {
    async post(sent, limits) {
      asking += 1;
      try {
        const posted = await place<Posted>(limits, async (signal) => ({
          ok: true,
          value: await exchange(sent, { stepMs: limits.stepMs, signal }),
        }));
        return posted.ok ? posted.value : posted;
      } finally {
        asking -= 1;
        if (asking === 0) {
          // Nobody waits for a connection that is not there yet.
          connecting.abort();
          connecting = new AbortController();
        }
      }
    },
    over: () => false,
    close() {
      connecting.abort();
      unused?.destroy();
      agent.destroy();
    },
  };

  async function exchange(sent: Sent, limits: Limits): Promise<Posted> {
    const kept = { stale: false, whole: false };
    const answered = await step<Extract<Answered, { ok: true }>['value']>(limits, (settle) => {
      const post = request({
        agent,
        method: 'POST',
        path: where.path,
        setHost: false,
        headers: {
          host: where.authority,
          accept: MEDIA_TYPE,
          'content-type': MEDIA_TYPE,
          'content-length': sent.bytes.length,
        },
      });
      post.on('error', (error) => {
        // The server closed a kept connection just as we used it: that says nothing about the question.
        kept.stale = post.reusedSocket;
        settle({ ok: false, problem: error instanceof ConnectFailed ? error.problem : httpProblem(error) });
      });
      post.on('response', (response) => {
        response.on('end', () => (kept.whole = response.complete));
        response.on('error', () => settle({ ok: false, problem: { code: 'closed-early' } }));
        const head = { status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '' };
        readReply(head, response, sent, settle);
      });
      post.end(sent.bytes);
      return () => {
        // A connection whose exchange is whole goes back to the agent.
        if (!kept.whole) post.destroy();
      };
    });
    return !answered.ok && kept.stale && !limits.signal.aborted ? 'stale' : answered;
  }
}

// The HTTP parser's faults (HPE_...) mean that something else than HTTP came.
function httpProblem(error: Error): NetProblem {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return code.startsWith('HPE_')
    ? malformed('the resolver does not speak HTTP; try tls:// instead')
    : ioProblem(error, '');
}
