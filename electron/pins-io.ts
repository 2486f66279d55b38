/**
 * pins-io.ts: what all of `mellon pins` shares: where it reads and writes, how it asks, what its exit codes mean.
 *
 * In:   the terminal, the store and the check, handed in
 * Out:  PinsIo, PinsOptions, answers and exit codes
 * Not:  the commands (pins-command.ts, pins-add.ts, pins-check.ts)
 */
import type { Instant, Outcome } from '../shared/basics.ts';
import { pinsPhrases as say } from '../shared/phrases/pins-command.ts';
import { storeSentence, type StoreProblem } from '../shared/phrases/store.ts';
import type { PinView } from '../shared/pin.ts';
import type { Report } from '../shared/report.ts';
import type { Service } from '../shared/request.ts';
import type { Store } from './store/store.ts';
import { parseSource, sourceText } from './wire/address.ts';

/** Everything that the command takes from outside. */
export type PinsIo = {
  readonly store: Store;
  readonly now: () => Instant;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Asks on the terminal; null where there is none. */
  readonly ask: ((question: string) => Promise<string>) | null;
  readonly readFile: (path: string) => Outcome<string, string>;
  /** Checks one domain now; null where it was interrupted. */
  readonly check: (domain: string, service: Service) => Promise<Report | null>;
  /** A report's observations judged with another view of the pins (accept.ts, judgeWithView). */
  readonly judgeWith: (report: Report, view: PinView) => Report;
};

/** Exit codes: those of REPORT.md, so that cron can tell them apart. 1 is also "not confirmed". */
export const PINS_EXIT = {
  done: 0,
  look: 1,
  refuse: 2,
  unreachable: 3,
  notOffered: 4,
  usage: 64,
  fault: 70,
} as const;

export type PinsOptions = {
  readonly service: Service;
  /** Whether --service was given. */
  readonly serviceGiven: boolean;
  readonly json: boolean;
  readonly yes: boolean;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
};

/** Null where the person (or --yes) agreed; else the exit code. */
export async function confirmed(
  io: PinsIo,
  options: PinsOptions,
  question: string,
  answer: string,
): Promise<number | null> {
  if (options.yes) return null;
  if (io.ask === null) return usage(io, say.noTerminal);
  if ((await io.ask(question)).trim() === answer) return null;
  io.err(`${say.notConfirmed}\n`);
  return PINS_EXIT.look;
}

/** A domain as typed, in A-labels; null where it is none. */
export function domainOf(text: string): string | null {
  const source = parseSource(text.trim());
  return source.ok ? sourceText(source.value) : null;
}

/** An end date as typed: ISO time, null for never, undefined for what is none. */
export function parseEnds(text: string): string | null | undefined {
  if (text === 'never') return null;
  const day = /^(\d{4}-\d\d-\d\d)(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.exec(text)?.[1];
  if (day === undefined || Number.isNaN(Date.parse(text))) return undefined;
  // 30 February is read as 2 March: no day that a person can have meant.
  if (!new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)) return undefined;
  return new Date(text).toISOString();
}

/** Tells what is wrong with the command line; the exit code for it. */
export function usage(io: PinsIo, text: string): number {
  io.err(`mellon: ${text}\n`);
  return PINS_EXIT.usage;
}

/** Tells what is wrong with the store; the exit code for it. */
export function trouble(io: PinsIo, problem: StoreProblem): number {
  io.err(`mellon: ${storeSentence(problem)}\n`);
  return problem.code === 'no-such-pin' || problem.code === 'invalid' ? PINS_EXIT.usage : PINS_EXIT.fault;
}
