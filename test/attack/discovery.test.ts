/**
 * discovery.test.ts: forged records beside signed ones, and one SRV name of two that fails.
 *
 * In:   test/attack/world.ts
 * Out:  one test an attack or an odd setup
 * Not:  several resolvers (resolvers.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { srv, type Kit } from '../../electron/demo/kit.ts';
import {
  all,
  bare,
  change,
  checkIn,
  endpoints,
  LIAR,
  rr,
  servfail,
  short,
  TYPES,
  type Lie,
} from './world.ts';

const REFUSE = { outcome: 'refuse', by: null, case: null };
const ACCEPT = (by: string): object => ({ outcome: 'auto-accept', by, case: null });
const shire = { input: 'shire.example' };
const run = (tell: (kit: Kit) => void, form: object = shire, lies: readonly Lie[] = []) =>
  checkIn({ tell, lies, form });
const lied = { ...shire, resolvers: [LIAR] };

describe('forged records beside signed ones', () => {
  it('an unsigned CNAME beside a signed DNAME leads nobody to another target', async () => {
    const tell = (kit: Kit): void => {
      kit.zone('shire.example').add('_tcp', 'DNAME', '_tcp.hosting.example');
      const hosting = srv(kit.zone('hosting.example'), 'xmpp.hosting.example');
      kit.server(hosting, 'xmpp', 5222, { certificate: kit.issue({ dns: ['xmpp.hosting.example'] }) });
      const evil = srv(kit.zone('mordor.example'), 'xmpp.mordor.example');
      kit.server(evil, 'xmpp', 5222, { certificate: kit.issue({ dns: ['xmpp.mordor.example'] }) });
    };
    const lie = change(
      (name, type) => type === TYPES.SRV && name === '_xmpp-client._tcp.shire.example',
      (m) => ({
        ...m,
        answer: [
          ...m.answer.map((one) =>
            one.type === TYPES.CNAME ? rr(one.name, 'CNAME', '_xmpp-client._tcp.mordor.example') : one,
          ),
          rr('_xmpp-client._tcp.mordor.example', 'SRV', { port: 5222, target: 'xmpp.mordor.example' }),
        ],
      }),
    );
    expect(short(await run(tell))).toEqual(ACCEPT('pkix-delegated'));
    const report = await run(tell, lied, [lie]);
    expect(report.targets.filter((t) => t.delegation === 'dnssec').map((t) => t.host)).toEqual([
      'xmpp.hosting.example',
    ]);
    expect(short(report)).toEqual(ACCEPT('pkix-delegated'));
  });

  it('a second unsigned SRV record in a signed set makes it bogus', async () => {
    const tell = (kit: Kit): void => {
      const plan = srv(kit.zone('shire.example'), 'xmpp.shire.example');
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
    };
    const lie = change(
      (name, type) => type === TYPES.SRV && name.startsWith('_xmpp-client'),
      (m) => ({
        ...m,
        answer: [
          ...m.answer,
          rr('_xmpp-client._tcp.shire.example', 'SRV', { port: 5222, target: 'xmpp.mordor.example' }),
        ],
      }),
    );
    expect(short(await run(tell, lied, [lie]))).toEqual(REFUSE);
  });

  it('a forged SOA beside a signed alias does not make the target absent', async () => {
    const tell = (kit: Kit): void => {
      const plan = kit.zone('shire.example');
      plan.add('_xmpp-client._tcp', 'CNAME', '_xmpp-client._tcp.hosting.example');
      const hosting = srv(kit.zone('hosting.example'), 'xmpp.hosting.example');
      kit.server(hosting, 'xmpp', 5222, { certificate: kit.issue({ dns: ['xmpp.hosting.example'] }) });
    };
    const lie = change(
      (name, type) => type === TYPES.SRV && name === '_xmpp-client._tcp.shire.example',
      (m) => ({
        ...m,
        answer: m.answer.filter((one) => one.name.includes('shire')),
        authority: [
          { name: 'hosting.example' as never, type: 6, class: 1, ttl: 60, rdata: new Uint8Array(22) },
        ],
      }),
    );
    const report = await run(tell, lied, [lie]);
    expect(short(report)).toEqual(ACCEPT('pkix-delegated'));
    expect(report.targets.map((t) => t.host)).toEqual(['xmpp.hosting.example']);
  });
});

describe('one of the two SRV names', () => {
  const tell = (kit: Kit): void => {
    const plan = srv(srv(kit.zone('shire.example'), 'xmpp.shire.example'), 'xmpp.shire.example', {
      direct: true,
    });
    const certificate = kit.issue({ dns: ['shire.example'] });
    kit.server(plan, 'xmpp', 5222, { certificate });
    kit.server(plan, 'xmpp', 5223, { certificate, mode: 'direct-tls' });
  };
  const direct = (name: string, type: number): boolean => type === TYPES.SRV && name.startsWith('_xmpps');
  it('is bogus: the domain is refused, and the target of the other is shown', async () => {
    const report = await run(tell, lied, [change(direct, bare)]);
    expect(short(report)).toEqual(REFUSE);
    expect(report.targets.map((t) => [t.mode, t.delegation])).toEqual([
      ['starttls', 'dnssec'],
      ['direct-tls', null],
    ]);
    expect(report.discovery.srv.map((s) => s.dnssec)).toEqual(['secure', 'bogus']);
  });
  it('is unanswered in a signed zone: the domain is refused', async () => {
    const report = await run(tell, lied, [servfail(direct)]);
    expect(short(report)).toEqual(REFUSE);
    expect(report.discovery.srv[1]).toMatchObject({ answer: 'failed', dnssec: 'indeterminate' });
    expect(report.verdict.reasons[0]?.code).toBe('discovery-unanswered');
  });
  it('is hidden: the domain is refused', async () => {
    const lie = change(direct, (m) => ({ ...m, rcode: 3, answer: [], authority: [] }));
    expect(short(await run(tell, lied, [lie]))).toEqual(REFUSE);
  });
  it('is hidden, and the DS below the domain with it: the domain is refused all the same', async () => {
    const hide = change(direct, (m) => ({ ...m, rcode: 3, answer: [], authority: [] }));
    const drop = servfail((name, type) => type === TYPES.DS && name.startsWith('_'));
    const report = await run(tell, lied, [all(hide, drop)]);
    expect(report.discovery.srv.map((s) => s.dnssec)).toEqual(['secure', 'indeterminate']);
    expect(short(report)).toEqual(REFUSE);
    expect(report.verdict.reasons[0]?.code).toBe('discovery-unanswered');
    expect(endpoints(report).map((e) => e.reached)).toContain('tls');
  });
  it('is unanswered in an unsigned zone: the other decides, with a warning', async () => {
    const unsigned = (kit: Kit): void => {
      const plan = srv(kit.zone('shire.example', { unsigned: true }), 'xmpp.shire.example');
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
    };
    const report = await run(unsigned, lied, [servfail(direct)]);
    expect(short(report)).toEqual(ACCEPT('pkix'));
    expect(report.warnings?.map((w) => w.code)).toContain('srv-unanswered');
  });
  it('says "." and the other has records: the records count', async () => {
    const report = await run((kit) => {
      const plan = srv(kit.zone('shire.example'), 'xmpp.shire.example');
      plan.add('_xmpps-client._tcp', 'SRV', { port: 0, target: '.' });
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
    });
    expect(short(report)).toEqual(ACCEPT('pkix'));
    expect(report.discovery.srv.map((s) => s.answer)).toEqual(['records', 'not-offered']);
  });
  it('says "." beside a real target of the same name: the real one counts', async () => {
    const report = await run((kit) => {
      const plan = srv(srv(kit.zone('shire.example'), '.'), 'xmpp.shire.example');
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
    });
    expect(short(report)).toEqual(ACCEPT('pkix'));
    expect(report.targets).toHaveLength(1);
  });
  it('says "." and the other is absent: not offered, secure or not', async () => {
    for (const unsigned of [true, false]) {
      const report = await run(
        (kit) =>
          void kit
            .zone('shire.example', { unsigned })
            .add('_xmpp-client._tcp', 'SRV', { port: 0, target: '.' }),
      );
      expect(report.verdict.outcome).toBe('not-offered');
      expect(report.discovery.outcome).toBe('not-offered');
      expect(report.targets).toEqual([]);
    }
  });
  it('says "." forged: refused, not "not offered"', async () => {
    const lie = change(
      (_, type) => type === TYPES.SRV,
      (m) => ({
        ...m,
        rcode: 0,
        authority: [],
        answer: [rr(m.questions[0]?.name ?? '', 'SRV', { port: 0, target: '.' })],
      }),
    );
    expect(short(await run(tell, lied, [lie]))).toEqual(REFUSE);
  });
});

describe('what an answer holds and what it does not', () => {
  it('SRV records of which none can be read: nobody answered, and nothing falls back', async () => {
    const lie = change(
      (name, type) => type === TYPES.SRV && name.startsWith('_xmpp-client'),
      (m) => ({ ...m, answer: m.answer.map((one) => ({ ...one, rdata: one.rdata.subarray(0, 2) })) }),
    );
    const unsigned = (kit: Kit): void => {
      const plan = srv(kit.zone('shire.example', { unsigned: true }), 'xmpp.shire.example');
      kit.server(plan, '@', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
    };
    const report = await run(unsigned, lied, [lie]);
    expect(report.verdict.outcome).toBe('unreachable');
    expect(report.discovery.srv[0]).toMatchObject({ answer: 'failed', records: [] });
    expect(report.targets).toEqual([]);
  });
  it('more names than are asked about: the report says so, and what was not asked accepts nothing', async () => {
    const tell = (kit: Kit): void => {
      const plan = kit.zone('mordor.example');
      for (let i = 0; i < 31; i++)
        plan.add('_xmpp-client._tcp', 'SRV', { port: 5222, target: `${`${i}.`.repeat(75)}mordor.example` });
      plan.add('_xmpp-client._tcp', 'SRV', { priority: 9, port: 5222, target: 'xmpp.mordor.example' });
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['mordor.example'] }) });
    };
    const report = await run(tell, { input: 'mordor.example', timeoutSeconds: 20 });
    expect(report.warnings?.map((w) => w.code)).toContain('questions-omitted');
    expect(report.verdict.outcome).toBe('unreachable');
  });
  it('a target has no address, or nobody says whether it has one: two sentences', async () => {
    const unsigned = (kit: Kit): void =>
      void srv(kit.zone('shire.example', { unsigned: true }), 'xmpp.shire.example');
    const [none] = endpoints(await run(unsigned));
    expect(none?.verdict.reasons.map((r) => r.code)).toEqual(['no-address']);
    const silent = servfail((_, type) => type === TYPES.A || type === TYPES.AAAA);
    const [unknown] = endpoints(await run(unsigned, lied, [silent]));
    expect(unknown?.verdict.outcome).toBe('unreachable');
    expect(unknown?.verdict.reasons.map((r) => r.code)).toEqual(['addresses-unanswered']);
  });
});
