/**
 * sasl.ts: one SASL exchange over a stream, in the profile of RFC 6120 6 or of XEP-0388.
 *
 * In:   the stream, the offer and the choice, user and password
 * Out:  success, only with the server's proof where the mechanism has one; or how it failed
 * Not:  choosing (mechanism.ts), the hashing (scram.ts), what comes after (attempt.ts)
 *
 * Own code and not @xmpp/sasl and @xmpp/sasl2: both take <success/> without the server's proof,
 * neither bounds the challenges.
 */
import { randomBytes } from 'node:crypto';
import { xml } from '@xmpp/client';
import type { Outcome } from '../../shared/basics.ts';
import { childOf, type Stanza } from '../wire/xmpp-stanza.ts';
import { NS } from '../wire/xmpp-xml.ts';
import { fail, type Failure } from './failure.ts';
import { confirmsOffer, type Choice, type Offer } from './mechanism.ts';
import { saslPrep } from './saslprep.ts';
import { saslFailure, type Bound } from './sasl-failure.ts';
import {
  checkServerFinal,
  clientFinal,
  clientFirst,
  readServerFirst,
  strictBase64,
  type ScramWords,
} from './scram.ts';
import type { XmppStream } from './stream.ts';

export const BIND2_NS = 'urn:xmpp:bind:0';

export type Credentials = { readonly username: string; readonly password: string };
/** What is told while it happens. */
export type SaslTold =
  | { readonly id: 'offer-confirmed' | 'offer-not-confirmed' | 'credentials-plain' | 'proof' | 'no-proof' }
  | { readonly id: 'credentials'; readonly rounds: number };
export type Authenticated = {
  /** SASL2: the address that the server names, and whether Bind 2 made it a full one. */
  readonly authorized: string | null;
  readonly bound: boolean;
};

/** Server messages that a whole exchange can take: server-first, server-final, success. */
const MOST_MESSAGES = 3;
/** RFC 5802 5.1 leaves the nonce's length open; 24 bytes are beyond guessing. */
const NONCE_BYTES = 24;

/** Runs the exchange. Nothing is sent after a failure, not even <abort/>: who broke the rules is not owed an answer. */
export async function authenticate(
  stream: XmppStream,
  offer: Offer,
  choice: Choice,
  credentials: Credentials,
  tell: (told: SaslTold) => void,
  signal: AbortSignal,
): Promise<Outcome<Authenticated, Failure>> {
  const username = saslPrep(credentials.username);
  const password = saslPrep(credentials.password);
  if (username === null) return fail('no-account');
  if (password === null) return fail('bad-password');
  const ns = offer.profile === 'sasl2' ? NS.sasl2 : NS.sasl;
  if (choice.hash === null) {
    stream.say(firstXml(offer, choice, `\0${username}\0${password}`));
    tell({ id: 'credentials-plain' });
    const answer = await stream.next();
    if (!answer.ok) return answer;
    if (isNamed(answer.value, ns, 'success')) tell({ id: 'no-proof' });
    return outcomeOf(answer.value, ns, 'none');
  }

  const words: ScramWords = {
    hash: choice.hash,
    gs2: choice.gs2,
    binding: choice.binding?.data ?? new Uint8Array(),
    username,
    nonce: randomBytes(NONCE_BYTES).toString('base64'),
  };
  stream.say(firstXml(offer, choice, clientFirst(words)));
  let expected: Uint8Array | null = null;
  let proved = false;
  for (let count = 0; count < MOST_MESSAGES; count += 1) {
    const answer = await stream.next();
    if (!answer.ok) return answer;
    const stanza = answer.value;
    if (!isNamed(stanza, ns, 'challenge') && !isNamed(stanza, ns, 'success'))
      return outcomeOf(stanza, ns, choice.binding === null ? 'none' : expected === null ? 'asked' : 'proved');
    const message = messageOf(stanza, ns);
    if (message === null) return fail('bad-challenge', 'not base64');

    if (stanza.name === 'success') {
      if (expected === null) return fail('success-too-early');
      if (!proved) {
        const wrong = checkServerFinal(message, expected);
        if (wrong !== null) return { ok: false, problem: explained(wrong) };
        tell({ id: 'proof' });
      }
      return outcomeOf(stanza, ns, 'none');
    }
    if (expected === null) {
      const first = readServerFirst(message, words.nonce);
      if (!first.ok) return { ok: false, problem: explained(first.problem) };
      // XEP-0474: before anything made from the password leaves.
      if (first.value.offered !== null && !confirmsOffer(offer, choice.hash, first.value.offered))
        return fail('downgrade');
      tell({ id: first.value.offered === null ? 'offer-not-confirmed' : 'offer-confirmed' });
      const final = await clientFinal(words, first.value, password, signal);
      if (!final.ok) return final;
      expected = final.value.serverSignature;
      stream.say(responseXml(ns, final.value.text));
      tell({ id: 'credentials', rounds: first.value.iterations });
    } else if (!proved) {
      const wrong = checkServerFinal(message, expected);
      if (wrong !== null) return { ok: false, problem: explained(wrong) };
      proved = true;
      tell({ id: 'proof' });
      stream.say(responseXml(ns, ''));
    } else return fail('too-many-challenges');
  }
  return fail('too-many-challenges');
}

