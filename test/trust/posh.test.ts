import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../../electron/demo/certificate.ts';
import type { DnssecResult } from '../../electron/trust/dnssec/result.ts';
import { poshText } from '../../electron/trust/posh-fingerprint.ts';
import { judgePosh, type PoshEvidence, type PoshInput } from '../../electron/trust/posh.ts';
import type { Instant } from '../../shared/basics.ts';
import type { HttpsSeen } from '../../shared/observation.ts';
import { NOW, SOURCE } from './dane-world.ts';
import { hop, redirect, stores, type HopOptions } from './posh-world.ts';

const URL_HERE = 'https://shire.example/.well-known/posh/xmpp-client.json';
const URL_THERE = 'https://hosting.example/.well-known/posh/xmpp-client.json';
const issued = selfSigned({ now: NOW, names: { dns: ['xmpp1.hosting.example'] } });
const leaf = issued.certificate;
const sha256 = createHash('sha256').update(leaf.der).digest();
const sha512 = createHash('sha512').update(leaf.der).digest();
const zeros = Buffer.alloc(32).toString('base64');

function judge(hops: readonly HttpsSeen[], broken: Partial<PoshInput> = {}): PoshEvidence {
  return judgePosh({
    source: SOURCE,
    service: 'xmpp-client',
    hops,
    addressStates: new Map<string, readonly DnssecResult[]>(),
    leaf,
    stores,
    now: NOW,
    fetchedAt: NOW,
    ...broken,
  });
}
const code = (found: PoshEvidence): string => found.steps.at(-1)?.id ?? '';
const document = (fingerprints: readonly Record<string, unknown>[], expires: unknown = 86_400): string =>
  JSON.stringify({ fingerprints, expires });
const good = document([{ 'sha-256': sha256.toString('base64') }]);
const served = (body: string, options: HopOptions = {}): readonly HttpsSeen[] => [
  hop(URL_HERE, { body, ...options }),
];
const fingerprint = (value: unknown, hash = 'sha-256'): PoshEvidence =>
  judge(served(document([{ [hash]: value }])));

describe('a match', () => {
  it('opens the route for the sha-256 or sha-512 of the certificate, alone or together', () => {
    const both = { 'sha-256': sha256.toString('base64'), 'sha-512': sha512.toString('base64') };
    expect(judge(served(good))).toMatchObject({
      state: 'open',
      opensBy: null,
      report: { kind: 'fingerprints' },
    });
    expect(fingerprint(sha512.toString('base64'), 'sha-512').state).toBe('open');
    expect(judge(served(document([both]))).state).toBe('open');
    expect(judge(served(document([{ 'sha-256': zeros }, both]))).state).toBe('open');
    expect(judge(served(poshText(leaf))).state).toBe('open');
  });

  it('needs all known hashes of one object to match', () => {
    const mixed = { 'sha-256': sha256.toString('base64'), 'sha-512': Buffer.alloc(64).toString('base64') };
    expect(judge(served(document([mixed]))).state).toBe('contradicted');
    const swapped = { 'sha-256': zeros, 'sha-512': sha512.toString('base64') };
    expect(judge(served(document([mixed, swapped]))).state).toBe('contradicted');
  });

  it('skips unknown names and SHA-1, which never count', () => {
    const more = { 'sha-256': sha256.toString('base64'), 'sha-1': 'x', 'x-hash': 'y' };
    expect(judge(served(document([more]))).state).toBe('open');
    const sha1 = createHash('sha1').update(leaf.der).digest('base64');
    expect(code(fingerprint(sha1, 'sha-1'))).toBe('posh-no-known-hash');
    expect(code(fingerprint(sha256.toString('base64'), 'SHA-256'))).toBe('posh-no-known-hash');
    expect(code(judge(served(document([{}]))))).toBe('posh-no-known-hash');
  });

  it('is not an object without a known hash beside one for another certificate', () => {
    expect(judge(served(document([{}, { 'sha-1': 'x' }, { 'sha-256': zeros }]))).state).toBe('contradicted');
  });

  it('holds only within the dates of the certificate', () => {
    const old = selfSigned({ now: NOW, notAfter: NOW - 1000 }).certificate;
    expect(code(judge(served(poshText(old)), { leaf: old }))).toBe('posh-leaf-expired');
    const young = selfSigned({ now: NOW, notBefore: NOW + 1000 }).certificate;
    const early = judge(served(poshText(young)), { leaf: young });
    expect([code(early), early.opensBy?.slice(0, 4)]).toEqual(['posh-leaf-not-yet-valid', 'Wait']);
  });

  it('is contradicted by a document for other certificates', () => {
    const found = fingerprint(zeros);
    expect(found).toMatchObject({ state: 'contradicted' });
    expect(found.report.fingerprints[0]?.why).toContain(sha256.toString('base64'));
  });

  it('is unknown without a certificate to compare', () => {
    expect(judge(served(good), { leaf: null }).state).toBe('unknown');
  });
});

