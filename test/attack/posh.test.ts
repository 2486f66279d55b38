/**
 * posh.test.ts: POSH documents that almost count, over web servers that almost are the domain's.
 *
 * In:   test/attack/world.ts
 * Out:  one test a trick
 * Not:  documents and hops one by one (test/trust/posh*.test.ts)
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Issued } from '../../electron/demo/certificate.ts';
import { poshDocument, srv, type Kit } from '../../electron/demo/kit.ts';
import type { Document } from '../../electron/demo/https-server.ts';
import { bare, change, checkIn, DAY, endpoints, HONEST, LIAR, NOW, rr, short, TYPES } from './world.ts';

const POSH = { outcome: 'auto-accept', by: 'posh', case: null };
const PATH = '/.well-known/posh/xmpp-client.json';
const hash = (of: Issued, name = 'sha256'): string => createHash(name).update(of.der).digest('base64');
type Told = { readonly leaf: Issued; readonly kit: Kit; readonly chainPem?: string };

/** A hosted domain with a self-signed certificate for another name: only POSH can accept it. */
async function posh(
  paths: (told: Told) => Readonly<Record<string, Document>>,
  more: {
    readonly web?: (kit: Kit) => Issued;
    readonly leaf?: (kit: Kit) => Issued;
    readonly also?: (told: Told) => void;
    readonly form?: object;
    readonly lies?: Parameters<typeof checkIn>[0]['lies'];
    readonly unsigned?: boolean;
  } = {},
): ReturnType<typeof checkIn> {
  return checkIn({
    tell(kit) {
      const plan = srv(kit.zone('bree.example', { unsigned: more.unsigned ?? true }), 'xmpp.bree.example');
      const leaf = more.leaf?.(kit) ?? kit.selfSigned({ dns: ['pony.example'] });
      kit.server(plan, 'xmpp', 5222, { certificate: leaf });
      kit.site(plan, '@', paths({ leaf, kit }), more.web?.(kit));
      more.also?.({ leaf, kit });
    },
    lies: more.lies ?? [],
    form: { input: 'bree.example', ...more.form },
  });
}
const document = (fingerprints: object, expires: unknown = 1000) => ({
  [PATH]: { body: JSON.stringify({ fingerprints, expires }) },
});
const state = (report: Awaited<ReturnType<typeof posh>>): string | undefined =>
  endpoints(report)[0]?.routes.posh.state;

