/**
 * sign-in.ts: signing in through a verdict: may we, a new connection, the same certificate, and only then credentials.
 *
 * In:   a finished check of this program's own, the account, the password, the world
 * Out:  SignInEvents while it runs, and the result
 * Not:  the talk on the stream (account), the terminal (sign-in-command.ts)
 *
 * Only after `auto-accept` (by a pin, too: accept once or forever, then it is one); never after `refuse`, never from a
 * saved report. The verdict is computed again for the new connection, from what that one showed.
 */
import { performance } from 'node:perf_hooks';
import type { Outcome } from '../shared/basics.ts';
import type { EndpointAddress, NewObservation, Observation } from '../shared/observation.ts';
import { problemText } from '../shared/phrases/problem.ts';
import type { PinView } from '../shared/pin.ts';
import type { EndpointReport, Report, TargetReport } from '../shared/report.ts';
import type { SignInEvent, SignInResult, SignInStep } from '../shared/sign-in.ts';
import { judgeWithView } from './accept.ts';
import { attemptSignIn, type Attempt, type Signed } from './account/attempt.ts';
import type { SecuredSocket } from './account/channel-binding.ts';
import { fail, type Failure } from './account/failure.ts';
import { askCaa } from './ask-caa.ts';
import type { World } from './check.ts';
import { groundOf } from './ground.ts';
import type { Net } from './net/net.ts';
import { resultOf } from './sign-in-result.ts';
import { describeTold, stepOf } from './sign-in-steps.ts';
import { judgeNoticed, type BindingFacts } from './trust/noticed.ts';
import { domainpart, sourceName, sourceText } from './wire/address.ts';
import { NS } from './wire/xmpp-xml.ts';
import { readOpening } from './wire/xmpp-stream.ts';

export type SignInAsk = {
  /** The finished check's own report, never one from a file. */
  readonly report: Report;
  /** The localpart of the account; null where none was given. */
  readonly local: string | null;
  readonly password: string;
  readonly allowPlain: boolean;
  /** What the store knows of the domain now. */
  readonly pins: PinView;
  readonly world: World;
};
type Door = {
  readonly target: TargetReport;
  readonly endpoint: EndpointReport;
  readonly address: EndpointAddress;
};

/** All of it, in milliseconds (issue of signing in). */
const WHOLE_MS = 30_000;
/** Older checks say too little about now, in milliseconds. Chosen: a person reads a verdict, then signs in. */
const OLDEST_CHECK_MS = 15 * 60_000;
/** A password's longest, in bytes, so that nothing is hashed for ever; RFC 7622 has the same bound for its parts. */
const LONGEST_PASSWORD = 1_024;

