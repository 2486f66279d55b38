/**
 * resolvers.test.ts: several resolvers of which some lie: the verdict is that of the honest evidence.
 *
 * In:   test/attack/world.ts
 * Out:  one test a lie
 * Not:  single answers (test/trust/dnssec)
 */
import { describe, expect, it } from 'vitest';
import type { Report } from '../../shared/report.ts';
import { srv, tlsa, type Kit } from '../../electron/demo/kit.ts';
import {
  all,
  bare,
  change,
  checkIn,
  HONEST,
  LIAR,
  LIAR_2,
  rr,
  servfail,
  short,
  TYPES,
  type Lie,
} from './world.ts';

/** Signed all along; DANE-EE vouches for the server. `mordor` is the attacker's, with a good certificate of its own name. */
function tell(kit: Kit): void {
  const plan = srv(kit.zone('shire.example'), 'xmpp.shire.example');
  const certificate = kit.selfSigned({ dns: ['xmpp.shire.example'] });
  kit.server(plan, 'xmpp', 5222, { certificate });
  tlsa(plan, 'xmpp', certificate);
  const evil = kit.zone('mordor.example', { unsigned: true });
  kit.server(evil, 'xmpp', 5222, { certificate: kit.issue({ dns: ['xmpp.mordor.example'] }) });
}
const isSrv = (name: string, type: number): boolean => type === TYPES.SRV && name.includes('shire');
const DANE = { outcome: 'auto-accept', by: 'dane', case: null };

const isClientSrv = (name: string, type: number): boolean =>
  isSrv(name, type) && name.startsWith('_xmpp-client');
const forgedSrv: Lie = change(isClientSrv, (m) => ({
  ...bare(m),
  rcode: 0,
  authority: [],
  answer: [rr(m.questions[0]?.name ?? '', 'SRV', { port: 5222, target: 'xmpp.mordor.example' })],
}));
const forgedAddress: Lie = change(
  (name, type) => type === TYPES.A && name === 'xmpp.shire.example',
  (m) => ({ ...m, authority: [], answer: [rr('xmpp.shire.example', 'A', '127.0.10.3')] }),
);
const hidden: Lie = change(isSrv, (m) => ({ ...m, rcode: 3, answer: [], authority: [] }));
const stripped: Lie = change(() => true, bare);
const strippedSrv: Lie = change(isSrv, bare);
const failsSrv: Lie = servfail(isSrv);
const failsAll: Lie = servfail(() => true);
const silentTlsa: Lie = change(
  (_, type) => type === TYPES.TLSA,
  () => null,
);
const failsTlsa: Lie = servfail((_, type) => type === TYPES.TLSA);
const hidesTlsa: Lie = change(
  (_, type) => type === TYPES.TLSA,
  (m) => ({ ...m, rcode: 0, answer: [], authority: [] }),
);
const failsDs: Lie = servfail((_, type) => type === TYPES.DS);
const failsKeys: Lie = servfail((_, type) => type === TYPES.DNSKEY);
const shireOf =
  (type: number) =>
  (name: string, asked: number): boolean =>
    asked === type && name === 'shire.example';
const hidesDs: Lie = change(shireOf(TYPES.DS), (m) => ({ ...m, rcode: 0, answer: [], authority: [] }));
const stripsDs: Lie = change(shireOf(TYPES.DS), bare);
const stripsKeys: Lie = change(shireOf(TYPES.DNSKEY), bare);
const hidesKeys: Lie = change(shireOf(TYPES.DNSKEY), (m) => ({ ...m, rcode: 3, answer: [], authority: [] }));
const lies: Readonly<Record<string, Lie>> = {
  'forges the SRV records': forgedSrv,
  'forges the address': forgedAddress,
  'hides the SRV records': hidden,
  'strips everything': stripped,
  'strips SRV answers': strippedSrv,
  'fails for SRV': failsSrv,
  'fails for everything': failsAll,
  'fails for TLSA': failsTlsa,
  'is silent for TLSA': silentTlsa,
  'hides TLSA records': hidesTlsa,
  'hides the DS set': hidesDs,
  'strips the DS set': stripsDs,
  'strips the DNSKEY set': stripsKeys,
  'hides the DNSKEY set': hidesKeys,
  'fails for DS': failsDs,
  'fails for DNSKEY': failsKeys,
  'forges SRV records and addresses': all(forgedSrv, forgedAddress),
};

