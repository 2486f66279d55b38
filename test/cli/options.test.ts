/**
 * options.test.ts: forms and argument lists.
 *
 * In:   what a person or the renderer sends
 * Out:  requests, or sentences
 * Not:  checks
 */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments, readText } from '../../electron/arguments.ts';
import { makeCa } from '../../electron/demo/certificate.ts';
import { parseRequest, parseTime, rootsNote } from '../../electron/options.ts';
import { encodePem } from '../../electron/wire/pem.ts';
import { credentialsFor } from '../net/visiting.ts';

const folder = mkdtempSync(join(tmpdir(), 'mellon-options-'));

describe('a form becomes a request', () => {
  it('with the defaults of REPORT.md', () => {
    const r = parseRequest({ input: 'bilbo@shire.example' });
    expect(r.ok && r.value).toMatchObject({
      given: 'bilbo@shire.example',
      service: 'xmpp-client',
      resolvers: ['system'],
      roots: ['bundled', 'system', 'files'],
      timeoutMs: 10_000,
      requireDnssec: false,
      allowPrivate: false,
      connect: null,
      at: null,
      trustAnchor: null,
    });
  });
  it('says where the stores and the files named do not go together', () => {
    const ca = [{ name: 'x.pem', pem: '' }];
    expect(rootsNote(['files'], undefined)).toContain('trusts no certificate authority');
    expect(rootsNote(['bundled'], ca)).toContain('counts for the resolver alone');
    expect(rootsNote(undefined, ca)).toBeNull();
    expect(rootsNote(['bundled'], undefined)).toBeNull();
    expect(rootsNote(['files'], ca)).toBeNull();
  });
  it('a host by hand, an IPv6 one in brackets', () => {
    const r = parseRequest({ input: 'shire.example', connect: '[::1]:5222', mode: 'direct-tls' });
    expect(r.ok && r.value.connect).toEqual({ host: '::1', port: 5222, mode: 'direct-tls' });
  });
  it.each([
    [{ input: '' }, 'input'],
    [{ input: 'a', resolvers: ['ftp://1.2.3.4'] }, 'resolver'],
    [{ input: 'a', from: 'a@b' }, 'from'],
    [{ input: 'a', negativeAnchors: ['a..b'] }, 'negative-anchor'],
    [{ input: 'a', trustAnchor: 'nonsense' }, 'trust-anchor'],
    [{ input: 'a', trustAnchor: '; only a comment\n' }, 'trust-anchor'],
    [{ input: 'a', ca: [{ name: 'x.pem', pem: 'no' }] }, 'ca'],
    [{ input: 'a', ca: [{ name: 'x.pem', pem: encodePem(Uint8Array.of(1, 2, 3)) }] }, 'ca'],
    [{ input: 'a', connect: 'shire.example' }, 'connect'],
    [{ input: 'a', connect: 'shire.example:0' }, 'connect'],
    [{ input: 'a', connect: 'shire.example:65536' }, 'connect'],
    [{ input: 'a', mode: 'starttls' }, 'mode'],
    [{ input: 'a', timeoutSeconds: 0 }, 'timeout'],
    [{ input: 'a', timeoutSeconds: Number.NaN }, 'form'],
    [{ input: 'a', at: 'yesterday' }, 'at'],
    [{ input: 'a', surprise: true }, 'form'],
    [{ input: 7 }, 'form'],
    [null, 'form'],
  ])('%j is refused at %s', (form, code) => {
    const r = parseRequest(form);
    expect(r.ok ? null : r.problem.code).toBe(code);
  });
  it('a bundle is taken for the certificates in it that can be read', () => {
    const { pem } = makeCa({ now: Date.UTC(2026, 10, 23), name: 'CA' });
    const r = parseRequest({
      input: 'a',
      ca: [{ name: 'x.pem', pem: `${encodePem(Uint8Array.of(1))}${pem}` }],
    });
    expect(r.ok).toBe(true);
  });
  it('anything at all is a request or a sentence, never a throw', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (junk, text) => {
        parseRequest(junk);
        parseRequest({ input: text, connect: text, at: text, resolvers: [text] });
      }),
    );
  });
  it('times need a zone, or are a whole day', () => {
    expect(parseTime('2026-11-23T12:00:00+01:00')).toBe('2026-11-23T11:00:00.000Z');
    expect(parseTime('2026-11-23')).toBe('2026-11-23T00:00:00.000Z');
    expect(parseTime('2028-02-29')).toBe('2028-02-29T00:00:00.000Z');
    const impossible = ['2026-13-01', '2026-02-31', '2026-02-29T12:00:00+01:00', '2026-04-31', '2026-01-32'];
    for (const text of ['2026-11-23T12:00:00', 'Nov 23', '', ...impossible])
      expect(parseTime(text)).toBeUndefined();
  });
});

