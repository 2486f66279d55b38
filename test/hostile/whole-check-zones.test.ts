/**
 * whole-check-zones.test.ts: hostile names and zones in whole checks: outcome, time, memory, and no delay for other targets.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { srv, tlsa, type Kit } from '../../electron/demo/kit.ts';
import type { MaybeAnswer } from '../../electron/demo/zone-lies.ts';
import { nameOf, type ZoneOptions, type ZonePlan } from '../../electron/demo/zone.ts';
import { decodeMessage, type Rr } from '../../electron/wire/dns-message.ts';
import { keyTag } from '../../electron/wire/dns-records.ts';
import { TYPE } from '../../electron/wire/dns-type.ts';
import { encodeMessage } from '../../electron/wire/dns-write.ts';
import { MOST_ANSWER_BYTES } from '../../shared/observation.ts';
import {
  besideGood,
  expectGoodFirst,
  openGround,
  outcomeAt,
  outcomeOf,
  story,
  type Ground,
} from './whole.ts';

const SIGNED: ZoneOptions = {};
const filler = (plan: ZonePlan, count: number, one: (i: number) => void): ZonePlan => {
  for (let i = 0; i < count; i++) one(i);
  return plan;
};
const ip = (i: number): string => `127.200.${i >> 8}.${i & 255}`;

/** The zone's own server hashes and signs in this process. */
const SERVER_MEMORY = 64 * 1024 * 1024;

/** What the name of the hostile endpoint `bad.<domain>` leads to. */
const NAMES: Readonly<Record<string, readonly [(kit: Kit, domain: string) => void, string]>> = {
  'an alias of itself': [
    (kit, domain) => void besideGood(kit, domain, SIGNED).add('bad', 'CNAME', `bad.${domain}`),
    'unreachable unreachable',
  ],
  'two aliases of each other': [
    (kit, domain) =>
      void besideGood(kit, domain, SIGNED)
        .add('bad', 'CNAME', `worse.${domain}`)
        .add('worse', 'CNAME', `bad.${domain}`),
    'unreachable unreachable',
  ],
  'a chain of 200 aliases': [
    (kit, domain) => {
      const plan = besideGood(kit, domain, SIGNED).add('bad', 'CNAME', `a0.${domain}`);
      filler(plan, 200, (i) => plan.add(`a${i}`, 'CNAME', `a${i + 1}.${domain}`));
    },
    'unreachable unreachable',
  ],
  'a DNAME that makes the name longer at every step': [
    (kit, domain) => {
      const plan = besideGood(kit, domain, SIGNED);
      plan.add('bad', 'CNAME', `x.d.${domain}`).add('d', 'DNAME', `x.d.${domain}`);
    },
    'unreachable unreachable',
  ],
  '2,000 addresses': [
    (kit, domain) => {
      const plan = besideGood(kit, domain, SIGNED);
      filler(plan, 2_000, (i) => plan.add('bad', 'A', ip(i)));
    },
    Array(63).fill('unreachable refused').join(', '),
  ],
  '1,000 TLSA records that do not match': [
    (kit, domain) => {
      const plan = besideGood(kit, domain, SIGNED);
      const certificate = kit.issue({ dns: [domain] });
      kit.server(plan, 'bad', 5222, { certificate });
      filler(plan, 1_000, (i) =>
        plan.add('_5222._tcp.bad', 'TLSA', {
          usage: 3,
          selector: 1,
          matchingType: 1,
          data: i.toString(16).padStart(64, '0'),
        }),
      );
    },
    'refuse tls',
  ],
  'one TLSA record of 60 KB that is no certificate: unusable': [
    (kit, domain) => {
      const plan = besideGood(kit, domain, SIGNED);
      kit.server(plan, 'bad', 5222, { certificate: kit.issue({ dns: [domain] }) });
      plan.add('_5222._tcp.bad', 'TLSA', {
        usage: 3,
        selector: 0,
        matchingType: 0,
        data: '30'.repeat(60_000),
      });
    },
    'auto-accept pkix tls',
  ],
  'one TLSA record of 60 KB that is another certificate': [
    (kit, domain) => {
      const plan = besideGood(kit, domain, SIGNED);
      kit.server(plan, 'bad', 5222, { certificate: kit.issue({ dns: [domain] }) });
      const value = new Uint8Array(60_000);
      const large = kit.issue(
        { dns: [domain] },
        { extraExtensions: [{ oid: '1.3.6.1.4.1.99999.1', value }] },
      );
      tlsa(plan, 'bad', large, { selector: 0, matchingType: 0 });
    },
    'refuse tls',
  ],
};

