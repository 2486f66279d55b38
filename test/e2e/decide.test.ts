/**
 * decide.test.ts: the manual step in a real browser, and the pins that come of it.
 *
 * In:   serve over the real engine and the demo realm, a terminal that answers as told
 * Out:  assertions
 * Not:  what may be accepted (test/electron), the rules (test/trust)
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askDemo, hasBrowser, openStage, violations, type Stage } from './browser.ts';

async function fingerprint(page: Page): Promise<string> {
  const text = await page
    .locator('form bdi')
    .filter({ hasText: /^[0-9a-f\s]{64,}$/ })
    .first()
    .textContent();
  return (text ?? '').replaceAll(/\s/g, '');
}

describe.skipIf(!hasBrowser)('deciding in a browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  it('offers no way to accept what is refused', async () => {
    const page = await stage.open();
    await askDemo(page, 'dolguldur.example');
    expect(await page.locator('[data-panel=refused]').count()).toBe(1);
    expect(await page.getByRole('button', { name: /Accept/ }).count()).toBe(0);
    await page.context().close();
  });

  it('changes nothing when the terminal says no, and says so', async () => {
    const page = await stage.open();
    stage.terminal.answer = false;
    await askDemo(page, 'isengard.example');
    await page.getByRole('button', { name: 'Accept once' }).click();
    await page.getByRole('alert').getByText('Not confirmed in the terminal').waitFor();
    expect(stage.terminal.asked.at(-1)).toContain('isengard.example');
    stage.terminal.answer = null;
    await page.getByRole('button', { name: 'Accept once' }).click();
    await page.getByRole('alert').getByText('there is none').waitFor();
    stage.terminal.answer = true;
    await page.context().close();
  });

  it('accepts forever after the fingerprint was compared, accepts by pin afterwards, and revokes with undo', async () => {
    const page = await stage.open();
    await askDemo(page, 'tombombadil.example');
    await page.getByRole('button', { name: 'Accept forever…' }).click();
    const wanted = await fingerprint(page);
    const field = page.getByLabel(/Paste the fingerprint/);
    await field.fill('00'.repeat(32));
    await page.getByText('It is NOT the same').waitFor();
    const button = page.getByRole('button', { name: 'Accept forever', exact: true });
    expect(await button.isDisabled()).toBe(true);
    await field.fill((wanted.match(/../g) ?? []).join(':').toUpperCase());
    await page.getByText('It is the same').waitFor();
    await page.getByLabel(/^Note/).fill('asked at the inn');
    expect(await violations(page)).toEqual([]);
    await button.click();
    await page.locator('[data-outcome=auto-accept]').waitFor();
    expect(await page.locator('h1').textContent()).toContain('by Pin');
    expect(stage.terminal.asked.at(-1)).toContain(wanted);

    await page.getByRole('navigation').getByRole('button', { name: 'Pins' }).click();
    await page.getByText('asked at the inn').waitFor();
    await page.getByRole('button', { name: /Revoke the pin of tombombadil/ }).click();
    await page.getByText('is revoked').waitFor();
    expect((await askDemo(page, 'tombombadil.example')).outcome).toBe('manual');
    await page.getByRole('navigation').getByRole('button', { name: 'Pins' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/, live/).waitFor();
    expect((await askDemo(page, 'tombombadil.example')).outcome).toBe('auto-accept');
    await page.context().close();
  });

  it('saves a report that opens again, judged again, with nothing to accept', async () => {
    const page = await stage.open();
    await askDemo(page, 'bree.example');
    await page.getByText('Raw report').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the report' }).click(),
    ]);
    const path = await download.path();
    await page.reload();
    await page.getByLabel('Open a saved report').setInputFiles(path);
    const verdict = page.locator('[data-outcome]');
    await verdict.waitFor();
    expect(await verdict.getAttribute('data-outcome')).toBe('manual');
    expect(await verdict.textContent()).toContain('As recorded on');
    expect(await page.getByRole('button', { name: /Accept/ }).count()).toBe(0);
    await page.context().close();
  });
});
