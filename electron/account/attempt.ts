/**
 * attempt.ts: signing in on one secured and judged connection, from our header to the goodbye.
 *
 * In:   the socket, its certificate and protocol, who signs in, what the verdict's look saw on offer
 * Out:  Signed, or the one thing that ended it; steps as they happen
 * Not:  connecting and judging (electron/sign-in.ts), sentences (shared/phrases)
 */
import { xml } from '@xmpp/client';
import type { Outcome } from '../../shared/basics.ts';
import type { ChannelBindingType } from '../../shared/sign-in.ts';
import { childOf, textsOf, type Stanza } from '../wire/xmpp-stanza.ts';
import { NS } from '../wire/xmpp-xml.ts';
import { bindingsOf, type SecuredSocket } from './channel-binding.ts';
import { fail, type Failure } from './failure.ts';
import { chooseMechanism, type Choice, type Offer } from './mechanism.ts';
import { authenticate, BIND2_NS, type Authenticated, type SaslTold } from './sasl.ts';
import { isElement, openStream, type XmppStream } from './stream.ts';

export type Attempt = {
  readonly socket: SecuredSocket;
  /** As getProtocol names it: TLSv1.2, TLSv1.3. */
  readonly protocol: string;
  /** DER of the server's certificate. */
  readonly leaf: Uint8Array;
  /** The domain as a domainpart, U-labels: the stream's `to`. `ascii` is what addresses from the server may spell instead. */
  readonly domain: string;
  readonly ascii: string;
  readonly local: string;
  readonly password: string;
  readonly allowPlain: boolean;
  /** The mechanisms that the judged connection offered, in both profiles; null where they were not seen. */
  readonly expected: Readonly<Record<Offer['profile'], readonly string[]>> | null;
  readonly tell: (told: Told) => void;
  readonly elapsed: () => number;
  readonly signal: AbortSignal;
  /** Whether an abort was the person's or the clock's. */
  readonly late: () => 'cancelled' | 'timed-out';
};
export type Told =
  | SaslTold
  | { readonly id: 'stream'; readonly offer: Offer }
  | { readonly id: 'mechanism'; readonly choice: Choice; readonly offer: Offer }
  | { readonly id: 'bound'; readonly jid: string }
  | { readonly id: 'answered' | 'answered-error'; readonly ms: number }
  | { readonly id: 'ended' | 'binding-refused' };
export type Signed = {
  readonly jid: string;
  readonly mechanism: string;
  readonly binding: ChannelBindingType | null;
  readonly roundTripMs: number;
};

/** Signs in and out again. The socket is gone afterwards, whatever happened. */
export async function attemptSignIn(a: Attempt): Promise<Outcome<Signed, Failure>> {
  try {
    return await run(a);
  } finally {
    a.socket.destroy();
  }
}

async function run(a: Attempt): Promise<Outcome<Signed, Failure>> {
  // First of all: a connection that is gone has forgotten its secrets.
  const bindings = a.socket.destroyed ? [] : bindingsOf(a.socket, a.protocol, a.leaf);
  const stream = openStream(a.socket, a.signal, a.late);
  const features = await stream.open(a.domain);
  if (!features.ok) return features;
  const changed = changedMechanisms(features.value, a.expected);
  if (changed !== null) return fail('mechanisms-changed', changed);
  const offer = offerIn(features.value);
  a.tell({ id: 'stream', offer });
  const choice = chooseMechanism(offer, bindings, a.allowPlain);
  if (!choice.ok) return choice;
  a.tell({ id: 'mechanism', choice: choice.value, offer });
  const credentials = { username: localpart(a.local), password: a.password };
  let used = choice.value;
  let done = await authenticate(stream, offer, used, credentials, a.tell, a.signal);
  const other = done.ok ? null : withoutGuess(offer, used, done.problem);
  if (other !== null) {
    a.tell({ id: 'binding-refused' });
    a.tell({ id: 'mechanism', choice: other, offer });
    used = other;
    done = await authenticate(stream, offer, used, credentials, a.tell, a.signal);
  }
  if (!done.ok) return done;

  const jid = await session(stream, offer, done.value, a);
  if (!jid.ok) return jid;
  if (!isOurs(jid.value, a)) return fail('wrong-jid', jid.value);
  a.tell({ id: 'bound', jid: jid.value });
  const ping = await pinged(stream, a);
  if (!ping.ok) return ping;
  await stream.goodbye();
  a.tell({ id: 'ended' });
  const { mechanism, binding } = used;
  return {
    ok: true,
    value: { jid: jid.value, mechanism, binding: binding?.type ?? null, roundTripMs: ping.value },
  };
}

/**
 * What is left where the server named no kinds of binding and did not know the usual one (ejabberd 23.01 under TLS 1.3):
 * SCRAM without, on the same stream (RFC 6120 6.4.5). Where it named the kind, or had our proof, there is no second try.
 */
function withoutGuess(offer: Offer, used: Choice, failure: Failure): Choice | null {
  if (failure.code !== 'binding-unsupported' || offer.bindings !== null || used.binding === null) return null;
  const other = chooseMechanism(offer, [], false);
  return other.ok ? other.value : null;
}

