/** visit.test.ts: one endpoint from the first packet to the goodbye, against a polite server. */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { startXmppServer, type XmppServer, type XmppServerOptions } from '../../electron/demo/xmpp-server.ts';
import { ca, credentialsFor, read, visitTo } from './visiting.ts';

const shire = credentialsFor('shire.example');
const servers: XmppServer[] = [];
async function start(options: Partial<XmppServerOptions> = {}): Promise<XmppServer> {
  const server = await startXmppServer({ credentials: shire, ...options });
  servers.push(server);
  return server;
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('a visit with STARTTLS', () => {
  it('records tcp, the stream before TLS, the handshake and the stream under TLS', async () => {
    const server = await start({ channelBindings: ['tls-exporter', 'tls-server-end-point'] });
    const seen = await visitTo({ port: server.port });
    expect(seen.kinds).toEqual(['tcp', 'before-tls', 'tls', 'after-tls']);
    expect(seen.before?.problem).toBeNull();
    expect(read(seen.before)).toMatchObject({
      features: { starttls: 'required', mechanisms: [] },
      answer: 'proceed',
      leftover: 0,
      malformed: null,
    });
    const tls = seen.tls;
    if (tls?.outcome.ok !== true) throw new Error(JSON.stringify(tls));
    expect(tls.serverName).toBe('shire.example');
    expect(tls.outcome.value.protocol).toBe('TLSv1.3');
    expect(tls.outcome.value.alpn).toBeNull();
    expect(tls.outcome.value.chain).toEqual([Buffer.from(shire.der).toString('base64')]);
    expect(seen.after?.problem).toBeNull();
    expect(read(seen.after)).toMatchObject({
      header: { from: 'shire.example', version: '1.0', ns: 'jabber:client' },
      features: {
        starttls: 'absent',
        mechanisms: ['SCRAM-SHA-256', 'PLAIN'],
        channelBindings: ['tls-exporter', 'tls-server-end-point'],
      },
    });
    expect(server.serverNames()).toEqual(['shire.example']);
  });

  it('says what RFC 6120 asks for and nothing ahead of its time, and says goodbye', async () => {
    const server = await start();
    await visitTo({ port: server.port });
    await expect.poll(() => server.heard()[0] ?? '').toContain('</stream:stream>');
    const [heard = ''] = server.heard();
    expect(heard.match(/<stream:stream [^>]*>/g)).toHaveLength(2);
    expect(heard).toContain("to='shire.example' version='1.0' xml:lang='en' xmlns='jabber:client'");
    expect(heard).toContain("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    expect(heard).not.toContain(' from=');
    await expect.poll(() => server.open()).toBe(0);
  });

  it('names itself to a server of the s2s service', async () => {
    const server = await start({ service: 'xmpp-server' });
    const seen = await visitTo({
      port: server.port,
      service: 'xmpp-server',
      streamFrom: 'bree.example',
    });
    expect(seen.kinds).toHaveLength(4);
    expect(read(seen.after).header?.ns).toBe('jabber:server');
    expect(server.heard()[0]?.match(/from='bree\.example'/g)).toHaveLength(2);
  });

  it('tries STARTTLS where it is optional', async () => {
    const server = await start({ starttls: 'optional' });
    const seen = await visitTo({ port: server.port });
    expect(read(seen.before).features).toMatchObject({
      starttls: 'optional',
      mechanisms: ['SCRAM-SHA-256', 'PLAIN'],
    });
    expect(seen.tls?.outcome.ok).toBe(true);
  });

  it('does not try STARTTLS where it is missing, and leaves politely', async () => {
    const server = await start({ starttls: 'absent' });
    const seen = await visitTo({ port: server.port });
    expect(seen.kinds).toEqual(['tcp', 'before-tls']);
    expect(seen.before?.problem).toBeNull();
    expect(read(seen.before).features?.starttls).toBe('absent');
    await expect.poll(() => server.heard()[0] ?? '').toMatch(/<\/stream:stream>$/);
    expect(server.heard()[0]).not.toContain('starttls');
  });

  it('has the certificate after four round trips with TLS 1.3', async () => {
    const server = await start();
    const seen = await visitTo({ port: server.port, delayMs: 300, stepMs: 5_000 });
    const end = seen.tls?.end ?? Infinity;
    expect(end).toBeGreaterThan(4 * 600 - 10);
    expect(end).toBeLessThan(5 * 600 - 10);
  });
});

describe('a visit with direct TLS', () => {
  it('begins with the handshake, offers xmpp-client by ALPN, and reads the stream under TLS', async () => {
    const server = await start({ mode: 'direct-tls' });
    const seen = await visitTo({ port: server.port, mode: 'direct-tls' });
    expect(seen.kinds).toEqual(['tcp', 'tls', 'after-tls']);
    expect(seen.tls?.outcome).toMatchObject({ ok: true, value: { alpn: 'xmpp-client' } });
    expect(read(seen.after).features?.mechanisms).toEqual(['SCRAM-SHA-256', 'PLAIN']);
  });

  it('is told by name that the port does not speak XMPP', async () => {
    const server = await start({ mode: 'direct-tls', tls: { ALPNProtocols: ['h2'] } });
    const seen = await visitTo({ port: server.port, mode: 'direct-tls' });
    expect(seen.tls?.outcome).toMatchObject({
      ok: false,
      problem: { code: 'handshake-failed', detail: expect.stringContaining('does not speak XMPP') as string },
    });
  });

  it('sends no SNI for an IP literal', async () => {
    const server = await start({ mode: 'direct-tls' });
    const seen = await visitTo({ port: server.port, mode: 'direct-tls', sni: null, to: '127.0.0.1' });
    expect(seen.tls?.serverName).toBeNull();
    expect(seen.tls?.outcome.ok).toBe(true);
    expect(server.serverNames()).toEqual([false]);
  });
});

describe('a server that asks for a certificate', () => {
  const requests = { requestCert: true, rejectUnauthorized: true, ca: ca.pem };
  it('is shown ours where there is one', async () => {
    const server = await start({ tls: requests });
    const bree = ca.issue({ now: Date.now(), names: { dns: ['bree.example'] }, eku: ['clientAuth'] });
    const seen = await visitTo({
      port: server.port,
      clientCertificate: { cert: bree.chainPem, key: bree.keyPem },
    });
    expect(seen.after?.problem).toBeNull();
    expect(read(seen.after).features).not.toBeNull();
  });
  it('has shown its own before it breaks off where there is none', async () => {
    const server = await start({ tls: requests });
    const seen = await visitTo({ port: server.port });
    expect(seen.tls?.outcome.ok).toBe(true);
    expect(seen.after?.problem).toMatchObject({ code: 'handshake-failed' });
  });
});

describe('a stapled OCSP response', () => {
  // Not a real response: what is in it is for trust to read.
  const staple = Buffer.from('30030a0101', 'hex');
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('is kept as it came, %s', async (maxVersion) => {
    const server = await start({ staple, tls: { maxVersion } });
    const seen = await visitTo({ port: server.port });
    expect(seen.tls?.outcome).toMatchObject({ value: { ocsp: staple.toString('base64'), ocspAsked: true } });
  });
  it('is asked for also where none comes', async () => {
    const seen = await visitTo({ port: (await start()).port });
    expect(seen.tls?.outcome).toMatchObject({ value: { ocsp: null, ocspAsked: true } });
  });
});

describe('the demo server', () => {
  it('chooses the certificate by SNI, by the stream when there is no SNI, and swaps it while running', async () => {
    const [a, b, c] = [credentialsFor('a.example'), credentialsFor('b.example'), credentialsFor('c.example')];
    const server = await start({ credentials: a, byName: { 'b.example': b } });
    const leaf = async (to: string, sni: string | null): Promise<string | undefined> => {
      const seen = await visitTo({ port: server.port, to, sni });
      return seen.tls?.outcome.ok === true ? seen.tls.outcome.value.chain[0] : undefined;
    };
    const text = (one: { der: Uint8Array }): string => Buffer.from(one.der).toString('base64');
    expect(await leaf('x.example', 'x.example')).toBe(text(a));
    expect(await leaf('x.example', 'b.example')).toBe(text(b));
    expect(await leaf('b.example', null)).toBe(text(b));
    server.swapCertificate(c);
    expect(await leaf('x.example', 'x.example')).toBe(text(c));
  });
});

describe('the chain', () => {
  const stray = ca.issue({ now: 0, names: { dns: ['stray.example'] } });
  const between = ca.issue({ now: 0, isCa: true, subject: [['CN', 'Between']] });
  const trusted = ca.issue({ now: Date.now(), names: { dns: ['shire.example'] } });
  const leaf = between.issue({ now: 0, names: { dns: ['shire.example'] } });
  const cases = {
    'in order': [leaf, between],
    'with the root': [leaf, between, ca],
    'with a stray certificate in the middle': [leaf, stray, between],
    reversed: [leaf, ca, between],
    'with everything twice': [leaf, leaf, between, between],
    'without its intermediate': [leaf],
  };
  it('is recorded exactly as sent where the runtime itself trusts it: it must not look at it before us', async () => {
    const usual = getCACertificates('default');
    setDefaultCACertificates([ca.pem]);
    const sent = [trusted, stray, ca];
    const server = await start({
      credentials: { cert: sent.map((one) => one.pem).join(''), key: trusted.keyPem },
    });
    const seen = await visitTo({ port: server.port });
    setDefaultCACertificates(usual);
    expect(seen.tls?.outcome).toMatchObject({
      value: { chain: sent.map((one) => Buffer.from(one.der).toString('base64')) },
    });
  });
  for (const [name, sent] of Object.entries(cases))
    for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const)
      it(`is recorded exactly as sent: ${name}, ${maxVersion}`, async () => {
        const server = await start({
          credentials: { cert: sent.map((one) => one.pem).join(''), key: leaf.keyPem },
          tls: { maxVersion },
        });
        const seen = await visitTo({ port: server.port });
        expect(seen.tls?.outcome).toMatchObject({
          ok: true,
          value: { protocol: maxVersion, chain: sent.map((one) => Buffer.from(one.der).toString('base64')) },
        });
      });
});
