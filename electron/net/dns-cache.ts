/**
 * dns-cache.ts: answers that the checks of one process share, as bytes and by their TTL.
 *
 * In:   questions on their way to a resolver, the time
 * Out:  an answer: kept from before, shared with whoever asks the same at this moment, or asked now
 * Not:  believing an answer: each check validates it for itself (trust/dnssec)
 *
 * Only DS and DNSKEY are kept: what proofs of many domains have in common. SRV, TLSA and addresses, and everything at or
 * below the domain that a person asks about, are always looked at afresh.
 */
import type { DnsName } from '../../shared/basics.ts';
import type { Question } from '../../shared/observation.ts';
import { decodeMessage } from '../wire/dns-message.ts';
import { isUnder } from '../wire/dns-name.ts';
import { decodeSoa } from '../wire/dns-records.ts';
import { RCODE, TYPE } from '../wire/dns-type.ts';
import type { Answered, Delivered } from './dns-exchange.ts';
import { step, type Limits } from './step.ts';

/** What one look through a resolver came to. */
export type Look = { readonly resolver: string; readonly answered: Answered };

export type DnsCache = { forCheck(fresh: DnsName | null): SharedAnswers };

/** The cache as one check uses it. */
export type SharedAnswers = {
  /**
   * Answers `asked` by `look`, or without it. `ageMs` is null for an answer that was received just now, also when another
   * check had asked for it. An abort of `limits` ends this wait alone.
   */
  ask(
    asked: Asked,
    look: () => Promise<Look>,
    limits: Limits,
  ): Promise<Look & { readonly ageMs: number | null }>;
  /** Forgets every answer that this check took or left: it could not prove what it saw, and one of them may be forged. */
  forget(): void;
};

export type Asked = {
  readonly question: Question;
  /** Which resolver: answers of one are never given for another. */
  readonly resolver: string;
};

/** Chosen: at most 4,096 RRsets and 32 MB. One answer holds one RRset that is asked for. */
export const MOST_ANSWERS = 4_096;
export const MOST_BYTES = 32_000_000;
/** What an entry costs besides its reply: key, map slot, objects. Estimated generously. */
const ENTRY_BYTES = 1_000;
/** The longest that an answer is kept, in seconds. Chosen: a repaired zone is seen within the hour, whatever its TTL. */
const LONGEST_TTL = 3_600;

type Kept = {
  readonly look: Look;
  readonly at: number;
  readonly until: number;
  readonly bytes: number;
};

/**
 * Opens an empty cache. `now` is the wall clock in milliseconds; if it jumps back, what is kept counts no more. `fresh` of
 * a check is the name at or below which it takes nothing that was kept.
 */
export function openDnsCache(now: () => number): DnsCache {
  const kept = new Map<string, Kept>();
  const underway = new Map<string, Promise<Look | null>>();
  let bytes = 0;

  return {
    forCheck(fresh) {
      const touched = new Set<string>();
      return {
        async ask(asked, look, limits) {
          const key = `${asked.question.type} ${asked.question.name} ${asked.resolver}`;
          touched.add(key);
          const isFresh = fresh !== null && isUnder(asked.question.name, fresh);
          const old = isFresh ? undefined : recall(key);
          if (old !== undefined) return { ...old.look, ageMs: now() - old.at };
          // Who waits longer for a step may get an answer where the other got none: they do not share.
          const shared = underway.get(`${key} ${limits.stepMs}`);
          const one =
            shared === undefined
              ? await own(key, asked.question, look, limits)
              : await join(shared, asked, look, limits);
          return { ...one, ageMs: null };
        },
        forget: () => touched.forEach(forget),
      };
    },
  };

  async function join(
    shared: Promise<Look | null>,
    asked: Asked,
    look: () => Promise<Look>,
    limits: Limits,
  ): Promise<Look> {
    const waited = await step<Look | null>(limits, (settle) => {
      const settled = (value: Look | null): void => settle({ ok: true, value });
      shared.then(settled, () => settled(null));
      return () => undefined;
    });
    if (!waited.ok) return { resolver: asked.resolver, answered: waited };
    // Null: whoever had asked was cancelled. Nothing is wrong with the question.
    return waited.value ?? look();
  }

  async function own(
    key: string,
    question: Question,
    look: () => Promise<Look>,
    limits: Limits,
  ): Promise<Look> {
    const place = `${key} ${limits.stepMs}`;
    const asking = look();
    const forOthers = asking.then((one) => (limits.signal.aborted && !one.answered.ok ? null : one));
    // The owner hears of a fault itself.
    forOthers.catch(() => undefined);
    underway.set(place, forOthers);
    try {
      const one = await asking;
      if (one.answered.ok) keep(key, question, one, one.answered.value);
      return one;
    } finally {
      underway.delete(place);
    }
  }

  function recall(key: string): Kept | undefined {
    const one = kept.get(key);
    if (one === undefined) return undefined;
    forget(key);
    const time = now();
    if (time < one.at || time >= one.until) return undefined;
    // To the end of the row: the one that was not used for longest goes first.
    put(key, one);
    return one;
  }

  function keep(key: string, question: Question, look: Look, reply: Delivered): void {
    const seconds = lifetime(question, reply);
    if (seconds === 0) return;
    forget(key);
    const at = now();
    const size = reply.bytes.length + 2 * key.length + ENTRY_BYTES;
    put(key, { look, at, until: at + seconds * 1000, bytes: size });
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_ANSWERS && bytes <= MOST_BYTES) return;
      forget(oldest);
    }
  }

  function put(key: string, one: Kept): void {
    kept.set(key, one);
    bytes += one.bytes;
  }

  function forget(key: string): void {
    bytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  }
}

/**
 * How long an answer may be kept, in seconds: the smallest TTL in it; for an absence also the SOA's MINIMUM (RFC 2308 5).
 * 0 for every other type, for errors, for what came incomplete, and for an absence without an SOA.
 */
function lifetime(question: Question, reply: Delivered): number {
  if (question.type !== 'DS' && question.type !== 'DNSKEY') return 0;
  const message = decodeMessage(reply.bytes);
  if (!message.ok || message.value.truncated) return 0;
  const { rcode, answer, authority } = message.value;
  if (rcode !== RCODE.noError && rcode !== RCODE.nxDomain) return 0;
  const isAbsent = !answer.some((rr) => rr.type === TYPE[question.type] && rr.name === question.name);
  let seconds = LONGEST_TTL;
  let hasSoa = false;
  for (const rr of [...answer, ...authority]) {
    // RFC 2181 8: a TTL with its highest bit set is 0.
    seconds = Math.min(seconds, rr.ttl > 0x7fffffff ? 0 : rr.ttl);
    if (rr.type !== TYPE.SOA) continue;
    const soa = decodeSoa(rr.rdata);
    hasSoa ||= soa.ok;
    seconds = soa.ok ? Math.min(seconds, soa.value.minimum) : 0;
  }
  return isAbsent && !hasSoa ? 0 : seconds;
}
