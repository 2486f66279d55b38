/**
 * sasl-server.ts: accounts for the demo's XMPP server: SCRAM with and without channel binding, PLAIN, SASL2, binding, ping.
 *
 * In:   accounts, what to offer, and for tests what to say instead of the honest thing
 * Out:  withAccounts: the options that give a server of xmpp-server.ts its accounts
 * Not:  connections and TLS (xmpp-server.ts), the client's side (electron/account)
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { decodeCertificate } from '../wire/certificate.ts';
import { escapeXml, NS } from '../wire/xmpp-xml.ts';
import type { Peer, Stanza } from './xmpp-peer.ts';
import type { XmppServerOptions } from './xmpp-server.ts';

export type AccountOptions = {
  /** Bare JID to password. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly mechanisms: readonly string[];
  /** XEP-0440; left out, the server names none. */
  readonly channelBindings?: readonly string[];
  readonly iterations?: number;
  /** Offers SASL2 with Bind 2 beside the old profile. */
  readonly sasl2?: boolean;
  /** Adds XEP-0474's attribute. */
  readonly confirmsOffer?: boolean;
  readonly twist?: Twist;
};
/** What a bad server says. Each gets the honest message and returns its own; null says nothing. */
export type Twist = {
  readonly serverFirst?: (honest: string, clientFirst: string) => string | null;
  readonly serverFinal?: (honest: string) => string | null;
  /** The whole XML in place of what was about to be said. */
  readonly instead?: (at: Point, peer: Peer, honest: string) => string | null;
};
export type Point =
  'features' | 'server-first' | 'success' | 'failure' | 'session-features' | 'bound' | 'pong';

type Hash = 'sha1' | 'sha256' | 'sha512';
type Talk = {
  readonly mechanism: string;
  readonly profile: 'sasl' | 'sasl2';
  readonly bind2: boolean;
  readonly gs2: string;
  readonly bare: string;
  readonly user: string;
  readonly nonce: string;
  readonly first: string;
  readonly salted: Buffer;
  readonly hash: Hash;
};
type State = { talk: Talk | null; user: string | null };

const HASHES: Readonly<Record<string, readonly [Hash, number]>> = {
  'SCRAM-SHA-1': ['sha1', 20],
  'SCRAM-SHA-256': ['sha256', 32],
  'SCRAM-SHA-512': ['sha512', 64],
};
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const BIND2 = 'urn:xmpp:bind:0';
const PING = 'urn:xmpp:ping';
const RESOURCE = 'bag-end';

