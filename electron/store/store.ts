/**
 * store.ts: what a person has decided to remember, and what was seen; the same for the window, the browser and the terminal.
 *
 * In:   the folder, the clock
 * Out:  PinView for a check; pins, watches and history to list, search and change; every problem as a value
 * Not:  whether something may be accepted (electron/accept.ts), what pins mean (trust/pin.ts)
 *
 * A check reads and never writes pins. Every change is lock, read, merge, write: two programs never overwrite each other.
 */
import type { Instant, Outcome } from '../../shared/basics.ts';
import type { HistoryEntry, Pin, PinId, PinView, Watch } from '../../shared/pin.ts';
import { storeSentence, type StoreProblem } from '../../shared/phrases/store.ts';
import type { Service } from '../../shared/request.ts';
import { openHistory } from './history.ts';
import { fromPin, matchesText, toPin } from './pin-record.ts';
import {
  MOST_DOMAINS_SECURE,
  MOST_PINS,
  wrongPin,
  wrongWatch,
  type Contents,
  type StoredPin,
} from './shape.ts';
import { keyOf, openState } from './state.ts';

export type NewPin = Omit<Pin, 'id' | 'created' | 'revoked'>;
export type PinChange = { readonly note?: string; readonly ends?: string | null };
export type Everything = {
  readonly pins: readonly Pin[];
  readonly once: readonly Pin[];
  readonly watches: readonly Watch[];
  readonly history: readonly HistoryEntry[];
};
type Done<T> = Outcome<T, StoreProblem>;

export type Store = {
  /** What the rules may know of one domain. Never fails: an unreadable store is a view with `problem`. */
  view(domain: string, service: Service): PinView;
  listAll(): Done<Everything>;
  /** Pins whose domain, note, hash, names or service contain the text, without case. */
  search(text: string): Done<readonly Pin[]>;
  /** "Accept forever". Revokes `replaces` in the same write, and adds the key to the watched set where the domain is watched. */
  addPin(pin: NewPin, replaces?: readonly PinId[]): Done<Pin>;
  /** "Accept once": in memory until the program ends. */
  addOnce(pin: NewPin): Done<Pin>;
  changePin(id: PinId, change: PinChange): Done<Pin>;
  revokePin(id: PinId): Done<Pin>;
  /** Undoes a revocation. */
  restorePin(id: PinId): Done<Pin>;
  /** Forgets a pin without a trace. */
  removePin(id: PinId): Done<Pin>;
  /**
   * Watches with these keys, or with those last seen where `keys` is null; `on` false ends the watch. A watch that is on stays
   * as it is: beginning it again must not make a new key a known one.
   */
  setWatch(
    domain: string,
    service: Service,
    on: boolean,
    keys?: readonly string[] | null,
  ): Done<Watch | null>;
  /** Imported pins and watches in one write; those already there are left out. */
  merge(
    pins: readonly NewPin[],
    watches: readonly Watch[],
  ): Done<{ readonly added: number; readonly known: number; readonly watches: number }>;
  history(domain: string, service: Service): Done<readonly HistoryEntry[]>;
  recordHistory(entry: HistoryEntry): Done<null>;
  /** Forgets the history, and "once seen secure", of one domain or of all. */
  eraseHistory(domain: string | null): Done<null>;
  startOver(): Done<null>;
};

export type StoreOptions = { readonly folder: string; readonly now: () => Instant };

/** Opens the store in `folder`. The problem is for the person; `brokenStoreView` is what the rules get then. */
export function openStore(options: StoreOptions): Done<Store> {
  const store = storeIn(options);
  const first = store.listProblem();
  return first === null ? { ok: true, value: store } : { ok: false, problem: first };
}

