/**
 * dns.ts: one question to the chosen resolver.
 *
 * In:   DnsInquiry, the resolvers' URLs
 * Out:  DnsSeen with the reply's bytes, whatever they say; or a NetProblem
 * Not:  keeping answers (dns-cache.ts), going on to the next resolver of the list, believing the reply (trust)
 */
import { getServers } from 'node:dns';
import type { Base64 } from '../../shared/basics.ts';
import { MOST_ANSWER_BYTES, type DnsSeen } from '../../shared/observation.ts';
import { isTooLong } from '../wire/dns-name.ts';
import { RCODE } from '../wire/dns-type.ts';
import type { Look } from './dns-cache.ts';
import { malformed, refusesEdns, type Answered, type Asking } from './dns-exchange.ts';
import { waysOf, type Way, type Ways } from './dns-ways.ts';
import type { DnsInquiry, NetOptions } from './net.ts';
import { parseResolver } from './resolver-url.ts';
import type { Limits } from './step.ts';

export type DnsClient = {
  ask(inquiry: DnsInquiry, signal: AbortSignal): Promise<Omit<DnsSeen, 'id'>>;
  /** Closes kept connections; what is still on its way ends with a problem. */
  close(): void;
};

/**
 * Opens nothing yet: sockets come with questions. SERVFAIL and REFUSED are replies like others, except that a resolver with
 * several addresses (`system`, a host name) is then asked at the next one.
 */
export function openDns(
  options: Pick<NetOptions, 'resolvers' | 'dial' | 'elapsed' | 'stepMs' | 'resolverCa' | 'shared'>,
): DnsClient {
  const open = waysOf(options);
  const resolvers = options.resolvers.map((text): Asker => {
    const url = parseResolver(text);
    // `system` is another resolver as soon as the machine has moved to another network.
    const identity = url.ok && url.value.kind === 'system' ? `${text} ${getServers().join(' ')}` : text;
    return { text, identity, url, ways: url.ok ? open(url.value) : null, best: 0, word: 'none' };
  });
  let received = 0;

  return {
    async ask(inquiry, signal) {
      const { question, resolverIndex, from } = inquiry;
      const start = options.elapsed();
      const { resolver, answered, ageMs } = await askBounded(inquiry, signal);
      const end = options.elapsed();
      const age = ageMs === null ? {} : { ageMs };
      const outcome: DnsSeen['outcome'] = answered.ok
        ? {
            ok: true,
            value: { reply: base64(answered.value.bytes), transport: answered.value.transport, ...age },
          }
        : answered;
      return { kind: 'dns', question, resolver, resolverIndex, start, end, from, outcome };
    },
    close() {
      for (const resolver of resolvers) resolver.ways?.close();
    },
  };

  /** After too many bytes nothing is asked any more, and what was on its way is not kept. */
  async function askBounded(
    inquiry: DnsInquiry,
    signal: AbortSignal,
  ): Promise<Look & { readonly ageMs: number | null }> {
    const tooLarge = { ok: false, problem: { code: 'too-large', limit: MOST_ANSWER_BYTES } } as const;
    if (received > MOST_ANSWER_BYTES) {
      return { resolver: resolvers[inquiry.resolverIndex]?.text ?? '', answered: tooLarge, ageMs: null };
    }
    const looked = await askShared(inquiry, signal);
    if (looked.answered.ok) received += looked.answered.value.bytes.length;
    return looked.answered.ok && received > MOST_ANSWER_BYTES ? { ...looked, answered: tooLarge } : looked;
  }

  async function askShared(
    inquiry: DnsInquiry,
    signal: AbortSignal,
  ): Promise<Look & { readonly ageMs: number | null }> {
    // Where others are left to ask, half the time must do, or a silent one uses up a whole check.
    const isLast = inquiry.resolverIndex >= resolvers.length - 1;
    const limits = { stepMs: options.stepMs / (isLast ? 1 : 2), signal };
    const look = (): Promise<Look> => askResolver(inquiry, limits);
    const resolver = resolvers[inquiry.resolverIndex];
    if (!isLast && resolver?.word === 'silent') return { ...passedOver(resolver.text), ageMs: null };
    if (options.shared === undefined || resolver === undefined) return { ...(await look()), ageMs: null };
    const asked = { question: inquiry.question, resolver: resolver.identity };
    return options.shared.ask(asked, look, limits);
  }

  async function askResolver(inquiry: DnsInquiry, limits: Limits): Promise<Look> {
    const resolver = resolvers[inquiry.resolverIndex];
    if (resolver === undefined) return failed('', 'there is no resolver with this number');
    if (!resolver.url.ok || resolver.ways === null) {
      return failed(resolver.text, resolver.url.ok ? '' : resolver.url.problem.detail);
    }
    // RFC 1035 2.3.4: such a name does not exist and cannot be asked for.
    if (isTooLong(inquiry.question.name)) return failed(resolver.text, 'the name is longer than 255 octets');
    const ways = await resolver.ways.find(limits);
    if (!ways.ok) return { resolver: resolver.text, answered: ways };
    const asking: Asking = { question: inquiry.question, form: 'edns' };
    let asked = await askInTurn(ways.value, resolver.best, asking, limits);
    // A resolver with a cold cache fails some of many questions that come at once, and answers them a moment later
    // (seen with Unbound): it is asked again before anybody moves on (TRUST-RULES 3.2).
    for (const ms of PAUSES_MS) {
      if (!hasFailed(asked.answered) || !(await hasPaused(ms, limits.signal))) break;
      asked = await askInTurn(ways.value, asked.index, asking, limits);
    }
    if (asked.answered.ok) {
      resolver.best = asked.index;
      resolver.word = 'spoke';
    } else if (isSilence(asked.answered) && resolver.word === 'none' && !limits.signal.aborted) {
      resolver.word = 'silent';
    }
    const way = ways.value[asked.index];
    return {
      resolver: resolver.url.value.kind === 'system' && way !== undefined ? way.text : resolver.text,
      answered: asked.answered,
    };
  }
}

