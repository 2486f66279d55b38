import { describe, expect, it } from 'vitest';
import {
  hostMetaUrls,
  judgeHostMeta,
  judgeHostMetaOf,
  nextHostMetaUrl,
  webEndpointUrls,
} from '../../electron/trust/host-meta.ts';
import type { DnsName } from '../../shared/basics.ts';
import type { HttpsSeen } from '../../shared/observation.ts';
import type { HostMetaReport } from '../../shared/report.ts';
import { NOW } from './dane-world.ts';
import { hop, redirect, stores, webCa, type HopOptions } from './posh-world.ts';

const DOMAIN = 'shire.example' as DnsName;
const XML = 'https://shire.example/.well-known/host-meta';
const JSON_URL = `${XML}.json`;
const CORS = [['access-control-allow-origin', '*']] as const;
type Link = { readonly rel: string; readonly href?: string; readonly port?: number };
const ws: Link = { rel: 'urn:xmpp:alt-connections:websocket', href: 'wss://shire.example/ws' };
const bosh: Link = { rel: 'urn:xmpp:alt-connections:xbosh', href: 'https://shire.example/bosh' };

const jrd = (links: readonly Link[], more: object = {}): HttpsSeen =>
  hop(JSON_URL, { body: JSON.stringify({ links, ...more }), headers: CORS, purpose: 'host-meta-json' });
const xrd = (links: readonly Link[], options: HopOptions = {}): HttpsSeen =>
  hop(XML, {
    body: `<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">${links.map(({ rel, href }) => `<Link rel="${rel}" href="${href ?? ''}"/>`).join('')}</XRD>`,
    headers: CORS,
    purpose: 'host-meta',
    ...options,
  });
const door = (url: string, options: HopOptions = {}): HttpsSeen =>
  hop(url, { purpose: 'web-endpoint', status: 400, ...options });
const looks = (all: readonly HttpsSeen[]): { https: (purpose: string) => readonly HttpsSeen[] } => ({
  https: (purpose) => all.filter((one) => one.purpose === purpose),
});
const judge = (...all: readonly HttpsSeen[]): HostMetaReport =>
  judgeHostMeta({ domain: DOMAIN, looks: looks(all), stores, now: NOW });
const notes = (report: HostMetaReport): readonly string[] => report.notes.map(({ code }) => code);