/** RFC 7622 3.3: localparts are compared without case. */
function localpart(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** What is offered now in a profile, where it is not what the judged connection offered; sets, since order means nothing. */
function changedMechanisms(features: Stanza, expected: Attempt['expected']): string | null {
  if (expected === null) return null;
  const now = {
    sasl: textsOf(childOf(features, NS.sasl, 'mechanisms'), NS.sasl, 'mechanism'),
    sasl2: textsOf(childOf(features, NS.sasl2, 'authentication'), NS.sasl2, 'mechanism'),
  };
  const within = (one: readonly string[], other: readonly string[]): boolean =>
    one.every((name) => other.includes(name));
  const changed = (['sasl', 'sasl2'] as const).find(
    (profile) => !within(now[profile], expected[profile]) || !within(expected[profile], now[profile]),
  );
  return changed === undefined ? null : now[changed].join(', ') || 'none';
}

/** SASL2 where the server has it, else the old profile: each list is weighed alone. */
function offerIn(features: Stanza): Offer {
  const bindingList = childOf(features, NS.channelBinding, 'sasl-channel-binding');
  const bindings =
    bindingList?.children
      .filter((one) => one.ns === NS.channelBinding && one.name === 'channel-binding')
      .map((one) => one.attribute('type') ?? '') ?? null;
  const two = childOf(features, NS.sasl2, 'authentication');
  const twoNames = textsOf(two, NS.sasl2, 'mechanism');
  if (two !== null && twoNames.length > 0) {
    const inline = childOf(two, NS.sasl2, 'inline');
    const bind2 = inline !== null && childOf(inline, BIND2_NS, 'bind') !== null;
    return { profile: 'sasl2', mechanisms: twoNames, bindings, bind2 };
  }
  const mechanisms = textsOf(childOf(features, NS.sasl, 'mechanisms'), NS.sasl, 'mechanism');
  return { profile: 'sasl', mechanisms, bindings, bind2: false };
}

/** Opens the session: Bind 2 has done it already, else resource binding (RFC 6120 7). Returns the full address. */
async function session(
  stream: XmppStream,
  offer: Offer,
  done: Authenticated,
  a: Attempt,
): Promise<Outcome<string, Failure>> {
  if (done.bound) return { ok: true, value: done.authorized ?? '' };
  // XEP-0388 3.5: after SASL2 the features come without a new stream.
  const features = offer.profile === 'sasl2' ? await stream.next() : await stream.open(a.domain);
  if (!features.ok) return features;
  if (!isElement(features.value, NS.streams, 'features'))
    return fail('unexpected-element', features.value.name);
  if (childOf(features.value, BIND_NS, 'bind') === null)
    return fail('bind-failed', 'no resource binding is offered');
  const bind = xml('iq', { type: 'set', id: 'bind' }, xml('bind', { xmlns: BIND_NS }));
  stream.say(bind.toString());
  const answer = await answerTo('bind', stream);
  if (!answer.ok) return answer;
  if (answer.value.attribute('type') !== 'result') return fail('bind-failed', errorOf(answer.value));
  const jid =
    childOf(childOf(answer.value, BIND_NS, 'bind') ?? answer.value, BIND_NS, 'jid')?.text.trim() ?? '';
  return jid === '' ? fail('bind-failed', 'no address was given') : { ok: true, value: jid };
}

/** XEP-0199. Any answer will do: an error is as good as a pong for measuring. */
async function pinged(stream: XmppStream, a: Attempt): Promise<Outcome<number, Failure>> {
  const start = a.elapsed();
  stream.say(
    xml('iq', { type: 'get', id: 'ping', to: a.domain }, xml('ping', { xmlns: PING_NS })).toString(),
  );
  const answer = await answerTo('ping', stream);
  if (!answer.ok) return answer.problem.code === 'timed-out' ? fail('no-answer') : answer;
  const ms = a.elapsed() - start;
  a.tell({ id: answer.value.attribute('type') === 'result' ? 'answered' : 'answered-error', ms });
  return { ok: true, value: ms };
}

/** The answer to our request; whatever else the server says meanwhile is left alone (64 KB of it at most). */
async function answerTo(id: string, stream: XmppStream): Promise<Outcome<Stanza, Failure>> {
  for (;;) {
    const one = await stream.next();
    if (!one.ok) return one;
    const type = one.value.attribute('type');
    const answers = isElement(one.value, NS.client, 'iq') && one.value.attribute('id') === id;
    if (answers && (type === 'result' || type === 'error')) return one;
  }
}

function errorOf(iq: Stanza): string {
  const error = childOf(iq, NS.client, 'error');
  const condition = error?.children.find((one) => one.ns === STANZAS_NS && one.name !== 'text')?.name;
  return condition ?? 'without a reason';
}

/**
 * As servers with stringprep compare (RFC 6122 A): compatibility forms and full case folding, so that ß and ss are one.
 * PRECIS (RFC 8265 3.3) compares a little less widely.
 */
function folded(local: string): string {
  return local.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

/** The session must be the account's own: its localpart, its domain, and a resource. */
function isOurs(jid: string, a: Attempt): boolean {
  const [, local = '', domain = ''] = /^([^@/]*)@([^/]*)\/./su.exec(jid) ?? [];
  const domains = [a.domain, a.ascii].map((name) => name.toLowerCase());
  return folded(local) === folded(a.local) && domains.includes(domain.toLowerCase());
}

/** RFC 6120 7.4, 8.3.3; XEP-0199. */
const BIND_NS = 'urn:ietf:params:xml:ns:xmpp-bind';
const STANZAS_NS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
const PING_NS = 'urn:xmpp:ping';
