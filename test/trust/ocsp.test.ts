/**
 * ocsp.test.ts: only a staple that is verified in full says anything (RFC 6960 3.2).
 *
 * In:   staples with real signatures, one thing broken at a time
 * Out:  whether judgeStaple believes exactly the whole ones
 * Not:  getting staples (test/net)
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCa } from '../../electron/demo/certificate.ts';
import { makeStaple, type StapleOptions } from '../../electron/demo/ocsp.ts';
import { judgeStaple, type StapleEvidence } from '../../electron/trust/ocsp.ts';
import { decodeOcsp } from '../../electron/wire/ocsp.ts';
import type { Base64 } from '../../shared/basics.ts';
import { DAY, NOW } from './path-world.ts';

const issuer = makeCa({ now: NOW, name: 'CA' });
const leaf = issuer.issue({ now: NOW, names: { dns: ['shire.example'] } });
const whole: StapleOptions = { now: NOW, status: 'good', leaf, issuer };
const responder = issuer.issue({ now: NOW, subject: [['CN', 'Responder']], eku: ['ocspSigning'] });

function judge(der: Uint8Array | null, by: typeof issuer | null = issuer): StapleEvidence {
  const ocsp = der === null ? null : (Buffer.from(der).toString('base64') as Base64);
  return judgeStaple({ ocsp, ocspAsked: true }, leaf.certificate, by?.certificate ?? null, NOW);
}

describe('a staple that is verified', () => {
  it.each(['good', 'revoked', 'unknown'] as const)('says %s', (status) => {
    expect(judge(makeStaple({ ...whole, status })).status).toBe(status);
    expect(judge(makeStaple({ ...whole, status, responder })).status).toBe(status);
  });

  it('says since when a certificate is revoked', () => {
    const { text, steps } = judge(makeStaple({ ...whole, status: 'revoked' }));
    expect(text).toContain('2026-11-22 12:00:00 UTC');
    expect(steps).toMatchObject([{ id: 'ocsp', ok: false }]);
  });

  it('counts for a week where it names no end', () => {
    expect(judge(makeStaple({ ...whole, nextUpdate: null })).status).toBe('good');
    expect(judge(makeStaple({ ...whole, nextUpdate: null, thisUpdate: NOW - 8 * DAY })).status).toBe(
      'invalid',
    );
  });
});

describe('a staple that proves nothing', () => {
  const stranger = makeCa({ now: NOW, name: 'CA' });
  type Case = readonly [string, Partial<StapleOptions>];
  const cases: readonly Case[] = [
    ['a changed signature', { corrupt: true }],
    ['another issuer with the same name', { issuer: stranger }],
    ['a signature of another key', { responder: stranger }],
    [
      'a responder that may not sign responses',
      { responder: issuer.issue({ now: NOW, subject: [['CN', 'R']], eku: ['serverAuth'] }) },
    ],
    [
      'a responder without any extended key usage',
      { responder: issuer.issue({ now: NOW, subject: [['CN', 'R']], eku: null }) },
    ],
    [
      'a responder that the issuer did not sign',
      { responder: stranger.issue({ now: NOW, subject: [['CN', 'R']], eku: ['ocspSigning'] }) },
    ],
    [
      'an expired responder',
      {
        responder: issuer.issue({
          now: NOW,
          subject: [['CN', 'R']],
          eku: ['ocspSigning'],
          notAfter: NOW - DAY,
        }),
      },
    ],
    ['the server itself as responder', { responder: leaf }],
    ['another serial number', { serial: Uint8Array.of(1, 2, 3) }],
    ['yesterday', { nextUpdate: NOW - 1_000 }],
    ['tomorrow', { thisUpdate: NOW + DAY }],
    ['a critical extension', { critical: '1.2.3.4' }],
    ['an error', { error: 3 }],
  ];
  it.each(cases)('%s, revoked or good', (_, broken) => {
    for (const status of ['revoked', 'good'] as const) {
      const evidence = judge(makeStaple({ ...whole, status, ...broken }));
      expect([evidence.status, evidence.steps[0]?.ok]).toEqual(['invalid', null]);
    }
  });

  it('no known issuer', () => {
    expect(judge(makeStaple({ ...whole, status: 'revoked' }), null).status).toBe('invalid');
  });

  it('nothing, with the reason', () => {
    expect(judge(null)).toMatchObject({
      status: 'none',
      text: 'The server stapled no OCSP response. None is fetched.',
    });
    const unasked = judgeStaple({ ocsp: null, ocspAsked: false }, leaf.certificate, issuer.certificate, NOW);
    expect(unasked.text).toContain('Not asked by this runtime');
  });

  it('every truncation is malformed, without a throw', () => {
    const der = makeStaple({ ...whole, responder });
    expect(decodeOcsp(der).ok).toBe(true);
    for (let length = 0; length < der.length; length++)
      expect(decodeOcsp(der.subarray(0, length)).ok).toBe(false);
  });

  it('any change of bytes never throws, and never turns good into revoked', () => {
    const der = makeStaple({ ...whole, responder });
    const change = fc.record({ at: fc.nat(der.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(change, ({ at, to }) => {
        const changed = Uint8Array.from(der);
        changed[at] = to;
        expect(judge(changed).status).not.toBe('revoked');
      }),
      { numRuns: 300 },
    );
  });
});
