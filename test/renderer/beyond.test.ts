/**
 * beyond.test.ts: other programs and other rules over a bridge that plays.
 *
 * In:   fixtures, a comparison with hostile text in it
 * Out:  assertions on what a person reads and what is asked of the engine
 * Not:  looks and keyboard (test/e2e/compare.test.ts)
 */
// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OwnProfiles } from '../../renderer/own-profiles.svelte.ts';
import type { Comparison } from '../../shared/bridge.ts';
import { MANUAL, report } from './fixtures.ts';
import { openReport } from './page.ts';
import { playBridge } from './play.ts';

const HOSTILE = 'Saru\u202eman <b>1</b>';
const done = report(MANUAL);
const endpoints = done.targets.flatMap((target) => target.endpoints.map((one) => ({ target, one })));
const comparison: Comparison = {
  clients: {
    profiles: [{ id: 'x', name: HOSTILE, role: 'c2s', confidence: 'low', version: HOSTILE, kind: 'client' }],
    rows: endpoints.map(({ target, one }) => ({
      ...{ host: target.host, port: target.port, mode: target.mode, address: one.address },
      results: [{ result: 'accepts', asks: null, reason: HOSTILE, partsAt: 'path' }],
    })),
  },
  studied: 2,
  about: [{ platform: HOSTILE, library: null, date: null, sources: [HOSTILE] }],
};

const of = (bridge: ReturnType<typeof playBridge>, call: string): readonly (readonly unknown[])[] =>
  bridge.calls.filter(([name]) => name === call).map(([, args]) => args);

beforeEach(() => {
  window.localStorage.clear();
  vi.stubGlobal('requestAnimationFrame', (run: FrameRequestCallback) => setTimeout(() => run(0)));
});
afterEach(() => vi.unstubAllGlobals());

describe('other programs', () => {
  it('are asked about only when the section is opened, and hidden characters of a profile are visible', async () => {
    const accepted = report();
    const bridge = await openReport(accepted, {
      compareClients: () => Promise.resolve({ ok: true, value: comparison }),
    });
    expect(of(bridge, 'compareClients')).toEqual([]);
    await fireEvent.click(screen.getByText('How other programs would decide'));
    const [cell] = await screen.findAllByRole('button', { name: /accepts silently/ });
    if (cell === undefined) throw new Error('no cell');
    await fireEvent.click(cell);
    expect(cell.getAttribute('aria-expanded')).toBe('true');
    const text = document.body.textContent;
    expect(text).toContain('Saru\\u{202e}man <b>1</b>');
    expect(text).not.toContain('\u202e');
    expect(text).toContain('The ways part at the chain of trust.');
    expect(of(bridge, 'compareClients')).toEqual([[accepted, { profiles: [], pins: true, demo: false }]]);
  });
  it('are counted in the decision panel as in the table: one number, and of which programs it speaks', async () => {
    await openReport(done, { compareClients: () => Promise.resolve({ ok: true, value: comparison }) });
    const said = '1 of 1 programs would go on silently where Mellon does not accept.';
    const studied = '2 programs were studied; the 1 that connect as clients are compared here.';
    const panel = document.querySelector('[data-panel="decide"]');
    await waitFor(() => expect(panel?.textContent).toContain(`${said} ${studied}`));
    await fireEvent.click(screen.getByText('How other programs would decide'));
    await screen.findByRole('button', { name: /accepts silently/ });
    const [, below] = document.body.textContent.split('Other judges, other rules');
    expect(below).toContain(said);
    expect(below).toContain(studied);
    expect(document.body.textContent).not.toMatch(/of the 28/);
  });
  it('that cannot be compared say why', async () => {
    await openReport(done, {});
    await fireEvent.click(screen.getByText('How other programs would decide'));
    await screen.findByText('This could not be compared: Not in this test.');
  });
});

