/**
 * report.ts: one check makes one report (REPORT.md, `mellon.report/1`).
 *
 * In:   nothing
 * Out:  Report and its parts, exactly as printed by --json, shown by the window and saved in files
 * Not:  making one (electron/trust/judge.ts)
 *
 * The fixed paths and words of REPORT.md stand here with their names; fields that REPORT.md does not name are ours and
 * are marked "added".
 */

import type { ClientsReport } from './clients.ts';
import type { Observation, ObservationId } from './observation.ts';
import type { CheckRequest, Mode, Service } from './request.ts';

export const REPORT_SCHEMA = 'mellon.report/1';

export type DnssecStatus = 'secure' | 'insecure' | 'bogus' | 'indeterminate';
export type Delegation = 'none-needed' | 'insecure' | 'dnssec' | 'manual';
export type Reached =
  'tls' | 'tls-failed' | 'no-tls' | 'no-xmpp' | 'refused' | 'timeout' | 'unreachable' | 'not-tested';
export type RouteName = 'dane' | 'pkix' | 'pkix-delegated' | 'posh' | 'pin';
/** The order of the table in TRUST-RULES section 9: strongest first. */
export const ROUTES: readonly RouteName[] = ['dane', 'pkix', 'pkix-delegated', 'posh', 'pin'];
export type RouteState = 'open' | 'shut' | 'contradicted' | 'absent' | 'unknown';
export type Outcome4 = 'auto-accept' | 'manual' | 'refuse' | 'unreachable';
export type DomainOutcome = Outcome4 | 'not-offered';
export type ManualCase =
  | 'watched-key-changed'
  | 'proof-unknown'
  | 'constraint-violated'
  | 'weak-certificate'
  | 'incomplete-chain'
  | 'wrong-name-untrusted-issuer'
  | 'right-name-untrusted-issuer'
  | 'trusted-issuer-wrong-name'
  | 'not-yet-valid'
  | 'expired';

/** One line of an explanation. `ok` null: could not be found out, or does not apply. */
export type Step = {
  readonly id: string;
  readonly ok: boolean | null;
  readonly text: string;
  /** added: the section that the line rests on, e.g. "RFC 5280 6.1.3". */
  readonly ref?: string;
};

export type Route = {
  readonly state: RouteState;
  readonly steps: readonly Step[];
  /**
   * The one thing which would open a shut route, with the exact record or document on an indented line (exact.ts); null for
   * an open one.
   */
  readonly opensBy: string | null;
};

export type Reason = {
  readonly code: string;
  readonly text: string;
  readonly ref: string;
  /** added: the observations behind the sentence. */
  readonly from?: readonly ObservationId[];
};

export type Verdict<O = Outcome4> = {
  readonly outcome: O;
  readonly by: RouteName | null;
  readonly case: ManualCase | null;
  readonly sentence: string;
  readonly reasons: readonly Reason[];
};

/** added: the chain of trust of one DNS answer, from the anchor down, for the picture. */
export type DnssecLink = {
  readonly zone: string;
  readonly status: DnssecStatus;
  /** One sentence of cause. */
  readonly text: string;
  /** One sentence of repair, where something is wrong. */
  readonly repair: string | null;
  readonly keys: readonly {
    readonly tag: number;
    readonly algorithm: number;
    readonly ksk: boolean;
    readonly signs: boolean;
  }[];
  readonly ds: readonly { readonly tag: number; readonly algorithm: number; readonly digest: number }[];
  /** The signature over the answer itself (last link) or over the DNSKEY set. */
  readonly signature: {
    readonly signer: string;
    readonly tag: number;
    readonly algorithm: number;
    readonly inception: string;
    readonly expiration: string;
  } | null;
};

export type DnsAnswer = 'records' | 'none' | 'failed';

/** Fields added to every DNS answer in the report. */
export type DnsProof = {
  readonly dnssec: DnssecStatus;
  readonly why: string;
  /** added */
  readonly aliases?: readonly string[];
  readonly chain?: readonly DnssecLink[];
  readonly resolver?: string;
  /** The resolver's AD bit: its opinion, which never decides. */
  readonly ad?: boolean | null;
  readonly from?: readonly ObservationId[];
};

export type SrvAnswer = DnsProof & {
  readonly owner: string;
  readonly answer: DnsAnswer | 'not-offered';
  readonly records: readonly {
    readonly priority: number;
    readonly weight: number;
    readonly port: number;
    readonly host: string;
  }[];
};

export type AddressAnswer = DnsProof & {
  readonly type: 'A' | 'AAAA';
  readonly answer: DnsAnswer;
  readonly list: readonly string[];
};

export type TlsaRow = {
  readonly text: string;
  readonly usable: boolean;
  /** Whether it matches on at least one endpoint; null where no certificate was seen or it was not compared. */
  readonly matches: boolean | null;
  readonly why: string;
};

export type TlsaAnswer = Omit<DnsProof, 'dnssec'> & {
  readonly dnssec: DnssecStatus;
  readonly answer: DnsAnswer | 'not-asked';
  /** added: the name that was asked in the end (TLSA base domain). */
  readonly owner?: string;
  readonly records: readonly TlsaRow[];
};

