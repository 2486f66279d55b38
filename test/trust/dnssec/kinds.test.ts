/**
 * kinds.test.ts: every kind of answer of a whole tree, by every way of denial and every algorithm.
 */
import { describe, expect, it } from 'vitest';
import type { DnsType } from '../../../shared/observation.ts';
import { signTree } from '../../../electron/demo/zone-sign.ts';
import type { World } from '../../../electron/demo/zone-sign.ts';
import { zone } from '../../../electron/demo/zone.ts';
import type { ZoneOptions } from '../../../electron/demo/zone.ts';
import { brief, check, NOW } from './asking.ts';

function tree(options: ZoneOptions): World {
  return signTree(
    [
      zone('.', options).add('out', 'CNAME', 'a.shire.example.'),
      zone('example', options),
      zone('shire.example', options)
        .add('@', 'A', '192.0.2.1')
        .add('_xmpp-client._tcp', 'SRV', { port: 5222, target: 'a.shire.example' })
        .add('a', 'A', '192.0.2.2')
        .add('deep.down.under', 'A', '192.0.2.3')
        .add('alias', 'CNAME', 'a.shire.example')
        .add('far', 'CNAME', 'host.bree.example')
        .add('nowhere', 'CNAME', 'gone.bree.example')
        .add('unsafe', 'CNAME', 'host.wild.example')
        .add('dead', 'CNAME', 'gone.shire.example')
        .add('empty', 'CNAME', 'a.shire.example')
        .add('one', 'CNAME', 'two.shire.example')
        .add('two', 'CNAME', 'one.shire.example')
        .add('*.star', 'A', '192.0.2.4')
        .add('*.star', 'SRV', { port: 5222, target: 'a.shire.example' })
        .add('known.star', 'TXT', 'closer')
        .add('*.wide', 'CNAME', 'a.shire.example')
        .add('moved', 'DNAME', 'bree.example')
        .add('sub', 'NS', 'ns.elsewhere.example'),
      zone('bree.example', options).add('host', 'A', '192.0.2.5').add('host', 'AAAA', '2001:db8::5'),
      zone('wild.example', { unsigned: true })
        .add('host', 'A', '192.0.2.6')
        .add('in', 'CNAME', 'host.bree.example'),
      zone('_tcp.rohan.example', options).add('_xmpp-client', 'SRV', {
        port: 5222,
        target: 'a.shire.example',
      }),
      zone('_tcp.dale.example', { unsigned: true }).add('_xmpp-client', 'SRV', {
        port: 1,
        target: 'a.shire.example',
      }),
      zone('rohan.example', options),
      zone('dale.example', options),
    ],
    { now: NOW },
  );
}

