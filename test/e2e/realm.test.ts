/**
 * realm.test.ts: every verdict of the demo realm in a real browser, readable by everybody.
 *
 * In:   serve over the real engine and the demo realm
 * Out:  assertions, screenshots in test-artifacts/
 * Not:  decisions (decide.test.ts), hostile servers and lost connections (rough.test.ts)
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORIES } from '../../electron/demo/realm.ts';
import {
  ARTIFACTS,
  askDemo,
  hasBrowser,
  openStage,
  overflow,
  unfold,
  violations,
  type Stage,
} from './browser.ts';

/** One of each kind, for the looks that are too many for all. */
const KINDS = [
  'shire.example',
  'rivendell.example',
  'tombombadil.example',
  'dolguldur.example',
  'angmar.example',
  'erebor.example',
  'numenor.example',
  'osgiliath.example',
];

describe.skipIf(!hasBrowser)('the demo realm in a browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  it('shows the verdict that each domain teaches, without a violation of WCAG 2.2 AA', async () => {
    const page = await stage.open();
    const wrong: string[] = [];
    for (const story of STORIES) {
      const seen = await askDemo(page, story.domain);
      if (seen.outcome !== story.outcome.split(' ')[0]) wrong.push(`${story.domain}: ${seen.outcome}`);
      for (const v of await violations(page)) wrong.push(`${story.domain}: ${v}`);
    }
    expect(wrong).toEqual([]);
    await page.context().close();
    // 55 checks and as many runs of axe: 50 s alone, several times that on a busy machine of two cores.
  }, 420_000);

  for (const dark of [false, true]) {
    for (const width of [1280, 360]) {
      it(`is whole and readable, ${dark ? 'dark' : 'light'}, ${width} pixels wide, all evidence open`, async () => {
        const page = await stage.open({ dark, width });
        const wrong: string[] = [];
        const look = async (name: string): Promise<void> => {
          for (const v of await violations(page)) wrong.push(`${name}: ${v}`);
          const wide = await overflow(page);
          if (wide > 0) wrong.push(`${name}: ${wide} pixels too wide`);
          await page.screenshot({
            path: join(ARTIFACTS, `${name}-${dark ? 'dark' : 'light'}-${width}.png`),
            fullPage: true,
          });
        };
        await look('start');
        await page.getByRole('button', { name: /^Options/ }).click();
        await look('options');
        await page.getByRole('navigation').getByRole('button', { name: 'Pins' }).click();
        await look('pins');
        for (const domain of KINDS) {
          await askDemo(page, domain);
          await unfold(page);
          await look(domain);
        }
        await page.getByRole('navigation').getByRole('button', { name: 'Demo realm' }).click();
        await look('realm');
        expect(wrong).toEqual([]);
        await page.context().close();
      }, 240_000);
    }
  }

  it('is usable at 200 % zoom', async () => {
    const page = await stage.open({ zoom: 2 });
    await askDemo(page, 'tombombadil.example');
    await unfold(page);
    expect(await overflow(page)).toBe(0);
    await page.context().close();
  });

  it('is usable with the keyboard alone, and the focus is always visible', async () => {
    const page = await stage.open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Skip');
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('domain');
    const faint: string[] = [];
    for (let i = 0; i < 12; i += 1) {
      const style = await page.evaluate<string>(
        `(() => { const e = document.activeElement; const s = getComputedStyle(e); return s.outlineStyle + ' ' + parseFloat(s.outlineWidth) + ' ' + e.tagName })()`,
      );
      if (!/^(solid|auto) [2-9]/.test(style) && !style.endsWith('BODY')) faint.push(style);
      await page.keyboard.press('Tab');
    }
    expect(faint).toEqual([]);
    await page.context().close();
  });

  it('never offends its content policy, and its console stays silent', () => {
    expect(stage.complaints).toEqual([]);
  });
});