describe('wrong forms are explained and never match', () => {
  const spki = createHash('sha256').update(leaf.spki).digest();
  const cases: readonly (readonly [string, string, string])[] = [
    ['hex', sha256.toString('hex'), 'hex'],
    [
      'hex with colons in capitals',
      sha256.toString('hex').toUpperCase().match(/../g)?.join(':') ?? '',
      'hex',
    ],
    ['base64 of hex', Buffer.from(sha256.toString('hex')).toString('base64'), 'base64 of the hash in hex'],
    ['missing padding', sha256.toString('base64').replace('=', ''), 'padding'],
    [
      'base64 with a line break',
      `${sha256.toString('base64').slice(0, 20)}\n${sha256.toString('base64').slice(20)}`,
      'spaces',
    ],
    ['the hash of the key', spki.toString('base64'), 'public key'],
    ['the hash of the key in hex', spki.toString('hex'), 'public key'],
    ['the hash of the PEM text', createHash('sha256').update(issued.pem).digest('base64'), 'PEM'],
    ['the other hash', sha512.toString('base64'), 'another algorithm'],
  ];
  for (const [name, value, words] of cases) {
    it(name, () => {
      const found = fingerprint(value);
      expect(found.state).toBe('shut');
      expect(code(found)).toBe('posh-wrong-form');
      expect(found.report.fingerprints[0]?.why).toContain(words);
    });
  }

  it('base64url', () => {
    let other = leaf;
    while (!/[+/]/.test(createHash('sha256').update(other.der).digest('base64'))) {
      other = selfSigned({ now: NOW }).certificate;
    }
    const value = createHash('sha256').update(other.der).digest('base64url');
    const found = judge(served(document([{ 'sha-256': value }])), { leaf: other });
    expect(found.state).toBe('shut');
    expect(found.report.fingerprints[0]?.why).toContain('base64url');
  });

  it('values that are no base64 of a hash', () => {
    for (const value of ['', 'AAAA', 'not base64!', 7, null, `${zeros}AAAA`]) {
      expect(fingerprint(value).state).toBe('shut');
      // Nothing tells that they are about this certificate.
      expect(code(fingerprint(value))).toBe('posh-no-base64');
    }
  });
});

describe('expiry', () => {
  it('is unusable when 0, missing, negative, no whole number or no number', () => {
    const of = (expires: unknown): string =>
      code(judge(served(document([{ 'sha-256': sha256.toString('base64') }], expires))));
    expect(of(0)).toBe('posh-expires-zero');
    const bare = JSON.stringify({ fingerprints: [{ 'sha-256': sha256.toString('base64') }] });
    expect(code(judge(served(bare)))).toBe('posh-expires-missing');
    for (const wrong of [-1, 1.5, '86400', null, true, [], {}, 1e300])
      expect(of(wrong)).toBe('posh-expires-wrong');
  });

  it('counts from the time of fetching', () => {
    const at = (ms: number): string => judge(served(good), { now: (NOW + ms) as Instant }).state;
    expect(at(86_400_000 - 1)).toBe('open');
    expect(at(86_400_000)).toBe('shut');
    expect(judge(served(good)).report.expiresAt).toBe(new Date(NOW + 86_400_000).toISOString());
  });

  it('notes more than 30 days, and an end beyond the certificate’s', () => {
    const notes = (expires: number): readonly string[] =>
      judge(served(document([{ 'sha-256': sha256.toString('base64') }], expires))).notes.map(
        (note) => note.code,
      );
    expect(notes(30 * 86_400)).toEqual([]);
    expect(notes(31 * 86_400)).toEqual(['posh-expires-long']);
    expect(notes(9e15)).toEqual(['posh-expires-long', 'posh-expires-beyond-leaf']);
  });
});

