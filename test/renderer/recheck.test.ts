/**
 * recheck.test.ts: everything pinned or watched, checked again from the page of pins.
 *
 * In:   a bridge that plays checks
 * Out:  assertions
 * Not:  what counts as a change (test/engine.test.ts, test/pins-command.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { placesOf, type Place } from '../../renderer/places.ts';
import { RecheckView } from '../../renderer/recheck.svelte.ts';
import type { RendererBridge } from '../../shared/bridge.ts';
import type { Pin } from '../../shared/pin.ts';
import { ACCEPT, MANUAL, report, SHA } from './fixtures.ts';
import { playBridge, played } from './play.ts';

const place = (domain: string, demo = false): Place => ({ domain, service: 'xmpp-client', demo });
const pin = (domain: string, over: Partial<Pin> = {}): Pin => ({
  id: domain,
  domain,
  service: 'xmpp-client',
  by: 'key',
  sha256: SHA,
  created: '2026-11-01T00:00:00.000Z',
  ends: null,
  revoked: null,
  note: '',
  forgives: [],
  names: [],
  manualToo: false,
  pem: null,
  ...over,
});
const TEN = Array.from({ length: 10 }, (_, i) => place(`d${i}.example`));

function playing(parts: Partial<RendererBridge> = {}): ReturnType<typeof playBridge> {
  return playBridge((domain) => played(report(domain === 'd3.example' ? MANUAL : ACCEPT, domain)), parts);
}

describe('checking all again', () => {
  it('looks at every place once, and says which need a person', async () => {
    const bridge = playing();
    const view = new RecheckView(bridge);
    await view.run(TEN, {});
    expect(view.found.map((one) => one.domain).sort()).toEqual(TEN.map((one) => one.domain));
    expect(view.found.filter((one) => one.look).map((one) => one.domain)).toEqual(['d3.example']);
    expect(view.running).toBe(false);
  });

  it('calls a new key something to look at, even where the verdict is to accept', async () => {
    const view = new RecheckView(
      playing({ changeSince: () => Promise.resolve({ ok: true, value: 'new-key' }) }),
    );
    await view.run([place('d1.example')], {});
    expect(view.found).toMatchObject([{ outcome: 'auto-accept', finding: 'new-key', look: true }]);
  });

  it('asks under the person’s options, but not those about a single domain, and none of them in the realm', async () => {
    const bridge = playing();
    await new RecheckView(bridge).run([place('a.example'), place('shire.example', true)], {
      resolvers: ['tls://dns.example'],
      connect: 'other.example:5222',
    });
    expect(bridge.calls.filter(([name]) => name === 'startCheck').map(([, args]) => args[0])).toEqual([
      { input: 'a.example', service: 'client', resolvers: ['tls://dns.example'] },
      { input: 'shire.example', service: 'client', demo: true },
    ]);
  });

  it('stops: cancels what runs, begins nothing more, and keeps what was found', async () => {
    const bridge = playBridge((domain) => (domain === 'd0.example' ? played(report(ACCEPT, domain)) : []));
    const view = new RecheckView(bridge);
    const over = view.run(TEN, {});
    await expect.poll(() => view.found.length).toBe(1);
    await view.stop();
    await over;
    const called = (name: string): number => bridge.calls.filter(([one]) => one === name).length;
    expect(view).toMatchObject({ running: false, stopped: true, total: 10 });
    expect(view.found).toHaveLength(1);
    expect(called('startCheck')).toBeLessThan(10);
    expect(called('cancelCheck')).toBe(called('startCheck') - 1);
  });

  it('says of a place that could not be checked that it needs a look', async () => {
    const no = { ok: false as const, problem: { code: 'no', text: 'Already 8 checks are running.' } };
    const view = new RecheckView(playing({ startCheck: () => Promise.resolve(no) }));
    await view.run([place('d1.example')], {});
    expect(view.found).toMatchObject([{ outcome: 'failed', look: true, sentence: no.problem.text }]);
  });
});

describe('the places', () => {
  it('are those with a live pin or a watch, once each', () => {
    const pins = [
      pin('b.example'),
      pin('b.example', { id: 'p2' }),
      pin('revoked.example', { revoked: '2026-11-02T00:00:00.000Z' }),
      pin('ended.example', { ends: '2026-11-02T00:00:00.000Z' }),
    ];
    const watches = [
      { domain: 'a.example', service: 'xmpp-client' as const, since: '', keys: [] },
      { domain: 'b.example', service: 'xmpp-client' as const, since: '', keys: [] },
    ];
    expect(placesOf(pins, watches, '2026-11-23T00:00:00.000Z', (d) => d === 'a.example')).toEqual([
      place('a.example', true),
      place('b.example'),
    ]);
  });
});
