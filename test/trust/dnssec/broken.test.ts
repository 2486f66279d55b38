/**
 * broken.test.ts: each breakage of a zone and each lie of a resolver, by the state and the code that name it.
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DnsName } from '../../../shared/basics.ts';
import type { DnsType, Question } from '../../../shared/observation.ts';
import {
  answerLocally,
  drop,
  forgeAd,
  hide,
  signRootWrongly,
  strip,
} from '../../../electron/demo/zone-lies.ts';
import type { MaybeAnswer } from '../../../electron/demo/zone-lies.ts';
import { signTree } from '../../../electron/demo/zone-sign.ts';
import type { World } from '../../../electron/demo/zone-sign.ts';
import { nameOf, zone } from '../../../electron/demo/zone.ts';
import type { Breakage, Where, ZoneOptions, ZonePlan } from '../../../electron/demo/zone.ts';
import { BUILT_IN_ANCHORS, BUILT_IN_NEGATIVE_ANCHORS } from '../../../electron/trust/dnssec/anchors.ts';
import { validate } from '../../../electron/trust/dnssec/validate.ts';
import { encodeName } from '../../../electron/wire/dns-name.ts';
import { keyTag } from '../../../electron/wire/dns-records.ts';
import { anchorsOf, brief, check, groundOf, lookupFrom, NOW, question } from './asking.ts';

function plan(options: ZoneOptions = {}): ZonePlan {
  return zone('shire.example', options)
    .add('_xmpp-client._tcp', 'SRV', { port: 5222, target: 'a.shire.example' })
    .add('a', 'A', '192.0.2.2')
    .add('*.star', 'A', '192.0.2.4');
}

function world(of: ZonePlan, tld: ZoneOptions = {}): World {
  return signTree(
    [zone('example', tld), of, zone('wild.example', { unsigned: true }).add('host', 'A', '192.0.2.6')],
    {
      now: NOW,
    },
  );
}

const SRV = '_xmpp-client._tcp.shire.example';

describe('a zone broken in one way', () => {
  const cases: readonly (readonly [Breakage, Where | undefined, string, DnsType, string])[] = [
    ['signature-wrong', undefined, SRV, 'SRV', 'bogus signature-wrong'],
    ['signature-wrong', { type: 'DNSKEY' }, SRV, 'SRV', 'bogus signature-wrong'],
    ['signature-wrong', { owner: 'a', type: 'A' }, 'a.shire.example', 'A', 'bogus signature-wrong'],
    ['signature-wrong', { owner: 'a', type: 'A' }, SRV, 'SRV', 'secure records'],
    ['signature-wrong', { type: 'NSEC' }, 'a.shire.example', 'AAAA', 'bogus signature-wrong'],
    ['signature-expired', undefined, SRV, 'SRV', 'bogus signature-expired'],
    ['signature-expired', { type: 'DNSKEY' }, SRV, 'SRV', 'bogus signature-expired'],
    ['signature-expired', { type: 'NSEC' }, 'gone.shire.example', 'A', 'bogus signature-expired'],
    ['signature-not-yet-valid', undefined, SRV, 'SRV', 'bogus signature-not-yet-valid'],
    ['signature-missing', undefined, SRV, 'SRV', 'bogus signature-missing'],
    ['signature-missing', { type: 'DNSKEY' }, SRV, 'SRV', 'bogus signature-missing'],
    ['signature-missing', { type: 'NSEC' }, 'a.shire.example', 'AAAA', 'bogus signature-missing'],
    ['denial-missing', undefined, 'a.shire.example', 'AAAA', 'bogus denial-missing'],
    ['denial-missing', undefined, 'gone.shire.example', 'A', 'bogus denial-missing'],
    ['denial-missing', undefined, 'x.star.shire.example', 'A', 'bogus wildcard-proof-missing'],
    ['denial-missing', undefined, SRV, 'SRV', 'secure records'],
    ['ds-mismatch', undefined, SRV, 'SRV', 'bogus ds-mismatch'],
    ['ds-unknown-algorithm', undefined, SRV, 'SRV', 'insecure records unknown-algorithm'],
    ['wrong-key', undefined, SRV, 'SRV', 'bogus key-missing'],
    ['wrong-key', { type: 'DNSKEY' }, SRV, 'SRV', 'bogus key-missing'],
  ];
  for (const [how, where, name, type, expected] of cases) {
    it(`${how} ${JSON.stringify(where ?? {})}: ${name} ${type} is ${expected}`, () => {
      const result = check(world(plan().break(how, where)), name, type);
      expect(brief(result), result.why).toBe(expected);
      expect(result.why).toMatch(/\.$/);
      if (!expected.startsWith('secure')) expect(result.repair).toMatch(/\.$/);
    });
  }

  it('a missing denial of the DS in the parent is bogus, not insecure', () => {
    const tree = signTree(
      [
        zone('example').break('denial-missing'),
        zone('wild.example', { unsigned: true }).add('host', 'A', '192.0.2.6'),
      ],
      { now: NOW },
    );
    expect(brief(check(tree, 'host.wild.example', 'A'))).toBe('bogus denial-missing');
  });

  it('says when a signature expired', () => {
    const result = check(world(plan().break('signature-expired', { owner: 'a' })), 'a.shire.example', 'A');
    expect(result.why).toContain('2026-11-20 12:00 UTC');
    expect(result.repair).toContain('Re-sign shire.example');
    expect(result.chain.at(-1)).toMatchObject({ zone: 'shire.example', status: 'bogus', text: result.why });
  });
});

describe('algorithms and digests', () => {
  it('SHA-1 signatures count as unsigned, and verify where they are allowed', () => {
    const tree = world(plan({ algorithm: 7, denial: 'nsec3' }));
    expect(brief(check(tree, SRV, 'SRV'))).toBe('insecure records sha1-algorithm');
    expect(brief(check(tree, SRV, 'SRV', { allowSha1: true }))).toBe('secure records');
    const wrong = world(plan({ algorithm: 5 }).break('signature-wrong'));
    expect(brief(check(wrong, SRV, 'SRV', { allowSha1: true }))).toBe('bogus signature-wrong');
  });

  it('a SHA-1 digest counts alone, and never beside a stronger one', () => {
    expect(brief(check(world(plan({ digests: [1] })), SRV, 'SRV'))).toBe('secure records');
    expect(brief(check(world(plan({ digests: [1] }).break('ds-mismatch')), SRV, 'SRV'))).toBe(
      'bogus ds-mismatch',
    );
    // The SHA-256 digest fits no key, the SHA-1 one does: RFC 4509 3.
    const inside = zone('bree.example', { delegated: false }).add('a', 'A', '192.0.2.7');
    const parts = world(inside);
    const key = lookupFrom(parts.answer)(question('bree.example', 'DNSKEY'))?.answer.find(
      (rr) => rr.type === 48,
    );
    const dnskey = key?.rdata ?? new Uint8Array();
    const digest = createHash('sha1')
      .update(encodeName(nameOf('bree.example')))
      .update(dnskey)
      .digest();
    const ds = { tag: keyTag(dnskey), algorithm: 13, digestType: 1, digest };
    const alone = signTree([zone('example').add('bree', 'DS', ds), inside], { now: NOW });
    expect(brief(check(alone, 'a.bree.example', 'A'))).toBe('secure records');
    const wrong = { ...ds, digestType: 2, digest: new Uint8Array(32) };
    const both = signTree([zone('example').add('bree', 'DS', ds).add('bree', 'DS', wrong), inside], {
      now: NOW,
    });
    expect(brief(check(both, 'a.bree.example', 'A'))).toBe('bogus ds-mismatch');
  });

  it('one of two algorithms is enough', () => {
    expect(brief(check(world(plan({ algorithm: [13, 15] })), SRV, 'SRV'))).toBe('secure records');
  });

  it('NSEC3 above 150 iterations is insecure if its signature holds, otherwise bogus', () => {
    const form: ZoneOptions = { denial: { nsec3: { iterations: 151 } } };
    expect(brief(check(world(plan(form)), 'a.shire.example', 'AAAA'))).toBe(
      'insecure none iterations-too-high',
    );
    expect(brief(check(world(plan(form)), SRV, 'SRV'))).toBe('secure records');
    expect(brief(check(world(plan(form).break('signature-wrong')), 'a.shire.example', 'AAAA'))).toBe(
      'bogus signature-wrong',
    );
    const most: ZoneOptions = { denial: { nsec3: { iterations: 150 } } };
    expect(brief(check(world(plan(most)), 'a.shire.example', 'AAAA'))).toBe('secure none');
  });
});

describe('a resolver that lies', () => {
  const tree = world(plan());
  const by = (lie: (answer: MaybeAnswer) => MaybeAnswer, name: string, type: DnsType): string =>
    brief(check(tree, name, type, { answer: lie(tree.answer) }));

  it('strips everything: bogus, because the root is known to be signed', () => {
    expect(by(strip('all'), SRV, 'SRV')).toBe('bogus signature-missing');
    expect(by(strip('all'), 'gone.shire.example', 'A')).toBe('bogus signature-missing');
  });
  it('strips the signatures of SRV only', () => {
    expect(by(strip('SRV'), SRV, 'SRV')).toBe('bogus signature-missing');
    expect(by(strip('SRV'), 'a.shire.example', 'A')).toBe('secure records');
  });
  it('strips the proof of AAAA only', () => {
    expect(by(strip('AAAA'), 'a.shire.example', 'AAAA')).toBe('bogus denial-missing');
  });
  it('strips DS only: below it everything is bogus, never insecure', () => {
    expect(by(strip('DS'), SRV, 'SRV')).toBe('bogus signature-missing');
    expect(by(hide(['DS']), SRV, 'SRV')).toBe('bogus denial-missing');
    expect(by(hide(['DS']), 'host.wild.example', 'A')).toBe('bogus denial-missing');
  });
  it('hides records', () => {
    expect(by(hide(['SRV']), SRV, 'SRV')).toBe('bogus denial-missing');
    expect(by(hide(['DNSKEY']), SRV, 'SRV')).toBe('bogus dnskey-missing');
  });
  it('keeps silent about TLSA, in a signed zone and in an unsigned one', () => {
    expect(by(drop(['TLSA']), '_5222._tcp.a.shire.example', 'TLSA')).toBe('unanswered signed');
    expect(by(drop(['TLSA']), '_5222._tcp.host.wild.example', 'TLSA')).toBe('unanswered unsigned');
  });
  it('keeps silent about DS and DNSKEY: nothing can be known, and the first lacking question is named', () => {
    const lacking = (types: readonly ('DS' | 'DNSKEY')[], name: string, type: DnsType): Question | null => {
      const result = check(tree, name, type, { answer: drop(types)(tree.answer) });
      expect(result.status).toBe('indeterminate');
      return result.status === 'indeterminate' ? result.missing : null;
    };
    expect(lacking(['DNSKEY'], SRV, 'SRV')).toEqual({ name: '', type: 'DNSKEY' });
    expect(lacking(['DS'], SRV, 'SRV')).toEqual({ name: 'example', type: 'DS' });
    expect(by(drop(['DS', 'TLSA']), '_5222._tcp.a.shire.example', 'TLSA')).toBe('unanswered unknown');
  });
  it('keeps silent about a whole zone, its keys too: the DS set above says that it is signed', () => {
    const lookup = lookupFrom(tree.answer);
    const silentAbout = (zone: string): string =>
      brief(
        validate(
          question(SRV, 'SRV'),
          (q) => (q.name === nameOf(SRV) || (q.type === 'DNSKEY' && q.name === zone) ? undefined : lookup(q)),
          groundOf(tree),
        ),
      );
    expect(silentAbout('shire.example')).toBe('unanswered signed');
    // A zone below it may be unsigned: its DS, or the proof that it has none, cannot be judged without the keys above.
    expect(silentAbout('example')).toBe('unanswered unknown');
    // The keys of the anchor's own zone are another matter: nothing was proven then.
    expect(silentAbout('')).toBe('unanswered unknown');
  });
  it('proves by its length alone that a name cannot exist', () => {
    const name = `_5222._tcp.${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(50)}.shire.example`;
    const result = validate({ name: name as DnsName, type: 'TLSA' }, () => undefined, groundOf(tree));
    expect(brief(result)).toBe('secure none');
    expect(result.why).toContain('255 octets');
  });
  it('needs no DS of names that are no zones', () => {
    const answer: MaybeAnswer = tree.answer;
    const lookup = lookupFrom(answer);
    const result = validate(
      question(SRV, 'SRV'),
      (q) => (q.type === 'DS' && q.name.startsWith('_') ? undefined : lookup(q)),
      groundOf(tree),
    );
    expect(brief(result)).toBe('secure records');
  });
  it('an unsigned answer below a DS that is not known is indeterminate, and names it', () => {
    const lookup = lookupFrom(strip('SRV')(tree.answer));
    const result = validate(
      question(SRV, 'SRV'),
      (q) => (q.type === 'DS' && q.name.startsWith('_') ? undefined : lookup(q)),
      groundOf(tree),
    );
    expect(result).toMatchObject({
      status: 'indeterminate',
      missing: { name: '_tcp.shire.example', type: 'DS' },
    });
  });
  it('a signature that fails in the zone it names is bogus, also below a DS that is not known', () => {
    for (const how of ['signature-expired', 'signature-wrong'] as const) {
      const broken = world(plan().break(how, { type: 'SRV' }).break(how, { type: 'NSEC' }));
      const lookup = lookupFrom(broken.answer);
      const withoutSome = (name: string, type: DnsType): string =>
        brief(
          validate(
            question(name, type),
            (q) => (q.type === 'DS' && /^(_|gone)/.test(q.name) ? undefined : lookup(q)),
            groundOf(broken),
          ),
        );
      expect(withoutSome(SRV, 'SRV')).toBe(`bogus ${how}`);
      expect(withoutSome('gone.shire.example', 'A')).toBe(`bogus ${how}`);
    }
  });
  it('a wrong proof of a DS is not excused by silence about the names below it', () => {
    const stripped = lookupFrom(strip('all')(tree.answer));
    const honest = lookupFrom(tree.answer);
    const result = validate(
      question('_5222._tcp.host.wild.example', 'TLSA'),
      (q) => {
        if (q.type === 'DS' && q.name.startsWith('_')) return undefined;
        return q.name.endsWith('wild.example') ? stripped(q) : honest(q);
      },
      groundOf(tree),
    );
    expect(brief(result)).toBe('bogus denial-missing');
  });
  it('forges the AD bit, which changes nothing', () => {
    expect(by((a) => forgeAd(strip('all')(a)), SRV, 'SRV')).toBe('bogus signature-missing');
    expect(by(forgeAd, SRV, 'SRV')).toBe('secure records');
  });
  it('signs the root with a key that nobody knows', () => {
    const result = check(tree, SRV, 'SRV', { answer: signRootWrongly(tree) });
    expect(brief(result)).toBe('bogus unknown-root-key');
    expect(result.repair).toContain('Update Mellon, or set a trust anchor');
  });
  it('answers for a name that the public DNS does not have', () => {
    const answer = answerLocally(nameOf('host.fritz.box'), '192.168.178.1')(tree.answer);
    const result = check(tree, 'host.fritz.box', 'A', { answer });
    expect(brief(result)).toBe('bogus private-name');
    expect(result.why).toContain('Your network answers for');
    const negativeAnchors = [nameOf('box')];
    expect(brief(check(tree, 'host.fritz.box', 'A', { answer, negativeAnchors }))).toBe(
      'insecure records negative-anchor',
    );
  });
});

describe('trust anchors', () => {
  const tree = signTree(
    [zone('example', { unsigned: true }), plan(), zone('under.shire.example').add('x', 'A', '192.0.2.9')],
    { now: NOW },
  );
  const islands = signTree([plan()], { now: NOW });

  it('an island of trust holds without the zones above it', () => {
    const lookup = lookupFrom(tree.answer);
    const ground = { ...groundOf(tree), anchors: anchorsOf(islandAnchor()) };
    expect(brief(validate(question(SRV, 'SRV'), lookup, ground))).toBe('secure records');
    expect(brief(validate(question('x.under.shire.example', 'A'), lookup, ground))).toBe('secure records');
    expect(brief(validate(question('host.wild.example', 'A'), lookup, ground))).toBe(
      'indeterminate none no-anchor',
    );
    expect(brief(validate(question(SRV, 'SRV'), lookup, groundOf(tree)))).toBe(
      'insecure records unsigned-delegation',
    );
  });
  it('a negative anchor above a positive one leaves it alone; at the same name it wins', () => {
    const lookup = lookupFrom(tree.answer);
    const ground = { ...groundOf(tree), anchors: anchorsOf(islandAnchor()) };
    const above = { ...ground, negativeAnchors: [nameOf('example')] };
    expect(brief(validate(question(SRV, 'SRV'), lookup, above))).toBe('secure records');
    const same = { ...ground, negativeAnchors: [nameOf('shire.example')] };
    expect(brief(validate(question(SRV, 'SRV'), lookup, same))).toBe('insecure records negative-anchor');
  });
  it('an anchor that fits no key is bogus, one with an unknown algorithm indeterminate', () => {
    const wrong = anchorsOf(`shire.example. DS 1 13 2 ${'ab'.repeat(32)}`);
    expect(brief(check(islands, SRV, 'SRV', { anchors: wrong }))).toBe('bogus anchor-mismatch');
    const unknown = anchorsOf(`. DS 1 99 2 ${'ab'.repeat(32)}`);
    expect(brief(check(islands, SRV, 'SRV', { anchors: unknown }))).toBe(
      'indeterminate records anchor-unusable',
    );
    expect(brief(check(islands, SRV, 'SRV', { anchors: [] }))).toBe('indeterminate records no-anchor');
  });
  it('built in: both root keys and the private names', () => {
    expect(BUILT_IN_ANCHORS.map(({ rdata }) => (rdata[0] ?? 0) * 256 + (rdata[1] ?? 0))).toEqual([
      20326, 38696,
    ]);
    expect(BUILT_IN_NEGATIVE_ANCHORS).toContain('home.arpa');
  });

  function islandAnchor(): string {
    const key = lookupFrom(tree.answer)(question('shire.example', 'DNSKEY'))?.answer.find(
      (rr) => rr.type === 48,
    );
    const [flags, protocol, algorithm] = [257, 3, key?.rdata[3] ?? 0];
    const name: DnsName = nameOf('shire.example');
    return `${name}. DNSKEY ${flags} ${protocol} ${algorithm} ${Buffer.from(key?.rdata.subarray(4) ?? []).toString('base64')}`;
  }
});