describe('references and redirects', () => {
  const reference = (url: string, expires: unknown = 3600): readonly HttpsSeen[] =>
    served(JSON.stringify({ url, expires }));

  it('a reference leads to fingerprints elsewhere', () => {
    expect(judge([...reference(URL_THERE), hop(URL_THERE, { body: good })]).state).toBe('open');
  });

  it('the shorter expires wins, and 0 in either is unusable', () => {
    const there = hop(URL_THERE, { body: good });
    expect(judge([...reference(URL_THERE, 60), there]).report.expiresAt).toBe(
      new Date(NOW + 60_000).toISOString(),
    );
    expect(judge([...reference(URL_THERE, 1e6), there]).report.expiresAt).toBe(
      new Date(NOW + 86_400_000).toISOString(),
    );
    expect(code(judge([...reference(URL_THERE, 0), there]))).toBe('posh-expires-zero');
    const zero = hop(URL_THERE, { body: document([{ 'sha-256': sha256.toString('base64') }], 0) });
    expect(code(judge([...reference(URL_THERE), zero]))).toBe('posh-expires-zero');
  });

  it('a second reference is refused', () => {
    const second = hop(URL_THERE, { body: JSON.stringify({ url: 'https://third.example/', expires: 60 }) });
    expect(
      code(judge([...reference(URL_THERE), second, hop('https://third.example/', { body: good })])),
    ).toBe('posh-second-reference');
  });

  it('a reference that is not https is refused', () => {
    expect(code(judge(reference('http://hosting.example/p.json')))).toBe('posh-reference-not-https');
    expect(code(judge(reference('/p.json')))).toBe('posh-reference-bad-url');
  });

  it('every redirect of RFC 9110 is followed, also relative ones', () => {
    for (const status of [301, 302, 303, 307, 308]) {
      expect(judge([redirect(URL_HERE, URL_THERE, status), hop(URL_THERE, { body: good })]).state).toBe(
        'open',
      );
    }
    const relative = [
      redirect(URL_HERE, '../x.json'),
      hop('https://shire.example/.well-known/x.json', { body: good }),
    ];
    expect(judge(relative).state).toBe('open');
  });

  it('a redirect that leaves https, is no URL, carries a password or says nothing is refused', () => {
    expect(code(judge([redirect(URL_HERE, 'http://shire.example/p.json')]))).toBe('posh-redirect-not-https');
    expect(code(judge([redirect(URL_HERE, 'https://')]))).toBe('posh-redirect-bad-url');
    expect(code(judge([redirect(URL_HERE, 'https://a:b@shire.example/')]))).toBe('posh-redirect-bad-url');
    expect(code(judge(served('', { status: 302 })))).toBe('posh-redirect-no-location');
  });

  it('a loop is named, also one through a reference', () => {
    expect(code(judge([redirect(URL_HERE, URL_THERE), redirect(URL_THERE, URL_HERE)]))).toBe(
      'posh-redirect-loop',
    );
    expect(code(judge([redirect(URL_HERE, `${URL_HERE}#x`)]))).toBe('posh-redirect-loop');
    expect(code(judge(reference(URL_HERE)))).toBe('posh-redirect-loop');
  });

  it('ten redirects are followed, eleven are not', () => {
    const chain = (n: number): readonly HttpsSeen[] => {
      const url = (i: number): string => (i === 0 ? URL_HERE : `https://shire.example/${i}`);
      const hops = Array.from({ length: n }, (_, i) => redirect(url(i), url(i + 1)));
      return [...hops, hop(url(n), { body: good })];
    };
    expect(judge(chain(10)).state).toBe('open');
    expect(code(judge(chain(11)))).toBe('posh-redirect-limit');
  });

  it('notes the document of the other service', () => {
    const there = 'https://hosting.example/.well-known/posh/xmpp-server.json';
    const found = judge([redirect(URL_HERE, there), hop(there, { body: good })]);
    expect(found.notes.map((note) => note.code)).toContain('posh-other-service');
  });
});

describe('the form of the old draft', () => {
  const jwk = (key: Record<string, unknown>): PoshEvidence => judge(served(JSON.stringify({ keys: [key] })));
  const exported = issued.key.export({ format: 'jwk' });

  it('is recognised, compared and never a match', () => {
    const der = Buffer.from(leaf.der).toString('base64');
    for (const key of [
      { kty: 'EC', x5c: [der] },
      { kty: 'EC', 'x5t#S256': sha256.toString('base64url') },
      { kty: 'EC', x5t: createHash('sha1').update(leaf.der).digest('base64url') },
    ]) {
      expect(jwk(key)).toMatchObject({ state: 'shut', report: { kind: 'draft-jwk' } });
      expect(jwk(key).reasons[0]?.text).toContain('this very certificate');
    }
    const same = jwk({ kty: 'EC', crv: 'P-256', x: exported.x, y: exported.y });
    expect(same.state).toBe('shut');
    expect(same.reasons[0]?.text).toContain('the key of this certificate');
    expect(jwk({ kty: 'RSA', n: 'AQAB', e: 'AQAB' }).reasons[0]?.text).toContain('others');
  });

  it('is compared for RSA and Ed25519 too', () => {
    for (const kind of ['rsa', 'ed25519'] as const) {
      const other = selfSigned({ now: NOW, key: kind });
      const { kty, crv, n, e, x } = other.key.export({ format: 'jwk' });
      const key = Object.fromEntries(
        Object.entries({ kty, crv, n, e, x }).filter(([, value]) => value !== undefined),
      );
      const found = judge(served(JSON.stringify({ keys: [key] })), { leaf: other.certificate });
      expect(found.reasons[0]?.text).toContain('the key of this certificate');
    }
  });
});

describe('what to publish', () => {
  it('is finished text only where another route is open', () => {
    const none = served('', { status: 404 });
    const text = poshText(leaf);
    expect(judge(none, { proven: true })).toMatchObject({ report: { text } });
    expect(judge(none, { proven: true }).opensBy).toContain(text);
    const unproven = judge(none);
    expect(unproven.report.text).toBeNull();
    expect(unproven.opensBy).toContain('compare both before you publish');
  });
});

it('is absent for an IP literal', () => {
  const source = { kind: 'ip', address: '192.0.2.1', family: 4 } as const;
  expect(judge([], { source })).toMatchObject({ state: 'absent' });
});
