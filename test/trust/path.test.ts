/**
 * path.test.ts: what makes a path, what breaks it, and what is said then (RFC 5280 6.1).
 *
 * In:   chains built with real keys, one thing broken at a time
 * Out:  whether judgePath finds the path, or names exactly what is broken
 * Not:  names that we want (identity.test.ts), OpenSSL's opinion (test/interop)
 */
import { describe, expect, it } from 'vitest';
import { makeCa, selfSigned, type CertificateOptions } from '../../electron/demo/certificate.ts';
import { encode, nothing } from '../../electron/demo/der.ts';
import { isConstraint, isUntrusted, isWeakness } from '../../electron/trust/path.ts';
import { openStore } from '../../electron/trust/stores.ts';
import { DAY, NOW, codes, judge, line, storeOf } from './path-world.ts';

const root = makeCa({ now: NOW, name: 'Root' });
const mid = root.issue({ now: NOW, isCa: true, ku: ['keyCertSign'], subject: [['CN', 'Mid']] });
const store = storeOf(root);
const names = { dns: ['shire.example'] };
const leaf = mid.issue({ now: NOW, names });

describe('a path that holds', () => {
  const evidence = judge(leaf, [mid], [store]);

  it('runs from the leaf to the anchor, which is named with its store', () => {
    expect(evidence.holds).toBe(true);
    expect(evidence.problems).toEqual([]);
    expect(evidence.path.map((c) => c.sha256)).toEqual([leaf, mid, root].map((c) => c.certificate.sha256));
    expect(evidence.anchor).toEqual({
      subject: 'CN=Root',
      sha256: root.certificate.sha256,
      stores: ['file test'],
    });
  });

  it('ticks every line of the explanation; the initiating side is shown and not judged', () => {
    const open = evidence.steps.filter((step) => step.ok !== true).map((step) => step.id);
    expect(open).toEqual(['initiating-side']);
    expect(evidence.steps.every((step) => step.ref?.startsWith('RFC ') === true)).toBe(true);
  });

  it('does not mind order, strays, duplicates, or a root that was sent', () => {
    const stray = makeCa({ now: NOW, name: 'Stray' });
    expect(judge(leaf, [stray, root, mid, mid, leaf, root], [store]).holds).toBe(true);
  });

  it('names every store that holds the anchor', () => {
    const twice = [openStore('bundled', [root.der]), openStore('system', [root.der, root.der])];
    expect(judge(leaf, [mid], twice).anchor?.stores).toEqual(['bundled', 'system']);
  });

  it.each(['ec', 'ec384', 'ec521', 'rsa', 'ed25519'] as const)('holds with %s keys all along', (key) => {
    const ca = makeCa({ now: NOW, name: 'CA', key });
    const between = ca.issue({
      now: NOW,
      isCa: true,
      ku: ['keyCertSign'],
      subject: [['CN', 'Between']],
      key,
    });
    expect(codes(judge(between.issue({ now: NOW, names, key }), [between], [storeOf(ca)]))).toEqual([]);
  });

  // 222 bytes are the longest that fit 2048 bits beside SHA-256 (RFC 8017 9.1.1): what OpenSSL takes unless told otherwise.
  it.each([0, 20, 65, 222])('holds with RSA-PSS and a salt of %s bytes', (saltLength) => {
    const ca = makeCa({ now: NOW, name: 'CA', key: 'rsa', signWith: 'pss-sha256', saltLength });
    const end = ca.issue({ now: NOW, names, signWith: 'pss-sha256', saltLength });
    expect(codes(judge(end, [], [storeOf(ca)]))).toEqual([]);
  });

  it.each(['pss-sha256', 'pss-sha512', 'sha384', 'sha512'] as const)('holds with RSA and %s', (signWith) => {
    const ca = makeCa({ now: NOW, name: 'CA', key: 'rsa', signWith });
    expect(codes(judge(ca.issue({ now: NOW, names, signWith }), [], [storeOf(ca)]))).toEqual([]);
    expect(codes(judge(ca.issue({ now: NOW, names, signWith, corrupt: true }), [], [storeOf(ca)]))[0]).toBe(
      'signature-invalid@0',
    );
  });

  it('finds an issuer whose name is written in other letters and another string type', () => {
    const subject = [['CN', 'Some  CA']] as const;
    const ca = makeCa({ now: NOW, name: '', subject });
    const same = makeCa({
      now: NOW,
      name: '',
      subject: [['CN', 'some ca']],
      subjectAs: 'printable',
      key: ca.key,
    });
    expect(judge(same.issue({ now: NOW, names }), [], [storeOf(ca)]).holds).toBe(true);
  });

  it('ends at an intermediate that is in a store', () => {
    const evidence = judge(leaf, [], [storeOf(mid)]);
    expect([evidence.holds, evidence.anchor?.subject]).toEqual([true, 'CN=Mid']);
  });
});