function firstXml(offer: Offer, choice: Choice, message: string): string {
  const encoded = Buffer.from(message, 'utf8').toString('base64');
  const { mechanism } = choice;
  if (offer.profile === 'sasl') return xml('auth', { xmlns: NS.sasl, mechanism }, encoded).toString();
  const more = offer.bind2 ? [xml('bind', { xmlns: BIND2_NS }, xml('tag', {}, 'Mellon'))] : [];
  return xml(
    'authenticate',
    { xmlns: NS.sasl2, mechanism },
    xml('initial-response', {}, encoded),
    xml('user-agent', {}, xml('software', {}, 'Mellon')),
    ...more,
  ).toString();
}

function responseXml(ns: string, message: string): string {
  return xml('response', { xmlns: ns }, Buffer.from(message, 'utf8').toString('base64')).toString();
}

/** The SASL message in a challenge or success, as text; null where it is not base64 of UTF-8. */
function messageOf(stanza: Stanza, ns: string): string | null {
  const inner =
    ns === NS.sasl2 && stanza.name === 'success' ? childOf(stanza, ns, 'additional-data') : stanza;
  const text = inner?.text.trim() ?? '';
  const bytes = strictBase64(text === '=' ? '' : text);
  if (bytes === null) return null;
  const decoded = bytes.toString('utf8');
  return Buffer.from(decoded, 'utf8').equals(bytes) ? decoded : null;
}

function outcomeOf(stanza: Stanza, ns: string, bound: Bound): Outcome<Authenticated, Failure> {
  if (isNamed(stanza, ns, 'failure')) return { ok: false, problem: saslFailure(stanza, bound) };
  if (ns === NS.sasl2 && isNamed(stanza, ns, 'continue')) return fail('second-factor');
  if (!isNamed(stanza, ns, 'success')) return fail('unexpected-element', stanza.name);
  const authorized = childOf(stanza, NS.sasl2, 'authorization-identifier')?.text.trim() ?? null;
  return { ok: true, value: { authorized, bound: childOf(stanza, BIND2_NS, 'bound') !== null } };
}

/** RFC 5802 7: the server's errors that have a sentence of their own. */
function explained(failure: Failure): Failure {
  if (failure.code !== 'scram-error') return failure;
  switch (failure.detail) {
    case 'channel-bindings-dont-match':
      return { code: 'channel-binding-mismatch', detail: failure.detail };
    case 'server-does-support-channel-binding':
      return { code: 'binding-stripped', detail: '' };
    case 'unsupported-channel-binding-type':
    case 'channel-binding-not-supported':
      return { code: 'binding-unsupported', detail: '' };
    case 'unknown-user':
      return { code: 'no-such-user', detail: '' };
    case 'invalid-proof':
      return { code: 'not-authorized', detail: '' };
    default:
      return failure;
  }
}

function isNamed(stanza: Stanza, ns: string, name: string): boolean {
  return stanza.ns === ns && stanza.name === name;
}
