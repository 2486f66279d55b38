/**
 * bridge.ts: the contract between the engine and the renderer, the same over Electron's IPC and over the WebSocket.
 *
 * In:   nothing
 * Out:  Bridge, and the list of its calls that the compiler checks for completeness
 * Not:  a transport (electron/ipc.ts, electron/serve.ts, electron/preload.cts)
 *
 * Every argument is `unknown` on the engine's side and parsed there again: the renderer is not trusted.
 */
import type { Outcome } from './basics.ts';
import type { ClientsReport } from './clients.ts';
import type { Finding, HistoryEntry, Pin, Watch } from './pin.ts';
import type { CheckEvent, Report } from './report.ts';
import type { SignInEvent, SignInResult } from './sign-in.ts';

export type CheckId = string;
export type Said = { readonly code: string; readonly text: string };

/** What the form sends; text as typed, parsed by the engine (electron/options.ts). */
export type AskForm = {
  readonly input: string;
  readonly service?: 'client' | 'server';
  readonly from?: string;
  readonly resolvers?: readonly string[];
  readonly roots?: readonly string[];
  readonly ca?: readonly { readonly name: string; readonly pem: string }[];
  readonly trustAnchor?: string;
  readonly negativeAnchors?: readonly string[];
  readonly requireDnssec?: boolean;
  readonly connect?: string;
  readonly mode?: 'starttls' | 'direct-tls';
  readonly allowPrivate?: boolean;
  readonly timeoutSeconds?: number;
  readonly at?: string;
  /** Ask the demo realm's world instead of the real one. */
  readonly allowSha1?: boolean;
  readonly demo?: boolean;
};

export type DemoDomain = {
  readonly domain: string;
  readonly teaches: string;
  readonly outcome: string;
  readonly options?: AskForm;
};
/** What can happen to a demo domain's certificate. renewed: same key. other-algorithm: RSA in place of ECDSA. back: as at first. */
export const SWAPS = ['renewed', 'new-key', 'expired', 'other-algorithm', 'back'] as const;
export type Swap = (typeof SWAPS)[number];

export type Preset = { readonly url: string; readonly name: string; readonly source: string };

export type AcceptForm = {
  readonly check: CheckId;
  /** Which endpoint's leaf, by its SHA-256 as shown. */
  readonly certificate: string;
  readonly how: 'once' | 'forever';
  readonly by: 'certificate' | 'key';
  readonly note?: string;
  readonly ends?: string | null;
  readonly manualToo?: boolean;
  /** Ids of pins that this one replaces (compare and replace). */
  readonly replaces?: readonly string[];
};

/** What shall be different when a report is judged again; besides these any option of a check, as typed. */
export type WhatIfForm = Pick<AskForm, 'at' | 'roots' | 'ca' | 'trustAnchor' | 'requireDnssec' | 'demo'> & {
  /** What if this method did not exist? */
  readonly without?: readonly ('dnssec' | 'dane' | 'posh')[];
  /** Consult what was accepted here; pins of the demo realm with `demo`. */
  readonly pins?: boolean;
};

export type CompareForm = {
  /** A person's own files of profiles, parsed as JSON and no further. */
  readonly profiles?: readonly { readonly name: string; readonly content: unknown }[];
  readonly pins?: boolean;
  readonly demo?: boolean;
};
export type Comparison = {
  readonly clients: ClientsReport;
  /** How many programs were studied, those for the other service with them. */
  readonly studied: number;
  /** In the order of `clients.profiles`: where the rules were read. */
  readonly about: readonly {
    readonly platform: string;
    readonly library: string | null;
    readonly date: string | null;
    readonly sources: readonly string[];
  }[];
};

export type Bridge = {
  about(): Promise<{
    readonly version: string;
    readonly runtime: string;
    readonly face: 'window' | 'browser';
    readonly presets: readonly Preset[];
  }>;
  /** What is wrong with the text in the field, while it is typed. */
  parseInput(text: unknown): Promise<Outcome<{ readonly domain: string; readonly unicode: string }, Said>>;
  startCheck(form: unknown): Promise<Outcome<CheckId, Said>>;
  cancelCheck(id: unknown): Promise<void>;
  demoDomains(): Promise<readonly DemoDomain[]>;
  /** Gives the servers of a demo domain another certificate while they run. */
  swapDemo(domain: unknown, how: unknown): Promise<Outcome<null, Said>>;
  /** What a finished check saw, compared with the look before it and with what is pinned and watched. */
  changeSince(check: unknown): Promise<Outcome<Finding, Said>>;
  /** Judge a report's observations again under other options (what if), or a saved file's. */
  judgeAgain(report: unknown, form: unknown): Promise<Outcome<Report, Said>>;
  /** How other programs would decide on a report, judged again from its observations. */
  compareClients(report: unknown, form: unknown): Promise<Outcome<Comparison, Said>>;
  listPins(): Promise<
    Outcome<
      {
        readonly pins: readonly Pin[];
        readonly watches: readonly Watch[];
        readonly history: readonly HistoryEntry[];
      },
      Said
    >
  >;
  accept(form: unknown): Promise<Outcome<Pin, Said>>;
  changePin(id: unknown, change: unknown): Promise<Outcome<Pin, Said>>;
  removePin(id: unknown): Promise<Outcome<Pin, Said>>;
  restorePin(id: unknown): Promise<Outcome<Pin, Said>>;
  setWatch(domain: unknown, service: unknown, on: unknown): Promise<Outcome<Watch | null, Said>>;
  importPins(
    text: unknown,
  ): Promise<
    Outcome<{ readonly added: number; readonly watches: number; readonly skipped: readonly string[] }, Said>
  >;
  exportPins(format: unknown): Promise<Outcome<string, Said>>;
  eraseHistory(domain: unknown): Promise<Outcome<null, Said>>;
  /** Signs in through a finished check's verdict (SignInForm); its steps come as events of that check. */
  signIn(form: unknown): Promise<Outcome<SignInResult, Said>>;
  /** Opens an https address on the allow-list (RFC texts) in the person's browser. */
  openLink(url: unknown): Promise<Outcome<null, Said>>;
};

/** Names of the calls, for transports. A member missing here is a compile error in `complete` below. */
export const CALLS = [
  'about',
  'parseInput',
  'startCheck',
  'cancelCheck',
  'demoDomains',
  'swapDemo',
  'changeSince',
  'judgeAgain',
  'compareClients',
  'listPins',
  'accept',
  'changePin',
  'removePin',
  'restorePin',
  'setWatch',
  'importPins',
  'exportPins',
  'eraseHistory',
  'signIn',
  'openLink',
] as const satisfies readonly (keyof Bridge)[];
export type Call = (typeof CALLS)[number];
type Missing = Exclude<keyof Bridge, Call>;
export const complete: [Missing] extends [never] ? true : Missing = true;

/** What the one stream of events carries: what happens in checks, and in signing in through them. */
export type BridgeEvent = CheckEvent | { readonly type: 'sign-in'; readonly event: SignInEvent };

/** What the renderer holds: the calls, and the one stream of events. */
export type RendererBridge = Bridge & {
  onCheckEvent(hear: (id: CheckId, event: BridgeEvent) => void): () => void;
};
