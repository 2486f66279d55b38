import { describe, expect, it } from 'vitest';
import { makeCa, selfSigned, type Issued } from '../../electron/demo/certificate.ts';
import { judgeDane, type DaneEvidence, type DaneInput } from '../../electron/trust/dane.ts';
import type { DaneAppliesInput } from '../../electron/trust/dane-applies.ts';
import { openStore, type TrustStore } from '../../electron/trust/stores.ts';
import type { Certificate } from '../../electron/wire/certificate.ts';
import type { Rr } from '../../electron/wire/dns-message.ts';
import type { DnsName, Instant } from '../../shared/basics.ts';
import { applying, HOST, NOW, OWNER, result, SOURCE, tlsa, tlsaOf } from './dane-world.ts';

const DAY = 86_400_000;
const root = makeCa({ now: NOW, name: 'Mordor Root' });
const middle = root.issue({ now: NOW, isCa: true, ku: ['keyCertSign'], names: { cn: 'Mordor Middle' } });
const server = middle.issue({ now: NOW, names: { dns: [HOST] } });
const stranger = makeCa({ now: NOW, name: 'Stranger' });
const trusted: readonly TrustStore[] = [openStore('bundled', [root.der])];

type Broken = Partial<DaneInput> & { readonly applied?: Partial<DaneAppliesInput> };

function judge(
  records: readonly Rr[],
  leaf: Issued,
  sent: readonly Issued[] = [],
  broken: Broken = {},
): DaneEvidence {
  const { applied, ...input } = broken;
  return judgeDane({
    applies: applying(records, applied),
    leaf: leaf.certificate,
    sent: sent.map((one) => one.certificate),
    stores: [],
    source: SOURCE,
    service: 'xmpp-client',
    host: HOST,
    now: NOW,
    ...input,
  });
}

const codes = (found: DaneEvidence): readonly string[] => found.reasons.map(({ code }) => code);

describe('every usage, selector and matching type', () => {
  const of = (usage: number): Certificate => (usage === 1 || usage === 3 ? server : middle).certificate;
  for (const usage of [0, 1, 2, 3]) {
    for (const selector of [0, 1]) {
      for (const matching of [0, 1, 2]) {
        it(`${usage} ${selector} ${matching} opens for what it names, and is contradicted by anything else`, () => {
          const stores = trusted;
          const right = judge([tlsaOf(usage, selector, matching, of(usage))], server, [middle], { stores });
          expect(right).toMatchObject({ state: 'open', decidedBy: 0, opensBy: null });
          expect(right.rows[0]).toMatchObject({ usable: true, matches: true });
          const wrong = judge([tlsaOf(usage, selector, matching, stranger.certificate)], server, [middle], {
            stores,
          });
          expect(wrong).toMatchObject({ state: 'contradicted', decidedBy: null });
          expect(wrong.rows[0]).toMatchObject({ usable: true, matches: false });
          expect(codes(wrong)[0]).toBe('tlsa-mismatch');
        });
      }
    }
  }

  it('names the reason of each usage', () => {
    const expected = ['pkix-ta-match', 'pkix-ee-match', 'dane-ta-match', 'dane-ee-match'];
    for (const usage of [0, 1, 2, 3]) {
      const found = judge([tlsaOf(usage, 1, 1, of(usage))], server, [middle], { stores: trusted });
      expect(codes(found)).toEqual([expected[usage]]);
    }
  });

  for (const key of ['rsa', 'ec384', 'ed25519'] as const) {
    it(`holds for keys of kind ${key}`, () => {
      const ca = makeCa({ now: NOW, name: 'CA', key });
      const leaf = ca.issue({ now: NOW, names: { dns: [HOST] }, key });
      expect(judge([tlsaOf(3, 1, 1, leaf.certificate)], leaf).state).toBe('open');
      expect(judge([tlsaOf(2, 0, 1, ca.certificate)], leaf, [ca]).state).toBe('open');
    });
  }
});

