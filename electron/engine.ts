/**
 * engine.ts: the calls of the bridge, over the engine. The same for the window (ipc.ts) and the browser (serve.ts).
 *
 * In:   the face, where events go, how a link is opened; in tests stand-ins for the parts
 * Out:  Engine: the Bridge and how to end it
 * Not:  a transport; a decision about trust
 *
 * Every argument is parsed here, whoever called. The demo realm has a world and a store of its own, so that nothing of it
 * can reach a real check.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instant, Outcome } from '../shared/basics.ts';
import { SWAPS, type Bridge, type BridgeEvent, type CheckId, type Said } from '../shared/bridge.ts';
import { enginePhrases } from '../shared/phrases/engine.ts';
import { NO_PINS, type Finding } from '../shared/pin.ts';
import { PRESETS } from '../shared/presets.ts';
import type { Report } from '../shared/report.ts';
import type { World } from './check.ts';
import { no, openDesk, parseAccept, type Desk } from './desk.ts';
import { realParts, type DemoRealm, type EngineParts } from './engine-parts.ts';
import { allowedLink } from './links.ts';
import { paceEvents } from './pace.ts';
import { openSignIn } from './sign-in-call.ts';
import { storeIn } from './store/store.ts';

export type EngineOptions = {
  readonly face: 'window' | 'browser';
  readonly emit: (id: CheckId, event: BridgeEvent) => void;
  /** Opens an address that is on the list; false where it was not opened. */
  readonly openLink: (url: string) => Promise<boolean>;
};

export type Engine = {
  readonly bridge: Bridge;
  /** The report of a finished check of this session, for describing what a call would do. */
  readonly reportOf: (id: CheckId) => Report | null;
  /** Cancels what runs and closes the demo realm. */
  readonly close: () => Promise<void>;
};

type Running = {
  readonly stop: AbortController;
  readonly demo: boolean;
  readonly world: World;
  report: Report | null;
  finding: Finding;
};

/** Chosen: more at once than a person starts, few enough for one machine. */
const MOST_RUNNING = 8;
/** Finished checks kept for a decision; the oldest go. */
const MOST_KEPT = 32;
const DEMO_ID = 'demo:';

/** Opens the real engine of one face. */
export function openEngine(options: EngineOptions): Engine {
  return engineFrom(realParts(), options);
}

