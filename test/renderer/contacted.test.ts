/**
 * contacted.test.ts: the list of whom a check talked to holds everybody, and nobody else.
 *
 * In:   observations built by hand
 * Out:  assertions
 * Not:  that nothing else is contacted (test/package/phones-home.test.ts)
 */
import { describe, expect, it } from 'vitest';
import type { Base64 } from '../../shared/basics.ts';
import { contacted } from '../../shared/contacted.ts';
import type { Observation } from '../../shared/observation.ts';
import { observations } from './fixtures.ts';

const endpoint = { host: 'xmpp.shire.example', port: 5222, mode: 'starttls' as const, address: '192.0.2.1' };
const seen = (id: string, start: number, end: number) => ({ id, start, end, from: [] });
const b64 = (bytes: number): Base64 => btoa('x'.repeat(bytes)) as Base64;
const facts = {
  protocol: 'TLSv1.3',
  cipher: 'x',
  alpn: null,
  chain: [b64(800), b64(701)],
  ocsp: b64(32),
  ocspAsked: true,
};
const VISIT: readonly Observation[] = [
  { ...seen('o1', 40, 50), kind: 'tcp', endpoint, outcome: { ok: true, value: { connected: true } } },
  {
    ...seen('o2', 50, 60),
    kind: 'stream',
    endpoint,
    phase: 'before-tls',
    sent: '<stream>',
    received: b64(100),
    problem: null,
  },
  { ...seen('o3', 60, 70), kind: 'tls', endpoint, serverName: null, outcome: { ok: true, value: facts } },
  {
    ...seen('o4', 70, 95),
    kind: 'stream',
    endpoint,
    phase: 'after-tls',
    sent: '',
    received: b64(11),
    problem: { code: 'timed-out', afterMs: 25 },
  },
];
const WEB: Observation = {
  ...seen('o5', 10, 30),
  kind: 'https',
  purpose: 'posh',
  url: 'https://shire.example/.well-known/posh/xmpp-client.json',
  addresses: ['192.0.2.2'],
  address: '192.0.2.2',
  tls: facts,
  outcome: { ok: true, value: { status: 200, headers: [['a', 'bc']], body: b64(40) } },
};

describe('what was contacted', () => {
  it('joins the phases of one visit, and counts every byte that came back', () => {
    expect(contacted(VISIT)).toEqual([
      {
        kind: 'server',
        where: 'xmpp.shire.example:5222',
        address: '192.0.2.1',
        times: 1,
        failed: 1,
        first: 40,
        last: 95,
        bytes: 100 + 800 + 701 + 32 + 11,
      },
    ]);
  });

  it('counts headers, body and certificates of a fetch, by host and port', () => {
    expect(contacted([WEB])).toMatchObject([
      { kind: 'web', where: 'shire.example:443', address: '192.0.2.2', times: 1, bytes: 1533 + 40 + 7 },
    ]);
    expect(contacted([{ ...WEB, url: 'https://shire.example:8443/x' }])).toMatchObject([
      { where: 'shire.example:8443' },
    ]);
  });

  it('joins questions by resolver, in the order of first contact', () => {
    const asked = observations(7).map((o, i) => (i % 2 === 0 ? o : { ...o, resolver: 'tls://dns.example' }));
    expect(contacted([...VISIT, ...asked])).toMatchObject([
      { kind: 'resolver', where: 'udp://127.0.0.1:53', times: 4, failed: 0 },
      { kind: 'resolver', where: 'tls://dns.example', times: 3, failed: 1 },
      { kind: 'server' },
    ]);
  });

  it('leaves out what was still known, and what was refused before the first packet', () => {
    const [question] = observations(1);
    if (question?.kind !== 'dns' || !question.outcome.ok) throw new Error('the fixture has changed');
    const kept: Observation = {
      ...question,
      outcome: { ok: true, value: { ...question.outcome.value, ageMs: 1000 } },
    };
    const refused: Observation = {
      ...seen('o9', 0, 0),
      kind: 'tcp',
      endpoint,
      outcome: { ok: false, problem: { code: 'private-address' } },
    };
    expect(contacted([kept, refused])).toEqual([]);
    expect(contacted([{ ...refused, outcome: { ok: false, problem: { code: 'refused' } } }])).toMatchObject([
      { times: 1, failed: 1, bytes: 0 },
    ]);
  });
});
