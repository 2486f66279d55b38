/**
 * app.svelte.ts: what the whole window shares: the link to the engine, the page shown, the check, the memory.
 *
 * In:   Link
 * Out:  AppState, provideApp, useApp
 * Not:  the parts' own state (check.svelte.ts, pins.svelte.ts, memory.svelte.ts)
 */
import { getContext, setContext } from 'svelte';
import type { AskForm, DemoDomain, RendererBridge, Said } from '../shared/bridge.ts';
import { screen } from '../shared/phrases/screen.ts';
import type { Report } from '../shared/report.ts';
import type { Link, LinkState } from './link.ts';
import { CheckView } from './check.svelte.ts';
import { Memory } from './memory.svelte.ts';
import { OwnProfiles } from './own-profiles.svelte.ts';
import { PinsView } from './pins.svelte.ts';
import { RecheckView } from './recheck.svelte.ts';

export type Page = 'check' | 'demo' | 'pins' | 'compare';
export type About = Awaited<ReturnType<RendererBridge['about']>>;

/** A saved report above this is refused before it is read: bytes, chosen far above the largest real one. */
const LARGEST_REPORT = 32 * 1024 * 1024;
const KEY = Symbol('mellon');

export class AppState {
  page = $state<Page>('check');
  link = $state<LinkState>('connecting');
  about = $state.raw<About | null>(null);
  realm = $state.raw<readonly DemoDomain[] | null>(null);
  realmProblem = $state<string | null>(null);
  notice = $state<string | null>(null);
  /** The text in the field. */
  input = $state('');
  compareWith = $state.raw<readonly [Report, Report] | null>(null);
  readonly bridge: RendererBridge;
  readonly memory: Memory;
  readonly profiles: OwnProfiles;
  readonly check: CheckView;
  readonly pins: PinsView;
  readonly recheck: RecheckView;
  readonly reconnect: () => void;

  constructor(link: Link, storage: Storage | null) {
    this.bridge = link.bridge;
    this.reconnect = link.reconnect;
    this.memory = new Memory(storage);
    this.profiles = new OwnProfiles(storage);
    this.check = new CheckView(link.bridge, (view) => {
      if (view.report !== null && !view.saved) this.memory.remember(view.report, view.form?.demo === true);
    });
    this.pins = new PinsView(link.bridge);
    this.recheck = new RecheckView(link.bridge);
    link.onState((state) => {
      this.link = state;
      if (state === 'ready') void this.#greet();
      if (state === 'lost' || state === 'no-session') {
        this.check.connectionLost();
        this.recheck.lost();
      }
    });
  }

  /** Starts a check with the remembered options; `form` wins over them. */
  async ask(form: AskForm): Promise<void> {
    this.page = 'check';
    this.notice = null;
    this.input = form.input;
    await this.check.start({ ...(form.demo === true ? {} : this.memory.options), ...form });
  }

  async again(): Promise<void> {
    if (this.check.form !== null) await this.check.start(this.check.form);
  }

  /** The same check through other resolvers (none: the system's, or the realm's honest one). What is asked after it goes the usual way again. */
  async askOnce(form: AskForm, resolvers: readonly string[]): Promise<void> {
    await this.check.start({ ...form, resolvers });
    this.check.form = form;
  }

  async openRealm(): Promise<void> {
    this.page = 'demo';
    if (this.realm !== null) return;
    this.realmProblem = null;
    try {
      this.realm = await this.bridge.demoDomains();
    } catch (problem) {
      this.realmProblem = problem instanceof Error ? problem.message : String(problem);
    }
  }

  /** Opens a report from a file: parsed here only as JSON, judged again by the engine. */
  async openSaved(file: File): Promise<Said | null> {
    if (file.size > LARGEST_REPORT) return { code: 'too-large', text: screen.ask.tooLarge };
    let parsed: unknown;
    try {
      parsed = JSON.parse(await file.text());
    } catch {
      return { code: 'not-json', text: screen.ask.notJson };
    }
    const judged = await this.bridge.judgeAgain(parsed, this.memory.options);
    if (!judged.ok) return judged.problem;
    this.page = 'check';
    this.check.show(judged.value);
    this.memory.keep(judged.value);
    return null;
  }

  async openLink(url: string): Promise<void> {
    const opened = await this.bridge.openLink(url);
    if (!opened.ok) this.notice = opened.problem.text;
  }

  async #greet(): Promise<void> {
    this.about = await this.bridge.about();
  }
}

export function provideApp(app: AppState): void {
  setContext(KEY, app);
}

export function useApp(): AppState {
  return getContext<AppState>(KEY);
}