/** The same store without the first look: its calls give the problem as long as it lasts, `startOver` may end it. */
export function storeIn(options: StoreOptions): Store & { listProblem(): StoreProblem | null } {
  const stamp = (): string => new Date(options.now()).toISOString();
  const state = openState(options.folder, stamp);
  const history = openHistory(options.folder, stamp);
  let once: readonly Pin[] = [];

  function view(domain: string, service: Service): PinView {
    const mine = once.filter((pin) => pin.domain === domain && pin.service === service);
    const now = state.current();
    if (!now.ok)
      return { pins: [], once: mine, watch: null, onceSecure: null, problem: storeSentence(now.problem) };
    const { contents, index } = now.value;
    const seen = history.of(domain, service);
    const secure = seen.ok ? seen.value.findLast((entry) => entry.dnssec === 'secure')?.at : undefined;
    const watch = contents.watches.find((one) => one.domain === domain && one.service === service) ?? null;
    const pins = index.get(keyOf(domain, service)) ?? [];
    const keys = mine.map((pin) => fromPin(pin).keySha256).filter((key) => key !== null);
    return {
      pins: pins.map(toPin),
      once: mine,
      watch: watch === null ? null : { ...watch, keys: [...knownKeys(watch, pins, options.now()), ...keys] },
      onceSecure:
        secure ??
        contents.onceSecure.find((one) => one.domain === domain && one.service === service)?.at ??
        null,
    };
  }

  function changeOne(id: PinId, how: (pin: StoredPin) => StoredPin | null): Done<Pin> {
    const mine = once.find((pin) => pin.id === id);
    if (mine !== undefined) return changeOnce(mine, how);
    return state.change((contents) => {
      const old = contents.pins.find((pin) => pin.id === id);
      if (old === undefined) return { ok: false, problem: { code: 'no-such-pin', id } };
      const next = how(old);
      const wrong = next === null ? null : wrongPin(next);
      if (wrong !== null) return { ok: false, problem: { code: 'invalid', detail: wrong } };
      const pins = contents.pins.flatMap((pin) => (pin !== old ? [pin] : next === null ? [] : [next]));
      return { ok: true, value: { contents: { ...contents, pins }, value: toPin(next ?? old) } };
    });
  }

  /** A pin of this session: revoking or removing it takes it out of memory. */
  function changeOnce(pin: Pin, how: (pin: StoredPin) => StoredPin | null): Done<Pin> {
    const next = how(fromPin(pin));
    const changed = next === null ? pin : toPin(next);
    once = once.flatMap((one) =>
      one !== pin ? [one] : next === null || next.revoked !== null ? [] : [changed],
    );
    return { ok: true, value: changed };
  }

  function addPin(draft: NewPin, replaces: readonly PinId[] = []): Done<Pin> {
    const created = stamp();
    const added = state.change<Pin>((contents) => {
      const missing = replaces.find((id) => !knows(contents, id));
      if (missing !== undefined) return { ok: false, problem: { code: 'no-such-pin', id: missing } };
      if (contents.pins.length >= MOST_PINS)
        return { ok: false, problem: { code: 'too-many', limit: MOST_PINS } };
      const pin = fromPin({ ...draft, id: `p${contents.next}`, created, revoked: null });
      const wrong = wrongPin(pin);
      if (wrong !== null) return { ok: false, problem: { code: 'invalid', detail: wrong } };
      const kept = contents.pins.map((old) =>
        replaces.includes(old.id) && old.revoked === null ? { ...old, revoked: created } : old,
      );
      const key = pin.by === 'key' ? pin.sha256 : pin.keySha256;
      const watches = withAccepted(contents.watches, pin.domain, pin.service, key === null ? [] : [key]);
      const next = { ...contents, next: contents.next + 1, pins: [...kept, pin], watches };
      return { ok: true, value: { contents: next, value: toPin(pin) } };
    });
    if (added.ok) once = once.filter((pin) => !replaces.includes(pin.id));
    return added;
  }

  function knows(contents: Contents, id: PinId): boolean {
    return contents.pins.some((pin) => pin.id === id) || once.some((pin) => pin.id === id);
  }

  return {
    view,
    addPin,
    listProblem: () => {
      const now = state.current();
      return now.ok ? null : now.problem;
    },
    listAll: () => {
      const now = state.current();
      if (!now.ok) return now;
      const { contents, index } = now.value;
      const watches = contents.watches.map((one) => ({
        ...one,
        keys: knownKeys(one, index.get(keyOf(one.domain, one.service)) ?? [], options.now()),
      }));
      return { ok: true, value: { pins: contents.pins.map(toPin), once, watches, history: history.all() } };
    },
    search: (text) => {
      const now = state.current();
      if (!now.ok) return now;
      const wanted = text.toLowerCase();
      return {
        ok: true,
        value: now.value.contents.pins.filter((pin) => matchesText(pin, wanted)).map(toPin),
      };
    },
    addOnce: (draft) => {
      const pin = {
        ...draft,
        id: `once-${once.length + 1}-${Date.now().toString(36)}`,
        created: stamp(),
        revoked: null,
      };
      const wrong = wrongPin(fromPin(pin));
      if (wrong !== null) return { ok: false, problem: { code: 'invalid', detail: wrong } };
      once = [...once, pin].slice(-MOST_ONCE);
      return { ok: true, value: pin };
    },
    changePin: (id, change) => changeOne(id, (pin) => ({ ...pin, ...change })),
    revokePin: (id) => changeOne(id, (pin) => ({ ...pin, revoked: pin.revoked ?? stamp() })),
    restorePin: (id) => changeOne(id, (pin) => ({ ...pin, revoked: null })),
    removePin: (id) => changeOne(id, () => null),
    setWatch: (domain, service, on, keys = null) => {
      const seen = history.of(domain, service);
      const known =
        keys ??
        (seen.ok
          ? (seen.value.findLast((one) => one.keys.length > 0 && one.outcome !== 'refuse')?.keys ?? [])
          : []);
      return state.change<Watch | null>((contents) => {
        const others = contents.watches.filter((one) => one.domain !== domain || one.service !== service);
        if (!on) return { ok: true, value: { contents: { ...contents, watches: others }, value: null } };
        const there = contents.watches.find((one) => one.domain === domain && one.service === service);
        if (there !== undefined) return { ok: true, value: { contents, value: there } };
        if (known.length === 0) return { ok: false, problem: { code: 'nothing-seen', domain } };
        const watch: Watch = { domain, service, since: stamp(), keys: [...new Set(known)] };
        const wrong = wrongWatch(watch);
        if (wrong !== null) return { ok: false, problem: { code: 'invalid', detail: wrong } };
        if (others.length >= MOST_PINS) return { ok: false, problem: { code: 'too-many', limit: MOST_PINS } };
        return { ok: true, value: { contents: { ...contents, watches: [...others, watch] }, value: watch } };
      });
    },
    merge: (drafts, watches) => state.change((contents) => merge(contents, drafts, watches, stamp())),
    history: history.of,
    recordHistory: (entry) => {
      const recorded = history.record(entry);
      if (!recorded.ok || entry.dnssec !== 'secure') return recorded;
      return state.change<null>((contents) => {
        const { domain, service, at } = entry;
        const there = contents.onceSecure.some((one) => one.domain === domain && one.service === service);
        const all = there ? contents.onceSecure : [...contents.onceSecure, { domain, service, at }];
        const onceSecure = all.slice(-MOST_DOMAINS_SECURE);
        return { ok: true, value: { contents: there ? contents : { ...contents, onceSecure }, value: null } };
      });
    },
    eraseHistory: (domain) => {
      const erased = history.erase(domain);
      if (!erased.ok) return erased;
      return state.change<null>((contents) => {
        const onceSecure = contents.onceSecure.filter((one) => domain !== null && one.domain !== domain);
        const same = onceSecure.length === contents.onceSecure.length;
        return { ok: true, value: { contents: same ? contents : { ...contents, onceSecure }, value: null } };
      });
    },
    startOver: state.startOver,
  };
}

