/**
 * forged.test.ts: saved reports edited by hand, and interim reports: never better than what is honest or final.
 *
 * In:   test/attack/world.ts
 * Out:  one test an edit
 * Not:  the schema of saved reports (test/demo, shared/report-input.ts)
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poshDocument, srv, tlsa } from '../../electron/demo/kit.ts';
import type { DnsSeen, Observation } from '../../shared/observation.ts';
import type { CheckEvent, Report } from '../../shared/report.ts';
import {
  again,
  bare,
  change,
  endpoints,
  HONEST,
  LIAR,
  LIAR_2,
  short,
  startAttack,
  TYPES,
  type AttackWorld,
} from './world.ts';

let world: AttackWorld;
beforeAll(async () => {
  world = await startAttack({
    lies: [
      change(() => true, bare),
      // Every answer without signatures but the TLSA answer of the second target, and that one late.
      (honest, kit) => {
        const heard = new Set<string>();
        const first = change(
          (name, type) =>
            type === TYPES.TLSA && name.includes('second') && !heard.has(name) && heard.add(name).has(name),
          () => null,
        );
        return first(
          change((name, type) => type !== TYPES.TLSA || !name.includes('second'), bare)(honest, kit),
          kit,
        );
      },
    ],
    tell(kit) {
      const mismatch = srv(kit.zone('moria.example'), 'xmpp.moria.example');
      kit.server(mismatch, 'xmpp', 5222, { certificate: kit.issue({ dns: ['moria.example'] }) });
      tlsa(mismatch, 'xmpp', kit.ca);
      const hosted = srv(kit.zone('bree.example', { unsigned: true }), 'xmpp.bree.example');
      const leaf = kit.selfSigned({ dns: ['pony.example'] });
      kit.server(hosted, 'xmpp', 5222, { certificate: leaf });
      kit.site(hosted, '@', { '/.well-known/posh/xmpp-client.json': { body: poshDocument(leaf) } });
      const good = srv(srv(kit.zone('shire.example'), 'first.shire.example'), 'second.shire.example', {
        priority: 9,
      });
      const certificate = kit.issue({ dns: ['shire.example'] });
      kit.server(good, 'first', 5222, { certificate });
      kit.server(good, 'second', 5222, {
        certificate,
        behave: { header: (_, polite) => void setTimeout(polite, 300) },
      });
    },
  });
});
afterAll(() => world.close());

const isDns = (o: Observation): o is DnsSeen => o.kind === 'dns';
const edited = (
  report: Report,
  edit: (o: Observation) => Observation | readonly Observation[] | null,
): Report => ({
  ...report,
  observations: report.observations.flatMap((o) => edit(o) ?? []),
});

describe('a saved report', () => {
  it('whose TLSA answer is left out is refused all the same', async () => {
    const report = await world.check({ input: 'moria.example' });
    expect(short(report).outcome).toBe('refuse');
    for (const type of ['TLSA', 'SRV', 'A', 'DS', 'DNSKEY']) {
      const without = edited(report, (o) => (isDns(o) && o.question.type === type ? null : o));
      expect(again(without).verdict.outcome, type).not.toBe('auto-accept');
    }
  });
  it('whose answers were exchanged for answers to other questions is not accepted', async () => {
    const report = await world.check({ input: 'moria.example' });
    const a = report.observations
      .filter(isDns)
      .find((o) => o.question.type === 'A' && o.question.name.startsWith('xmpp'));
    const swapped = edited(report, (o) =>
      isDns(o) && o.question.type === 'TLSA' && a !== undefined ? { ...o, outcome: a.outcome } : o,
    );
    expect(again(swapped).verdict.outcome).toBe('refuse');
  });
  it('with a second answer, a second handshake or another order is judged by the first of each', async () => {
    const report = await world.check({ input: 'moria.example' });
    const shire = await world.check({ input: 'shire.example' });
    const other = shire.observations.find((o) => o.kind === 'tls');
    const more = edited(report, (o) =>
      o.kind === 'tls' && other?.kind === 'tls' ? [o, { ...other, endpoint: o.endpoint }] : o,
    );
    expect(short(again(more))).toEqual(short(report));
    const reversed = { ...report, observations: [...report.observations].reverse() };
    expect(short(again(reversed))).toEqual(short(report));
    const twice = { ...report, observations: [...report.observations, ...report.observations] };
    expect(short(again(twice))).toEqual(short(report));
  });
  it('whose answers claim another resolver is no better', async () => {
    const report = await world.check({ input: 'moria.example' });
    for (const index of [1, 7, 15]) {
      const moved = edited(report, (o) =>
        isDns(o) && o.question.type === 'TLSA' ? { ...o, resolverIndex: index } : o,
      );
      expect(again(moved).verdict.outcome).toBe('refuse');
    }
  });
  it('whose POSH document came from another host or another port is no better', async () => {
    const report = await world.check({ input: 'bree.example' });
    expect(short(report)).toEqual({ outcome: 'auto-accept', by: 'posh', case: null });
    for (const url of [
      'https://bree.example:8443/.well-known/posh/xmpp-client.json',
      'https://pony.example/.well-known/posh/xmpp-client.json',
      'http://bree.example/.well-known/posh/xmpp-client.json',
    ]) {
      const moved = edited(report, (o) => (o.kind === 'https' ? { ...o, url } : o));
      expect(again(moved).verdict.outcome).toBe('manual');
    }
    const bareHop = edited(report, (o) => (o.kind === 'https' ? { ...o, tls: null } : o));
    expect(again(bareHop).verdict.outcome).toBe('manual');
  });
  it('with negative times, or times out of order, is refused or no better', async () => {
    const report = await world.check({ input: 'bree.example' });
    const negative = edited(report, (o) => ({ ...o, end: -1e15 }));
    expect(() => again(negative)).toThrow();
    const late = edited(report, (o) => (o.kind === 'https' ? { ...o, end: 8.64e15 } : o));
    expect(() => again(late)).not.toThrow();
  });
  it('of a handshake without a certificate, or with TLS 1.1, is refused', async () => {
    const report = await world.check({ input: 'shire.example' });
    expect(short(report).outcome).toBe('auto-accept');
    const change_ = (more: object): Report =>
      edited(report, (o) =>
        o.kind === 'tls' && o.outcome.ok
          ? { ...o, outcome: { ok: true, value: { ...o.outcome.value, ...more } } }
          : o,
      );
    expect(again(change_({ chain: [] })).verdict.outcome).toBe('refuse');
    expect(again(change_({ chain: ['AAAA'] })).verdict.outcome).toBe('refuse');
    for (const protocol of ['TLSv1', 'TLSv1.1', 'SSLv3', '', 'unknown'])
      expect(again(change_({ protocol })).verdict.outcome).toBe('refuse');
  });
  it('whose stream was emptied is unreachable, not accepted', async () => {
    const report = await world.check({ input: 'shire.example' });
    const silent = edited(report, (o) =>
      o.kind === 'stream' && o.phase === 'before-tls' ? { ...o, received: '' as never } : o,
    );
    expect(again(silent).verdict.outcome).toBe('unreachable');
  });
});

describe('interim reports', () => {
  const rank = (e: { verdict: { outcome: string } }): number =>
    ['refuse', 'manual', 'unreachable', 'auto-accept'].indexOf(e.verdict.outcome);
  for (const resolvers of [[HONEST], [LIAR], [LIAR_2], [LIAR, HONEST], [LIAR_2, HONEST]])
    it(`never show an endpoint better than it ends, asking ${resolvers.join(' and ')}`, async () => {
      for (const input of ['shire.example', 'moria.example', 'bree.example']) {
        const events: CheckEvent[] = [];
        const report = await world.check({ input, resolvers }, (e) => events.push(e));
        const last = new Map(
          report.targets.flatMap((t) =>
            t.endpoints.map((e) => [`${t.mode} ${t.host} ${t.port} ${e.address ?? ''}`, e] as const),
          ),
        );
        for (const event of events) {
          if (event.type !== 'judged') continue;
          for (const target of event.report.targets)
            for (const endpoint of target.endpoints) {
              const end = last.get(`${target.mode} ${target.host} ${target.port} ${endpoint.address ?? ''}`);
              expect(end).toBeDefined();
              if (end !== undefined) expect(rank(endpoint)).toBeLessThanOrEqual(rank(end));
            }
        }
        expect(endpoints(report).length).toBeGreaterThan(0);
      }
    });
});