/** Zones whose own size or proofs are the attack; the whole domain's outcome. */
const ZONES: Readonly<Record<string, readonly [(kit: Kit, domain: string) => void, string]>> = {
  '1,500 SRV records, signed: more than honest zones have': [
    (kit, domain) => {
      const plan = kit.zone(domain, SIGNED);
      filler(plan, 1_500, (i) => srv(plan, `h${i}.${domain}`));
      kit.server(plan, 'h0', 5222, { certificate: kit.issue({ dns: [domain] }) });
    },
    'refuse',
  ],
  '1,500 SRV records, unsigned: the first 32 count': [
    (kit, domain) => {
      const plan = kit.zone(domain, { unsigned: true });
      filler(plan, 1_500, (i) => srv(plan, `h${i}.${domain}`, { priority: i }));
      kit.server(plan, 'h0', 5222, { certificate: kit.issue({ dns: [domain] }) });
    },
    'auto-accept pkix',
  ],
  'NSEC3 of 2,500 iterations and a salt of 255 octets': [
    (kit, domain) => {
      const form = { iterations: 2_500, salt: new Uint8Array(255) };
      const plan = srv(kit.zone(domain, { denial: { nsec3: form } }), `xmpp.${domain}`);
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: [domain] }) });
    },
    'auto-accept pkix',
  ],
  'NSEC3 of 150 iterations and a salt of 255 octets': [
    (kit, domain) => {
      const form = { iterations: 150, salt: new Uint8Array(255) };
      const plan = srv(kit.zone(domain, { denial: { nsec3: form } }), `xmpp.${domain}`);
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: [domain] }) });
    },
    'auto-accept pkix',
  ],
};

const named = Object.keys(NAMES);
const zoned = Object.keys(ZONES);
const nameDomain = (name: string): string => `n${named.indexOf(name)}.example`;
const zoneDomain = (name: string): string => `z${zoned.indexOf(name)}.example`;
let ground: Ground;
beforeAll(async () => {
  ground = await openGround([
    ...Object.entries(NAMES).map(([name, [tell]]) =>
      story(nameDomain(name), (kit) => tell(kit, nameDomain(name))),
    ),
    ...Object.entries(ZONES).map(([name, [tell]]) =>
      story(zoneDomain(name), (kit) => tell(kit, zoneDomain(name))),
    ),
    story('heavy.example', (kit) => {
      const plan = kit.zone('heavy.example', { unsigned: true });
      filler(plan, 32, (i) => srv(plan, `h${i}.heavy.example`));
    }),
    story('keytrap.example', (kit) => {
      const plan = srv(kit.zone('keytrap.example'), 'xmpp.keytrap.example');
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['keytrap.example'] }) });
    }),
  ]);
});
afterAll(() => ground.close());

describe('a whole check of a domain with one target whose name leads to', () => {
  for (const [name, [, wanted]] of Object.entries(NAMES))
    it(name, async () => {
      const domain = nameDomain(name);
      const whole = await ground.check(domain, { seconds: 12 });
      expect(outcomeAt(whole.report, `bad.${domain}`)).toBe(wanted);
      expect(outcomeAt(whole.report, `good.${domain}`)).toBe('auto-accept pkix tls');
      expect(outcomeOf(whole.report)).toBe(wanted.startsWith('refuse') ? 'refuse' : 'auto-accept pkix');
      expectGoodFirst(whole, domain, false);
    });
});

