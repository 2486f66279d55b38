/**
 * posh-redirects.ts: where do HTTP answers lead? (RFC 7711 10, RFC 9110 15.4)
 *
 * In:   a URL to begin with and the hops fetched so far
 * Out:  the next URL to fetch, the answer that ended the walk, or why the walk stops
 * Not:  fetching (net), TLS (posh-web.ts), documents (posh-hops.ts, host-meta.ts)
 */
import type { HttpsSeen } from '../../shared/observation.ts';
import { parseName, ROOT } from '../wire/dns-name.ts';
import { addressFamily } from '../wire/ip.ts';

export type RedirectStop =
  'redirect-not-https' | 'redirect-no-location' | 'redirect-bad-url' | 'redirect-loop' | 'redirect-limit';

export type WalkEnd =
  | { readonly kind: 'fetch'; readonly url: string }
  /** The hop is no redirect: an answer of any other status, or a problem. */
  | { readonly kind: 'answer'; readonly hop: HttpsSeen }
  | { readonly kind: 'stop'; readonly code: RedirectStop; readonly url: string };

export type Walk = { readonly used: readonly HttpsSeen[]; readonly end: WalkEnd; readonly redirects: number };

/** RFC 7711 10: follow no more than 10 redirects. */
export const MOST_REDIRECTS = 10;
/** Longest URL followed, in characters. RFC 9110 4.1 recommends to support 8,000 octets at least. */
const LONGEST_URL = 8000;
const WHOLE = /^https:\/\/[^\s\\]+$/i;
/** RFC 9110 15.4. All are treated as temporary (RFC 7711 10). */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Follows redirects from `start` through `hops`. `visited` holds the URLs of this whole fetch (and grows), `before` the
 * redirects already counted in it.
 */
export function walkRedirects(
  start: string,
  hops: readonly HttpsSeen[],
  visited: Set<string>,
  before: number,
): Walk {
  const used: HttpsSeen[] = [];
  let url = start;
  let redirects = before;
  for (;;) {
    if (visited.has(url)) return { used, redirects, end: { kind: 'stop', code: 'redirect-loop', url } };
    visited.add(url);
    const hop = hops.find((one) => one.url === url);
    if (hop === undefined) return { used, redirects, end: { kind: 'fetch', url } };
    used.push(hop);
    if (!hop.outcome.ok || !REDIRECTS.has(hop.outcome.value.status)) {
      return { used, redirects, end: { kind: 'answer', hop } };
    }
    const location = hop.outcome.value.headers.find(([name]) => name === 'location')?.[1];
    if (location === undefined)
      return { used, redirects, end: { kind: 'stop', code: 'redirect-no-location', url } };
    const said = utf8Of(location);
    const next = httpsUrl(said, url);
    if (!next.ok) return { used, redirects, end: { kind: 'stop', code: next.code, url: said } };
    redirects++;
    if (redirects > MOST_REDIRECTS)
      return { used, redirects, end: { kind: 'stop', code: 'redirect-limit', url } };
    url = next.url;
  }
}

/**
 * The https URL of a well-known path of a domain; null for a name that makes no URL with exactly this host (a
 * backslash in it would end the host early, numbers alone would become an address).
 */
export function wellKnownUrl(domain: string, path: string): string | null {
  const found = httpsUrl(`https://${domain}/.well-known/${path}`);
  return found.ok && new URL(found.url).hostname === domain ? found.url : null;
}

/**
 * The absolute https URL that `text` means, seen from `base`: without fragment, host in A-labels. Another scheme, user
 * names or passwords in it (RFC 9110 4.2.4), a host that is neither an address nor a name that DNS can hold, and what is
 * no URL are refused.
 */
export function httpsUrl(
  text: string,
  base?: string,
): { readonly ok: true; readonly url: string } | { readonly ok: false; readonly code: RedirectStop } {
  if (text.length > LONGEST_URL || !URL.canParse(text, base)) return { ok: false, code: 'redirect-bad-url' };
  const url = new URL(text, base);
  if (url.protocol !== 'https:') return { ok: false, code: 'redirect-not-https' };
  // What stands for itself is a whole URI (RFC 3986 3): browsers also make one of "https:host" or "https:\\host".
  if (base === undefined && !WHOLE.test(text)) return { ok: false, code: 'redirect-bad-url' };
  if (url.username !== '' || url.password !== '' || !isHost(url.hostname))
    return { ok: false, code: 'redirect-bad-url' };
  url.hash = '';
  return { ok: true, url: url.href };
}

/** URLs allow empty labels and labels of any length; as questions they would be other names, or none (RFC 1035 2.3.4). */
function isHost(hostname: string): boolean {
  if (addressFamily(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0) return true;
  const name = parseName(hostname);
  return name.ok && name.value !== ROOT;
}

/** Headers are kept octet by octet, as Latin-1. What stands in a Location beyond ASCII is UTF-8, if anything. */
function utf8Of(header: string): string {
  const octets = Buffer.from(header, 'latin1');
  if (octets.toString('latin1') !== header) return header;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    return header;
  }
}