describe('a POSH document', () => {
  it('accepts where it names the leaf, in any of its objects', async () => {
    const report = await posh(({ leaf, kit }) =>
      document([{ 'sha-256': hash(kit.ca) }, { 'sha-256': hash(leaf), 'sha-512': hash(leaf, 'sha512') }]),
    );
    expect(short(report)).toEqual(POSH);
  });
  const shut: Readonly<Record<string, (told: Told) => Readonly<Record<string, Document>>>> = {
    'with one right and one wrong hash in one object': ({ leaf, kit }) =>
      document([{ 'sha-256': hash(leaf), 'sha-512': hash(kit.ca, 'sha512') }]),
    'with an unknown hash only': ({ leaf }) =>
      document([{ 'sha-1': hash(leaf, 'sha1'), 'sha-384': hash(leaf, 'sha384') }]),
    'with hex': ({ leaf }) => document([{ 'sha-256': Buffer.from(hash(leaf), 'base64').toString('hex') }]),
    'with a hash of the key': ({ leaf }) =>
      document([{ 'sha-256': createHash('sha256').update(leaf.certificate.spki).digest('base64') }]),
    'for the authority in place of the leaf': ({ kit }) =>
      document([{ 'sha-256': hash(kit.ca) }, { 'sha-256': hash(kit.intermediate) }]),
    'that expires at once': ({ leaf }) => document([{ 'sha-256': hash(leaf) }], 0),
    'that expires in the past': ({ leaf }) => document([{ 'sha-256': hash(leaf) }], -5),
    'that expires in text': ({ leaf }) => document([{ 'sha-256': hash(leaf) }], '1000'),
    'that expires in half a second': ({ leaf }) => document([{ 'sha-256': hash(leaf) }], 0.5),
    'that never expires': ({ leaf }) => ({
      [PATH]: { body: JSON.stringify({ fingerprints: [{ 'sha-256': hash(leaf) }] }) },
    }),
    'with a member twice': ({ leaf, kit }) => ({
      [PATH]: {
        body: `{"fingerprints":[{"sha-256":"${hash(kit.ca)}","sha-256":"${hash(leaf)}"}],"expires":9}`,
      },
    }),
    'with a URL beside fingerprints': ({ leaf }) => ({
      [PATH]: {
        body: JSON.stringify({
          fingerprints: [{ 'sha-256': hash(leaf) }],
          url: 'https://bree.example/x',
          expires: 9,
        }),
      },
    }),
    'as an array': ({ leaf }) => ({
      [PATH]: { body: JSON.stringify([{ fingerprints: [{ 'sha-256': hash(leaf) }], expires: 9 }]) },
    }),
    'with status 403': ({ leaf }) => ({ [PATH]: { status: 403, body: poshDocument(leaf) } }),
    'with status 404': ({ leaf }) => ({ [PATH]: { status: 404, body: poshDocument(leaf) } }),
    'under the path of the other service': ({ leaf }) => ({
      '/.well-known/posh/xmpp-server.json': { body: poshDocument(leaf) },
    }),
    'that refers to a reference': ({ leaf }) => ({
      [PATH]: { body: JSON.stringify({ url: 'https://bree.example/a', expires: 9 }) },
      '/a': { body: JSON.stringify({ url: 'https://bree.example/b', expires: 9 }) },
      '/b': { body: poshDocument(leaf) },
    }),
    'that refers with an expiry of 0': ({ leaf }) => ({
      [PATH]: { body: JSON.stringify({ url: 'https://bree.example/a', expires: 0 }) },
      '/a': { body: poshDocument(leaf) },
    }),
    'that leads to http': () => ({ [PATH]: { status: 302, headers: { location: 'http://bree.example/a' } } }),
    'that leads to itself': () => ({ [PATH]: { status: 302, headers: { location: PATH } } }),
    'in the old draft form': ({ leaf }) => ({
      [PATH]: {
        body: JSON.stringify({ keys: [{ kty: 'EC', x5c: [Buffer.from(leaf.der).toString('base64')] }] }),
      },
    }),
  };
  for (const [what, paths] of Object.entries(shut))
    it(`${what} accepts nothing`, async () => {
      const report = await posh(paths);
      expect(report.verdict.outcome).toBe('manual');
      expect(['shut', 'contradicted', 'absent']).toContain(state(report));
    });
  it('that is offered for publishing lists the certificate of every server, and then opens the route at each', async () => {
    const run = (paths: Readonly<Record<string, Document>>, keep: Issued[]): ReturnType<typeof checkIn> =>
      checkIn({
        tell(kit) {
          const plan = kit.zone('bree.example', { unsigned: true });
          for (const [i, host] of ['a', 'b', 'c'].entries()) {
            keep[i] ??= kit.issue({ dns: i === 2 ? ['mordor.example'] : ['bree.example'] });
            srv(plan, `${host}.bree.example`);
            kit.server(plan, host, 5222, { certificate: keep[i] });
          }
          kit.site(plan, '@', paths);
        },
        form: { input: 'bree.example' },
      });
    const keep: Issued[] = [];
    const text = (await run({}, keep)).posh?.text ?? '';
    // Two are proven by PKIX; the third is nobody's word to vouch for.
    expect(text.match(/sha-256/g)).toHaveLength(2);
    const states = endpoints(await run({ [PATH]: { body: text } }, keep)).map((e) => e.routes.posh.state);
    expect(states).toEqual(['open', 'open', 'contradicted']);
  });
  it('expires in the distant future and accepts, with a note', async () => {
    const report = await posh(({ leaf }) => document([{ 'sha-256': hash(leaf) }], Number.MAX_SAFE_INTEGER));
    expect(short(report)).toEqual(POSH);
    expect(report.posh?.notes.map((n) => n.code)).toContain('posh-expires-long');
  });
  it('for another certificate contradicts', async () => {
    const report = await posh(({ kit }) => document([{ 'sha-256': hash(kit.ca) }]));
    expect(state(report)).toBe('contradicted');
    expect(report.verdict.outcome).toBe('manual');
  });
  it('accepts no expired leaf', async () => {
    const report = await posh(({ leaf }) => document([{ 'sha-256': hash(leaf) }]), {
      leaf: (kit) =>
        kit.selfSigned({ dns: ['pony.example'] }, { notBefore: NOW - 9 * DAY, notAfter: NOW - DAY }),
    });
    expect(report.verdict.outcome).toBe('manual');
    expect(state(report)).toBe('shut');
  });
  it('is not fresh at another date', async () => {
    const report = await posh(({ leaf }) => document([{ 'sha-256': hash(leaf) }]), {
      form: { at: '2026-11-25' },
    });
    expect(state(report)).toBe('shut');
  });
});

