/**
 * resolver-url.ts: how a person names a resolver (REPORT.md, --resolver).
 *
 * In:   text: system, udp://IP[:PORT], tcp://IP[:PORT], tls://HOST[:PORT][#IP], tls://IP?pin-sha256=..., https://HOST[:PORT]/PATH[#IP]
 * Out:  ResolverUrl with a normalised spelling, or one sentence of what is wrong
 * Not:  connecting (dns.ts)
 */
import type { DnsName, Malformed, Outcome } from '../../shared/basics.ts';
import { visible } from '../../shared/visible.ts';
import { parseName } from '../wire/dns-name.ts';
import { addressFamily, canonicalAddress } from '../wire/ip.ts';

/** A host that is found first, or known by its address. */
type Host = {
  /** A name, or an IP address without brackets. What the certificate must carry. */
  readonly host: string;
  readonly port: number;
  /** Where it is: given by #IP or by the host itself; null if its name must be looked up. */
  readonly address: string | null;
};
export type ResolverUrl =
  | { readonly kind: 'system'; readonly text: string }
  | { readonly kind: 'udp' | 'tcp'; readonly address: string; readonly port: number; readonly text: string }
  | (Host & {
      readonly kind: 'tls';
      /** Base64 of the SHA-256 of accepted keys (RFC 7858 4.2). If there is one, it decides instead of name and authorities. */
      readonly pins: readonly string[];
      readonly text: string;
    })
  | (Host & { readonly kind: 'https'; readonly path: string; readonly text: string });

/** Ports: DNS (RFC 1035 4.2), DNS over TLS (RFC 7858 3.1), HTTPS. */
const PORTS = { udp: 53, tcp: 53, tls: 853, https: 443 } as const;
/** The longest text taken, in characters. Chosen: far above any host, path and two pins. */
const LONGEST = 1024;
/** The most pins of one resolver. Chosen: a key, its backups, and room. */
const MOST_PINS = 8;

