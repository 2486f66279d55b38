/**
 * compare.test.ts: other programs and other rules, in a real browser.
 *
 * In:   serve over the real engine and the demo realm
 * Out:  assertions, screenshots in test-artifacts/
 * Not:  how each program decides (test/trust/clients.test.ts), judging again (test/demo/realm.test.ts)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARTIFACTS, askDemo, hasBrowser, openStage, overflow, violations, type Stage } from './browser.ts';

describe.skipIf(!hasBrowser)('beyond the verdict', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  async function openClients(page: Page, domain: string): Promise<void> {
    await askDemo(page, domain);
    await page.getByText('How other programs would decide').click();
    await page.locator('[data-cell]').first().waitFor();
  }

  for (const dark of [false, true]) {
    for (const width of [1200, 390, 360]) {
      it(`is whole and readable, ${dark ? 'dark' : 'light'}, ${width} pixels wide`, async () => {
        const page = await stage.open({ dark, width });
        const wrong: string[] = [];
        for (const domain of ['bree.example', 'osgiliath.example']) {
          await openClients(page, domain);
          await page.locator('[data-cell]').first().click();
          await page.getByText('What if?').click();
          await page.getByLabel('DNSSEC', { exact: true }).last().check();
          await page.getByLabel(/^Judge as of/).fill('2031-01-01T00:00:00');
          await page.getByLabel(/^Judge as of/).press('Tab');
          await page.locator('[data-what-if]').waitFor();
          for (const v of await violations(page)) wrong.push(`${domain}: ${v}`);
          const wide = await overflow(page);
          if (wide > 0) wrong.push(`${domain}: ${wide} pixels too wide`);
          await page.screenshot({
            path: join(ARTIFACTS, `compare-${domain}-${dark ? 'dark' : 'light'}-${width}.png`),
            fullPage: true,
          });
        }
        expect(wrong).toEqual([]);
        await page.context().close();
      }, 120_000);
    }
  }

  it('shows who goes on silently, and says why on demand', async () => {
    const page = await stage.open();
    await openClients(page, 'bree.example');
    const said = '1 of 23 programs would go on silently where Mellon does not accept.';
    // The panel and the table say the same number.
    await page.locator('[data-panel=decide]').getByText(said).waitFor();
    await page.getByText(said, { exact: true }).waitFor();
    const accepting = page.locator('[data-cell=accepts]');
    expect(await accepting.count()).toBe(1);
    await accepting.click();
    await page.getByText('it does not compare the name').waitFor();
    await page.getByText('The ways part at the name.').waitFor();
    await page.getByLabel('Only those that decide otherwise than Mellon').check();
    await page.getByText('17 of 23 programs').waitFor();
    await page.getByLabel('Find a program').fill('conversations');
    await page.getByText('2 of 23 programs').waitFor();
    await page.getByLabel('Find a program').fill('no such program');
    await page.getByText('No program fits').waitFor();
    await page.context().close();
  });

  it('is a grid that Tab enters once and arrow keys walk', async () => {
    const page = await stage.open();
    await openClients(page, 'osgiliath.example');
    expect(await page.locator('[data-cell][tabindex="0"]').count()).toBe(1);
    await page.locator('[data-cell][tabindex="0"]').focus();
    const where = (): Promise<string> =>
      page.evaluate(
        `(() => { const td = document.activeElement.closest('td'); return [...document.querySelectorAll('th[scope=row]')].indexOf(td.parentElement.firstElementChild) + ' ' + td.cellIndex })()`,
      );
    expect(await where()).toBe('0 1');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await where()).toBe('1 2');
    await page.keyboard.press('Home');
    expect(await where()).toBe('1 1');
    await page.keyboard.press('Enter');
    expect(await page.locator('[aria-expanded=true][data-cell]').count()).toBe(1);
    await page.keyboard.press('Enter');
    expect(await page.locator('[aria-expanded=true][data-cell]').count()).toBe(0);
    await page.context().close();
  });

  it('counts a person’s own profile, keeps it only when asked, and says what is wrong with a bad one', async () => {
    const page = await stage.open();
    await openClients(page, 'bree.example');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the shipped profiles' }).click(),
    ]);
    const shipped = JSON.parse(readFileSync(await download.path(), 'utf8')) as { profiles: { id: string }[] };
    expect(shipped.profiles.length).toBe(28);
    const folder = await mkdtemp(join(tmpdir(), 'mellon-profiles-'));
    const own = join(folder, 'own.json');
    writeFileSync(
      own,
      JSON.stringify({ ...shipped, profiles: [{ ...shipped.profiles[0], id: 'mine', name: 'Palantir 1' }] }),
    );
    await page.getByLabel(/^Open a file of profiles/).setInputFiles(own);
    await page.getByText('Palantir 1').first().waitFor();
    await page.getByText('24 of 24 programs').waitFor();
    expect(await page.evaluate('localStorage.getItem("mellon.profiles")')).toBeNull();
    await page.getByLabel('Keep my files on this device').check();
    await page.reload();
    await openClients(page, 'bree.example');
    await page.getByText('Palantir 1').first().waitFor();
    const bad = join(folder, 'bad.json');
    writeFileSync(bad, JSON.stringify({ ...shipped, profiles: [{ ...shipped.profiles[0], role: 'both' }] }));
    await page.getByLabel(/^Open a file of profiles/).setInputFiles(bad);
    await page.getByText('profiles.0.role').waitFor();
    await page.getByRole('button', { name: 'Remove bad.json' }).click();
    await page.getByText('24 of 24 programs').waitFor();
    await page.getByRole('button', { name: 'Remove own.json' }).click();
    await page.getByText('23 of 23 programs').waitFor();
    expect(await page.evaluate('localStorage.getItem("mellon.profiles")')).toBeNull();
    await page.context().close();
  });

  it('judges what was seen under other rules, and back', async () => {
    const page = await stage.open();
    await askDemo(page, 'shire.example');
    await page.getByText('What if?').click();
    await page.getByText('Change a rule to see what it decides.').waitFor();
    const without = page.getByRole('group', { name: 'As if there were no' });
    await without.getByLabel('DANE').check();
    const then = page.locator('[data-what-if]');
    await then.waitFor();
    expect(await then.getAttribute('data-what-if')).toBe('manual');
    await page.getByText('One thing would change').or(page.getByText('things would change')).waitFor();
    await page.getByRole('button', { name: 'As it was' }).click();
    await page.getByText('Change a rule to see what it decides.').waitFor();
    await page.getByLabel('Consult my pins').last().uncheck();
    await page.getByText('Nothing would change.').waitFor();
    await page.context().close();
  });

  it('never offends its content policy, and its console stays silent', () => {
    expect(stage.complaints).toEqual([]);
  });
});
