/**
 * pin.test.ts: the rules of TRUST-RULES section 10 about pins and watches, one by one, and over all combinations.
 *
 * In:   hand-made pins and leaves
 * Out:  assertions on judgePin
 * Not:  files (test/store), rows (decide)
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../shared/basics.ts';
import { NO_PINS, type Pin, type PinView } from '../../shared/pin.ts';
import { judgePin, type PinInput } from '../../electron/trust/pin.ts';

const LEAF = 'a'.repeat(64);
const OTHER_LEAF = 'b'.repeat(64);
const KEY = 'c'.repeat(64);
const OTHER_KEY = 'd'.repeat(64);
const NOW = Date.parse('2026-11-23T12:00:00Z') as Instant;
const ISSUER = 'right-name-untrusted-issuer';

function pin(over: Partial<Pin> = {}): Pin {
  return {
    id: 'p1',
    domain: 'shire.example',
    service: 'xmpp-client',
    by: 'certificate',
    sha256: LEAF,
    created: '2026-01-01T00:00:00.000Z',
    ends: null,
    revoked: null,
    note: '',
    forgives: [ISSUER],
    names: ['dns:shire.example'],
    manualToo: false,
    pem: null,
    keySha256: KEY,
    ...over,
  };
}

function judge(view: Partial<PinView>, over: Partial<PinInput> = {}) {
  return judgePin({
    view: { ...NO_PINS, ...view },
    domain: 'shire.example',
    service: 'xmpp-client',
    delegation: 'none-needed',
    leaf: { sha256: LEAF, spkiSha256: KEY, names: ['dns:shire.example'] },
    wrongToday: [ISSUER],
    now: NOW,
    ...over,
  });
}

const codes = (j: ReturnType<typeof judgePin>) => j.reasons.map((r) => r.code);
const other = { sha256: OTHER_LEAF, spkiSha256: OTHER_KEY, names: ['dns:shire.example'] };

describe('a pin', () => {
  it('opens its route where only what was on screen is wrong', () => {
    const j = judge({ pins: [pin()] });
    expect([j.state, j.forgives, j.changed, j.newReasons]).toEqual(['open', true, false, []]);
    expect(codes(j)).toEqual(['pin-match']);
  });

  it('is absent where nothing is stored', () => {
    const j = judge({});
    expect([j.state, j.forgives, j.changed]).toEqual(['absent', false, false]);
    expect(j.route.opensBy).not.toBeNull();
  });

  it('does not forgive a reason that was not on screen, and names it', () => {
    const j = judge({ pins: [pin()] }, { wrongToday: [ISSUER, 'expired'] });
    expect([j.state, j.forgives, j.changed, j.newReasons]).toEqual(['shut', false, false, ['expired']]);
    expect(codes(j)).toEqual(['pin-new-reason']);
  });

  it('accepted once counts as well', () => {
    const j = judge({ once: [pin()] });
    expect(j.forgives).toBe(true);
    expect(j.reasons[0]?.text).toContain('until the program ends');
  });

  it('never counts for another domain or service', () => {
    expect(judge({ pins: [pin({ domain: 'mordor.example' })] }).state).toBe('absent');
    expect(judge({ pins: [pin({ service: 'xmpp-server' })] }).state).toBe('absent');
    expect(judge({ pins: [pin({ domain: 'mordor.example' })] }, { leaf: other }).changed).toBe(false);
  });

  it('counts with delegation manual only if made so', () => {
    expect(judge({ pins: [pin()] }, { delegation: 'manual' }).state).toBe('absent');
    expect(judge({ pins: [pin()] }, { delegation: 'manual', leaf: other }).changed).toBe(false);
    expect(judge({ pins: [pin({ manualToo: true })] }, { delegation: 'manual' }).forgives).toBe(true);
  });

  it('that has ended or was revoked does not exist, and is shown', () => {
    for (const gone of [
      pin({ ends: '2026-11-23T12:00:00Z' }),
      pin({ ends: 'soon' }),
      pin({ revoked: '2026-02-01T00:00:00Z' }),
    ]) {
      expect(judge({ pins: [gone] }).state).toBe('absent');
      expect(judge({ pins: [gone] }, { leaf: other }).changed).toBe(false);
      expect(judge({ pins: [gone] }).route.steps.map((s) => s.id)).not.toContain('pin-found');
    }
    expect(judge({ pins: [pin({ ends: '2026-11-23T12:00:01Z' })] }).forgives).toBe(true);
  });

  it('of several, one is enough', () => {
    const j = judge({ pins: [pin({ sha256: OTHER_LEAF }), pin({ id: 'p2' })] });
    expect([j.forgives, j.changed]).toEqual([true, false]);
  });

  it('of several that match, the one that forgives most decides', () => {
    const pins = [pin({ forgives: [] }), pin({ id: 'p2', forgives: [ISSUER, 'expired'] })];
    expect(judge({ pins }, { wrongToday: [ISSUER, 'expired'] }).forgives).toBe(true);
    expect(judge({ pins }, { wrongToday: ['expired', 'weak-key'] }).newReasons).toEqual(['weak-key']);
  });

  it('never puts the reasons of two pins together', () => {
    const pins = [pin({ forgives: ['expired'] }), pin({ id: 'p2', forgives: [ISSUER] })];
    expect(judge({ pins }, { wrongToday: [ISSUER, 'expired'] }).forgives).toBe(false);
  });
});

describe('a changed certificate', () => {
  it('with the same key is told apart from a new key', () => {
    const same = judge(
      { pins: [pin()] },
      { leaf: { sha256: OTHER_LEAF, spkiSha256: KEY, names: ['dns:shire.example'] } },
    );
    expect([same.state, same.changed, same.sameKey]).toEqual(['contradicted', true, true]);
    expect(codes(same)).toEqual(['pin-changed-same-key']);
    const fresh = judge({ pins: [pin()] }, { leaf: other });
    expect([fresh.state, fresh.changed, fresh.sameKey, fresh.forgives]).toEqual([
      'contradicted',
      true,
      false,
      false,
    ]);
    expect(codes(fresh)).toEqual(['pin-changed-new-key']);
  });

  it('is not called a new key where the old key is unknown', () => {
    expect(codes(judge({ pins: [pin({ keySha256: null })] }, { leaf: other }))).toEqual([
      'pin-changed-key-unknown',
    ]);
  });

  it('is no change for a pin by key while the key stays', () => {
    const j = judge(
      { pins: [pin({ by: 'key', sha256: KEY })] },
      { leaf: { sha256: OTHER_LEAF, spkiSha256: KEY, names: ['dns:shire.example'] } },
    );
    expect([j.forgives, j.changed]).toEqual([true, false]);
  });
});

describe('a pin by key', () => {
  const byKey = pin({ by: 'key', sha256: KEY, forgives: [ISSUER, 'trusted-issuer-wrong-name'] });
  const renamed = { sha256: OTHER_LEAF, spkiSha256: KEY, names: ['dns:mordor.example'] };

  it('forgives no other name', () => {
    const j = judge({ pins: [byKey] }, { leaf: renamed, wrongToday: ['trusted-issuer-wrong-name'] });
    expect([j.state, j.forgives, j.newReasons]).toEqual(['shut', false, ['trusted-issuer-wrong-name']]);
    expect(codes(j)).toContain('pin-other-name');
  });

  it('forgives the wrong name that was agreed to', () => {
    const leaf = { ...renamed, names: ['dns:SHIRE.example'] };
    expect(judge({ pins: [byKey] }, { leaf, wrongToday: ['trusted-issuer-wrong-name'] }).forgives).toBe(true);
  });

  it('takes a certificate without names for another name', () => {
    const leaf = { ...renamed, names: [] };
    expect(judge({ pins: [byKey] }, { leaf, wrongToday: ['trusted-issuer-wrong-name'] }).forgives).toBe(
      false,
    );
  });

  it('still forgives an unknown issuer where a name was added and the right one is there', () => {
    const leaf = { ...renamed, names: ['dns:shire.example', 'dns:conference.shire.example'] };
    expect(judge({ pins: [byKey] }, { leaf, wrongToday: [ISSUER] }).forgives).toBe(true);
  });

  it('that was imported without names forgives no wrong name', () => {
    const imported = pin({ by: 'key', sha256: KEY, names: [], forgives: ['trusted-issuer-wrong-name'] });
    expect(
      judge({ pins: [imported] }, { leaf: renamed, wrongToday: ['trusted-issuer-wrong-name'] }).forgives,
    ).toBe(false);
  });
});

describe('a watch', () => {
  const watch = {
    domain: 'shire.example',
    service: 'xmpp-client',
    since: '2026-01-01T00:00:00.000Z',
    keys: [KEY],
  } as const;

  it('knows the keys of its set and reports every other', () => {
    expect(judge({ watch }).watch).toBe('known-key');
    const j = judge({ watch }, { leaf: other, wrongToday: [] });
    expect(j.watch).toBe('changed');
    expect(codes(j)).toEqual(['watched-key-changed']);
    expect(j.reasons[0]?.text).toContain('seen since 2026-01-01 00:00 UTC or');
  });

  it('with an empty set is never silent', () => {
    expect(judge({ watch: { ...watch, keys: [] } }).watch).toBe('changed');
  });

  it('of another domain says nothing', () => {
    expect(judge({ watch: { ...watch, domain: 'mordor.example' } }, { leaf: other }).watch).toBe(
      'not-watched',
    );
  });

  it('speaks beside a pin that matches', () => {
    const j = judge({ watch: { ...watch, keys: [OTHER_KEY] }, pins: [pin()] });
    expect([j.forgives, j.watch]).toEqual([true, 'changed']);
  });
});

describe('a store that could not be read', () => {
  it('is not an empty one: the route is unknown and says so', () => {
    const j = judge({ problem: 'The file is damaged.' });
    expect([j.state, j.forgives, j.changed]).toEqual(['unknown', false, false]);
    expect(codes(j)).toEqual(['pins-unreadable']);
    expect(j.reasons[0]?.text).toContain('The file is damaged.');
  });
});

describe('text from outside', () => {
  it('is made visible before it stands in a sentence', () => {
    const j = judge(
      { pins: [pin({ by: 'key', sha256: KEY })] },
      {
        leaf: { sha256: OTHER_LEAF, spkiSha256: KEY, names: ['dns:\u202eevil'] },
        wrongToday: ['trusted-issuer-wrong-name'],
      },
    );
    expect(JSON.stringify(j)).not.toContain('\u202e');
  });
});

describe('over all combinations', () => {
  const REASONS = [ISSUER, 'expired', 'trusted-issuer-wrong-name', 'weak-key', 'something-else'];
  const NAMES = ['dns:shire.example', 'dns:mordor.example', 'xmpp:shire.example'];
  const somePin: fc.Arbitrary<Pin> = fc
    .record({
      by: fc.constantFrom('certificate' as const, 'key' as const),
      sha256: fc.constantFrom(LEAF, OTHER_LEAF, KEY, OTHER_KEY),
      domain: fc.constantFrom('shire.example', 'mordor.example'),
      service: fc.constantFrom('xmpp-client' as const, 'xmpp-server' as const),
      ends: fc.constantFrom(null, '2026-11-23T11:59:59Z', '2027-01-01T00:00:00Z', 'never'),
      revoked: fc.constantFrom(null, '2026-05-05T00:00:00Z'),
      forgives: fc.subarray(REASONS),
      names: fc.subarray(NAMES),
      manualToo: fc.boolean(),
      keySha256: fc.constantFrom(null, KEY, OTHER_KEY),
    })
    .map((over) => pin(over));
  const someInput = fc.record({
    pins: fc.array(somePin, { maxLength: 4 }),
    once: fc.array(somePin, { maxLength: 2 }),
    delegation: fc.constantFrom(
      'none-needed' as const,
      'insecure' as const,
      'dnssec' as const,
      'manual' as const,
      null,
    ),
    leaf: fc.record({
      sha256: fc.constantFrom(LEAF, OTHER_LEAF),
      spkiSha256: fc.constantFrom(KEY, OTHER_KEY),
      names: fc.subarray(NAMES),
    }),
    wrongToday: fc.subarray(REASONS),
  });

  it('a pin never forgives a new reason, and never counts where it must not', () => {
    fc.assert(
      fc.property(someInput, ({ pins, once, ...over }) => {
        const j = judge({ pins, once }, over);
        // Said again in other words than the code's: which pins could possibly stand for this leaf?
        const counting = [...pins, ...once].filter(
          (p) =>
            p.domain === 'shire.example' &&
            p.service === 'xmpp-client' &&
            p.revoked === null &&
            (p.ends === null || p.ends.startsWith('2027')) &&
            (over.delegation !== 'manual' || p.manualToo),
        );
        const fitting = counting.filter((p) =>
          p.by === 'key' ? p.sha256 === over.leaf.spkiSha256 : p.sha256 === over.leaf.sha256,
        );
        if (j.forgives) {
          const excuse = fitting.find((p) => over.wrongToday.every((code) => p.forgives.includes(code)));
          expect(excuse).toBeDefined();
          if (over.wrongToday.includes('trusted-issuer-wrong-name')) {
            const sameNames = fitting.some(
              (p) => p.by === 'certificate' || over.leaf.names.every((name) => p.names.includes(name)),
            );
            expect(sameNames).toBe(true);
          }
        }
        expect(j.changed).toBe(counting.length > 0 && fitting.length === 0);
        expect(j.forgives && j.changed).toBe(false);
        expect(j.forgives).toBe(j.state === 'open');
        expect(j.changed).toBe(j.state === 'contradicted');
        expect(j.route.opensBy === null).toBe(j.forgives);
      }),
      { numRuns: 3000 },
    );
  });
});
