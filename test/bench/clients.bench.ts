/**
 * clients.bench.ts: comparing with other programs, and judging a report again.
 *
 * In:   reports of the demo realm
 * Out:  medians
 * Not:  the page's part of it (window.bench.ts)
 */
import { judgeSaved } from '../../electron/what-if.ts';
import { compareClients } from '../../electron/trust/clients.ts';
import { clientProfiles } from '../../shared/clients.ts';
import { NO_PINS } from '../../shared/pin.ts';
import type { Report } from '../../shared/report.ts';
import { startRealm } from '../../electron/demo-world.ts';
import { check } from './checking.ts';
import { line, ms, sideBySide, timed, under, when } from './measure.ts';

when();

const ENDPOINTS = 20;
const realm = await startRealm();
const { report } = await check(realm, 'shire.example');
await realm.close();

const [target] = report.targets;
const [endpoint] = target?.endpoints ?? [];
if (target === undefined || endpoint === undefined) throw new Error('there is no endpoint');
const wide: Report = {
  ...report,
  targets: [
    {
      ...target,
      endpoints: Array.from({ length: ENDPOINTS }, (_, i) => ({ ...endpoint, address: `192.0.2.${i}` })),
    },
  ],
};
const profiles = clientProfiles();
const saved: unknown = JSON.parse(JSON.stringify(report));
const compare = (): unknown => compareClients(wide, profiles);
const whatIf = (): unknown => judgeSaved(saved, { without: ['dnssec'] }, () => NO_PINS);

const first = { compare: await timed(compare), whatIf: await timed(whatIf) };
const time = await sideBySide(21, { compare, whatIf });
console.log(`${profiles.length} profiles over ${ENDPOINTS} endpoints, and a what-if over one report`);
line('  compare', ms(time.compare), under(time.compare, 20, 'ms'));
line('  compare, the first time', ms(first.compare));
line('  what if there were no DNSSEC', ms(time.whatIf), under(time.whatIf, 50, 'ms'));
line('  what if, the first time', ms(first.whatIf));
