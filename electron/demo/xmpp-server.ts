/**
 * xmpp-server.ts: a real XMPP server on a loopback port, polite by default, and as bad as a test wants it.
 *
 * In:   certificates, what to offer, and for any moment of the conversation something else to do than the polite thing
 * Out:  XmppServer: its port, its connections, a certificate that can be swapped while it runs
 * Not:  accounts and SASL: they come in at the moment `stanza` under TLS (`onAuthenticatedStream` in the options)
 */
import { createServer, type Socket } from 'node:net';
import * as tls from 'node:tls';
import type { Mode, Service } from '../../shared/request.ts';
import { toAscii } from '../wire/idna.ts';
import { escapeXml, NS } from '../wire/xmpp-xml.ts';
import { makePeer, serverHeader, type OwnedPeer, type Peer, type Stanza } from './xmpp-peer.ts';

/** PEM. `cert` is everything to send, leaf first: what is in it is sent as it is, right or wrong. */
export type Credentials = { readonly cert: string; readonly key: string };

/** Something to do at a moment of the conversation. `polite` does what the server would have done. */
export type Act = (peer: Peer, polite: () => void, words: StreamWords) => void;
/**
 * connect: TCP stands. header: the client's header is here. starttls: the client asks for TLS. handshake: <proceed/> is
 * sent (at once after connect for direct TLS). secured: the handshake is over. secured-header: its header under TLS.
 */
export type Moment = 'connect' | 'header' | 'starttls' | 'handshake' | 'secured' | 'secured-header';

export type XmppServerOptions = {
  readonly host?: string;
  readonly port?: number;
  readonly service?: Service;
  readonly mode?: Mode;
  /** Default certificate; `byName` is looked up by SNI first, then by the stream's `to`. */
  readonly credentials: Credentials;
  readonly byName?: Readonly<Record<string, Credentials>>;
  readonly starttls?: 'required' | 'optional' | 'absent';
  readonly mechanisms?: readonly string[];
  readonly channelBindings?: readonly string[];
  /** More features, XML as it is. */
  readonly features?: string;
  /** Versions, ciphers, requestCert, dhparam and so on, as Node names them. */
  readonly tls?: tls.TlsOptions;
  /** DER of the OCSP response to staple. */
  readonly staple?: Buffer | null;
  readonly behave?: Partial<Readonly<Record<Moment, Act>>>;
  /** Every complete element under TLS goes here: the place of SASL, bind and what follows. */
  readonly onAuthenticatedStream?: (peer: Peer, stanza: Stanza, server: StreamWords) => void;
};
/** What the server would say at the opening of a stream: for acts that want to say part of it. */
export type StreamWords = {
  readonly header: (peer: Peer) => string;
  readonly features: (peer: Peer) => string;
};

export type XmppServer = {
  readonly port: number;
  readonly words: StreamWords;
  /** Connections accepted so far, and open now. */
  readonly accepted: () => number;
  readonly open: () => number;
  /** What each connection has said so far, before and under TLS, in the order of connecting; the last 200 of them. */
  readonly heard: () => readonly string[];
  /** SNI of each finished handshake, false for none. */
  readonly serverNames: () => readonly (string | false)[];
  readonly swapCertificate: (
    credentials: Credentials,
    byName?: Readonly<Record<string, Credentials>>,
  ) => void;
  /** Cuts every connection and stops listening. */
  readonly close: () => Promise<void>;
};

/** How many connections are remembered for tests. Chosen: more than any test looks at. */
const MAX_TOLD = 200;

