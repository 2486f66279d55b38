/**
 * plan.test.ts: what a check wants to know stays within bounds, whatever a domain names.
 *
 * In:   SRV answers made by hand
 * Out:  plan.ts tested
 * Not:  whole checks (test/hostile, test/attack)
 */
import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { encodeRdata } from '../../electron/demo/zone-rdata.ts';
import { groundOf } from '../../electron/ground.ts';
import { parseRequest } from '../../electron/options.ts';
import { srvQuestions } from '../../electron/trust/discover.ts';
import { MOST_QUESTIONS, plan, type Planned } from '../../electron/trust/plan.ts';
import { indexObservations } from '../../electron/trust/seen.ts';
import { encodeMessage } from '../../electron/wire/dns-write.ts';
import type { Base64, DnsName } from '../../shared/basics.ts';
import type { DnsSeen } from '../../shared/observation.ts';
import { NOW } from './dane-world.ts';

const DOMAIN = 'mordor.example' as DnsName;

/** The looks wanted once both SRV names have answered with these targets. */
function wantedFor(targets: readonly string[], hear: () => void = () => undefined): readonly Planned[] {
  const request = parseRequest({ input: DOMAIN, resolvers: ['udp://127.0.0.1'] });
  if (!request.ok) throw new Error(request.problem.text);
  const observations = srvQuestions(DOMAIN, 'xmpp-client').map(({ question }, i): DnsSeen => {
    const answer = targets.map((target) => ({
      ...{ name: question.name, type: 33, class: 1, ttl: 60 },
      rdata: encodeRdata('SRV', { port: 5222, target }),
    }));
    const reply = encodeMessage({
      ...{ id: 0, response: true, opcode: 0, rcode: 0, authoritative: false, truncated: false },
      ...{ recursionAvailable: true, ad: false, cd: true, edns: null, authority: [], additional: [] },
      questions: [{ name: question.name, type: 33, class: 1 }],
      answer,
    });
    return {
      ...{ id: `o${i + 1}`, kind: 'dns', start: 0, end: 1, from: [], question },
      ...{ resolver: 'udp://127.0.0.1', resolverIndex: 0 },
      outcome: {
        ok: true,
        value: { reply: Buffer.from(reply).toString('base64') as Base64, transport: 'udp' },
      },
    };
  });
  const seen = indexObservations(observations);
  const heard = (key: string): DnsSeen | undefined => {
    hear();
    return seen.dnsBy(key);
  };
  return plan(request.value, { ...seen, dnsBy: heard }, groundOf(request.value, NOW)).wanted;
}
const asked = (all: readonly Planned[]): readonly Planned[] =>
  all.filter(({ inquiry }) => inquiry.kind === 'dns');

it('asks for everything that 32 ordinary targets hang on', () => {
  const names = Array.from({ length: 32 }, (_, i) => `xmpp${i}.hosting.example`);
  const all = asked(wantedFor(names));
  for (const name of names) expect(all.some(({ key }) => key === `dns ${name} AAAA 0`)).toBe(true);
  expect(all.length).toBeLessThan(MOST_QUESTIONS / 4);
});

it('asks no more than its bound where the names of targets have a hundred labels each', () => {
  const names = Array.from({ length: 32 }, (_, i) => `${`${i.toString(36)}.`.repeat(100)}mordor.example`);
  const all = asked(wantedFor(names));
  expect(all).toHaveLength(MOST_QUESTIONS);
  // What names the targets is there in any case.
  for (const type of ['DS', 'DNSKEY'])
    expect(all.some(({ key }) => key === `dns ${DOMAIN} ${type} 0`)).toBe(true);
});

it('climbs to the root once for the addresses and the TLSA record of a target, not once for each', () => {
  let lookedUp = 0;
  const labels = 100;
  wantedFor([`${'a.'.repeat(labels)}mordor.example`], () => (lookedUp += 1));
  expect(lookedUp).toBeGreaterThan(2 * labels);
  expect(lookedUp).toBeLessThan(5 * labels);
});
