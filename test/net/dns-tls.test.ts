/** dns-tls.test.ts: resolvers over TLS, what makes one believed, and how one is found by its name. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { selfSigned, type Issued } from '../../electron/demo/certificate.ts';
import type { Dial } from '../../electron/net/net.ts';
import { decodeMessage, TYPE } from '../../electron/wire/dns-message.ts';
import { ask, askOnce, client, detailOf, outcomeOf, replyTo } from './dns-asking.ts';
import { closeAll } from './dns-peers.ts';
import { ca, NOW, resolver, serveSecure, withCa } from './dns-secure-peers.ts';

afterEach(closeAll);

function pinOf(issued: Issued): string {
  return createHash('sha256').update(issued.certificate.spki).digest('base64');
}

describe('over TLS', () => {
  it('believes the right name of a known authority, and pads', async () => {
    let length = 0;
    const { tlsPort } = await serveSecure((query) => {
      length = query.length;
      return replyTo(query);
    });
    const seen = await askOnce(`tls://dns.example:${tlsPort}#127.0.0.1`, withCa);
    expect(outcomeOf(seen)).toBe('tls');
    expect(length).toBe(128);
    expect(seen.resolver).toBe(`tls://dns.example:${tlsPort}#127.0.0.1`);
  });

  it('believes an address that the certificate carries', async () => {
    const { tlsPort } = await serveSecure();
    expect(outcomeOf(await askOnce(`tls://127.0.0.1:${tlsPort}`, withCa))).toBe('tls');
  });

  it.each([
    ['another name', 'mordor.example', resolver, [ca.pem]],
    ['an unknown authority', 'dns.example', resolver, []],
    [
      'a self-signed certificate',
      'dns.example',
      selfSigned({ now: NOW, names: { dns: ['dns.example'] } }),
      [ca.pem],
    ],
    [
      'an expired certificate',
      'dns.example',
      ca.issue({ now: NOW, notBefore: NOW - 2e9, notAfter: NOW - 1e9, names: { dns: ['dns.example'] } }),
      [ca.pem],
    ],
    [
      'a name that stands in CN only',
      'dns.example',
      ca.issue({ now: NOW, names: { cn: 'dns.example', dns: ['other.example'] } }),
      [ca.pem],
    ],
  ])('refuses %s before it asks', async (_, host, credentials, authorities) => {
    let asked = 0;
    const { tlsPort, httpsPort } = await serveSecure((query) => {
      asked += 1;
      return replyTo(query);
    }, credentials);
    for (const url of [
      `tls://${host}:${tlsPort}#127.0.0.1`,
      `https://${host}:${httpsPort}/dns-query#127.0.0.1`,
    ]) {
      const seen = await askOnce(url, { ca: authorities, stepMs: 2000 });
      expect(outcomeOf(seen)).toBe('untrusted-resolver');
      expect(detailOf(seen)).not.toBe('');
    }
    expect(asked).toBe(0);
  });

  it('refuses an address that the certificate does not carry', async () => {
    const { tlsPort } = await serveSecure(undefined, ca.issue({ now: NOW, names: { dns: ['dns.example'] } }));
    expect(outcomeOf(await askOnce(`tls://127.0.0.1:${tlsPort}`, withCa))).toBe('untrusted-resolver');
  });

  it('believes a pinned key, whatever the certificate says, and no other', async () => {
    const own = selfSigned({
      now: NOW,
      names: { dns: ['whatever.example'] },
      notAfter: NOW - 1000,
      notBefore: NOW - 2e9,
    });
    const { tlsPort } = await serveSecure(undefined, own);
    const url = `tls://127.0.0.1:${tlsPort}?pin-sha256=`;
    expect(outcomeOf(await askOnce(url + pinOf(own), { stepMs: 2000 }))).toBe('tls');
    expect(
      outcomeOf(await askOnce(`${url}${pinOf(resolver)}&pin-sha256=${pinOf(own)}`, { stepMs: 2000 })),
    ).toBe('tls');
    const other = await askOnce(url + pinOf(resolver), { stepMs: 2000 });
    expect(outcomeOf(other)).toBe('untrusted-resolver');
    expect(detailOf(other)).toContain(pinOf(own));
  });

  it('does not take a pin of the authority for a pin of the resolver', async () => {
    const { tlsPort } = await serveSecure();
    const seen = await askOnce(`tls://127.0.0.1:${tlsPort}?pin-sha256=${pinOf(ca)}`, withCa);
    expect(outcomeOf(seen)).toBe('untrusted-resolver');
  });

  it('asks a hundred questions over one connection', async () => {
    const { tlsPort } = await serveSecure();
    let dialled = 0;
    const dial: Dial = (address, port) => {
      dialled += 1;
      return { address, port };
    };
    const dns = client([`tls://dns.example:${tlsPort}#127.0.0.1`], { ...withCa, dial });
    const all = await Promise.all(Array.from({ length: 100 }, () => ask(dns)));
    dns.close();
    expect(new Set(all.map(outcomeOf))).toEqual(new Set(['tls']));
    expect(dialled).toBe(1);
  });

  it('names what does not speak TLS, does not listen, or is silent', async () => {
    const { port, tlsPort, httpsPort } = await serveSecure(() => null);
    expect(
      outcomeOf(await askOnce(`tls://dns.example:${port}#127.0.0.1`, { ...withCa, stepMs: 300 })),
    ).toMatch(/handshake-failed|closed-early|timed-out/);
    expect(
      outcomeOf(await askOnce(`tls://dns.example:${tlsPort}#127.0.0.1`, { ...withCa, stepMs: 300 })),
    ).toBe('timed-out');
    expect(
      outcomeOf(
        await askOnce(`https://dns.example:${httpsPort}/dns-query#127.0.0.1`, { ...withCa, stepMs: 300 }),
      ),
    ).toBe('timed-out');
    expect(outcomeOf(await askOnce('tls://dns.example:1#127.0.0.1', withCa))).toBe('refused');
    expect(outcomeOf(await askOnce('https://dns.example:1/dns-query#127.0.0.1', withCa))).toBe('refused');
  });
});

describe('finding a resolver by its name', () => {
  it('asks the system for both families and goes on when one address is closed', async () => {
    const { port, tlsPort } = await serveSecure((query) => {
      const asked = decodeMessage(query);
      const question = asked.ok ? asked.value.questions[0] : undefined;
      if (question?.name !== 'dns.example') return replyTo(query);
      if (question.type === TYPE.AAAA) return replyTo(query, { answer: [] });
      const at = (last: number) => ({
        name: question.name,
        type: TYPE.A,
        class: 1,
        ttl: 1,
        rdata: Uint8Array.of(192, 0, 2, last),
      });
      return replyTo(query, { answer: [at(1), at(2)] });
    });
    // The first address leads to a closed port, the second to the resolver, and all others are the system's own.
    const dial: Dial = (address, wanted) => ({
      address: '127.0.0.1',
      port: address === '192.0.2.1' ? 1 : wanted === tlsPort ? tlsPort : port,
    });
    const dns = client([`tls://dns.example:${tlsPort}`], { ...withCa, dial });
    const all = await Promise.all([ask(dns), ask(dns), ask(dns)]);
    dns.close();
    expect(all.map(outcomeOf)).toEqual(['tls', 'tls', 'tls']);
  });

  it('names the resolver that has no address', async () => {
    const { port } = await serveSecure((query) => replyTo(query, { answer: [], rcode: 3 }));
    const dial: Dial = () => ({ address: '127.0.0.1', port });
    const seen = await askOnce('https://dns.example/dns-query', { ...withCa, dial });
    expect(outcomeOf(seen)).toBe('unreachable');
    expect(detailOf(seen)).toContain('dns.example');
  });
});
