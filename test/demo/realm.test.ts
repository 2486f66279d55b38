/**
 * realm.test.ts: every story of the demo realm ends as the trust rules ask, on real sockets.
 *
 * In:   the demo realm
 * Out:  one test a story
 * Not:  single rules (test/trust)
 */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesPage } from '../../build/codes.mjs';
import { runCheck } from '../../electron/check.ts';
import { startRealm, type Realm } from '../../electron/demo-world.ts';
import { STORIES } from '../../electron/demo/realm.ts';
import { judgeAgain } from '../../electron/judge-again.ts';
import { parseRequest } from '../../electron/options.ts';
import type { Instant } from '../../shared/basics.ts';
import type { CheckEvent, Report } from '../../shared/report.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z') as Instant;
const schema = JSON.parse(
  readFileSync(new URL('../../shared/report.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);

const page = readFileSync(new URL('../../shared/CODES.md', import.meta.url), 'utf8');
const DOCUMENTED = new Set([...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((row) => row[1] ?? ''));

/** Every reason code and step id in a report. */
function* codesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  const { code, id, text } = value as { readonly [key: string]: unknown };
  for (const one of [code, id]) if (typeof one === 'string' && typeof text === 'string') yield one;
  for (const inner of Object.values(value)) yield* codesIn(inner);
}

let realm: Realm;
beforeAll(async () => {
  realm = await startRealm({ now: NOW });
});
afterAll(() => realm.close());

async function check(form: object, hear: (e: CheckEvent) => void = () => undefined): Promise<Report> {
  const request = parseRequest(form);
  if (!request.ok) throw new Error(request.problem.text);
  const report = await runCheck(
    realm.prepare(request.value),
    realm.world,
    hear,
    new AbortController().signal,
  );
  if (report === null) throw new Error('cancelled');
  return report;
}

describe('the list of codes', () => {
  it('is the one that the sentences make (npm run codes)', async () => {
    expect(page).toBe(await codesPage());
  });
  it('has those that stand in the code itself', () => {
    const literals = ['judge', 'judge-endpoint', 'pkix-routes', 'target-warnings', 'resolver', 'ocsp', 'path']
      .map((name) => `../../electron/trust/${name}.ts`)
      .flatMap((file) => [
        ...readFileSync(new URL(file, import.meta.url), 'utf8').matchAll(/\b(?:code|id): '([a-z0-9-]+)'/g),
      ])
      .map((found) => found[1] ?? '');
    expect(literals.length).toBeGreaterThan(20);
    expect(literals.filter((code) => !DOCUMENTED.has(code))).toEqual([]);
  });
});

describe('every story of the demo realm', () => {
  for (const story of STORIES) {
    it(`${story.domain}: ${story.teaches}`, async () => {
      const events: CheckEvent[] = [];
      const report = await check({ input: story.domain, ...story.options }, (e) => events.push(e));
      expect({ outcome: report.verdict.outcome, by: report.verdict.by, case: report.verdict.case }).toEqual({
        outcome: story.outcome,
        by: story.by ?? null,
        case: story.case ?? null,
      });
      // The report is what REPORT.md says it is.
      validate(report);
      expect(validate.errors).toBeNull();
      // Whatever comes through JSON is judged the same, without a network.
      const again = judgeAgain(JSON.parse(JSON.stringify(report)), {});
      if (!again.ok) throw new Error(again.problem.text);
      expect(again.value.verdict).toEqual({ ...report.verdict, sentence: again.value.verdict.sentence });
      expect(again.value.targets.map((t) => t.endpoints.map((e) => e.routes))).toEqual(
        report.targets.map((t) => t.endpoints.map((e) => e.routes)),
      );
      expect(again.value.verdict.sentence).toContain('As recorded on 2026-11-23');
      expect(again.value.warnings?.filter((w) => w.code.endsWith('-differs'))).toEqual([]);
      // A code that nobody can look up says nothing to another program.
      expect([...codesIn({ ...report, observations: [] })].filter((code) => !DOCUMENTED.has(code))).toEqual(
        [],
      );
      // Events begin and end once, and every observation was told as it came.
      expect(events.map((e) => e.type).filter((t) => t === 'started' || t === 'finished')).toEqual([
        'started',
        'finished',
      ]);
      expect(events.filter((e) => e.type === 'observed')).toHaveLength(report.observations.length);
    });
  }
});

describe('common mistakes', () => {
  it('a TLSA record at the domain instead of the server is found and named', async () => {
    const report = await check({ input: 'evendim.example' });
    const warning = report.targets[0]?.warnings?.find((w) => w.code === 'tlsa-misplaced');
    expect(warning?.text).toContain('_5222._tcp.evendim.example.');
    expect(warning?.text).toContain('_5222._tcp.xmpp.evendim.example.');
  });
  it('an SRV target that is an alias is warned of', async () => {
    const report = await check({ input: 'imladris.example' });
    expect(report.targets[0]?.warnings?.map((w) => w.code)).toContain('srv-target-alias');
  });
  it('a signature that ends within a day is warned of, as of then', async () => {
    const report = await check({ input: 'lothlorien.example' });
    const ends = report.discovery.srv[0]?.chain?.at(-1)?.signature?.expiration ?? '';
    const at = new Date(Date.parse(ends) - 3_600_000).toISOString();
    const later = judgeAgain(JSON.parse(JSON.stringify(report)), { at });
    if (!later.ok) throw new Error(later.problem.text);
    expect(later.value.targets[0]?.warnings?.map((w) => w.code)).toContain('signature-ends-soon');
    expect(report.targets[0]?.warnings?.map((w) => w.code)).not.toContain('signature-ends-soon');
  });
});

describe('the realm stays in the realm', () => {
  it('a check outside it knows neither its resolver nor its anchors nor its authority', async () => {
    const outside = parseRequest({
      input: 'shire.example',
      resolvers: ['udp://127.0.0.1:9'],
      timeoutSeconds: 1,
    });
    if (!outside.ok) throw new Error(outside.problem.text);
    expect(outside.value.trustAnchor).toBeNull();
    expect(outside.value.ca).toEqual([]);
    const inside = await check({ input: 'shire.example' });
    expect(inside.request.ca).toHaveLength(1);
    // The inside's report, judged with the outside's anchors and stores, proves nothing.
    const again = judgeAgain({ ...inside, request: { ...inside.request, trustAnchor: null, ca: [] } }, {});
    if (!again.ok) throw new Error(again.problem.text);
    expect(again.value.verdict.outcome).toBe('refuse');
  });
});

describe('judging again', () => {
  it('at another date an expired certificate is found, and DANE-EE still stands', async () => {
    const gondor = await check({ input: 'gondor.example' });
    const later = judgeAgain(JSON.parse(JSON.stringify(gondor)), {
      at: '2027-06-01T00:00:00.000Z',
      without: ['dnssec'],
    });
    if (!later.ok) throw new Error(later.problem.text);
    expect(later.value.verdict.case).toBe('expired');
    expect(later.value.warnings?.[0]?.code).toBe('verdict-differs');
  });

  it('without DNSSEC the shire falls back to what PKIX says, and the sentence says so', async () => {
    const shire = await check({ input: 'shire.example' });
    const without = judgeAgain(JSON.parse(JSON.stringify(shire)), { without: ['dnssec'] });
    if (!without.ok) throw new Error(without.problem.text);
    expect(without.value.verdict.outcome).toBe('manual');
    expect(without.value.verdict.sentence).toContain('without DNSSEC');
    expect(without.value.targets[0]?.endpoints[0]?.routes.dane.state).toBe('unknown');
  });

  it('a stored verdict is never believed', async () => {
    const dolguldur = await check({ input: 'dolguldur.example' });
    const forged = { ...dolguldur, verdict: { ...dolguldur.verdict, outcome: 'auto-accept', by: 'dane' } };
    const again = judgeAgain(JSON.parse(JSON.stringify(forged)), {});
    if (!again.ok) throw new Error(again.problem.text);
    expect(again.value.verdict.outcome).toBe('refuse');
    expect(again.value.warnings?.[0]?.code).toBe('verdict-differs');
  });

  it('evidence, routes and verdicts of endpoints that somebody changed are never believed, and said', async () => {
    const report = await check({ input: 'dolguldur.example' });
    const routesOf = ({ targets }: Report): unknown => targets.map((t) => t.endpoints.map((e) => e.routes));
    const say = (forge: (saved: Report) => unknown): string | undefined => {
      const saved = JSON.parse(JSON.stringify(report)) as Report;
      Object.assign(saved, forge(saved));
      const again = judgeAgain(JSON.parse(JSON.stringify(saved)), {});
      if (!again.ok) throw new Error(again.problem.text);
      expect(routesOf(again.value)).toEqual(routesOf(report));
      return again.value.warnings?.find((w) => w.code === 'evidence-differs')?.text;
    };
    const endpoint = (change: object) => (saved: Report) => ({
      targets: saved.targets.map((t) => ({ ...t, endpoints: t.endpoints.map((e) => ({ ...e, ...change })) })),
    });
    const accepted = { outcome: 'auto-accept', by: 'dane', case: null };
    expect(say(() => ({}))).toBeUndefined();
    expect(say(endpoint({ verdict: accepted }))).toContain('“auto-accept dane”');
    expect(say(endpoint({ verdict: 7 }))).toContain('judged again from what was observed it is “refuse”');
    const routes = report.targets[0]?.endpoints[0]?.routes;
    expect(say(endpoint({ routes: { ...routes, dane: { state: 'open' } } }))).toContain('the route dane of');
    expect(say(() => ({ targets: [] }))).toContain('“nothing”');
    expect(
      say(({ targets }) => ({ targets: targets.map((t) => ({ ...t, tlsa: { dnssec: 'insecure' } })) })),
    ).toContain('the DNSSEC state of');
  });

  it('a file that is no report is refused with a sentence', () => {
    for (const saved of [null, 7, 'x', [], {}, { schema: 'mellon.report/2' }]) {
      const again = judgeAgain(saved, {});
      expect(again.ok).toBe(false);
    }
  });
});
