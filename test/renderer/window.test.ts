/**
 * window.test.ts: the window over a bridge that plays: asking, running, deciding, remembering.
 *
 * In:   fixtures
 * Out:  assertions on what a person reads and can do
 * Not:  looks (test/e2e)
 */
// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RendererBridge } from '../../shared/bridge.ts';
import type { CheckEvent, Report } from '../../shared/report.ts';
import { ACCEPT, hostileReport, MANUAL, REFUSE, report, SHA } from './fixtures.ts';
import { ask, openPage } from './page.ts';
import { playBridge, played } from './play.ts';

const over = (done: Report) => (): readonly CheckEvent[] => played(done);

beforeEach(() => {
  window.localStorage.clear();
  vi.stubGlobal('requestAnimationFrame', (run: FrameRequestCallback) => setTimeout(() => run(0)));
});
afterEach(() => vi.unstubAllGlobals());

describe('asking', () => {
  it('says at the field what is wrong, and starts nothing for an empty field', async () => {
    const bridge = playBridge(() => []);
    openPage(bridge);
    await fireEvent.submit(screen.getByRole('search'));
    expect(screen.getByText('Type a domain first.')).toBeTruthy();
    expect(bridge.calls.filter(([name]) => name === 'startCheck')).toEqual([]);
  });

  it('shows the sentence of the engine where the form was refused', async () => {
    openPage(
      playBridge(() => [], {
        startCheck: () =>
          Promise.resolve({ ok: false, problem: { code: 'input', text: 'That is no domain.' } }),
      }),
    );
    await ask('..');
    await waitFor(() => expect(screen.getByText('That is no domain.')).toBeTruthy());
  });

  it('keeps options on this device and sends them, but never into the demo realm', async () => {
    window.localStorage.setItem('mellon.options', JSON.stringify({ requireDnssec: true }));
    const bridge = playBridge(over(report()));
    openPage(bridge);
    await ask();
    await fireEvent.click(screen.getByRole('button', { name: 'Demo realm' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'mordor.example' }));
    await waitFor(() => expect(bridge.calls.filter(([n]) => n === 'startCheck')).toHaveLength(2));
    const forms = bridge.calls.filter(([name]) => name === 'startCheck').map(([, args]) => args[0]);
    expect(forms).toEqual([
      { requireDnssec: true, input: 'shire.example' },
      { input: 'mordor.example', demo: true },
    ]);
  });

  it('survives a damaged memory', () => {
    window.localStorage.setItem('mellon.options', '[1');
    window.localStorage.setItem('mellon.recent', '[{"domain":3},null,{"outcome":"x"}]');
    openPage(playBridge(() => []));
    expect(screen.getByText(/None yet/)).toBeTruthy();
  });
});

