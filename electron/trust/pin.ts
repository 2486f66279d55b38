/**
 * pin.ts: does something that a person accepted or watches speak about the certificate seen?
 *
 * In:   what the store knows of one domain and service, the leaf, and what is wrong with it today
 * Out:  the pin route, whether row 7 may fire, whether row 2's "changed" holds, and the state of the watch
 * Not:  files (store), the order of the rows (decide), who may accept what (electron/accept.ts)
 *
 * TRUST-RULES section 10. Nothing here is ever more than one of the ways to trust: rows 2 to 2b stand above it.
 */
import type { Instant } from '../../shared/basics.ts';
import type { Pin, PinView } from '../../shared/pin.ts';
import {
  PIN_OPENS,
  PIN_REASONS,
  PIN_STEPS,
  type PinFacts,
  type PinReasonCode,
  type PinStepId,
} from '../../shared/phrases/pin.ts';
import type { Delegation, Reason, Route, RouteState, Step } from '../../shared/report.ts';
import type { Service } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';

export type PinInput = {
  readonly view: PinView;
  /** Source domain, A-labels. */
  readonly domain: string;
  readonly service: Service;
  readonly delegation: Delegation | null;
  /** Lower-case hex hashes, and the presented names as `type:value`; null where no certificate was seen. */
  readonly leaf: {
    readonly sha256: string;
    readonly spkiSha256: string;
    readonly names: readonly string[];
  } | null;
  /** Reason codes of everything that is wrong with the certificate or its proof today. */
  readonly wrongToday: readonly string[];
  readonly now: Instant;
};

export type PinJudgement = {
  readonly route: Route;
  readonly state: RouteState;
  /** A live pin exists and none matches: row 2 where no route of rows 3 to 6 is open. */
  readonly changed: boolean;
  /** Row 7 may fire: a live pin matches, and nothing is wrong today that was not on screen then. */
  readonly forgives: boolean;
  /** What the pin that forgives was made by; null where none does. */
  readonly by: Pin['by'] | null;
  /** Wrong today and not forgiven by the matching pin that forgives most; everything wrong today where no pin matches. */
  readonly newReasons: readonly string[];
  readonly watch: 'not-watched' | 'known-key' | 'changed';
  /** With `changed`: a live pin's leaf carried the same key. "Same key, new certificate", else "new key". */
  readonly sameKey: boolean;
  readonly reasons: readonly Reason[];
};

type Leaf = NonNullable<PinInput['leaf']>;

/** Judges the pins and the watch of one domain and service against one leaf (TRUST-RULES section 10). Pure and total. */
export function judgePin(input: PinInput): PinJudgement {
  const { view, leaf } = input;
  const watch = judgeWatch(input);
  const unreadable = view.problem ?? null;
  if (unreadable !== null) return unknown(input, watch, unreadable);

  const sorted = sortPins(input);
  const shown = [...sorted.steps, ...watch.steps];
  if (sorted.live.length === 0) {
    const found = sorted.steps.length === 0 ? [step('pin-found', false, facts(input))] : [];
    return judgement(input, 'absent', { steps: [...found, ...shown], opens: 'none', watch });
  }
  const found = step('pin-found', true, facts(input));
  if (leaf === null) {
    const steps = [found, ...shown, step('pin-leaf', null, facts(input))];
    return judgement(input, 'unknown', { steps, opens: 'none', watch });
  }
  const matching = sorted.live.filter((one) => matches(one, leaf));
  const best = leastUnforgiven(matching, leaf, input.wrongToday);
  if (best === null) return changed(input, sorted.live, leaf, [found, ...shown], watch);

  const about = facts(input, best.pin);
  const matched = step('pin-leaf', true, about);
  const forgiven = best.unforgiven.length === 0;
  const listed = { ...about, list: best.unforgiven.map((code) => visible(code)) };
  const steps = [found, ...shown, matched, step('pin-reasons', forgiven, listed)];
  if (forgiven) {
    const reasons = [reason('pin-match', about)];
    return {
      ...judgement(input, 'open', { steps, opens: null, watch, reasons }),
      forgives: true,
      by: best.pin.by,
    };
  }
  const names = { ...about, list: best.otherNames.map((name) => visible(name)) };
  const other = best.otherNames.length > 0;
  const reasons = [reason('pin-new-reason', listed), ...(other ? [reason('pin-other-name', names)] : [])];
  if (other) steps.push(step('pin-names', false, names));
  return {
    ...judgement(input, 'shut', { steps, opens: 'new-reasons', watch, reasons }),
    newReasons: best.unforgiven,
  };
}

