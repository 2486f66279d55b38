/**
 * path-constraints.test.ts: name constraints along a path (RFC 5280 4.2.1.10, RFC 4985 4).
 *
 * In:   one constrained authority, one leaf
 * Out:  whether judgePath keeps the names inside
 * Not:  the rest of the path (path.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { otherName, type Names, type Parts, type Subtrees } from '../../electron/demo/certificate-parts.ts';
import { makeCa, type CertificateOptions } from '../../electron/demo/certificate.ts';
import { context, encode, sequence, tagged, utf8 } from '../../electron/demo/der.ts';
import { NOW, codes, judge, storeOf } from './path-world.ts';

const root = makeCa({ now: NOW, name: 'Root' });
const store = storeOf(root);
const DOMAIN = [['DC', 'shire']] as const;

function under(
  nameConstraints: NonNullable<Parts['nameConstraints']>,
  end: Partial<CertificateOptions>,
): readonly string[] {
  const ca = root.issue({ now: NOW, isCa: true, subject: [['CN', 'Bound']], nameConstraints });
  return codes(judge(ca.issue({ now: NOW, ...end }), [ca], [store]));
}

describe('permitted and excluded names', () => {
  type Case = readonly [string, Subtrees, readonly Names[], readonly Names[]];
  /** What a subtree covers, and what it does not. */
  const covers: readonly Case[] = [
    [
      'a domain',
      { dns: ['shire.example'] },
      [
        { dns: ['shire.example'] },
        { dns: ['a.b.shire.example'] },
        { dns: ['SHIRE.example'] },
        { dns: ['*.shire.example'] },
      ],
      [
        { dns: ['notshire.example'] },
        { dns: ['example'] },
        { dns: ['shire.example.org'] },
        { dns: ['*.example'] },
      ],
    ],
    [
      'the domain of a service name',
      { dns: ['shire.example'] },
      [{ srv: ['_xmpp-client.shire.example'] }],
      [{ srv: ['_xmpp-client.gondor.example'] }],
    ],
    [
      'the domain of an XMPP address',
      { dns: ['xn--bcher-kva.example'] },
      [{ xmpp: ['bücher.example'] }],
      [{ xmpp: ['gondor.example'] }],
    ],
    [
      'a common name that looks like a host',
      { dns: ['shire.example'] },
      [{ cn: 'a.shire.example' }],
      [{ cn: 'gondor.example' }],
    ],
    [
      'an IPv4 network',
      { ip: ['192.0.2.0/255.255.255.0'] },
      [{ ip: ['192.0.2.200'] }],
      [{ ip: ['192.0.3.1'] }],
    ],
    [
      'an IPv6 network',
      { ip: ['2001:db8::/ffff:ffff::'] },
      [{ ip: ['2001:db8:5::1'] }],
      [{ ip: ['2001:db9::1'] }, { ip: ['192.0.2.1'] }],
    ],
    [
      'a mailbox',
      { email: ['frodo@shire.example'] },
      [{ email: ['frodo@Shire.example'] }],
      [{ email: ['Frodo@shire.example'] }, { email: ['sam@shire.example'] }],
    ],
    [
      'all mailboxes of a host',
      { email: ['shire.example'] },
      [{ email: ['sam@shire.example'] }],
      [{ email: ['sam@a.shire.example'] }],
    ],
    [
      'all hosts below',
      { email: ['.shire.example'] },
      [{ email: ['sam@a.shire.example'] }],
      [{ email: ['sam@shire.example'] }],
    ],
    [
      'the host of a URI',
      { uri: ['shire.example'] },
      [{ uri: ['https://u@shire.example:1/x'] }],
      [{ uri: ['https://a.shire.example/'] }, { uri: ['https://shire.example.org/'] }],
    ],
    [
      'the hosts of a URI below',
      { uri: ['.shire.example'] },
      [{ uri: ['https://a.shire.example/'] }],
      [{ uri: ['https://shire.example/'] }],
    ],
    [
      'a service in a domain',
      { srv: ['_xmpp-client.shire.example'] },
      [{ srv: ['_xmpp-client.shire.example'] }, { srv: ['_xmpp-client.a.shire.example'] }],
      [{ srv: ['_xmpp-server.shire.example'] }, { srv: ['_xmpp-client.gondor.example'] }],
    ],
    [
      'a service anywhere',
      { srv: ['_xmpp-client'] },
      [{ srv: ['_xmpp-client.gondor.example'] }],
      [{ srv: ['_xmpp-server.gondor.example'] }],
    ],
    [
      'every service of a domain',
      { srv: ['shire.example'] },
      [{ srv: ['_imap.shire.example'] }],
      [{ srv: ['_imap.gondor.example'] }],
    ],
  ];

  it.each(covers)('%s: permitted', (_, permitted, inside, outside) => {
    for (const names of inside) expect([names, under({ permitted }, { names })]).toEqual([names, []]);
    for (const names of outside)
      expect([names, under({ permitted }, { names })]).toEqual([names, ['name-constraints@1']]);
  });

  it.each(covers)('%s: excluded', (_, excluded, inside, outside) => {
    for (const names of inside)
      expect([names, under({ excluded }, { names })]).toEqual([names, ['name-constraints@1']]);
    for (const names of outside) {
      // A wildcard and a family that an exclusion does not speak of are covered below.
      expect([names, under({ excluded }, { names })]).toEqual([
        names,
        names.dns?.includes('*.example') === true ? ['name-constraints@1'] : [],
      ]);
    }
  });

  it('directory names: the subject lies in the subtree or not', () => {
    const permitted = { directory: [DOMAIN] };
    expect(
      under(
        { permitted },
        {
          subject: [
            ['DC', 'Shire'],
            ['CN', 'x'],
          ],
        },
      ),
    ).toEqual([]);
    expect(
      under(
        { permitted },
        {
          subject: [
            ['CN', 'x'],
            ['DC', 'shire'],
          ],
        },
      ),
    ).toEqual(['name-constraints@1']);
    expect(under({ permitted }, { names: { dns: ['a.example'] }, subject: [] })).toEqual([]);
    expect(under({ excluded: { directory: [DOMAIN] } }, { subject: DOMAIN })).toEqual(['name-constraints@1']);
  });

  it('e-mail addresses in the subject count as well', () => {
    const subject = [['1.2.840.113549.1.9.1', 'sam@gondor.example']] as const;
    expect(under({ permitted: { email: ['shire.example'] } }, { subject })).toEqual(['name-constraints@1']);
    const labelled = [['1.2.840.113549.1.9.1', 'sam+garden@shire.example']] as const;
    const email = ['shire.example'];
    expect(under({ permitted: { email } }, { subject: labelled })).toEqual([]);
    expect(under({ excluded: { email } }, { subject: labelled })).toEqual(['name-constraints@1']);
  });

  it('an exclusion under a wildcard breaks the wildcard, one two labels down does not', () => {
    const names = { dns: ['*.shire.example'] };
    expect(under({ excluded: { dns: ['bag.shire.example'] } }, { names })).toEqual(['name-constraints@1']);
    expect(under({ excluded: { dns: ['end.bag.shire.example'] } }, { names })).toEqual([]);
  });

  it('forms that cannot be compared are closed where they are constrained, and only there', () => {
    const xmpp = { xmpp: ['shire.example'] };
    expect(under({ permitted: xmpp }, { names: xmpp })).toEqual(['name-constraints@1']);
    expect(under({ permitted: xmpp }, { names: { dns: ['a.example'] } })).toEqual([]);
    const strange = { raw: [otherName('1.2.3', utf8('x'))] };
    expect(under({ excluded: { dns: ['b.example'] } }, { names: strange })).toEqual([]);
    const trees = sequence(tagged(0, sequence(otherName('1.2.3', utf8('x')))));
    const limited = {
      extraExtensions: [{ oid: '2.5.29.30', critical: true as const, value: encode(trees) }],
    };
    const ca = root.issue({ now: NOW, isCa: true, subject: [['CN', 'Strange']], ...limited });
    expect(codes(judge(ca.issue({ now: NOW, names: strange }), [ca], [store]))).toEqual([
      'name-constraints@1',
    ]);
  });

  it('a subtree with minimum or maximum cannot be processed, so it ends the path', () => {
    const tree = sequence(context(2, Buffer.from('shire.example')), context(0, Uint8Array.of(1)));
    const value = encode(sequence(tagged(0, tree)));
    const ca = root.issue({
      now: NOW,
      isCa: true,
      subject: [['CN', 'B']],
      extraExtensions: [{ oid: '2.5.29.30', critical: true, value }],
    });
    expect(codes(judge(ca.issue({ now: NOW, names: { dns: ['shire.example'] } }), [ca], [store]))).toEqual([
      'malformed@1',
    ]);
  });

  it("a domain that is none excludes every domain, and a host's name with an empty label lies in none", () => {
    const names = { dns: ['bag.shire.example'] };
    for (const limit of ['*.shire.example', 'shire.example.', 'shire..example', 'sh\xefre.example']) {
      for (const side of ['permitted', 'excluded'] as const)
        expect([limit, under({ [side]: { dns: [limit] } }, { names })]).toEqual([
          limit,
          ['name-constraints@1'],
        ]);
      expect(under({ excluded: { dns: [limit] } }, { names: { ip: ['192.0.2.1'] } })).toEqual([]);
    }
    const odd = { dns: ['.shire.example', 'bag.shire.example'] };
    expect(under({ permitted: { dns: ['shire.example'] } }, { names: odd })).toEqual(['name-constraints@1']);
  });

  it("an authority's common name names no host, a leaf's may", () => {
    const nameConstraints = { permitted: { dns: ['shire.example'] } };
    const upper = root.issue({ now: NOW, isCa: true, subject: [['CN', 'U']], nameConstraints });
    const lower = upper.issue({ now: NOW, isCa: true, subject: [['CN', 'ca.gondor.example']] });
    const subject = [['CN', 'gondor.example']] as const;
    const check = (names: Names, more: Parts = {}): readonly string[] =>
      codes(judge(lower.issue({ now: NOW, names, ...more }), [lower, upper], [store]));
    expect(check({ dns: ['shire.example'] })).toEqual([]);
    expect(check({ dns: ['shire.example'] }, { subject })).toEqual([]);
    expect(check({ srv: ['_xmpp-client.shire.example'] }, { subject })).toEqual(['name-constraints@2']);
  });

  it('every authority on the way binds: permitted names must be permitted by all', () => {
    const upper = root.issue({
      now: NOW,
      isCa: true,
      subject: [['CN', 'U']],
      nameConstraints: { permitted: { dns: ['shire.example'] } },
    });
    const lower = upper.issue({
      now: NOW,
      isCa: true,
      subject: [['CN', 'L']],
      nameConstraints: { permitted: { dns: ['gondor.example'] } },
    });
    const check = (dns: string): readonly string[] =>
      codes(judge(lower.issue({ now: NOW, names: { dns: [dns] } }), [upper, lower], [store]));
    expect(check('shire.example')).toEqual(['name-constraints@1']);
    expect(check('gondor.example')).toEqual(['name-constraints@2']);
  });

  it("an intermediate's own name is bound too, unless it is self-issued", () => {
    const nameConstraints = { permitted: { directory: [DOMAIN] } };
    const upper = root.issue({ now: NOW, isCa: true, subject: [['CN', 'U']], nameConstraints });
    const renewed = upper.issue({ now: NOW, isCa: true, subject: [['CN', 'U']] });
    const other = upper.issue({ now: NOW, isCa: true, subject: [['CN', 'Other']] });
    const end = { now: NOW, names: { dns: ['a.example'] } };
    expect(codes(judge(renewed.issue(end), [renewed, upper], [store]))).toEqual([]);
    expect(codes(judge(other.issue(end), [other, upper], [store]))).toEqual(['name-constraints@2']);
  });

  it('a leaf is bound even where it bears the name of its issuer', () => {
    const subject = [['CN', 'Bound']] as const;
    const names = { dns: ['a.example'] };
    expect(under({ permitted: { dns: ['shire.example'] } }, { names, subject })).toEqual([
      'name-constraints@1',
    ]);
  });

  it('an address of one family is in no network of the other', () => {
    expect(under({ permitted: { ip: ['::/::'] } }, { names: { ip: ['192.0.2.1'] } })).toEqual([
      'name-constraints@1',
    ]);
    expect(under({ permitted: { ip: ['::/::'] } }, { names: { ip: ['2001:db8::1'] } })).toEqual([]);
  });

  it('constraints that are not marked critical bind all the same', () => {
    expect(
      under({ permitted: { dns: ['shire.example'] }, critical: false }, { names: { dns: ['a.example'] } }),
    ).toEqual(['name-constraints@1']);
  });

  it('thousands of names under thousands of constraints end in a named result, quickly', () => {
    const many = (n: number, suffix: string): readonly string[] =>
      Array.from({ length: n }, (_, i) => `h${i}.${suffix}`);
    const ca = root.issue({
      now: NOW,
      isCa: true,
      subject: [['CN', 'Many']],
      nameConstraints: { excluded: { dns: many(3_000, 'b') } },
    });
    const leaf = ca.issue({ now: NOW, names: { dns: many(5_000, 'a') } });
    const start = process.cpuUsage();
    expect(codes(judge(leaf, [ca], [store]))).toContain('work-limit@1');
    expect(process.cpuUsage(start).user / 1e3).toBeLessThan(1_500);
  });
});
