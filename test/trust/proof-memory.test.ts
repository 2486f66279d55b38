/** proof-memory.test.ts: a remembered result is the one that validating from the start would give. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signTree } from '../../electron/demo/zone-sign.ts';
import { zone } from '../../electron/demo/zone.ts';
import { questionsFor } from '../../electron/trust/dnssec/questions.ts';
import { validate } from '../../electron/trust/dnssec/validate.ts';
import { createProofMemory, validateRemembered } from '../../electron/trust/proof-memory.ts';
import type { DnsMessage } from '../../electron/wire/dns-message.ts';
import type { Question } from '../../shared/observation.ts';
import { brief, groundOf, lookupFrom, NOW, question } from './dnssec/asking.ts';

const world = signTree(
  [
    zone('.'),
    zone('example', { denial: 'nsec3' }),
    zone('shire.example').add('@', 'A', '192.0.2.1').add('old', 'CNAME', 'new.bree.example'),
    zone('bree.example').add('new', 'A', '192.0.2.2'),
    zone('moria.example', { unsigned: true }).add('@', 'A', '192.0.2.3'),
    zone('mordor.example').add('@', 'A', '192.0.2.4').break('signature-wrong'),
  ],
  { now: NOW },
);
const honest = lookupFrom(world.answer);
const ASKED = [
  'shire.example',
  'old.shire.example',
  'none.shire.example',
  'moria.example',
  'mordor.example',
].map((name) => question(name, 'A'));
const PARTS: readonly Question[] = [
  ...new Map(
    [...ASKED, question('new.bree.example', 'A')]
      .flatMap((asked) => questionsFor(asked.name, asked.type))
      .map((one) => [`${one.name} ${one.type}`, one]),
  ).values(),
];

describe('a remembered proof', () => {
  it('is the result of validating from the start, in whatever order the answers come', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.shuffledSubarray([...PARTS], { minLength: PARTS.length }), (order) => {
        const memory = createProofMemory();
        const ground = groundOf(world);
        const known = new Map<string, DnsMessage | undefined>();
        const lookup = ({ name, type }: Question): DnsMessage | undefined => known.get(`${name} ${type}`);
        for (const part of order) {
          known.set(`${part.name} ${part.type}`, honest(part));
          for (const asked of ASKED) {
            const remembered = validateRemembered(asked.name, asked, lookup, ground, memory);
            expect(remembered).toEqual(validate(asked, lookup, ground));
            outcomes.add(brief(remembered));
          }
        }
      }),
      { numRuns: 5 },
    );
    // The way there led through other states than the last.
    expect(outcomes.size).toBeGreaterThan(5);
  });

  it('is not made again while nothing that it was made of has changed, and is as soon as one answer is another', () => {
    const memory = createProofMemory();
    const ground = groundOf(world);
    const [asked] = ASKED;
    if (asked === undefined) throw new Error();
    let keys = honest(question('shire.example', 'DNSKEY'));
    const lookup = (one: Question): DnsMessage | undefined =>
      one.name === 'shire.example' && one.type === 'DNSKEY' ? keys : honest(one);
    const first = validateRemembered('k', asked, lookup, ground, memory);
    expect(validateRemembered('k', asked, lookup, ground, memory)).toBe(first);
    expect(brief(first)).toBe('secure records');
    keys = undefined;
    expect(brief(validateRemembered('k', asked, lookup, ground, memory))).not.toBe('secure records');
  });
});
