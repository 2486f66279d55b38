/**
 * sign-in.test.ts: the panel for signing in: when it is there, what it sends, what it shows, and that it keeps no password.
 *
 * In:   fixtures, a bridge that plays
 * Out:  assertions on what a person reads and can do
 * Not:  signing in (test/account)
 */
// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RendererBridge } from '../../shared/bridge.ts';
import { signInScreen as text } from '../../shared/phrases/sign-in-steps.ts';
import type { SignInResult } from '../../shared/sign-in.ts';
import { ACCEPT, MANUAL, REFUSE, report } from './fixtures.ts';
import { openReport } from './page.ts';
import { played } from './play.ts';

const SECRET = 'speak friend and enter';
const RESULT: SignInResult = {
  outcome: 'signed-in',
  code: 'signed-in',
  sentence: 'Signed in as bilbo@shire.example/x.',
  steps: [],
  jid: 'bilbo@shire.example/x',
  mechanism: 'SCRAM-SHA-256',
  channelBinding: null,
  roundTripMs: 1,
  noticed: [{ id: 'dane', answer: 'yes', text: 'DANE would have noticed.', ref: 'RFC 7673' }],
};

const panel = (): Element | null => document.querySelector('[data-panel="sign-in"]');

beforeEach(() => {
  window.localStorage.clear();
  vi.stubGlobal('requestAnimationFrame', (run: FrameRequestCallback) => setTimeout(() => run(0)));
});
afterEach(() => vi.unstubAllGlobals());

describe('the panel', () => {
  it('is there after "auto-accept", and not otherwise', async () => {
    await openReport(report(ACCEPT));
    expect(panel()).not.toBeNull();
  });
  it.each([MANUAL, REFUSE])('is not there after %j', async (verdict) => {
    await openReport(report(verdict));
    expect(panel()).toBeNull();
  });

  it('sends the password once, keeps it nowhere, and shows steps, result and answers', async () => {
    let hear: Parameters<RendererBridge['onCheckEvent']>[0] = () => undefined;
    const forms: unknown[] = [];
    let finish: () => void = () => undefined;
    await openReport(report(ACCEPT), {
      signIn: (form) => {
        forms.push(form);
        return new Promise((resolve) => (finish = () => resolve({ ok: true, value: RESULT })));
      },
      onCheckEvent: (one) => {
        const before = hear;
        hear = (id, event) => {
          before(id, event);
          one(id, event);
        };
        for (const event of played(report(ACCEPT))) setTimeout(() => one('c1', event));
        return () => undefined;
      },
    });
    await waitFor(() => expect(panel()).not.toBeNull());
    await fireEvent.input(screen.getByLabelText(text.account), { target: { value: 'bilbo@shire.example' } });
    const field = screen.getByLabelText<HTMLInputElement>(text.password);
    expect(field.type).toBe('password');
    await fireEvent.input(field, { target: { value: SECRET } });
    await fireEvent.click(screen.getByRole('button', { name: text.submit }));
    expect(forms).toEqual([
      { check: 'c1', account: 'bilbo@shire.example', password: SECRET, allowPlain: false },
    ]);
    await waitFor(() => expect(field.value).toBe(''));
    const step = { id: 'proof', ok: true, text: 'The server proved it.', start: 1, end: 2 };
    hear('c1', { type: 'sign-in', event: { type: 'step', step } });
    await waitFor(() => expect(screen.getByText('The server proved it.')).toBeTruthy());
    finish();
    await waitFor(() => expect(screen.getByText(RESULT.sentence)).toBeTruthy());
    expect(screen.getByText('DANE would have noticed.')).toBeTruthy();
    expect(document.documentElement.outerHTML).not.toContain(SECRET);
    expect(JSON.stringify(Object.entries(window.localStorage))).not.toContain(SECRET);
  });
});
