/**
 * play.ts: a bridge that plays checks, for tests of the screen.
 *
 * In:   the report that a check ends with
 * Out:  the events of a check, the bridge
 * Not:  the reports themselves (fixtures.ts)
 */
import type { DemoDomain, RendererBridge } from '../../shared/bridge.ts';
import type { CheckEvent, Report } from '../../shared/report.ts';

export const REALM: readonly DemoDomain[] = [
  { domain: 'shire.example', teaches: 'DANE-EE: the signed DNS names the key.', outcome: 'auto-accept' },
  { domain: 'mordor.example', teaches: 'The right name, signed by nobody known.', outcome: 'manual' },
  { domain: 'isengard.example', teaches: 'TLSA says something else: an alarm.', outcome: 'refuse' },
];

/** A bridge that plays a fixed list of events for every check. `calls` records what was called. */
export function playBridge(
  play: (domain: string) => readonly CheckEvent[],
  parts: Partial<RendererBridge> = {},
): RendererBridge & { readonly calls: [string, readonly unknown[]][] } {
  const hearers = new Set<Parameters<RendererBridge['onCheckEvent']>[0]>();
  const calls: [string, readonly unknown[]][] = [];
  let last = 0;
  const no = { ok: false as const, problem: { code: 'no', text: 'Not in this test.' } };
  const bridge: RendererBridge = {
    about: () => Promise.resolve({ version: '0.1.0', runtime: 'test', face: 'window', presets: [] }),
    parseInput: (text) =>
      Promise.resolve({ ok: true, value: { domain: String(text), unicode: String(text) } }),
    startCheck: (form) => {
      last += 1;
      const id = `c${last}`;
      const input = (form as { input: string }).input;
      setTimeout(() => {
        for (const event of play(input)) for (const hear of hearers) hear(id, event);
      });
      return Promise.resolve({ ok: true, value: id });
    },
    cancelCheck: () => Promise.resolve(),
    demoDomains: () => Promise.resolve(REALM),
    swapDemo: () => Promise.resolve(no),
    changeSince: () => Promise.resolve({ ok: true, value: 'same' }),
    judgeAgain: () => Promise.resolve(no),
    compareClients: () => Promise.resolve(no),
    listPins: () => Promise.resolve({ ok: true, value: { pins: [], watches: [], history: [] } }),
    accept: () => Promise.resolve(no),
    changePin: () => Promise.resolve(no),
    removePin: () => Promise.resolve(no),
    restorePin: () => Promise.resolve(no),
    setWatch: () => Promise.resolve(no),
    importPins: () => Promise.resolve(no),
    exportPins: () => Promise.resolve(no),
    eraseHistory: () => Promise.resolve(no),
    signIn: () => Promise.resolve(no),
    openLink: () => Promise.resolve({ ok: true, value: null }),
    onCheckEvent: (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    ...parts,
  };
  const recorded = Object.fromEntries(
    Object.entries(bridge).map(([name, call]) => [
      name,
      (...args: unknown[]) => {
        calls.push([name, args]);
        return (call as (...a: unknown[]) => unknown)(...args);
      },
    ]),
  );
  return { ...(recorded as unknown as RendererBridge), calls };
}

/** The events of a check that ends with this report. */
export function played(done: Report): readonly CheckEvent[] {
  return [
    { type: 'started', request: done.request, startedAt: done.startedAt },
    { type: 'asking', what: 'SRV', start: 0 },
    ...done.observations.map((observation) => ({ type: 'observed' as const, observation })),
    { type: 'judged', report: { ...done, observations: [] }, pending: 1 },
    { type: 'finished', report: done },
  ];
}
