/**
 * revoked.test.ts: a certificate that its own issuer calls revoked is refused, whatever else vouches for it (row 2).
 *
 * In:   whole checks against servers that staple an OCSP response
 * Out:  the verdict
 * Not:  single responses (test/trust/ocsp.test.ts)
 */
import { expect, it } from 'vitest';
import { runCheck } from '../../electron/check.ts';
import { startRealm } from '../../electron/demo-world.ts';
import { srv, tlsa, type Kit } from '../../electron/demo/kit.ts';
import { makeStaple, type StapleOptions } from '../../electron/demo/ocsp.ts';
import { parseRequest } from '../../electron/options.ts';
import type { Report } from '../../shared/report.ts';

type Form = { readonly status: StapleOptions['status']; readonly dane?: true; readonly foreign?: true };

async function stapled({ status, dane, foreign }: Form): Promise<Report> {
  const realm = await startRealm({
    stories: [
      {
        domain: 'shire.example',
        teaches: '',
        outcome: 'refuse',
        tell(kit: Kit) {
          const plan = srv(kit.zone('shire.example'), 'xmpp.shire.example');
          const leaf = kit.issue({ dns: ['shire.example'] });
          const issuer = foreign === true ? kit.unknownCa : kit.intermediate;
          const staple = Buffer.from(makeStaple({ now: kit.now, status, leaf, issuer }));
          kit.server(plan, 'xmpp', 5222, { certificate: leaf, staple });
          if (dane === true) tlsa(plan, 'xmpp', leaf);
        },
      },
    ],
  });
  const request = parseRequest({ input: 'shire.example' });
  if (!request.ok) throw new Error(request.problem.text);
  const report = await runCheck(
    realm.prepare(request.value),
    realm.world,
    () => undefined,
    new AbortController().signal,
  );
  await realm.close();
  if (report === null) throw new Error('cancelled');
  return report;
}

it('a good staple changes nothing', async () => {
  expect((await stapled({ status: 'good' })).verdict).toMatchObject({ outcome: 'auto-accept', by: 'pkix' });
});

it('a revoked certificate is refused though its path and name hold', async () => {
  const { verdict } = await stapled({ status: 'revoked' });
  expect(verdict).toMatchObject({ outcome: 'refuse', by: null });
  expect(verdict.reasons[0]?.code).toBe('certificate-revoked');
});

it('a revoked certificate is refused though DANE vouches for it', async () => {
  expect((await stapled({ status: 'revoked', dane: true })).verdict.outcome).toBe('refuse');
});

it('“revoked” from somebody who is not the issuer refuses nothing', async () => {
  const { verdict } = await stapled({ status: 'revoked', foreign: true });
  expect(verdict).toMatchObject({ outcome: 'auto-accept', by: 'pkix' });
});
