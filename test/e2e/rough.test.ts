/**
 * rough.test.ts: hostile servers, second tabs, reloads and lost connections in a real browser.
 *
 * In:   serve over an engine whose checks are played
 * Out:  assertions
 * Not:  verdicts (realm.test.ts)
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineParts } from '../../electron/engine-parts.ts';
import { engineFrom } from '../../electron/engine.ts';
import { realParts } from '../../electron/engine-parts.ts';
import type { CheckEvent, Report } from '../../shared/report.ts';
import { hostileReport, observations, report } from '../renderer/fixtures.ts';
import { played } from '../renderer/play.ts';
import { hasBrowser, openStage, overflow, unfold, type Stage } from './browser.ts';

/** Characters that must never reach the screen as themselves: controls but line breaks, bidi, zero width. */
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/u;

function playing(): EngineParts {
  return {
    ...realParts('/nonexistent/mellon-store'),
    run: async (request, _world, emit, signal) => {
      const { given } = request;
      const done: Report = given.startsWith('hostile')
        ? hostileReport()
        : { ...report(), observations: observations(2000) };
      if (given.startsWith('slow')) {
        emit({ type: 'started', request, startedAt: done.startedAt });
        emit({ type: 'observed', observation: observations(1)[0] as never });
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => resolve(), { once: true }),
        );
        emit({ type: 'stopped', because: { code: 'cancelled' } });
        return null;
      }
      const events: readonly CheckEvent[] = played(done);
      for (const event of events) emit(event);
      return done;
    },
  };
}

describe.skipIf(!hasBrowser)('the window in rough weather', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage((options) => engineFrom(playing(), options));
  });
  afterAll(() => stage.close());

  it('shows hostile text as text: no markup, no direction changes, no hidden characters, and stays quick', async () => {
    const page = await stage.open({ width: 360 });
    await page.locator('#domain').fill('hostile.example');
    await page.keyboard.press('Enter');
    await page.locator('[data-outcome]').waitFor();
    await unfold(page);
    await page.getByRole('button', { name: /Show the JSON/ }).click();
    const text = (await page.locator('body').textContent()) ?? '';
    expect(text).toContain('<img src=x onerror=');
    expect(HIDDEN.exec(text.replaceAll('\n', ''))).toBeNull();
    expect(await page.locator('main img, main script, main a, main iframe').count()).toBe(0);
    expect(await page.title()).toBe('shire.example: your decision – Mellon');
    expect(await overflow(page)).toBe(0);
    expect(await page.evaluate<number>('document.querySelectorAll("*").length')).toBeLessThan(12_000);
    await page.context().close();
  });

  it('keeps every hop of the way within its column, whatever its name is', async () => {
    const page = await stage.open();
    await page.locator('#domain').fill('hostile.example');
    await page.keyboard.press('Enter');
    await page.locator('#beyond-title').waitFor();
    const wide = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.hop')].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent)`,
    );
    expect(await page.locator('.hop').count()).toBeGreaterThan(5);
    expect(wide).toEqual([]);
    await page.context().close();
  });

  it('draws 2,000 observations that stream in many at a time', async () => {
    const page = await stage.open();
    await page.evaluate(
      `window.drawn = 0;
       new MutationObserver(() => (window.drawn += 1))
         .observe(document.body, { subtree: true, childList: true, characterData: true })`,
    );
    await page.locator('#domain').fill('shire.example');
    await page.keyboard.press('Enter');
    await page.locator('[data-outcome]').waitFor();
    expect(await page.evaluate<number>('window.drawn')).toBeGreaterThan(0);
    // How long a task takes is measured in test/bench; here only that it is not one drawing an observation.
    expect(await page.evaluate<number>('window.drawn')).toBeLessThan(500);
    await page.context().close();
  });

  it('cancels, and says that this is no verdict', async () => {
    const page = await stage.open();
    await page.locator('#domain').fill('slow.example');
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Steps' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page
      .locator('main')
      .getByText(/it is not a verdict/)
      .first()
      .waitFor();
    expect(await page.locator('[data-outcome]').count()).toBe(0);
    await page.context().close();
  });

  it('works in a second tab, and starts clean after a reload in mid-check', async () => {
    const one = await stage.open();
    const two = await one.context().newPage();
    await two.goto(stage.serving.url.split('#')[0] ?? '');
    await one.locator('#domain').fill('slow.example');
    await one.keyboard.press('Enter');
    await one.getByRole('list', { name: 'Steps' }).waitFor();
    await two.locator('#domain').fill('shire.example');
    await two.keyboard.press('Enter');
    await two.locator('[data-outcome]').waitFor();
    expect(await one.locator('[data-outcome]').count()).toBe(0);
    await one.reload();
    await one.getByText('No server at hand?').waitFor();
    await one.locator('#domain').fill('shire.example');
    await one.keyboard.press('Enter');
    await one.locator('[data-outcome]').waitFor();
    await one.context().close();
  });

  it('says when the connection is lost, and comes back by a button', async () => {
    const page = await stage.open();
    await page.evaluate(
      `(() => { const own = WebSocket.prototype.send; WebSocket.prototype.send = function (text) { window.lastSocket = this; return own.call(this, text) } })()`,
    );
    await page.locator('#domain').fill('slow.example');
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Steps' }).waitFor();
    await page.evaluate('window.lastSocket.close()');
    await page.getByRole('alert').getByText('The connection to the program is lost').waitFor();
    await page.getByText('The connection was lost during the check').first().waitFor();
    await page.getByRole('button', { name: 'Connect again' }).click();
    await page.locator('#domain').fill('shire.example');
    await page.locator('form').getByRole('button', { name: 'Check', exact: true }).click();
    await page.locator('[data-outcome]').waitFor();
    await page.context().close();
  });

  it('turns a browser without the session away, and says what to open', async () => {
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    await page.goto(stage.serving.url.split('#')[0] ?? '');
    await page.getByRole('alert').getByText('This page has no session').waitFor();
    await context.close();
  });
});
