/**
 * browser.ts: a real Chromium before a real `serve`, for the end-to-end tests.
 *
 * In:   an engine to serve, or none for the real one over a folder of its own
 * Out:  Stage: pages in every scheme and width, axe, screenshots
 * Not:  assertions
 */
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { build } from 'vite';
import { engineFrom } from '../../electron/engine.ts';
import { realParts } from '../../electron/engine-parts.ts';
import { serve, type ServeOptions, type Serving } from '../../electron/serve.ts';

const root = new URL('../..', import.meta.url).pathname;
const CHROMIUM = process.env['MELLON_CHROMIUM'] ?? '/usr/bin/chromium';
/** Skipped only where there is no Chromium and nobody requires one. */
export const hasBrowser = existsSync(CHROMIUM) || process.env['MELLON_REQUIRE_PEERS'] === '1';
export const ARTIFACTS = join(root, 'test-artifacts');

export type Stage = {
  readonly serving: Serving;
  readonly browser: Browser;
  /** What the terminal was asked, and what it says next. */
  readonly terminal: { readonly asked: string[]; answer: boolean | null };
  /** Messages of the pages' consoles that are errors or warnings. */
  readonly complaints: string[];
  open(look?: { readonly dark?: boolean; readonly width?: number; readonly zoom?: number }): Promise<Page>;
  close(): Promise<void>;
};

/** Builds the page, serves it, and starts the browser. */
export async function openStage(engine?: ServeOptions['engine']): Promise<Stage> {
  const home = await mkdtemp(join(tmpdir(), 'mellon-e2e-'));
  const folder = join(home, 'renderer');
  await build({
    configFile: join(root, 'build/vite.renderer.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  const terminal: Stage['terminal'] = { asked: [], answer: true };
  const serving = await serve({
    folder,
    confirm: (action) => {
      terminal.asked.push(action);
      return Promise.resolve(terminal.answer);
    },
    engine: engine ?? ((options) => engineFrom(realParts(join(home, 'store')), options)),
  });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  mkdirSync(ARTIFACTS, { recursive: true });
  const complaints: string[] = [];
  let cookies: Awaited<ReturnType<BrowserContext['cookies']>> | null = null;

  return {
    serving,
    browser,
    terminal,
    complaints,
    async open({ dark = false, width = 1280, zoom = 1 } = {}) {
      // The token works once: later windows come with the first one's cookie, as a second tab does.
      const context = await browser.newContext({
        colorScheme: dark ? 'dark' : 'light',
        viewport: { width: Math.round(width / zoom), height: Math.round(900 / zoom) },
        deviceScaleFactor: zoom,
        reducedMotion: 'reduce',
      });
      await context.addCookies(cookies ?? []);
      const page = await context.newPage();
      page.on('console', (m) => {
        if (m.type() === 'error' || m.type() === 'warning') complaints.push(m.text());
      });
      page.on('pageerror', (fault) => complaints.push(String(fault)));
      await page.goto(cookies === null ? serving.url : (serving.url.split('#')[0] ?? ''));
      await page.getByRole('contentinfo').getByText('Mellon').waitFor();
      cookies ??= await context.cookies();
      return page;
    },
    async close() {
      await browser.close();
      await serving.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Goes to a domain of the demo realm and waits for its verdict. */
export async function askDemo(page: Page, domain: string): Promise<{ outcome: string; case: string | null }> {
  await page.getByRole('navigation').getByRole('button', { name: 'Demo realm' }).click();
  await page.locator('main').getByRole('button', { name: domain, exact: true }).click();
  const verdict = page.locator('[data-outcome]');
  await verdict.waitFor();
  return {
    outcome: (await verdict.getAttribute('data-outcome')) ?? '',
    case: await verdict.getAttribute('data-case'),
  };
}

/** Opens every foldable part of the page, once the last of them is drawn. */
export async function unfold(page: Page): Promise<void> {
  await page.locator('#beyond-title').waitFor();
  await page.evaluate(
    `for (const s of document.querySelectorAll('details:not([open]) > summary')) s.click()`,
  );
}

let axe: string | null = null;
/** What axe finds against WCAG 2.2 A and AA, one line a violation. */
export async function violations(page: Page): Promise<readonly string[]> {
  axe ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  return page.evaluate<string[]>(`axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? '')).join(' | ')))`);
}

/** Pixels by which the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
