/**
 * address.ts: what a person types, as a JID or a domain (RFC 7622, RFC 5891 by UTS 46).
 *
 * In:   text
 * Out:  the source domain with localpart and resource, or one sentence saying what is wrong
 * Not:  looking anything up
 */
import type { DnsName, Malformed, Outcome } from '../../shared/basics.ts';
import { addressPhrases, type AddressProblem } from '../../shared/phrases/address.ts';
import type { Source } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import { toAscii, toUnicode } from './idna.ts';
import { addressFamily, canonicalAddress } from './ip.ts';

export type Address = {
  readonly local: string | null;
  readonly source: Source;
  readonly resource: string | null;
};

/**
 * Parses `[xmpp:][localpart@]domainpart[/resourcepart]`; the domainpart may be an IPv4 or IPv6 literal, the latter with
 * or without brackets. Every refusal is a sentence for the person who typed it (TRUST-RULES 2.1).
 */
export function parseAddress(text: string): Outcome<Address, Malformed> {
  const trimmed = text.trim();
  if (trimmed === '') return wrong('empty', text);
  if (trimmed.length > LONGEST_JID) return wrong('too-long', text);
  if (HIDDEN.test(trimmed)) return wrong('hidden-characters', text);
  const isUri = /^xmpp:/i.test(trimmed);
  if (!isUri && /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) return wrong('url', text);
  const jid = isUri ? uriPath(trimmed) : trimmed;
  // RFC 5122 2.7.2: the parts of a URI are told apart first and decoded after.
  const decoded = (part: string): string | undefined => (isUri ? percentDecoded(part) : part);

  const slash = jid.indexOf('/');
  const at = jid.slice(0, slash < 0 ? undefined : slash).indexOf('@');
  const resource = slash < 0 ? null : decoded(jid.slice(slash + 1));
  const local = at < 0 ? null : decoded(jid.slice(0, at));
  const domain = decoded(jid.slice(at + 1, slash < 0 ? undefined : slash));
  if (resource === undefined || local === undefined || domain === undefined) return wrong('escape', text);
  if (HIDDEN.test(`${local ?? ''}${domain}${resource ?? ''}`)) return wrong('hidden-characters', text);
  if (resource !== null && (resource === '' || utf8Length(resource) > LONGEST_PART))
    return wrong('resource', text);

  if (local !== null && (local === '' || utf8Length(local) > LONGEST_PART || FORBIDDEN_LOCAL.test(local))) {
    return wrong('localpart', text);
  }
  const source = parseSource(domain);
  if (!source.ok) return wrong(source.problem, text);
  return { ok: true, value: { local, source: source.value, resource } };
}

/** The JID of an `xmpp:` URI, still encoded: without `//account/`, the query and the fragment (RFC 5122 2.2). */
function uriPath(uri: string): string {
  return uri
    .slice('xmpp:'.length)
    .replace(/[?#][\s\S]*$/, '')
    .replace(/^\/\/[^/]*\/?/, '');
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A domain or an IP literal, as a source (no localpart, no resource). The problem is a code of address phrases. */
export function parseSource(text: string): Outcome<Source, AddressProblem> {
  if (text === '') return bad('no-domain');
  if (text.includes('@')) return bad('two-ats');
  const unbracketed = /^\[(.*)\]$/s.exec(text)?.[1];
  const literal = unbracketed ?? text;
  const family = addressFamily(literal);
  if (family === 6 || (family === 4 && unbracketed === undefined)) {
    return { ok: true, value: { kind: 'ip', address: canonicalAddress(literal), family } };
  }
  // No name has two colons: an IPv6 address with a mistake or a zone in it.
  if (unbracketed !== undefined || /^[^[].*:.*:|^:/s.test(text)) return bad('bad-ip');
  if (/:\d*$/.test(text)) return bad('port');
  if (/\s/.test(text)) return bad('space');
  if (text.includes('_')) return bad('underscore');
  const ascii = toAscii(text.replace(/\.$/, ''));
  if (ascii === null) return bad('bad-domain');
  // RFC 3696 section 2: no top-level name is all digits; such text is an IPv4 address with a mistake in it.
  if (/(^|\.)(\d+|0x[0-9a-f]*)$/.test(ascii)) return bad('bad-ip');
  return { ok: true, value: { kind: 'domain', ascii, unicode: toUnicode(ascii) } };
}

/** The name that goes to the wire: the domain's A-labels, or the literal itself. */
export function sourceText(source: Source): string {
  return source.kind === 'domain' ? source.ascii : source.address;
}

/**
 * The source as the domainpart of a JID, as it stands in a stream's `to`: U-labels, never A-labels [RFC 7622 3.2.1], and
 * an IPv6 literal in brackets [RFC 7622 3.2]. A server knows its internationalised domain by no other name.
 */
export function domainpart(source: Source): string {
  if (source.kind === 'domain') return toUnicode(source.ascii);
  return source.family === 6 ? `[${source.address}]` : source.address;
}

/** The source as a DNS name; null for an IP literal. */
export function sourceName(source: Source): DnsName | null {
  return source.kind === 'domain' ? source.ascii : null;
}

function wrong(code: AddressProblem, text: string): Outcome<never, Malformed> {
  return {
    ok: false,
    problem: { code: 'malformed', detail: addressPhrases[code](visible(text.trim(), 80)) },
  };
}

function bad(code: AddressProblem): Outcome<never, AddressProblem> {
  return { ok: false, problem: code };
}

function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** RFC 7622 3.3 and 3.4: 1,023 octets a part; three parts and two separators. */
const LONGEST_PART = 1023;
const LONGEST_JID = 3 * LONGEST_PART + 2;
/** RFC 7622 3.3.1, and white space and controls that PRECIS refuses. */
const FORBIDDEN_LOCAL = /["&'/:<>@\s\p{C}]/u;
/** Controls, format and bidi characters have no place in anything that a person types here. */
const HIDDEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
