/**
 * decide.test.ts: the table of section 9, row by row, and over all combinations of evidence.
 *
 * In:   Facts
 * Out:  the row that must speak
 * Not:  evidence (the other tests of trust)
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, ROWS, type Facts, type Row, type RowId } from '../../electron/trust/decide.ts';
import { CASES, joinEndpoints } from '../../electron/trust/domain-verdict.ts';
import { ROUTES, type Reason, type RouteName, type RouteState, type Verdict } from '../../shared/report.ts';

const reason = (code: string): Reason => ({ code, text: `${code}.`, ref: 'RFC 6120' });
const shut: Readonly<Record<RouteName, RouteState>> = {
  dane: 'shut',
  pkix: 'shut',
  'pkix-delegated': 'shut',
  posh: 'absent',
  pin: 'absent',
};
const nothing: Facts = {
  unreachable: null,
  refusals: [],
  pinChanged: null,
  watchChanged: null,
  proofUnknown: null,
  routes: shut,
  openReasons: {},
  cases: [{ case: 'expired', reason: reason('expired') }],
};
const open = (...routes: readonly RouteName[]): Facts['routes'] => ({
  ...shut,
  ...Object.fromEntries(routes.map((r) => [r, 'open'])),
});

type Row_ = {
  name: string;
  facts: Facts;
  row: RowId;
  outcome: string;
  by: RouteName | null;
  which: string | null;
};
const TABLE: readonly Row_[] = [
  {
    name: 'nothing reached is unreachable, whatever else is known',
    facts: { ...nothing, unreachable: reason('refused'), refusals: [reason('x')] },
    row: '1',
    outcome: 'unreachable',
    by: null,
    which: null,
  },
  {
    name: 'a refusal stands above every open route',
    facts: { ...nothing, refusals: [reason('tlsa-mismatch')], routes: open(...ROUTES) },
    row: '2',
    outcome: 'refuse',
    by: null,
    which: null,
  },
  {
    name: 'a changed pin refuses where no other route is open',
    facts: { ...nothing, pinChanged: reason('pin-changed') },
    row: '2',
    outcome: 'refuse',
    by: null,
    which: null,
  },
  {
    name: 'a changed pin does not refuse where PKIX is open',
    facts: { ...nothing, pinChanged: reason('pin-changed'), routes: open('pkix') },
    row: '4',
    outcome: 'auto-accept',
    by: 'pkix',
    which: null,
  },
  {
    name: 'a new key of a watched domain is never silent',
    facts: { ...nothing, watchChanged: reason('watched-key-changed'), routes: open('dane', 'pkix') },
    row: '2a',
    outcome: 'manual',
    by: null,
    which: 'watched-key-changed',
  },
  {
    name: 'wanted proof that cannot be had needs a person',
    facts: { ...nothing, proofUnknown: reason('proof-unknown'), routes: open('pkix', 'pin') },
    row: '2b',
    outcome: 'manual',
    by: null,
    which: 'proof-unknown',
  },
  {
    name: 'DANE comes first',
    facts: { ...nothing, routes: open(...ROUTES) },
    row: '3',
    outcome: 'auto-accept',
    by: 'dane',
    which: null,
  },
  {
    name: 'then PKIX',
    facts: { ...nothing, routes: open('pkix', 'pkix-delegated', 'posh', 'pin') },
    row: '4',
    outcome: 'auto-accept',
    by: 'pkix',
    which: null,
  },
  {
    name: 'then PKIX for the delegated name',
    facts: { ...nothing, routes: open('pkix-delegated', 'posh', 'pin') },
    row: '5',
    outcome: 'auto-accept',
    by: 'pkix-delegated',
    which: null,
  },
  {
    name: 'then POSH',
    facts: { ...nothing, routes: open('posh', 'pin') },
    row: '6',
    outcome: 'auto-accept',
    by: 'posh',
    which: null,
  },
  {
    name: 'then a pin',
    facts: { ...nothing, routes: open('pin') },
    row: '7',
    outcome: 'auto-accept',
    by: 'pin',
    which: null,
  },
  {
    name: 'otherwise a person decides, and the first case names it',
    facts: nothing,
    row: '8',
    outcome: 'manual',
    by: null,
    which: 'expired',
  },
];

describe('the rows of section 9', () => {
  for (const { name, facts, row, outcome, by, which } of TABLE) {
    it(`row ${row}: ${name}`, () => {
      expect(decide(facts)).toMatchObject({ row, outcome, by, case: which });
    });
  }

  it('each row is there for a reason: without it at least one line of the table comes out differently', () => {
    for (const gone of ROWS) {
      const rest: readonly Row[] = ROWS.filter((r) => r !== gone);
      const differs = TABLE.some(({ facts, outcome, by, which }) => {
        try {
          const d = decide(facts, rest);
          return d.outcome !== outcome || d.by !== by || d.case !== which;
        } catch {
          return true;
        }
      });
      expect(differs, `row ${gone.id} could be removed unnoticed`).toBe(true);
    }
  });

  it('the order of the rows matters: swapping two neighbours changes the table', () => {
    for (let i = 0; i + 1 < ROWS.length; i++) {
      const swapped = [...ROWS];
      [swapped[i], swapped[i + 1]] = [ROWS[i + 1]!, ROWS[i]!];
      // 2a and 2b are both `manual`; their order shows in the case.
      const both: Facts = {
        ...nothing,
        watchChanged: reason('w'),
        proofUnknown: reason('p'),
        routes: open(...ROUTES),
        refusals: [],
      };
      const lines: readonly Facts[] = [
        ...TABLE.map((t) => t.facts),
        both,
        { ...both, refusals: [reason('r')] },
        { ...both, watchChanged: null },
      ];
      expect(lines.some((f) => JSON.stringify(decide(f, swapped)) !== JSON.stringify(decide(f)))).toBe(true);
    }
  });
});

const state = fc.constantFrom<RouteState>('open', 'shut', 'contradicted', 'absent', 'unknown');
const maybe = fc.option(fc.constant(reason('r')), { nil: null });
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  unreachable: maybe,
  refusals: fc.array(fc.constant(reason('refused')), { maxLength: 2 }),
  pinChanged: maybe,
  watchChanged: maybe,
  proofUnknown: maybe,
  routes: fc.record({ dane: state, pkix: state, 'pkix-delegated': state, posh: state, pin: state }),
  openReasons: fc.constant({}),
  cases: fc
    .subarray([...CASES], { minLength: 1 })
    .map((list) => list.map((c) => ({ case: c, reason: reason(c) }))),
});

describe('over all combinations of evidence', () => {
  it('there is always an outcome, and auto-accept only by a route that is open with nothing above it', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const d = decide(facts);
        if (d.outcome === 'auto-accept') {
          expect(d.by).not.toBeNull();
          expect(facts.routes[d.by!]).toBe('open');
          expect(
            [facts.unreachable, facts.watchChanged, facts.proofUnknown, ...facts.refusals].every(
              (x) => x === null,
            ),
          ).toBe(true);
          for (const stronger of ROUTES.slice(0, ROUTES.indexOf(d.by!)))
            expect(facts.routes[stronger]).not.toBe('open');
        } else {
          expect(d.by).toBeNull();
        }
        expect(d.case === null).toBe(d.outcome !== 'manual');
        if (d.outcome === 'refuse') expect(d.reasons.length).toBeGreaterThan(0);
      }),
      { numRuns: 5000 },
    );
  });
});

const verdict = (outcome: Verdict['outcome'], more: Partial<Verdict> = {}): Verdict => ({
  outcome,
  by: outcome === 'auto-accept' ? 'dane' : null,
  case: outcome === 'manual' ? 'expired' : null,
  sentence: `${outcome}.`,
  reasons: [],
  ...more,
});
const join = (...verdicts: readonly Verdict[]) =>
  joinEndpoints(
    { kind: 'endpoints' },
    verdicts.map((v, i) => ({ where: `server ${i}`, verdict: v })),
    'shire.example',
    '',
  );

describe('one verdict for the domain', () => {
  it('is the worst endpoint’s: refuse, manual, auto-accept', () => {
    expect(join(verdict('auto-accept'), verdict('manual'), verdict('refuse')).outcome).toBe('refuse');
    expect(join(verdict('auto-accept'), verdict('manual')).outcome).toBe('manual');
  });
  it('unreachable endpoints do not outweigh others', () => {
    expect(join(verdict('unreachable'), verdict('auto-accept'))).toMatchObject({
      outcome: 'auto-accept',
      by: 'dane',
    });
    expect(join(verdict('unreachable'), verdict('unreachable')).outcome).toBe('unreachable');
  });
  it('`by` is the weakest route of all accepted endpoints', () => {
    expect(
      join(
        verdict('auto-accept'),
        verdict('auto-accept', { by: 'posh' }),
        verdict('auto-accept', { by: 'pkix' }),
      ).by,
    ).toBe('posh');
  });
  it('the case is the gravest of all', () => {
    expect(join(verdict('manual'), verdict('manual', { case: 'weak-certificate' })).case).toBe(
      'weak-certificate',
    );
  });
  it('a domain without any endpoint is unreachable', () => {
    expect(join().outcome).toBe('unreachable');
  });
  it('what discovery decides stands above all endpoints', () => {
    const decided = joinEndpoints(
      { kind: 'refuse', reasons: [reason('discovery-bogus')] },
      [{ where: 'x', verdict: verdict('auto-accept') }],
      'd',
      '',
    );
    expect(decided).toMatchObject({ outcome: 'refuse', by: null });
  });
});
