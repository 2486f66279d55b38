/**
 * net.ts: everything this program does on the network, in four verbs. None throws; none judges.
 *
 * In:   inquiries
 * Out:  observations, failures among them
 * Not:  deciding what to ask (trust/plan.ts), believing anything (trust)
 */
import type { TLSSocket } from 'node:tls';
import type {
  EndpointAddress,
  HttpsPurpose,
  NewObservation,
  ObservationId,
  Question,
} from '../../shared/observation.ts';
import type { Service } from '../../shared/request.ts';
import type { SharedAnswers } from './dns-cache.ts';

export type DnsInquiry = {
  readonly kind: 'dns';
  readonly question: Question;
  readonly resolverIndex: number;
  readonly from: readonly ObservationId[];
};
export type VisitInquiry = {
  readonly kind: 'visit';
  readonly endpoint: EndpointAddress;
  readonly service: Service;
  /** The stream's `to`: a JID's domainpart. */
  readonly to: string;
  /** A-labels; null for IP literals. */
  readonly sni: string | null;
  /** The stream's `from`, likewise. */
  readonly streamFrom: string | null;
  readonly from: readonly ObservationId[];
};
export type HttpsInquiry = {
  readonly kind: 'https';
  readonly purpose: HttpsPurpose;
  readonly url: string;
  /** Addresses in the order to try; never empty. */
  readonly addresses: readonly string[];
  readonly from: readonly ObservationId[];
};
export type Inquiry = DnsInquiry | VisitInquiry | HttpsInquiry;

/**
 * Every look ends by itself: in success, in a problem, or with `timed-out` when `signal` aborts. After an abort no socket
 * and no timer of the look is left.
 */
export type Net = {
  askDns(inquiry: DnsInquiry, signal: AbortSignal): Promise<NewObservation>;
  /** Reports each phase through `see` as it ends: tcp, stream before TLS, tls, stream after TLS. */
  visit(inquiry: VisitInquiry, see: (seen: NewObservation) => void, signal: AbortSignal): Promise<void>;
  fetchHttps(inquiry: HttpsInquiry, signal: AbortSignal): Promise<NewObservation>;
  /**
   * The first half of a visit, for signing in: to the end of the handshake. The socket is the caller's, secured and not
   * judged; null where it did not come to that.
   */
  secure(
    inquiry: VisitInquiry,
    see: (seen: NewObservation) => void,
    signal: AbortSignal,
  ): Promise<TLSSocket | null>;
  /** Leaves no DNS answer that was seen here to other checks. */
  forgetAnswers(): void;
  /** Closes connections kept for reuse. */
  close(): void;
};

/** Where a connection to (address, port) really goes. The demo realm leads it to loopback ports; otherwise identity. */
export type Dial = (
  address: string,
  port: number,
  kind: 'tcp' | 'udp',
) => { readonly address: string; readonly port: number; readonly delayMs?: number };

export type NetOptions = {
  readonly resolvers: readonly string[];
  readonly dial: Dial;
  /** Milliseconds since the check started; monotonic. */
  readonly elapsed: () => number;
  /** One step's longest time in milliseconds (default 5,000). */
  readonly stepMs: number;
  /** PEM certificates that may vouch for DoT and DoH resolvers: bundled, system and --ca. */
  readonly resolverCa: readonly string[];
  /** Answers that checks share; left out, this one asks for itself. */
  readonly shared?: SharedAnswers;
  readonly clientCertificate: { readonly cert: string; readonly key: string } | null;
};
