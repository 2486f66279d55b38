/**
 * check.ts: the conductor. The only file that knows both net and trust.
 *
 * In:   a request and a World (network, stores, pins, clock)
 * Out:  events while it runs, and the report
 * Not:  deciding what to ask (trust/plan.ts), looking (net), judging (trust/judge.ts)
 *
 * There are no rounds: each observation wakes the planner, and whatever it newly wants begins at once.
 */
import { performance } from 'node:perf_hooks';
import type { Instant } from '../shared/basics.ts';
import type { NewObservation, Observation, ObservationId } from '../shared/observation.ts';
import type { PinView } from '../shared/pin.ts';
import type { CheckEvent, Report } from '../shared/report.ts';
import type { CheckRequest } from '../shared/request.ts';
import type { Net } from './net/net.ts';
import { createSignatureCache, type SignatureCache } from './trust/dnssec/validate.ts';
import type { Ground } from './trust/judge-context.ts';
import { judge } from './trust/judge.ts';
import { plan, type Plan, type Planned, type Scope } from './trust/plan.ts';
import { createProofMemory } from './trust/proof-memory.ts';
import { endpointKey, indexObservations } from './trust/seen.ts';
import type { TrustStore } from './trust/stores.ts';
import { groundOf, RUNTIME } from './ground.ts';
import { sourceText } from './wire/address.ts';
import { toUnicode } from './wire/idna.ts';

/** Everything that a check takes from outside. The demo realm brings one of its own. */
export type World = {
  openNet(request: CheckRequest, elapsed: () => number): Net;
  stores(request: CheckRequest): readonly TrustStore[];
  pins(domain: string, service: CheckRequest['service']): PinView;
  now(): Instant;
  /** Signature checks that checks share; without it each remembers its own. */
  readonly signatures?: SignatureCache;
};

/**
 * Runs one check. Every wait ends at the request's time budget: what was not seen by then is judged as unanswered. When
 * `signal` aborts, the check ends at once with the event `stopped` and null; no socket and no timer is left.
 */
export async function runCheck(
  request: CheckRequest,
  world: World,
  emit: (event: CheckEvent) => void,
  signal: AbortSignal,
): Promise<Report | null> {
  const zero = performance.now();
  const elapsed = (): number => Math.round((performance.now() - zero) * 1000) / 1000;
  const startedAt = world.now();
  const cache = world.signatures ?? createSignatureCache();
  const ground: Ground = {
    ...groundOf(request, startedAt, cache),
    memory: createProofMemory(),
    stores: world.stores(request),
    pins: world.pins(sourceText(request.source), request.service),
    startedAt,
    runtime: RUNTIME,
  };
  const net = world.openNet(request, elapsed);
  const budget = new AbortController();
  const stop = (): void => budget.abort();
  const timer = setTimeout(stop, request.timeoutMs);
  signal.addEventListener('abort', stop, { once: true });

  const seen: Observation[] = [];
  const state = new Map<string, 'running' | 'over'>();
  const told = new Set<string>();
  emit({ type: 'started', request, startedAt: new Date(startedAt).toISOString() });

  try {
    await new Promise<void>((resolve, reject) => {
      let woken = false;
      const guarded = (act: () => void) => (): void => {
        try {
          act();
        } catch (fault) {
          reject(fault instanceof Error ? fault : new Error(String(fault)));
        }
      };
      const wake = (): void => {
        if (woken) return;
        woken = true;
        // Replies that arrived together are planned for together.
        setImmediate(
          guarded(() => {
            woken = false;
            step();
          }),
        );
      };
      const see = (one: NewObservation): ObservationId => {
        const id = `o${seen.length + 1}`;
        if (signal.aborted) return id;
        const observation = { ...one, id };
        seen.push(observation);
        emit({ type: 'observed', observation });
        wake();
        return id;
      };
      const over = (key: string) => (): void => {
        state.set(key, 'over');
        wake();
      };
      const begin = (one: Planned): void => {
        state.set(one.key, 'running');
        const done = over(one.key);
        look(one, net, request, see, budget.signal).then(done, reject);
      };
      const beginAll = ({ wanted }: Plan): boolean => {
        const fresh = budget.signal.aborted ? [] : wanted.filter(({ key }) => !state.has(key));
        fresh.forEach(begin);
        return fresh.length > 0;
      };
      const step = (): void => {
        if (signal.aborted) return resolve();
        const index = indexObservations(seen);
        let current = plan(request, index, ground, 'hasty');
        const hasBegun = beginAll(current);
        if (current.more) {
          // Proofs cost time: what needs none is on its way before they are looked at, a turn later.
          if (hasBegun) return wake();
          current = plan(request, index, ground);
          beginAll(current);
        }
        if (![...state.values()].includes('running')) return resolve();
        tellSettled(current);
      };
      signal.addEventListener('abort', () => resolve(), { once: true });
      wake();
      // The first looks are on their way by then, and leave time to read the authorities.
      setImmediate(
        guarded(() => {
          if (!budget.signal.aborted) ground.stores.forEach((store) => store.prepare());
        }),
      );
    });

    if (signal.aborted) {
      net.forgetAnswers();
      emit({ type: 'stopped', because: { code: 'cancelled' } });
      return null;
    }
    const report = judge(request, seen, { ...ground, durationMs: Math.round(elapsed()), settled: null });
    if (!isProven(report)) net.forgetAnswers();
    emit({ type: 'finished', report });
    return report;
  } catch (fault) {
    net.forgetAnswers();
    emit({
      type: 'stopped',
      because: { code: 'crashed', detail: fault instanceof Error ? fault.message : String(fault) },
    });
    throw fault;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    budget.abort();
    net.close();
  }

  function judgeSettled(settled: ReadonlySet<string>): Report {
    return judge(request, seen, { ...ground, durationMs: Math.round(elapsed()), settled });
  }

  /** An endpoint is judged when every look that its verdict can depend on is over. */
  function tellSettled(current: Plan): void {
    const pending = current.wanted.filter((w) => state.get(w.key) !== 'over');
    const without = (leaving: Scope | null): ReadonlySet<string> =>
      new Set(
        current.endpoints
          .filter((e) => !pending.some((w) => w.scopes.some((s) => s !== leaving && e.scopes.includes(s))))
          .map(endpointKey),
      );
    const [whole, apart] = [without(null), without('posh')];
    if ([...apart].every((key) => told.has(key))) return;
    // A web server that hangs keeps nobody waiting whose verdict it cannot change.
    const early = judgeSettled(apart);
    const settled = new Set([...apart].filter((key) => whole.has(key) || !couldPoshChange(early, key)));
    if ([...settled].every((key) => told.has(key))) return;
    const report = settled.size === apart.size ? early : judgeSettled(settled);
    // One signature that comes later ends "without DNSSEC" (rule 3.6): nobody is told before what it may take back.
    const isOpen = report.resolver.dnssecData !== 'delivered';
    if (isOpen && pending.some(({ inquiry }) => inquiry.kind === 'dns')) return;
    for (const key of settled) told.add(key);
    emit({ type: 'judged', report, pending: pending.length });
  }
}

