/**
 * whole-check-https.test.ts: hostile web servers in whole checks: never a match, within time and memory, and named.
 *
 * Each domain's XMPP server shows a certificate that only its POSH document could vouch for.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCheck } from '../../electron/check.ts';
import type { Issued } from '../../electron/demo/certificate.ts';
import type { Document, Handler } from '../../electron/demo/https-server.ts';
import { poshDocument, srv, type Kit } from '../../electron/demo/kit.ts';
import type { ZonePlan } from '../../electron/demo/zone.ts';
import { openWorld } from '../../electron/world.ts';
import { NO_PINS } from '../../shared/pin.ts';
import { besideGood, expectGoodFirst, NOW, openGround, outcomeOf, story, type Ground } from './whole.ts';

const PATH = '/.well-known/posh/xmpp-client.json';
/** An address that is nobody's in the realm, and not private. */
const PUBLIC = '9.9.9.9';
const META = '/.well-known/host-meta';
const TYPE = { 'content-type': 'application/json' };
const MANUAL = 'manual wrong-name-untrusted-issuer';
type Web = (kit: Kit, plan: ZonePlan, leaf: Issued) => Document | Handler;

const raw =
  (text: string | Uint8Array): Handler =>
  (_request, _response, socket) =>
    void socket.end(text);
const forever =
  (head: string, again: string): Handler =>
  (_request, _response, socket) => {
    const more = (): void => {
      while (socket.writable) if (!socket.write(again)) return;
    };
    socket.write(head);
    socket.on('drain', more);
    more();
  };
const drip =
  (text: string): Handler =>
  (_request, _response, socket) => {
    let at = 0;
    const timer = setInterval(() => socket.write(text[at++] ?? ' '), 200);
    socket.on('close', () => clearInterval(timer));
  };
const json = (body: string | Uint8Array): Document => ({ headers: TYPE, body });
const prints = (leaf: Issued): string => JSON.stringify(hash(leaf));
const hash = (leaf: Issued): { 'sha-256': string } => ({
  'sha-256': createHash('sha256').update(leaf.der).digest('base64'),
});
const wrapped = (body: string, head: string): string => `HTTP/1.1 200 OK\r\n${head}\r\n${body}`;