/** Options for startXmppServer (or Kit.server) that make it a server with accounts. */
export function withAccounts(
  options: AccountOptions,
): Pick<XmppServerOptions, 'mechanisms' | 'channelBindings' | 'behave' | 'onAuthenticatedStream'> {
  const states = new WeakMap<Peer, State>();
  const stateOf = (peer: Peer): State => {
    const known = states.get(peer) ?? { talk: null, user: null };
    states.set(peer, known);
    return known;
  };
  const say = (at: Point, peer: Peer, honest: string): void => {
    const { instead } = options.twist ?? {};
    const words = instead === undefined ? honest : instead(at, peer, honest);
    if (words !== null) peer.say(words);
  };
  return {
    mechanisms: options.mechanisms,
    ...(options.channelBindings === undefined ? {} : { channelBindings: options.channelBindings }),
    behave: {
      'secured-header': (peer, _polite, words) => {
        peer.say(words.header(peer));
        if (stateOf(peer).user !== null) return say('session-features', peer, sessionFeatures());
        const features = words.features(peer);
        say('features', peer, options.sasl2 === true ? withSasl2(features, options.mechanisms) : features);
      },
    },
    onAuthenticatedStream: (peer, stanza) => {
      const state = stateOf(peer);
      if (state.user !== null) return serve(state.user, peer, stanza);
      if (stanza.name === 'auth' && stanza.ns === NS.sasl) begin(peer, state, stanza, 'sasl', stanza.text);
      else if (stanza.name === 'authenticate' && stanza.ns === NS.sasl2)
        begin(peer, state, stanza, 'sasl2', inner(stanza, 'initial-response')?.text ?? '');
      else if (stanza.name === 'response' && state.talk !== null)
        finish(peer, state, state.talk, decode(stanza.text));
    },
  };

  function begin(peer: Peer, state: State, stanza: Stanza, profile: Talk['profile'], text: string): void {
    const mechanism = stanza.attribute('mechanism') ?? '';
    const message = decode(text);
    const bind2 = stanza.children.some((one) => one.name === 'bind' && one.ns === BIND2);
    if (mechanism === 'PLAIN' && options.mechanisms.includes('PLAIN')) {
      const [, user = '', password = ''] = message.split('\0');
      if (passwordOf(peer, user) !== password) return refuse(peer, profile, 'not-authorized');
      return welcome(peer, state, { profile, bind2, user }, null);
    }
    const known = HASHES[mechanism.replace(/-PLUS$/, '')];
    if (known === undefined || !options.mechanisms.includes(mechanism))
      return refuse(peer, profile, 'invalid-mechanism');
    const [, gs2 = '', bare = '', escaped = '', nonce = ''] =
      /^((?:n|y|p=[^,]+),,)(n=([^,]*),r=([^,]+))$/.exec(message) ?? [];
    if (gs2 === '') return refuse(peer, profile, 'malformed-request');
    // RFC 5802 6: the client saw no offer, and there was one.
    if (gs2.startsWith('y') && options.mechanisms.some((name) => name.endsWith('-PLUS')))
      return refuse(peer, profile, 'malformed-request', 'server does support channel binding');
    const user = escaped.replaceAll('=2C', ',').replaceAll('=3D', '=');
    const [hash, length] = known;
    const iterations = options.iterations ?? 4_096;
    const salt = randomBytes(16);
    const confirmed = options.confirmsOffer === true ? `,h=${offerHash(options, hash)}` : '';
    const honest = `r=${nonce}${randomBytes(18).toString('base64')},s=${salt.toString('base64')},i=${iterations}${confirmed}`;
    const twisted = options.twist?.serverFirst;
    const first = twisted === undefined ? honest : twisted(honest, message);
    if (first === null) return;
    const salted = pbkdf2Sync(
      passwordOf(peer, user) ?? '',
      salt,
      Math.min(iterations, 100_000),
      length,
      hash,
    );
    const full = /^r=([^,]*)/.exec(first)?.[1] ?? '';
    state.talk = { mechanism, profile, bind2, gs2, bare, user, nonce: full, first, salted, hash };
    say('server-first', peer, challenge(profile, first));
  }

  function finish(peer: Peer, state: State, talk: Talk, message: string): void {
    const [, withoutProof = '', bound = '', nonce = '', proof = ''] =
      /^(c=([^,]*),r=([^,]*)),p=(.*)$/.exec(message) ?? [];
    const { hash, profile } = talk;
    const expected = Buffer.concat([Buffer.from(talk.gs2), bindingOf(peer, talk.gs2)]);
    if (nonce !== talk.nonce) return refuse(peer, profile, 'malformed-request', 'another nonce');
    if (bound !== expected.toString('base64'))
      return refuse(peer, profile, 'malformed-request', 'Invalid channel binding value.');
    const authMessage = `${talk.bare},${talk.first},${withoutProof}`;
    const clientKey = hmac(hash, talk.salted, 'Client Key');
    const stored = createHash(hash).update(clientKey).digest();
    const signature = hmac(hash, stored, authMessage);
    const right = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0)));
    const given = Buffer.from(proof, 'base64');
    const known = passwordOf(peer, talk.user) !== undefined;
    if (!known || given.length !== right.length || !timingSafeEqual(given, right))
      return refuse(peer, profile, 'not-authorized');
    const honest = `v=${hmac(hash, hmac(hash, talk.salted, 'Server Key'), authMessage).toString('base64')}`;
    const twisted = options.twist?.serverFinal;
    welcome(peer, state, talk, twisted === undefined ? honest : twisted(honest));
  }

  function welcome(
    peer: Peer,
    state: State,
    talk: Pick<Talk, 'profile' | 'bind2' | 'user'>,
    final: string | null,
  ): void {
    state.user = talk.user;
    state.talk = null;
    const data = final === null ? '' : Buffer.from(final).toString('base64');
    if (talk.profile === 'sasl') {
      say('success', peer, `<success xmlns='${NS.sasl}'>${data}</success>`);
      return peer.restart();
    }
    const jid = escapeXml(`${talk.user}@${peer.to() ?? ''}${talk.bind2 ? `/${RESOURCE}` : ''}`);
    const bound = talk.bind2 ? `<bound xmlns='${BIND2}'/>` : '';
    const more = final === null ? '' : `<additional-data>${data}</additional-data>`;
    const success =
      `<success xmlns='${NS.sasl2}'>${more}<authorization-identifier>${jid}</authorization-identifier>${bound}</success>` +
      sessionFeatures();
    say('success', peer, success);
  }

  function refuse(peer: Peer, profile: Talk['profile'], condition: string, text = ''): void {
    const words = text === '' ? '' : `<text>${escapeXml(text)}</text>`;
    const ns = profile === 'sasl' ? NS.sasl : NS.sasl2;
    say('failure', peer, `<failure xmlns='${ns}'><${condition} xmlns='${NS.sasl}'/>${words}</failure>`);
  }

  function serve(user: string, peer: Peer, stanza: Stanza): void {
    const id = escapeXml(stanza.attribute('id') ?? '');
    if (stanza.name !== 'iq') return;
    if (stanza.children.some((one) => one.ns === BIND)) {
      const jid = escapeXml(`${user}@${peer.to() ?? ''}/${RESOURCE}`);
      say('bound', peer, `<iq type='result' id='${id}'><bind xmlns='${BIND}'><jid>${jid}</jid></bind></iq>`);
    } else if (stanza.children.some((one) => one.ns === PING))
      say('pong', peer, `<iq type='result' id='${id}'/>`);
  }

  function passwordOf(peer: Peer, user: string): string | undefined {
    return options.accounts[`${user}@${peer.to() ?? ''}`];
  }
}