/** Opens the engine of one face from its parts. */
export function engineFrom(parts: EngineParts, options: EngineOptions): Engine {
  const checks = new Map<CheckId, Running>();
  let last = 0;
  let realm: Promise<{ readonly realm: DemoRealm; readonly desk: Desk; readonly folder: string }> | null =
    null;

  function demo(): NonNullable<typeof realm> {
    realm ??= (async () => {
      const folder = await mkdtemp(join(tmpdir(), 'mellon-demo-'));
      const started = await parts.realm();
      const now = (): Instant => started.world.now();
      const desk = openDesk(storeIn({ folder, now }), now, (request) => started.world.stores(request));
      return { realm: started, desk, folder };
    })();
    // A realm that did not start may be tried again.
    realm.catch(() => (realm = null));
    return realm;
  }

  /** The desk that a pin's id belongs to, and the id there. */
  async function deskOf(id: unknown): Promise<readonly [Desk, unknown]> {
    if (typeof id !== 'string' || !id.startsWith(DEMO_ID)) return [parts.desk, id];
    return [(await demo()).desk, id.slice(DEMO_ID.length)];
  }

  /** What was accepted here, or in the demo realm: whoever asks what if says which. */
  async function pinsFor(form: unknown): Promise<World['pins']> {
    const isDemo = (form as { readonly demo?: unknown } | null | undefined)?.demo === true;
    const desk = isDemo && realm !== null ? (await realm).desk : parts.desk;
    return (domain, service) => desk.view(domain, service);
  }

  async function begin(form: unknown): Promise<Outcome<CheckId, Said>> {
    const parsed = parts.parse(form);
    if (!parsed.ok) return parsed;
    const running = [...checks.values()].filter((c) => c.report === null && !c.stop.signal.aborted);
    if (running.length >= MOST_RUNNING) {
      const text = enginePhrases['too-many-checks'](String(MOST_RUNNING));
      return { ok: false, problem: { code: 'too-many-checks', text } };
    }
    const isDemo = (form as { readonly demo?: unknown }).demo === true;
    const there = isDemo ? await demo() : null;
    const desk = there?.desk ?? parts.desk;
    const pins: World['pins'] = (domain, service) => desk.view(domain, service);
    const world = there === null ? parts.world(pins) : { ...there.realm.world, pins };
    const request = there === null ? parsed.value : there.realm.prepare(parsed.value);
    last += 1;
    const id = `c${last}`;
    const check: Running = {
      stop: new AbortController(),
      demo: isDemo,
      world,
      report: null,
      finding: 'not-seen',
    };
    keep(id, check);
    const paced = paceEvents((event) => options.emit(id, event));
    // Begins when the caller has the id: whoever carries the events must know where to by then.
    setImmediate(() => {
      if (check.stop.signal.aborted) {
        checks.delete(id);
        paced({ type: 'stopped', because: { code: 'cancelled' } });
        return;
      }
      void follow(id, check, desk, parts.run(request, world, paced, check.stop.signal));
    });
    return { ok: true, value: id };
  }

  async function follow(id: CheckId, check: Running, desk: Desk, run: Promise<Report | null>): Promise<void> {
    try {
      const report = await run;
      if (report === null) checks.delete(id);
      else check.finding = desk.record(report);
      check.report = report;
    } catch {
      // The check has told `stopped: crashed` itself; a crash is never a verdict.
      checks.delete(id);
    }
  }

  function keep(id: CheckId, check: Running): void {
    checks.set(id, check);
    for (const [old, one] of checks) {
      if (checks.size <= MOST_KEPT) return;
      if (one.report !== null) checks.delete(old);
    }
  }

  const account = openSignIn(
    async (id) => {
      const check = checks.get(id);
      if (check === undefined) return undefined;
      const desk = check.demo ? (await demo()).desk : parts.desk;
      const { report, world } = check;
      const pins = report === null ? NO_PINS : desk.view(report.input.domain, report.input.service);
      return { report, world, pins };
    },
    (id, event) => options.emit(id, { type: 'sign-in', event }),
  );

  const bridge: Bridge = {
    about: () =>
      Promise.resolve({
        version: parts.version,
        runtime: parts.runtime,
        face: options.face,
        presets: PRESETS,
      }),
    parseInput: (text) => {
      const parsed = parts.parse({ input: text });
      if (!parsed.ok) return Promise.resolve(parsed);
      const { source } = parsed.value;
      return Promise.resolve({
        ok: true,
        value:
          source.kind === 'ip'
            ? { domain: source.address, unicode: source.address }
            : { domain: source.ascii, unicode: source.unicode },
      });
    },
    startCheck: begin,
    cancelCheck: (id) => {
      if (typeof id === 'string') {
        checks.get(id)?.stop.abort();
        account.cancel(id);
      }
      return Promise.resolve();
    },
    demoDomains: async () => (await demo()).realm.domains,
    swapDemo: async (domain, how) => {
      const known = SWAPS.find((one) => one === how);
      if (typeof domain !== 'string' || known === undefined) return no('bad-call');
      return (await demo()).realm.swap(domain, known) ? { ok: true, value: null } : no('no-demo-server');
    },
    changeSince: (id) => {
      const check = typeof id === 'string' ? checks.get(id) : undefined;
      if (check === undefined) return Promise.resolve(no('no-such-check'));
      if (check.report === null) return Promise.resolve(no('not-finished'));
      return Promise.resolve({ ok: true, value: check.finding });
    },
    judgeAgain: async (report, form) => parts.judgeAgain(report, form, await pinsFor(form)),
    compareClients: async (report, form) => parts.compareClients(report, form, await pinsFor(form)),
    listPins: async () => {
      const real = parts.desk.list();
      if (!real.ok || realm === null) return real;
      const shown = (await realm).desk.list();
      if (!shown.ok) return real;
      const pins = shown.value.pins.map((p) => ({ ...p, id: `${DEMO_ID}${p.id}` }));
      return {
        ok: true,
        value: {
          pins: [...real.value.pins, ...pins],
          watches: [...real.value.watches, ...shown.value.watches],
          history: real.value.history,
        },
      };
    },
    accept: async (form) => {
      const parsed = parseAccept(form);
      if (!parsed.ok) return parsed;
      const check = checks.get(parsed.value.check);
      if (check === undefined) return no('no-such-check');
      if (check.report === null) return no('not-finished');
      if (!check.demo) return parts.desk.accept(check.report, form);
      const replaces = parsed.value.replaces?.map((id) => id.replace(DEMO_ID, ''));
      return (await demo()).desk.accept(check.report, {
        ...parsed.value,
        ...(replaces === undefined ? {} : { replaces }),
      });
    },
    changePin: async (id, change) => {
      const [desk, own] = await deskOf(id);
      return desk.changePin(own, change);
    },
    removePin: async (id) => {
      const [desk, own] = await deskOf(id);
      return desk.revokePin(own);
    },
    restorePin: async (id) => {
      const [desk, own] = await deskOf(id);
      return desk.restorePin(own);
    },
    setWatch: async (domain, service, on) => {
      const there = await realm;
      const isDemo = there?.realm.domains.some((d) => d.domain === domain) === true;
      return (isDemo ? there.desk : parts.desk).setWatch(domain, service, on);
    },
    importPins: (text) => Promise.resolve(parts.desk.importPins(text)),
    exportPins: (format) => Promise.resolve(parts.desk.exportPins(format)),
    eraseHistory: (domain) => Promise.resolve(parts.desk.eraseHistory(domain)),
    signIn: (form) => account.signIn(form),
    openLink: async (url) => {
      const allowed = allowedLink(url);
      if (allowed === undefined) return no('bad-link');
      if (await options.openLink(allowed)) return { ok: true, value: null };
      return {
        ok: false,
        problem: { code: 'read-in-browser', text: enginePhrases['read-in-browser'](allowed) },
      };
    },
  };

  return {
    bridge,
    reportOf: (id) => checks.get(id)?.report ?? null,
    close: async () => {
      for (const check of checks.values()) check.stop.abort();
      account.cancelAll();
      checks.clear();
      const there = await realm?.catch(() => null);
      if (there === null || there === undefined) return;
      await there.realm.close();
      await rm(there.folder, { recursive: true, force: true });
    },
  };
}
