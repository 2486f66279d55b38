/**
 * publish.test.ts: what is offered as ready to publish must never be an interceptor's (TRUST-RULES section 9).
 *
 * In:   test/attack/world.ts, with a view of the store
 * Out:  the texts that the shut routes of an endpoint offer, where a valid CA certificate is doubted all the same
 * Not:  the texts themselves (test/trust/dane-help.test.ts, test/trust/posh.test.ts)
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Issued } from '../../electron/demo/certificate.ts';
import { srv, tlsa } from '../../electron/demo/kit.ts';
import { NO_PINS, type PinView } from '../../shared/pin.ts';
import type { Report } from '../../shared/report.ts';
import { bare, change, endpoints, LIAR, startAttack, TYPES, type AttackWorld } from './world.ts';

let world: AttackWorld;
let view: PinView = NO_PINS;
let good: Issued;
let other: Issued;
let own: Issued;

beforeAll(async () => {
  world = await startAttack({
    pins: () => view,
    lies: [change((name, type) => type === TYPES.SRV && name.startsWith('_xmpp-'), bare)],
    tell(kit) {
      good = kit.issue({ dns: ['good.example'] });
      other = kit.issue({ dns: ['other.example'] });
      kit.server(srv(kit.zone('good.example'), 'xmpp.good.example'), 'xmpp', 5222, { certificate: good });
      own = kit.selfSigned({ dns: ['own.example'] });
      kit.server(srv(kit.zone('own.example'), 'xmpp.own.example'), 'xmpp', 5222, { certificate: own });
      const plan = srv(kit.zone('other.example'), 'xmpp.other.example');
      kit.server(plan, 'xmpp', 5222, { certificate: other });
      tlsa(plan, 'xmpp', kit.ca);
    },
  });
});
afterAll(() => world.close());

/** What the routes DANE and POSH, and the section on POSH, offer. */
function offered(report: Report): string {
  const [{ routes } = { routes: null }] = endpoints(report);
  return [routes?.dane.opensBy, routes?.posh.opensBy, report.posh?.text].join('\n');
}

/** In a TLSA record, and in a POSH document. */
function holds(text: string, { certificate }: Issued): readonly boolean[] {
  return [
    text.includes(`3 1 1 ${certificate.spkiSha256}`),
    text.includes(`"sha-256":"${Buffer.from(certificate.sha256, 'hex').toString('base64')}"`),
  ];
}

it('is offered where the domain is accepted by another route', async () => {
  view = NO_PINS;
  const report = await world.check({ input: 'good.example' });
  expect(report.verdict).toMatchObject({ outcome: 'auto-accept', by: 'pkix' });
  expect(holds(offered(report), good)).toEqual([true, true]);
});

it('is not offered for a new key of a watched domain, though a certificate authority vouches for it', async () => {
  const watch = { domain: 'good.example', service: 'xmpp-client' as const, since: '2026-11-01', keys: [] };
  view = { ...NO_PINS, watch };
  const report = await world.check({ input: 'good.example' });
  expect(report.verdict).toMatchObject({ outcome: 'manual', case: 'watched-key-changed' });
  expect(holds(offered(report), good)).toEqual([false, false]);
  expect(offered(report)).toContain('compare both before you publish');
});

it('is not offered where only a pin accepts: what a person took may be an interceptor’s', async () => {
  const { sha256, spkiSha256, names } = own.certificate;
  const pin = {
    ...{
      id: 'p1',
      domain: 'own.example',
      service: 'xmpp-client' as const,
      by: 'certificate' as const,
      sha256,
    },
    ...{ created: '2026-11-01T00:00:00Z', ends: null, note: '', revoked: null, manualToo: false },
    ...{ pem: null, keySha256: spkiSha256, names: names.map((name) => `${name.type}:${name.value}`) },
  };
  view = NO_PINS;
  const { verdict } = await world.check({ input: 'own.example' });
  view = { ...NO_PINS, pins: [{ ...pin, forgives: verdict.reasons.map(({ code }) => code) }] };
  const report = await world.check({ input: 'own.example' });
  expect(report.verdict).toMatchObject({ outcome: 'auto-accept', by: 'pin' });
  expect(holds(offered(report), own)).toEqual([false, false]);
});

it('is not offered for a certificate that the TLSA record contradicts', async () => {
  view = NO_PINS;
  const report = await world.check({ input: 'other.example' });
  expect(endpoints(report)[0]?.routes).toMatchObject({
    dane: { state: 'contradicted' },
    pkix: { state: 'open' },
  });
  expect(holds(offered(report), other)).toEqual([false, false]);
});

it('is not offered where the records that named the target are forged', async () => {
  view = NO_PINS;
  const report = await world.check({ input: 'good.example', resolvers: [LIAR] });
  expect(report.verdict).toMatchObject({ outcome: 'refuse' });
  expect(holds(offered(report), good)).toEqual([false, false]);
});