describe('a POSH document over', () => {
  const good = ({ leaf }: Told) => ({ [PATH]: { body: poshDocument(leaf) } });
  const webs: Readonly<Record<string, (kit: Kit) => Issued>> = {
    'a web server for another name': (kit) => kit.issue({ dns: ['pony.example'] }),
    'a web server for a name below': (kit) => kit.issue({ dns: ['*.bree.example'] }),
    'a web server with a wildcard of one label': (kit) => kit.issue({ dns: ['*.example'] }),
    'a web server with the common name only': (kit) => kit.issue({ cn: 'bree.example' }),
    'a web server with an SRV-ID': (kit) => kit.issue({ srv: ['_xmpp-client.bree.example'] }),
    'a web server that nobody vouches for': (kit) => kit.selfSigned({ dns: ['bree.example'] }),
    'a web server whose certificate has expired': (kit) =>
      kit.issue({ dns: ['bree.example'] }, { notBefore: NOW - 9 * DAY, notAfter: NOW - DAY }),
    'a web server of an unknown authority': (kit) =>
      kit.unknownCa.issue({ now: NOW, names: { dns: ['bree.example'] } }),
  };
  for (const [what, web] of Object.entries(webs))
    it(`${what} accepts nothing`, async () => {
      const report = await posh(good, { web });
      expect(report.verdict.outcome).toBe('manual');
      expect(state(report)).toBe('shut');
    });
  it('a redirect to a web server without a good certificate accepts nothing', async () => {
    const report = await posh(
      () => ({ [PATH]: { status: 302, headers: { location: 'https://pony.example/p.json' } } }),
      {
        also: ({ leaf, kit }) =>
          kit.site(
            kit.zone('pony.example'),
            '@',
            { '/p.json': { body: poshDocument(leaf) } },
            kit.selfSigned({ dns: ['pony.example'] }),
          ),
      },
    );
    expect(state(report)).toBe('shut');
    expect(report.verdict.outcome).toBe('manual');
  });
  it('a redirect and a reference that hold accepts', async () => {
    const report = await posh(
      () => ({ [PATH]: { body: JSON.stringify({ url: 'https://pony.example/r', expires: 60 }) } }),
      {
        also: ({ leaf, kit }) =>
          kit.site(kit.zone('pony.example'), '@', {
            '/r': { status: 307, headers: { location: '/p.json' } },
            '/p.json': { body: poshDocument(leaf) },
          }),
      },
    );
    expect(short(report)).toEqual(POSH);
    expect(Date.parse(report.posh?.expiresAt ?? '') - NOW).toBeLessThan(66_000);
  });
  it('a web server at a forged address leaves the route unknown', async () => {
    const lie = change(
      (name, type) => type === TYPES.A && name === 'bree.example',
      (m) => bare({ ...m, answer: m.answer.filter((one) => one.type === TYPES.A) }),
    );
    const report = await posh(good, { unsigned: false, lies: [lie], form: { resolvers: [LIAR] } });
    expect(state(report)).toBe('unknown');
    expect(report.verdict.by).not.toBe('posh');
  });
  it('a web server at a forged address, with an honest second resolver, is found', async () => {
    const lie = change(
      (name, type) => type === TYPES.A && name === 'bree.example',
      (m) => ({ ...m, authority: [], answer: [rr('bree.example', 'A', '127.0.99.1')] }),
    );
    const report = await posh(good, { unsigned: false, lies: [lie], form: { resolvers: [LIAR, HONEST] } });
    expect(short(report)).toEqual(POSH);
  });
});
