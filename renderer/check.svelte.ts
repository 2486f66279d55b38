/**
 * check.svelte.ts: one check as the screen sees it, from the click to the report.
 *
 * In:   the bridge, the form, the engine's events
 * Out:  CheckView: phase, steps as they happen, the report so far
 * Not:  judging; remembering (memory.svelte.ts)
 *
 * Events are gathered and applied once a frame, so that a burst of hundreds never holds the screen up.
 */
import type { AskForm, CheckId, RendererBridge, Said } from '../shared/bridge.ts';
import type { Observation } from '../shared/observation.ts';
import type { CheckEvent, Report } from '../shared/report.ts';

export type Phase =
  'idle' | 'starting' | 'running' | 'finished' | 'cancelled' | 'crashed' | 'not-started' | 'lost';
export type Asking = { readonly what: string; readonly start: number };

/** Between two frames of a hidden page, where no animation frame comes: milliseconds, chosen. */
const HIDDEN_MS = 200;

export class CheckView {
  phase = $state<Phase>('idle');
  id = $state<CheckId | null>(null);
  form = $state.raw<AskForm | null>(null);
  report = $state.raw<Report | null>(null);
  observations = $state.raw<readonly Observation[]>([]);
  asking = $state.raw<readonly Asking[]>([]);
  pending = $state(0);
  problem = $state.raw<Said | null>(null);
  /** Set for a saved report: nothing can be accepted from it. */
  saved = $state(false);

  readonly #bridge: RendererBridge;
  readonly #finished: (view: CheckView) => void;
  #early: [CheckId, CheckEvent][] = [];
  #queue: CheckEvent[] = [];
  #scheduled = false;

  constructor(bridge: RendererBridge, finished: (view: CheckView) => void) {
    this.#bridge = bridge;
    this.#finished = finished;
    bridge.onCheckEvent((id, event) => {
      // Signing in has its own view (sign-in.svelte.ts).
      if (event.type === 'sign-in') return;
      // The first events can overtake the answer that tells the id.
      if (this.phase === 'starting') this.#early.push([id, event]);
      else if (id === this.id) this.#take(event);
    });
  }

  get busy(): boolean {
    return this.phase === 'starting' || this.phase === 'running';
  }

  /** Starts a check. What is wrong with the form is in `problem` afterwards; a check that runs is cancelled first. */
  async start(form: AskForm): Promise<void> {
    if (this.busy) await this.cancel();
    this.clear();
    this.form = form;
    this.phase = 'starting';
    try {
      const started = await this.#bridge.startCheck(form);
      if (!started.ok) {
        this.problem = started.problem;
        this.phase = 'not-started';
        return;
      }
      this.id = started.value;
      this.phase = 'running';
    } catch {
      this.phase = 'lost';
      return;
    }
    const early = this.#early;
    this.#early = [];
    for (const [id, event] of early) if (id === this.id) this.#take(event);
  }

  async cancel(): Promise<void> {
    const id = this.id;
    if (id === null || this.phase !== 'running') return;
    await this.#bridge.cancelCheck(id).catch(() => undefined);
    this.#flush();
    if (this.busy) this.phase = 'cancelled';
  }

  /** Shows a report that no check of now made: from a file, or from the list of recent ones. */
  show(report: Report): void {
    this.clear();
    this.saved = true;
    this.report = report;
    this.observations = report.observations;
    this.phase = 'finished';
  }

  clear(): void {
    this.phase = 'idle';
    this.id = null;
    this.form = null;
    this.report = null;
    this.observations = [];
    this.asking = [];
    this.pending = 0;
    this.problem = null;
    this.saved = false;
    this.#early = [];
    this.#queue = [];
  }

  connectionLost(): void {
    this.#flush();
    if (this.busy) this.phase = 'lost';
  }

  #take(event: CheckEvent): void {
    this.#queue.push(event);
    if (this.#scheduled) return;
    this.#scheduled = true;
    const flush = (): void => this.#flush();
    if (document.visibilityState === 'hidden') setTimeout(flush, HIDDEN_MS);
    else requestAnimationFrame(flush);
  }

  #flush(): void {
    this.#scheduled = false;
    const queue = this.#queue;
    if (queue.length === 0 || !this.busy) return;
    this.#queue = [];
    const observed: Observation[] = [];
    let asking = this.asking;
    for (const event of queue) {
      switch (event.type) {
        case 'started':
          break;
        case 'asking':
          asking = [...asking, { what: event.what, start: event.start }];
          break;
        case 'observed':
          observed.push(event.observation);
          asking = answered(asking, event.observation);
          break;
        case 'judged':
          this.report = event.report;
          this.pending = event.pending;
          break;
        case 'finished':
          this.report = event.report;
          this.phase = 'finished';
          break;
        case 'stopped':
          this.phase = event.because.code;
          break;
      }
    }
    if (observed.length > 0) this.observations = [...this.observations, ...observed];
    this.asking = asking;
    if (this.phase === 'finished') {
      this.observations = this.report?.observations ?? this.observations;
      this.asking = [];
      this.pending = 0;
      this.#finished(this);
    }
  }
}

/** Takes away the question that an observation answers: the first one that began with it. */
function answered(asking: readonly Asking[], o: Observation): readonly Asking[] {
  const at = asking.findIndex((a) => a.start <= o.start);
  return at < 0 ? asking : asking.toSpliced(at, 1);
}
