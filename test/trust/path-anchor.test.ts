/**
 * path-anchor.test.ts: leaves that are anchors themselves, and how long a path may be (RFC 5280 6.1.1, 4.2.1.9).
 *
 * In:   self-signed certificates in a store, chains of authorities with limits
 * Out:  whether judgePath lets them hold
 * Not:  anchors from elsewhere than a store (path-search.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { makeCa, selfSigned } from '../../electron/demo/certificate.ts';
import { DAY, NOW, codes, judge, storeOf } from './path-world.ts';

const root = makeCa({ now: NOW, name: 'Root' });
const mid = root.issue({ now: NOW, isCa: true, ku: ['keyCertSign'], subject: [['CN', 'Mid']] });
const names = { dns: ['shire.example'] };
const leaf = mid.issue({ now: NOW, names });

describe('a leaf that is itself in a store', () => {
  it('is a path of length one where it is self-signed, an authority or not', () => {
    for (const more of [{}, { isCa: true }, { subject: [['CN', 'me']] }] as const) {
      const self = selfSigned({ now: NOW, names, ...more });
      const evidence = judge(self, [], [storeOf(self)]);
      expect([codes(evidence), evidence.path.length, evidence.anchor?.sha256]).toEqual([
        [],
        1,
        self.certificate.sha256,
      ]);
    }
  });

  it('or where its own key is the anchor', () => {
    const self = selfSigned({ now: NOW, names, isCa: true, subject: [['CN', 'me']] });
    const extraAnchors = [{ kind: 'key', spki: self.certificate.spki, store: 'TLSA' }] as const;
    expect(codes(judge(self, [], [], { extraAnchors }))).toEqual([]);
    const below = self.issue({ now: NOW, names, isCa: true, eku: null });
    expect(codes(judge(below, [self], [], { extraAnchors }))).toEqual(['ca-as-server@0']);
  });

  it('still has to be valid today, and meant for servers', () => {
    const self = selfSigned({ now: NOW, names, notAfter: NOW - DAY, eku: ['clientAuth'] });
    expect(codes(judge(self, [], [storeOf(self)]))).toEqual(['expired@0', 'extended-key-usage@0']);
  });

  it('signs no other leaf', () => {
    const self = selfSigned({ now: NOW, names, subject: [['CN', 'me']], isCa: false });
    const evidence = judge(self.issue({ now: NOW, names }), [self], [storeOf(self)]);
    expect(codes(evidence)).toEqual(['not-a-ca@1']);
  });

  it('is none where an authority signed it: it has no issuer there', () => {
    expect(codes(judge(leaf, [], [storeOf(leaf)]))).toEqual(['incomplete-chain@0', 'untrusted-issuer@0']);
  });

  it('must have made its own signature', () => {
    const self = selfSigned({ now: NOW, names, corrupt: true });
    expect(codes(judge(self, [], [storeOf(self)]))).toEqual(['signature-invalid@0', 'untrusted-issuer@0']);
  });

  it('with the same name and key but other bytes it is another certificate', () => {
    const one = selfSigned({ now: NOW, names, subject: [['CN', 'me']] });
    const two = selfSigned({ now: NOW, names, subject: [['CN', 'me']], key: one.key });
    expect(judge(two, [], [storeOf(one)]).holds).toBe(false);
  });
});

describe('path length', () => {
  const chain = (
    lengths: readonly (number | undefined)[],
    subjects?: readonly string[],
  ): readonly string[] => {
    let top = makeCa({ now: NOW, name: 'R' });
    const anchors = storeOf(top);
    const sent = [];
    for (const [i, pathLen] of lengths.entries()) {
      const limit = pathLen === undefined ? {} : { pathLen };
      top = top.issue({ now: NOW, isCa: true, subject: [['CN', subjects?.[i] ?? `I${i}`]], ...limit });
      sent.push(top);
    }
    return codes(judge(top.issue({ now: NOW, names }), sent, [anchors]));
  };

  it('counts the authorities below', () => {
    expect(chain([0])).toEqual([]);
    expect(chain([1, 0])).toEqual([]);
    expect(chain([0, undefined])).toEqual(['path-length@2']);
    expect(chain([1, undefined, undefined])).toEqual(['path-length@3']);
    expect(chain([undefined, undefined, undefined])).toEqual([]);
  });

  it('does not count self-issued ones (a change of key)', () => {
    expect(chain([0, 0], ['Same', 'Same'])).toEqual([]);
  });
});
