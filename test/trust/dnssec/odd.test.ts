/**
 * odd.test.ts: records of any bytes in any section never throw, and never become secure.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signTree } from '../../../electron/demo/zone-sign.ts';
import { nameOf, zone } from '../../../electron/demo/zone.ts';
import { validate } from '../../../electron/trust/dnssec/validate.ts';
import type { Lookup } from '../../../electron/trust/dnssec/validate.ts';
import type { DnsMessage, Rr } from '../../../electron/wire/dns-message.ts';
import { groundOf, lookupFrom, NOW, question } from './asking.ts';

const tree = signTree([zone('example'), zone('shire.example').add('a', 'A', '192.0.2.1')], { now: NOW });
const honest = lookupFrom(tree.answer);

const rr: fc.Arbitrary<Rr> = fc.record({
  name: fc
    .constantFrom('.', 'example', 'shire.example', 'a.shire.example', '*.shire.example', 'x.a.shire.example')
    .map(nameOf),
  type: fc.constantFrom(1, 5, 6, 33, 39, 43, 46, 47, 48, 50),
  class: fc.constantFrom(1, 1, 1, 3),
  ttl: fc.nat(),
  rdata: fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.constantFrom(Uint8Array.of(0), Uint8Array.of(1, 97, 0), Uint8Array.of(0, 1, 13, 0)),
  ),
});
const sections = fc.record({
  answer: fc.array(rr, { maxLength: 12 }),
  authority: fc.array(rr, { maxLength: 12 }),
});

describe('odd records', () => {
  it('in every answer never throw and are never believed', () => {
    fc.assert(
      fc.property(fc.array(sections, { minLength: 1, maxLength: 6 }), fc.boolean(), (odd, chainHolds) => {
        const base = honest(question('a.shire.example', 'A')) as DnsMessage;
        let turn = 0;
        // Either everything is odd, or only what is not DS and DNSKEY, so that the oddities are reached.
        const lookup: Lookup = (q) =>
          chainHolds && (q.type === 'DS' || q.type === 'DNSKEY')
            ? honest(q)
            : { ...base, ...odd[turn++ % odd.length] };
        for (const type of ['A', 'SRV', 'DS', 'DNSKEY', 'CNAME'] as const) {
          if (chainHolds && (type === 'DS' || type === 'DNSKEY')) continue;
          const result = validate(question('a.shire.example', type), lookup, groundOf(tree));
          expect(result.status).not.toBe('secure');
          expect(result.why.length).toBeGreaterThan(10);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('beside honest ones do no harm', () => {
    fc.assert(
      fc.property(sections, ({ answer, authority }) => {
        const asked = question('a.shire.example', 'A');
        const others = answer.filter((one) => one.name !== asked.name);
        const lookup: Lookup = (q) => {
          const message = honest(q);
          return message === undefined || q.name !== asked.name || q.type !== 'A'
            ? message
            : {
                ...message,
                answer: [...others, ...message.answer],
                authority: [...authority, ...message.authority],
              };
        };
        const result = validate(asked, lookup, groundOf(tree));
        expect(result.status, result.why).toBe('secure');
      }),
      { numRuns: 200 },
    );
  });
});