/** What the web server answers for the document, and the outcome of the whole check. */
const WEB: Readonly<Record<string, readonly [Web, string]>> = {
  'answers well': [(_k, _p, leaf) => json(poshDocument(leaf)), 'auto-accept posh'],
  'is silent': [() => () => undefined, MANUAL],
  'closes without a word': [() => raw(''), MANUAL],
  'sends one byte at a time': [
    (_k, _p, leaf) => drip(wrapped(poshDocument(leaf), 'Content-Length: 300\r\n')),
    MANUAL,
  ],
  'sends a body without end': [() => forever('HTTP/1.1 200 OK\r\n\r\n', 'x'.repeat(9_999)), MANUAL],
  'sends a good document and white space without end': [
    (_k, _p, leaf) => forever(`HTTP/1.1 200 OK\r\n\r\n${poshDocument(leaf)}`, ' '.repeat(9_999)),
    MANUAL,
  ],
  'sends headers without end': [() => forever('HTTP/1.1 200 OK\r\nX: ', 'x'.repeat(9_999)), MANUAL],
  'sends 9,000 headers before a good document': [
    (_k, _p, leaf) => raw(wrapped(poshDocument(leaf), 'A: b\r\n'.repeat(9_000))),
    MANUAL,
  ],
  'announces more than it sends': [
    (_k, _p, leaf) => raw(wrapped(poshDocument(leaf), 'Content-Length: 5000\r\n')),
    MANUAL,
  ],
  'announces a negative length': [
    (_k, _p, leaf) => raw(wrapped(poshDocument(leaf), 'Content-Length: -1\r\n')),
    MANUAL,
  ],
  'announces two lengths': [
    (_k, _p, leaf) => raw(wrapped(poshDocument(leaf), 'Content-Length: 5\r\nContent-Length: 6\r\n')),
    MANUAL,
  ],
  'sends a compression bomb': [
    () => {
      const body = gzipSync(Buffer.alloc(50_000_000, 0x20));
      return { headers: { ...TYPE, 'content-encoding': 'gzip' }, body };
    },
    MANUAL,
  ],
  'compresses a good document unasked': [
    (_k, _p, leaf) => ({
      headers: { ...TYPE, 'content-encoding': 'gzip' },
      body: gzipSync(poshDocument(leaf)),
    }),
    MANUAL,
  ],
  'sends JSON 30,000 levels deep': [() => json('['.repeat(30_000) + ']'.repeat(30_000)), MANUAL],
  'sends objects 10,000 levels deep': [() => json('{"a":'.repeat(10_000)), MANUAL],
  'sends the fingerprints twice, the good ones last': [
    (_k, _p, leaf) => json(`{"fingerprints":[],"fingerprints":[${prints(leaf)}],"expires":600}`),
    MANUAL,
  ],
  'sends the fingerprints twice, the good ones first': [
    (_k, _p, leaf) => json(`{"fingerprints":[${prints(leaf)}],"fingerprints":[],"expires":600}`),
    MANUAL,
  ],
  'sends expires twice': [
    (_k, _p, leaf) => json(`{"fingerprints":[${prints(leaf)}],"expires":600,"expires":0}`),
    MANUAL,
  ],
  'begins with a byte order mark': [(_k, _p, leaf) => json(`\ufeff${poshDocument(leaf)}`), MANUAL],
  'sends UTF-16': [(_k, _p, leaf) => json(Buffer.from(poshDocument(leaf), 'utf16le')), MANUAL],
  'sends bytes that are no UTF-8': [
    (_k, _p, leaf) => json(Buffer.concat([Buffer.from(poshDocument(leaf)), Buffer.from([0xff])])),
    MANUAL,
  ],
  'sends fingerprints that are a string': [
    (_k, _p, leaf) => json(JSON.stringify({ fingerprints: hash(leaf)['sha-256'], expires: 600 })),
    MANUAL,
  ],
  'sends a fingerprint that is a list': [
    (_k, _p, leaf) =>
      json(JSON.stringify({ fingerprints: [{ 'sha-256': [hash(leaf)['sha-256']] }], expires: 600 })),
    MANUAL,
  ],
  'sends expires as text': [
    (_k, _p, leaf) => json(JSON.stringify({ fingerprints: [hash(leaf)], expires: '600' })),
    MANUAL,
  ],
  'sends expires as a negative number': [(_k, _p, leaf) => json(poshDocument(leaf, -1)), MANUAL],
  'sends expires beyond every number': [
    (_k, _p, leaf) => json(`{"fingerprints":[${prints(leaf)}],"expires":1e999}`),
    MANUAL,
  ],
  'sends a good hash beside a wrong one': [
    (_k, _p, leaf) =>
      json(JSON.stringify({ fingerprints: [{ ...hash(leaf), 'sha-512': 'AAAA' }], expires: 600 })),
    MANUAL,
  ],
  'sends a list': [(_k, _p, leaf) => json(`[${poshDocument(leaf)}]`), MANUAL],
  'sends a good document and garbage': [(_k, _p, leaf) => json(`${poshDocument(leaf)}}`), MANUAL],
  'sends __proto__ with the fingerprints': [
    (_k, _p, leaf) => json(`{"__proto__":{"fingerprints":[${prints(leaf)}]},"expires":600}`),
    MANUAL,
  ],
  'sends 10 MB of fingerprints, the good one first': [
    (_k, _p, leaf) =>
      json(
        `{"fingerprints":[${prints(leaf)},${`${prints(leaf)},`.repeat(150_000)}${prints(leaf)}],"expires":600}`,
      ),
    MANUAL,
  ],
  'answers 404 with a good document': [
    (_k, _p, leaf) => ({ status: 404, headers: TYPE, body: poshDocument(leaf) }),
    MANUAL,
  ],
  'redirects to plain http': [() => moved('http://other.example/'), MANUAL],
  'redirects to a file': [() => moved('file:///etc/passwd'), MANUAL],
  'redirects to data that holds a good document': [
    (_k, _p, leaf) => moved(`data:application/json,${encodeURIComponent(poshDocument(leaf))}`),
    MANUAL,
  ],
  'redirects to itself': [(_k, plan) => moved(`https://${plan.name}${PATH}`), MANUAL],
  'redirects without end': [
    (kit, plan, leaf) => {
      const paths = Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [`/${i}`, moved(`https://www.${plan.name}/${i + 1}`)]),
      );
      kit.site(plan, 'www', { ...paths, '/40': json(poshDocument(leaf)) });
      return moved(`https://www.${plan.name}/0`);
    },
    MANUAL,
  ],
  'redirects to a location of 10,000 characters': [() => moved(`https://a/${'x'.repeat(10_000)}`), MANUAL],
  'redirects with a name and a password': [
    (kit, plan, leaf) => {
      kit.site(plan, 'www', { '/': json(poshDocument(leaf)) });
      return moved(`https://frodo:secret@www.${plan.name}/`);
    },
    MANUAL,
  ],
  'redirects to a server that nobody vouches for': [
    (kit, plan, leaf) => {
      const own = kit.selfSigned({ dns: [`www.${plan.name}`] });
      kit.site(plan, 'www', { '/': json(poshDocument(leaf)) }, own);
      return moved(`https://www.${plan.name}/`);
    },
    MANUAL,
  ],
  'refers to a document that refers on': [
    (kit, plan, leaf) => {
      const next = `https://www.${plan.name}/last`;
      kit.site(plan, 'www', {
        '/next': json(JSON.stringify({ url: next, expires: 600 })),
        '/last': json(poshDocument(leaf)),
      });
      return json(JSON.stringify({ url: `https://www.${plan.name}/next`, expires: 600 }));
    },
    MANUAL,
  ],
  'refers to itself': [
    (_k, plan) => json(JSON.stringify({ url: `https://${plan.name}${PATH}`, expires: 600 })),
    MANUAL,
  ],
  'refers and lists at once': [
    (_k, plan, leaf) =>
      json(JSON.stringify({ url: `https://${plan.name}/x`, fingerprints: [hash(leaf)], expires: 600 })),
    MANUAL,
  ],
};

