/**
 * dns-message.ts: a DNS message as values (RFC 1035, RFC 6891).
 *
 * In:   wire bytes
 * Out:  DnsMessage, or what is malformed
 * Not:  sockets (net/dns), meaning of single records (dns-records.ts), trust
 */
import type { DnsName } from '../../shared/basics.ts';

/** One resource record. `rdata` is whole: names inside it are uncompressed, in the case in which they came. */
export type Rr = {
  readonly name: DnsName;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly rdata: Uint8Array;
};

export type DnsMessage = {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionAvailable: boolean;
  readonly ad: boolean;
  readonly cd: boolean;
  /** Extended by EDNS. */
  readonly rcode: number;
  readonly questions: readonly { readonly name: DnsName; readonly type: number; readonly class: number }[];
  readonly answer: readonly Rr[];
  readonly authority: readonly Rr[];
  readonly additional: readonly Rr[];
  readonly edns: {
    readonly udpSize: number;
    readonly do: boolean;
    /** Extended DNS errors (RFC 8914). */
    readonly errors: readonly { readonly code: number; readonly text: string }[];
  } | null;
};
