/**
 * dns-https.ts: one question as one HTTP request (RFC 8484), over few connections kept for the next.
 *
 * In:   a resolver's host, address and path; questions
 * Out:  each question's answer, or a NetProblem
 * Not:  TLS to the resolver (dns-secure.ts); fetching documents (https.ts)
 */
import { Agent, request, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import type { NetProblem } from '../../shared/observation.ts';
import {
  makeQuery,
  malformed,
  matchReply,
  PAD_TO,
  type Answered,
  type Asking,
  type Sent,
} from './dns-exchange.ts';
import type { Connect } from './dns-stream.ts';
import { places } from './places.ts';
import { ioProblem } from './problems.ts';
import { step, type Limits } from './step.ts';

/** Connections to one resolver at one time. Chosen: what browsers open to one host over HTTP/1.1. */
const MOST_CONNECTIONS = 6;
/** RFC 8484 6: a DNS message over HTTPS is at most 65,535 octets. */
const LONGEST_BODY = 65535;
/** RFC 8484 6. */
const MEDIA_TYPE = 'application/dns-message';

/** What the agent raises when it could not connect. */
class ConnectFailed extends Error {
  readonly problem: NetProblem;
  constructor(problem: NetProblem) {
    super(problem.code);
    this.problem = problem;
  }
}

export type HttpsClient = {
  ask(asking: Asking, limits: Limits): Promise<Answered>;
  close(): void;
};

/** Makes a client of one resolver address. `authority` is host and port as in its URL. */
export function httpsClient(
  where: { readonly authority: string; readonly path: string },
  connect: Connect,
  connectMs: number,
): HttpsClient {
  let connecting = new AbortController();
  let asking = 0;
  const agent = new Agent({ keepAlive: true });
  // The agent's own limit does not count connections that are still being made.
  const place = places(MOST_CONNECTIONS);
  agent.createConnection = (_options, done) => {
    void connect({ stepMs: connectMs, signal: connecting.signal }).then((connected) => {
      // The agent's type wants a stream even beside an error, and does not look at it.
      if (!connected.ok) return done?.(new ConnectFailed(connected.problem), new Duplex());
      done?.(null, connected.value);
    });
    return undefined;
  };

  return {
    async ask(what, limits) {
      // RFC 8484 4.1: the id is 0, since HTTP already pairs answers with questions.
      const sent = makeQuery(what, 0, PAD_TO);
      asking += 1;
      try {
        return await place(limits, async (signal) => {
          const within = { stepMs: limits.stepMs, signal };
          const first = await exchange(sent, within);
          return first === 'stale' ? notStale(await exchange(sent, within)) : first;
        });
      } finally {
        asking -= 1;
        if (asking === 0) {
          // Nobody waits for a connection that is not there yet.
          connecting.abort();
          connecting = new AbortController();
        }
      }
    },
    close() {
      connecting.abort();
      agent.destroy();
    },
  };

  async function exchange(sent: Sent, limits: Limits): Promise<Answered | 'stale'> {
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
      const fail = (problem: NetProblem): void => settle({ ok: false, problem });
      post.on('error', (error) => {
        // The server closed a kept connection just as we used it: that says nothing about the question.
        kept.stale = post.reusedSocket;
        fail(error instanceof ConnectFailed ? error.problem : httpProblem(error));
      });
      post.on('response', (response) => {
        response.on('end', () => (kept.whole = response.complete));
        readReply(response, sent, settle, fail);
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

function notStale(answered: Answered | 'stale'): Answered {
  return answered === 'stale' ? { ok: false, problem: { code: 'closed-early' } } : answered;
}

function readReply(
  response: IncomingMessage,
  sent: Sent,
  settle: (answered: Answered) => void,
  fail: (problem: NetProblem) => void,
): void {
  const type = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (response.statusCode !== 200) return fail(malformed(`HTTP status ${response.statusCode ?? 0}`));
  if (type !== MEDIA_TYPE) return fail(malformed('the HTTP answer is not a DNS message'));
  const pieces: Uint8Array[] = [];
  let length = 0;
  response.on('data', (piece: Uint8Array) => {
    length += piece.length;
    if (length > LONGEST_BODY) return fail({ code: 'too-large', limit: LONGEST_BODY });
    pieces.push(piece);
  });
  response.on('error', () => fail({ code: 'closed-early' }));
  response.on('end', () => {
    const match = matchReply(Buffer.concat(pieces), sent);
    if (match.kind === 'mine' && !match.reply.truncated) {
      return settle({ ok: true, value: { ...match.reply, transport: 'https' } });
    }
    fail(
      malformed(
        match.kind === 'malformed' ? match.detail : 'the HTTP answer is not the answer to the question',
      ),
    );
  });
}

// The HTTP parser's faults (HPE_...) mean that something else than HTTP came.
function httpProblem(error: Error): NetProblem {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return code.startsWith('HPE_')
    ? malformed('the resolver does not speak HTTP/1.1; try tls:// instead')
    : ioProblem(error, '');
}