function moved(location: string): Document {
  return { status: 302, headers: { location }, body: '' };
}

const HANGING = new Set(['is silent', 'sends one byte at a time']);
const names = Object.keys(WEB);
const domainOf = (name: string): string => `w${names.indexOf(name)}.example`;
let ground: Ground;
beforeAll(async () => {
  ground = await openGround([
    ...Object.entries(WEB).map(([name, [web]]) =>
      story(domainOf(name), (kit) => {
        const domain = domainOf(name);
        const plan = srv(kit.zone(domain, { unsigned: true }), `xmpp.${domain}`);
        const leaf = kit.selfSigned({ dns: [`xmpp.${domain}`] });
        kit.server(plan, 'xmpp', 5222, { certificate: leaf });
        kit.site(plan, '@', { [PATH]: web(kit, plan, leaf) });
      }),
    ),
    // One endpoint that PKIX accepts, one whose host-meta and WebSocket hang.
    story('meta.example', (kit) => {
      const plan = besideGood(kit, 'meta.example');
      const links = [{ rel: 'urn:xmpp:alt-connections:websocket', href: 'wss://ws.meta.example/' }];
      kit.site(plan, '@', { [`${META}.json`]: json(JSON.stringify({ links })), [META]: () => undefined });
      kit.site(plan, 'ws', { '/': () => undefined });
    }),
    story('inside.example', (kit) => {
      const plan = srv(kit.zone('inside.example', { unsigned: true }), 'xmpp.inside.example');
      kit.site(plan, '@', { [PATH]: moved('https://router.inside.example/') });
      plan.add('@', 'A', PUBLIC).add('router', 'A', '10.0.0.1').add('xmpp', 'A', PUBLIC);
    }),
  ]);
});
afterAll(() => ground.close());

describe('a whole check with a web server that', () => {
  for (const [name, [, wanted]] of Object.entries(WEB))
    it(name, async () => {
      const seconds = HANGING.has(name) ? 1.5 : 10;
      const { report } = await ground.check(domainOf(name), { seconds });
      const route = report.targets[0]?.endpoints[0]?.routes.posh;
      expect(route?.state === 'open').toBe(wanted !== MANUAL);
      // What was wrong is said.
      if (wanted === MANUAL) expect(route?.steps.at(-1)?.text ?? '').not.toBe('');
      expect(outcomeOf(report)).toBe(wanted);
      await expect.poll(() => ground.realm.servers.open(), { timeout: 2_000 }).toBe(0);
    });

  it('hangs on host-meta and on the WebSocket: the verdict does not wait for them', async () => {
    const whole = await ground.check('meta.example', { seconds: 2 });
    expectGoodFirst(whole, 'meta.example', true);
    expect(outcomeOf(whole.report)).toBe('auto-accept pkix');
  });
});

it('a web server that redirects into a private network: nothing there is connected to', async () => {
  const { request } = await ground.ready('inside.example');
  const dialled: string[] = [];
  const find = (
    address: string,
    port: number,
  ): { readonly address: string; readonly port: number } | undefined =>
    ground.realm.servers.find(address, port);
  const web = Array.from({ length: 250 }, (_, i) => find(`127.0.10.${i}`, 443)).find(
    (one) => one !== undefined,
  );
  const world = openWorld({
    pins: () => NO_PINS,
    dial: (address, port) => {
      dialled.push(`${address} ${port}`);
      if (address === PUBLIC && port === 443 && web !== undefined) return web;
      return (port === 53 ? find(address, port) : undefined) ?? { address: '127.0.0.1', port: 9 };
    },
  });
  const report = await runCheck(
    { ...request, allowPrivate: false },
    { ...world, now: () => NOW },
    () => undefined,
    new AbortController().signal,
  );
  expect(report?.posh?.hops.map((hop) => hop.status)).toEqual([302]);
  expect(report?.targets[0]?.endpoints[0]?.routes.posh.state).toBe('unknown');
  expect(new Set(dialled)).toEqual(new Set(['127.0.53.1 53', `${PUBLIC} 443`, `${PUBLIC} 5222`]));
});
