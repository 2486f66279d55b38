import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextPoshUrl, poshUrl } from '../../electron/trust/posh-hops.ts';
import { judgePosh } from '../../electron/trust/posh.ts';
import type { DnsName } from '../../shared/basics.ts';
import type { HttpsSeen } from '../../shared/observation.ts';
import { NOW, SOURCE } from './dane-world.ts';
import { hop, stores } from './posh-world.ts';

const START = 'https://shire.example/.well-known/posh/xmpp-client.json';

describe('the way to a POSH document', () => {
  it('begins at the well-known URL of the source domain and service', () => {
    expect(poshUrl(SOURCE, 'xmpp-client')).toBe(START);
    expect(poshUrl(SOURCE, 'xmpp-server')).toBe('https://shire.example/.well-known/posh/xmpp-server.json');
    expect(nextPoshUrl(SOURCE, 'xmpp-client', [])).toEqual({ url: START });
  });

  it('does not exist for an address, or for a name that makes no URL', () => {
    const ip = { kind: 'ip', address: '::1', family: 6 } as const;
    expect(nextPoshUrl(ip, 'xmpp-client', [])).toEqual({ done: 'ip-literal' });
    const odd = { kind: 'domain', ascii: 'a\\032b.example' as DnsName, unicode: '' } as const;
    expect(poshUrl(odd, 'xmpp-client')).toBeNull();
  });

  it('asks for what a redirect or reference names, as far as it has been fetched', () => {
    const there = 'https://hosting.example/p.json';
    const moved = hop(START, { status: 302, headers: [['location', '//hosting.example/p.json#x']] });
    expect(nextPoshUrl(SOURCE, 'xmpp-client', [moved])).toEqual({ url: there });
    const referred = hop(START, { body: JSON.stringify({ url: there, expires: 60 }) });
    expect(nextPoshUrl(SOURCE, 'xmpp-client', [referred])).toEqual({ url: there });
    expect(nextPoshUrl(SOURCE, 'xmpp-client', [referred, hop(there, { status: 404 })])).toEqual({
      done: 'none',
    });
  });

  it('asks nobody for a host that DNS cannot hold, and refuses what only a browser takes for a whole URL', () => {
    const long = 'x'.repeat(64);
    const hosts = ['a..b', 'a.b..', '.', `${long}.example`, `${'a.'.repeat(130)}example`];
    for (const host of hosts) {
      const url = `https://${host}/p.json`;
      const moved = hop(START, { status: 302, headers: [['location', url]] });
      expect(nextPoshUrl(SOURCE, 'xmpp-client', [moved])).toEqual({ done: 'redirect-bad-url' });
      const referred = hop(START, { body: JSON.stringify({ url, expires: 60 }) });
      expect(nextPoshUrl(SOURCE, 'xmpp-client', [referred])).toEqual({ done: 'reference-bad-url' });
    }
    for (const url of [
      'https:a.example/p',
      'https:/a.example/p',
      'https:\\\\a.example\\p',
      ' https://a.example/p',
    ]) {
      const referred = hop(START, { body: JSON.stringify({ url, expires: 60 }) });
      expect(nextPoshUrl(SOURCE, 'xmpp-client', [referred])).toEqual({ done: 'reference-bad-url' });
    }
  });

  it('follows a redirect written in UTF-8, as browsers do', () => {
    const raw = Buffer.from('https://müller.example/für.json').toString('latin1');
    const moved = hop(START, { status: 301, headers: [['location', raw]] });
    expect(nextPoshUrl(SOURCE, 'xmpp-client', [moved])).toEqual({
      url: 'https://xn--mller-kva.example/f%C3%BCr.json',
    });
  });

  it('is read once, however often the planner comes by', () => {
    let reads = 0;
    const there = 'https://hosting.example/p.json';
    const whole = hop(START, { body: JSON.stringify({ url: there, expires: 60 }) });
    if (!whole.outcome.ok) throw new Error('the hop is in order');
    const { body } = whole.outcome.value;
    const value = {
      ...whole.outcome.value,
      get body() {
        reads++;
        return body;
      },
    };
    const counted = { ...whole, outcome: { ok: true as const, value } };
    for (let i = 0; i < 3; i++) expect(nextPoshUrl(SOURCE, 'xmpp-client', [counted])).toEqual({ url: there });
    expect(reads).toBe(1);
  });

  it('ends after at most 12 fetches, whatever the servers say, and never throws or opens', () => {
    const body = fc.oneof(
      fc.string(),
      fc
        .record({ url: fc.oneof(fc.webUrl(), fc.string()), expires: fc.nat() })
        .map((value) => JSON.stringify(value)),
      fc.constant('{"fingerprints":[{"sha-256":"AAAA"}],"expires":60}'),
    );
    const location = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl(),
      fc.nat(5).map((n) => `https://shire.example/${n}`),
    );
    const answer = fc.record({ status: fc.constantFrom(200, 204, 301, 302, 404, 500), body, location });
    fc.assert(
      fc.property(fc.array(answer, { minLength: 30, maxLength: 30 }), (answers) => {
        const hops: HttpsSeen[] = [];
        for (const { status, body, location } of answers) {
          const next = nextPoshUrl(SOURCE, 'xmpp-client', hops);
          if (!('url' in next)) break;
          expect(next.url.startsWith('https://')).toBe(true);
          hops.push({ ...hop(START, { status, body, headers: [['location', location]] }), url: next.url });
        }
        expect(hops.length).toBeLessThanOrEqual(12);
        const found = judgePosh({
          ...{ source: SOURCE, service: 'xmpp-client', hops, addressStates: new Map(), leaf: null },
          ...{ stores, now: NOW, fetchedAt: NOW },
        });
        expect(found.state).not.toBe('open');
      }),
    );
  });
});
