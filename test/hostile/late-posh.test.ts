/**
 * late-posh.test.ts: a web server that hangs keeps nobody waiting whose verdict it cannot change.
 *
 * In:   whole checks against a silent web server
 * Out:  when the verdict was told
 * Not:  what a document says (test/trust/posh.test.ts)
 */
import { expect, it } from 'vitest';
import { runCheck } from '../../electron/check.ts';
import { startRealm } from '../../electron/demo-world.ts';
import { srv, type Kit } from '../../electron/demo/kit.ts';
import { parseRequest } from '../../electron/options.ts';
import type { CheckEvent, DomainOutcome } from '../../shared/report.ts';

const silent = { '/.well-known/posh/xmpp-client.json': () => undefined };

async function eventsOf(
  outcome: DomainOutcome,
  issue: (kit: Kit) => ReturnType<Kit['issue']>,
): Promise<CheckEvent[]> {
  const story = {
    domain: 'shire.example',
    teaches: '',
    outcome,
    tell(kit: Kit) {
      const plan = srv(kit.zone('shire.example', { unsigned: true }), 'xmpp.shire.example');
      kit.server(plan, 'xmpp', 5222, { certificate: issue(kit) });
      kit.site(plan, '@', silent);
    },
  };
  const realm = await startRealm({ stories: [story] });
  const request = parseRequest({ input: 'shire.example', timeoutSeconds: 2 });
  if (!request.ok) throw new Error(request.problem.text);
  const events: CheckEvent[] = [];
  await runCheck(
    realm.prepare(request.value),
    realm.world,
    (e) => events.push(e),
    new AbortController().signal,
  );
  await realm.close();
  return events;
}

const told = (events: readonly CheckEvent[]): readonly string[] =>
  events.flatMap((e) =>
    e.type === 'judged' ? e.report.targets.flatMap((t) => t.endpoints.map((x) => x.verdict.outcome)) : [],
  );

it('an acceptance by PKIX is told while the web server hangs', async () => {
  const events = await eventsOf('auto-accept', (kit) => kit.issue({ dns: ['shire.example'] }));
  const first = events.find(
    (e) => e.type === 'judged' && e.report.targets.some((t) => t.endpoints.length > 0),
  );
  expect(first?.type === 'judged' && first.report.durationMs).toBeLessThan(1_900);
  expect(told(events)).toContain('auto-accept');
  expect(events.at(-1)).toMatchObject({
    type: 'finished',
    report: { verdict: { outcome: 'auto-accept', by: 'pkix' } },
  });
});

it('a decision that a document could still spare the person is not told before the document is', async () => {
  const events = await eventsOf('manual', (kit) => kit.selfSigned({ dns: ['shire.example'] }));
  expect(told(events)).toEqual([]);
  expect(events.at(-1)).toMatchObject({ type: 'finished', report: { verdict: { outcome: 'manual' } } });
});