describe('no way to an anchor', () => {
  it('a self-signed leaf says so', () => {
    const self = selfSigned({ now: NOW, names });
    const evidence = judge(self, [], [store]);
    expect(codes(evidence)).toEqual(['self-signed@0', 'untrusted-issuer@0']);
    expect([
      evidence.holds,
      evidence.anchor,
      line(evidence, 'signed-by-ca'),
      line(evidence, 'chains-to-anchor'),
    ]).toEqual([false, null, false, false]);
  });

  it('a leaf whose issuer was not sent and is in no store', () => {
    const evidence = judge(leaf, [], [store]);
    expect(codes(evidence)).toEqual(['incomplete-chain@0', 'untrusted-issuer@0']);
    expect(line(evidence, 'signed-by-ca')).toBe(null);
  });

  it('an intermediate whose issuer was not sent and is in no store', () => {
    expect(codes(judge(leaf, [mid], []))).toEqual(['missing-intermediate@1', 'untrusted-issuer@1']);
  });

  it('a whole chain to a root that nobody trusts', () => {
    const evidence = judge(leaf, [mid, root], []);
    expect(codes(evidence)).toEqual(['untrusted-issuer@2']);
    expect([line(evidence, 'signed-by-ca'), line(evidence, 'end-entity-certificate')]).toEqual([true, true]);
  });

  it('an impostor with the name of an authority', () => {
    const impostor = makeCa({ now: NOW, name: 'Root' });
    const evidence = judge(impostor.issue({ now: NOW, names }), [], [store]);
    expect(codes(evidence)).toEqual(['signature-invalid@0', 'untrusted-issuer@0']);
    expect(line(evidence, 'signatures')).toBe(false);
  });

  it('an impostor who sends the certificate of his authority too', () => {
    const impostor = makeCa({ now: NOW, name: 'Root' });
    expect(codes(judge(impostor.issue({ now: NOW, names }), [impostor], [store]))).toEqual([
      'untrusted-issuer@1',
    ]);
  });

  it('every reason at once: expired, and of an unknown authority', () => {
    const old = mid.issue({ now: NOW, names, notAfter: NOW - DAY });
    expect(codes(judge(old, [mid, root], []))).toEqual(['untrusted-issuer@2', 'expired@0']);
  });

  it.each(['ec', 'rsa', 'ed25519'] as const)('one bit of the signature changed (%s)', (key) => {
    const ca = makeCa({ now: NOW, name: 'CA', key });
    const broken = ca.issue({ now: NOW, names, corrupt: true });
    expect(codes(judge(broken, [], [storeOf(ca)]))).toEqual(['signature-invalid@0', 'untrusted-issuer@0']);
  });

  it('an issuer without a name issues nothing', () => {
    const nameless = makeCa({ now: NOW, name: '', subject: [] });
    const evidence = judge(
      nameless.issue({ now: NOW, names, subject: [['CN', 'x']] }),
      [nameless],
      [storeOf(nameless)],
    );
    expect(codes(evidence)).toEqual(['incomplete-chain@0', 'untrusted-issuer@0']);
  });
});