describe('an argument list becomes a form', () => {
  it('several domains, repeated options, files read', () => {
    const anchor = join(folder, 'anchor');
    writeFileSync(anchor, '. IN DS 1 13 2 AA');
    const a = parseArguments([
      'a.example',
      'b.example',
      '--resolver',
      'udp://127.0.0.1',
      '--resolver',
      'tcp://127.0.0.2',
      '--trust-anchor',
      anchor,
      '--json',
      '--service',
      'server',
      '--timeout',
      '3',
    ]);
    expect(a.ok && a.value).toMatchObject({
      inputs: ['a.example', 'b.example'],
      json: true,
      form: {
        service: 'server',
        resolvers: ['udp://127.0.0.1', 'tcp://127.0.0.2'],
        trustAnchor: '. IN DS 1 13 2 AA',
        timeoutSeconds: 3,
      },
    });
  });
  it.each([
    [['--nope'], 'nope'],
    [['--service', 'mail'], '--service'],
    [['--mode', 'x'], '--mode'],
    [['--roots', 'bundled,mine'], '--roots'],
    [['--timeout', 'soon'], '--timeout'],
    [['--ca', join(folder, 'missing.pem')], 'cannot be read'],
    [['--client-cert', 'x'], 'belong together'],
    [['--resolver'], 'resolver'],
  ])('%j says what is wrong', (argv, words) => {
    const a = parseArguments(argv);
    expect(a.ok ? '' : a.problem).toContain(words);
  });
});

describe('a file that a person names', () => {
  it.each([
    ['UTF-8', Buffer.from('{"a":"bücher"}')],
    ['UTF-8 with its mark', Buffer.from('\ufeff{"a":"bücher"}')],
    ['what Windows PowerShell 5 writes', Buffer.from('\ufeff{"a":"bücher"}', 'utf16le')],
  ])('is read: %s', (_, bytes) => {
    const path = join(folder, 'named');
    writeFileSync(path, bytes);
    expect(readText(path)).toEqual({ ok: true, value: '{"a":"bücher"}' });
  });
  it.skipIf(!existsSync('/dev/zero'))('is read to its bound, whatever it says of its size', () => {
    expect(readText('/dev/zero')).toEqual({ ok: false, problem: '/dev/zero is larger than 32 MiB.' });
  });
});

describe('a certificate to show', () => {
  const [one, other] = ['bree.example', 'shire.example'].map((name) => credentialsFor(name));
  const show = (cert: string, key: string): string => {
    const paths = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    writeFileSync(paths.cert, cert);
    writeFileSync(paths.key, key);
    const a = parseArguments(['x', '--client-cert', paths.cert, '--client-key', paths.key]);
    return a.ok ? 'taken' : a.problem;
  };
  it('is taken with its own key only: without a word it would be the server that is refused', () => {
    expect(show(text(one?.cert), text(one?.key))).toBe('taken');
    expect(show(text(one?.cert), text(other?.key))).toContain('--client-cert');
    expect(show(text(one?.key), text(one?.cert))).toContain('--client-cert');
    expect(show('no certificate', 'no key')).toContain('--client-cert');
  });
});

function text(pem: unknown): string {
  return typeof pem === 'string' ? pem : '';
}