/** Ended and revoked pins, and those not made for a host typed by hand, do not exist for the rules; they are shown. */
function sortPins(input: PinInput): { readonly live: readonly Pin[]; readonly steps: readonly Step[] } {
  const live: Pin[] = [];
  const steps: Step[] = [];
  for (const pin of [...input.view.pins, ...input.view.once]) {
    if (pin.domain !== input.domain || pin.service !== input.service) continue;
    if (pin.revoked !== null) steps.push(step('pin-revoked', null, facts(input, pin)));
    else if (hasEnded(pin, input.now)) steps.push(step('pin-ended', null, facts(input, pin)));
    else if (input.delegation === 'manual' && !pin.manualToo)
      steps.push(step('pin-not-for-manual', null, facts(input, pin)));
    else live.push(pin);
  }
  return { live, steps };
}

/** An end date that is no date has ended: a pin must not live on because its end cannot be read. */
function hasEnded(pin: Pin, now: Instant): boolean {
  if (pin.ends === null) return false;
  const ends = Date.parse(pin.ends);
  return Number.isNaN(ends) || now >= ends;
}

function matches(pin: Pin, leaf: Leaf): boolean {
  switch (pin.by) {
    case 'certificate':
      return pin.sha256 === leaf.sha256;
    case 'key':
      return pin.sha256 === leaf.spkiSha256;
  }
}

type Forgiving = {
  readonly pin: Pin;
  readonly unforgiven: readonly string[];
  readonly otherNames: readonly string[];
};

function leastUnforgiven(pins: readonly Pin[], leaf: Leaf, wrongToday: readonly string[]): Forgiving | null {
  let best: Forgiving | null = null;
  for (const pin of pins) {
    const otherNames = pin.by === 'key' ? namesNotIn(leaf.names, pin.names) : [];
    const unforgiven = wrongToday.filter(
      (code) => !pin.forgives.includes(code) || (otherNames.length > 0 && !NOT_ABOUT_NAMES.has(code)),
    );
    if (best === null || unforgiven.length < best.unforgiven.length)
      best = { pin, unforgiven, otherNames: unforgiven.length > 0 ? otherNames : [] };
  }
  return best;
}

/** A certificate without any name is "another name" as well where the pin knows some: there is nothing that was agreed to. */
function namesNotIn(today: readonly string[], then: readonly string[]): readonly string[] {
  const known = new Set(then.map((name) => name.toLowerCase()));
  const other = today.filter((name) => !known.has(name.toLowerCase()));
  return today.length === 0 && known.size > 0 ? ['-'] : other;
}

function changed(
  input: PinInput,
  live: readonly Pin[],
  leaf: Leaf,
  before: readonly Step[],
  watch: Watched,
): PinJudgement {
  const same = live.find((pin) => keyOf(pin) === leaf.spkiSha256);
  const known = live.every((pin) => keyOf(pin) !== null);
  // The newest pin is what the person remembers having accepted.
  const old = same ?? live.reduce((a, b) => (b.created > a.created ? b : a));
  const code: PinReasonCode =
    same !== undefined ? 'pin-changed-same-key' : known ? 'pin-changed-new-key' : 'pin-changed-key-unknown';
  const about = facts(input, old);
  const steps = [...before, step('pin-leaf', false, about)];
  const reasons = [reason(code, about)];
  return {
    ...judgement(input, 'contradicted', { steps, opens: 'changed', watch, reasons }),
    changed: true,
    sameKey: same !== undefined,
  };
}

