/**
 * shared-answers.test.ts: several checks of one process, sharing what they asked.
 *
 * In:   the demo realm, with the work that a window or a command shares
 * Out:  assertions
 * Not:  the cache by itself (net/dns-cache.test.ts)
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCheck } from '../electron/check.ts';
import { startRealm, type Realm } from '../electron/demo-world.ts';
import { judgeAgain } from '../electron/judge-again.ts';
import { parseRequest } from '../electron/options.ts';
import { openSharedWork, openWorld } from '../electron/world.ts';
import { NO_PINS } from '../shared/pin.ts';
import type { Report } from '../shared/report.ts';

let realm: Realm;
let world = openWorld({ pins: () => NO_PINS });
beforeAll(async () => {
  realm = await startRealm();
});
beforeEach(() => {
  const { servers } = realm;
  world = openWorld({
    pins: () => NO_PINS,
    dial: (address, port) => servers.find(address, port) ?? { address: '127.0.0.1', port: 9 },
    shared: openSharedWork(),
  });
});
afterAll(() => realm.close());

async function check(domain: string, signal = new AbortController().signal): Promise<Report> {
  const request = parseRequest({ input: domain });
  if (!request.ok) throw new Error(request.problem.text);
  const report = await runCheck(realm.prepare(request.value), world, () => undefined, signal);
  if (report === null) throw new Error('stopped');
  return report;
}

/** The questions whose answers were kept from an earlier check. */
function kept(report: Report): readonly string[] {
  return report.observations.flatMap((one) =>
    one.kind === 'dns' && one.outcome.ok && one.outcome.value.ageMs !== undefined
      ? [`${one.question.type} ${one.question.name}`]
      : [],
  );
}

describe('a second check', () => {
  it('takes the keys above the domain and of the hosting service from the first, and comes to the same', async () => {
    expect(kept(await check('shire.example'))).toEqual([]);
    const second = await check('lothlorien.example');
    expect(second.verdict).toMatchObject({ outcome: 'auto-accept', by: 'pkix-delegated' });
    expect(kept(second)).toEqual(
      expect.arrayContaining(['DNSKEY ', 'DNSKEY example', 'DS example', 'DNSKEY hosting.example']),
    );
    expect(kept(second).filter((one) => !/^(DS|DNSKEY) /.test(one))).toEqual([]);
    const again = judgeAgain(JSON.parse(JSON.stringify(second)), {});
    expect(again.ok && again.value.verdict.outcome).toBe('auto-accept');
    expect(again.ok && kept(again.value)).toEqual(kept(second));
  });

  it('of the same domain looks at all that is the domain’s own afresh', async () => {
    await check('shire.example');
    const names = kept(await check('shire.example')).map((one) => one.split(' ')[1] ?? '');
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => name.endsWith('shire.example'))).toEqual([]);
  });

  it.each(['angmar.example', 'harad.example'])(
    'takes nothing from %s, whose answers are forged',
    async (domain) => {
      const first = await check(domain);
      expect(
        first.discovery.srv.some((srv) => srv.dnssec === 'bogus' || srv.dnssec === 'indeterminate'),
      ).toBe(true);
      expect(kept(await check('shire.example'))).toEqual([]);
    },
  );

  it('at the same time, goes on where the first is cancelled', async () => {
    const stop = new AbortController();
    const first = check('shire.example', stop.signal).catch(() => 'stopped');
    const second = check('shire.example');
    setTimeout(() => stop.abort(), 5);
    expect((await second).verdict.outcome).toBe('auto-accept');
    expect(await first).toBe('stopped');
  });
});
