/**
 * dns-exchange.ts: one question, and whether some bytes are its answer. The same for every transport.
 *
 * In:   Question, bytes that arrived
 * Out:  the query's bytes; the reply, `other` or `malformed`
 * Not:  sockets; what the answer says (trust)
 */
import type { Outcome } from '../../shared/basics.ts';
import type { NetProblem, Question } from '../../shared/observation.ts';
import { decodeMessage } from '../wire/dns-message.ts';
import { CLASS_IN, RCODE, typeNumber } from '../wire/dns-type.ts';
import { encodeQuery } from '../wire/dns-write.ts';

/** What is asked, before a transport gives it an id. */
export type Asking = {
  readonly question: Question;
  /** `edns`: DO and CD set. `plain`: for resolvers that refuse EDNS; no DNSSEC data can come back. */
  readonly form: 'edns' | 'plain';
};
export type Sent = { readonly id: number; readonly question: Question; readonly bytes: Uint8Array };
export type Reply = { readonly bytes: Uint8Array; readonly truncated: boolean; readonly rcode: number };
export type Delivered = Reply & { readonly transport: 'udp' | 'tcp' | 'tls' | 'https' };
export type Answered = Outcome<Delivered, NetProblem>;

/** The UDP payload that fits unfragmented nearly everywhere (DNS Flag Day 2020; RFC 9715 says 1,400 at most). */
const UDP_SIZE = 1232;
/** RFC 8467 4.1: clients pad to a multiple of 128 octets, where the transport is encrypted. */
export const PAD_TO = 128;
/** Messages that are not the answer, after which one stops listening. Chosen: chance makes none, an attacker any number. */
export const MOST_STRANGERS = 100;

/** An unpredictable id (RFC 5452 9.2) that `taken` does not know. */
export function randomId(taken: (id: number) => boolean = () => false): number {
  for (;;) {
    const id = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
    if (!taken(id)) return id;
  }
}

/** The query on the wire. Padded only with EDNS. */
export function makeQuery(asking: Asking, id: number, padTo?: number): Sent {
  const { question } = asking;
  const pad = padTo === undefined ? {} : { padTo };
  const bytes = encodeQuery({ ...question, id, dnssec: asking.form === 'edns', udpSize: UDP_SIZE, ...pad });
  return { id, question, bytes };
}

export type Match =
  | { readonly kind: 'mine'; readonly reply: Reply }
  | { readonly kind: 'other' }
  | { readonly kind: 'malformed'; readonly detail: string };

/**
 * Whether `bytes` answer `sent`: a response with its id and its question (RFC 5452 9.1). An error may come without the
 * question, if it holds no records: some servers repeat nothing of what they did not understand.
 */
export function matchReply(bytes: Uint8Array, sent: Sent): Match {
  const message = decodeMessage(bytes);
  if (!message.ok) return { kind: 'malformed', detail: message.problem.detail };
  const { id, response, opcode, questions, rcode, truncated, answer, authority } = message.value;
  if (id !== sent.id || !response || opcode !== 0) return { kind: 'other' };
  const [first] = questions;
  const same =
    first?.name === sent.question.name &&
    first.type === typeNumber(sent.question.type) &&
    first.class === CLASS_IN &&
    questions.length === 1;
  const bareError =
    questions.length === 0 &&
    rcode !== RCODE.noError &&
    rcode !== RCODE.nxDomain &&
    answer.length + authority.length === 0;
  if (!same && !bareError) return { kind: 'other' };
  return { kind: 'mine', reply: { bytes, truncated, rcode } };
}

/** RFC 6891 7 and 6.1.3: what a resolver says that does not know EDNS, or not ours. */
export function refusesEdns(reply: Reply): boolean {
  return reply.rcode === RCODE.formErr || reply.rcode === RCODE.notImp || reply.rcode === RCODE.badVers;
}

/** The problem of bytes that are no DNS message, or not the one asked for. */
export function malformed(detail: string): NetProblem {
  return { code: 'malformed', detail };
}
