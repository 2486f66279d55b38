/**
 * many.test.ts: a check as a whole page: its title, many addresses, none reached, what it cites, its words.
 *
 * In:   reports of a bridge that plays
 * Out:  assertions on what a person reads and reaches with the keyboard
 * Not:  looks (test/e2e)
 */
// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EndpointReport, Report, Verdict } from '../../shared/report.ts';
import { wayCounts, wayGroups } from '../../shared/way-list.ts';
import { branches } from '../../shared/view.ts';
import { ACCEPT, HOSTILE, MANUAL, REFUSE, report } from './fixtures.ts';
import { openReport } from './page.ts';

const UNREACHED: Verdict = { ...MANUAL, outcome: 'unreachable', case: null };

/** Targets of three addresses each; one address of the fifth is refused, one of the third is up to the person. */
function many(): Report {
  const base = report(REFUSE);
  const [target] = base.targets;
  const [end] = target?.endpoints ?? [];
  if (target === undefined || end === undefined) throw new Error('the fixture has no endpoint');
  const verdictAt = (i: number, j: number): Verdict =>
    i === 4 && j === 1 ? REFUSE : i === 2 && j === 2 ? MANUAL : ACCEPT;
  return {
    ...base,
    targets: Array.from({ length: 6 }, (_, i) => ({
      ...target,
      host: `xmpp${i}.hosting.example`,
      endpoints: Array.from({ length: 3 }, (__, j) => ({
        ...end,
        address: `192.0.2.${i * 3 + j}`,
        verdict: verdictAt(i, j),
      })),
    })),
  };
}

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-row]')];

beforeEach(() => {
  window.localStorage.clear();
  vi.stubGlobal('requestAnimationFrame', (run: FrameRequestCallback) => setTimeout(() => run(0)));
});
afterEach(() => vi.unstubAllGlobals());

describe('many addresses', () => {
  it('stand by target, the worst first, and are found by outcome and by host', () => {
    const done = many();
    const groups = wayGroups(done, { search: '', outcome: 'all' });
    expect(groups.map((g) => g.target.host.slice(0, 5))).toEqual([
      ...['xmpp4', 'xmpp2', 'xmpp0', 'xmpp1', 'xmpp3', 'xmpp5'],
    ]);
    expect(groups[0]?.branches.map((b) => b.endpoint.address)).toEqual([
      ...['192.0.2.13', '192.0.2.12', '192.0.2.14'],
    ]);
    expect(wayGroups(done, { search: 'XMPP3', outcome: 'all' })).toHaveLength(1);
    expect(wayGroups(done, { search: 'xmpp3', outcome: 'refuse' })).toEqual([]);
    expect(wayCounts(branches(done))).toEqual([
      { outcome: 'refuse', count: 1 },
      { outcome: 'manual', count: 1 },
      { outcome: 'auto-accept', count: 16 },
    ]);
  });

  it('are one stop of the Tab key; arrow keys move in them, and a click shows the evidence for one', async () => {
    await openReport(many());
    expect(rows()).toHaveLength(18);
    const stops = (): HTMLElement[] => rows().filter((row) => row.tabIndex === 0);
    expect(stops().map((row) => row.dataset['row'])).toEqual(['refuse']);
    const [first] = stops();
    if (first === undefined) throw new Error('no row');
    await fireEvent.keyDown(first, { key: 'End' });
    await waitFor(() => expect(document.activeElement).toBe(rows().at(-1)));
    expect(stops()).toEqual([rows().at(-1)]);
    await fireEvent.click(rows()[3] as HTMLElement);
    expect(screen.getByText(/Five doors.*xmpp2/)).toBeTruthy();
    await fireEvent.change(screen.getByLabelText('Show only those that are'), {
      target: { value: 'refuse' },
    });
    await waitFor(() => expect(rows()).toHaveLength(1));
    screen.getByText('1 of 18 addresses, the worst first.');
  });
});

describe('an address that was not reached', () => {
  it('has one sentence in place of five empty cards, which are a click away', async () => {
    const done = report(UNREACHED);
    const unseen = (e: EndpointReport): EndpointReport => ({
      ...e,
      chain: [],
      reached: 'refused',
      routes: { ...e.routes, pkix: { ...e.routes.pkix, state: 'unknown' } },
    });
    await openReport({
      ...done,
      targets: done.targets.map((t) => ({ ...t, endpoints: t.endpoints.map(unseen) })),
    });
    const sentence = await screen.findByText(/^No certificate was seen at xmpp1.*connection refused/);
    expect(sentence.textContent).toContain('no route to trust could be tried');
    expect(document.querySelectorAll('[data-route]')).toHaveLength(0);
    await fireEvent.click(screen.getByText('What is known of the five routes all the same'));
    await waitFor(() => expect(document.querySelectorAll('[data-route]')).toHaveLength(5));
  });

  it('keeps its cards where one of them is an alarm', async () => {
    const done = report(REFUSE);
    const unseen = (e: EndpointReport): EndpointReport => ({ ...e, chain: [], reached: 'tls-failed' });
    await openReport({
      ...done,
      targets: done.targets.map((t) => ({ ...t, endpoints: t.endpoints.map(unseen) })),
    });
    expect(document.querySelectorAll('[data-route]')).toHaveLength(5);
  });
});

describe('the page', () => {
  it('has a title that says whose verdict it shows, or which page it is', async () => {
    const done = report(ACCEPT);
    await openReport({ ...done, input: { ...done.input, unicode: 'bücher.example' } });
    expect(document.title).toBe('bücher.example: accepted automatically – Mellon');
    await fireEvent.click(screen.getByRole('button', { name: 'Pins' }));
    expect(document.title).toBe('Pins – Mellon');
  });

  it('has nothing in its title that is no name', async () => {
    const done = report(ACCEPT);
    for (const unicode of [HOSTILE, 'a\u202eb.example', 'two words', 'x'.repeat(300)]) {
      await openReport({ ...done, input: { ...done.input, unicode } });
      expect(document.title, unicode).toBe('shire.example: accepted automatically – Mellon');
      cleanup();
    }
  });

  it('lists what a card cites once, to be opened with the keyboard; the mentions are no stops', async () => {
    const bridge = await openReport(report(REFUSE));
    const mentions = [...document.querySelectorAll<HTMLElement>('button.ref')];
    expect(mentions.length).toBeGreaterThan(2);
    expect(mentions.filter((one) => one.tabIndex === 0)).toEqual([]);
    const card = document.querySelector('section.verdict');
    const listed = [...(card?.querySelectorAll<HTMLElement>('.cited button') ?? [])];
    expect(listed.map((one) => one.textContent.trim().slice(0, 13))).toEqual(['RFC 7671 10.3']);
    await fireEvent.click(listed[0] as HTMLElement);
    expect(bridge.calls.filter(([name]) => name === 'openLink')).toHaveLength(1);
  });

  it('explains its words where they stand and at the start', async () => {
    await openReport(report(REFUSE));
    await fireEvent.click(screen.getByText('What do these words mean?'));
    await screen.findByText('DANE, TLSA record');
    for (const word of ['DNSSEC', 'SRV record', 'Target', 'Delegation', 'Reference identifier', 'Pin'])
      expect(screen.getAllByText(word).length, word).toBeGreaterThan(0);
  });
});
