/**
 * ask-again.test.ts: another resolver is asked once, after the person agreed, and only where it could change something.
 *
 * In:   reports with and without doubt about the resolver
 * Out:  assertions
 * Not:  what a resolver that strips leads to (test/trust, test/e2e)
 */
// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../shared/report.ts';
import { resolverDoubt } from '../../shared/resolver-doubt.ts';
import { ACCEPT, MANUAL, REFUSE, report } from './fixtures.ts';
import { openPage } from './page.ts';
import { playBridge, played } from './play.ts';

const PRESET = { url: 'tls://dns.quad9.net#9.9.9.9', name: 'Quad9', source: 'https://quad9.net/' };
const STRIPPED: Report = {
  ...report(MANUAL),
  resolver: { urls: ['udp://192.0.2.53'], dnssecData: 'stripped', anchor: null },
};

async function check(done: Report): Promise<ReturnType<typeof playBridge>> {
  const bridge = playBridge(() => played(done), {
    about: () => Promise.resolve({ version: '0', runtime: 'test', face: 'window', presets: [PRESET] }),
  });
  openPage(bridge, null);
  await fireEvent.input(screen.getByLabelText('Domain or XMPP address'), {
    target: { value: 'shire.example' },
  });
  await fireEvent.click(screen.getByRole('button', { name: 'Check', description: '', current: false }));
  await waitFor(() => expect(document.querySelector('[data-outcome]')).not.toBeNull());
  return bridge;
}
const forms = (bridge: Awaited<ReturnType<typeof check>>): readonly unknown[] =>
  bridge.calls.filter(([name]) => name === 'startCheck').map(([, args]) => args[0]);

describe('a doubt about the resolver', () => {
  it('is there where no signatures came, or where what must be answered was not', () => {
    const unanswered = { ...REFUSE, reasons: [{ code: 'tlsa-unanswered', text: '', ref: '' }] };
    expect(resolverDoubt(STRIPPED)).toBe('stripped');
    expect(resolverDoubt(report(unanswered))).toBe('unanswered');
    for (const verdict of [ACCEPT, MANUAL, REFUSE]) expect(resolverDoubt(report(verdict))).toBeNull();
  });
});

describe('asking again', () => {
  it('asks nobody before the person has read who will see it and agreed, and then once', async () => {
    const bridge = await check(STRIPPED);
    await fireEvent.click(screen.getByRole('button', { name: /^Ask again through/ }));
    expect(screen.getByText(/Quad9 will then see .*shire\.example/)).toBeTruthy();
    expect(forms(bridge)).toEqual([{ input: 'shire.example' }]);
    await fireEvent.click(screen.getByRole('button', { name: 'Ask Quad9 once' }));
    await waitFor(() => expect(forms(bridge)).toHaveLength(2));
    await waitFor(() => expect(document.querySelector('[data-outcome]')).not.toBeNull());
    await fireEvent.click(screen.getByRole('button', { name: 'Check again' }));
    await waitFor(() => expect(forms(bridge)).toHaveLength(3));
    expect(forms(bridge).slice(1)).toEqual([
      { input: 'shire.example', resolvers: [PRESET.url] },
      { input: 'shire.example' },
    ]);
  });

  it('is not offered where another resolver would change nothing', async () => {
    await check(report(ACCEPT));
    expect(screen.queryByRole('button', { name: /^Ask again through/ })).toBeNull();
  });
});