type Asker = {
  readonly text: string;
  readonly identity: string;
  readonly url: ReturnType<typeof parseResolver>;
  readonly ways: Ways | null;
  /** The way that answered last is tried first. */
  best: number;
  /** One that has timed out and never spoke is passed over while another is left: else each question waits anew. */
  word: 'none' | 'silent' | 'spoke';
};
type Asked = { readonly index: number; readonly answered: Answered };

// From the best way on, all around. The first reply is kept in case that nobody gives a better one.
async function askInTurn(ways: readonly Way[], best: number, asking: Asking, limits: Limits): Promise<Asked> {
  let kept: Asked | null = null;
  for (let turn = 0; turn < ways.length; turn++) {
    const index = (best + turn) % ways.length;
    const way = ways[index];
    if (way === undefined) continue;
    // Where others are left to ask, half the time must do.
    const isLast = turn === ways.length - 1;
    const answered = await askWay(way, asking, { ...limits, stepMs: limits.stepMs / (isLast ? 1 : 2) });
    const asked = { index, answered };
    if (answered.ok && answered.value.rcode !== RCODE.servFail && answered.value.rcode !== RCODE.refused)
      return asked;
    if (kept?.answered.ok !== true) kept = asked;
    if (limits.signal.aborted) break;
  }
  return kept ?? { index: best, answered: { ok: false, problem: malformed('the resolver has no address') } };
}

// RFC 6891 7: who does not know EDNS says so, and is asked without. No DNSSEC data can come back then.
async function askWay(way: Way, asking: Asking, limits: Limits): Promise<Answered> {
  const answered = await way.ask(asking, limits);
  if (!answered.ok || !refusesEdns(answered.value)) return answered;
  return way.ask({ ...asking, form: 'plain' }, limits);
}

/** Where UDP is dropped, what is told at the end is what TCP came to. */
function isSilence(answered: Answered): boolean {
  return !answered.ok && (answered.problem.code === 'timed-out' || answered.problem.code === 'refused');
}

function hasFailed(answered: Answered): boolean {
  return answered.ok && answered.value.rcode === RCODE.servFail;
}

/** Waits, or ends at once when the signal does; whether the time was waited out. */
function hasPaused(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve(!signal.aborted);
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}

/** Chosen: together half a second, which is what a question may cost on its way to the servers of a zone. */
const PAUSES_MS: readonly number[] = [100, 400];

function failed(resolver: string, detail: string): Look {
  return { resolver, answered: { ok: false, problem: malformed(detail) } };
}

function passedOver(resolver: string): Look {
  const detail = 'it answered nothing before, so the next resolver was asked at once';
  return { resolver, answered: { ok: false, problem: { code: 'unreachable', detail } } };
}

function base64(bytes: Uint8Array): Base64 {
  return Buffer.from(bytes).toString('base64') as Base64;
}
