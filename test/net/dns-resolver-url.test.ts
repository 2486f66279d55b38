/** dns-resolver-url.test.ts: how resolvers are named, and what is said of those that are not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResolver } from '../../electron/net/resolver-url.ts';
import { PRESETS } from '../../shared/presets.ts';

const PIN = 'yioEpqeR4WtDwE9YxNVnCEkTxIjx6EEIwFSQW+lJsbc=';

describe('naming a resolver', () => {
  it.each([
    ['system', { kind: 'system', text: 'system' }],
    [' SYSTEM ', { kind: 'system', text: 'system' }],
    ['udp://192.0.2.1', { kind: 'udp', address: '192.0.2.1', port: 53, text: 'udp://192.0.2.1' }],
    ['UDP://192.0.2.1:53/', { kind: 'udp', address: '192.0.2.1', port: 53, text: 'udp://192.0.2.1' }],
    ['udp://127.0.0.1:5353', { kind: 'udp', address: '127.0.0.1', port: 5353, text: 'udp://127.0.0.1:5353' }],
    ['tcp://[2001:DB8::1]', { kind: 'tcp', address: '2001:db8::1', port: 53, text: 'tcp://[2001:db8::1]' }],
    ['tcp://[::1]:5353', { kind: 'tcp', address: '::1', port: 5353, text: 'tcp://[::1]:5353' }],
    [
      'tls://DNS.example',
      { kind: 'tls', host: 'dns.example', port: 853, address: null, pins: [], text: 'tls://dns.example' },
    ],
    [
      'tls://dns.example.:8853#192.0.2.1',
      {
        kind: 'tls',
        host: 'dns.example',
        port: 8853,
        address: '192.0.2.1',
        pins: [],
        text: 'tls://dns.example:8853#192.0.2.1',
      },
    ],
    [
      'tls://dns.example#[2001:db8::1]',
      {
        kind: 'tls',
        host: 'dns.example',
        port: 853,
        address: '2001:db8::1',
        pins: [],
        text: 'tls://dns.example#2001:db8::1',
      },
    ],
    [
      `tls://192.0.2.1?pin-sha256=${PIN}`,
      {
        kind: 'tls',
        host: '192.0.2.1',
        port: 853,
        address: '192.0.2.1',
        pins: [PIN],
        text: `tls://192.0.2.1?pin-sha256=${PIN}`,
      },
    ],
    [
      `tls://192.0.2.1?pin-sha256=${encodeURIComponent(PIN)}`,
      {
        kind: 'tls',
        host: '192.0.2.1',
        port: 853,
        address: '192.0.2.1',
        pins: [PIN],
        text: `tls://192.0.2.1?pin-sha256=${PIN}`,
      },
    ],
    [
      'https://dns.example',
      {
        kind: 'https',
        host: 'dns.example',
        port: 443,
        address: null,
        path: '/dns-query',
        text: 'https://dns.example/dns-query',
      },
    ],
    [
      'https://dns.example:8443/q/x?a=b#192.0.2.1',
      {
        kind: 'https',
        host: 'dns.example',
        port: 8443,
        address: '192.0.2.1',
        path: '/q/x?a=b',
        text: 'https://dns.example:8443/q/x?a=b#192.0.2.1',
      },
    ],
    [
      'https://[::1]/dns-query',
      {
        kind: 'https',
        host: '::1',
        port: 443,
        address: '::1',
        path: '/dns-query',
        text: 'https://[::1]/dns-query',
      },
    ],
  ])('%j is understood', (text, expected) => {
    expect(parseResolver(text)).toEqual({ ok: true, value: expected });
  });

  it.each([
    ['', /is not a resolver/],
    ['192.0.2.1', /is not a resolver/],
    ['dns.example', /is not a resolver/],
    ['quic://dns.example', /is not a resolver/],
    ['http://dns.example/dns-query', /is not a resolver/],
    ['udp://dns.example', /stands an IP address/],
    ['tcp://dns.example', /stands an IP address/],
    ['udp://', /neither an IP address nor a host name/],
    ['udp://2001:db8::1', /in brackets/],
    ['udp://[192.0.2.1]', /not an IPv6 address/],
    ['udp://192.0.2.1:0', /from 1 to 65535/],
    ['udp://192.0.2.1:65536', /from 1 to 65535/],
    ['udp://192.0.2.1:', /from 1 to 65535/],
    ['udp://192.0.2.1:5x', /neither HOST nor HOST:PORT/],
    ['udp://192.0.2.1/x', /Nothing may follow/],
    ['udp://192.0.2.1#192.0.2.2', /Nothing may follow/],
    ['udp://1.2.3', /neither an IP address nor a host name/],
    ['tls://192.0.2.256', /neither an IP address nor a host name/],
    ['tls://dns_.example', /neither an IP address nor a host name/],
    ['tls://-dns.example', /neither an IP address nor a host name/],
    ['tls://dns..example', /neither an IP address nor a host name/],
    ['tls://dns.example/x', /no path/],
    ['tls://dns.example#dns.example', /IP address/],
    ['tls://dns.example#', /IP address/],
    ['tls://dns.example?pin-sha256=abc', /SHA-256/],
    ['tls://dns.example?pin=abc', /SHA-256/],
    ['https://me@dns.example/', /no user name/],
    ['https://dns.example/dns-query{?dns}', /template/],
    ['https://dns.example/a b', /plain ASCII/],
    ['https://dns.example/\r\nx', /plain ASCII|not a resolver/],
    ['x'.repeat(2000), /1,024/],
  ])('%j is refused with a sentence (%#)', (text, sentence) => {
    const parsed = parseResolver(text);
    expect(parsed.ok ? '' : parsed.problem.detail).toMatch(sentence);
  });

  it('never throws, and what it writes it reads the same', () => {
    const piece = fc.constantFrom(
      'udp',
      'tls',
      'https',
      '://',
      '[',
      ']',
      ':',
      '#',
      '?',
      '/',
      '::1',
      '192.0.2.1',
      'dns.example',
      '853',
      '@',
      '\n',
      '%',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
        ),
        (text) => {
          const parsed = parseResolver(text);
          if (parsed.ok) expect(parseResolver(parsed.value.text)).toEqual(parsed);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('the presets', () => {
  it('are resolvers over an encrypted way, with address and source', () => {
    for (const { url, source } of PRESETS) {
      const parsed = parseResolver(url);
      expect(parsed.ok && parsed.value.text).toBe(url);
      expect(parsed.ok && 'host' in parsed.value && parsed.value.address).toBeTruthy();
      expect(source).toMatch(/^https:\/\//);
    }
  });
});
