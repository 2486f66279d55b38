/**
 * openssl-verify.test.ts: our path validator beside `openssl verify`, over the same chains at the same time.
 *
 * In:   chains built at random and by hand
 * Out:  whether both agree, or the difference is one that an RFC explains
 * Not:  each rule by itself (test/trust/path*.test.ts)
 */
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCa, selfSigned, type CertificateOptions, type Issued } from '../../electron/demo/certificate.ts';
import { encode, nothing } from '../../electron/demo/der.ts';
import { DAY, NOW, codes, judge, storeOf } from '../trust/path-world.ts';

const present = spawnSync('openssl', ['version']).status === 0 || process.env['MELLON_REQUIRE_PEERS'] === '1';
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mellon-verify-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What OpenSSL says: 'ok', or the text of its first error. */
function openssl(
  leaf: Issued,
  sent: readonly Issued[],
  anchors: readonly Issued[],
  more: readonly string[] = [],
): string {
  const files = {
    leaf: leaf.pem,
    sent: sent.map((c) => c.pem).join(''),
    anchors: anchors.map((c) => c.pem).join(''),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const untrusted = sent.length === 0 ? [] : ['-untrusted', join(folder, 'sent')];
  // auth_level 2 wants what we want: no SHA-1 below the anchor, RSA of 2048 bits (SSL_CTX_set_security_level).
  const options = [
    '-attime',
    String(NOW / 1000),
    '-purpose',
    'sslserver',
    '-auth_level',
    '2',
    '-no-CApath',
    '-no-CAstore',
    '-policy_check',
    // The user-initial-policy-set of RFC 5280 6.1.1 (c) that we have, too.
    '-policy',
    '2.5.29.32.0',
    ...more,
  ];
  const run = spawnSync(
    'openssl',
    ['verify', ...options, '-CAfile', join(folder, 'anchors'), ...untrusted, join(folder, 'leaf')],
    { encoding: 'utf8' },
  );
  if (run.status === 0) return 'ok';
  return (
    /^error \d+ at \d+ depth lookup: (.*)$/m.exec(run.stdout + run.stderr)?.[1] ??
    `${run.stdout}${run.stderr}`
  );
}

const names = { dns: ['shire.example'] };

describe.skipIf(!present)('each broken thing', () => {
  const root = makeCa({ now: NOW, name: 'Root' });
  const weird = { oid: '1.2.3.4.5', critical: true as const, value: encode(nothing()) };
  type Case = readonly [string, Partial<CertificateOptions>, Partial<CertificateOptions>, string];
  const cases: readonly Case[] = [
    ['nothing', {}, {}, 'ok'],
    ['a leaf that expired', {}, { notAfter: NOW - DAY }, 'certificate has expired'],
    ['a leaf of tomorrow', {}, { notBefore: NOW + DAY }, 'certificate is not yet valid'],
    ['an intermediate that expired', { notAfter: NOW - DAY }, {}, 'certificate has expired'],
    ['an intermediate that is no authority', { isCa: false }, {}, 'invalid CA certificate'],
    ['an intermediate that may not sign', { ku: ['digitalSignature'] }, {}, 'invalid CA certificate'],
    ['an intermediate for mail', { eku: ['emailProtection'] }, {}, 'unsuitable certificate purpose'],
    ['a leaf for clients', {}, { eku: ['clientAuth'] }, 'unsuitable certificate purpose'],
    ['a leaf that may not sign', {}, { ku: ['keyCertSign'] }, 'unsuitable certificate purpose'],
    ['a critical extension', {}, { extraExtensions: [weird] }, 'unhandled critical extension'],
    [
      'a name outside',
      { nameConstraints: { permitted: { dns: ['gondor.example'] } } },
      {},
      'permitted subtree violation',
    ],
    ['a name inside', { nameConstraints: { permitted: { dns: ['shire.example'] } } }, {}, 'ok'],
    [
      'an excluded name',
      { nameConstraints: { excluded: { dns: ['shire.example'] } } },
      {},
      'excluded subtree violation',
    ],
    ['a changed signature', {}, { corrupt: true }, 'certificate signature failure'],
    ['SHA-1', {}, { signWith: 'sha1' }, 'CA signature digest algorithm too weak'],
    ['a short key', {}, { key: 'rsa', rsaBits: 1024 }, 'EE certificate key too weak'],
    [
      'a path too long',
      { pathLen: 0 },
      { isCa: true, eku: ['serverAuth'] },
      'path length constraint exceeded',
    ],
    [
      'a policy that is required',
      { policies: ['1.2.3'], policyConstraints: { requireExplicit: 0 } },
      { policies: ['1.2.4'] },
      'no explicit policy',
    ],
    [
      'a policy that is kept',
      { policies: ['1.2.3'], policyConstraints: { requireExplicit: 0 } },
      { policies: ['1.2.3'] },
      'ok',
    ],
  ];
  it.each(cases)('%s: both say the same', (what, between, end, theirs) => {
    const ca = root.issue({
      now: NOW,
      isCa: true,
      ku: ['keyCertSign'],
      subject: [['CN', 'Between']],
      ...between,
    });
    const leaf = ca.issue({ now: NOW, names, ...end });
    const answer = openssl(leaf, [ca], [root]);
    // OpenSSL counts a CA leaf towards the path length and has no rule of its own against it (RFC 6120 13.7.1.1 has).
    if (what === 'a path too long')
      expect(codes(judge(leaf, [ca], [storeOf(root)]))).toEqual(['ca-as-server@0']);
    else expect(answer).toBe(theirs);
    expect(judge(leaf, [ca], [storeOf(root)]).holds).toBe(theirs === 'ok');
  });

  it('no anchor, a self-signed leaf, and one that is trusted', () => {
    const self = selfSigned({ now: NOW, names, subject: [['CN', 'me']] });
    expect(openssl(self, [], [root])).toBe('self-signed certificate');
    expect(codes(judge(self, [], [storeOf(root)]))[0]).toBe('self-signed@0');
    expect(openssl(self, [], [self])).toBe('ok');
    expect(judge(self, [], [storeOf(self)]).holds).toBe(true);
    const leaf = root.issue({ now: NOW, isCa: true, subject: [['CN', 'I']] }).issue({ now: NOW, names });
    expect(openssl(leaf, [], [root])).toBe('unable to get local issuer certificate');
    expect(codes(judge(leaf, [], [storeOf(root)]))[0]).toBe('incomplete-chain@0');
  });
});

describe.skipIf(!present)('differences, each with its reason', () => {
  const root = makeCa({ now: NOW, name: 'Root' });
  const mid = root.issue({ now: NOW, isCa: true, ku: ['keyCertSign'], subject: [['CN', 'Mid']] });

  it('an intermediate as anchor: RFC 5280 6.1.1 (d) asks for a name and a key; OpenSSL wants -partial_chain', () => {
    const leaf = mid.issue({ now: NOW, names });
    expect(openssl(leaf, [], [mid])).toBe('unable to get issuer certificate');
    expect(openssl(leaf, [], [mid], ['-partial_chain'])).toBe('ok');
    expect(judge(leaf, [], [storeOf(mid)]).holds).toBe(true);
  });

  it('anyExtendedKeyUsage alone: RFC 5280 4.2.1.12 lets it stand for all; OpenSSL does not', () => {
    const leaf = mid.issue({ now: NOW, names, eku: ['any'] });
    expect(openssl(leaf, [mid], [root])).toBe('unsuitable certificate purpose');
    expect(judge(leaf, [mid], [storeOf(root)]).holds).toBe(true);
  });

  it('service names under a domain constraint: RFC 5280 leaves them free, we do not', () => {
    const ca = root.issue({
      now: NOW,
      isCa: true,
      subject: [['CN', 'B']],
      nameConstraints: { permitted: { dns: ['gondor.example'] } },
    });
    const leaf = ca.issue({ now: NOW, names: { srv: ['_xmpp-client.shire.example'] } });
    expect(openssl(leaf, [ca], [root])).toBe('ok');
    expect(codes(judge(leaf, [ca], [storeOf(root)]))).toEqual(['name-constraints@1']);
  });

  it("an authority's certificate as the server's: RFC 6120 13.7.1.1 forbids it, OpenSSL does not mind", () => {
    const leaf = mid.issue({ now: NOW, names, isCa: true, eku: ['serverAuth'] });
    expect(openssl(leaf, [mid], [root])).toBe('ok');
    expect(codes(judge(leaf, [mid], [storeOf(root)]))).toEqual(['ca-as-server@0']);
  });
});

describe.skipIf(!present)('random chains', () => {
  const dates = fc.constantFrom({}, {}, {}, { notAfter: NOW - DAY }, { notBefore: NOW + DAY });
  const limits = fc.constantFrom<Partial<CertificateOptions>>(
    {},
    {},
    {},
    { pathLen: 0 },
    { pathLen: 1 },
    { isCa: false },
    { ku: ['digitalSignature'] },
    { eku: ['serverAuth'] },
    { eku: ['clientAuth'] },
    { nameConstraints: { permitted: { dns: ['shire.example'] } } },
    { nameConstraints: { permitted: { dns: ['gondor.example'] }, excluded: { ip: ['0.0.0.0/0.0.0.0'] } } },
  );
  const key = fc.constantFrom('ec', 'ec', 'ed25519', 'ec384');
  const link = fc
    .record({ dates, limits, key })
    .map((one) => ({ ...one.limits, ...one.dates, key: one.key }));
  const end = fc.record({
    more: fc.constantFrom<Partial<CertificateOptions>>(
      {},
      {},
      {},
      { corrupt: true },
      { eku: null },
      { ku: ['digitalSignature'] },
      { eku: ['clientAuth'] },
    ),
    dates,
    names: fc.constantFrom(
      { dns: ['shire.example'] },
      { dns: ['*.shire.example'] },
      { dns: ['a.gondor.example'] },
      { ip: ['192.0.2.1'] },
    ),
    key,
  });

  it('what we accept OpenSSL accepts, and the other way round', () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.array(link, { maxLength: 3 }),
        end,
        fc.constantFrom('all', 'all', 'all', 'no-root', 'without-one'),
        (links, last, how) => {
          const root = makeCa({ now: NOW, name: 'Root' });
          let top = root;
          const sent: Issued[] = [];
          for (const [i, options] of links.entries()) {
            top = top.issue({
              now: NOW,
              isCa: true,
              ku: ['keyCertSign'],
              subject: [['CN', `I${i}`]],
              ...options,
            });
            sent.push(top);
          }
          const leaf = top.issue({ now: NOW, names: last.names, key: last.key, ...last.more, ...last.dates });
          if (how === 'without-one') sent.pop();
          const anchors = how === 'no-root' ? [makeCa({ now: NOW, name: 'Other' })] : [root];
          const theirs = openssl(leaf, sent, anchors);
          const ours = judge(leaf, sent, [storeOf(...anchors)]);
          if (ours.holds) accepted++;
          expect([ours.holds ? 'ok' : 'refused', codes(ours), theirs]).toEqual([
            theirs === 'ok' ? 'ok' : 'refused',
            codes(ours),
            theirs,
          ]);
        },
      ),
      { numRuns: 120, seed: 20261123 },
    );
    // The test says something only where both answers occur.
    expect(accepted).toBeGreaterThan(10);
    expect(accepted).toBeLessThan(110);
  }, 120_000);
});

describe('the crypto library sees the same certificate', () => {
  it('names, key, signature', () => {
    const ca = makeCa({ now: NOW, name: 'CA' });
    const leaf = ca.issue({ now: NOW, names: { dns: ['shire.example'], ip: ['192.0.2.1'] } });
    const theirs = new X509Certificate(leaf.der);
    expect(theirs.checkHost('shire.example')).toBe('shire.example');
    expect(theirs.checkIP('192.0.2.1')).toBe('192.0.2.1');
    expect(theirs.verify(new X509Certificate(ca.der).publicKey)).toBe(true);
    expect(theirs.checkIssued(new X509Certificate(ca.der))).toBe(true);
    expect(theirs.checkPrivateKey(leaf.key)).toBe(true);
  });
});
