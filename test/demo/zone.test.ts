/**
 * zone.test.ts: whatever zones are written down, an honest answer from them is proven; and ordinary clients are served.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DnsType } from '../../shared/observation.ts';
import { signTree } from '../../electron/demo/zone-sign.ts';
import { zone } from '../../electron/demo/zone.ts';
import type { ZoneOptions, ZonePlan } from '../../electron/demo/zone.ts';
import { validate } from '../../electron/trust/dnssec/validate.ts';
import { decodeMessage } from '../../electron/wire/dns-message.ts';
import { encodeQuery } from '../../electron/wire/dns-write.ts';
import { brief, groundOf, lookupFrom, NOW, question } from '../trust/dnssec/asking.ts';

const label = fc.constantFrom('a', 'b', 'c', '_tcp', '*', 'zz', '\\000', 'x-y', '9');
const owner = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const asked = fc
  .array(fc.constantFrom('a', 'b', 'c', '_tcp', 'zz', 'q', '\\255', '9'), { minLength: 0, maxLength: 5 })
  .map((labels) => [...labels, 'shire.example'].join('.'));
const options = fc.constantFrom<ZoneOptions>(
  { denial: 'nsec' },
  { denial: 'nsec3' },
  { denial: 'nsec', split: true, algorithm: 15 },
  { denial: { nsec3: { iterations: 3, salt: Uint8Array.of(9) } } },
);
const record = fc.tuple(owner, fc.constantFrom('A', 'AAAA', 'TXT', 'SRV', 'CNAME', 'zone'));

describe('signed zones', () => {
  it('made at random give answers that are all proven', () => {
    fc.assert(
      fc.property(
        options,
        fc.array(record, { maxLength: 12 }),
        fc.array(asked, { minLength: 1, maxLength: 4 }),
        fc.constantFrom<DnsType>('A', 'SRV', 'DS', 'TXT', 'CNAME'),
        (form, records, names, type) => {
          const zones: ZonePlan[] = [];
          const plan = zone('shire.example', form);
          const taken = new Map<string, string>();
          for (const [at, kind] of records) {
            // One kind for each name keeps the zone legal: an alias or a zone stands alone (RFC 1034 3.6.2).
            if (taken.has(at)) continue;
            taken.set(at, kind);
            if (kind === 'zone' && !at.includes('*'))
              zones.push(zone(`${at}.shire.example`, form).add('a', 'A', '192.0.2.7'));
            else if (kind === 'A') plan.add(at, 'A', '192.0.2.1');
            else if (kind === 'AAAA') plan.add(at, 'AAAA', '2001:db8::1');
            else if (kind === 'SRV') plan.add(at, 'SRV', { port: 1, target: 'a.example' });
            else if (kind === 'CNAME') plan.add(at, 'CNAME', 'host.example');
            else plan.add(at, 'TXT', 'x');
          }
          const world = signTree([zone('example', form).add('host', 'A', '192.0.2.2'), plan, ...zones], {
            now: NOW,
          });
          const lookup = lookupFrom(world.answer);
          for (const name of names) {
            const result = validate(question(name, type), lookup, groundOf(world));
            expect(brief(result), `${name} ${type}: ${result.why}`).toMatch(/^secure/);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('an answer', () => {
  const world = signTree([zone('shire.example').add('a', 'A', '192.0.2.1')], { now: NOW });
  const ask = (dnssec: boolean): readonly number[] => {
    const { name, type } = question('a.shire.example', 'A');
    const reply = decodeMessage(world.answer(encodeQuery({ name, type, id: 5, dnssec, udpSize: 1232 })));
    if (!reply.ok) throw new Error('the reply must decode');
    expect(reply.value).toMatchObject({
      id: 5,
      response: true,
      rcode: 0,
      ad: false,
      recursionAvailable: true,
    });
    return reply.value.answer.map((rr) => rr.type);
  };
  it('has signatures only where DO asks for them', () => {
    expect(ask(true)).toEqual([1, 46]);
    expect(ask(false)).toEqual([1]);
  });
  it('to what is no query is FORMERR', () => {
    for (const bytes of [[], [1, 2], [0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]) {
      const reply = decodeMessage(world.answer(Uint8Array.from(bytes)));
      expect(reply.ok && reply.value.rcode).toBe(1);
    }
  });
  it('as a zone file has every record with its signature', () => {
    const lines = world.masterFile('shire.example').split('\n');
    expect(
      lines.filter((line) => line.startsWith('a.shire.example. 3600 IN TYPE1 \\# 4 c0000201')),
    ).toHaveLength(1);
    expect(
      lines.filter((line) => line.startsWith('a.shire.example. ') && line.includes('TYPE46')),
    ).toHaveLength(2);
  });
});
