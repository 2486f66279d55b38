/**
 * output.ts: how every command ends: exit codes, standard output, standard error.
 *
 * In:   texts
 * Out:  exit codes of REPORT.md
 * Not:  what the texts say
 */
import type { Report } from '../shared/report.ts';
import { HIDDEN } from '../shared/visible.ts';

/** Exit codes of REPORT.md. */
export const EXIT = {
  accept: 0,
  manual: 1,
  refuse: 2,
  unreachable: 3,
  notOffered: 4,
  notSignedIn: 5,
  usage: 64,
  fault: 70,
} as const;

/** The exit code of one report. */
export function exitCode(report: Pick<Report, 'verdict'>): number {
  const codes = {
    'auto-accept': EXIT.accept,
    manual: EXIT.manual,
    refuse: EXIT.refuse,
    unreachable: EXIT.unreachable,
    'not-offered': EXIT.notOffered,
  };
  return codes[report.verdict.outcome];
}

/** Whether standard output takes colours (https://no-color.org). */
export function colours(): boolean {
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
}

/** Columns of the terminal; null where standard output is none: what reads a pipe wants whole lines. */
export function columns(): number | null {
  return process.stdout.isTTY ? process.stdout.columns : null;
}

/**
 * One line of JSON for standard output. Characters that a terminal obeys or that cannot be seen are escaped, as JSON
 * allows: to a program it is the same text.
 */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(HIDDEN, escaped)}\n`;
}

function escaped(unseen: string): string {
  return Array.from({ length: unseen.length }, (_, i) => {
    return `\\u${unseen.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }).join('');
}

/** Writes and waits until it is written: a report on a pipe must not be cut by the exit. */
export async function print(text: string, code: number): Promise<number> {
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  return code;
}

/** Tells of a fault of the program itself. */
export function tellFault(fault: unknown): number {
  const detail = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  process.stderr.write(`mellon: a fault of the program itself; no verdict was reached.\n${detail}\n`);
  return EXIT.fault;
}

/** Tells what is wrong with a command line. */
export function usage(problem: string): number {
  process.stderr.write(`mellon: ${problem}\n`);
  return EXIT.usage;
}
