/**
 * typed.test.ts: the domain as its own target, hosts typed by hand, and where trust is anchored.
 *
 * In:   test/attack/world.ts
 * Out:  one test an attack or an odd setup
 * Not:  discovery (discovery.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { poshDocument, srv, tlsa, type Kit } from '../../electron/demo/kit.ts';
import { all, bare, change, checkIn, endpoints, LIAR, servfail, short, TYPES, type Lie } from './world.ts';

const REFUSE = { outcome: 'refuse', by: null, case: null };
const ACCEPT = (by: string): object => ({ outcome: 'auto-accept', by, case: null });
const MANUAL = (which: string): object => ({ outcome: 'manual', by: null, case: which });
const shire = { input: 'shire.example' };
const run = (tell: (kit: Kit) => void, form: object = shire, lies: readonly Lie[] = []) =>
  checkIn({ tell, lies, form });
const lied = { ...shire, resolvers: [LIAR] };

describe('the source domain as its own target', () => {
  const own = (kit: Kit, options: { unsigned?: boolean; right?: boolean } = {}): void => {
    const plan = srv(kit.zone('shire.example', { unsigned: options.unsigned === true }), 'shire.example');
    const certificate = kit.selfSigned({ dns: ['shire.example'] });
    kit.server(plan, '@', 5222, { certificate });
    tlsa(plan, '@', options.right === false ? kit.unknownCa : certificate);
    plan.add('_5222._tcp', 'TLSA', {
      usage: 3,
      selector: 1,
      matchingType: 1,
      data: (options.right === false ? kit.unknownCa : certificate).certificate.spkiSha256,
    });
  };
  it('signed: DANE counts, delegation none-needed', async () => {
    const report = await run((kit) => own(kit));
    expect(report.targets[0]?.delegation).toBe('none-needed');
    expect(short(report)).toEqual(ACCEPT('dane'));
    expect(endpoints(report)[0]?.routes['pkix-delegated'].state).toBe('absent');
  });
  it('unsigned: DANE does not count', async () => {
    expect(short(await run((kit) => own(kit, { unsigned: true })))).toEqual(
      MANUAL('right-name-untrusted-issuer'),
    );
  });
  it('bogus SRV: refused', async () => {
    const lie = change((n, t) => t === TYPES.SRV && n.startsWith('_xmpp-client'), bare);
    expect(short(await run((kit) => own(kit), lied, [lie]))).toEqual(REFUSE);
  });
  it('no SRV record, proven: the TLSA record at the domain counts, and refuses where it mismatches', async () => {
    const fallback =
      (right: boolean) =>
      (kit: Kit): void => {
        const plan = kit.zone('shire.example');
        const certificate = kit.issue({ dns: ['shire.example'] });
        kit.server(plan, '@', 5222, { certificate });
        plan.add('_5222._tcp', 'TLSA', {
          usage: 3,
          selector: 1,
          matchingType: 1,
          data: (right ? certificate : kit.unknownCa).certificate.spkiSha256,
        });
      };
    const good = await run(fallback(true));
    expect(short(good)).toEqual(ACCEPT('dane'));
    expect(good.discovery.outcome).toBe('fallback');
    expect(short(await run(fallback(false)))).toEqual(REFUSE);
    // The absence hidden behind silence: refused, though the certificate is good.
    expect(short(await run(fallback(true), lied, [servfail((_, t) => t === TYPES.SRV)]))).toEqual(REFUSE);
  });
});

describe('the source domain as its own target, by a resolver that withholds one DS answer', () => {
  // The path and the name hold, the TLSA record names another key: an attacker with a certificate from somewhere.
  const contradicted = (kit: Kit): void => {
    const plan = srv(kit.zone('shire.example'), 'shire.example');
    kit.server(plan, '@', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
    const data = kit.unknownCa.certificate.spkiSha256;
    plan.add('_5222._tcp', 'TLSA', { usage: 3, selector: 1, matchingType: 1, data });
  };
  const withheld = (name: string): Lie => servfail((n, t) => t === TYPES.DS && n === name);
  const unsignedSrv = change((_, t) => t === TYPES.SRV, bare);
  it('of the domain or a name above it: its addresses are not to be trusted (7.2, RFC 7673 3.2)', async () => {
    for (const name of ['example', 'shire.example']) {
      for (const lie of [withheld(name), all(withheld(name), unsignedSrv)]) {
        const report = await run(contradicted, lied, [lie]);
        expect(short(report)).toEqual(REFUSE);
        expect(endpoints(report)[0]?.verdict.reasons[0]?.code).toBe('address-indeterminate');
        expect(endpoints(report)[0]?.routes.dane.state).toBe('unknown');
      }
    }
  });
  it('of _tcp, and strips the SRV answers: as if they were not answered (2.5, RFC 7673 3.1)', async () => {
    const report = await run(contradicted, lied, [all(withheld('_tcp.shire.example'), unsignedSrv)]);
    expect(short(report)).toEqual(REFUSE);
    expect(report.verdict.reasons[0]?.code).toBe('discovery-unanswered');
  });
  it('of an unsigned domain: nothing is closed that is proven unsigned', async () => {
    const unsigned = (kit: Kit): void => {
      const plan = srv(kit.zone('shire.example', { unsigned: true }), 'shire.example');
      kit.server(plan, '@', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
    };
    const report = await run(unsigned, lied, [withheld('_tcp.shire.example')]);
    expect(short(report)).toEqual(ACCEPT('pkix'));
  });
});

describe('addresses and hosts typed by hand', () => {
  it('an IP literal is judged by iPAddress alone, without DNS', async () => {
    const tell =
      (names: object) =>
      (kit: Kit): void => {
        kit.server(kit.zone('shire.example'), 'xmpp', 5222, { certificate: kit.issue(names) });
      };
    const report = await run(tell({ ip: ['127.0.10.2'] }), { input: '127.0.10.2' });
    expect(short(report)).toEqual(ACCEPT('pkix'));
    expect(report.observations.some((o) => o.kind === 'dns')).toBe(false);
    expect(report.targets[0]?.tlsa.answer).toBe('not-asked');
    expect(report.targets[0]?.delegation).toBe('none-needed');
    expect(report.discovery).toEqual({ outcome: 'fallback', srv: [] });
    expect(endpoints(report)[0]?.routes).toMatchObject({
      dane: { state: 'shut' },
      posh: { state: 'absent' },
    });
    expect(short(await run(tell({ dns: ['127.0.10.2'] }), { input: '127.0.10.2' }))).toEqual(
      MANUAL('trusted-issuer-wrong-name'),
    );
    expect(short(await run(tell({ cn: '127.0.10.2', ip: [] }), { input: '127.0.10.2' }))).toEqual(
      MANUAL('trusted-issuer-wrong-name'),
    );
  });
  const hosted =
    (names: object) =>
    (kit: Kit): void => {
      srv(kit.zone('shire.example'), 'xmpp.hosting.example');
      const hosting = kit.zone('hosting.example');
      const certificate = kit.issue(names);
      kit.server(hosting, 'xmpp', 5222, { certificate });
      tlsa(hosting, 'xmpp', certificate);
    };
  it('a host typed by hand gives no reference name and no DANE, even where discovery would', async () => {
    for (const connect of ['xmpp.hosting.example:5222', '127.0.10.2:5222']) {
      const report = await run(hosted({ dns: ['xmpp.hosting.example'] }), { ...shire, connect });
      expect(short(report)).toEqual(MANUAL('trusted-issuer-wrong-name'));
      expect(report.targets[0]?.delegation).toBe('manual');
      expect(report.discovery).toEqual({ outcome: 'fallback', srv: [] });
      expect(short(await run(hosted({ dns: ['shire.example'] }), { ...shire, connect }))).toEqual(
        ACCEPT('pkix'),
      );
      expect(short(await run(hosted({ ip: ['127.0.10.2'] }), { ...shire, connect }))).toEqual(
        MANUAL('trusted-issuer-wrong-name'),
      );
    }
  });
  it('the source domain typed by hand is manual too, and its TLSA record does not count', async () => {
    const report = await run(
      (kit) => {
        const plan = kit.zone('shire.example');
        kit.server(plan, '@', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
        plan.add('_5222._tcp', 'TLSA', { usage: 3, selector: 1, matchingType: 1, data: 'ab'.repeat(32) });
      },
      { ...shire, connect: 'shire.example:5222' },
    );
    expect(report.targets[0]?.delegation).toBe('manual');
    expect(short(report)).toEqual(ACCEPT('pkix'));
  });
  it('POSH counts for a host typed by hand', async () => {
    const report = await run(
      (kit) => {
        const plan = kit.zone('shire.example');
        const certificate = kit.selfSigned({ dns: ['nobody.example'] });
        kit.server(plan, 'xmpp', 5222, { certificate });
        kit.site(plan, '@', { '/.well-known/posh/xmpp-client.json': { body: poshDocument(certificate) } });
      },
      { ...shire, connect: 'xmpp.shire.example:5222' },
    );
    expect(short(report)).toEqual(ACCEPT('posh'));
  });
});

describe('anchors', () => {
  const tell =
    (name: string, more: object = {}) =>
    (kit: Kit): void => {
      const plan = srv(kit.zone(name, more), `xmpp.${name}`);
      const certificate = kit.selfSigned({ dns: [name] });
      kit.server(plan, 'xmpp', 5222, { certificate });
      tlsa(plan, 'xmpp', certificate);
    };
  it('a name under a built-in negative anchor is insecure, whatever is signed', async () => {
    const report = await run(tell('shire.test'), { input: 'shire.test' });
    expect(report.discovery.srv[0]?.dnssec).toBe('insecure');
    expect(short(report)).toEqual(MANUAL('right-name-untrusted-issuer'));
  });
  it('a negative anchor that the person adds makes a broken zone insecure, not accepted', async () => {
    const report = await run(
      (kit) => {
        tell('shire.example')(kit);
        kit.of('shire.example').break('signature-wrong');
      },
      { ...shire, negativeAnchors: ['shire.example'] },
    );
    expect(report.discovery.srv[0]?.dnssec).toBe('insecure');
    expect(short(report)).toEqual(MANUAL('right-name-untrusted-issuer'));
  });
  it('an anchor for another root: refused with the sentence about the anchor', async () => {
    const report = await checkIn({
      tell: tell('shire.example'),
      anchors: () => '. IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n',
      form: shire,
    });
    expect(short(report)).toEqual(REFUSE);
    expect(report.verdict.sentence + report.verdict.reasons.map((r) => r.text).join()).toMatch(
      /update Mellon, or set a trust anchor/i,
    );
  });
  it('an island of trust: insecure from above, no delegation', async () => {
    const report = await run(tell('shire.example', { delegated: false }));
    expect(report.discovery.srv[0]?.dnssec).toBe('insecure');
    expect(short(report)).toEqual(MANUAL('right-name-untrusted-issuer'));
  });
  it('signatures as of --at: before and after their time the domain is refused', async () => {
    for (const at of ['2020-01-01', '2031-01-01']) {
      const report = await run(tell('shire.example'), { ...shire, at });
      expect(short(report)).toEqual(REFUSE);
    }
  });
  it('no anchor covers the name: indeterminate, and another target is refused', async () => {
    const report = await checkIn({
      tell: (kit) => void srv(kit.zone('shire.example'), 'xmpp.hosting.example'),
      anchors: (root) => root.replace(/^\./, 'elsewhere.example.'),
      form: shire,
    });
    expect(report.discovery.srv[0]?.dnssec).toBe('indeterminate');
    expect(report.targets[0]?.delegation).toBeNull();
  });
  it('no anchor covers the name: nobody withheld a proof about the domain that is its own target', async () => {
    const report = await checkIn({
      tell(kit) {
        const plan = srv(kit.zone('shire.example'), 'shire.example');
        kit.server(plan, '@', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
      },
      anchors: (root) => root.replace(/^\./, 'elsewhere.example.'),
      form: shire,
    });
    expect(report.discovery.srv[0]?.dnssec).toBe('indeterminate');
    expect(short(report)).toEqual(ACCEPT('pkix'));
  });
});