/** Starts a server on 127.0.0.1 and an ephemeral port, unless told otherwise. */
export async function startXmppServer(options: XmppServerOptions): Promise<XmppServer> {
  const { service = 'xmpp-client', mode = 'starttls', behave = {} } = options;
  const words = streamWords(options, service === 'xmpp-client' ? NS.client : NS.server);
  const peers = new Map<Socket, OwnedPeer>();
  // What closed connections had said stays for a while; the connections themselves do not.
  const told: (() => string)[] = [];
  let accepted = 0;
  const serverNames: (string | false)[] = [];
  // The handshake's result carries the connection by its remote port only.
  const shaking = new Map<number | undefined, OwnedPeer>();
  const makers = new Map<string, tls.Server>();
  let credentials = options.credentials;
  let byName = options.byName ?? {};

  const at = (moment: Moment, peer: Peer, polite: () => void): void => {
    const act = behave[moment];
    if (act === undefined) polite();
    else act(peer, polite, words);
  };
  const shake = (peer: OwnedPeer): void =>
    at('handshake', peer, () => {
      const raw = peer.detach();
      shaking.set(raw.remotePort, peer);
      tlsServerFor(peer.to()).emit('connection', raw);
    });

  /** One tls.Server for each `to`, since SNI may be missing and `to` then chooses. */
  function tlsServerFor(to: string | null): tls.Server {
    const known = makers.get(to ?? '');
    if (known !== undefined) return known;
    const maker = tls.createServer({
      ALPNProtocols: mode === 'direct-tls' ? [service] : undefined,
      ...options.tls,
      ...(byName[toAscii(to ?? '') ?? ''] ?? credentials),
      SNICallback: (name, done) => {
        const found = byName[name];
        done(null, found === undefined ? undefined : tls.createSecureContext({ ...options.tls, ...found }));
      },
    } as tls.TlsOptions);
    maker.on('tlsClientError', (_error, socket) => socket.destroy());
    const staple = options.staple;
    if (staple !== undefined)
      maker.on('OCSPRequest', (_cert, _issuer, done: (e: null, r: Buffer | null) => void) =>
        done(null, staple),
      );
    maker.on('secureConnection', (socket) => {
      const peer = shaking.get(socket.remotePort);
      shaking.delete(socket.remotePort);
      if (peer === undefined) return void socket.destroy();
      if (serverNames.length >= MAX_TOLD) serverNames.shift();
      serverNames.push((socket.servername as string | false | undefined) ?? false);
      peer.attach(socket);
      at('secured', peer, () => undefined);
    });
    makers.set(to ?? '', maker);
    return maker;
  }

  const onHeader = (peer: Peer): void =>
    at(peer.secured() ? 'secured-header' : 'header', peer, () => {
      peer.say(words.header(peer) + words.features(peer));
    });
  const onStanza = (peer: OwnedPeer, stanza: Stanza): void => {
    if (peer.secured()) options.onAuthenticatedStream?.(peer, stanza, words);
    else if (stanza.name === 'starttls' && stanza.ns === NS.tls)
      at('starttls', peer, () => {
        peer.say(`<proceed xmlns='${NS.tls}'/>`);
        shake(peer);
      });
  };

  const listener = createServer((socket) => {
    socket.setNoDelay(true);
    // Asked for now: a closed socket has forgotten it.
    const { remotePort } = socket;
    const peer: OwnedPeer = makePeer(socket, {
      header: onHeader,
      stanza: (_peer, stanza) => onStanza(peer, stanza),
    });
    peers.set(socket, peer);
    accepted += 1;
    told.push(peer.heard);
    if (told.length > MAX_TOLD) told.shift();
    socket.on('close', () => {
      peers.delete(socket);
      shaking.delete(remotePort);
      const heard = peer.heard();
      const at = told.indexOf(peer.heard);
      if (at >= 0) told[at] = remembered(heard);
    });
    at('connect', peer, () => {
      if (mode === 'direct-tls') shake(peer);
    });
  });
  await new Promise<void>((ready, failed) => {
    listener.once('error', failed);
    listener.listen(options.port ?? 0, options.host ?? '127.0.0.1', ready);
  });
  const bound = listener.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    words,
    accepted: () => accepted,
    open: () => peers.size,
    heard: () => told.map((heard) => heard()),
    serverNames: () => serverNames,
    swapCertificate: (next, nextByName) => {
      credentials = next;
      byName = nextByName ?? byName;
      makers.clear();
    },
    close: () =>
      new Promise((closed) => {
        listener.close(() => closed());
        for (const [socket, peer] of peers) {
          peer.socket().destroy();
          socket.destroy();
        }
      }),
  };
}

/** Made out here, so that it holds the text alone, and not the connection that said it. */
function remembered(heard: string): () => string {
  return () => heard;
}

function streamWords(options: XmppServerOptions, ns: string): StreamWords {
  const { starttls = 'required', mechanisms = ['SCRAM-SHA-256', 'PLAIN'], channelBindings = [] } = options;
  const offer =
    starttls === 'absent'
      ? ''
      : `<starttls xmlns='${NS.tls}'>${starttls === 'required' ? '<required/>' : ''}</starttls>`;
  const list = mechanisms.map((name) => `<mechanism>${escapeXml(name)}</mechanism>`).join('');
  const sasl = mechanisms.length === 0 ? '' : `<mechanisms xmlns='${NS.sasl}'>${list}</mechanisms>`;
  const types = channelBindings.map((type) => `<channel-binding type='${escapeXml(type)}'/>`).join('');
  const bindings =
    channelBindings.length === 0
      ? ''
      : `<sasl-channel-binding xmlns='${NS.channelBinding}'>${types}</sasl-channel-binding>`;
  return {
    header: (peer) => serverHeader(ns, peer.to()),
    features: (peer) => {
      const body = peer.secured() ? sasl + bindings : starttls === 'required' ? offer : offer + sasl;
      return `<stream:features>${body}${options.features ?? ''}</stream:features>`;
    },
  };
}