export type PresentedName = {
  readonly type: 'dns' | 'srv' | 'xmpp' | 'ip' | 'cn' | 'other';
  readonly value: string;
  /** added: the reference identifier that it matched, or null. */
  readonly matched?: string | null;
  readonly why?: string;
};

export type ChainCertificate = {
  readonly sha256: string;
  readonly spkiSha256: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly names: readonly PresentedName[];
  readonly pem: string;
  /** added */
  readonly serial?: string;
  readonly key?: string;
  readonly signature?: string;
  /** Set instead of the fields above where the certificate does not parse. */
  readonly malformed?: string;
};

export type EndpointReport = {
  readonly address: string | null;
  readonly reached: Reached;
  readonly tls: { readonly protocol: string; readonly cipher: string; readonly alpn?: string | null } | null;
  readonly stream: {
    readonly starttls: 'required' | 'optional' | 'absent' | 'not-applicable' | 'unknown';
    readonly mechanisms: readonly string[];
    /** added: XEP-0440 channel-binding types offered, stream errors by name, other features as {ns}name. */
    readonly channelBindings?: readonly string[];
    readonly error?: string | null;
    readonly features?: readonly string[];
    readonly mechanismsBeforeTls?: readonly string[];
  };
  readonly chain: readonly ChainCertificate[];
  readonly routes: Readonly<Record<RouteName, Route>>;
  readonly verdict: Verdict;
  /** added: sha256 of the certificates on the path that PKIX used, leaf first, anchor last. */
  readonly path?: readonly string[];
  /** added: the whole identity and path explanation, for the talk's four check lines. */
  readonly checks?: readonly Step[];
  readonly from?: readonly ObservationId[];
};

export type TargetReport = {
  readonly host: string;
  readonly port: number;
  readonly mode: Mode;
  readonly delegation: Delegation | null;
  readonly addresses: readonly AddressAnswer[];
  readonly tlsa: TlsaAnswer;
  readonly endpoints: readonly EndpointReport[];
  /** added: notes such as "an SRV target that is an alias". */
  readonly warnings?: readonly Reason[];
};

/** added: one hop of a fetch over HTTPS, judged. */
export type HttpsHop = {
  readonly url: string;
  readonly status: number | null;
  readonly problem: string | null;
  readonly certificate: readonly Step[];
  readonly protocol: string | null;
  readonly from: readonly ObservationId[];
};

/** added: POSH as a whole; the per-endpoint match stands in the route. */
export type PoshReport = {
  readonly hops: readonly HttpsHop[];
  readonly kind: 'fingerprints' | 'reference' | 'draft-jwk' | 'none' | 'invalid';
  readonly expiresAt: string | null;
  readonly fingerprints: readonly { readonly text: string; readonly usable: boolean; readonly why: string }[];
  readonly notes: readonly Reason[];
  readonly text: string | null;
};

/** added: XEP-0156. */
export type HostMetaReport = {
  readonly hops: readonly HttpsHop[];
  readonly endpoints: readonly {
    readonly kind: 'websocket' | 'bosh';
    readonly url: string;
    /** Encrypted, and the web server is proven; null where it was not looked at or not reached. */
    readonly secure: boolean | null;
    readonly note: string;
    readonly checks: readonly Step[];
  }[];
  readonly notes: readonly Reason[];
};

export type Report = {
  readonly schema: typeof REPORT_SCHEMA;
  readonly input: {
    readonly given: string;
    readonly domain: string;
    readonly service: Service;
    readonly unicode?: string;
  };
  readonly startedAt: string;
  readonly durationMs: number;
  readonly resolver: {
    readonly urls: readonly string[];
    readonly dnssecData: 'delivered' | 'stripped' | 'unknown';
    readonly anchor: string | null;
    /** added: what was found out about the resolver in passing. */
    readonly findings?: readonly Step[];
  };
  readonly discovery: {
    readonly outcome: 'srv' | 'fallback' | 'not-offered' | 'failed';
    readonly srv: readonly SrvAnswer[];
  };
  readonly targets: readonly TargetReport[];
  readonly verdict: Verdict<DomainOutcome>;
  readonly observations: readonly Observation[];
  /** added: everything needed to judge again. */
  readonly request: CheckRequest;
  readonly runtime: { readonly program: string; readonly node: string; readonly tls: string };
  /** added: set when a saved report was judged again; the time it was recorded. */
  readonly recordedAt?: string;
  readonly posh?: PoshReport;
  readonly hostMeta?: HostMetaReport;
  readonly warnings?: readonly Reason[];
  /** added: how other programs would decide, where asked for (--clients). */
  readonly clients?: ClientsReport;
};

/** What one check tells while it runs. Applied in order they make the same report that --json prints. */
export type CheckEvent =
  | { readonly type: 'started'; readonly request: CheckRequest; readonly startedAt: string }
  | { readonly type: 'asking'; readonly what: string; readonly start: number }
  | { readonly type: 'observed'; readonly observation: Observation }
  /** The report as far as it goes: an endpoint's verdict is final once it stands here. */
  | { readonly type: 'judged'; readonly report: Report; readonly pending: number }
  | { readonly type: 'finished'; readonly report: Report }
  | {
      readonly type: 'stopped';
      readonly because:
        { readonly code: 'cancelled' } | { readonly code: 'crashed'; readonly detail: string };
    };