function look(
  one: Planned,
  net: Net,
  request: CheckRequest,
  see: (o: NewObservation) => ObservationId,
  signal: AbortSignal,
): Promise<void> {
  const { inquiry, from } = one;
  switch (inquiry.kind) {
    case 'dns':
      return net.askDns({ ...inquiry, from }, signal).then((one) => void see(one));
    case 'https':
      return net.fetchHttps({ ...inquiry, from }, signal).then((one) => void see(one));
    case 'visit': {
      // Each phase of a visit could not have begun without the one before.
      let last = from;
      const next = (one: NewObservation): void => void (last = [see({ ...one, from: last })]);
      return net.visit(
        { ...inquiry, service: request.service, streamFrom: streamFrom(request), from },
        next,
        signal,
      );
    }
  }
}

/** Who we say we are: a server to another one only (RFC 6120 4.7.1: no client before TLS), as a JID's domainpart. */
function streamFrom({ service, from }: CheckRequest): string | null {
  return service === 'xmpp-server' && from !== null ? toUnicode(from) : null;
}

/** Whether the POSH document, still on its way, could change an endpoint's verdict (section 9: rows 2, pins, and 6 to 8). */
function couldPoshChange(report: Report, key: string): boolean {
  const verdict = report.targets.flatMap((t) =>
    t.endpoints.filter((e) => endpointKey({ ...t, address: e.address ?? '' }) === key).map((e) => e.verdict),
  )[0];
  if (verdict === undefined) return true;
  switch (verdict.outcome) {
    case 'unreachable':
      return false;
    case 'auto-accept':
      return verdict.by === 'posh' || verdict.by === 'pin';
    case 'manual':
      return verdict.case !== 'watched-key-changed' && verdict.case !== 'proof-unknown';
    case 'refuse':
      return verdict.reasons.some(({ code }) => code.startsWith('pin-'));
  }
}

/** Whether every DNS answer was proven, signed or unsigned: then none behind it was forged. */
function isProven({ discovery, targets }: Report): boolean {
  return [...discovery.srv, ...targets.flatMap((t) => [...t.addresses, t.tlsa])].every(
    ({ answer, dnssec }) => answer === 'not-asked' || dnssec === 'secure' || dnssec === 'insecure',
  );
}
