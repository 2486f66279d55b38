/**
 * recheck.svelte.ts: everything pinned or watched, checked again, a few at a time.
 *
 * In:   the bridge, the places
 * Out:  RecheckView: progress, what was found at each place, stopping
 * Not:  what counts as a change (the engine's), one check on screen (check.svelte.ts)
 */
import type { AskForm, BridgeEvent, CheckId, RendererBridge } from '../shared/bridge.ts';
import type { Finding } from '../shared/pin.ts';
import type { CheckEvent, DomainOutcome } from '../shared/report.ts';
import type { Place } from './places.ts';

export type Found = Place & {
  readonly outcome: DomainOutcome | 'failed';
  readonly finding: Finding;
  /** Whether a person must look. */
  readonly look: boolean;
  readonly sentence: string;
};

/** At once: half of what the engine allows, so that a check by hand still finds room. */
const PARALLEL = 4;
/** More ends than checks at once cannot have overtaken their answers; others are of a check by hand. */
const MOST_EARLY = 2 * PARALLEL;
/** Options that only make sense for one domain. */
const ONE_DOMAIN: readonly string[] = ['connect', 'mode', 'at', 'from'];

type Last = Extract<CheckEvent, { readonly type: 'finished' | 'stopped' }>;

export class RecheckView {
  total = $state(0);
  found = $state.raw<readonly Found[]>([]);
  running = $state(false);
  stopped = $state(false);
  readonly #bridge: RendererBridge;
  #options: Readonly<Record<string, unknown>> = {};
  /** Checks under way, and who waits for their end. */
  #waiting: readonly { readonly id: CheckId; readonly wake: (last: Last | null) => void }[] = [];
  /** Ends that overtook the answer that tells the id. */
  #early: readonly (readonly [CheckId, Last])[] = [];

  constructor(bridge: RendererBridge) {
    this.#bridge = bridge;
  }

  /**
   * Checks all places, under the person's options but those about a single domain, and tells of each as it ends. Rejects
   * never; a place that cannot be checked is `failed`.
   */
  async run(places: readonly Place[], options: Omit<AskForm, 'input'>): Promise<void> {
    if (this.running) return;
    this.#options = Object.fromEntries(
      Object.entries(options).filter(([name]) => !ONE_DOMAIN.includes(name)),
    );
    this.total = places.length;
    this.found = [];
    this.stopped = false;
    this.running = true;
    const deaf = this.#bridge.onCheckEvent((id, event) => this.#hear(id, event));
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let i = next++; i < places.length && !this.stopped; i = next++) {
        const place = places[i];
        if (place === undefined) return;
        const found = await this.#one(place);
        if (found !== null) this.found = [...this.found, found];
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, places.length) }, worker));
    deaf();
    this.running = false;
    this.#early = [];
  }

  #hear(id: CheckId, event: BridgeEvent): void {
    if (event.type !== 'finished' && event.type !== 'stopped') return;
    const waiting = this.#waiting.find((one) => one.id === id);
    if (waiting === undefined) this.#early = [...this.#early, [id, event] as const].slice(-MOST_EARLY);
    else waiting.wake(event);
  }

  /** Begins no other check and cancels those under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.#waiting.map(({ id }) => this.#bridge.cancelCheck(id).catch(() => undefined)));
    this.lost();
  }

  /** The connection is gone: no end will be heard any more. */
  lost(): void {
    this.stopped = true;
    for (const { wake } of this.#waiting) wake(null);
  }

  /** Null where it was stopped. */
  async #one(place: Place): Promise<Found | null> {
    const failed = (sentence: string): Found => ({
      ...place,
      outcome: 'failed',
      finding: 'not-seen',
      look: true,
      sentence,
    });
    try {
      const started = await this.#bridge.startCheck({
        ...(place.demo ? {} : this.#options),
        input: place.domain,
        service: place.service === 'xmpp-server' ? 'server' : 'client',
        ...(place.demo ? { demo: true } : {}),
      });
      if (!started.ok) return failed(started.problem.text);
      const id = started.value;
      const last = await this.#end(id);
      if (last === null || last.type === 'stopped')
        return this.stopped ? null : failed(last === null ? '' : last.because.code);
      const { outcome, sentence } = last.report.verdict;
      const changed = await this.#bridge.changeSince(id);
      const finding = changed.ok ? changed.value : 'not-seen';
      return {
        ...place,
        outcome,
        finding,
        look: outcome === 'manual' || outcome === 'refuse' || finding === 'new-key',
        sentence,
      };
    } catch (fault) {
      return this.stopped ? null : failed(fault instanceof Error ? fault.message : String(fault));
    }
  }

  async #end(id: CheckId): Promise<Last | null> {
    const early = this.#early.find(([one]) => one === id);
    if (early !== undefined) return early[1];
    if (this.stopped) {
      await this.#bridge.cancelCheck(id);
      return null;
    }
    const last = await new Promise<Last | null>((wake) => {
      this.#waiting = [...this.#waiting, { id, wake }];
    });
    this.#waiting = this.#waiting.filter((one) => one.id !== id);
    return last;
  }
}
