/**
 * window.bench.ts: what a person waits for in front of the screen, in Chromium over `serve`.
 *
 * In:   the built page, the demo realm
 * Out:  medians
 * Not:  what the page shows (test/e2e)
 */
import type { Page } from 'playwright-core';
import { hasBrowser, openStage } from '../e2e/browser.ts';
import { line, median, ms, under, when } from './measure.ts';

when();

const ROUNDS = 5;
/** A step on screen: an entry of the list of what is looked at (renderer/Running.svelte). */
const FIRST_STEP = 'section[aria-labelledby="run-title"] li';

if (!hasBrowser) console.log('There is no Chromium here (MELLON_CHROMIUM names one).');
else await measure();

async function measure(): Promise<void> {
  const stage = await openStage();
  try {
    // The realm starts with its first check, which nobody measures.
    await watch(await stage.open());
    const paints: number[] = [];
    const seen: Seen[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const page = await stage.open();
      paints.push(
        await page.evaluate(
          () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
        ),
      );
      seen.push(await watch(page));
      await page.context().close();
    }
    const of = (value: (one: Seen) => number): number => median(seen.map(value));
    const longest = (one: Seen, isIn: (end: number) => boolean): number =>
      Math.max(0, ...one.tasks.filter((task) => isIn(task.end)).map((task) => task.ms));
    console.log(`in Chromium ${stage.browser.version()}, over serve, ${ROUNDS} rounds`);
    line('  first paint with content', ms(median(paints)), under(median(paints), 1000, 'ms'));
    const step = of((one) => one.first - one.click);
    line('  click to the first step on screen', ms(step), under(step, 100, 'ms'));
    line('  click to the verdict on screen', ms(of((one) => one.verdict - one.click)));
    const task = of((one) => longest(one, (end) => end < one.verdict));
    const aim = { text: 'none over 50 ms', met: task <= 50 };
    line('  longest task while results stream in', task === 0 ? 'under 50 ms' : ms(task), aim);
    const drawing = of((one) => longest(one, (end) => end >= one.verdict));
    line('  longest task from the verdict on', drawing === 0 ? 'under 50 ms' : ms(drawing));
  } finally {
    await stage.close();
  }
}

/** Milliseconds on the page's clock; tasks of over 50 ms are told, shorter ones are not. */
type Seen = {
  readonly click: number;
  readonly first: number;
  readonly verdict: number;
  readonly tasks: readonly { readonly end: number; readonly ms: number }[];
};

/** One check of the realm from the click to the whole report on screen. */
async function watch(page: Page): Promise<Seen> {
  await page.getByRole('navigation').getByRole('button', { name: 'Demo realm' }).click();
  const button = page.locator('main').getByRole('button', { name: 'shire.example', exact: true });
  await button.waitFor();
  await page.evaluate((firstStep) => {
    const seen = { click: NaN, first: NaN, verdict: NaN, tasks: [] as { end: number; ms: number }[] };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        seen.tasks.push({ end: entry.startTime + entry.duration, ms: entry.duration });
    }).observe({ type: 'longtask' });
    document.addEventListener('click', () => (seen.click = performance.now()), { capture: true, once: true });
    new MutationObserver(() => {
      if (Number.isNaN(seen.first) && document.querySelector(firstStep) !== null)
        requestAnimationFrame(() => (seen.first = performance.now()));
      if (Number.isNaN(seen.verdict) && document.querySelector('[data-outcome]') !== null)
        seen.verdict = performance.now();
    }).observe(document.body, { childList: true, subtree: true });
  }, FIRST_STEP);
  await button.click();
  await page.locator('[data-outcome]').waitFor();
  // Long tasks are told of when they are over.
  await page.waitForTimeout(300);
  return page.evaluate(() => (window as unknown as { seen: Seen }).seen);
}