function keyOf(pin: Pin): string | null {
  return pin.by === 'key' ? pin.sha256 : (pin.keySha256 ?? null);
}

type Watched = {
  readonly state: PinJudgement['watch'];
  readonly steps: readonly Step[];
  readonly reasons: readonly Reason[];
};

function judgeWatch(input: PinInput): Watched {
  const { watch } = input.view;
  if (watch === null || watch.domain !== input.domain || watch.service !== input.service)
    return { state: 'not-watched', steps: [], reasons: [] };
  // Without a certificate there is no key to compare; such an endpoint cannot be accepted by any row.
  if (input.leaf === null) return { state: 'known-key', steps: [], reasons: [] };
  const about: PinFacts = { ...facts(input), since: minute(watch.since), by: 'key' };
  const known = watch.keys.includes(input.leaf.spkiSha256);
  return {
    state: known ? 'known-key' : 'changed',
    steps: [step('watch-key', known, about)],
    reasons: known ? [] : [reason('watched-key-changed', about)],
  };
}

function unknown(input: PinInput, watch: Watched, problem: string): PinJudgement {
  const about = { ...facts(input), list: [visible(problem)] };
  const steps = [step('pins-readable', false, about), ...watch.steps];
  const reasons = [reason('pins-unreadable', about)];
  return judgement(input, 'unknown', { steps, opens: 'unreadable', watch, reasons });
}

function judgement(
  input: PinInput,
  state: RouteState,
  parts: {
    readonly steps: readonly Step[];
    readonly opens: keyof typeof PIN_OPENS | null;
    readonly watch: Watched;
    readonly reasons?: readonly Reason[];
  },
): PinJudgement {
  const opensBy = parts.opens === null ? null : PIN_OPENS[parts.opens];
  return {
    route: { state, steps: parts.steps, opensBy },
    state,
    changed: false,
    forgives: false,
    by: null,
    newReasons: state === 'open' ? [] : input.wrongToday,
    watch: parts.watch.state,
    sameKey: false,
    reasons: [...(parts.reasons ?? []), ...parts.watch.reasons],
  };
}

function facts(input: PinInput, pin?: Pin): PinFacts {
  return {
    domain: visible(input.domain),
    since: minute(pin?.created ?? ''),
    by: pin?.by ?? 'certificate',
    once: pin !== undefined && input.view.once.includes(pin),
    list: [],
  };
}

/** An ISO 8601 time in UTC, to the minute, as people read it. */
function minute(iso: string): string {
  return visible(iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, '$1 $2 UTC'));
}

function step(id: PinStepId, ok: boolean | null, about: PinFacts): Step {
  return { id, ok, text: PIN_STEPS[id]({ ...about, ok }), ref: RULES };
}

function reason(code: PinReasonCode, about: PinFacts): Reason {
  return { code, text: PIN_REASONS[code](about), ref: RULES };
}

/** What RFCs say about accepting by hand and about pinning; the rules themselves are this program's. */
const RULES = 'RFC 9525 6.6';

/**
 * Reason codes that say nothing about names. A key pin forgives the others only for the names that were agreed to; a code
 * that is not listed counts as one about names, which is the safe side (TRUST-RULES 10.2).
 */
const NOT_ABOUT_NAMES: ReadonlySet<string> = new Set([
  'right-name-untrusted-issuer',
  'untrusted-issuer',
  'issuer-unknown',
  'no-path',
  'self-signed',
  'incomplete-chain',
  'not-yet-valid',
  'expired',
  'weak-certificate',
  'weak-key',
  'weak-signature',
]);
