/**
 * observation.ts: what we saw. Raw and final; everything decoded can be recomputed from it.
 *
 * In:   nothing
 * Out:  Observation, one union member per kind of look
 * Not:  any adjective: "valid", "secure" and "weak" are evidence, not observations
 */
import type { Base64, DnsName, Outcome } from './basics.ts';
import type { Mode } from './request.ts';

/** o1, o2, ... in the order in which they were recorded. */
export type ObservationId = string;

/** Why nothing, or not everything, was seen. `detail` is for people and never decides. */
export type NetProblem =
  | { readonly code: 'timed-out'; readonly afterMs: number }
  | { readonly code: 'refused' }
  /** This machine has no route for the whole address family (ENETUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT). */
  | { readonly code: 'no-family' }
  | { readonly code: 'unreachable'; readonly detail: string }
  | { readonly code: 'closed-early' }
  | { readonly code: 'malformed'; readonly detail: string }
  | { readonly code: 'too-large'; readonly limit: number }
  /** A TLS alert or a local TLS failure. */
  | { readonly code: 'handshake-failed'; readonly detail: string }
  /** The resolver's own certificate was not accepted (DoT, DoH). */
  | { readonly code: 'untrusted-resolver'; readonly detail: string }
  /** Not connected to: TRUST-RULES 2.9. */
  | { readonly code: 'private-address' };

type Seen<Kind extends string> = {
  readonly id: ObservationId;
  readonly kind: Kind;
  /** Milliseconds since the check started. `end - start` is how long the look took. */
  readonly start: number;
  readonly end: number;
  /** The observations without which this look could not have begun: the chain of round trips. */
  readonly from: readonly ObservationId[];
};

export type DnsType =
  'A' | 'AAAA' | 'CNAME' | 'DNAME' | 'SRV' | 'TLSA' | 'DS' | 'DNSKEY' | 'SOA' | 'NS' | 'TXT' | 'CAA';
export type Question = { readonly name: DnsName; readonly type: DnsType };

/**
 * The most bytes of DNS answers that a check takes; a look beyond them is `too-large` with this limit (TRUST-RULES 3.5).
 * Chosen: 1,000 answers of 4 KB. One hostile answer can hold 64 KB, and a hostile domain can have 2,000 of them asked for.
 */
export const MOST_ANSWER_BYTES = 4_000_000;

/** One question to one resolver. UDP retries and the step to TCP are inside; `transport` is what delivered. */
export type DnsSeen = Seen<'dns'> & {
  readonly question: Question;
  /** The resolver's URL as in CheckRequest.resolvers, `system` replaced by what it stood for. */
  readonly resolver: string;
  /** Index into CheckRequest.resolvers. */
  readonly resolverIndex: number;
  readonly outcome: Outcome<
    {
      readonly reply: Base64;
      readonly transport: 'udp' | 'tcp' | 'tls' | 'https';
      /** For a reply kept from an earlier check: how long before this look it was received, in milliseconds. */
      readonly ageMs?: number;
    },
    NetProblem
  >;
};

/** One address of one target. */
export type EndpointAddress = {
  readonly host: string;
  readonly port: number;
  readonly mode: Mode;
  readonly address: string;
};

export type TcpSeen = Seen<'tcp'> & {
  readonly endpoint: EndpointAddress;
  readonly outcome: Outcome<{ readonly connected: true }, NetProblem>;
};

/**
 * The XMPP bytes of one phase. `before-tls` runs from our header to the byte before the TLS handshake (so it holds
 * the features, <proceed/> or <failure/>, and whatever came after it); `after-tls` is header and features under TLS.
 * A problem beside received bytes is normal: a server that answers half and then hangs.
 */
export type StreamSeen = Seen<'stream'> & {
  readonly endpoint: EndpointAddress;
  readonly phase: 'before-tls' | 'after-tls';
  readonly sent: string;
  readonly received: Base64;
  readonly problem: NetProblem | null;
};

/** What one TLS handshake showed. The chain is exactly as sent, in the order sent; empty if none was sent. */
export type TlsFacts = {
  readonly protocol: string;
  readonly cipher: string;
  readonly alpn: string | null;
  readonly chain: readonly Base64[];
  /** Certificates sent beyond our bounds (100, 100 KiB each) and not kept; left out where there are none. */
  readonly chainOmitted?: number;
  /** Stapled OCSP response, DER. */
  readonly ocsp: Base64 | null;
  /** Whether this runtime delivers staples at all. */
  readonly ocspAsked: boolean;
};

export type TlsSeen = Seen<'tls'> & {
  readonly endpoint: EndpointAddress;
  /** What we sent as SNI; null for none. */
  readonly serverName: string | null;
  readonly outcome: Outcome<TlsFacts, NetProblem>;
};

/** One HTTPS exchange, one hop: redirects are the planner's business. */
export type HttpsSeen = Seen<'https'> & {
  readonly purpose: HttpsPurpose;
  readonly url: string;
  /** The addresses offered, and the one that was used. */
  readonly addresses: readonly string[];
  readonly address: string | null;
  /** Present as soon as the handshake was over, whatever came after it. */
  readonly tls: TlsFacts | null;
  readonly outcome: Outcome<
    {
      readonly status: number;
      /** Lower-case names, in order, at most 100 and 16 KiB in all. */
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Base64;
    },
    NetProblem
  >;
};
export type HttpsPurpose = 'posh' | 'host-meta' | 'host-meta-json' | 'web-endpoint';

export type Observation = DnsSeen | TcpSeen | StreamSeen | TlsSeen | HttpsSeen;
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
/** What net hands over; the conductor numbers it. */
export type NewObservation = WithoutId<Observation>;