describe('several records', () => {
  const other = tlsaOf(3, 1, 1, stranger.certificate);

  it('one match of several is enough', () => {
    expect(judge([other, tlsaOf(3, 1, 1, server.certificate)], server)).toMatchObject({
      state: 'open',
      decidedBy: 1,
    });
  });

  it('skips unusable records', () => {
    const unusable = [
      tlsa(4, 1, 1, new Uint8Array(32)),
      tlsa(3, 2, 1, new Uint8Array(32)),
      tlsa(3, 1, 3, new Uint8Array(32)),
      tlsa(3, 1, 1, new Uint8Array(31)),
      tlsa(3, 1, 2, new Uint8Array(32)),
      tlsa(3, 0, 0, new Uint8Array(40)),
      tlsa(3, 1, 0, Uint8Array.from([...server.certificate.spki, 0])),
      { ...other, rdata: Uint8Array.from([3, 1]) },
    ];
    const found = judge([...unusable, tlsaOf(3, 1, 1, server.certificate)], server);
    expect(found).toMatchObject({ state: 'open', decidedBy: unusable.length });
    expect(found.rows.map(({ usable }) => usable)).toEqual([...unusable.map(() => false), true]);
  });

  it('prefers SHA-512 over SHA-256 for the same usage and selector', () => {
    const found = judge([tlsaOf(3, 1, 1, server.certificate), tlsaOf(3, 1, 2, stranger.certificate)], server);
    expect(found.state).toBe('contradicted');
    expect(found.rows[0]).toMatchObject({ usable: true, matches: null });
  });

  it('keeps SHA-256 beside SHA-512 of another selector or usage, and beside an unusable SHA-512', () => {
    const mine = tlsaOf(3, 1, 1, server.certificate);
    expect(judge([mine, tlsaOf(3, 0, 2, stranger.certificate)], server).state).toBe('open');
    expect(judge([mine, tlsaOf(1, 1, 2, stranger.certificate)], server).state).toBe('open');
    expect(judge([mine, tlsa(3, 1, 2, new Uint8Array(63))], server).state).toBe('open');
  });

  it('always considers a record in full beside stronger digests', () => {
    const found = judge([tlsaOf(3, 1, 0, server.certificate), tlsaOf(3, 1, 2, stranger.certificate)], server);
    expect(found).toMatchObject({ state: 'open', decidedBy: 0 });
  });
});

describe('DANE-EE(3)', () => {
  const record = (leaf: Issued): readonly Rr[] => [tlsaOf(3, 1, 1, leaf.certificate)];

  it('ignores dates, names and issuer', () => {
    const old = selfSigned({ now: NOW - 900 * DAY, names: { dns: ['elsewhere.example'] } });
    expect(judge(record(old), old)).toMatchObject({ state: 'open' });
    const future = selfSigned({ now: NOW + 900 * DAY });
    expect(judge(record(future), future)).toMatchObject({ state: 'open' });
  });

  it('matches the leaf only, not an authority that was sent', () => {
    const found = judge([tlsaOf(3, 1, 1, middle.certificate)], server, [middle]);
    expect(found.state).toBe('contradicted');
    expect(codes(found)).toContain('tlsa-authority-for-leaf');
  });

  it('holds for a renewed certificate with the same key under selector 1, not under selector 0', () => {
    const renewed = middle.issue({ now: NOW, names: { dns: [HOST] }, key: server.key });
    expect(judge(record(server), renewed).state).toBe('open');
    expect(judge([tlsaOf(3, 0, 1, server.certificate)], renewed).state).toBe('contradicted');
  });
});

