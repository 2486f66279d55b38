/**
 * short.test.ts: every decoder fuzzed for a short while. What is found becomes a named test beside the decoder's own.
 *
 * The seed is printed: `node test/fuzz/run.ts --seed N TARGET` finds the same again, given the time.
 */
import { describe, expect, it } from 'vitest';
import { fuzz, tried } from './loop.ts';
import { TARGETS } from './targets.ts';

/** All targets together: half a minute. */
const SECONDS_EACH = 2;
const SEED = Number(process.env['MELLON_FUZZ_SEED'] ?? Date.now() % 0x1_0000_0000);

describe(`fuzzing from seed ${SEED}`, () => {
  for (const [name, target] of Object.entries(TARGETS))
    it(name, () => {
      const { runs, kept, shapes, findings } = fuzz(target, SEED, SECONDS_EACH * 1000);
      expect(
        findings.map(
          ({ input, what }) => `${what}: ${Buffer.from(input).toString('base64').slice(0, 4_000)}`,
        ),
        `${name}, seed ${SEED}`,
      ).toEqual([]);
      expect(runs).toBeGreaterThan(target.seeds.length);
      expect(kept).toBeGreaterThan(target.seeds.length);
      expect(shapes).toBeGreaterThan(0);
    });

  it('finds what is there to be found', () => {
    const thin = { seeds: [Buffer.from('{"a":1}')], words: ['friend'] };
    const speak = (bytes: Uint8Array): void => {
      if (Buffer.from(bytes).includes('friend')) throw new Error('mellon');
    };
    expect(fuzz({ ...thin, run: speak }, SEED, 1_000).findings.map((one) => one.what)).toHaveLength(1);
    expect(tried({ ...thin, run: speak }, Buffer.from('speak, friend'))).toContain('mellon');
  });
});
