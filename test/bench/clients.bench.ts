/**
 * clients.bench.ts: what comparing with other programs costs, and judging again on screen.
 *
 * In:   a report of the demo realm, repeated to 20 endpoints
 * Out:  medians
 * Not:  whole checks (check.bench.ts)
 */
import { startRealm } from '../../electron/demo-world.ts';
import { compareClients } from '../../electron/trust/clients.ts';
import { compareSaved, judgeSaved } from '../../electron/what-if.ts';
import { NO_PINS } from '../../shared/pin.ts';
import { clientProfiles } from '../../shared/clients.ts';
import type { Report } from '../../shared/report.ts';
import { check } from './checking.ts';
import { line, median, ms, timed, under } from './measure.ts';

const ROUNDS = 15;
const ENDPOINTS = 20;
/** DNSSEC and DANE, POSH, several servers. */
const DOMAINS = ['shire.example', 'rivendell.example', 'osgiliath.example'] as const;

const realm = await startRealm();
try {
  const { report } = await check(realm, 'bree.example');
  const wide = widened(report);
  // Both roles count as one here: the bound is for 28 profiles.
  const all = clientProfiles().map((profile) => ({ ...profile, role: 'c2s' as const }));
  await matrix(wide, all);
  for (const domain of DOMAINS) await whatIf((await check(realm, domain)).report, domain);
} finally {
  await realm.close();
}

async function matrix(wide: Report, all: Parameters<typeof compareClients>[1]): Promise<void> {
  const first = await timed(() => compareClients(wide, all));
  const took = median(await runs(() => compareClients(wide, all)));
  line(
    `${all?.length ?? 0} profiles over ${ENDPOINTS} endpoints, first time`,
    ms(first),
    under(first, 20, 'ms'),
  );
  line('  again', ms(took), under(took, 20, 'ms'));
}

async function whatIf(report: Report, domain: string): Promise<void> {
  const saved: unknown = JSON.parse(JSON.stringify(report));
  const pins = (): typeof NO_PINS => NO_PINS;
  const forms = {
    'another date': { at: '2027-06-01' },
    'without DNSSEC': { without: ['dnssec'] },
    'bundled roots': { roots: ['bundled'] },
  };
  for (const [what, form] of Object.entries(forms)) {
    const took = median(await runs(() => judgeSaved(saved, form, pins)));
    line(`what if: ${domain}, ${what}`, ms(took), under(took, 50, 'ms'));
  }
  line(`compare as the window does: ${domain}`, ms(median(await runs(() => compareSaved(saved, {}, pins)))));
}

async function runs(act: () => unknown): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await timed(act));
  return times;
}

function widened(report: Report): Report {
  return {
    ...report,
    targets: report.targets.map((target) => ({
      ...target,
      endpoints: Array.from(
        { length: ENDPOINTS },
        (_, i) => target.endpoints[i % target.endpoints.length],
      ).filter((one) => one !== undefined),
    })),
  };
}
