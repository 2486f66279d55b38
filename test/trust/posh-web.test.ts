import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { selfSigned, makeCa } from '../../electron/demo/certificate.ts';
import { makeStaple } from '../../electron/demo/ocsp.ts';
import type { DnssecResult } from '../../electron/trust/dnssec/result.ts';
import { judgePosh, type PoshEvidence, type PoshInput } from '../../electron/trust/posh.ts';
import type { Base64 } from '../../shared/basics.ts';
import type { HttpsSeen } from '../../shared/observation.ts';
import { NOW, result, SOURCE } from './dane-world.ts';
import { hop, redirect, stores, webCa, type HopOptions } from './posh-world.ts';

const DAY = 86_400_000;
const URL_HERE = 'https://shire.example/.well-known/posh/xmpp-client.json';
const URL_THERE = 'https://hosting.example/.well-known/posh/xmpp-client.json';
const issued = selfSigned({ now: NOW, names: { dns: ['xmpp1.hosting.example'] } });
const leaf = issued.certificate;
const sha256 = createHash('sha256').update(leaf.der).digest();

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

describe('the web server', () => {
  it('must not be revoked by its own stapled proof', () => {
    const web = webCa.issue({ now: NOW, names: { dns: ['shire.example'] } });
    const stapled = (status: 'good' | 'revoked'): string => {
      const [one] = served(good, { chain: [web.der] });
      const ocsp = Buffer.from(makeStaple({ now: NOW, status, leaf: web, issuer: webCa })).toString(
        'base64',
      ) as Base64;
      return one === undefined || one.tls === null
        ? ''
        : judge([{ ...one, tls: { ...one.tls, ocsp, ocspAsked: true } }]).state;
    };
    expect([stapled('good'), stapled('revoked')]).toEqual(['open', 'shut']);
  });

  const with_ = (options: HopOptions): PoshEvidence => judge(served(good, options));

  it('must be proven: every broken thing shuts the route', () => {
    const bad = [
      { chain: [webCa.issue({ now: NOW, names: { dns: ['mordor.example'] } }).der] },
      {
        chain: [
          webCa.issue({ now: NOW, names: { srv: ['_xmpp-client.shire.example'], xmpp: ['shire.example'] } })
            .der,
        ],
      },
      { chain: [webCa.issue({ now: NOW, names: { cn: 'shire.example' } }).der] },
      { chain: [webCa.issue({ now: NOW, names: { dns: ['shire.example'] }, notAfter: NOW - DAY / 2 }).der] },
      { chain: [selfSigned({ now: NOW, names: { dns: ['shire.example'] } }).der] },
      { chain: [makeCa({ now: NOW, name: 'x' }).issue({ now: NOW, names: { dns: ['shire.example'] } }).der] },
      { chain: [Uint8Array.of(48, 0)] },
      { chain: [] },
      { protocol: 'TLSv1.1' },
    ];
    for (const options of bad) expect(code(with_(options))).toBe('posh-untrusted-web-server');
  });

  it('says in one sentence what is wrong with it', () => {
    const chain = [webCa.issue({ now: NOW, names: { dns: ['shire.example'] }, notAfter: NOW - DAY / 2 }).der];
    const text = with_({ chain }).reasons[0]?.text ?? '';
    expect(text).toContain('shire.example');
    expect(text).toContain('expired');
  });

  it('is judged for its own name at every hop: a bad one on the way spoils the end', () => {
    const wrong = [webCa.issue({ now: NOW, names: { dns: ['shire.example'] } }).der];
    const end = hop(URL_THERE, { body: good, chain: wrong });
    expect(code(judge([redirect(URL_HERE, URL_THERE), end]))).toBe('posh-untrusted-web-server');
    const start = hop(URL_HERE, {
      status: 302,
      headers: [['location', URL_THERE]],
      chain: [selfSigned({ now: NOW }).der],
    });
    expect(code(judge([start, hop(URL_THERE, { body: good })]))).toBe('posh-untrusted-web-server');
    const referring = hop(URL_HERE, {
      body: JSON.stringify({ url: URL_THERE, expires: 60 }),
      chain: [selfSigned({ now: NOW }).der],
    });
    expect(code(judge([referring, hop(URL_THERE, { body: good })]))).toBe('posh-untrusted-web-server');
  });

  it('may have a wildcard of one whole label with two labels after it', () => {
    const url = 'https://posh.hosting.example/p.json';
    const named = (dns: string): string => {
      const chain = [webCa.issue({ now: NOW, names: { dns: [dns] } }).der];
      return judge([redirect(URL_HERE, url), hop(url, { body: good, chain })]).state;
    };
    expect(named('*.hosting.example')).toBe('open');
    expect(named('POSH.hosting.example')).toBe('open');
    for (const dns of [
      '*.example',
      '*.*.example',
      'p*.hosting.example',
      '*.posh.hosting.example',
      '*',
      'hosting.example',
    ]) {
      expect(named(dns)).toBe('shut');
    }
  });

  it('may not have a wildcard with one label after it', () => {
    const chain = [webCa.issue({ now: NOW, names: { dns: ['*.example'] } }).der];
    expect(judge(served(good, { chain })).state).toBe('shut');
  });

  it('may be an address only with that address in its certificate', () => {
    const url = 'https://192.0.2.7/p.json';
    const named = (names: { readonly dns?: readonly string[]; readonly ip?: readonly string[] }): string => {
      const chain = [webCa.issue({ now: NOW, names }).der];
      return judge([redirect(URL_HERE, url), hop(url, { body: good, chain })]).state;
    };
    expect(named({ ip: ['192.0.2.7'] })).toBe('open');
    expect(named({ ip: ['192.0.2.8'] })).toBe('shut');
    expect(named({ dns: ['192.0.2.7'] })).toBe('shut');
  });

  it('that answers 404 or 410 publishes nothing', () => {
    for (const status of [404, 410])
      expect(with_({ status })).toMatchObject({ state: 'absent', reasons: [] });
  });

  it('that answers otherwise, badly or not at all is told apart', () => {
    expect(with_({ status: 403 }).state).toBe('shut');
    expect(with_({ status: 503 }).state).toBe('unknown');
    const net = (problem: NonNullable<HopOptions['problem']>): string =>
      with_({ problem, noTls: true }).state;
    expect(net({ code: 'refused' })).toBe('absent');
    expect(net({ code: 'timed-out', afterMs: 5 })).toBe('unknown');
    expect(net({ code: 'no-family' })).toBe('unknown');
    expect(net({ code: 'unreachable', detail: 'EHOSTUNREACH' })).toBe('unknown');
    expect(net({ code: 'handshake-failed', detail: 'x' })).toBe('shut');
    expect(with_({ problem: { code: 'too-large', limit: 65536 } })).toMatchObject({ state: 'shut' });
    expect(judge([]).state).toBe('unknown');
  });

  it('that a reference leads to and that has nothing does not make the reference absent', () => {
    const referred = hop(URL_HERE, { body: JSON.stringify({ url: URL_THERE, expires: 60 }) });
    const at = (options: HopOptions): PoshEvidence => judge([referred, hop(URL_THERE, options)]);
    const missing = at({ status: 404 });
    expect(missing.state).toBe('shut');
    expect(missing.reasons[0]?.text).toContain(`${URL_THERE} answers with status 404`);
    expect(at({ problem: { code: 'refused' }, noTls: true }).state).toBe('shut');
    const stranger = at({ status: 404, chain: [selfSigned({ now: NOW }).der] });
    expect(stranger.reasons[0]?.code).toBe('posh-untrusted-web-server');
  });

  it('that is repaired, reached or allowed otherwise says so, and not that a document is missing', () => {
    expect(with_({ problem: { code: 'handshake-failed', detail: 'x' }, noTls: true }).opensBy).toContain(
      'HTTP/1.1',
    );
    expect(with_({ problem: { code: 'private-address' }, noTls: true }).opensBy).toContain('private');
  });

  it('without an address publishes nothing', () => {
    const none = new Map([['shire.example', [result('secure'), result('insecure')]]]);
    expect(judge([], { addressStates: none })).toMatchObject({ state: 'absent' });
  });

  it('whose address is bogus, or unanswered in a signed zone, leaves the route unknown whatever it served', () => {
    const at = (host: string, broken: DnssecResult): PoshEvidence =>
      judge([redirect(URL_HERE, URL_THERE), hop(URL_THERE, { body: good })], {
        addressStates: new Map([[host, [result('secure'), broken]]]),
      });
    for (const host of ['shire.example', 'hosting.example']) {
      expect(at(host, result('bogus')).state).toBe('unknown');
      expect(at(host, result('unanswered', { zone: 'signed' })).state).toBe('unknown');
      expect(at(host, result('unanswered')).state).toBe('open');
      expect(at(host, result('insecure')).state).toBe('open');
    }
  });
});
