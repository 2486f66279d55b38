/**
 * addresses.test.ts: aliases and addresses across signed and unsigned zones.
 *
 * In:   test/attack/world.ts
 * Out:  one test an attack or an odd setup
 * Not:  discovery (discovery.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { srv, tlsa, type Kit } from '../../electron/demo/kit.ts';
import { bare, change, checkIn, endpoints, LIAR, short, TYPES, type Lie } from './world.ts';

const REFUSE = { outcome: 'refuse', by: null, case: null };
const ACCEPT = (by: string): object => ({ outcome: 'auto-accept', by, case: null });
const MANUAL = (which: string): object => ({ outcome: 'manual', by: null, case: which });
const shire = { input: 'shire.example' };
const run = (tell: (kit: Kit) => void, form: object = shire, lies: readonly Lie[] = []) =>
  checkIn({ tell, lies, form });
const lied = { ...shire, resolvers: [LIAR] };

describe('aliases', () => {
  it('a signed alias of the SRV name into an unsigned zone is no secure delegation', async () => {
    const report = await run((kit) => {
      kit.zone('shire.example').add('_xmpp-client._tcp', 'CNAME', '_xmpp-client._tcp.hosting.example');
      const hosting = srv(kit.zone('hosting.example', { unsigned: true }), 'xmpp.hosting.example');
      kit.server(hosting, 'xmpp', 5222, { certificate: kit.issue({ dns: ['xmpp.hosting.example'] }) });
    });
    expect(report.targets[0]?.delegation).toBe('insecure');
    expect(short(report)).toEqual(MANUAL('trusted-issuer-wrong-name'));
  });
  it('an unsigned alias of the SRV name into a signed zone is no secure delegation', async () => {
    const report = await run((kit) => {
      kit
        .zone('shire.example', { unsigned: true })
        .add('_xmpp-client._tcp', 'CNAME', '_xmpp-client._tcp.hosting.example');
      const hosting = srv(kit.zone('hosting.example'), 'xmpp.hosting.example');
      const certificate = kit.issue({ dns: ['xmpp.hosting.example'] });
      kit.server(hosting, 'xmpp', 5222, { certificate });
      tlsa(hosting, 'xmpp', certificate);
    });
    expect(report.targets[0]?.delegation).toBe('insecure');
    expect(short(report)).toEqual(MANUAL('trusted-issuer-wrong-name'));
  });
  it('a signed target that is an alias into an unsigned zone: DANE does not apply, the delegated name counts', async () => {
    const report = await run((kit) => {
      const plan = srv(kit.zone('shire.example'), 'xmpp.shire.example');
      plan.add('xmpp', 'CNAME', 'xmpp.hosting.example');
      const hosting = kit.zone('hosting.example', { unsigned: true });
      const certificate = kit.issue({ dns: ['xmpp.shire.example'] });
      kit.server(hosting, 'xmpp', 5222, { certificate });
      // A record for another key: it must not refuse, because it does not apply.
      tlsa(plan, 'xmpp', kit.unknownCa);
    });
    expect(short(report)).toEqual(ACCEPT('pkix-delegated'));
    expect(report.targets[0]?.warnings?.map((w) => w.code)).toContain('srv-target-alias');
  });
  it('the name behind an alias is no reference of pkix-delegated', async () => {
    const report = await run((kit) => {
      const plan = srv(kit.zone('shire.example'), 'xmpp.shire.example');
      plan.add('xmpp', 'CNAME', 'xmpp.hosting.example');
      kit.server(kit.zone('hosting.example'), 'xmpp', 5222, {
        certificate: kit.issue({ dns: ['xmpp.hosting.example'] }),
      });
    });
    expect(short(report)).toEqual(MANUAL('trusted-issuer-wrong-name'));
  });
  it('a TLSA alias into a signed zone counts, into an unsigned one does not', async () => {
    for (const unsigned of [false, true]) {
      const report = await run((kit) => {
        const plan = srv(kit.zone('shire.example'), 'xmpp.shire.example');
        const certificate = kit.issue({ dns: ['shire.example'] });
        kit.server(plan, 'xmpp', 5222, { certificate });
        plan.add('_5222._tcp.xmpp', 'CNAME', '_dane.hosting.example');
        kit.zone('hosting.example', { unsigned }).add('_dane', 'TLSA', {
          usage: 3,
          selector: 1,
          matchingType: 1,
          data: certificate.certificate.spkiSha256,
        });
      });
      expect(short(report)).toEqual(ACCEPT(unsigned ? 'pkix' : 'dane'));
      expect(report.targets[0]?.tlsa.dnssec).toBe(unsigned ? 'insecure' : 'secure');
    }
  });
  it('a wildcard TLSA record counts, for its own port only where it is the closest', async () => {
    const report = await run((kit) => {
      const plan = srv(kit.zone('shire.example', { denial: 'nsec3' }), 'xmpp.shire.example');
      const certificate = kit.selfSigned({ dns: ['nobody.example'] });
      kit.server(plan, 'xmpp', 5222, { certificate });
      plan.add('*._tcp.xmpp', 'TLSA', {
        usage: 3,
        selector: 1,
        matchingType: 1,
        data: certificate.certificate.spkiSha256,
      });
    });
    expect(short(report)).toEqual(ACCEPT('dane'));
  });
  it('a wildcard TLSA answer without the proof that nothing is closer is bogus', async () => {
    const lie = change(
      (_, type) => type === TYPES.TLSA,
      (m) => ({ ...m, authority: [] }),
    );
    const report = await run(
      (kit) => {
        const plan = srv(kit.zone('shire.example'), 'xmpp.shire.example');
        const certificate = kit.issue({ dns: ['shire.example'] });
        kit.server(plan, 'xmpp', 5222, { certificate });
        plan.add('*._tcp.xmpp', 'TLSA', {
          usage: 3,
          selector: 1,
          matchingType: 1,
          data: certificate.certificate.spkiSha256,
        });
      },
      lied,
      [lie],
    );
    expect(short(report)).toEqual(REFUSE);
    expect(report.targets[0]?.tlsa).toMatchObject({ answer: 'failed', dnssec: 'bogus' });
  });
});

describe('addresses', () => {
  const both = (kit: Kit): void => {
    const plan = srv(kit.zone('shire.example'), 'xmpp.shire.example');
    kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
    plan.add('xmpp', 'AAAA', '::1');
  };
  it('AAAA stripped alone: the IPv6 endpoint is refused, the IPv4 one judged apart', async () => {
    const report = await run(both, lied, [change((_, t) => t === TYPES.AAAA, bare)]);
    expect(report.targets[0]?.addresses.map((a) => a.dnssec)).toEqual(['secure', 'bogus']);
    const [four] = endpoints(report);
    expect(four?.verdict).toMatchObject({ outcome: 'auto-accept', by: 'pkix' });
  });
  it('an insecure address below a secure SRV: DANE does not apply, a mismatching record does not refuse', async () => {
    const report = await run((kit) => {
      srv(kit.zone('shire.example'), 'xmpp.hosting.example');
      const hosting = kit.zone('hosting.example', { unsigned: true });
      kit.server(hosting, 'xmpp', 5222, { certificate: kit.issue({ dns: ['xmpp.hosting.example'] }) });
      tlsa(hosting, 'xmpp', kit.unknownCa);
    });
    expect(short(report)).toEqual(ACCEPT('pkix-delegated'));
  });
  it('both families bogus: refused though the certificate is good', async () => {
    const lie = change((n, t) => (t === TYPES.A || t === TYPES.AAAA) && n.startsWith('xmpp.'), bare);
    expect(short(await run(both, lied, [lie]))).toEqual(REFUSE);
  });
  it('an SRV target that looks like an address is a name, and no way round rule 2.9', async () => {
    for (const target of ['127.0.0.1', '127.0.10.2', '0.0.0.0']) {
      const report = await run((kit) => void srv(kit.zone('shire.example'), target), {
        ...shire,
        allowPrivate: false,
      });
      expect(report.observations.some((o) => o.kind === 'tcp')).toBe(false);
      expect(report.verdict.outcome).toBe('unreachable');
    }
  });
  it('private addresses of a public domain are not connected to, of a private one they are', async () => {
    const tell =
      (name: string) =>
      (kit: Kit): void => {
        const plan = srv(kit.zone(name, { unsigned: true }), `xmpp.${name}`);
        kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: [name] }) });
      };
    const report = await run(tell('shire.example'), { ...shire, allowPrivate: false });
    expect(endpoints(report).map((e) => e.reached)).toEqual(['not-tested']);
    expect(report.verdict.outcome).toBe('unreachable');
    const inside = await run(tell('shire.lan'), { input: 'shire.lan', allowPrivate: false });
    expect(short(inside)).toEqual(ACCEPT('pkix'));
  });
  it('hundreds of addresses: a bounded number is tested, and the rest is said to be left out', async () => {
    const report = await run((kit) => {
      const plan = srv(kit.zone('shire.example'), 'xmpp.shire.example');
      for (let i = 0; i < 300; i++) plan.add('xmpp', 'A', `127.9.${Math.floor(i / 200)}.${(i % 200) + 1}`);
    });
    expect(endpoints(report)).toHaveLength(64);
    expect(endpoints(report).map((e) => e.reached)).not.toContain('timeout');
    expect(report.warnings?.find((w) => w.code === 'targets-omitted')?.text).toContain('236');
  }, 15_000);
  it('the same address under two targets is judged for each by its own name', async () => {
    const report = await run((kit) => {
      const plan = srv(srv(kit.zone('shire.example'), 'a.shire.example'), 'b.shire.example');
      const certificate = kit.issue({ dns: ['a.shire.example'] });
      const address = kit.server(plan, 'a', 5222, { certificate });
      plan.add('b', 'A', address);
    });
    expect(report.targets.map((t) => [t.host, t.endpoints[0]?.verdict.outcome])).toEqual([
      ['a.shire.example', 'auto-accept'],
      ['b.shire.example', 'manual'],
    ]);
    expect(short(report)).toEqual(MANUAL('trusted-issuer-wrong-name'));
  });
  it('SRV port 0 and 65535 are targets like any other', async () => {
    const report = await run((kit) => {
      const plan = srv(
        srv(kit.zone('shire.example'), 'xmpp.shire.example', { port: 0 }),
        'xmpp.shire.example',
        { port: 65_535 },
      );
      plan.add('xmpp', 'A', '127.0.10.77');
    });
    expect(report.targets.map((t) => t.port).sort()).toEqual([0, 65_535]);
    expect(report.verdict.outcome).toBe('unreachable');
    expect(endpoints(report).map((e) => e.reached)).toEqual(['refused', 'refused']);
  });
});
