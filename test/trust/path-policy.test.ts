/**
 * path-policy.test.ts: certificate policies along a path (RFC 5280 6.1).
 *
 * In:   authorities with policies, mappings and requirements, one leaf
 * Out:  whether judgePath lets the policies decide as the RFC does
 * Not:  the rest of the path (path.test.ts)
 */
import { describe, expect, it } from 'vitest';
import type { Parts } from '../../electron/demo/certificate-parts.ts';
import { makeCa } from '../../electron/demo/certificate.ts';
import { NOW, codes, judge, storeOf } from './path-world.ts';

const root = makeCa({ now: NOW, name: 'Root' });
const store = storeOf(root);

describe('policies', () => {
  const A = '1.3.6.1.4.1.99999.1';
  const B = '1.3.6.1.4.1.99999.2';
  const ANY = '2.5.29.32.0';
  type Link = Pick<Parts, 'policies' | 'policyMappings' | 'policyConstraints' | 'inhibitAny'>;

  /** Authorities from the top down, then the leaf. */
  function along(links: readonly Link[], end: Link): readonly string[] {
    let top = root;
    const sent = [];
    for (const [i, link] of links.entries()) {
      top = top.issue({ now: NOW, isCa: true, subject: [['CN', `I${i}`]], ...link });
      sent.push(top);
    }
    return codes(judge(top.issue({ now: NOW, names: { dns: ['a.example'] }, ...end }), sent, [store]));
  }
  const must = { policyConstraints: { requireExplicit: 0 } };

  it.each<readonly [string, readonly Link[], Link, 'ok' | 'policy']>([
    ['no policies and none required', [{}], {}, 'ok'],
    ['none required, though they do not agree', [{ policies: [A] }], { policies: [B] }, 'ok'],
    ['required and the same', [{ policies: [A], ...must }], { policies: [A] }, 'ok'],
    ['required and not the same', [{ policies: [A], ...must }], { policies: [B] }, 'policy'],
    ['required and missing in the leaf', [{ policies: [A], ...must }], {}, 'policy'],
    ['required and missing in the authority', [must], { policies: [A] }, 'policy'],
    ['required, anyPolicy above', [{ policies: [ANY], ...must }], { policies: [B] }, 'ok'],
    ['required, anyPolicy below', [{ policies: [A], ...must }], { policies: [ANY] }, 'ok'],
    [
      'required, anyPolicy inhibited',
      [{ policies: [A], ...must, inhibitAny: 0 }],
      { policies: [ANY] },
      'policy',
    ],
    [
      'required, anyPolicy inhibited one later',
      [{ policies: [A], ...must, inhibitAny: 1 }, { policies: [ANY] }],
      { policies: [ANY] },
      'policy',
    ],
    ['required, mapped', [{ policies: [A], ...must, policyMappings: [[A, B]] }], { policies: [B] }, 'ok'],
    [
      'required, mapped away',
      [{ policies: [A], ...must, policyMappings: [[A, B]] }],
      { policies: [A] },
      'policy',
    ],
    [
      'required, mapping inhibited',
      [
        { policies: [A], policyConstraints: { requireExplicit: 0, inhibitMapping: 0 } },
        { policies: [A], policyMappings: [[A, B]] },
      ],
      { policies: [B] },
      'policy',
    ],
    [
      'required, anyPolicy mapped for one',
      [{ policies: [ANY], ...must, policyMappings: [[A, B]] }],
      { policies: [B] },
      'ok',
    ],
    [
      'anyPolicy mapped, which nobody may',
      [{ policies: [ANY], policyMappings: [[ANY, B]] }],
      { policies: [B] },
      'policy',
    ],
    [
      'required two certificates later',
      [{ policies: [A], policyConstraints: { requireExplicit: 2 } }, { policies: [A] }],
      { policies: [B] },
      'policy',
    ],
    [
      'required three certificates later, which is too late',
      [{ policies: [A], policyConstraints: { requireExplicit: 3 } }, { policies: [A] }],
      { policies: [B] },
      'ok',
    ],
    ['required by the leaf itself', [{ policies: [A] }], { policies: [B], ...must }, 'policy'],
  ])('%s', (_, links, end, expected) => {
    expect(along(links, end)).toEqual(expected === 'ok' ? [] : ['policy@0']);
  });

  it('many policies mapped many times cost little (CVE-2023-0464)', () => {
    const policies = Array.from({ length: 60 }, (_, i) => `${A}.${i}`);
    const policyMappings = policies.flatMap((a) => policies.slice(0, 20).map((b) => [a, b] as const));
    const links = Array.from({ length: 8 }, () => ({ policies, policyMappings, ...must }));
    const start = process.cpuUsage();
    expect(along(links, { policies })).toEqual([]);
    expect(process.cpuUsage(start).user / 1e3).toBeLessThan(1_500);
  });

  it('a negative number is malformed', () => {
    expect(along([{ policies: [A], policyConstraints: { requireExplicit: 200 } }], {})).toEqual([
      'malformed@1',
    ]);
  });
});