describe('one broken thing is named, with the certificate that it is in', () => {
  type Case = readonly [string, Partial<CertificateOptions>, Partial<CertificateOptions>, readonly string[]];
  const weird = { oid: '1.2.3.4.5', critical: true as const, value: encode(nothing()) };
  const cases: readonly Case[] = [
    ['an expired leaf', {}, { notAfter: NOW - DAY }, ['expired@0']],
    ['a leaf of tomorrow', {}, { notBefore: NOW + DAY }, ['not-yet-valid@0']],
    ['an expired intermediate', { notAfter: NOW - DAY }, {}, ['expired@1']],
    ['an intermediate of tomorrow', { notBefore: NOW + DAY }, {}, ['not-yet-valid@1']],
    ['an intermediate that is no authority', { isCa: false }, {}, ['not-a-ca@1']],
    ['an intermediate without key usage for signing', { ku: ['digitalSignature'] }, {}, ['key-usage@1']],
    ['an intermediate for mail only', { eku: ['emailProtection'] }, {}, ['extended-key-usage@1']],
    [
      'an unknown critical extension in an intermediate',
      { extraExtensions: [weird] },
      {},
      ['unknown-critical-extension@1'],
    ],
    [
      'an unknown critical extension in the leaf',
      {},
      { extraExtensions: [weird] },
      ['unknown-critical-extension@0'],
    ],
    ['a leaf for clients only', {}, { eku: ['clientAuth'] }, ['extended-key-usage@0']],
    ['a leaf whose key may only sign certificates', {}, { ku: ['keyCertSign'] }, ['key-usage@0']],
    ['an EC leaf for key encipherment only', {}, { ku: ['keyEncipherment'] }, ['key-usage@0']],
    [
      "an authority's certificate as the server's",
      {},
      { isCa: true, eku: ['serverAuth'] },
      ['ca-as-server@0'],
    ],
    ['a weak RSA key', {}, { key: 'rsa', rsaBits: 1024 }, ['weak-key@0']],
    [
      'a broken extension',
      {},
      { extraExtensions: [{ oid: '2.5.29.36', value: encode(nothing()) }] },
      ['malformed@0'],
    ],
    [
      'two things',
      { eku: ['emailProtection'] },
      { notAfter: NOW - DAY },
      ['expired@0', 'extended-key-usage@1'],
    ],
  ];
  it.each(cases)('%s', (_, between, end, expected) => {
    const ca = root.issue({
      now: NOW,
      isCa: true,
      ku: ['keyCertSign'],
      subject: [['CN', 'Between']],
      ...between,
    });
    const evidence = judge(ca.issue({ now: NOW, names, ...end }), [ca], [store]);
    expect(codes(evidence)).toEqual(expected);
    expect([evidence.holds, evidence.anchor?.subject]).toEqual([false, 'CN=Root']);
    const wrong = evidence.steps.filter((step) => step.ok === false);
    expect(wrong.length).toBeGreaterThan(0);
  });

  const harmless: readonly (readonly [string, Partial<CertificateOptions>, Partial<CertificateOptions>])[] = [
    ['anyExtendedKeyUsage', { eku: ['any'] }, { eku: ['any'] }],
    ['no extended key usage', {}, { eku: null }],
    ['an intermediate without key usage', { ku: undefined as never }, {}],
    ['RSA for key encipherment only', {}, { key: 'rsa', ku: ['keyEncipherment'] }],
    [
      'an unknown extension that is not critical',
      {},
      { extraExtensions: [{ oid: '1.2.3', value: encode(nothing()) }] },
    ],
    ['basicConstraints that say "no authority" in full', {}, { isCa: false }],
  ];
  it.each(harmless)('%s breaks nothing', (_, between, end) => {
    const options = { now: NOW, isCa: true, subject: [['CN', 'Between']] as const, ...between };
    const { ku, ...rest } = options;
    const ca = root.issue(ku === undefined ? rest : { ...rest, ku });
    expect(codes(judge(ca.issue({ now: NOW, names, ...end }), [ca], [store]))).toEqual([]);
  });

  it.each(['sha1', 'md5'] as const)(
    '%s below the anchor is weak, and on the anchor it is not looked at',
    (signWith) => {
      const ca = makeCa({ now: NOW, name: 'Old', key: 'rsa', signWith });
      expect(codes(judge(ca.issue({ now: NOW, names }), [], [storeOf(ca)]))).toEqual([]);
      expect(codes(judge(ca.issue({ now: NOW, names, signWith }), [], [storeOf(ca)]))).toEqual([
        'weak-signature@0',
      ]);
      const between = ca.issue({ now: NOW, isCa: true, subject: [['CN', 'B']], signWith });
      expect(codes(judge(between.issue({ now: NOW, names }), [between], [storeOf(ca)]))).toEqual([
        'weak-signature@1',
      ]);
    },
  );

  it("the anchor's own dates, constraints and key count", () => {
    const check = (options: Partial<CertificateOptions>): readonly string[] => {
      const ca = makeCa({ now: NOW, name: 'CA', ...options });
      return codes(judge(ca.issue({ now: NOW, names }), [], [storeOf(ca)]));
    };
    expect(check({ notAfter: NOW - DAY })).toEqual(['expired@1']);
    expect(check({ isCa: false })).toEqual(['not-a-ca@1']);
    expect(check({ ku: ['digitalSignature'] })).toEqual(['key-usage@1']);
    expect(check({ key: 'rsa', rsaBits: 1024 })).toEqual(['weak-key@1']);
    expect(check({ nameConstraints: { permitted: { dns: ['gondor.example'] } } })).toEqual([
      'name-constraints@1',
    ]);
    expect(check({ version: 1 })).toEqual([]);
  });

  it('an intermediate that only its key usage calls an authority is none', () => {
    const ca = root.issue({ now: NOW, ku: ['keyCertSign'], eku: null, subject: [['CN', 'Half']] });
    expect(codes(judge(ca.issue({ now: NOW, names }), [ca], [store]))).toEqual(['not-a-ca@1']);
  });

  it('an intermediate of version 1 is no authority', () => {
    const old = root.issue({ now: NOW, version: 1, subject: [['CN', 'Old']] });
    expect(codes(judge(old.issue({ now: NOW, names }), [old], [store]))).toEqual(['not-a-ca@1']);
  });

  it('both ends of the validity belong to it, the last second whole', () => {
    const exact = mid.issue({ now: NOW, names, notBefore: NOW, notAfter: NOW });
    expect(codes(judge(exact, [mid], [store]))).toEqual([]);
    expect(codes(judge(exact, [mid], [store], { now: (NOW + 999) as typeof NOW }))).toEqual([]);
    expect(codes(judge(exact, [mid], [store], { now: (NOW + 1000) as typeof NOW }))).toEqual(['expired@0']);
    expect(codes(judge(exact, [mid], [store], { now: (NOW - 1) as typeof NOW }))).toEqual([
      'not-yet-valid@0',
    ]);
  });
});

describe('the classes of codes', () => {
  it('are disjoint, and dates are in none', () => {
    for (const code of ['expired', 'not-yet-valid'] as const) {
      expect([isConstraint(code), isWeakness(code), isUntrusted(code)]).toEqual([false, false, false]);
    }
    expect([isConstraint('key-usage'), isWeakness('key-usage'), isUntrusted('key-usage')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isConstraint('weak-key'), isWeakness('weak-key'), isUntrusted('weak-key')]).toEqual([
      false,
      true,
      false,
    ]);
    expect([isConstraint('self-signed'), isWeakness('self-signed'), isUntrusted('self-signed')]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