describe('what if', () => {
  it('asks with what was changed and nothing else, and shows what would be', async () => {
    const bridge = await openReport(done, {
      judgeAgain: () => Promise.resolve({ ok: true, value: report(undefined) }),
    });
    await fireEvent.click(screen.getByText('What if?'));
    expect(of(bridge, 'judgeAgain')).toEqual([]);
    await fireEvent.click(await screen.findByRole('checkbox', { name: 'DANE' }));
    await waitFor(() => expect(document.querySelector('[data-what-if="auto-accept"]')).not.toBeNull());
    expect(of(bridge, 'judgeAgain')).toEqual([[done, { without: ['dane'], pins: true, demo: false }]]);
    await fireEvent.click(screen.getByRole('button', { name: 'As it was' }));
    await waitFor(() => expect(document.querySelector('[data-what-if]')).toBeNull());
  });
  it('names no file of an authority any more once everything is as it was', async () => {
    await openReport(done, { judgeAgain: () => Promise.resolve({ ok: true, value: report(undefined) }) });
    await fireEvent.click(screen.getByText('What if?'));
    const field = await screen.findByLabelText<HTMLInputElement>(/Add a certificate authority/, {
      selector: '#w-ca',
    });
    const cleared = vi.fn();
    Object.defineProperty(field, 'value', {
      configurable: true,
      set: cleared,
      get: () => 'C:\\fakepath\\a.pem',
    });
    Object.defineProperty(field, 'files', { value: [new File(['x'], 'a.pem')] });
    await fireEvent.change(field);
    await waitFor(() => expect(document.querySelector('[data-what-if]')).not.toBeNull());
    await fireEvent.click(screen.getByRole('button', { name: 'As it was' }));
    expect(cleared).toHaveBeenCalledWith('');
  });
});

describe('what if DNSSEC began elsewhere', () => {
  it('asks with the anchors given, and not where the field is empty again', async () => {
    const bridge = await openReport(done, {
      judgeAgain: () => Promise.resolve({ ok: true, value: report(undefined) }),
    });
    await fireEvent.click(screen.getByText('What if?'));
    const field = await screen.findByLabelText(/Other DNSSEC trust anchors/);
    const trustAnchor = '. IN DS 1 13 2 AB';
    await fireEvent.change(field, { target: { value: trustAnchor } });
    await waitFor(() => expect(document.querySelector('[data-what-if]')).not.toBeNull());
    expect(of(bridge, 'judgeAgain')).toEqual([[done, { trustAnchor, without: [], pins: true, demo: false }]]);
    await fireEvent.change(field, { target: { value: ' ' } });
    await waitFor(() => expect(document.querySelector('[data-what-if]')).toBeNull());
    expect(of(bridge, 'judgeAgain').length).toBe(1);
  });
});

describe('a person’s own files', () => {
  const file = (name: string, text: string): File => new File([text], name, { type: 'application/json' });
  it('are kept only when asked, and odd storage is no harm', async () => {
    const own = new OwnProfiles(window.localStorage);
    await own.add(file('a.json', '{"schema":"x"}'));
    expect(window.localStorage.length).toBe(0);
    own.setKeep(true);
    expect(new OwnProfiles(window.localStorage).files).toEqual([
      { name: 'a.json', content: { schema: 'x' } },
    ]);
    own.remove('a.json');
    expect(window.localStorage.length).toBe(0);
    for (const odd of ['{', '7', '[1, null, {"name": 5}]']) {
      window.localStorage.setItem('mellon.profiles', odd);
      expect(new OwnProfiles(window.localStorage).files).toEqual([]);
    }
    expect(new OwnProfiles(null).files).toEqual([]);
  });
  it('that are no JSON or too large are refused with a sentence', async () => {
    const own = new OwnProfiles(null);
    await own.add(file('bad.json', 'nonsense'));
    expect(own.problem).toBe('bad.json is no JSON.');
    await own.add(file('big.json', ' '.repeat(2 * 1024 * 1024 + 1)));
    expect(own.problem).toBe('big.json is larger than 2 MiB.');
    expect(own.files).toEqual([]);
  });
});