const EXPECTED: readonly (readonly [string, DnsType, string])[] = [
  ['shire.example', 'A', 'secure records'],
  ['shire.example', 'SOA', 'secure records'],
  ['shire.example', 'NS', 'secure records'],
  ['shire.example', 'DNSKEY', 'secure records'],
  ['shire.example', 'DS', 'secure records'],
  ['.', 'DNSKEY', 'secure records'],
  ['.', 'SOA', 'secure records'],
  ['.', 'DS', 'secure none'],
  ['_xmpp-client._tcp.shire.example', 'SRV', 'secure records'],
  ['_tcp.shire.example', 'SRV', 'secure none'],
  ['_xmpp-client._tcp.shire.example', 'TLSA', 'secure none'],
  ['_xmpps-client._tcp.shire.example', 'SRV', 'secure none'],
  ['a.shire.example', 'AAAA', 'secure none'],
  ['a.shire.example', 'DS', 'secure none'],
  ['shire.example', 'AAAA', 'secure none'],
  ['gone.shire.example', 'A', 'secure none'],
  ['far.away.gone.shire.example', 'A', 'secure none'],
  ['down.under.shire.example', 'A', 'secure none'],
  ['under.shire.example', 'DS', 'secure none'],
  ['not.down.under.shire.example', 'A', 'secure none'],
  ['gone.example', 'A', 'secure none'],
  ['gone', 'A', 'secure none'],
  ['alias.shire.example', 'A', 'secure records'],
  ['alias.shire.example', 'CNAME', 'secure records'],
  ['alias.shire.example', 'AAAA', 'secure none'],
  ['far.shire.example', 'AAAA', 'secure records'],
  ['far.shire.example', 'TLSA', 'secure none'],
  ['nowhere.shire.example', 'A', 'secure none'],
  ['dead.shire.example', 'A', 'secure none'],
  ['unsafe.shire.example', 'A', 'insecure records unsigned-delegation'],
  ['unsafe.shire.example', 'AAAA', 'insecure none unsigned-delegation'],
  ['one.shire.example', 'A', 'bogus alias-loop'],
  ['any.star.shire.example', 'A', 'secure records'],
  ['any.more.star.shire.example', 'A', 'secure records'],
  ['any.star.shire.example', 'AAAA', 'secure none'],
  ['known.star.shire.example', 'A', 'secure none'],
  ['below.known.star.shire.example', 'A', 'secure none'],
  ['_xmpp-client._tcp.any.star.shire.example', 'SRV', 'secure records'],
  ['x.wide.shire.example', 'A', 'secure records'],
  ['x.wide.shire.example', 'AAAA', 'secure none'],
  ['host.moved.shire.example', 'A', 'secure records'],
  ['gone.moved.shire.example', 'A', 'secure none'],
  ['moved.shire.example', 'A', 'secure none'],
  ['host.wild.example', 'A', 'insecure records unsigned-delegation'],
  ['gone.wild.example', 'A', 'insecure none unsigned-delegation'],
  ['in.wild.example', 'A', 'insecure records unsigned-delegation'],
  ['wild.example', 'DS', 'secure none'],
  ['sub.shire.example', 'DS', 'secure none'],
  ['host.sub.shire.example', 'A', 'unanswered unsigned'],
  ['_xmpp-client._tcp.rohan.example', 'SRV', 'secure records'],
  ['_xmpps-client._tcp.rohan.example', 'SRV', 'secure none'],
  ['_xmpp-client._tcp.dale.example', 'SRV', 'insecure records unsigned-delegation'],
  ['_xmpps-client._tcp.dale.example', 'SRV', 'insecure none unsigned-delegation'],
  ['out', 'A', 'secure records'],
];

const WAYS: readonly (readonly [string, ZoneOptions])[] = [
  ['NSEC, algorithm 13', { denial: 'nsec' }],
  ['NSEC3, algorithm 15, split keys', { denial: 'nsec3', algorithm: 15, split: true }],
  [
    'NSEC3 with salt and iterations, algorithm 8',
    { denial: { nsec3: { iterations: 10, salt: Uint8Array.of(171, 205) } }, algorithm: 8 },
  ],
  ['NSEC, algorithms 10 and 14, digest 4', { denial: 'nsec', algorithm: [10, 14], digests: [4] }],
];

for (const [way, options] of WAYS) {
  describe(`a whole tree with ${way}`, () => {
    const world = tree(options);
    for (const [name, type, expected] of EXPECTED) {
      it(`${name} ${type}: ${expected}`, () => {
        const result = check(world, name, type);
        expect(brief(result), result.why).toBe(expected);
      });
    }
  });
}

describe('a tree with NSEC3 and opt-out', () => {
  const world = tree({ denial: { nsec3: { optOut: true } } });
  const cases: readonly (readonly [string, DnsType, string])[] = [
    ['shire.example', 'A', 'secure records'],
    ['_xmpp-client._tcp.shire.example', 'SRV', 'secure records'],
    ['a.shire.example', 'AAAA', 'secure none'],
    ['gone.shire.example', 'A', 'insecure none opt-out'],
    ['any.star.shire.example', 'A', 'insecure records opt-out'],
    ['host.wild.example', 'A', 'insecure records opt-out'],
    ['wild.example', 'DS', 'insecure none opt-out'],
    ['_xmpp-client._tcp.dale.example', 'SRV', 'insecure records opt-out'],
  ];
  for (const [name, type, expected] of cases) {
    it(`${name} ${type}: ${expected}`, () => {
      const result = check(world, name, type);
      expect(brief(result), result.why).toBe(expected);
    });
  }
});
