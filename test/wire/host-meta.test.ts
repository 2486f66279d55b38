import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHostMetaJson, decodeHostMetaXml, REL_WEBSOCKET } from '../../electron/wire/host-meta.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const NS = 'http://docs.oasis-open.org/ns/xri/xrd-1.0';
const WS = '<Link rel="urn:xmpp:alt-connections:websocket" href="wss://shire.example/ws"/>';
const xrd = (inside: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><XRD xmlns="${NS}">${inside}</XRD>`;
const detail = (text: string): string => {
  const read = decodeHostMetaXml(bytes(text));
  return read.ok ? 'ok' : read.problem.detail;
};

describe('host-meta as XML', () => {
  it('keeps the links that concern XMPP, and counts the others', () => {
    const text = xrd(
      `<Subject>x</Subject>${WS}<Link rel="lrdd" href="https://shire.example/"/><x:XRD xmlns:x="y">${WS}</x:XRD>`,
    );
    expect(decodeHostMetaXml(bytes(text))).toEqual({
      ok: true,
      value: {
        links: [{ rel: 'urn:xmpp:alt-connections:websocket', href: 'wss://shire.example/ws', members: [] }],
        others: 1,
        hostMeta2: null,
      },
    });
  });

  it('reads a document that begins with a byte order mark', () => {
    expect(detail(`\ufeff${xrd(WS)}`)).toBe('ok');
    expect(detail(`\ufeff\ufeff${xrd(WS)}`)).not.toBe('ok');
  });

  it('passes over comments and processing instructions, and what looks like a link inside them', () => {
    const link = (host: string): string => `<Link rel="${REL_WEBSOCKET}" href="wss://${host}/ws"/>`;
    const body = xrd(`<!-- ${link('no.example')} --><?x ${link('no.example')} ?>${link('yes.example')}`);
    const read = decodeHostMetaXml(bytes(body));
    expect(read.ok && read.value.links.map((one) => one.href)).toEqual(['wss://yes.example/ws']);
  });
  it('refuses and names a DTD, depth, size and another root', () => {
    expect(detail(`<!DOCTYPE XRD [<!ENTITY a "b">]>${xrd('').slice(38)}`)).toContain('DTD');
    expect(detail(xrd('<a>'.repeat(9)))).toContain('deeper than 8');
    expect(detail(xrd('x'.repeat(65_536)))).toContain('64 KiB');
    expect(detail('<html/>')).toContain('root element');
    expect(detail(`<XRD>${WS}</XRD>`)).toContain('root element');
    expect(detail(xrd('&a;'))).toContain('not well-formed');
    expect(detail(xrd('<a></b>'))).toContain('not well-formed');
    expect(detail(xrd('').concat('x'))).toContain('not well-formed');
  });

  it('is malformed when cut off at any length', () => {
    const text = xrd(WS);
    for (let length = 0; length < text.length; length++) expect(detail(text.slice(0, length))).not.toBe('ok');
    expect(detail(text)).toBe('ok');
  });

  it('takes any bytes and any tag soup without throwing', () => {
    fc.assert(fc.property(fc.uint8Array(), (any) => void decodeHostMetaXml(any)));
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '&',
      'a',
      '"',
      '=',
      ' ',
      'XRD',
      'Link',
      'xmlns',
      ']]>',
      '<![CDATA[',
      '&#x0;',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        (soup) => void decodeHostMetaXml(bytes(xrd(soup.join('')))),
      ),
      { numRuns: 1000 },
    );
  });
});

describe('host-meta as JSON', () => {
  const read = (document: unknown): ReturnType<typeof decodeHostMetaJson> =>
    decodeHostMetaJson(bytes(JSON.stringify(document)));

  it('reads links and recognises host-meta 2', () => {
    const link = { rel: 'urn:xmpp:alt-connections:tls', port: 443, sni: 'x', ech: 'y' };
    expect(
      read({ xmpp: { ttl: 60, 'public-key-pins-sha-256': [] }, links: [link, { rel: 7 }, 'x'] }),
    ).toEqual({
      ok: true,
      value: {
        links: [{ rel: 'urn:xmpp:alt-connections:tls', href: null, members: ['port', 'sni', 'ech'] }],
        others: 1,
        hostMeta2: ['ttl', 'public-key-pins-sha-256'],
      },
    });
  });

  it('has no links where none are given', () => {
    expect(read({})).toMatchObject({ ok: true, value: { links: [], hostMeta2: null } });
  });

  it('refuses what is no object, and links that are no array', () => {
    expect(read([]).ok).toBe(false);
    expect(read({ links: {} }).ok).toBe(false);
  });

  it('keeps at most 100 links', () => {
    const links = Array.from({ length: 500 }, () => ({
      rel: 'urn:xmpp:alt-connections:xbosh',
      href: 'https://x/',
    }));
    const found = read({ links });
    expect(found.ok && found.value.links.length).toBe(100);
  });

  it('takes any JSON without throwing', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('links', 'xmpp', 'x'), fc.jsonValue()),
        (any) => void read(any),
      ),
    );
  });
});
