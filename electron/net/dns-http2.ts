/**
 * dns-http2.ts: DNS over HTTP/2 (RFC 9113): each question a stream, all on one connection.
 *
 * In:   a connection on which ALPN chose h2; requests
 * Out:  HttpLine
 * Not:  what makes a response an answer (dns-http-reply.ts)
 */
import { connect, constants, type IncomingHttpHeaders } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { NetProblem } from '../../shared/observation.ts';
import { malformed, type Answered, type Sent } from './dns-exchange.ts';
import { MEDIA_TYPE, readReply, type HttpLine, type HttpPlace, type Posted } from './dns-http-reply.ts';
import { places } from './places.ts';
import { ioProblem } from './problems.ts';
import { step, type Limits } from './step.ts';

/** Questions on their way at one time. RFC 9113 6.5.2: servers should allow no fewer than 100 streams. */
const MOST_STREAMS = 100;
/** The longest head of a response in octets (the library holds no more of any), and the most fields. Chosen: ten are usual. */
const LONGEST_HEAD = 65_536;
const MOST_FIELDS = 64;
/** Streams together may hold this much unread (RFC 9113 6.9.2: 65,535 unless said): one whole answer is never stuck. */
const WINDOW = 65_535;

/** Opens HTTP/2 on the connection, which the line then owns. */
export function openHttp2(where: HttpPlace, socket: TLSSocket): HttpLine {
  const place = places(MOST_STREAMS);
  let over = false;
  let delivered = false;
  let failed: NetProblem | null = null;
  let sending = Promise.resolve();
  const session = connect(`https://${where.authority}`, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: WINDOW, maxHeaderListSize: LONGEST_HEAD },
    maxHeaderListPairs: MOST_FIELDS,
    maxReservedRemoteStreams: 0,
  });
  session.on('error', (error: Error) => {
    over = true;
    failed ??= http2Problem(error);
  });
  // RFC 9113 6.8: what is open goes on, what is new needs another connection.
  session.on('goaway', () => (over = true));
  session.on('close', () => {
    over = true;
    socket.destroy();
  });

  const isOver = (): boolean => over || session.closed || session.destroyed;

  return {
    async post(sent, limits) {
      const posted = await place<Posted>(limits, async (signal) => ({
        ok: true,
        value: await exchange(sent, { stepMs: limits.stepMs, signal }),
      }));
      return posted.ok ? posted.value : posted;
    },
    over: isOver,
    close() {
      over = true;
      session.destroy();
      socket.destroy();
    },
  };

  async function exchange(sent: Sent, limits: Limits): Promise<Posted> {
    // A request goes out whole before the next begins: Knot Resolver refuses a stream that comes in the midst of another.
    let gone = (): void => undefined;
    const before = sending;
    sending = new Promise<void>((resolve) => (gone = resolve));
    await before;
    const posted = isOver() ? 'stale' : await begin(sent, limits, gone);
    gone();
    return posted;
  }

  async function begin(sent: Sent, limits: Limits, gone: () => void): Promise<Posted> {
    const kept = { stale: false };
    const answered = await step<Extract<Answered, { ok: true }>['value']>(limits, (settle) => {
      const stream = session.request(head(where, sent));
      stream.on('error', () => undefined);
      stream.on('finish', gone);
      stream.on('close', gone);
      stream.on('response', (headers: IncomingHttpHeaders & { ':status'?: number }) => {
        const head = { status: headers[':status'] ?? 0, type: headers['content-type'] ?? '' };
        // A body that breaks off ends like a whole one; only the code tells them apart.
        readReply(head, stream, sent, (one) => {
          if (stream.rstCode === constants.NGHTTP2_NO_ERROR) settle(one);
        });
      });
      stream.on('close', () => {
        // RFC 9113 8.7: a refused stream was not worked on; and a connection that had answered may close at any moment.
        kept.stale = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || (delivered && isOver());
        settle({ ok: false, problem: failed ?? streamProblem(stream.rstCode) });
      });
      stream.end(sent.bytes);
      return () => {
        if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
      };
    });
    delivered ||= answered.ok;
    return !answered.ok && kept.stale && !limits.signal.aborted ? 'stale' : answered;
  }
}

function head(where: HttpPlace, sent: Sent): Record<string, string | number> {
  return {
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_SCHEME]: 'https',
    [constants.HTTP2_HEADER_AUTHORITY]: where.authority,
    [constants.HTTP2_HEADER_PATH]: where.path,
    accept: MEDIA_TYPE,
    'content-type': MEDIA_TYPE,
    'content-length': sent.bytes.length,
  };
}

function streamProblem(code: number): NetProblem {
  if (code === constants.NGHTTP2_NO_ERROR) return { code: 'closed-early' };
  if (code === constants.NGHTTP2_HTTP_1_1_REQUIRED)
    return malformed('the resolver offered HTTP/2 and then asked for HTTP/1.1; try tls:// instead');
  // What the connection's end does to its streams, and what the server does to one that it will not answer.
  if (code === constants.NGHTTP2_CANCEL || code === constants.NGHTTP2_REFUSED_STREAM)
    return { code: 'closed-early' };
  return malformed(`the resolver broke off the answer (HTTP/2 error ${code})`);
}

// ERR_HTTP2_ERROR: bytes came that are no HTTP/2. ERR_HTTP2_SESSION_ERROR: the server says that it will not go on.
function http2Problem(error: Error): NetProblem {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ERR_HTTP2_ERROR')
    return malformed('the resolver agreed on HTTP/2 and then spoke something else');
  return code.startsWith('ERR_HTTP2') ? { code: 'closed-early' } : ioProblem(error, '');
}
