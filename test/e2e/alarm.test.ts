/**
 * alarm.test.ts: the alarms of pins and resolvers, tried in a real browser against the demo realm.
 *
 * In:   serve over the real engine and the demo realm
 * Out:  assertions
 * Not:  the first decision (decide.test.ts), the verdicts (realm.test.ts)
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askDemo, hasBrowser, openStage, overflow, violations, type Stage } from './browser.ts';

const NARROW = 360;

describe.skipIf(!hasBrowser)('alarms in a browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  it('a pinned server with a new key is refused, found by checking all, and replaced in one step', async () => {
    const page = await stage.open({ width: NARROW });
    const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
    const fine = async (): Promise<void> => {
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    };
    await askDemo(page, 'tombombadil.example');
    await button('Accept forever…').click();
    await button('Accept forever').click();
    await page.locator('[data-outcome=auto-accept]').waitFor();
    await button('Change it and check again').click();
    const panel = page.locator('[data-panel=replace]');
    await panel.waitFor();
    await fine();
    expect(await button('Replace the old one').isDisabled()).toBe(true);

    await page.getByRole('navigation').getByRole('button', { name: 'Pins' }).click();
    await button('Check the 1 domain').click();
    await page.locator('[data-panel=recheck]').getByText('1 checked; 1 needs a look.').waitFor();
    await fine();

    await page.getByRole('navigation').getByRole('button', { name: 'Check' }).click();
    const served = (await panel.locator('bdi.large').textContent()) ?? '';
    await panel.getByRole('textbox').fill(served);
    stage.terminal.asked.length = 0;
    await button('Replace the old one').click();
    await page.locator('[data-outcome=auto-accept]').waitFor();
    expect(stage.terminal.asked).toHaveLength(1);
    await page.context().close();
  }, 60_000);

  it('a resolver that strips signatures is shown, and another is asked once, after agreeing', async () => {
    const page = await stage.open({ width: NARROW });
    await askDemo(page, 'stripped.example');
    await page.getByRole('button', { name: 'Test my resolver' }).click();
    await page.getByText('strips DNSSEC data').first().waitFor();
    await page.getByRole('button', { name: /^Ask again through/ }).click();
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    await page.getByRole('button', { name: /^Ask .* once$/ }).click();
    await page.locator('[data-outcome]').waitFor();
    await page.getByRole('button', { name: /^Ask again through/ }).waitFor({ state: 'detached' });
    await page.context().close();
  }, 30_000);

  it('its console stays silent', () => {
    expect(stage.complaints).toEqual([]);
  });
});