/** Signs in and out again. Never throws for anything that a server does. `signal` cancels. */
export async function signIn(
  ask: SignInAsk,
  emit: (event: SignInEvent) => void,
  signal: AbortSignal,
): Promise<SignInResult> {
  const zero = performance.now();
  const elapsed = (): number => Math.round((performance.now() - zero) * 10) / 10;
  const steps: SignInStep[] = [];
  const tell = (said: Omit<SignInStep, 'start' | 'end'>): void => {
    const step: SignInStep = { ...said, start: steps.at(-1)?.end ?? 0, end: elapsed() };
    steps.push(step);
    emit({ type: 'step', step });
  };
  const budget = AbortSignal.timeout(WHOLE_MS);
  const both = AbortSignal.any([signal, budget]);
  const late = (): 'cancelled' | 'timed-out' => (signal.aborted ? 'cancelled' : 'timed-out');

  const may = passwordFits(ask.password) ? maySignIn(ask) : fail('bad-password');
  let ended: Outcome<Signed, Failure>;
  let binding: BindingFacts = { kind: 'not-tried' };
  let noticed: SignInResult['noticed'] = [];
  if (!may.ok) ended = may;
  else {
    const net = ask.world.openNet(ask.report.request, elapsed);
    try {
      const name = sourceName(ask.report.request.source);
      const ground = groundOf(ask.report.request, ask.world.now());
      const caa = name === null ? null : askCaa(name, ask.report, ground, net, both);
      ended = await throughDoors(may.value.doors);
      if (ended.ok && ended.value.binding !== null) binding = { kind: 'bound', type: ended.value.binding };
      else if (ended.ok) binding = { kind: 'not-bound' };
      else if (ended.problem.code === 'channel-binding-mismatch') binding = { kind: 'caught' };
      noticed = judgeNoticed(may.value.report, caa === null ? null : await caa, ask.pins, binding);
      emit({ type: 'noticed', noticed });
    } finally {
      net.close();
    }
    async function throughDoors(doors: readonly Door[]): Promise<Outcome<Signed, Failure>> {
      let last: Outcome<Signed, Failure> = fail('unreachable', 'no address is left to try');
      for (const door of doors) {
        const socket = await connect(ask, door, net, both);
        if (!socket.ok) {
          if (both.aborted) return fail(late());
          if (socket.problem.code !== 'unreachable') return socket;
          last = socket;
          continue;
        }
        tell(
          stepOf('connected', true, `${door.address.host}:${door.address.port} (${door.address.address})`),
        );
        tell(stepOf('same-certificate', true));
        return attemptSignIn({
          ...socket.value,
          ...accountOf(ask),
          expected: expectedOffers(ask.report, door),
          tell: (told) => tell(describeTold(told)),
          elapsed,
          signal: both,
          late,
        });
      }
      return last;
    }
  }
  const result = resultOf(ended, steps, noticed);
  emit({ type: 'done', result });
  return result;
}

type Allowed = { readonly report: Report; readonly doors: readonly Door[] };

/** The rule. The report is judged again with the pins of now, so that an accept counts and a removed pin does not. */
export function maySignIn(ask: Omit<SignInAsk, 'password' | 'allowPlain'>): Outcome<Allowed, Failure> {
  const { report } = ask;
  if (report.recordedAt !== undefined) return fail('saved-report');
  if (report.request.at !== null) return fail('another-time');
  if (report.request.service !== 'xmpp-client') return fail('not-a-client-check');
  const age = ask.world.now() - Date.parse(report.startedAt);
  if (!(age >= -OLDEST_CHECK_MS && age <= OLDEST_CHECK_MS)) return fail('too-old');
  const now = judgeWithView(report, ask.pins, ask.world.stores(report.request));
  const { outcome, sentence } = now.verdict;
  if (outcome !== 'auto-accept') return fail(`verdict-${outcome}`, sentence);
  // Whether the domain is watched is not known then (TRUST-RULES 10.6, 10.9): its new key would be given the password.
  const unreadable = ask.pins.problem ?? null;
  if (unreadable !== null) return fail('pins-unreadable', unreadable);
  if (ask.local === null || ask.local === '') return fail('no-account');
  const doors = now.targets.flatMap((target) =>
    target.endpoints.flatMap((endpoint): readonly Door[] => {
      const { address } = endpoint;
      if (address === null || endpoint.verdict.outcome !== 'auto-accept') return [];
      const { host, port, mode } = target;
      return [{ target, endpoint, address: { host, port, mode, address } }];
    }),
  );
  return { ok: true, value: { report: now, doors } };
}

/** Longer ones nobody has; hashing them would only take time. */
export function passwordFits(password: string): boolean {
  return password !== '' && Buffer.byteLength(password) <= LONGEST_PASSWORD;
}

type Connected = { readonly socket: SecuredSocket; readonly protocol: string; readonly leaf: Uint8Array };

