/**
 * what-if.bench.ts: what a person waits for who asks what if, or opens the comparison, in Chromium over `serve`.
 *
 * In:   two domains of the demo realm
 * Out:  medians from the click to the frame that shows the answer
 * Not:  judging alone (clients.bench.ts)
 */
import { askDemo, hasBrowser, openStage } from '../e2e/browser.ts';
import { line, median, ms, under, when } from './measure.ts';

when();

const ROUNDS = 9;

/** In the page: presses what `press` finds, and waits for the frame in which `shown` is there or gone. */
const pressed = (press: string, shown: string, there: boolean): string => `new Promise((done) => {
  const found = () => (document.querySelector('${shown}') !== null) === ${there};
  const start = performance.now();
  const look = new MutationObserver(() => {
    if (!found()) return;
    look.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
  });
  look.observe(document.body, { subtree: true, childList: true, attributes: true });
  [...document.querySelectorAll('${press}')].at(-1).click();
})`;

if (!hasBrowser) console.log('There is no Chromium here (MELLON_CHROMIUM names one).');
else await measure();

async function measure(): Promise<void> {
  const stage = await openStage();
  try {
    const page = await stage.open();
    for (const domain of ['shire.example', 'osgiliath.example']) {
      await askDemo(page, domain);
      await page.getByText('What if?').click();
      await page.getByRole('group', { name: 'As if there were no' }).waitFor();
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const box = '.rules fieldset:nth-of-type(1) input[type=checkbox]';
        times.push(await page.evaluate<number>(pressed(box, '[data-what-if]', true)));
        await page.evaluate<number>(pressed(box, '[data-what-if]', false));
      }
      const took = median(times);
      line(`what if, from the click to the frame: ${domain}`, ms(took), under(took, 50, 'ms'));
      const opened: number[] = [];
      const clients = 'section[aria-labelledby=beyond-title] details:first-of-type > summary';
      for (let round = 0; round < ROUNDS; round++) {
        opened.push(await page.evaluate<number>(pressed(clients, '[data-cell]', true)));
        await page.evaluate<number>(pressed(clients, '[data-cell]', false));
      }
      line(`the comparison, from the click to the frame: ${domain}`, ms(median(opened)));
    }
  } finally {
    await stage.close();
  }
}