function sessionFeatures(): string {
  return `<stream:features><bind xmlns='${BIND}'/></stream:features>`;
}

function withSasl2(features: string, mechanisms: readonly string[]): string {
  const names = mechanisms.map((name) => `<mechanism>${escapeXml(name)}</mechanism>`).join('');
  const offer = `<authentication xmlns='${NS.sasl2}'>${names}<inline><bind xmlns='${BIND2}'/></inline></authentication>`;
  return features.replace('</stream:features>', `${offer}</stream:features>`);
}

function challenge(profile: Talk['profile'], message: string): string {
  const ns = profile === 'sasl' ? NS.sasl : NS.sasl2;
  return `<challenge xmlns='${ns}'>${Buffer.from(message).toString('base64')}</challenge>`;
}

/** XEP-0474, as a server makes it of its own lists. */
function offerHash({ mechanisms, channelBindings }: AccountOptions, hash: Hash): string {
  const kinds = channelBindings === undefined ? '' : `\u001f${[...channelBindings].sort().join('\u001e')}`;
  return createHash(hash)
    .update([...mechanisms].sort().join('\u001e') + kinds)
    .digest('base64');
}

/** What the server sees of its own connection (RFC 5929, RFC 9266). */
function bindingOf(peer: Peer, gs2: string): Buffer {
  const type = /^p=([^,]+)/.exec(gs2)?.[1];
  const socket = peer.socket();
  if (type === undefined || !(socket instanceof TLSSocket)) return Buffer.alloc(0);
  if (type === 'tls-exporter')
    return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  if (type === 'tls-unique') return socket.getPeerFinished() ?? Buffer.alloc(0);
  const der = socket.getX509Certificate()?.raw ?? Buffer.alloc(0);
  const certificate = decodeCertificate(der);
  const hash = certificate.ok ? (certificate.value.signatureAlgorithm.hash ?? 'sha256') : 'sha256';
  return createHash(hash).update(der).digest();
}

function inner(stanza: Stanza, name: string): Stanza | undefined {
  return stanza.children.find((one) => one.name === name);
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

function hmac(hash: Hash, key: Uint8Array, text: string): Buffer {
  return createHmac(hash, key).update(text).digest();
}
