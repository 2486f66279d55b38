/**
 * accepting.test.ts: no pin can be made where the domain is refused, whatever one of its endpoints says.
 *
 * In:   test/attack/world.ts
 * Out:  one test a way to try
 * Not:  accepting in general (test/accept.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { judgeWithView, mayAccept } from '../../electron/accept.ts';
import { srv } from '../../electron/demo/kit.ts';
import { openStore } from '../../electron/trust/stores.ts';
import { NO_PINS } from '../../shared/pin.ts';
import { bare, change, checkIn, endpoints, LIAR, NOW, TYPES } from './world.ts';

describe('accepting by hand', () => {
  it('is refused where one SRV name is forged, though another endpoint is only manual', async () => {
    const report = await checkIn({
      tell(kit) {
        const plan = srv(srv(kit.zone('shire.example'), 'xmpp.shire.example'), 'xmpp2.shire.example', {
          direct: true,
        });
        kit.server(plan, 'xmpp', 5222, { certificate: kit.selfSigned({ dns: ['shire.example'] }) });
        kit.server(plan, 'xmpp2', 5223, {
          certificate: kit.selfSigned({ dns: ['shire.example'] }),
          mode: 'direct-tls',
        });
      },
      lies: [change((name, type) => type === TYPES.SRV && name.startsWith('_xmpps'), bare)],
      form: { input: 'shire.example', resolvers: [LIAR] },
    });
    expect(report.verdict.outcome).toBe('refuse');
    expect(endpoints(report).map((e) => e.verdict.outcome)).toEqual(['manual', 'refuse']);
    const certificate = endpoints(report)[0]?.chain[0]?.sha256 ?? '';
    const answer = mayAccept(
      report,
      { certificate, how: 'forever', by: 'certificate' },
      { view: NO_PINS, now: NOW, judgeWith: (view) => judgeWithView(report, view, [openStore('none', [])]) },
    );
    expect(answer).toMatchObject({ ok: false, problem: { code: 'refused-domain' } });
  });
});
