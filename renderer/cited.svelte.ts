/**
 * cited.svelte.ts: the specifications that a card cites, gathered from the sentences in it.
 *
 * In:   references as their sentences are drawn and go away
 * Out:  Cited, provideCited, useCited
 * Not:  drawing them (Ref.svelte, Cited.svelte)
 */
import { getContext, setContext, untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';

const KEY = Symbol('cited');

export class Cited {
  readonly #uses = new SvelteMap<string, number>();
  /** Each once, RFC 6698 before RFC 6698 2.1 before RFC 10000. */
  readonly refs = $derived(
    [...this.#uses.keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
  );

  /** A sentence cites it; returns what takes that back. Called in effects, which must not run again for what they do here. */
  add(ref: string): () => void {
    untrack(() => this.#count(ref, 1));
    return () => untrack(() => this.#count(ref, -1));
  }

  #count(ref: string, by: 1 | -1): void {
    const uses = (this.#uses.get(ref) ?? 0) + by;
    if (uses === 0) this.#uses.delete(ref);
    else this.#uses.set(ref, uses);
  }
}

export function provideCited(): Cited {
  return setContext(KEY, new Cited());
}

/** Null outside of a card that lists what it cites. */
export function useCited(): Cited | null {
  return getContext<Cited | undefined>(KEY) ?? null;
}
