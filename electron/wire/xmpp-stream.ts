/**
 * xmpp-stream.ts: what a server says at the opening of an XMPP stream (RFC 6120 4 and 5).
 *
 * In:   the bytes of one phase, whole or as they arrive
 * Out:  Opening: header, features, the answer to <starttls/>, a stream error by name, what is wrong with the form
 * Not:  the XML itself (xmpp-xml.ts), talking (net/visit.ts), any judgement
 */
import { NS, refuseXml, xmlReader, type XmlElement } from './xmpp-xml.ts';

/** The most names kept of each list. Chosen: servers offer a dozen mechanisms and a dozen features. */
const MAX_ITEMS = 64;
/** The longest text kept of one name or attribute, in characters. Chosen: a domain name (253) fits. */
const MAX_TEXT = 256;

export type StreamHeader = {
  readonly id: string | null;
  readonly from: string | null;
  readonly version: string | null;
  /** The default namespace: jabber:client or jabber:server if all is well. */
  readonly ns: string;
};
export type StreamFeatures = {
  readonly starttls: 'required' | 'optional' | 'absent';
  readonly mechanisms: readonly string[];
  /** XEP-0440. */
  readonly channelBindings: readonly string[];
  /** XEP-0388. */
  readonly sasl2Mechanisms: readonly string[];
  /** The features not named above, each as {namespace}name. */
  readonly others: readonly string[];
};
export type StreamError = {
  /** The defined condition (RFC 6120 4.9.3), or undefined-condition where the server named none. */
  readonly condition: string;
  readonly text: string | null;
  /** Where <see-other-host/> points. */
  readonly otherHost: string | null;
};
export type Opening = {
  readonly header: StreamHeader | null;
  /** Null until the end tag of the features. */
  readonly features: StreamFeatures | null;
  readonly answer: 'proceed' | 'failure' | null;
  /** Bytes after <proceed/>: any at all, white space too, must not be there (RFC 6120 5.4.3.3). */
  readonly leftover: number;
  readonly streamError: StreamError | null;
  /** The server ended its stream. */
  readonly closed: boolean;
  /** What breaks the rules, in a few words; all before it still stands in the other fields. */
  readonly malformed: string | null;
};
export type OpeningReader = { push(bytes: Uint8Array): void; opening(): Opening };

/** Reads all bytes of one phase at once. `ns` is the namespace that the service must speak; null accepts both. */
export function readOpening(received: Uint8Array, ns: string | null = null): Opening {
  const reader = openingReader(ns);
  reader.push(received);
  return reader.opening();
}

/**
 * Reads one phase as it arrives; after any cutting up of the bytes `opening()` is the same as readOpening's. Only where bytes
 * are no UTF-8 can `malformed` name another fault that stands before them.
 */
export function openingReader(ns: string | null = null): OpeningReader {
  let header: StreamHeader | null = null;
  let features: StreamFeatures | null = null;
  let answer: 'proceed' | 'failure' | null = null;
  let leftover = 0;
  let streamError: StreamError | null = null;
  let closed = false;

  // {namespace}name of the open elements, outermost first.
  const path: string[] = [];
  let draft = noFeatures();
  let error = { condition: '', text: null as string | null, otherHost: null as string | null };
  let wanted: string | null = null;

  const reader = xmlReader({
    open(element, depth) {
      const key = `{${element.ns}}${element.name}`;
      const parent = path.at(-1) ?? '';
      path.push(key);
      wanted = null;
      if (depth === 1) header = readHeader(element);
      else if (depth === 2) openTop(key);
      else if (path[1] === FEATURES) wanted = openFeature(draft, element, key, parent, depth);
      else if (path[1] === ERROR && depth === 3) wanted = openError(element, key);
    },
    text(text, depth) {
      if (wanted !== null) wanted = (wanted + text).slice(0, MAX_TEXT);
      else if (depth <= 1 && /[^ \t\r\n]/.test(text)) refuseXml('text between the elements of the stream');
    },
    close(depth) {
      const key = path.pop() ?? '';
      const text = wanted;
      wanted = null;
      if (depth === 1) closed = true;
      else if (depth === 2) return closeTop(key);
      else if (text !== null) keepText(key, path.at(-1) ?? '', text);
      return false;
    },
  });

  function openTop(key: string): void {
    if (key === FEATURES) {
      if (features !== null) refuseXml('stream features twice');
      draft = noFeatures();
    } else if (key === ERROR) error = { condition: '', text: null, otherHost: null };
    else if (key === PROCEED || key === FAILURE) {
      if (answer !== null) refuseXml('two answers to STARTTLS');
    } else refuseXml(`an unexpected element ${key.slice(0, MAX_TEXT)}`);
  }

  function openError(element: XmlElement, key: string): string | null {
    if (element.ns !== NS.streamErrors) return null;
    if (element.name === 'text') return '';
    if (error.condition === '') error.condition = element.name.slice(0, MAX_TEXT);
    return key === SEE_OTHER_HOST ? '' : null;
  }

  function keepText(key: string, parent: string, text: string): void {
    if (key === ERROR_TEXT && parent === ERROR) error.text ??= text;
    else if (key === SEE_OTHER_HOST && parent === ERROR) error.otherHost = text.trim();
    else if (parent === MECHANISMS) add(draft.mechanisms, text.trim());
    else if (parent === SASL2) add(draft.sasl2Mechanisms, text.trim());
  }

  /** The end of a child of the stream. Returns true where reading must stop: all after <proceed/> is leftover. */
  function closeTop(key: string): boolean {
    if (key === FEATURES) features = draft;
    else if (key === ERROR)
      streamError ??= {
        ...error,
        condition: error.condition === '' ? 'undefined-condition' : error.condition,
      };
    else if (key === FAILURE) answer = 'failure';
    else if (key === PROCEED) {
      answer = 'proceed';
      return true;
    }
    return false;
  }

  return {
    push(bytes) {
      leftover += reader.push(bytes);
    },
    opening: () => ({
      header,
      features,
      answer,
      leftover,
      streamError,
      closed,
      malformed: reader.malformed() ?? (streamError === null ? headerFault(header, ns) : null),
    }),
  };
}