describe('a first resolver that lies and a second that is honest', () => {
  for (const [what, lie] of Object.entries(lies)) {
    it(`that ${what}: the second one's proof counts`, async () => {
      const report = await checkIn({
        tell,
        lies: [lie],
        form: { input: 'shire.example', resolvers: [LIAR, HONEST], timeoutSeconds: 10 },
      });
      expect({ ...short(report), why: report.verdict.sentence }).toMatchObject(DANE);
      expect(report.targets.map((t) => t.host)).toEqual(['xmpp.shire.example']);
      expect(report.targets.flatMap((t) => t.endpoints.map((e) => e.reached))).toEqual(['tls']);
    }, 20_000);
    it(`that ${what}, after an honest one: nothing changes`, async () => {
      const report = await checkIn({
        tell,
        lies: [lie],
        form: { input: 'shire.example', resolvers: [HONEST, LIAR] },
      });
      expect(short(report)).toEqual(DANE);
      expect(report.observations.some((o) => o.kind === 'dns' && o.resolverIndex === 1)).toBe(false);
    });
  }
  it('two liars of different kinds before an honest one', async () => {
    const report = await checkIn({
      tell,
      lies: [forgedSrv, hidesTlsa],
      form: { input: 'shire.example', resolvers: [LIAR, LIAR_2, HONEST] },
    });
    expect(short(report)).toEqual(DANE);
  });
});

describe('a resolver that lies alone', () => {
  const REFUSE = { outcome: 'refuse', by: null, case: null };
  for (const what of [
    'forges the SRV records',
    'hides the SRV records',
    'strips SRV answers',
    'fails for SRV',
    'fails for TLSA',
    'hides TLSA records',
    'forges the address',
  ])
    it(`that ${what} is refused`, async () => {
      const lie = lies[what] ?? stripped;
      expect(
        short(await checkIn({ tell, lies: [lie], form: { input: 'shire.example', resolvers: [LIAR] } })),
      ).toEqual(REFUSE);
    });
  for (const what of [
    'fails for DS',
    'fails for DNSKEY',
    'hides the DS set',
    'strips the DS set',
    'strips the DNSKEY set',
    'hides the DNSKEY set',
  ])
    it(`that ${what} gets no acceptance`, async () => {
      const lie = lies[what] ?? stripped;
      const report = await checkIn({
        tell,
        lies: [lie],
        form: { input: 'shire.example', resolvers: [LIAR] },
      });
      expect(report.verdict.outcome).toBe('refuse');
    });
});

it('one that only refers to other servers has not answered: no fallback, and the next one is asked', async () => {
  const unsigned = (kit: Kit): void => {
    const plan = srv(kit.zone('shire.example', { unsigned: true }), 'xmpp.shire.example');
    kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
    kit.server(plan, '@', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
  };
  const referral: Lie = change(
    (name, type) => name.endsWith('shire.example') && !(type === TYPES.DS && name === 'shire.example'),
    (m) => ({
      ...m,
      ...{ rcode: 0, authoritative: false, recursionAvailable: false, answer: [] },
      authority: [rr('shire.example', 'NS', 'ns.shire.example')],
    }),
  );
  const by = (resolvers: readonly string[]): Promise<Report> =>
    checkIn({ tell: unsigned, lies: [referral], form: { input: 'shire.example', resolvers } });
  const alone = await by([LIAR]);
  expect(alone.verdict).toMatchObject({ outcome: 'unreachable', reasons: [{ code: 'discovery-failed' }] });
  const both = await by([LIAR, HONEST]);
  expect(both.targets.map((t) => t.host)).toEqual(['xmpp.shire.example']);
  expect(both.verdict).toMatchObject({ outcome: 'auto-accept', by: 'pkix' });
});
