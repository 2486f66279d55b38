/** chain.test.ts: certificates and chains of unreasonable size, from servers that finish the handshake. */
import { DEFAULT_CIPHERS } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { startXmppServer } from '../../electron/demo/xmpp-server.ts';
import { ca, NOW, visitTo, type Visited } from '../net/visiting.ts';

const MEGABYTE = 1024 * 1024;

async function visitWith(cert: string, key: string): Promise<Visited & { extraMemory: number }> {
  // Level 0: the library would not let a server show a weak key.
  const server = await startXmppServer({
    credentials: { cert, key },
    tls: { ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=0` },
  });
  const before = process.memoryUsage().rss;
  const seen = await visitTo({ port: server.port, stepMs: 1_000 });
  await server.close();
  return { ...seen, extraMemory: process.memoryUsage().rss - before };
}
const leaf = ca.issue({ now: NOW, names: { dns: ['shire.example'] } });
const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64');

describe('a chain', () => {
  it('of 100 certificates is kept whole', async () => {
    const seen = await visitWith(leaf.pem + ca.pem.repeat(99), leaf.keyPem);
    expect(seen.tls?.outcome).toMatchObject({
      value: { chain: [base64(leaf.der), ...Array.from({ length: 99 }, () => base64(ca.der))] },
    });
    expect(seen.tls?.outcome).not.toHaveProperty('value.chainOmitted');
    expect(seen.extraMemory).toBeLessThan(64 * MEGABYTE);
  });
  it('of 130 certificates is cut at 100, and says so', async () => {
    const seen = await visitWith(leaf.pem + ca.pem.repeat(129), leaf.keyPem);
    expect(seen.tls?.outcome).toMatchObject({ value: { chainOmitted: 30 } });
    expect(seen.tls?.outcome.ok === true && seen.tls.outcome.value.chain).toHaveLength(100);
  });
  it('larger than 100 KiB is refused by the handshake, in words', async () => {
    const seen = await visitWith(leaf.pem + ca.pem.repeat(400), leaf.keyPem);
    expect(seen.tls?.outcome).toMatchObject({
      problem: { code: 'handshake-failed', detail: expect.stringContaining('100 KiB') as string },
    });
    expect(seen.after).toBeUndefined();
  });
});

describe('a certificate', () => {
  it('of nearly 100 KiB is kept', async () => {
    const big = ca.issue({
      now: NOW,
      names: { dns: ['shire.example'] },
      extraExtensions: [{ oid: '1.3.6.1.4.1.99999.1', value: new Uint8Array(95_000) }],
    });
    const seen = await visitWith(big.pem, big.keyPem);
    expect(seen.tls?.outcome).toMatchObject({ value: { chain: [base64(big.der)] } });
  });
  it('with 10,000 names is kept', async () => {
    const names = Array.from({ length: 9_999 }, (_, i) => `${i.toString(36)}.a`);
    const many = ca.issue({ now: NOW, names: { dns: ['shire.example', ...names] } });
    const seen = await visitWith(many.pem, many.keyPem);
    expect(seen.tls?.outcome).toMatchObject({ value: { chain: [base64(many.der)] } });
    expect(seen.tookMs).toBeLessThan(1_000);
    expect(seen.extraMemory).toBeLessThan(64 * MEGABYTE);
  });
  it('with an unknown critical extension is recorded like any other', async () => {
    const odd = ca.issue({
      now: NOW,
      names: { dns: ['shire.example'] },
      extraExtensions: [{ oid: '1.3.6.1.4.1.99999.2', critical: true, value: new Uint8Array([5, 0]) }],
    });
    const seen = await visitWith(odd.pem, odd.keyPem);
    expect(seen.tls?.outcome).toMatchObject({ value: { chain: [base64(odd.der)] } });
  });
  it.each([
    ['expired', { notAfter: NOW - 1_000_000 }],
    ['not yet valid', { notBefore: NOW + 1_000_000_000_000, notAfter: NOW + 1_100_000_000_000 }],
    ['with a broken signature', { corrupt: true }],
    ['with an RSA key of 1,024 bits', { key: 'rsa', rsaBits: 1024 }],
    ['with an RSA key', { key: 'rsa' }],
    ['with an Ed25519 key', { key: 'ed25519' }],
    ['on P-384', { key: 'ec384' }],
    ['signed with SHA-1', { key: 'rsa', signWith: 'sha1' }],
    ['without names', {}],
  ] as const)('%s is recorded like any other', async (name, how) => {
    const one = ca.issue({
      now: NOW,
      names: name === 'without names' ? {} : { dns: ['shire.example'] },
      ...how,
    });
    const seen = await visitWith(one.pem, one.keyPem);
    expect(seen.tls?.outcome).toMatchObject({ value: { chain: [base64(one.der)] } });
    expect(seen.after?.problem).toBeNull();
  });
});
