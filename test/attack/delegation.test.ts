/**
 * delegation.test.ts: a target whose naming could not be proven is refused at the endpoint, too (section 4, row 2).
 *
 * In:   test/attack/world.ts
 * Out:  endpoints' verdicts where PKIX alone would accept
 * Not:  what discovery decides for the whole domain (discovery.test.ts)
 */
import { expect, it } from 'vitest';
import { srv, type Kit } from '../../electron/demo/kit.ts';
import { checkIn, endpoints, LIAR, rr, servfail, change, TYPES } from './world.ts';

/** A signed domain, hosted elsewhere, by a server whose certificate carries the domain's own name. */
function tell(kit: Kit): void {
  srv(kit.zone('shire.example'), 'xmpp.hosting.example');
  const plan = kit.zone('hosting.example');
  kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
}
const form = { input: 'shire.example', resolvers: [LIAR] };

it('honestly named it is accepted', async () => {
  const report = await checkIn({
    tell,
    lies: [
      change(
        () => false,
        (m) => m,
      ),
    ],
    form,
  });
  expect(report.verdict).toMatchObject({ outcome: 'auto-accept', by: 'pkix' });
});

it('SRV indeterminate, because one DS answer is withheld: refused', async () => {
  const report = await checkIn({
    tell,
    lies: [servfail((name, type) => type === TYPES.DS && name === 'shire.example')],
    form,
  });
  expect(report.targets[0]?.delegation).toBeNull();
  expect(endpoints(report).map((e) => e.verdict.outcome)).toEqual(['refuse']);
  expect(report.verdict.outcome).toBe('refuse');
});

it('SRV forged: each endpoint says so itself', async () => {
  const forged = change(
    (name, type) => type === TYPES.SRV && name.startsWith('_xmpp-client'),
    (m) => ({
      ...m,
      authority: [],
      answer: [rr(m.questions[0]?.name ?? '', 'SRV', { port: 5222, target: 'xmpp.hosting.example' })],
    }),
  );
  const report = await checkIn({ tell, lies: [forged], form });
  expect(endpoints(report).map((e) => e.verdict.outcome)).toEqual(['refuse']);
});
