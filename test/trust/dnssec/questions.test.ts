/**
 * questions.test.ts: one round of questions is enough for every name without aliases.
 */
import { describe, expect, it } from 'vitest';
import type { Question } from '../../../shared/observation.ts';
import { signTree } from '../../../electron/demo/zone-sign.ts';
import { zone } from '../../../electron/demo/zone.ts';
import { questionsFor } from '../../../electron/trust/dnssec/questions.ts';
import { createSignatureCache, validate } from '../../../electron/trust/dnssec/validate.ts';
import { brief, groundOf, lookupFrom, NOW, question } from './asking.ts';

const tree = signTree(
  [
    zone('example'),
    zone('shire.example')
      .add('_xmpp-client._tcp', 'SRV', { port: 5222, target: 'a.shire.example' })
      .add('a', 'A', '192.0.2.1'),
    zone('wild.example', { unsigned: true }).add('host', 'A', '192.0.2.1'),
    zone('_tcp.rohan.example').add('_xmpp-client', 'SRV', { port: 5222, target: 'a.shire.example' }),
    zone('rohan.example'),
  ],
  { now: NOW },
);
const text = ({ name, type }: Question): string => `${name} ${type}`;

describe('the questions of one name', () => {
  it("are the record, DS and DNSKEY of every ancestor, and the root's DNSKEY, each once", () => {
    const { name, type } = question('_xmpp-client._tcp.shire.example', 'SRV');
    expect(questionsFor(name, type).map(text).sort()).toEqual(
      [
        ' DNSKEY',
        '_tcp.shire.example DS',
        '_xmpp-client._tcp.shire.example DS',
        '_xmpp-client._tcp.shire.example SRV',
        'example DNSKEY',
        'example DS',
        'shire.example DNSKEY',
        'shire.example DS',
      ].sort(),
    );
    const own = question('shire.example', 'DNSKEY');
    expect(new Set(questionsFor(own.name, own.type).map(text)).size).toBe(
      questionsFor(own.name, own.type).length,
    );
  });

  it('are enough for every answer, and more is named', () => {
    const cases = [
      ['_xmpp-client._tcp.shire.example', 'SRV', 'secure records'],
      ['_xmpps-client._tcp.shire.example', 'SRV', 'secure none'],
      ['a.shire.example', 'AAAA', 'secure none'],
      ['host.wild.example', 'A', 'insecure records unsigned-delegation'],
      ['_5222._tcp.host.wild.example', 'TLSA', 'insecure none unsigned-delegation'],
      ['gone', 'A', 'secure none'],
    ] as const;
    const honest = lookupFrom(tree.answer);
    for (const [name, type, expected] of cases) {
      const asked = question(name, type);
      const allowed = new Set(questionsFor(asked.name, asked.type).map(text));
      const lookup = (q: Question): ReturnType<typeof honest> =>
        allowed.has(text(q)) ? honest(q) : undefined;
      expect(brief(validate(asked, lookup, groundOf(tree)))).toBe(expected);
    }
    const rare = question('_xmpp-client._tcp.rohan.example', 'SRV');
    const allowed = new Set(questionsFor(rare.name, rare.type).map(text));
    const lookup = (q: Question): ReturnType<typeof honest> => (allowed.has(text(q)) ? honest(q) : undefined);
    const first = validate(rare, lookup, groundOf(tree));
    expect(first).toMatchObject({
      status: 'indeterminate',
      missing: { name: '_tcp.rohan.example', type: 'DNSKEY' },
    });
    allowed.add('_tcp.rohan.example DNSKEY');
    expect(brief(validate(rare, lookup, groundOf(tree)))).toBe('secure records');
  });

  it('give the same result with and without a shared memory, at another time too', () => {
    const cache = createSignatureCache();
    const honest = lookupFrom(tree.answer);
    const asked = question('a.shire.example', 'A');
    const plain = validate(asked, honest, groundOf(tree));
    expect(validate(asked, honest, groundOf(tree, { cache }))).toEqual(plain);
    expect(cache.results.size).toBeGreaterThan(3);
    expect(validate(asked, honest, groundOf(tree, { cache }))).toEqual(plain);
    const later = groundOf(tree, { cache, now: (NOW + 30 * 86_400_000) as typeof NOW });
    expect(brief(validate(asked, honest, later))).toBe('bogus signature-expired');
  });
});

describe('the chain', () => {
  it('leads from the anchor to the answer, with keys, DS and dates', () => {
    const { chain, anchor } = validate(
      question('a.shire.example', 'A'),
      lookupFrom(tree.answer),
      groundOf(tree),
    );
    expect(anchor).toMatch(/^\. \d+$/);
    expect(chain.map(({ zone: at, status }) => `${at} ${status}`)).toEqual([
      ' secure',
      'example secure',
      'shire.example secure',
      'shire.example secure',
    ]);
    expect(chain[2]).toMatchObject({
      keys: [{ algorithm: 13, ksk: true, signs: true }],
      ds: [{ algorithm: 13, digest: 2 }],
    });
    expect(chain[3]?.signature).toMatchObject({
      signer: 'shire.example',
      algorithm: 13,
      expiration: '2026-12-07T12:00:00.000Z',
    });
  });
});
