/**
 * stream.ts: the XMPP stream under TLS while signing in: what we say, and what comes, element by element.
 *
 * In:   a secured socket that was judged
 * Out:  XmppStream: opening, waiting for the next element, restarting, ending
 * Not:  the order of things (attempt.ts), SASL (sasl.ts)
 *
 * Built on our bounded reader and not on @xmpp/connection: that one reads any amount of XML of any form, sends stanzas of
 * its own accord, and takes a socket only from its own connect. Its builder `xml` writes what we send.
 */
import type { Outcome } from '../../shared/basics.ts';
import { stanzaReader, type Stanza } from '../wire/xmpp-stanza.ts';
import {
  CLOSE_XML,
  MAX_STREAM_BYTES,
  NS,
  openingXml,
  type XmlElement,
  type XmlReader,
} from '../wire/xmpp-xml.ts';
import type { SecuredSocket } from './channel-binding.ts';
import { fail, type Failure } from './failure.ts';

export type XmppStream = {
  say(xml: string): void;
  /** Our header, and then the server's header and features. Again after SASL, for the new stream (RFC 6120 6.4.6). */
  open(to: string): Promise<Outcome<Stanza, Failure>>;
  /** The next element. A stream error, bad form, too much, too long: a failure, and nothing is read or said after it. */
  next(): Promise<Outcome<Stanza, Failure>>;
  /** Closing tag and end; waits for the server's, a second at most. */
  goodbye(): Promise<void>;
};

type Item = { readonly header: XmlElement } | { readonly stanza: Stanza };

/** How long we wait for the server's goodbye, in milliseconds. Chosen. */
const GOODBYE_MS = 1_000;

/** Takes over `socket`. All waits end when `signal` aborts; `late` then tells a cancel from a timeout. */
export function openStream(
  socket: SecuredSocket,
  signal: AbortSignal,
  late: () => 'cancelled' | 'timed-out',
): XmppStream {
  const items: Item[] = [];
  let reader: XmlReader = newReader();
  let received = 0;
  let failure: Failure | null = null;
  let wake = (): void => undefined;

  function newReader(): XmlReader {
    return stanzaReader({
      header: (header) => void items.push({ header }),
      stanza: (stanza) => void items.push({ stanza }),
      end: () => end({ code: 'closed', detail: '' }),
    });
  }
  function end(with_: Failure): void {
    failure ??= with_;
    wake();
  }
  socket.on('data', (chunk: Buffer) => {
    if (failure !== null) return;
    received += chunk.length;
    if (received > MAX_STREAM_BYTES) {
      // What had arrived before does not count any more either: nothing is sent after this.
      items.length = 0;
      return end({ code: 'too-large', detail: '' });
    }
    reader.push(chunk);
    const malformed = reader.malformed();
    // The parser closes what a wrong end tag left open: what it made of that does not count.
    if (malformed !== null) {
      items.length = 0;
      return end({ code: 'malformed', detail: malformed });
    }
    wake();
  });
  const closed = (): void => end({ code: 'closed', detail: '' });
  socket.once('end', closed);
  socket.once('close', closed);
  socket.on('error', closed);
  const aborted = (): void => {
    items.length = 0;
    end({ code: late(), detail: '' });
    socket.destroy();
  };
  signal.addEventListener('abort', aborted, { once: true });
  if (signal.aborted) aborted();
  socket.resume();

  async function item(): Promise<Outcome<Item, Failure>> {
    while (items.length === 0 && failure === null) await new Promise<void>((resolve) => (wake = resolve));
    const first = items.shift();
    if (first !== undefined) return { ok: true, value: first };
    return { ok: false, problem: failure ?? { code: 'closed', detail: '' } };
  }

  const stream: XmppStream = {
    say: (xml) => {
      if (failure === null && !socket.destroyed) socket.write(xml);
    },
    async open(to) {
      // Anything that waits here was said before it was asked for.
      if (items.length > 0) return fail('unexpected-element', nameOf(items[0]));
      reader = newReader();
      stream.say(openingXml({ to, from: null, ns: NS.client, lang: 'en' }));
      const first = await item();
      if (!first.ok) return first;
      const wrong = 'header' in first.value ? headerFault(first.value.header) : 'no stream header';
      if (wrong !== null) return fail('malformed', wrong);
      const features = await stream.next();
      if (!features.ok) return features;
      return isElement(features.value, NS.streams, 'features')
        ? features
        : fail('unexpected-element', features.value.name);
    },
    async next() {
      const one = await item();
      if (!one.ok) return one;
      if ('header' in one.value) return fail('malformed', 'a second stream header');
      const { stanza } = one.value;
      return isElement(stanza, NS.streams, 'error') ? streamError(stanza) : { ok: true, value: stanza };
    },
    goodbye: () =>
      new Promise((resolve) => {
        const gone = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', aborted);
          socket.destroy();
          resolve();
        };
        const timer = setTimeout(gone, GOODBYE_MS);
        wake = () => {
          if (failure !== null) gone();
        };
        if (socket.destroyed || failure !== null) return gone();
        socket.end(CLOSE_XML);
      }),
  };
  return stream;
}

function headerFault(root: XmlElement): string | null {
  if (root.ns !== NS.streams || root.name !== 'stream') return 'something other than an XMPP stream';
  if (root.defaultNs !== NS.client) return 'a stream for something other than clients';
  return null;
}

/** RFC 6120 4.9. */
function streamError(error: Stanza): Outcome<never, Failure> {
  const named = error.children.filter((one) => one.ns === NS.streamErrors);
  const condition = named.find((one) => one.name !== 'text');
  if (condition?.name === 'see-other-host') return fail('see-other-host', condition.text.trim());
  const text = named.find((one) => one.name === 'text')?.text.trim() ?? '';
  const name = condition?.name ?? 'undefined-condition';
  if (name === 'policy-violation') return fail('policy', text === '' ? name : text);
  return fail('stream-error', text === '' ? name : `${name} (${text})`);
}

export function isElement(stanza: Stanza, ns: string, name: string): boolean {
  return stanza.ns === ns && stanza.name === name;
}

function nameOf(item: Item | undefined): string {
  if (item === undefined) return '';
  return 'header' in item ? 'a stream header' : item.stanza.name;
}
