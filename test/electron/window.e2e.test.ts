/** The real Electron, wherever its binary and a display are: does the window open, locked down, and answer? */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLS, type RendererBridge } from '../../shared/bridge.ts';
import { CONTENT_POLICY } from '../../electron/page-files.ts';

const root = join(import.meta.dirname, '../..');
const package_ = join(root, 'node_modules/electron');
const isInstalled = existsSync(join(package_, 'path.txt'));
const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

/** What the page's own world has, for functions that run there. */
type PageWorld = { readonly mellon: RendererBridge; readonly require?: unknown; readonly process?: unknown };

describe.skipIf(!isInstalled || !hasDisplay || isRoot || !existsSync(join(root, 'dist/main.js')))(
  'the window in Electron (needs its binary, a display, and a user who is not root)',
  () => {
    let app: ElectronApplication;
    let page: Page;
    const home = mkdtempSync(join(tmpdir(), 'mellon-electron-'));

    beforeAll(async () => {
      app = await _electron.launch({
        executablePath: join(package_, 'dist', readFileSync(join(package_, 'path.txt'), 'utf8')),
        args: [root, `--user-data-dir=${home}`],
        env: { ...process.env, XDG_CONFIG_HOME: home },
      });
      page = await app.firstWindow();
      await page.waitForLoadState();
    }, 60_000);
    afterAll(async () => {
      await app.close();
      rmSync(home, { recursive: true, force: true });
    });

    it('shows its own page under its own scheme, with the content policy', async () => {
      expect(page.url()).toBe('mellon://app/index.html');
      const blocked = await page.evaluate(async () => {
        const script = document.createElement('script');
        script.textContent = 'window.injected = true';
        document.head.append(script);
        const fetched = await fetch('https://evil.example/').then(
          () => true,
          () => false,
        );
        return { injected: 'injected' in window, fetched };
      });
      expect(blocked).toEqual({ injected: false, fetched: false });
      expect(CONTENT_POLICY).toContain("script-src 'self'");
    });
    it('gives the page the contract and nothing of Node or Electron', async () => {
      const world = await page.evaluate(() => {
        const here = window as unknown as PageWorld;
        return {
          calls: Object.keys(here.mellon),
          require: typeof here.require,
          process: typeof here.process,
        };
      });
      expect(world.calls.sort()).toEqual([...CALLS, 'onCheckEvent'].sort());
      expect(world).toMatchObject({ require: 'undefined', process: 'undefined' });
    });
    it('answers over the preload, and runs a check of the demo realm to its verdict', async () => {
      const outcome = await page.evaluate(
        () =>
          new Promise((resolve, reject) => {
            const { mellon } = window as unknown as PageWorld;
            mellon.onCheckEvent((_, event) => {
              if (event.type === 'finished') resolve(event.report.verdict.outcome);
              if (event.type === 'stopped') reject(new Error(event.because.code));
            });
            void mellon.startCheck({ input: 'shire.example', demo: true });
          }),
      );
      expect(outcome).toBe('auto-accept');
    });
    it('opens no second window and goes nowhere', async () => {
      await page.evaluate(() => {
        window.open('https://evil.example/');
        location.href = 'https://evil.example/';
      });
      expect(page.url()).toBe('mellon://app/index.html');
      expect(app.windows()).toHaveLength(1);
    });
  },
);
