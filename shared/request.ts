/**
 * request.ts: what a person may ask for.
 *
 * In:   nothing
 * Out:  CheckRequest, the fully parsed question that one check answers
 * Not:  parsing text into it (electron/wire/address.ts, electron/options.ts)
 */
import type { DnsName } from './basics.ts';

/** c2s or s2s (TRUST-RULES section 1). Data throughout: no code path is written twice for the two. */
export type Service = 'xmpp-client' | 'xmpp-server';
/** How TLS begins: RFC 6120 section 5, or XEP-0368. */
export type Mode = 'starttls' | 'direct-tls';

/** The source domain as typed, or an IP literal. `unicode` is for the screen only, `ascii` for the wire. */
export type Source =
  | { readonly kind: 'domain'; readonly ascii: DnsName; readonly unicode: string }
  | { readonly kind: 'ip'; readonly address: string; readonly family: 4 | 6 };

export type RootsName = 'bundled' | 'system' | 'files';

export type CheckRequest = {
  /** Exactly what the person typed. */
  readonly given: string;
  readonly source: Source;
  readonly service: Service;
  /** The initiating domain of an s2s check (A-labels); null for c2s or when not given. */
  readonly from: DnsName | null;
  /** Resolver URLs in the order to try, as in REPORT.md: system, udp://, tcp://, tls://, https://. Never empty. */
  readonly resolvers: readonly string[];
  /** DS or DNSKEY lines in zone-file form that replace the built-in root anchors; null for the built-in ones. */
  readonly trustAnchor: string | null;
  /** Negative trust anchors that the person adds to the built-in ones (RFC 7646). */
  readonly negativeAnchors: readonly DnsName[];
  readonly requireDnssec: boolean;
  /** Whether SHA-1 signatures (algorithms 5 and 7) count. Default false: they are `insecure` (RFC 9905). */
  readonly allowSha1: boolean;
  readonly roots: readonly RootsName[];
  /** Extra trust stores, named by their files. */
  readonly ca: readonly { readonly name: string; readonly pem: string }[];
  /** Host and port typed by hand: discovery is skipped and the delegation is `manual`. */
  readonly connect: { readonly host: string; readonly port: number; readonly mode: Mode } | null;
  readonly allowPrivate: boolean;
  /** Time budget of the whole check in milliseconds. */
  readonly timeoutMs: number;
  /** Judge certificates and signatures as of this ISO time; null for now. */
  readonly at: string | null;
};
