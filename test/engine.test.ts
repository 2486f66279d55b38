/**
 * engine.test.ts: the calls of the bridge: every argument hostile, the demo realm kept apart, decisions only on finished checks.
 *
 * In:   an engine whose checks are played, a store in a fresh folder
 * Out:  assertions
 * Not:  whether something may be accepted (accept.ts has its own), transports (serve.test.ts, electron/door.test.ts)
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineFrom, type Engine } from '../electron/engine.ts';
import { realParts, type EngineParts } from '../electron/engine-parts.ts';
import { paceEvents } from '../electron/pace.ts';
import { CALLS } from '../shared/bridge.ts';
import type { CheckEvent } from '../shared/report.ts';
import { report } from './renderer/fixtures.ts';
import { played } from './renderer/play.ts';

let folder = '';
let engine: Engine;
let heard: [string, CheckEvent][] = [];
let worlds: unknown[] = [];
let links: string[] = [];
const demoWorld = { name: 'demo' };

function open(over: Partial<EngineParts> = {}): Engine {
  const real = realParts(join(folder, 'store'));
  return engineFrom(
    {
      ...real,
      world: (pins) => ({ ...real.world(pins), name: 'real' }) as never,
      run: (request, world, emit, signal) => {
        worlds.push((world as unknown as { name: string }).name);
        if (request.given === 'slow.example') {
          return new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              emit({ type: 'stopped', because: { code: 'cancelled' } });
              resolve(null);
            });
          });
        }
        if (request.given === 'bug.example') return Promise.reject(new Error('bug'));
        const done = report(undefined, request.given);
        for (const event of played(done)) emit(event);
        return Promise.resolve(done);
      },
      realm: () =>
        Promise.resolve({
          world: {
            ...real.world(() => ({ pins: [], once: [], watch: null, onceSecure: null })),
            ...demoWorld,
          } as never,
          domains: [{ domain: 'shire.example', teaches: 'x', outcome: 'auto-accept' }],
          prepare: (request) => ({ ...request, trustAnchor: 'demo' }),
          swap: (domain) => domain === 'shire.example',
          close: () => undefined,
        }),
      ...over,
    },
    {
      face: 'browser',
      emit: (id, event) => {
        if (event.type !== 'sign-in') heard.push([id, event]);
      },
      openLink: (url) => {
        links.push(url);
        return Promise.resolve(true);
      },
    },
  );
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mellon-engine-'));
  heard = [];
  worlds = [];
  links = [];
  engine = open();
});
afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function finished(form: unknown): Promise<string> {
  const started = await engine.bridge.startCheck(form);
  if (!started.ok) throw new Error(started.problem.text);
  await expect.poll(() => engine.reportOf(started.value)).not.toBeNull();
  return started.value;
}

describe('a finished check', () => {
  it('tells what changed since the look before it, and nothing while it runs or when it is unknown', async () => {
    const first = await finished({ input: 'shire.example' });
    expect(await engine.bridge.changeSince(first)).toEqual({ ok: true, value: 'first' });
    const second = await finished({ input: 'shire.example' });
    expect(await engine.bridge.changeSince(second)).toEqual({ ok: true, value: 'same' });
    const slow = await engine.bridge.startCheck({ input: 'slow.example' });
    expect(await engine.bridge.changeSince(slow.ok && slow.value)).toMatchObject({
      problem: { code: 'not-finished' },
    });
    for (const id of ['c999', null, {}])
      expect(await engine.bridge.changeSince(id)).toMatchObject({ problem: { code: 'no-such-check' } });
  });
});

describe('the demo realm’s certificates', () => {
  it('are swapped for a domain that it has, in a way that it knows, and for nothing else', async () => {
    expect(await engine.bridge.swapDemo('shire.example', 'new-key')).toEqual({ ok: true, value: null });
    expect(await engine.bridge.swapDemo('elsewhere.example', 'new-key')).toMatchObject({
      problem: { code: 'no-demo-server' },
    });
    for (const [domain, how] of [
      ['shire.example', 'burn'],
      [7, 'back'],
    ])
      expect(await engine.bridge.swapDemo(domain, how)).toMatchObject({ problem: { code: 'bad-call' } });
  });
});

describe('a check', () => {
  it('tells its first event only after its id is known', async () => {
    const started = await engine.bridge.startCheck({ input: 'shire.example' });
    expect(heard).toEqual([]);
    await expect.poll(() => heard.map(([, e]) => e.type)).toContain('finished');
    expect(heard[0]).toMatchObject([started.ok && started.value, { type: 'started' }]);
  });

  it('is cancelled by its id, and a bug in it is no verdict', async () => {
    const slow = await engine.bridge.startCheck({ input: 'slow.example' });
    const bug = await engine.bridge.startCheck({ input: 'bug.example' });
    if (!slow.ok || !bug.ok) throw new Error('not started');
    await new Promise((resolve) => setTimeout(resolve, 10));
    await engine.bridge.cancelCheck(slow.value);
    await expect.poll(() => heard.map(([, e]) => e.type)).toContain('stopped');
    for (const id of [slow.value, bug.value]) {
      const form = { check: id, certificate: 'a'.repeat(64), how: 'once', by: 'key' };
      expect(await engine.bridge.accept(form)).toMatchObject({ ok: false });
    }
  });

  it('is one of a few at once', async () => {
    const started = await Promise.all(
      Array.from({ length: 9 }, () => engine.bridge.startCheck({ input: 'slow.example' })),
    );
    expect(started.filter((s) => s.ok)).toHaveLength(8);
    expect(started[8]).toMatchObject({ ok: false, problem: { code: 'too-many-checks' } });
  });

  it('of the demo realm uses the realm’s world and store, a real one never does', async () => {
    await finished({ input: 'shire.example', demo: true });
    await finished({ input: 'shire.example' });
    expect(worlds).toEqual(['demo', 'real']);
    const listed = await engine.bridge.listPins();
    expect(listed.ok && listed.value.history).toHaveLength(1);
  });
});

describe('the bridge', () => {
  it('answers any arguments at all with a value, and changes nothing', async () => {
    const calls = CALLS.filter((c) => c !== 'startCheck' && c !== 'demoDomains' && c !== 'eraseHistory');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...calls),
        fc.array(fc.anything(), { maxLength: 3 }),
        async (name, args) => {
          const calls = engine.bridge as Readonly<Record<string, (...all: unknown[]) => Promise<unknown>>>;
          await calls[name]?.(...args);
        },
      ),
      { numRuns: 300 },
    );
    const listed = await engine.bridge.listPins();
    expect(listed).toMatchObject({ ok: true, value: { pins: [], watches: [] } });
    expect(links).toEqual([]);
  });

  it('refuses a form that is none, before anything is asked', async () => {
    for (const form of [
      null,
      1,
      'x',
      [],
      {},
      { input: '' },
      { input: 'a b' },
      { input: 'x.example', more: 1 },
    ]) {
      expect((await engine.bridge.startCheck(form)).ok, JSON.stringify(form)).toBe(false);
    }
    expect(worlds).toEqual([]);
  });

  it('opens specifications and no other address', async () => {
    expect((await engine.bridge.openLink('https://www.rfc-editor.org/rfc/rfc7671.html')).ok).toBe(true);
    for (const url of [
      'https://evil.example/',
      'https://www.rfc-editor.org.evil.example/',
      'https://www.rfc-editor.org@evil.example/',
      'http://www.rfc-editor.org/',
      'javascript:alert(1)',
      'file:///etc/passwd',
      null,
    ]) {
      expect((await engine.bridge.openLink(url)).ok, String(url)).toBe(false);
    }
    expect(links).toEqual(['https://www.rfc-editor.org/rfc/rfc7671.html']);
  });

  it('accepts nothing of a check that needs no decision', async () => {
    const id = await finished({ input: 'shire.example' });
    const [leaf] = engine.reportOf(id)?.targets[0]?.endpoints[0]?.chain ?? [];
    const form = { check: id, certificate: leaf?.sha256, how: 'forever', by: 'certificate' };
    expect(await engine.bridge.accept(form)).toMatchObject({
      ok: false,
      problem: { code: 'nothing-to-accept' },
    });
  });

  it('exports and imports what it knows, and says what it does not', async () => {
    const json = await engine.bridge.exportPins('json');
    expect(json.ok).toBe(true);
    expect((await engine.bridge.exportPins('exe')).ok).toBe(false);
    expect((await engine.bridge.importPins('no pins here')).ok).toBe(false);
  });

  it('tells the watches of an imported file beside its pins', async () => {
    const sha = 'ab'.repeat(32);
    const watch = {
      domain: 'far.example',
      service: 'xmpp-client',
      since: '2026-01-01T00:00:00.000Z',
      keys: [sha],
    };
    const file = { schema: 'mellon.pins', version: 1, pins: [], watches: [watch] };
    expect(await engine.bridge.importPins(JSON.stringify(file))).toEqual({
      ok: true,
      value: { added: 0, watches: 1, skipped: [] },
    });
    await engine.bridge.setWatch('far.example', 'xmpp-client', false);
  });

  it('takes no day that does not exist for the end of a pin', async () => {
    for (const ends of ['2027-02-30T00:00:00.000Z', '2026-11-31T00:00:00Z'])
      expect(await engine.bridge.changePin('no-such', { ends }), ends).toMatchObject({
        ok: false,
        problem: { code: 'bad-call' },
      });
    expect(await engine.bridge.changePin('no-such', { ends: '2028-02-29T00:00:00.000Z' })).toMatchObject({
      ok: false,
      problem: { code: 'no-such-pin' },
    });
  });
});

describe('the pace of events', () => {
  it('keeps order, lightens interim reports, drops those that are overtaken, and never the last word', async () => {
    const out: CheckEvent[] = [];
    const paced = paceEvents((event) => out.push(event));
    const done = report();
    for (let pending = 9; pending > 0; pending -= 1) paced({ type: 'judged', report: done, pending });
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(out.map((e) => e.type === 'judged' && e.pending)).toEqual([9, 1]);
    expect(out.every((e) => e.type === 'judged' && e.report.observations.length === 0)).toBe(true);
    paced({ type: 'judged', report: done, pending: 0 });
    paced({ type: 'finished', report: done });
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(out.at(-1)).toEqual({ type: 'finished', report: done });
  });
});