/** Parses a resolver's URL. The detail of a problem is one sentence for the person who typed it. */
export function parseResolver(text: string): Outcome<ResolverUrl, Malformed> {
  const typed = text.trim();
  if (typed.length > LONGEST) return bad('A resolver’s URL cannot be longer than 1,024 characters.');
  if (typed.toLowerCase() === 'system') return { ok: true, value: { kind: 'system', text: 'system' } };
  const parts = /^([a-z]+):\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?(?:#(.*))?$/i.exec(typed);
  const [, scheme = '', authority = '', path, query, fragment] = parts ?? [];
  switch (scheme.toLowerCase()) {
    case 'udp':
      return parsePlain('udp', authority, [path, query, fragment]);
    case 'tcp':
      return parsePlain('tcp', authority, [path, query, fragment]);
    case 'tls':
      return parseTls(authority, path, query, fragment);
    case 'https':
      return parseHttps(authority, path, query, fragment);
    default:
      return bad(
        `“${visible(typed)}” is not a resolver. Write system, udp://IP, tcp://IP, tls://HOST or https://HOST/dns-query.`,
      );
  }
}

function parsePlain(
  kind: 'udp' | 'tcp',
  authority: string,
  rest: readonly (string | undefined)[],
): Outcome<ResolverUrl, Malformed> {
  const where = parseAuthority(authority, PORTS[kind]);
  if (!where.ok) return where;
  const { host, port } = where.value;
  if (rest.some((part) => part !== undefined && part !== '/')) {
    return bad(`Nothing may follow the address in ${kind}://IP:PORT.`);
  }
  if (addressFamily(host) === 0) {
    return bad(`After ${kind}:// stands an IP address, because a name would need another resolver first.`);
  }
  return {
    ok: true,
    value: { kind, address: host, port, text: `${kind}://${written(host, port, PORTS[kind])}` },
  };
}

function parseTls(
  authority: string,
  path: string | undefined,
  query: string | undefined,
  fragment: string | undefined,
): Outcome<ResolverUrl, Malformed> {
  const where = parseHost(authority, PORTS.tls, fragment);
  if (!where.ok) return where;
  if (path !== undefined && path !== '/') return bad('A tls:// resolver has no path.');
  const pins =
    query === undefined ? [] : query.split('&').map((part) => /^pin-sha256=(.*)$/.exec(part)?.[1] ?? '');
  // RFC 7858 4.2 and RFC 7469 2.1: 32 octets in base64 with its padding. '+' and '/' may come percent-encoded.
  const keys = pins.map((pin) => pin.replace(/%2B/gi, '+').replace(/%2F/gi, '/').replace(/%3D/gi, '='));
  if (keys.length > MOST_PINS || keys.some((pin) => !/^[A-Za-z0-9+/]{43}=$/.test(pin))) {
    return bad(
      'After ? only pin-sha256=BASE64 may stand: the SHA-256 of the resolver’s public key in base64.',
    );
  }
  const { host, port, address } = where.value;
  const end = keys.length === 0 ? '' : `?${keys.map((pin) => `pin-sha256=${pin}`).join('&')}`;
  const text = `tls://${written(host, port, PORTS.tls)}${end}${place(host, address)}`;
  return { ok: true, value: { kind: 'tls', host, port, address, pins: keys, text } };
}

function parseHttps(
  authority: string,
  path: string | undefined,
  query: string | undefined,
  fragment: string | undefined,
): Outcome<ResolverUrl, Malformed> {
  const where = parseHost(authority, PORTS.https, fragment);
  if (!where.ok) return where;
  // RFC 8484 leaves the path to the resolver; this one is what they all use (its examples, section 4.1.1).
  const full = `${path === undefined || path === '/' ? '/dns-query' : path}${query === undefined ? '' : `?${query}`}`;
  if (!/^[!-~]+$/.test(full) || /[{}<>"\\^`|]/.test(full)) {
    return bad('The path of an https:// resolver must be plain ASCII without template braces.');
  }
  const { host, port, address } = where.value;
  const text = `https://${written(host, port, PORTS.https)}${full}${place(host, address)}`;
  return { ok: true, value: { kind: 'https', host, port, address, path: full, text } };
}

function parseHost(authority: string, port: number, fragment: string | undefined): Outcome<Host, Malformed> {
  const where = parseAuthority(authority, port);
  if (!where.ok) return where;
  const { host } = where.value;
  const own = addressFamily(host) === 0 ? null : host;
  if (fragment === undefined) return { ok: true, value: { ...where.value, address: own } };
  const given = fragment.replace(/^\[(.*)\]$/, '$1');
  if (addressFamily(given) === 0) return bad('After # stands the resolver’s IP address.');
  return { ok: true, value: { ...where.value, address: canonicalAddress(given) } };
}

function parseAuthority(
  authority: string,
  defaultPort: number,
): Outcome<{ readonly host: string; readonly port: number }, Malformed> {
  if (authority.includes('@')) return bad('A resolver’s URL holds no user name.');
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([0-9]*))?$/.exec(authority);
  if (parts === null) {
    return bad(
      addressFamily(authority) === 6
        ? `Write the IPv6 address in brackets: [${authority}].`
        : `“${visible(authority)}” is neither HOST nor HOST:PORT.`,
    );
  }
  const [, bracketed, bare = '', digits] = parts;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (digits === '' || port < 1 || port > 65535) return bad('A port is a number from 1 to 65535.');
  if (bracketed !== undefined) {
    if (addressFamily(bracketed) !== 6) return bad(`“${visible(bracketed)}” is not an IPv6 address.`);
    return { ok: true, value: { host: canonicalAddress(bracketed), port } };
  }
  if (addressFamily(bare) === 4) return { ok: true, value: { host: bare, port } };
  const name = parseHostName(bare);
  if (name === null) return bad(`“${visible(bare)}” is neither an IP address nor a host name.`);
  return { ok: true, value: { host: name, port } };
}

// Letters, digits, hyphens (RFC 1123 2.1); a last label of digits only would be a broken IPv4 address.
function parseHostName(text: string): DnsName | null {
  const name = parseName(text);
  if (!name.ok || !/^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name.value)) return null;
  return /(^|\.)[0-9]+$/.test(name.value) ? null : name.value;
}

function written(host: string, port: number, defaultPort: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === defaultPort ? name : `${name}:${port}`;
}

function place(host: string, address: string | null): string {
  return address === null || address === host ? '' : `#${address}`;
}

function bad(detail: string): { readonly ok: false; readonly problem: Malformed } {
  return { ok: false, problem: { code: 'malformed', detail } };
}
