/**
 * state.ts: the contents of mellon.json as they are now, whoever wrote them last, and changes to them.
 *
 * In:   the folder
 * Out:  contents or a problem; a change made under the lock
 * Not:  what the changes mean (store.ts)
 *
 * A damaged file is kept aside under a dated name. As long as it lies there and nobody put a file in its place, the store stays
 * "damaged": it is never taken for an empty one (TRUST-RULES 10.9).
 */
import type { Outcome } from '../../shared/basics.ts';
import type { StoreProblem } from '../../shared/phrases/store.ts';
import {
  decodeContents,
  EMPTY,
  encodeContents,
  wrongContents,
  type Contents,
  type StoredPin,
} from './shape.ts';
import { storeFile } from './store-file.ts';

export type Loaded = {
  readonly contents: Contents;
  /** By `service domain`. */
  readonly index: ReadonlyMap<string, readonly StoredPin[]>;
};

export type State = {
  /** The contents as they are on disk now; read again only where another process changed them. */
  current(): Outcome<Loaded, StoreProblem>;
  /** Lock, read, change, write. Nothing is written where `change` gives a problem. */
  change<T>(
    change: (contents: Contents) => Outcome<{ readonly contents: Contents; readonly value: T }, StoreProblem>,
  ): Outcome<T, StoreProblem>;
  /** Begins with an empty store where a damaged one was kept aside; the damaged file stays where it is kept. */
  readonly startOver: () => Outcome<null, StoreProblem>;
};

type Result = Outcome<Loaded, StoreProblem>;

/** The state of `folder`/mellon.json. `stamp` names damaged files. */
export function openState(folder: string, stamp: () => string): State {
  const file = storeFile(folder, 'mellon');
  let cached: { readonly mark: string; readonly result: Result } | null = null;

  function current(): Result {
    // Asked for before reading: a change in between makes the mark old, and the next call reads again.
    const mark = file.mark();
    if (cached !== null && cached.mark === mark) return cached.result;
    const seen = look();
    if (seen.ok || seen.problem.code !== 'damaged') return remember(seen, mark);
    const settled = file.locked(() => {
      const result = settle();
      return remember(result, file.mark());
    });
    return couldNotLock(seen, settled);
  }

  /** Where a damaged file was seen but could not be dealt with, "damaged" is still what there is to say. */
  function couldNotLock(seen: Result, result: Result): Result {
    const settled = result.ok || result.problem.code === 'damaged' || result.problem.code === 'newer-version';
    return settled ? result : seen;
  }

  function remember(result: Result, mark: string): Result {
    cached = { mark, result };
    return result;
  }

  /** What the file says; touches nothing. */
  function look(): Result {
    const read = file.read();
    if (!read.ok) return read;
    const { text } = read.value;
    if (text !== null) return decode(text);
    if (file.before() !== null) return missing('it is missing, but a write was cut off', null);
    const kept = file.aside().at(-1);
    return kept === undefined ? { ok: true, value: load(EMPTY) } : missing('as found earlier', kept);
  }

  function missing(detail: string, keptAs: string | null): Result {
    return { ok: false, problem: { code: 'damaged', file: file.path, detail, keptAs } };
  }

  function decode(text: string): Result {
    const decoded = decodeContents(text);
    if (decoded.ok) return { ok: true, value: load(decoded.value) };
    const { problem } = decoded;
    if (problem.code === 'damaged') return missing(problem.detail, null);
    return { ok: false, problem: { ...problem, file: file.path } };
  }

  /** With the lock held: looks again, goes back to the state before a write that was cut off, or keeps the file aside. */
  function settle(): Result {
    const seen = look();
    if (seen.ok || seen.problem.code !== 'damaged' || seen.problem.keptAs !== null) return seen;
    const before = file.before();
    const old = before === null ? null : decode(before);
    if (old?.ok === true) {
      file.restoreBefore();
      return old;
    }
    return missing(seen.problem.detail, file.keepAside(stamp()));
  }

  function save(contents: Contents, write: (text: string) => StoreProblem | null): StoreProblem | null {
    const wrong = wrongContents(contents);
    if (wrong !== null) return { code: 'invalid', detail: wrong };
    const problem = write(encodeContents(contents));
    if (problem === null) remember({ ok: true, value: load(contents) }, file.mark());
    return problem;
  }

  return {
    current,
    change: (change) =>
      file.locked((write) => {
        const fresh = cached !== null && cached.mark === file.mark() && cached.result.ok;
        const now = fresh && cached !== null ? cached.result : settle();
        if (!now.ok) return now;
        const changed = change(now.value.contents);
        if (!changed.ok) return changed;
        if (changed.value.contents === now.value.contents) return { ok: true, value: changed.value.value };
        const problem = save(changed.value.contents, write);
        return problem === null ? { ok: true, value: changed.value.value } : { ok: false, problem };
      }),
    startOver: () =>
      file.locked((write) => {
        const now = settle();
        if (now.ok) return { ok: true, value: null };
        if (now.problem.code !== 'damaged' || now.problem.keptAs === null) return now;
        const problem = save(EMPTY, write);
        return problem === null ? { ok: true, value: null } : { ok: false, problem };
      }),
  };
}

function load(contents: Contents): Loaded {
  const index = new Map<string, StoredPin[]>();
  for (const pin of contents.pins) {
    const key = keyOf(pin.domain, pin.service);
    const list = index.get(key);
    if (list === undefined) index.set(key, [pin]);
    else list.push(pin);
  }
  return { contents, index };
}

/** The key of Loaded.index. */
export function keyOf(domain: string, service: string): string {
  return `${service} ${domain}`;
}
