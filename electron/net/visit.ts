/**
 * visit.ts: one address of one target, from the first packet to the goodbye (RFC 6120 4 and 5, XEP-0368).
 *
 * In:   VisitInquiry
 * Out:  one observation a phase: tcp, stream before TLS, tls, stream after TLS
 * Not:  the bytes' meaning (wire/xmpp-stream.ts), any judgement
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { NetProblem, NewObservation, StreamSeen } from '../../shared/observation.ts';
import { tlsPhrase } from '../../shared/phrases/net.ts';
import { NS, openingXml, STARTTLS_XML } from '../wire/xmpp-xml.ts';
import type { Opening } from '../wire/xmpp-stream.ts';
import type { NetOptions, VisitInquiry } from './net.ts';
import type { Limits } from './step.ts';
import { sayGoodbye, talkOn, type Talk } from './talk.ts';
import { connectTcp } from './tcp.ts';
import type { Handshake } from './tls.ts';

export type VisitTools = Pick<NetOptions, 'dial' | 'elapsed' | 'stepMs'> & {
  readonly handshake: Handshake;
  /** Ends goodbyes that are still under way. */
  readonly closing: AbortSignal;
};
type See = (seen: NewObservation) => void;
type Visit = VisitInquiry & VisitTools & { readonly see: See; readonly limits: Limits };

/** Visits one endpoint. Settles when the last phase is recorded; a goodbye may still be under way, bounded and under `signal`. */
export async function visit(
  inquiry: VisitInquiry,
  tools: VisitTools,
  see: See,
  signal: AbortSignal,
): Promise<void> {
  const here: Visit = { ...inquiry, ...tools, see, limits: { stepMs: tools.stepMs, signal } };
  const socket = await secure(here);
  if (socket === null) return;
  await lookAfterTls(here, socket);
  leave(here, socket);
}

/**
 * The first half of a visit, for signing in: to the end of the handshake and not a byte further. The socket is the
 * caller's, secured but not judged. Null where it did not come to a handshake; all is recorded through `see` either way.
 */
export function secureEndpoint(
  inquiry: VisitInquiry,
  tools: VisitTools,
  see: See,
  signal: AbortSignal,
): Promise<TLSSocket | null> {
  return secure({ ...inquiry, ...tools, see, limits: { stepMs: tools.stepMs, signal } });
}

async function secure(here: Visit): Promise<TLSSocket | null> {
  const raw = await connect(here);
  if (raw === null) return null;
  if (here.endpoint.mode === 'starttls' && !(await askForTls(here, raw))) return null;
  const start = here.elapsed();
  const words = { serverName: here.sni, alpn: here.endpoint.mode === 'starttls' ? [] : [here.service] };
  const heard = bytesHeard(raw);
  const ended = await here.handshake(raw, words, here.limits);
  // A server that falls silent or closes before its first byte has begun no handshake; after it, it has broken one off.
  const isBrokenOff = !ended.ok && bytesHeard(raw) !== heard;
  const result: typeof ended =
    isBrokenOff && (ended.problem.code === 'closed-early' || ended.problem.code === 'timed-out')
      ? {
          ok: false,
          problem: { code: 'handshake-failed', detail: tlsPhrase(BROKEN_OFF[ended.problem.code], '', false) },
        }
      : ended;
  here.see({
    kind: 'tls',
    start,
    end: here.elapsed(),
    from: here.from,
    endpoint: here.endpoint,
    serverName: here.sni,
    outcome: result.ok ? { ok: true, value: result.value.facts } : result,
  });
  return result.ok ? result.value.socket : null;
}

/** What came over a connection so far, TLS records too. */
function bytesHeard(raw: Duplex): number {
  return raw instanceof Socket ? raw.bytesRead : 0;
}

const BROKEN_OFF = { 'closed-early': 'UNEXPECTED_EOF', 'timed-out': 'HANDSHAKE_TIMEOUT' } as const;

async function connect(here: Visit): Promise<Duplex | null> {
  const start = here.elapsed();
  const { address, port } = here.endpoint;
  const result = await connectTcp(address, port, here.dial, here.limits);
  here.see({
    kind: 'tcp',
    start,
    end: here.elapsed(),
    from: here.from,
    endpoint: here.endpoint,
    outcome: result.ok ? { ok: true, value: { connected: true } } : result,
  });
  return result.ok ? result.value : null;
}

/**
 * Header, features, <starttls/>, <proceed/>: true when the next byte must be the handshake's. Tried where STARTTLS is
 * only optional too, and not where it is missing. Step by step, as RFC 6120 5.4 writes it: nothing is sent ahead.
 */
async function askForTls(here: Visit, raw: Duplex): Promise<boolean> {
  const start = here.elapsed();
  const talk = openStream(here, raw);
  let problem = await talk.until(opened, here.limits);
  let ready = false;
  if (problem === null && talk.opening().answer !== null)
    problem = { code: 'malformed', detail: 'an answer to STARTTLS that nobody had asked for' };
  else if (problem === null && (talk.opening().features?.starttls ?? 'absent') !== 'absent') {
    talk.say(STARTTLS_XML);
    problem = await talk.until((opening) => opening.answer !== null || isOver(opening), here.limits);
  }
  talk.release();
  const { answer, leftover } = talk.opening();
  // Bytes between <proceed/> and the handshake stay in the record and never reach TLS (RFC 6120 5.4.3.3).
  ready = problem === null && answer === 'proceed' && leftover === 0 && !raw.destroyed;
  here.see(streamSeen(here, 'before-tls', talk, start, problem));
  if (problem === null && answer !== 'proceed') leave(here, raw);
  else if (!ready) raw.destroy();
  return ready;
}

async function lookAfterTls(here: Visit, socket: TLSSocket): Promise<void> {
  const start = here.elapsed();
  const talk = openStream(here, socket);
  const problem = await talk.until(opened, here.limits);
  talk.release();
  here.see(streamSeen(here, 'after-tls', talk, start, problem));
}

function leave(here: Visit, socket: Duplex): void {
  sayGoodbye(socket, AbortSignal.any([here.limits.signal, here.closing]));
}

function openStream(here: Visit, socket: Duplex): Talk {
  const ns = here.service === 'xmpp-client' ? NS.client : NS.server;
  const talk = talkOn(socket, ns, here.endpoint.address);
  talk.say(openingXml({ to: here.to, from: here.streamFrom, ns, lang: 'en' }));
  return talk;
}

/** The opening is complete: features, or the server's own end of it. */
function opened(opening: Opening): boolean {
  return opening.features !== null || isOver(opening);
}

function isOver(opening: Opening): boolean {
  return opening.streamError !== null || opening.closed;
}

function streamSeen(
  here: Visit,
  phase: StreamSeen['phase'],
  talk: Talk,
  start: number,
  problem: NetProblem | null,
): NewObservation {
  return {
    kind: 'stream',
    start,
    end: here.elapsed(),
    from: here.from,
    endpoint: here.endpoint,
    phase,
    sent: talk.sent(),
    received: talk.received(),
    problem,
  };
}