describe('a verdict', () => {
  it('is icon, word and sentence, with its reasons, and is told to a screen reader', async () => {
    openPage(playBridge(over(report(ACCEPT))));
    await ask();
    await waitFor(() =>
      expect(screen.getByRole('heading', { level: 1 }).textContent).toContain('Accepted automatically'),
    );
    expect(screen.getByRole('heading', { level: 1 }).textContent).toContain('by DANE');
    expect(screen.getByText(ACCEPT.reasons[0]?.text ?? '')).toBeTruthy();
    expect(screen.getAllByRole('status').some((s) => s.textContent.includes(ACCEPT.sentence))).toBe(true);
    await waitFor(() => expect(document.querySelectorAll('[data-route]')).toHaveLength(5));
    expect(document.querySelector('[data-route=dane]')?.getAttribute('data-state')).toBe('open');
    expect(screen.queryByText('Accept once')).toBeNull();
  });

  it('of an example name that nobody can have leads to the demo realm', async () => {
    const bridge = playBridge(over(report({ ...MANUAL, outcome: 'unreachable', case: null })));
    openPage(bridge);
    await ask();
    await fireEvent.click(await screen.findByRole('button', { name: 'Check it in the demo realm' }));
    await waitFor(() =>
      expect(bridge.calls.filter(([name]) => name === 'startCheck').at(-1)?.[1]).toEqual([
        { input: 'shire.example', demo: true },
      ]),
    );
    await waitFor(() => expect(document.querySelector('[data-outcome=unreachable]')).not.toBeNull());
    expect(screen.queryByRole('button', { name: 'Check it in the demo realm' })).toBeNull();
  });

  it('stays "cancelled" or "crashed" when no verdict came, and says so', async () => {
    openPage(playBridge(() => [{ type: 'stopped', because: { code: 'crashed', detail: 'x' } }]));
    await ask();
    await waitFor(() =>
      expect(screen.getAllByText(/A fault of this program stopped the check/).length).toBeGreaterThan(0),
    );
    expect(document.querySelector('[data-outcome]')).toBeNull();
  });

  it('takes events that overtake the answer with their id', async () => {
    const done = report();
    let hear: Parameters<RendererBridge['onCheckEvent']>[0] = () => undefined;
    const bridge = playBridge(() => [], {
      onCheckEvent: (one) => {
        hear = one;
        return () => undefined;
      },
      startCheck: () => {
        for (const event of played(done)) hear('early', event);
        return Promise.resolve({ ok: true, value: 'early' });
      },
    });
    openPage(bridge);
    await ask();
    await waitFor(() => expect(document.querySelector('[data-outcome=auto-accept]')).not.toBeNull());
  });

  it('ignores events of other checks', async () => {
    let hear: Parameters<RendererBridge['onCheckEvent']>[0] = () => undefined;
    openPage(
      playBridge(() => [], {
        onCheckEvent: (one) => {
          hear = one;
          return () => undefined;
        },
      }),
    );
    await ask();
    await waitFor(() => expect(screen.getByText('Cancel')).toBeTruthy());
    for (const event of played(report())) hear('stranger', event);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(document.querySelector('[data-outcome]')).toBeNull();
  });

  it('shows hostile text as text', async () => {
    openPage(playBridge(over(hostileReport())));
    await ask();
    await waitFor(() => expect(document.querySelector('[data-outcome]')).not.toBeNull(), { timeout: 5000 });
    expect(document.querySelector('main img')).toBeNull();
    expect(document.body.textContent).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0007]/);
    expect(document.body.textContent).toContain('\\u{202e}');
  });
});

describe('the manual step', () => {
  it('leaves by default, and accepts forever only in a step of its own, with the fingerprint', async () => {
    const bridge = playBridge(over(report(MANUAL)), {
      accept: () => Promise.resolve({ ok: false, problem: { code: 'no', text: 'The store is read-only.' } }),
    });
    openPage(bridge);
    await ask();
    await fireEvent.click(await screen.findByText('Leave'));
    expect(screen.getByText(/Nothing was accepted/)).toBeTruthy();
    await fireEvent.click(screen.getByText('Accept forever…'));
    const button = screen.getByRole('button', { name: 'Accept forever' });
    const field = screen.getByLabelText(/Paste the fingerprint/);
    await fireEvent.input(field, { target: { value: '0'.repeat(64) } });
    await waitFor(() => expect((button as HTMLButtonElement).disabled).toBe(true));
    await fireEvent.input(field, { target: { value: SHA.toUpperCase() } });
    await waitFor(() => expect((button as HTMLButtonElement).disabled).toBe(false));
    await fireEvent.click(button);
    await waitFor(() => expect(screen.getByText('The store is read-only.')).toBeTruthy());
    const [form] = bridge.calls.find(([name]) => name === 'accept')?.[1] ?? [];
    expect(form).toEqual({
      check: 'c1',
      certificate: SHA,
      how: 'forever',
      by: 'certificate',
      note: '',
      ends: null,
    });
  });

  it('accepts once a host that was typed by hand, too', async () => {
    const manual = report(MANUAL);
    const targets = manual.targets.map((one) => ({ ...one, delegation: 'manual' as const }));
    const bridge = playBridge(over({ ...manual, targets }));
    openPage(bridge);
    await ask();
    await fireEvent.click(await screen.findByText('Accept once'));
    const [form] = bridge.calls.find(([name]) => name === 'accept')?.[1] ?? [];
    expect(form).toEqual({
      ...{ check: 'c1', certificate: SHA, how: 'once', by: 'certificate' },
      manualToo: true,
    });
  });

  it('is not there where the verdict is a refusal, and the refusal says why', async () => {
    openPage(playBridge(over(report(REFUSE))));
    await ask();
    await waitFor(() => expect(screen.getByText('Why there is no button to accept')).toBeTruthy());
    expect(screen.queryByText(/Accept (once|forever)/)).toBeNull();
  });
});