describe('DANE-TA(2)', () => {
  const record = tlsaOf(2, 0, 1, middle.certificate);

  it('reaches an authority in any order of the chain, beside strays and duplicates', () => {
    expect(judge([record], server, [stranger, root, middle, middle]).state).toBe('open');
  });

  it('does not match an authority that the server withholds', () => {
    const found = judge([record], server, []);
    expect(found.state).toBe('contradicted');
    expect(codes(found)).toContain('tlsa-anchor-withheld');
  });

  it('does not match a certificate that merely lies in the chain', () => {
    const found = judge([tlsaOf(2, 0, 1, stranger.certificate)], server, [middle, stranger]);
    expect(found.state).toBe('contradicted');
    expect(codes(found)).toContain('tlsa-anchor-not-on-path');
  });

  it('does not match a false authority with the same name and another key', () => {
    const false1 = makeCa({ now: NOW, name: 'x', subject: [['CN', 'Mordor Middle']] });
    expect(judge([tlsaOf(2, 0, 1, false1.certificate)], server, [false1]).state).toBe('contradicted');
  });

  it('does not match the leaf itself, and says that usage 3 was meant', () => {
    const own = selfSigned({ now: NOW, names: { dns: [HOST] } });
    for (const matching of [0, 1]) {
      const found = judge([tlsaOf(2, 0, matching, own.certificate)], own, [own]);
      expect(found.state).toBe('contradicted');
      expect(codes(found)).toContain('tlsa-anchor-is-leaf');
    }
    expect(judge([tlsaOf(2, 1, 0, own.certificate)], own, [own]).state).toBe('contradicted');
  });

  it('takes the anchor from the record where it stands there in full', () => {
    expect(judge([tlsaOf(2, 0, 0, middle.certificate)], server, []).state).toBe('open');
    expect(judge([tlsaOf(2, 1, 0, middle.certificate)], server, []).state).toBe('open');
    expect(judge([tlsaOf(2, 0, 0, root.certificate)], server, []).state).toBe('contradicted');
  });

  it('does not take a bare key that signed nothing', () => {
    expect(judge([tlsaOf(2, 1, 0, stranger.certificate)], server, [middle]).state).toBe('contradicted');
  });

  it('needs the dates of the leaf and of the authority', () => {
    expect(judge([record], server, [middle], { now: (NOW + 100 * DAY) as Instant }).state).toBe(
      'contradicted',
    );
    const old = makeCa({ now: NOW, name: 'Old', notAfter: NOW - DAY / 2 });
    const leaf = old.issue({ now: NOW, names: { dns: [HOST] } });
    const found = judge([tlsaOf(2, 0, 1, old.certificate)], leaf, [old]);
    expect(found.state).toBe('contradicted');
    expect(codes(found)).toContain('tlsa-anchor-path');
  });

  it('does not match through an authority that may not be one', () => {
    const no = selfSigned({ now: NOW, isCa: false, names: { cn: 'No CA' } });
    const leaf = no.issue({ now: NOW, names: { dns: [HOST] } });
    expect(judge([tlsaOf(2, 0, 1, no.certificate)], leaf, [no]).state).toBe('contradicted');
  });

  it('accepts the target host, the source domain and the source’s SRV-ID as names, nothing else', () => {
    const named = (names: Parameters<Issued['issue']>[0]['names']): string => {
      const leaf = middle.issue({ now: NOW, ...(names === undefined ? {} : { names }) });
      return judge([record], leaf, [middle]).state;
    };
    expect(named({ dns: [HOST] })).toBe('open');
    expect(named({ dns: ['shire.example'] })).toBe('open');
    expect(named({ srv: ['_xmpp-client.shire.example'] })).toBe('open');
    expect(named({ srv: ['_xmpp-server.shire.example'] })).toBe('contradicted');
    expect(named({ dns: ['mordor.example'] })).toBe('contradicted');
    expect(named({ cn: HOST })).toBe('contradicted');
  });

  it('takes the TLSA base domain of a secure alias as a name too', () => {
    const FINAL = 'real.hosting.example' as DnsName;
    const leaf = middle.issue({ now: NOW, names: { dns: [FINAL] } });
    const records = [record];
    const secure = result('secure', { records, name: OWNER, type: 'TLSA' });
    const at = { tlsa: [{ owner: `_5222._tcp.${FINAL}` as DnsName, base: FINAL, result: secure }] };
    expect(judge(records, leaf, [middle], { applied: at }).state).toBe('open');
    expect(judge(records, leaf, [middle]).state).toBe('contradicted');
  });
});

describe('PKIX-EE(1) and PKIX-TA(0)', () => {
  it('need the PKIX path: an unknown root is no match, and usage 3 is suggested', () => {
    const ee = judge([tlsaOf(1, 1, 1, server.certificate)], server, [middle], { stores: [] });
    expect(ee.state).toBe('contradicted');
    expect(codes(ee)).toContain('tlsa-usage-1-for-3');
    expect(judge([tlsaOf(0, 0, 1, middle.certificate)], server, [middle], { stores: [] }).state).toBe(
      'contradicted',
    );
  });

  it('need the name and the dates', () => {
    const other = middle.issue({ now: NOW, names: { dns: ['mordor.example'] } });
    const late = (NOW + 100 * DAY) as Instant;
    for (const [usage, of] of [
      [1, other],
      [0, middle],
    ] as const) {
      const records = [tlsaOf(usage, 1, 1, of.certificate)];
      expect(judge(records, other, [middle], { stores: trusted }).state).toBe('contradicted');
    }
    for (const [usage, of] of [
      [1, server],
      [0, middle],
    ] as const) {
      const records = [tlsaOf(usage, 1, 1, of.certificate)];
      expect(judge(records, server, [middle], { stores: trusted, now: late }).state).toBe('contradicted');
    }
  });

  it('usage 0 finds a root that only the store has, and no authority beside the path', () => {
    const stores = trusted;
    expect(judge([tlsaOf(0, 0, 1, root.certificate)], server, [middle], { stores }).state).toBe('open');
    const both = [openStore('bundled', [root.der, stranger.der])];
    const beside = judge([tlsaOf(0, 0, 1, stranger.certificate)], server, [middle, stranger], {
      stores: both,
    });
    expect(beside.state).toBe('contradicted');
  });

  it('usage 0 never matches the leaf', () => {
    const found = judge([tlsaOf(0, 0, 1, server.certificate)], server, [middle], { stores: trusted });
    expect(found.state).toBe('contradicted');
  });
});
