/**
 * host-meta.ts: where a domain says its other XMPP doors are (RFC 6415, XEP-0156, XEP-0487).
 *
 * In:   the body of /.well-known/host-meta (XRD) or /.well-known/host-meta.json (JRD)
 * Out:  HostMeta: the links that concern XMPP, and what of XEP-0487 stands there; or what is malformed
 * Not:  whether a link deserves trust (trust/host-meta.ts)
 */
import { SaxesParser } from 'saxes';
import type { Malformed, Outcome } from '../../shared/basics.ts';
import { decodeJson, decodeUtf8, type JsonObject, type JsonValue } from './json.ts';

export type HostMetaLink = {
  readonly rel: string;
  readonly href: string | null;
  /** Names of further members (XEP-0487: port, priority, weight, ips, sni, ech ...), in order. */
  readonly members: readonly string[];
};

export type HostMeta = {
  /** Links whose rel begins with urn:xmpp:alt-connections: (XEP-0156), in order; at most 100. */
  readonly links: readonly HostMetaLink[];
  /** How many links of other kinds stand beside them. */
  readonly others: number;
  /** The member names of the top-level "xmpp" object of XEP-0487; null where there is none. */
  readonly hostMeta2: readonly string[] | null;
};

/** XEP-0156: WebSocket (RFC 7395) and BOSH (XEP-0206). */
export const REL_WEBSOCKET = 'urn:xmpp:alt-connections:websocket';
export const REL_BOSH = 'urn:xmpp:alt-connections:xbosh';
const REL_PREFIX = 'urn:xmpp:alt-connections:';

/** Most links kept. Chosen: two are usual, XEP-0487 makes a dozen. */
const MOST_LINKS = 100;
/** Deepest XML nesting: XRD has Link below XRD, and Property or Title below Link. */
const DEEPEST = 8;
const UTF8_MARK = [0xef, 0xbb, 0xbf];
const XRD = 'http://docs.oasis-open.org/ns/xri/xrd-1.0';

/**
 * Reads an XRD document. Malformed: larger than 64 KiB, no UTF-8, no well-formed XML, a DTD, nested too deep, or another
 * root element. Comments and processing instructions say nothing and are passed over: XRD allows them, unlike XMPP streams.
 */
export function decodeHostMetaXml(body: Uint8Array): Outcome<HostMeta, Malformed> {
  // XML, unlike JSON, may begin with the mark of its encoding (XML 1.0 4.3.3).
  const marked = UTF8_MARK.every((octet, i) => body[i] === octet);
  const text = decodeUtf8(marked ? body.subarray(UTF8_MARK.length) : body);
  if (!text.ok) return text;
  try {
    return { ok: true, value: readXrd(text.value) };
  } catch (thrown) {
    if (thrown instanceof Broken) return malformed(thrown.message);
    throw thrown;
  }
}

/** Reads a JRD document (RFC 6415 appendix A). Malformed: no strict JSON, no object, or `links` is no array. */
export function decodeHostMetaJson(body: Uint8Array): Outcome<HostMeta, Malformed> {
  const json = decodeJson(body);
  if (!json.ok) return json;
  if (!isObject(json.value)) return malformed('not a JSON object');
  const list = json.value.get('links') ?? [];
  if (!isArray(list)) return malformed('"links" is not an array');
  const all = list.filter(isObject).map((link): HostMetaLink => {
    const rel = link.get('rel');
    const href = link.get('href');
    return {
      rel: typeof rel === 'string' ? rel : '',
      href: typeof href === 'string' ? href : null,
      members: [...link.keys()].filter((name) => name !== 'rel' && name !== 'href'),
    };
  });
  const xmpp = json.value.get('xmpp');
  return { ok: true, value: sorted(all, isObject(xmpp) ? [...xmpp.keys()] : null) };
}

class Broken extends Error {}

function readXrd(text: string): HostMeta {
  const links: HostMetaLink[] = [];
  let depth = 0;
  const parser = new SaxesParser({ xmlns: true });
  parser.on('doctype', () => refuse('it has a document type declaration (DTD)'));
  parser.on('error', (problem) => refuse(`not well-formed XML: ${problem.message}`));
  parser.on('opentag', (tag) => {
    depth++;
    if (depth > DEEPEST) refuse(`nested deeper than ${DEEPEST}`);
    if (depth === 1 && (tag.uri !== XRD || tag.local !== 'XRD')) refuse('the root element is not XRD');
    if (depth !== 2 || tag.uri !== XRD || tag.local !== 'Link') return;
    links.push({
      rel: tag.attributes['rel']?.value ?? '',
      href: tag.attributes['href']?.value ?? null,
      members: Object.keys(tag.attributes).filter((name) => name !== 'rel' && name !== 'href'),
    });
  });
  parser.on('closetag', () => {
    depth--;
  });
  parser.write(text).close();
  return sorted(links, null);
}

function refuse(what: string): never {
  throw new Broken(what);
}

function sorted(all: readonly HostMetaLink[], hostMeta2: readonly string[] | null): HostMeta {
  const ours = all.filter((link) => link.rel.startsWith(REL_PREFIX));
  return { links: ours.slice(0, MOST_LINKS), others: all.length - ours.length, hostMeta2 };
}

function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

function malformed(detail: string): { readonly ok: false; readonly problem: Malformed } {
  return { ok: false, problem: { code: 'malformed', detail } };
}
