/**
 * xmpp-xml.ts: the restricted XML of XMPP streams (RFC 6120 11), read as it arrives, and what we say ourselves.
 *
 * In:   bytes, in pieces of any size
 * Out:  elements and text by events, with the exact byte where the caller said stop; the four things we send
 * Not:  what the elements mean (xmpp-stream.ts)
 */
import { SaxesParser } from 'saxes';

export const NS = {
  streams: 'http://etherx.jabber.org/streams',
  client: 'jabber:client',
  server: 'jabber:server',
  tls: 'urn:ietf:params:xml:ns:xmpp-tls',
  sasl: 'urn:ietf:params:xml:ns:xmpp-sasl',
  streamErrors: 'urn:ietf:params:xml:ns:xmpp-streams',
  channelBinding: 'urn:xmpp:sasl-cb:0',
  sasl2: 'urn:xmpp:sasl:2',
} as const;

/** The most bytes of one phase of a stream that we read. Chosen: real openings are under 4 KiB. */
export const MAX_STREAM_BYTES = 65_536;
/** The deepest nesting. Chosen: stream features of real servers are five deep at most. */
const MAX_DEPTH = 32;
/** The most attributes of one element. Chosen: real ones have under ten. */
const MAX_ATTRIBUTES = 256;

export type XmlElement = {
  readonly ns: string;
  readonly name: string;
  /** The value of an attribute by its name as written ('xml:lang'), or null. */
  readonly attribute: (name: string) => string | null;
  /** The default namespace in scope here. */
  readonly defaultNs: string;
};
export type XmlHandler = {
  /** `depth` is 1 for the root. */
  readonly open: (element: XmlElement, depth: number) => void;
  readonly text: (text: string, depth: number) => void;
  /** Returns true to stop reading right after this end tag. */
  readonly close: (depth: number) => boolean;
};
export type XmlReader = {
  /** Reads more bytes. Returns how many of them were not read because the handler said stop, now or before. */
  push(bytes: Uint8Array): number;
  /** Why reading ended in refusal; null while all is well. */
  malformed(): string | null;
};

/** Thrown inside a handler or the parser to end reading; never leaves this file. */
class Refusal extends Error {}

/** Ends reading from inside a handler: `why` becomes what `malformed()` says. */
export function refuseXml(why: string): never {
  throw new Refusal(why);
}

const LESS = 0x3c;
const GREATER = 0x3e;
const BANG = 0x21;
const QUESTION = 0x3f;
const BRACKET = 0x5b;

/**
 * Makes a reader of restricted XML: UTF-8 only, XML 1.0, namespaces, no DTD, comment or processing instruction
 * (RFC 6120 11.1), bounded in bytes, depth and attributes. Time is linear in the bytes, however they are cut up.
 */
export function xmlReader(handler: XmlHandler): XmlReader {
  let depth = 0;
  let total = 0;
  let attributes = 0;
  const state = { stopped: false, bad: null as string | null };
  // The last two bytes: what follows '<' must not begin a DTD, a comment or a processing instruction.
  let last = 0;
  let beforeLast = 0;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('error', (error) => refuseXml(error.message.replace(/\.$/, '')));
  parser.on('xmldecl', (declaration) => {
    if (declaration.version !== '1.0') refuseXml('XML other than version 1.0');
    if (declaration.encoding !== undefined && !/^utf-8$/i.test(declaration.encoding))
      refuseXml('an encoding other than UTF-8');
  });
  parser.on('opentagstart', () => {
    attributes = 0;
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > MAX_ATTRIBUTES) refuseXml(`more than ${MAX_ATTRIBUTES} attributes on one element`);
  });
  parser.on('opentag', (tag) => {
    depth += 1;
    if (depth > MAX_DEPTH) refuseXml(`elements nested more than ${MAX_DEPTH} deep`);
    handler.open(
      {
        ns: tag.uri,
        name: tag.local,
        attribute: (name) => tag.attributes[name]?.value ?? null,
        defaultNs: parser.resolve('') ?? '',
      },
      depth,
    );
  });
  const text = (value: string): void => {
    if (!state.stopped) handler.text(value, depth);
  };
  parser.on('text', text);
  parser.on('cdata', text);
  parser.on('closetag', () => {
    const at = depth;
    depth -= 1;
    if (handler.close(at)) state.stopped = true;
  });

  /** Feeds the parser one piece; a piece ends where a tag may end, so that stopping is exact to the byte. True to stop. */
  const feed = (piece: Uint8Array): boolean => {
    let decoded: string;
    try {
      decoded = decoder.decode(piece, { stream: true });
    } catch {
      state.bad = 'bytes that are not UTF-8';
      return false;
    }
    if (decoded === '') return false;
    try {
      parser.write(decoded);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      state.bad = error.message;
    }
    return state.stopped;
  };

  return {
    malformed: () => state.bad,
    push(bytes) {
      if (state.stopped) return bytes.length;
      let from = 0;
      for (let i = 0; i < bytes.length && state.bad === null; i += 1) {
        const byte = bytes[i] ?? 0;
        total += 1;
        let fault: string | null = null;
        if (total > MAX_STREAM_BYTES) fault = `more than ${MAX_STREAM_BYTES} bytes`;
        else if (last === LESS && byte === QUESTION && total !== 2) fault = 'a processing instruction';
        else if (beforeLast === LESS && last === BANG && byte !== BRACKET)
          fault = byte === 0x2d ? 'a comment' : 'a document type declaration';
        beforeLast = last;
        last = byte;
        if (fault !== null) {
          // What stands before it is read first, so that the same fault is named however the bytes were cut up.
          feed(bytes.subarray(from, i));
          state.bad ??= fault;
        }
        if (state.bad !== null || byte !== GREATER) continue;
        const stop = feed(bytes.subarray(from, i + 1));
        from = i + 1;
        if (stop) return bytes.length - from;
      }
      if (state.bad === null) feed(bytes.subarray(from));
      return 0;
    },
  };
}

/**
 * Escapes text for an attribute value or character data. Tabs and line ends are escaped too, since a parser would turn
 * them into spaces; what XML 1.0 cannot carry becomes U+FFFD.
 */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>'"\t\n\r]/g, (c) => `&#${c.charCodeAt(0)};`);
}

export type OpeningWords = {
  readonly to: string;
  /** Null for a client: RFC 6120 4.7.1 tells clients not to name themselves before TLS. */
  readonly from: string | null;
  readonly ns: typeof NS.client | typeof NS.server;
  readonly lang: string;
};

/** Our stream header (RFC 6120 4.7). */
export function openingXml({ to, from, ns, lang }: OpeningWords): string {
  const sender = from === null ? '' : ` from='${escapeXml(from)}'`;
  return (
    `<?xml version='1.0'?><stream:stream to='${escapeXml(to)}'${sender} version='1.0' ` +
    `xml:lang='${escapeXml(lang)}' xmlns='${ns}' xmlns:stream='${NS.streams}'>`
  );
}

export const STARTTLS_XML = `<starttls xmlns='${NS.tls}'/>`;
export const CLOSE_XML = '</stream:stream>';
