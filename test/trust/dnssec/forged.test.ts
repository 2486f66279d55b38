/**
 * forged.test.ts: true records put together to prove what is not true, and changed bits.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DnsType, Question } from '../../../shared/observation.ts';
import { signTree } from '../../../electron/demo/zone-sign.ts';
import { zone } from '../../../electron/demo/zone.ts';
import type { ZoneOptions } from '../../../electron/demo/zone.ts';
import { createSignatureCache, validate } from '../../../electron/trust/dnssec/validate.ts';
import type { Lookup } from '../../../electron/trust/dnssec/validate.ts';
import type { DnsMessage, Rr } from '../../../electron/wire/dns-message.ts';
import { brief, groundOf, lookupFrom, NOW, question } from './asking.ts';

const SRV = '_xmpp-client._tcp.shire.example';

for (const denial of ['nsec', 'nsec3'] as const) {
  const options: ZoneOptions = { denial };
  const tree = signTree(
    [
      zone('.', options),
      zone('example', options),
      zone('shire.example', options)
        .add('_xmpp-client._tcp', 'SRV', { port: 5222, target: 'a.shire.example' })
        .add('a', 'A', '192.0.2.2')
        .add('alias', 'CNAME', 'a.shire.example')
        .add('*.star', 'A', '192.0.2.4')
        .add('closer.star', 'A', '192.0.2.5')
        .add('closer.star', 'TXT', 'here')
        .add('moved', 'DNAME', 'bree.example'),
      zone('bree.example', options).add('host', 'A', '192.0.2.6'),
    ],
    { now: NOW },
  );
  const honest = lookupFrom(tree.answer);

  /** An answer's parts put into another question's answer. */
  const judged = (
    name: string,
    type: DnsType,
    parts: Partial<DnsMessage>,
    also: Record<string, DnsMessage> = {},
  ): string => {
    const asked = question(name, type);
    const base = honest(asked);
    if (base === undefined) throw new Error('the tree must answer');
    const lookup: Lookup = (q) =>
      q.name === asked.name && q.type === type
        ? { ...base, ...parts }
        : (also[`${q.name} ${q.type}`] ?? honest(q));
    return brief(validate(asked, lookup, groundOf(tree)));
  };
  const authority = (name: string, type: DnsType): readonly Rr[] =>
    honest(question(name, type))?.authority ?? [];
  const answer = (name: string, type: DnsType): readonly Rr[] => honest(question(name, type))?.answer ?? [];

  describe(`true ${denial} records used for a lie`, () => {
    it('the proof of one absence is none for a name that exists', () => {
      for (const [of, type] of [
        ['gone.shire.example', 'A'],
        ['shire.example', 'AAAA'],
        ['a.shire.example', 'AAAA'],
        ['_tcp.shire.example', 'A'],
      ] as const) {
        expect(judged(SRV, 'SRV', { answer: [], authority: authority(of, type) })).toMatch(/^bogus/);
      }
    });
    it('the proof for one type is none for another that exists', () => {
      expect(
        judged('a.shire.example', 'A', { answer: [], authority: authority('a.shire.example', 'AAAA') }),
      ).toMatch(/^bogus/);
    });
    it('the parent says nothing about names and types below a zone cut (RFC 6840 4.1)', () => {
      for (const name of ['shire.example', SRV]) {
        const type = name === SRV ? 'SRV' : 'SOA';
        for (const [of, its] of [
          ['bree.example', 'DS'],
          ['gone.example', 'A'],
          ['example', 'AAAA'],
        ] as const) {
          expect(judged(name, type, { answer: [], authority: authority(of, its) })).toMatch(/^bogus/);
        }
        // The record at the cut itself, which the parent really has.
        const signed = signTree(
          [zone('.', options), zone('example', options), zone('shire.example', { unsigned: true })],
          { now: NOW },
        );
        const cut = lookupFrom(signed.answer)(question('shire.example', 'DS'))?.authority ?? [];
        const base = lookupFrom(signed.answer);
        const lookup: Lookup = (q) => {
          const message = base(q);
          if (q.type === 'DS' && q.name === 'shire.example') return undefined;
          return message !== undefined && q.name === name
            ? { ...message, answer: [], authority: cut }
            : message;
        };
        expect(validate(question(name, type), lookup, groundOf(signed)).status).toBe('indeterminate');
      }
    });
    it('only the parent denies a DS', () => {
      const apex = authority('shire.example', 'AAAA');
      const hidden = {
        ...(honest(question('shire.example', 'DS')) as DnsMessage),
        answer: [],
        authority: apex,
      };
      expect(
        judged(
          SRV,
          'SRV',
          { answer: [{ ...(answer(SRV, 'SRV')[0] as Rr) }] },
          { 'shire.example DS': hidden },
        ),
      ).toMatch(/^bogus/);
    });
    it('an alias is not denied by the record that lists it (RFC 6840 4.3)', () => {
      const own = honest(question('alias.shire.example', 'DS'));
      const nsec =
        authority('alias.shire.example', 'TXT').length > 0
          ? authority('alias.shire.example', 'TXT')
          : (own?.authority ?? []);
      expect(
        judged('alias.shire.example', 'A', {
          answer: [],
          authority: [...nsec, ...authority('b.shire.example', 'A')],
        }),
      ).toMatch(/^bogus/);
    });
    it('a wildcard gives nothing to a name that exists closer', () => {
      const wild = answer('any.star.shire.example', 'A').map((rr) => ({
        ...rr,
        name: question('closer.star.shire.example', 'A').name,
      }));
      expect(
        judged('closer.star.shire.example', 'A', {
          answer: wild,
          authority: authority('any.star.shire.example', 'A'),
        }),
      ).toMatch(/^bogus/);
      expect(judged('closer.star.shire.example', 'A', { answer: wild })).toMatch(/^bogus/);
      const below = question('x.closer.star.shire.example', 'A').name;
      const deep = wild.map((rr) => ({ ...rr, name: below }));
      expect(
        judged('x.closer.star.shire.example', 'A', {
          answer: deep,
          authority: authority('x.closer.star.shire.example', 'A'),
        }),
      ).toMatch(/^bogus/);
    });
    it('a proof that came from a wildcard proves nothing', () => {
      // The wildcard's own NSEC, given the owner of a name that exists: its signature holds as an expansion.
      const star = question('*.star.shire.example', 'A').name;
      const closer = question('closer.star.shire.example', 'TXT').name;
      const proof = authority('any.star.shire.example', 'AAAA')
        .filter((rr) => rr.type === 47 || rr.type === 46)
        .map((rr) => (rr.name === star ? { ...rr, name: closer } : rr));
      expect(judged('closer.star.shire.example', 'TXT', { answer: [], authority: proof })).toMatch(/^bogus/);
    });
    it('a DNAME or a DS set that came from a wildcard counts for nothing', () => {
      const wild = signTree(
        [
          zone('example', options)
            .add('*.d', 'DNAME', 'bree.example')
            .add('*.s', 'DS', { tag: 1, algorithm: 13, digestType: 2, digest: new Uint8Array(32) }),
          zone('bree.example', options).add('x', 'A', '192.0.2.6'),
        ],
        { now: NOW },
      );
      const base = lookupFrom(wild.answer);
      const owner = question('a.d.example', 'A').name;
      const lookup: Lookup = (q) => {
        if (q.name !== 'x.a.d.example') return base(q);
        const dname = base(question('a.d.example', 'DNAME'));
        return dname && { ...dname, answer: dname.answer.map((rr) => ({ ...rr, name: owner })) };
      };
      expect(brief(validate(question('x.a.d.example', 'A'), lookup, groundOf(wild)))).toMatch(/^bogus/);
      expect(brief(validate(question('host.a.s.example', 'A'), lookup, groundOf(wild)))).not.toMatch(
        /^insecure/,
      );
    });
    it('the records of another owner or zone are none of ours', () => {
      const moved = answer('host.bree.example', 'A').map((rr) => ({
        ...rr,
        name: question('a.shire.example', 'A').name,
      }));
      expect(judged('a.shire.example', 'A', { answer: moved })).toMatch(/^bogus/);
    });
    it('a synthesised CNAME may say what it likes: the DNAME counts', () => {
      const asked = 'host.moved.shire.example';
      const lie = answer(asked, 'A').map((rr) =>
        rr.type === 5 ? { ...rr, rdata: Uint8Array.of(4, 101, 118, 105, 108, 0) } : rr,
      );
      expect(judged(asked, 'A', { answer: lie })).toBe('secure records');
      const evil = [
        ...lie.filter((rr) => rr.type === 5),
        { ...(answer('a.shire.example', 'A')[0] as Rr), name: question('evil', 'A').name },
      ];
      expect(judged(asked, 'A', { answer: evil })).toMatch(/^bogus/);
    });
  });

  describe(`any changed bit (${denial})`, () => {
    const questions: readonly Question[] = [
      question(SRV, 'SRV'),
      question('gone.shire.example', 'A'),
      question('any.star.shire.example', 'A'),
      question('host.moved.shire.example', 'A'),
      question('alias.shire.example', 'A'),
    ];
    const sources = ['DS', 'DNSKEY', 'own'] as const;
    it('never makes other data secure, and never throws', () => {
      const cache = createSignatureCache();
      fc.assert(
        fc.property(
          fc.constantFrom(...questions),
          fc.constantFrom(...sources),
          fc.constantFrom('shire.example', 'example', ''),
          fc.nat(),
          fc.nat(),
          (asked, source, at, which, bit) => {
            const target: Question =
              source === 'own' ? asked : { name: question(at === '' ? '.' : at, 'A').name, type: source };
            const truth = validate(asked, honest, { ...groundOf(tree), cache });
            const lookup: Lookup = (q) => {
              const message = honest(q);
              if (message === undefined || q.name !== target.name || q.type !== target.type) return message;
              const all = [...message.answer, ...message.authority];
              const victim = all[which % Math.max(1, all.length)];
              const change = (rr: Rr): Rr => {
                if (rr !== victim) return rr;
                const rdata = Uint8Array.from(rr.rdata);
                const place = bit % (rdata.length * 8);
                rdata[place >> 3] = (rdata[place >> 3] ?? 0) ^ (1 << (place & 7));
                return { ...rr, rdata };
              };
              return {
                ...message,
                answer: message.answer.map(change),
                authority: message.authority.map(change),
              };
            };
            const result = validate(asked, lookup, { ...groundOf(tree), cache });
            if (result.status !== 'secure' || truth.status !== 'secure') return;
            // What is still secure says what was said before; letters of names may change their case.
            expect(result.answer).toBe(truth.answer);
            expect(lower(result.records)).toEqual(lower(truth.records));
          },
        ),
        { numRuns: 600 },
      );
    });
  });
}

function lower(records: readonly Rr[]): readonly string[] {
  return records.map((rr) => Buffer.from(rr.rdata).toString('latin1').toLowerCase());
}
