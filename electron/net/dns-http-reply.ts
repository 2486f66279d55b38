/**
 * dns-http-reply.ts: what an HTTP response must be to be the answer to a question (RFC 8484 4.2), whatever the HTTP.
 *
 * In:   status, media type, the body as it comes
 * Out:  the answer, or what is wrong with it
 * Not:  the connection (dns-http1.ts, dns-http2.ts)
 */
import type { Readable } from 'node:stream';
import { malformed, matchReply, type Answered, type Sent } from './dns-exchange.ts';
import type { Limits } from './step.ts';

/** `authority`: host and port as in the resolver's URL. */
export type HttpPlace = { readonly authority: string; readonly path: string };
/** `stale`: the request met a connection that was just being closed, which says nothing about the question. */
export type Posted = Answered | 'stale';
/** One connection or several over which requests go. */
export type HttpLine = {
  post(sent: Sent, limits: Limits): Promise<Posted>;
  /** Whether another line must be opened for what comes next. */
  over(): boolean;
  close(): void;
};

/** RFC 8484 6: a DNS message over HTTPS is at most 65,535 octets. */
const LONGEST_BODY = 65535;
/** RFC 8484 6. */
export const MEDIA_TYPE = 'application/dns-message';

/**
 * Reads the response whose head has come. Calls `settle` once its body is whole, or at its first fault; a body that
 * breaks off is the caller's to notice.
 */
export function readReply(
  head: { readonly status: number; readonly type: string },
  body: Readable,
  sent: Sent,
  settle: (answered: Answered) => void,
): void {
  const fail = (detail: string): void => settle({ ok: false, problem: malformed(detail) });
  if (head.status !== 200) return fail(`HTTP status ${head.status}`);
  if (head.type.split(';')[0]?.trim().toLowerCase() !== MEDIA_TYPE)
    return fail('the HTTP answer is not a DNS message');
  const pieces: Uint8Array[] = [];
  let length = 0;
  body.on('data', (piece: Uint8Array) => {
    length += piece.length;
    if (length > LONGEST_BODY)
      return settle({ ok: false, problem: { code: 'too-large', limit: LONGEST_BODY } });
    pieces.push(piece);
  });
  body.on('end', () => {
    const match = matchReply(Buffer.concat(pieces), sent);
    if (match.kind === 'mine' && !match.reply.truncated)
      return settle({ ok: true, value: { ...match.reply, transport: 'https' } });
    fail(match.kind === 'malformed' ? match.detail : 'the HTTP answer is not the answer to the question');
  });
}
