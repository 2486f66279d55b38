/**
 * path-search.test.ts: finding a path among many, and giving up in time (RFC 4158).
 *
 * In:   cross-signed authorities, anchors from elsewhere, chains made to exhaust
 * Out:  whether the right path is found, and every search is bounded
 * Not:  rules along one path (path.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { keyOf, makeCa, selfSigned, type Issued } from '../../electron/demo/certificate.ts';
import { openStore } from '../../electron/trust/stores.ts';
import { DAY, NOW, codes, judge, line, storeOf } from './path-world.ts';

const names = { dns: ['shire.example'] };
const ca = (name: string, more = {}): Issued => makeCa({ now: NOW, name, ...more });
const between = (by: Issued, name: string, more = {}): Issued =>
  by.issue({ now: NOW, isCa: true, subject: [['CN', name]], ...more });

function ms(work: () => void): number {
  const start = process.cpuUsage();
  work();
  return process.cpuUsage(start).user / 1e3;
}

describe('cross-signed authorities', () => {
  const old = ca('Old');
  const fresh = ca('Fresh');
  const key = keyOf({});
  const byOld = between(old, 'Mid', { key });
  const byFresh = between(fresh, 'Mid', { key });
  const leaf = byOld.issue({ now: NOW, names });

  it('the path goes through whichever is trusted, whatever was sent first', () => {
    for (const sent of [
      [byOld, byFresh],
      [byFresh, byOld],
    ]) {
      expect(judge(leaf, sent, [storeOf(old)]).anchor?.subject).toBe('CN=Old');
      expect(judge(leaf, sent, [storeOf(fresh)]).anchor?.subject).toBe('CN=Fresh');
    }
  });

  it('an expired one beside a valid one does no harm', () => {
    const expired = between(old, 'Mid', { key, notAfter: NOW - DAY });
    expect(judge(leaf, [expired, byFresh], [storeOf(old, fresh)]).holds).toBe(true);
  });

  it('an expired root that was cross-signed by a valid one leads to the valid one', () => {
    const expired = ca('Root', { notAfter: NOW - DAY });
    const crossed = between(fresh, 'Root', { key: expired.key });
    const mid = between(expired, 'Sub');
    const end = mid.issue({ now: NOW, names });
    expect(judge(end, [mid, crossed], [storeOf(expired, fresh)]).anchor?.subject).toBe('CN=Fresh');
    expect(codes(judge(end, [mid], [storeOf(expired, fresh)]))).toEqual(['expired@2']);
  });

  it('a constrained way is left for a free one', () => {
    const bound = between(old, 'Mid', { key, nameConstraints: { permitted: { dns: ['gondor.example'] } } });
    expect(judge(leaf, [bound, byFresh], [storeOf(old, fresh)]).anchor?.subject).toBe('CN=Fresh');
  });

  it('the most telling failure is shown: dates before missing trust', () => {
    const expired = between(old, 'Mid', { key, notAfter: NOW - DAY });
    expect(codes(judge(leaf, [byFresh, expired], [storeOf(old)]))).toEqual(['expired@1']);
  });

  it('two authorities that signed each other do not go round in circles', () => {
    const a = keyOf({});
    const b = keyOf({});
    const rootA = ca('A', { key: a });
    const rootB = ca('B', { key: b });
    const aByB = between(rootB, 'A', { key: a });
    const bByA = between(rootA, 'B', { key: b });
    const end = rootA.issue({ now: NOW, names });
    expect(codes(judge(end, [aByB, bByA], []))).toEqual(['missing-intermediate@2', 'untrusted-issuer@2']);
    expect(judge(end, [aByB, bByA], [storeOf(rootB)]).holds).toBe(true);
  });

  it('an issuer with the right name and another key is passed over', () => {
    const impostor = between(old, 'Mid');
    expect(judge(leaf, [impostor, byOld], [storeOf(old)]).holds).toBe(true);
  });
});

describe('anchors from elsewhere', () => {
  const root = ca('Root');
  const mid = between(root, 'Mid');
  const leaf = mid.issue({ now: NOW, names });

  it('a certificate as anchor, sent or not', () => {
    const extraAnchors = [{ kind: 'certificate', certificate: mid.certificate, store: 'TLSA' }] as const;
    for (const sent of [[], [mid], [mid, root]]) {
      const evidence = judge(leaf, sent, [], { extraAnchors });
      expect([evidence.holds, evidence.anchor?.sha256, evidence.anchor?.stores]).toEqual([
        true,
        mid.certificate.sha256,
        ['TLSA'],
      ]);
    }
  });

  it('a bare key as anchor: what it signed chains to it', () => {
    const extraAnchors = [{ kind: 'key', spki: root.certificate.spki, store: 'TLSA' }] as const;
    const evidence = judge(leaf, [mid], [], { extraAnchors });
    expect([evidence.holds, evidence.anchor]).toEqual([
      true,
      { subject: '“Root”', sha256: null, stores: ['TLSA'] },
    ]);
    expect(judge(leaf, [], [], { extraAnchors }).holds).toBe(false);
    const broken = [{ kind: 'key', spki: Uint8Array.of(1, 2, 3), store: 'TLSA' }] as const;
    expect(judge(leaf, [mid], [], { extraAnchors: broken }).holds).toBe(false);
  });

  it('dates and constraints hold below a bare key as well', () => {
    const extraAnchors = [{ kind: 'key', spki: mid.certificate.spki, store: 'TLSA' }] as const;
    const old = mid.issue({ now: NOW, names, notAfter: NOW - DAY, eku: ['clientAuth'] });
    expect(codes(judge(old, [mid], [], { extraAnchors }))).toEqual(['expired@0', 'extended-key-usage@0']);
  });

  it('an anchor that merely lies in the chain vouches for nothing', () => {
    const stray = ca('Stray');
    const extraAnchors = [{ kind: 'certificate', certificate: stray.certificate, store: 'TLSA' }] as const;
    expect(judge(leaf, [mid, stray], [], { extraAnchors }).holds).toBe(false);
  });
});

describe('a certificate that the path must contain', () => {
  const key = keyOf({});
  const [one, two] = [ca('One'), ca('Two')];
  const [byOne, byTwo] = [between(one, 'Mid', { key }), between(two, 'Mid', { key })];
  const leaf = byOne.issue({ now: NOW, names });
  const stores = [storeOf(one, two)];
  const must = (wanted: Issued) => ({
    mustContain: (c: { sha256: string }) => c.sha256 === wanted.certificate.sha256,
  });

  it('is looked for over all paths, the anchor included', () => {
    for (const wanted of [one, two, byOne, byTwo]) {
      const evidence = judge(leaf, [byOne, byTwo], stores, must(wanted));
      expect([evidence.holds, evidence.path.some((c) => c.sha256 === wanted.certificate.sha256)]).toEqual([
        true,
        true,
      ]);
    }
  });

  it('is found above an anchor, whether that one was sent or not', () => {
    const anchors = [storeOf(one, byOne)];
    for (const sent of [[byOne], [byOne, byTwo], []]) {
      expect(judge(leaf, sent, anchors, must(one)).holds).toBe(true);
      expect(judge(leaf, sent, [storeOf(byOne)], must(one)).holds).toBe(false);
    }
  });

  it('is not found in the leaf, nor beside the path', () => {
    const stray = ca('Stray');
    for (const wanted of [leaf, stray]) {
      const evidence = judge(leaf, [byOne, byTwo, stray], stores, must(wanted));
      expect([evidence.holds, codes(evidence)]).toEqual([false, ['required-certificate@0']]);
    }
  });
});

describe('every search ends in time, with its limit named', () => {
  it('a chain of a hundred certificates', () => {
    const root = ca('Root');
    let top = root;
    const sent: Issued[] = [];
    for (let i = 0; i < 98; i++) sent.push((top = between(top, `I${i}`)));
    const leaf = top.issue({ now: NOW, names });
    expect(judge(leaf, sent, [storeOf(root)]).holds).toBe(true);
    expect(ms(() => judge(leaf, sent, []))).toBeLessThan(2_000);
  });

  it('more signature checks than are allowed', () => {
    const root = ca('Root');
    let top = root;
    const sent: Issued[] = [];
    for (let i = 0; i < 120; i++) sent.push((top = between(top, `I${i}`)));
    const leaf = top.issue({ now: NOW, names });
    const evidence = judge(leaf, sent, [storeOf(root)]);
    expect(evidence.holds).toBe(false);
    expect(codes(evidence)).toContain('work-limit@0');
    expect(line(evidence, 'chains-to-anchor')).toBe(null);
  });

  it('a mesh in which every authority signed every other', () => {
    const roots = Array.from({ length: 9 }, (_, i) => ca(`M${i}`));
    const mesh = roots.flatMap((by) =>
      roots
        .filter((of) => of !== by)
        .map((of) => between(by, of.certificate.subject.commonName ?? '', { key: of.key })),
    );
    const leaf = roots[0]!.issue({ now: NOW, names });
    const took = ms(() => {
      const evidence = judge(leaf, mesh, []);
      expect(evidence.holds).toBe(false);
      expect(codes(evidence)).toContain('work-limit@0');
    });
    expect(took).toBeLessThan(2_500);
  });

  it('two hundred authorities with one name and other keys', () => {
    const many = Array.from({ length: 60 }, () => ca('Same'));
    const leaf = ca('Same').issue({ now: NOW, names });
    const evidence = judge(leaf, [...many, ...many, ...many, ...many], [storeOf(...many)]);
    expect(evidence.holds).toBe(false);
  });

  it('slow keys count for more', () => {
    const root = ca('Root', { key: 'ec521' });
    let top = root;
    const sent: Issued[] = [];
    for (let i = 0; i < 40; i++) sent.push((top = between(top, `I${i}`, { key: 'ec521' })));
    const evidence = judge(top.issue({ now: NOW, names }), sent, [storeOf(root)]);
    expect(codes(evidence)).toContain('work-limit@0');
  });
});

describe('stores', () => {
  it('are read once, when they are prepared or first asked, and not when they are made', () => {
    const root = ca('Root');
    let readings = 0;
    const lazily = function* (): Iterable<Uint8Array> {
      readings += 1;
      yield root.der;
    };
    const store = openStore('file x', lazily());
    expect(readings).toBe(0);
    store.prepare();
    expect(store.holds(root.certificate)).toBe(true);
    expect(readings).toBe(1);
  });

  it('leave out what does not parse and answer for what does', () => {
    const root = ca('Root');
    const store = openStore('file x', [Uint8Array.of(1), root.der.subarray(0, 50), root.der]);
    expect(store.candidates(root.certificate.subject.canonical).map((c) => c.sha256)).toEqual([
      root.certificate.sha256,
    ]);
    expect(store.candidates('nobody')).toEqual([]);
    expect([store.holds(root.certificate), store.holds(selfSigned({ now: NOW }).certificate)]).toEqual([
      true,
      false,
    ]);
  });
});