const FEATURES = `{${NS.streams}}features`;
const ERROR = `{${NS.streams}}error`;
const PROCEED = `{${NS.tls}}proceed`;
const FAILURE = `{${NS.tls}}failure`;
const STARTTLS = `{${NS.tls}}starttls`;
const MECHANISMS = `{${NS.sasl}}mechanisms`;
const SASL2 = `{${NS.sasl2}}authentication`;
const CHANNEL_BINDINGS = `{${NS.channelBinding}}sasl-channel-binding`;
const ERROR_TEXT = `{${NS.streamErrors}}text`;
const SEE_OTHER_HOST = `{${NS.streamErrors}}see-other-host`;

type Draft = {
  starttls: 'required' | 'optional' | 'absent';
  readonly mechanisms: string[];
  readonly channelBindings: string[];
  readonly sasl2Mechanisms: string[];
  readonly others: string[];
};

function noFeatures(): Draft {
  return { starttls: 'absent', mechanisms: [], channelBindings: [], sasl2Mechanisms: [], others: [] };
}

function add(list: string[], item: string): void {
  if (item !== '' && list.length < MAX_ITEMS) list.push(item.slice(0, MAX_TEXT));
}

function readHeader(root: XmlElement): StreamHeader {
  if (root.ns !== NS.streams || root.name !== 'stream') refuseXml('something other than an XMPP stream');
  const cut = (name: string): string | null => root.attribute(name)?.slice(0, MAX_TEXT) ?? null;
  return { id: cut('id'), from: cut('from'), version: cut('version'), ns: root.defaultNs.slice(0, MAX_TEXT) };
}

/** What is wrong with a header that is XML and a stream. A stream error beside it says more, so it wins. */
function headerFault(header: StreamHeader | null, ns: string | null): string | null {
  if (header === null) return null;
  if (header.ns !== NS.client && header.ns !== NS.server)
    return `a stream with the namespace '${header.ns}' instead of ${ns ?? NS.client}`;
  if (ns !== null && header.ns !== ns) return `a stream with the namespace ${header.ns} instead of ${ns}`;
  // RFC 6120 4.7.5: without version 1.0 or higher there are no features, and so no STARTTLS.
  if (header.version === null) return 'a stream without version 1.0 (older than RFC 3920)';
  if (!/^0*[1-9][0-9]{0,5}\.[0-9]{1,6}$/.test(header.version))
    return `a stream with version '${header.version}' instead of 1.0`;
  return null;
}

/** An element inside the features. Returns '' where its text is wanted. */
function openFeature(
  draft: Draft,
  element: XmlElement,
  key: string,
  parent: string,
  depth: number,
): string | null {
  if (depth === 3) {
    if (key === STARTTLS) draft.starttls = draft.starttls === 'required' ? 'required' : 'optional';
    else if (key !== MECHANISMS && key !== SASL2 && key !== CHANNEL_BINDINGS) add(draft.others, key);
    return null;
  }
  if (depth !== 4) return null;
  if (parent === STARTTLS && key === `{${NS.tls}}required`) draft.starttls = 'required';
  if (parent === CHANNEL_BINDINGS && element.name === 'channel-binding')
    add(draft.channelBindings, element.attribute('type') ?? '');
  const named = element.name === 'mechanism' && (parent === MECHANISMS || parent === SASL2);
  return named && parent.startsWith(`{${element.ns}}`) ? '' : null;
}
