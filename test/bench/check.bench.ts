/**
 * check.bench.ts: a whole check across a distance, against its longest chain of round trips and against doing it by hand.
 *
 * In:   the demo realm with 20 and 25 ms added in each direction of every connection
 * Out:  medians and ratios; the chain itself
 * Not:  CPU (cost.bench.ts), validating alone (dnssec.bench.ts)
 */
import { byHand, type Hand } from './by-hand.ts';
import { describeChain, longestChain, type Chain } from './chain.ts';
import { check, type Checked } from './checking.ts';
import { line, median, ms, timed, times, under, when } from './measure.ts';
import { awayRealm, startAway, type AwayRealm } from './realm-away.ts';

when();

/** One of each kind: DANE, POSH, a certificate authority. */
const DOMAINS = ['shire.example', 'rivendell.example', 'gondor.example'] as const;
const ROUNDS = 7;

const away = await startAway();
for (const delayMs of [20, 25]) {
  const realm = awayRealm(away.told, delayMs);
  const hand = await byHand(realm, delayMs);
  try {
    // What the runtime compiles first, it compiles here.
    for (const domain of DOMAINS) await check(realm, domain);
    console.log(`\n${delayMs} ms per direction, ${ROUNDS} rounds, the realm's servers in another process`);
    for (const domain of DOMAINS) await compare(realm, domain, delayMs, hand);
  } finally {
    hand.close();
  }
}
away.close();

async function compare(realm: AwayRealm, domain: string, delayMs: number, hand: Hand): Promise<void> {
  const checks: (Checked & { readonly chain: Chain })[] = [];
  const byHandMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = await check(realm, domain);
    checks.push({ ...one, chain: longestChain(one.report.observations) });
    byHandMs.push(await timed(() => hand.check(domain)));
  }
  const wall = median(checks.map((c) => c.wallMs));
  const chain = median(checks.map((c) => c.chain.recordedMs));
  const ratio = median(checks.map((c) => c.wallMs / c.chain.recordedMs));
  const far = (c: Checked): number => Math.abs(c.wallMs - wall);
  const typical = checks.reduce((best, c) => (far(c) < far(best) ? c : best));
  const floor = typical.chain.roundTrips * 2 * delayMs;
  console.log(`\n${domain} (${typical.report.verdict.outcome} by ${typical.report.verdict.by ?? 'nothing'})`);
  console.log(describeChain(typical.chain));
  line('  whole check', ms(wall));
  line('  its longest chain, as recorded', ms(chain));
  line(`  ${typical.chain.roundTrips} round trips alone`, ms(floor));
  line('  check / chain', times(ratio), under(ratio, 1.25, 'x'));
  line('  check / round trips alone', times(wall / floor));
  line(`  by hand (${hand.programs(domain)})`, ms(median(byHandMs)));
  line('  by hand / check', times(median(byHandMs) / wall));
  const { observations } = typical.report;
  if (!observations.some((one) => one.kind === 'https' && one.purpose === 'posh' && one.outcome.ok)) return;
  const xmpp = longestChain(observations, (one) => one.kind !== 'https' && one.kind !== 'dns');
  const posh = longestChain(observations, (one) => one.kind === 'https');
  const over = (chain: Chain): number => chain.looks.at(-1)?.end ?? NaN;
  line(`  XMPP side, ${xmpp.roundTrips} round trips, over after`, ms(over(xmpp)));
  line(`  HTTPS side, ${posh.roundTrips} round trips, over after`, ms(over(posh)), {
    text: 'no later than the XMPP side',
    met: over(posh) <= over(xmpp),
  });
}
