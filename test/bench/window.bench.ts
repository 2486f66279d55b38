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
    await step(await stage.open());
    const paints: number[] = [];
    const steps: number[] = [];
    const tasks: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const page = await stage.open();
      paints.push(
        await page.evaluate(
          () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
        ),
      );
      const one = await step(page);
      steps.push(one.firstMs);
      tasks.push(one.longestTaskMs);
      await page.context().close();
    }
    console.log(`in Chromium ${stage.browser.version()}, over serve, ${ROUNDS} rounds`);
    line('  first paint with content', ms(median(paints)), under(median(paints), 1000, 'ms'));
    line('  click to the first step on screen', ms(median(steps)), under(median(steps), 100, 'ms'));
    const task = median(tasks);
    const aim = { text: 'none over 50 ms', met: task <= 50 };
    line('  longest task while results stream in', task === 0 ? 'under 50 ms' : ms(task), aim);
  } finally {
    await stage.close();
  }
}

/** One check of the realm: from the click to the first step, and the longest task until the verdict. */
async function step(page: Page): Promise<{ readonly firstMs: number; readonly longestTaskMs: number }> {
  await page.getByRole('navigation').getByRole('button', { name: 'Demo realm' }).click();
  const button = page.locator('main').getByRole('button', { name: 'shire.example', exact: true });
  await button.waitFor();
  await page.evaluate((firstStep) => {
    const seen = { click: NaN, first: NaN, longest: 0 };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.longest = Math.max(seen.longest, entry.duration);
    }).observe({ type: 'longtask' });
    document.addEventListener('click', () => (seen.click = performance.now()), { capture: true, once: true });
    new MutationObserver(() => {
      if (Number.isNaN(seen.first) && document.querySelector(firstStep) !== null)
        requestAnimationFrame(() => (seen.first = performance.now()));
    }).observe(document.body, { childList: true, subtree: true });
  }, FIRST_STEP);
  await button.click();
  await page.locator('[data-outcome]').waitFor();
  const seen = await page.evaluate(
    () => (window as unknown as { seen: { click: number; first: number; longest: number } }).seen,
  );
  return { firstMs: seen.first - seen.click, longestTaskMs: seen.longest };
}
