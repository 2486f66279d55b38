/**
 * pins.svelte.ts: the pins, watches and history as the screen sees them.
 *
 * In:   the bridge
 * Out:  PinsView: the lists, searching and sorting, the changes a person makes
 * Not:  the store's rules (electron/store) and the verdict's (electron/trust)
 */
import type { Outcome } from '../shared/basics.ts';
import type { RendererBridge, Said } from '../shared/bridge.ts';
import type { HistoryEntry, Pin, Watch } from '../shared/pin.ts';

export type Imported = Extract<Awaited<ReturnType<RendererBridge['importPins']>>, { ok: true }>['value'];
export type Sort = 'domain' | 'created' | 'ends';

export class PinsView {
  pins = $state.raw<readonly Pin[]>([]);
  watches = $state.raw<readonly Watch[]>([]);
  history = $state.raw<readonly HistoryEntry[]>([]);
  loaded = $state(false);
  problem = $state.raw<Said | null>(null);
  search = $state('');
  sort = $state<Sort>('domain');
  /** The pin revoked last, to be undone. */
  undo = $state.raw<Pin | null>(null);
  readonly shown = $derived(arrange(this.pins, this.search, this.sort));
  readonly #bridge: RendererBridge;

  constructor(bridge: RendererBridge) {
    this.#bridge = bridge;
  }

  async load(): Promise<void> {
    await this.#try(async () => {
      const listed = await this.#bridge.listPins();
      if (listed.ok) {
        this.pins = listed.value.pins;
        this.watches = listed.value.watches;
        this.history = listed.value.history;
        this.loaded = true;
      }
      return listed;
    });
  }

  watchOf(domain: string, service: string): Watch | null {
    return this.watches.find((w) => w.domain === domain && w.service === service) ?? null;
  }

  async change(id: string, change: { readonly note: string; readonly ends: string | null }): Promise<void> {
    await this.#try(() => this.#bridge.changePin(id, change), true);
  }

  async revoke(pin: Pin): Promise<void> {
    if (await this.#try(() => this.#bridge.removePin(pin.id), true)) this.undo = pin;
  }

  async restore(pin: Pin): Promise<void> {
    if (await this.#try(() => this.#bridge.restorePin(pin.id), true)) this.undo = null;
  }

  async setWatch(domain: string, service: string, on: boolean): Promise<void> {
    await this.#try(() => this.#bridge.setWatch(domain, service, on), true);
  }

  async erase(domain: string | null): Promise<void> {
    await this.#try(() => this.#bridge.eraseHistory(domain), true);
  }

  /** Imports a file's text; the engine reads every format that it knows. Null where it failed (see `problem`). */
  async importText(text: string): Promise<Imported | null> {
    let result: Imported | null = null;
    await this.#try(async () => {
      const done = await this.#bridge.importPins(text);
      if (done.ok) result = done.value;
      return done;
    }, true);
    return result;
  }

  async exportText(format: string): Promise<string | null> {
    let text: string | null = null;
    await this.#try(async () => {
      const done = await this.#bridge.exportPins(format);
      if (done.ok) text = done.value;
      return done;
    });
    return text;
  }

  async #try(act: () => Promise<Outcome<unknown, Said>>, reload = false): Promise<boolean> {
    this.problem = null;
    try {
      const done = await act();
      if (!done.ok) {
        this.problem = done.problem;
        return false;
      }
    } catch (fault) {
      this.problem = { code: 'fault', text: fault instanceof Error ? fault.message : String(fault) };
      return false;
    }
    if (reload) await this.load();
    return true;
  }
}

/** Searches domain, note and fingerprint; 10,000 pins in a few milliseconds. */
export function arrange(pins: readonly Pin[], search: string, sort: Sort): readonly Pin[] {
  const wanted = search.trim().toLowerCase();
  const hex = wanted.replace(/[:\s]/g, '');
  const found =
    wanted === ''
      ? [...pins]
      : pins.filter(
          (p) =>
            p.domain.includes(wanted) ||
            p.note.toLowerCase().includes(wanted) ||
            (hex !== '' && p.sha256.includes(hex)),
        );
  return found.sort((a, b) => order(a, b, sort) || compare(a.domain, b.domain));
}

function order(a: Pin, b: Pin, sort: Sort): number {
  switch (sort) {
    case 'domain':
      return compare(a.domain, b.domain);
    case 'created':
      return compare(b.created, a.created);
    case 'ends':
      // No end comes last: U+FFFF sorts after every date.
      return compare(a.ends ?? '\uffff', b.ends ?? '\uffff');
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
