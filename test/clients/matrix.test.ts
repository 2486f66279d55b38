/**
 * matrix.test.ts: the comparison arranged for reading, and its way through the engine.
 *
 * In:   small reports, the shipped profiles, hostile arguments
 * Out:  assertions
 * Not:  the screen (test/e2e/compare.test.ts)
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCheck } from '../../electron/check.ts';
import { startRealm, type Realm } from '../../electron/demo-world.ts';
import { engineFrom } from '../../electron/engine.ts';
import { realParts } from '../../electron/engine-parts.ts';
import { parseRequest } from '../../electron/options.ts';
import { compareClients } from '../../electron/trust/clients.ts';
import { columnsOf, resultMark, rowsOf, silentIn, type MatrixView } from '../../shared/client-matrix.ts';
import { clientProfiles } from '../../shared/clients.ts';
import type { Report } from '../../shared/report.ts';
import { endpoint, report, verdict } from '../pins-fixture.ts';

const VIEW: MatrixView = {
  search: '',
  result: 'all',
  onlyDifferent: false,
  sort: 'difference',
  group: 'none',
};
const gone = endpoint({
  address: '192.0.2.3',
  reached: 'refused',
  chain: [],
  verdict: verdict('unreachable'),
});
const three = report([endpoint({ address: '192.0.2.1' }), endpoint({ address: '192.0.2.2' }), gone]);

describe('the matrix', () => {
  const clients = compareClients(three);
  const columns = columnsOf(three, clients);

  it('puts endpoints on which everybody decides alike into one column', () => {
    expect(columns.map((one) => one.places.map((place) => place.address))).toEqual([
      ['192.0.2.1', '192.0.2.2'],
      ['192.0.2.3'],
    ]);
    expect(columns.map((one) => one.mellon)).toEqual(['manual', 'unreachable']);
    expect(silentIn(columns[0]!)).toBe(1);
  });
  it('has every program once, whatever the grouping', () => {
    for (const group of ['none', 'kind', 'result'] as const) {
      const ids = rowsOf(clients, columns, { ...VIEW, group }).flatMap((one) =>
        one.rows.map((row) => row.profile.id),
      );
      expect([...ids].sort()).toEqual(clients.profiles.map((one) => one.id).sort());
    }
  });
  it('sorts who decides otherwise first, and the silent acceptance before everything', () => {
    const [all] = rowsOf(clients, columns, VIEW);
    expect(all?.rows[0]?.profile.id).toBe('slixmpp-1.8.2');
    const differs = all?.rows.map((row) => row.differs) ?? [];
    expect(differs).toEqual([...differs].sort((a, b) => b - a));
    const names =
      rowsOf(clients, columns, { ...VIEW, sort: 'name' })[0]?.rows.map((row) => row.profile.name) ?? [];
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
  });
  it('filters by name, by result and by difference, and leaves empty groups out', () => {
    const ids = (over: Partial<MatrixView>): readonly string[] =>
      rowsOf(clients, columns, { ...VIEW, ...over }).flatMap((one) => one.rows.map((row) => row.profile.id));
    expect(ids({ search: ' DINO' })).toEqual(['dino']);
    expect(ids({ result: 'accepts' })).toEqual(['slixmpp-1.8.2']);
    expect(ids({ onlyDifferent: true })).not.toContain('profanity');
    expect(ids({ search: 'nobody', group: 'kind' })).toEqual([]);
  });
  it('marks going on silently as good only where Mellon accepts, too', () => {
    expect(resultMark('accepts', 'auto-accept')).toBe('good');
    expect(resultMark('accepts', 'manual')).not.toBe('good');
    expect(resultMark('accepts', 'refuse')).not.toBe('good');
  });
});

describe('through the bridge', () => {
  let realm: Realm;
  let seen: Report;
  const engine = engineFrom(realParts(mkdtempSync(join(tmpdir(), 'mellon-matrix-'))), {
    face: 'browser',
    emit: () => undefined,
    openLink: () => Promise.resolve(false),
  });
  beforeAll(async () => {
    realm = await startRealm();
    const request = parseRequest({ input: 'shire.example' });
    if (!request.ok) throw new Error('request');
    const done = await runCheck(
      realm.prepare(request.value),
      realm.world,
      () => undefined,
      new AbortController().signal,
    );
    if (done === null) throw new Error('cancelled');
    seen = done;
  });
  afterAll(async () => {
    await realm.close();
    await engine.close();
  });

  it('is the same as of the report itself, with the sources', async () => {
    const said = await engine.bridge.compareClients(seen, {});
    if (!said.ok) throw new Error(said.problem.text);
    expect(said.value.clients).toEqual(compareClients(seen));
    expect(said.value.about.length).toBe(said.value.clients.profiles.length);
    for (const one of said.value.about) expect(one.sources.length).toBeGreaterThan(0);
  });
  it('believes nothing that the report says of itself', async () => {
    const forged = {
      ...seen,
      targets: seen.targets.map((target) => ({
        ...target,
        endpoints: target.endpoints.map((one) => ({ ...one, verdict: verdict('refuse'), chain: [] })),
      })),
    };
    const said = await engine.bridge.compareClients(forged, {});
    expect(said.ok && said.value.clients).toEqual(compareClients(seen));
  });
  it('counts a person’s own profile, and says what is wrong with a bad one', async () => {
    const [first] = clientProfiles();
    const of = (profile: unknown): unknown => ({ schema: 'mellon.clients', version: 1, profiles: [profile] });
    const good = await engine.bridge.compareClients(seen, {
      profiles: [{ name: 'own.json', content: of({ ...first, id: 'mine' }) }],
    });
    expect(good.ok && good.value.clients.profiles.at(-1)?.id).toBe('mine');
    const bad = await engine.bridge.compareClients(seen, {
      profiles: [{ name: 'own.json', content: of({ ...first, dane: 1 }) }],
    });
    expect(bad.ok ? '' : bad.problem.text).toMatch(/^own\.json .*profiles\.0\.dane/);
  });
  it('asks what if: without a method, and back', async () => {
    const outcome = async (form: unknown): Promise<string> => {
      const said = await engine.bridge.judgeAgain(seen, form);
      return said.ok ? `${said.value.verdict.outcome} ${said.value.verdict.by ?? ''}` : said.problem.code;
    };
    expect(await outcome({})).toBe('auto-accept dane');
    expect(await outcome({ without: [], pins: true, demo: true })).toBe('auto-accept dane');
    expect(await outcome({ without: ['dane'] })).toBe('manual ');
    expect(await outcome({ without: ['luck'] })).toBe('form');
    expect(await outcome({ without: 'dane' })).toBe('form');
    expect(await outcome({ pins: 'yes' })).toBe('form');
  });
  it('answers any arguments with a value', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.anything(), async (a, b) => {
        for (const said of [
          await engine.bridge.compareClients(a, b),
          await engine.bridge.judgeAgain(a, b),
          await engine.bridge.compareClients(seen, b),
        ])
          expect(typeof said.ok).toBe('boolean');
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
