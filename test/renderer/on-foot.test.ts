/**
 * on-foot.test.ts: the window without a mouse: where the focus goes when what it stood on is gone, and the way back.
 *
 * In:   fixtures
 * Out:  assertions on the focus
 * Not:  the order of the focus and its outline (test/e2e)
 */
// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../shared/report.ts';
import { MANUAL, report } from './fixtures.ts';
import { openPage } from './page.ts';
import { playBridge, played } from './play.ts';

function show(done: Report): void {
  openPage(playBridge(() => played(done)));
}

beforeEach(() => {
  window.localStorage.clear();
  vi.stubGlobal('requestAnimationFrame', (run: FrameRequestCallback) => setTimeout(() => run(0)));
  vi.stubGlobal('scrollTo', () => undefined);
});
afterEach(() => vi.unstubAllGlobals());

describe('the focus', () => {
  it('goes to the content when the button that was pressed is gone with its page', async () => {
    show(report(MANUAL));
    const button = screen.getByRole('button', { name: 'Try tombombadil.example' });
    button.focus();
    await fireEvent.click(button);
    await waitFor(() => expect(document.activeElement?.id).toBe('content'));
  });

  it('goes to the content when a check is made again and its button is gone with the verdict', async () => {
    show(report(MANUAL));
    await fireEvent.click(screen.getByRole('button', { name: 'Try tombombadil.example' }));
    const again = await screen.findByRole('button', { name: 'Check again' }, { timeout: 10_000 });
    again.focus();
    expect(document.activeElement).toBe(again);
    await fireEvent.click(again);
    await waitFor(() => expect(document.activeElement?.id).toBe('content'));
  });

  it('comes back by Escape from accepting forever to the button that led there', async () => {
    show(report(MANUAL));
    await fireEvent.click(screen.getByRole('button', { name: 'Try tombombadil.example' }));
    const forever = await screen.findByRole('button', { name: 'Accept forever…' }, { timeout: 10_000 });
    await fireEvent.click(forever);
    const title = screen.getByRole('heading', { name: /^Accept forever for/ });
    await waitFor(() => expect(document.activeElement).toBe(title));
    await fireEvent.keyDown(title, { key: 'Escape' });
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Accept forever…' })),
    );
  });

  it('comes back by Escape from the options to the button that opened them, and they are shut', async () => {
    show(report());
    const options = screen.getByRole('button', { name: /^Options/ });
    await fireEvent.click(options);
    const field = screen.getByLabelText('Host and port by hand (skips discovery)');
    field.focus();
    await fireEvent.keyDown(field, { key: 'Escape' });
    expect(options.getAttribute('aria-expanded')).toBe('false');
    expect(document.activeElement).toBe(options);
  });
});
