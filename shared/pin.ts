/**
 * pin.ts: what a person has decided to remember (TRUST-RULES section 10).
 *
 * In:   nothing
 * Out:  Pin, Watch, HistoryEntry, Finding, PinView (what the rules see of the store)
 * Not:  files (electron/store), rules (electron/trust/pin.ts)
 */
import type { Service } from './request.ts';

export type PinId = string;

export type Pin = {
  readonly id: PinId;
  /** Source domain, A-labels. */
  readonly domain: string;
  readonly service: Service;
  /** certificate: SHA-256 of the DER. key: SHA-256 of the SPKI. */
  readonly by: 'certificate' | 'key';
  /** Lower-case hex. */
  readonly sha256: string;
  /** ISO 8601 UTC. */
  readonly created: string;
  /** From when on the pin no longer exists for the rules; null for never. */
  readonly ends: string | null;
  readonly revoked: string | null;
  readonly note: string;
  /** The reason codes on screen when it was accepted: only these are forgiven. */
  readonly forgives: readonly string[];
  /** The presented names of the leaf then, as `type:value`. */
  readonly names: readonly string[];
  /** Whether it also counts with delegation `manual`. */
  readonly manualToo: boolean;
  /** The leaf then, PEM, for comparing; null where it was imported. */
  readonly pem: string | null;
  /** Lower-case hex SHA-256 of the SPKI of the leaf then, whatever `by` is; null or missing where it is not known. */
  readonly keySha256?: string | null;
};

export type Watch = {
  readonly domain: string;
  readonly service: Service;
  readonly since: string;
  /** SPKI SHA-256, lower-case hex: seen on its endpoints when the watch began, and accepted since. */
  readonly keys: readonly string[];
  /** Those of `keys` that only accepting brought in: each is known as long as a live pin has it. */
  readonly accepted?: readonly string[];
};

/** What was seen of a domain, when. Bounded per domain by the store. */
export type HistoryEntry = {
  readonly domain: string;
  readonly service: Service;
  readonly at: string;
  readonly outcome: string;
  readonly by: string | null;
  readonly dnssec: 'secure' | 'insecure' | 'unknown';
  readonly keys: readonly string[];
  readonly certificates: readonly string[];
};

/** How the keys and certificates seen now compare with those seen at the last look, or else with what is pinned or watched. */
export type Finding = 'same' | 'first' | 'renewed' | 'new-key' | 'not-seen';

/** Everything that the rules may know of the store about one domain and service: a snapshot, taken at the start. */
export type PinView = {
  /** Live, ended and revoked ones of this domain and service; the rules sort them. */
  readonly pins: readonly Pin[];
  /** "Accept once": memory only, until the program ends. */
  readonly once: readonly Pin[];
  readonly watch: Watch | null;
  /** When this domain was last seen `secure` by this program; null for never. */
  readonly onceSecure: string | null;
  /** Set where the store could not be read: one sentence. Then nothing is known of pins; they are not "none". */
  readonly problem?: string | null;
};

export const NO_PINS: PinView = { pins: [], once: [], watch: null, onceSecure: null };