describe('host-meta', () => {
  it('is looked for in both forms', () => {
    expect(hostMetaUrls(DOMAIN).map(({ url }) => url)).toEqual([XML, JSON_URL]);
  });

  it('follows redirects by https only, and ends in loops', () => {
    expect(nextHostMetaUrl(XML, [])).toEqual({ url: XML });
    expect(nextHostMetaUrl(XML, [redirect(XML, 'https://hosting.example/x')])).toEqual({
      url: 'https://hosting.example/x',
    });
    expect(nextHostMetaUrl(XML, [redirect(XML, 'http://hosting.example/x')])).toEqual({
      done: 'redirect-not-https',
    });
    expect(nextHostMetaUrl(XML, [redirect(XML, XML)])).toEqual({ done: 'redirect-loop' });
    expect(nextHostMetaUrl(XML, [xrd([])])).toEqual({ done: 'answer' });
  });

  it('names the doors to look at, once each, wss as https, never ws or http', () => {
    const plain = { rel: ws.rel, href: 'ws://shire.example/ws' };
    const cross = { rel: ws.rel, href: 'https://shire.example/other' };
    const all = looks([xrd([ws, bosh, plain, cross]), jrd([ws])]);
    expect(webEndpointUrls(all)).toEqual(['https://shire.example/ws', 'https://shire.example/bosh']);
  });

  it('lists every endpoint with whether it is secure, and judges its web server', () => {
    const report = judge(
      xrd([ws, bosh]),
      jrd([ws, bosh]),
      door('https://shire.example/ws'),
      door('https://shire.example/bosh'),
    );
    expect(report.endpoints).toMatchObject([
      { kind: 'websocket', url: 'wss://shire.example/ws', secure: true },
      { kind: 'bosh', url: 'https://shire.example/bosh', secure: true },
    ]);
    expect(
      report.endpoints.every(({ checks }) => checks.length === 3 && checks.every(({ ok }) => ok === true)),
    ).toBe(true);
    expect(notes(report)).toEqual(['host-meta-cors', 'host-meta-cors']);
  });

  it('says of a door with a certificate for somebody else that it is not proven', () => {
    const chain = [webCa.issue({ now: NOW, names: { dns: ['mordor.example'] } }).der];
    const [endpoint] = judge(xrd([ws]), door('https://shire.example/ws', { chain })).endpoints;
    expect(endpoint?.secure).toBe(false);
    expect(endpoint?.note).toContain('not proven');
    expect(endpoint?.checks.some(({ ok }) => ok === false)).toBe(true);
  });

  it('calls no door secure that only an unproven web server names', () => {
    const stranger = { chain: [webCa.issue({ now: NOW, names: { dns: ['mordor.example'] } }).der] };
    const there = door('https://shire.example/ws');
    const alone = judge(xrd([ws], stranger), there).endpoints;
    expect(alone).toMatchObject([{ secure: false, note: expect.stringContaining('names it') as string }]);
    expect(judge(xrd([ws], stranger), jrd([ws]), there).endpoints).toMatchObject([{ secure: true }]);
  });

  it('does not know of a door that was not looked at or not reached whether it is secure', () => {
    const silent = door('https://shire.example/ws', { problem: { code: 'refused' }, noTls: true });
    expect(judge(xrd([ws])).endpoints[0]?.secure).toBeNull();
    expect(judge(xrd([ws]), silent).endpoints[0]?.secure).toBeNull();
  });

  it('says of ws and http that they are not secure', () => {
    const report = judge(
      xrd([
        { rel: ws.rel, href: 'ws://shire.example/ws' },
        { rel: bosh.rel, href: 'http://shire.example/b' },
        { rel: ws.rel, href: 'nonsense' },
      ]),
    );
    expect(report.endpoints.map(({ secure }) => secure)).toEqual([false, false, false]);
  });

  it('notes a missing CORS header', () => {
    expect(notes(judge(xrd([ws], { headers: [] })))).toContain('host-meta-no-cors');
    const other = [['access-control-allow-origin', 'https://x.example']] as const;
    expect(notes(judge(xrd([ws], { headers: other })))).toContain('host-meta-no-cors');
  });

  it('notes what is missing, broken, untrusted or different in the two forms', () => {
    expect(notes(judge(xrd([], { status: 404 })))).toEqual(['host-meta-none']);
    expect(notes(judge(xrd([], { status: 500 })))).toEqual(['host-meta-status']);
    expect(notes(judge(xrd([], { body: '<html/>' })))).toEqual(['host-meta-malformed']);
    expect(notes(judge(xrd([], { problem: { code: 'refused' }, noTls: true })))).toEqual([
      'host-meta-problem',
    ]);
    expect(notes(judge(xrd([ws], { chain: [] })))).toContain('host-meta-untrusted');
    expect(notes(judge(xrd([])))).toContain('host-meta-no-links');
    expect(notes(judge(xrd([ws]), jrd([bosh])))).toContain('host-meta-differ');
    expect(judge().notes).toEqual([]);
  });

  it('recognises host-meta 2 as experimental', () => {
    const found = judge(jrd([{ rel: 'urn:xmpp:alt-connections:tls', port: 443 }], { xmpp: { ttl: 60 } }));
    expect(notes(found)).toEqual(['host-meta-cors', 'host-meta-old-rel', 'host-meta-2']);
    expect(found.notes.at(-1)?.text).toContain('ttl, port');
    expect(found.endpoints).toEqual([]);
  });

  it('makes hostile texts visible', () => {
    const [endpoint] = judge(jrd([{ rel: ws.rel, href: 'wss://a\u202e.example/\u0000' }])).endpoints;
    expect(endpoint?.url).toBe('wss://a\\u{202e}.example/\\u{0}');
  });

  it('belongs to a client’s check of a domain only', () => {
    const request = {
      source: { kind: 'domain', ascii: DOMAIN, unicode: DOMAIN },
      service: 'xmpp-server',
    } as never;
    expect(judgeHostMetaOf(request, looks([]), { stores, now: NOW })).toBeNull();
  });
});
