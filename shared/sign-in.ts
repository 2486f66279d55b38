/**
 * sign-in.ts: what signing in tells while it runs, and what it comes to.
 *
 * In:   nothing
 * Out:  SignInEvent, SignInResult, the form of the window, exit codes
 * Not:  doing it (electron/sign-in.ts, electron/account), sentences (phrases/sign-in.ts)
 *
 * Nothing here has room for a password but the form, which goes one way only: from the window to the engine.
 */
import type { Step } from './report.ts';

/** What the window sends. `account` is a JID, where the check was asked for a domain alone. */
export type SignInForm = {
  /** A CheckId. */
  readonly check: string;
  readonly password: string;
  readonly allowPlain: boolean;
  readonly account?: string;
};

/** A step with its times, in milliseconds since the attempt began. */
export type SignInStep = Step & { readonly start: number; readonly end: number };

export type SignInOutcome = 'signed-in' | 'needs-accept' | 'refused' | 'unreachable' | 'not-accepted';

/** REPORT.md: the exit codes of `mellon sign-in`. */
export const SIGN_IN_EXIT: Readonly<Record<SignInOutcome, number>> = {
  'signed-in': 0,
  'needs-accept': 1,
  refused: 2,
  unreachable: 3,
  'not-accepted': 5,
};

/** Who would notice somebody in the middle that holds a valid certificate of a certificate authority. */
export type NoticedBy = 'dane' | 'watched-key' | 'channel-binding' | 'caa';
export type Noticed = {
  readonly id: NoticedBy;
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly text: string;
  readonly ref: string;
};

export type ChannelBindingType = 'tls-exporter' | 'tls-server-end-point' | 'tls-unique';

export type SignInResult = {
  readonly outcome: SignInOutcome;
  /** `signed-in`, or what ended the attempt: a code of signInPhrases. */
  readonly code: string;
  readonly sentence: string;
  readonly steps: readonly SignInStep[];
  /** The address that the server gave to the session; null where it came not so far. */
  readonly jid: string | null;
  readonly mechanism: string | null;
  readonly channelBinding: ChannelBindingType | null;
  readonly roundTripMs: number | null;
  readonly noticed: readonly Noticed[];
};

export type SignInEvent =
  | { readonly type: 'step'; readonly step: SignInStep }
  | { readonly type: 'noticed'; readonly noticed: readonly Noticed[] }
  | { readonly type: 'done'; readonly result: SignInResult };
