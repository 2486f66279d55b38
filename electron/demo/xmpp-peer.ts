/**
 * xmpp-peer.ts: one client connection as the demo's XMPP server sees it, and acts to build good and bad servers of.
 *
 * In:   a socket
 * Out:  Peer: what was said to us, and ways to answer well, slowly, endlessly or not at all
 * Not:  the order in which a polite server answers (xmpp-server.ts)
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { escapeXml, NS, xmlReader, type XmlElement } from '../wire/xmpp-xml.ts';

/** One complete element under the stream's root, as a tree. */
export type Stanza = {
  readonly ns: string;
  readonly name: string;
  readonly attribute: (name: string) => string | null;
  readonly children: readonly Stanza[];
  readonly text: string;
};

export type Peer = {
  /** The connection as it is now: plain, or the TLS socket after the handshake. */
  readonly socket: () => Socket;
  readonly secured: () => boolean;
  /** The `to` and `from` of the client's last stream header. */
  readonly to: () => string | null;
  readonly from: () => string | null;
  /** Everything the client sent before TLS, or under it: for tests. */
  readonly heard: () => string;
  /** Writes text or bytes, if the connection still stands. */
  readonly say: (what: string | Uint8Array) => void;
  /** One byte every `ms` milliseconds until the text or the connection ends. */
  readonly drip: (text: string, ms: number) => void;
  /** The same text again and again, as fast as it is taken. */
  readonly endless: (text: string) => void;
  /** Ends our direction only (half-closed), closes both, or resets. */
  readonly halfClose: () => void;
  readonly close: () => void;
  readonly reset: () => void;
  /** Writes to the TCP connection, past TLS. */
  readonly plain: (text: string) => void;
  /** Asks the client for a new handshake (TLS 1.2 and older), then goes on. */
  readonly renegotiate: (then: () => void) => void;
  /** Stops reading XMPP and hands over the connection, paused. */
  readonly detach: () => Socket;
  /** Reads the next bytes as a new stream: after SASL, RFC 6120 6.4.6. */
  readonly restart: () => void;
};

export type PeerEvents = {
  readonly header: (peer: Peer) => void;
  readonly stanza: (peer: Peer, stanza: Stanza) => void;
};

/** A Peer with what only the server itself uses. */
export type OwnedPeer = Peer & { readonly attach: (socket: Socket) => void };

/** Follows one connection. The socket is closed with it at the latest; nothing is kept running after that. */
export function makePeer(first: Socket, events: PeerEvents): OwnedPeer {
  let socket = first;
  let secured = false;
  let to: string | null = null;
  let from: string | null = null;
  let heard = '';
  const timers = new Set<ReturnType<typeof setInterval>>();
  let reader = newReader();

  function newReader(): ReturnType<typeof xmlReader> {
    return stanzaReader({
      header: (root) => {
        to = root.attribute('to');
        from = root.attribute('from');
        events.header(peer);
      },
      stanza: (stanza) => events.stanza(peer, stanza),
      end: () => peer.close(),
    });
  }
  const onData = (chunk: Buffer): void => {
    heard += chunk.toString('utf8');
    reader.push(chunk);
  };
  const onClose = (): void => {
    for (const timer of timers) clearInterval(timer);
  };
  const listen = (): void => {
    socket.on('error', () => undefined);
    socket.on('data', onData);
    socket.on('close', onClose);
  };

  const peer: OwnedPeer = {
    socket: () => socket,
    secured: () => secured,
    to: () => to,
    from: () => from,
    heard: () => heard,
    say: (what) => {
      if (socket.writable) socket.write(what);
    },
    drip: (text, ms) => {
      const bytes = Buffer.from(text);
      let next = 0;
      const timer = setInterval(() => {
        if (next < bytes.length) peer.say(bytes.subarray(next, ++next));
        else clearInterval(timer);
      }, ms);
      timers.add(timer);
    },
    endless: (text) => {
      const target = socket;
      const more = (): void => {
        while (target.writable) if (!target.write(text)) return;
      };
      target.on('drain', more);
      more();
    },
    halfClose: () => socket.end(),
    close: () => socket.end(() => socket.destroySoon()),
    reset: () => (secured ? socket.destroy() : socket.resetAndDestroy()),
    plain: (text) => first.write(text),
    renegotiate: (then) => {
      if (socket instanceof TLSSocket) socket.renegotiate({}, then);
    },
    restart: () => {
      reader = newReader();
    },
    detach: () => {
      socket.off('data', onData);
      socket.pause();
      return socket;
    },
    attach: (next) => {
      socket = next;
      secured = true;
      reader = newReader();
      listen();
    },
  };
  listen();
  return peer;
}

type ReaderEvents = {
  readonly header: (root: XmlElement) => void;
  readonly stanza: (stanza: Stanza) => void;
  readonly end: () => void;
};
type Draft = Stanza & { readonly children: Draft[]; text: string };

/** Collects whole children of the root. */
function stanzaReader(events: ReaderEvents): ReturnType<typeof xmlReader> {
  const open: Draft[] = [];
  return xmlReader({
    open(element, depth) {
      if (depth === 1) return events.header(element);
      const { ns, name, attribute } = element;
      const draft: Draft = { ns, name, attribute, children: [], text: '' };
      open.at(-1)?.children.push(draft);
      open.push(draft);
    },
    text(text) {
      const inner = open.at(-1);
      if (inner !== undefined) inner.text += text;
    },
    close(depth) {
      const done = open.pop();
      if (depth === 1) events.end();
      else if (depth === 2 && done !== undefined) events.stanza(done);
      return false;
    },
  });
}

/** A server's stream header. `attributes` replaces or adds attributes; null leaves one out. */
export function serverHeader(
  ns: string,
  from: string | null,
  attributes: Readonly<Record<string, string | null>> = {},
): string {
  const all: Record<string, string | null> = {
    from,
    id: 'demo-1',
    version: '1.0',
    'xml:lang': 'en',
    xmlns: ns,
    'xmlns:stream': NS.streams,
    ...attributes,
  };
  const text = Object.entries(all)
    .map(([name, value]) => (value === null ? '' : ` ${name}='${escapeXml(value)}'`))
    .join('');
  return `<?xml version='1.0'?><stream:stream${text}>`;
}

/** A stream error by name (RFC 6120 4.9), with the closing tag. */
export function streamErrorXml(condition: string, text: string | null = null, content = ''): string {
  const words = text === null ? '' : `<text xmlns='${NS.streamErrors}'>${escapeXml(text)}</text>`;
  return (
    `<stream:error><${condition} xmlns='${NS.streamErrors}'>${escapeXml(content)}</${condition}>${words}` +
    `</stream:error></stream:stream>`
  );
}
