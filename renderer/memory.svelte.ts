/**
 * memory.svelte.ts: what this device remembers for the screen: options, recent checks and their reports.
 *
 * In:   localStorage, whose content is never trusted to be well-formed
 * Out:  Memory
 * Not:  pins (the engine's store); nothing here takes part in a verdict
 */
import type { AskForm } from '../shared/bridge.ts';
import type { DomainOutcome, Report } from '../shared/report.ts';

export type Options = Omit<AskForm, 'input' | 'demo'>;
export type Recent = {
  readonly domain: string;
  readonly service: string;
  readonly given: string;
  readonly at: string;
  readonly outcome: DomainOutcome;
  readonly sentence: string;
  readonly demo: boolean;
};

/** Chosen: what fits a screen without scrolling far. */
const RECENT = 12;
/** Reports kept for comparing while the page is open: about 200 KB each, so under 5 MB. */
const REPORTS = 24;
const OPTIONS_KEY = 'mellon.options';
const RECENT_KEY = 'mellon.recent';
const OUTCOMES: readonly string[] = ['auto-accept', 'manual', 'refuse', 'unreachable', 'not-offered'];

export class Memory {
  options = $state.raw<Options>({});
  recent = $state.raw<readonly Recent[]>([]);
  reports = $state.raw<readonly Report[]>([]);
  readonly #storage: Storage | null;

  constructor(storage: Storage | null) {
    this.#storage = storage;
    const options = this.#read(OPTIONS_KEY);
    if (isRecord(options)) this.options = options;
    const recent = this.#read(RECENT_KEY);
    if (Array.isArray(recent)) this.recent = recent.filter(isRecent).slice(0, RECENT);
  }

  setOptions(options: Options): void {
    this.options = options;
    this.#write(OPTIONS_KEY, options);
  }

  /** Keeps a report for comparing while the page is open. */
  keep(report: Report): void {
    this.reports = [report, ...this.reports].slice(0, REPORTS);
  }

  remember(report: Report, demo: boolean): void {
    this.keep(report);
    const entry: Recent = {
      domain: report.input.domain,
      service: report.input.service,
      given: report.input.given,
      at: report.startedAt,
      outcome: report.verdict.outcome,
      sentence: report.verdict.sentence,
      demo,
    };
    const others = this.recent.filter(
      (r) => r.domain !== entry.domain || r.service !== entry.service || r.demo !== demo,
    );
    this.recent = [entry, ...others].slice(0, RECENT);
    this.#write(RECENT_KEY, this.recent);
  }

  forget(): void {
    this.recent = [];
    this.#write(RECENT_KEY, []);
  }

  #read(key: string): unknown {
    try {
      return JSON.parse(this.#storage?.getItem(key) ?? 'null') as unknown;
    } catch {
      return null;
    }
  }

  #write(key: string, value: unknown): void {
    try {
      this.#storage?.setItem(key, JSON.stringify(value));
    } catch {
      // A full or forbidden storage costs the memory of options, nothing else.
    }
  }
}

/** Options come back as they were written; the engine parses each of them again before it believes any. */
function isRecord(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRecent(value: unknown): value is Recent {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Record<string, unknown>;
  return (
    ['domain', 'service', 'given', 'at', 'sentence'].every((k) => typeof entry[k] === 'string') &&
    typeof entry['outcome'] === 'string' &&
    OUTCOMES.includes(entry['outcome'])
  );
}