/** What the rules get where the store could not be opened: not "no pins", but "not known". */
export function brokenStoreView(problem: StoreProblem): PinView {
  return { pins: [], once: [], watch: null, onceSecure: null, problem: storeSentence(problem) };
}

/** The keys that accepting brings into a watched set; what was in it already needs no pin to stay. */
function withAccepted(
  watches: readonly Watch[],
  domain: string,
  service: Service,
  keys: readonly string[],
): readonly Watch[] {
  return watches.map((one) => {
    const fresh = keys.filter((key) => !one.keys.includes(key));
    if (one.domain !== domain || one.service !== service || fresh.length === 0) return one;
    return { ...one, keys: [...one.keys, ...fresh], accepted: [...(one.accepted ?? []), ...fresh] };
  });
}

/** What was accepted and then revoked, or has ended, is no longer known: undoing undoes this, too. */
function knownKeys(watch: Watch, pins: readonly StoredPin[], now: Instant): readonly string[] {
  if (watch.accepted === undefined) return watch.keys;
  const live = pins.filter(
    (pin) => pin.revoked === null && (pin.ends === null || Date.parse(pin.ends) > now),
  );
  const held = new Set(live.map((pin) => (pin.by === 'key' ? pin.sha256 : pin.keySha256)));
  const accepted = new Set(watch.accepted);
  return watch.keys.filter((key) => !accepted.has(key) || held.has(key));
}

function merge(
  contents: Contents,
  drafts: readonly NewPin[],
  watches: readonly Watch[],
  created: string,
): Done<{ contents: Contents; value: { added: number; known: number; watches: number } }> {
  const mark = (pin: NewPin | StoredPin): string => `${pin.service} ${pin.domain} ${pin.by} ${pin.sha256}`;
  const there = new Set(contents.pins.map(mark));
  const fresh: StoredPin[] = [];
  for (const draft of drafts) {
    if (there.has(mark(draft))) continue;
    there.add(mark(draft));
    const pin = fromPin({ ...draft, id: `p${contents.next + fresh.length}`, created, revoked: null });
    const wrong = wrongPin(pin);
    if (wrong !== null)
      return { ok: false, problem: { code: 'invalid', detail: `${draft.domain}: ${wrong}` } };
    fresh.push(pin);
  }
  const pins = [...contents.pins, ...fresh];
  if (pins.length > MOST_PINS) return { ok: false, problem: { code: 'too-many', limit: MOST_PINS } };
  const watched = new Map(contents.watches.map((one) => [keyOf(one.domain, one.service), one]));
  const added: Watch[] = [];
  for (const one of watches) {
    if (watched.has(keyOf(one.domain, one.service))) continue;
    watched.set(keyOf(one.domain, one.service), one);
    added.push(one);
  }
  const wrong = added.map(wrongWatch).find((one) => one !== null);
  if (wrong !== undefined) return { ok: false, problem: { code: 'invalid', detail: `watch: ${wrong}` } };
  if (contents.watches.length + added.length > MOST_PINS)
    return { ok: false, problem: { code: 'too-many', limit: MOST_PINS } };
  const next = {
    ...contents,
    next: contents.next + fresh.length,
    pins,
    watches: [...contents.watches, ...added],
  };
  return {
    ok: true,
    value: {
      contents: next,
      value: { added: fresh.length, known: drafts.length - fresh.length, watches: added.length },
    },
  };
}

/** Chosen: nobody accepts more by hand while a program runs; the oldest go. */
const MOST_ONCE = 1_000;
