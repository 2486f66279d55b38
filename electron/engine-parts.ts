/**
 * engine-parts.ts: what the engine is made of, and the real ones.
 *
 * In:   the folder of the store
 * Out:  EngineParts, realParts
 * Not:  what the calls do with them (engine.ts)
 */
import type { Instant, Outcome } from '../shared/basics.ts';
import type { Comparison, DemoDomain, Said, Swap } from '../shared/bridge.ts';
import type { CheckEvent, Report } from '../shared/report.ts';
import type { CheckRequest } from '../shared/request.ts';
import { runCheck, type World } from './check.ts';
import { openDesk, type Desk } from './desk.ts';
import { machineStores, RUNTIME } from './ground.ts';
import { parseRequest } from './options.ts';
import { storeFolder } from './store-folder.ts';
import { storeIn } from './store/store.ts';
import { compareSaved, judgeSaved } from './what-if.ts';
import { openSharedWork, openWorld } from './world.ts';

export type DemoRealm = {
  readonly world: World;
  readonly domains: readonly DemoDomain[];
  prepare(request: CheckRequest): CheckRequest;
  swap(domain: string, how: Swap): boolean;
  close(): Promise<void> | void;
};

/** What the engine is made of. Tests give stand-ins. */
export type EngineParts = {
  readonly version: string;
  readonly runtime: string;
  readonly parse: (form: unknown) => Outcome<CheckRequest, Said>;
  readonly run: (
    request: CheckRequest,
    world: World,
    emit: (event: CheckEvent) => void,
    signal: AbortSignal,
  ) => Promise<Report | null>;
  readonly world: (pins: World['pins']) => World;
  readonly realm: () => Promise<DemoRealm>;
  readonly judgeAgain: (report: unknown, form: unknown, pins: World['pins']) => Outcome<Report, Said>;
  readonly compareClients: (
    report: unknown,
    form: unknown,
    pins: World['pins'],
  ) => Promise<Outcome<Comparison, Said>>;
  readonly desk: Desk;
};

/** The real parts, with the store that every face shares. */
export function realParts(folder: string = storeFolder()): EngineParts {
  const now = (): Instant => Date.now() as Instant;
  const store = storeIn({ folder, now });
  const shared = openSharedWork();
  return {
    // `mellon 0.1.0`: the window says the name itself.
    version: RUNTIME.program.replace(/^\S+ /, ''),
    runtime: `Node ${RUNTIME.node}, ${RUNTIME.tls}`,
    parse: parseRequest,
    run: runCheck,
    world: (pins) => openWorld({ pins, shared }),
    realm: async () => (await import('./demo-world.ts')).startRealm(),
    judgeAgain: judgeSaved,
    compareClients: compareSaved,
    desk: openDesk(store, now, machineStores),
  };
}