describe('a whole check of a domain whose zone has', () => {
  for (const [name, [, wanted]] of Object.entries(ZONES))
    it(name, async () => {
      const whole = await ground.check(zoneDomain(name), { seconds: 6, extraMemory: SERVER_MEMORY });
      expect(outcomeOf(whole.report)).toBe(wanted);
    });

  it('60 KB in each of 300 answers: what comes after 4 MB is not kept, and the report says so', async () => {
    const answer: MaybeAnswer = (query) => {
      const reply = ground.realm.servers.answer(query);
      const decoded = reply === null ? null : decodeMessage(reply);
      const name = decoded?.ok === true ? decoded.value.questions[0]?.name : undefined;
      if (decoded?.ok !== true || name?.endsWith('.heavy.example') !== true || name.startsWith('_xmpp'))
        return reply;
      const rdata = new Uint8Array(60_000);
      return encodeMessage({
        ...decoded.value,
        additional: [{ name, type: TYPE.TXT, class: 1, ttl: 60, rdata }],
      });
    };
    const { report } = await ground.check('heavy.example', {
      seconds: 6,
      answer,
      extraMemory: SERVER_MEMORY,
    });
    expect(report.warnings?.map(({ code }) => code)).toContain('answers-omitted');
    const bytes = report.observations.reduce(
      (sum, one) => sum + (one.kind === 'dns' && one.outcome.ok ? one.outcome.value.reply.length * 0.75 : 0),
      0,
    );
    expect(bytes).toBeGreaterThan(3_000_000);
    expect(bytes).toBeLessThan(MOST_ANSWER_BYTES * 1.01);
  });

  it('60 keys with one tag and 60 signatures by each (CVE-2023-50387)', async () => {
    const cpu = process.cpuUsage();
    const whole = await ground.check('keytrap.example', { seconds: 6, answer: keyTrap(ground) });
    const { user, system } = process.cpuUsage(cpu);
    expect(outcomeOf(whole.report)).toBe('refuse');
    expect((user + system) / 1000).toBeLessThan(2_000);
  });
});

/** KeyTrap: the zone's DNSKEY set and every signature, joined by 60 others under the same tag. */
function keyTrap({ realm }: Ground): MaybeAnswer {
  const zone = nameOf('keytrap.example');
  const twins = new Map<number, readonly Uint8Array[]>();
  const twinsOf = (key: Uint8Array): readonly Uint8Array[] => {
    const tag = keyTag(key);
    const known = twins.get(tag);
    if (known !== undefined) return known;
    // Random points with the flag bits chosen so that the tag comes out the same (RFC 4034 appendix B).
    const found: Uint8Array[] = [];
    for (let seed = 1; found.length < 60; seed++) {
      const other = Uint8Array.from(key, (octet, i) => (i < 4 ? octet : (octet * 31 + seed * (i + 7)) & 255));
      for (let flags = 0; flags < 0x10000; flags++) {
        if ((flags & 0x0180) !== 0x0100) continue;
        other[0] = flags >> 8;
        other[1] = flags & 255;
        if (keyTag(other) === tag) {
          found.push(Uint8Array.from(other));
          break;
        }
      }
    }
    twins.set(tag, found);
    return found;
  };
  return (query) => {
    const reply = realm.servers.answer(query);
    const decoded = reply === null ? null : decodeMessage(reply);
    if (decoded?.ok !== true) return reply;
    const more = (rr: Rr): readonly Rr[] => {
      if (rr.name !== zone && !rr.name.endsWith(`.${zone}`)) return [rr];
      if (rr.type === TYPE.DNSKEY) return [...twinsOf(rr.rdata).map((rdata) => ({ ...rr, rdata })), rr];
      if (rr.type !== TYPE.RRSIG) return [rr];
      const wrong = Array.from({ length: 60 }, (_, i) => {
        const rdata = Uint8Array.from(rr.rdata);
        rdata[rdata.length - 1 - i] = (rdata[rdata.length - 1 - i] ?? 0) ^ (i + 1);
        return { ...rr, rdata };
      });
      return [...wrong, rr];
    };
    const { answer, authority } = decoded.value;
    return encodeMessage({
      ...decoded.value,
      answer: answer.flatMap(more),
      authority: authority.flatMap(more),
    });
  };
}