/** A new connection to one door; handed out only where it shows the same leaf and would be accepted by itself. */
async function connect(
  ask: SignInAsk,
  door: Door,
  net: Net,
  signal: AbortSignal,
): Promise<Outcome<Connected, Failure>> {
  const { report } = ask;
  const { source } = report.request;
  const fresh: NewObservation[] = [];
  const socket = await net.secure(
    {
      kind: 'visit',
      endpoint: door.address,
      service: 'xmpp-client',
      to: domainpart(source),
      sni: sourceName(source),
      streamFrom: null,
      from: [],
    },
    (one) => void fresh.push(one),
    signal,
  );
  const tls = fresh.find((one) => one.kind === 'tls');
  if (socket === null || tls?.outcome.ok !== true) {
    socket?.destroy();
    return fail('unreachable', whyNot(fresh));
  }
  const { chain, protocol } = tls.outcome.value;
  const [leaf] = chain;
  const judged = judgedLeaf(report, door);
  if (leaf === undefined || judged === null || leaf !== judged) {
    socket.destroy();
    return fail('certificate-changed');
  }
  const again = judgeWithView(
    { ...report, observations: replaced(report, door, fresh) },
    ask.pins,
    ask.world.stores(report.request),
  );
  const verdict = findDoor(again, door)?.verdict;
  if (verdict?.outcome !== 'auto-accept' || again.verdict.outcome === 'refuse') {
    socket.destroy();
    return fail('verdict-changed', verdict?.sentence ?? again.verdict.sentence);
  }
  return { ok: true, value: { socket, protocol, leaf: Buffer.from(leaf, 'base64') } };
}

/** The leaf of the look that was judged, base64 of the DER. */
function judgedLeaf(report: Report, door: Door): string | null {
  const look = report.observations.find((one) => one.kind === 'tls' && isAt(one.endpoint, door.address));
  return look?.kind === 'tls' && look.outcome.ok ? (look.outcome.value.chain[0] ?? null) : null;
}

/** The observations with the new connection's in the place of the old one's; what stood under TLS stays. */
function replaced(report: Report, door: Door, fresh: readonly NewObservation[]): readonly Observation[] {
  const kept = report.observations.filter(
    (one) =>
      one.kind === 'dns' ||
      one.kind === 'https' ||
      !isAt(one.endpoint, door.address) ||
      (one.kind === 'stream' && one.phase === 'after-tls'),
  );
  return [...kept, ...fresh.map((one, i) => ({ ...one, id: `s${i + 1}` }))];
}

/** What was offered on the judged connection, in both profiles; null where its features were not seen whole. */
function expectedOffers(report: Report, door: Door): Attempt['expected'] {
  const look = report.observations.find(
    (one) => one.kind === 'stream' && one.phase === 'after-tls' && isAt(one.endpoint, door.address),
  );
  if (look?.kind !== 'stream' || look.problem !== null) return null;
  const { features } = readOpening(Buffer.from(look.received, 'base64'), NS.client);
  return { sasl: features?.mechanisms ?? [], sasl2: features?.sasl2Mechanisms ?? [] };
}

function findDoor(report: Report, door: Door): EndpointReport | undefined {
  return report.targets
    .filter((t) => t.host === door.target.host && t.port === door.target.port && t.mode === door.target.mode)
    .flatMap((t) => t.endpoints)
    .find((e) => e.address === door.endpoint.address);
}

function isAt(one: EndpointAddress, other: EndpointAddress): boolean {
  return (
    one.host === other.host &&
    one.port === other.port &&
    one.mode === other.mode &&
    one.address === other.address
  );
}

function whyNot(fresh: readonly NewObservation[]): string {
  for (const one of fresh.toReversed()) {
    if (one.kind === 'stream' && one.problem !== null) return problemText(one.problem);
    if ((one.kind === 'tcp' || one.kind === 'tls') && !one.outcome.ok)
      return problemText(one.outcome.problem);
  }
  return 'it did not come to TLS';
}

function accountOf(ask: SignInAsk): {
  readonly domain: string;
  readonly ascii: string;
  readonly local: string;
  readonly password: string;
  readonly allowPlain: boolean;
} {
  const { source } = ask.report.request;
  const domain = domainpart(source);
  const ascii = sourceText(source);
  return { domain, ascii, local: ask.local ?? '', password: ask.password, allowPlain: ask.allowPlain };
}
