/**
 * xmpp-stanza.ts: an XMPP stream as whole elements, each a small tree.
 *
 * In:   bytes of one stream, in pieces of any size
 * Out:  the header, then every complete child of the stream, then its end
 * Not:  the XML itself with its bounds (xmpp-xml.ts), what an element means
 */
import { refuseXml, xmlReader, type XmlElement, type XmlReader } from './xmpp-xml.ts';

export type Stanza = {
  readonly ns: string;
  readonly name: string;
  /** By its name as written; null where it is not there. */
  readonly attribute: (name: string) => string | null;
  readonly children: readonly Stanza[];
  readonly text: string;
};

export type StanzaEvents = {
  readonly header: (root: XmlElement) => void;
  readonly stanza: (stanza: Stanza) => void;
  readonly end: () => void;
};

type Draft = Stanza & { readonly children: Draft[]; text: string };

/** Reads one stream. `malformed()` of the reader tells why reading ended, if it did. */
export function stanzaReader(events: StanzaEvents): XmlReader {
  const open: Draft[] = [];
  return xmlReader({
    open(element, depth) {
      if (depth === 1) return events.header(element);
      const { ns, name, attribute } = element;
      const draft: Draft = { ns, name, attribute, children: [], text: '' };
      open.at(-1)?.children.push(draft);
      open.push(draft);
    },
    text(text, depth) {
      const inner = open.at(-1);
      if (inner !== undefined) inner.text += text;
      // White space between elements keeps a connection alive (RFC 6120 4.6.1); anything else has no place there.
      else if (depth === 1 && /[^ \t\r\n]/.test(text)) refuseXml('text between the elements of the stream');
    },
    close(depth) {
      if (depth === 1) {
        events.end();
        return true;
      }
      const done = open.pop();
      if (depth === 2 && done !== undefined) events.stanza(done);
      return false;
    },
  });
}

/** The first child of that name and namespace. */
export function childOf(stanza: Stanza, ns: string, name: string): Stanza | null {
  return stanza.children.find((one) => one.ns === ns && one.name === name) ?? null;
}

/** The texts of all children of that name and namespace, trimmed. */
export function textsOf(stanza: Stanza | null, ns: string, name: string): readonly string[] {
  if (stanza === null) return [];
  return stanza.children.filter((one) => one.ns === ns && one.name === name).map((one) => one.text.trim());
}
