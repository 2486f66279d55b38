/** saved.ts: a report as a check of the demo realm saves it, for the fuzzing of what reads such files. */
import { runCheck } from '../../electron/check.ts';
import { startRealm } from '../../electron/demo-world.ts';
import { srv, tlsa, type Story } from '../../electron/demo/kit.ts';
import { parseRequest } from '../../electron/options.ts';
import type { Instant } from '../../shared/basics.ts';

const DOMAIN = 'shire.example';
const STORY: Story = {
  domain: DOMAIN,
  teaches: DOMAIN,
  outcome: 'auto-accept',
  by: 'dane',
  tell(kit) {
    const plan = srv(kit.zone(DOMAIN), `xmpp.${DOMAIN}`);
    const certificate = kit.issue({ dns: [DOMAIN] });
    kit.server(plan, 'xmpp', 5222, { certificate });
    tlsa(plan, 'xmpp', certificate);
  },
};

async function save(): Promise<string> {
  const realm = await startRealm({ now: Date.parse('2026-11-23T12:00:00Z') as Instant, stories: [STORY] });
  const request = parseRequest({ input: DOMAIN });
  if (!request.ok) throw new Error(request.problem.text);
  const report = await runCheck(
    realm.prepare(request.value),
    realm.world,
    () => undefined,
    new AbortController().signal,
  );
  await realm.close();
  return JSON.stringify(report);
}

/** JSON as `mellon check --json` prints it. */
export const savedReport: string = await save();
