/** The window's content policy in a real Chromium: our page lives under it, and everything else breaks against it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CALLS } from '../../shared/bridge.ts';
import { openPageFiles } from '../../electron/page-files.ts';

const program = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(program))('the content policy (needs chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mellon-policy-'));
  let server: Server;
  let browser: Browser;
  let page: Page;
  let origin = '';
  /** A server of somebody else, and what reached it. */
  let stranger: Server;
  let evil = '';
  let reached: string[] = [];

  beforeAll(async () => {
    execFileSync(process.execPath, [join(import.meta.dirname, '../../build/build.mjs'), folder, 'renderer']);
    const files = await openPageFiles(join(folder, 'renderer'));
    server = createServer((request, response) => {
      void files(request.method ?? '', `http://page${request.url ?? ''}`).then(async (file) => {
        response
          .writeHead(file.status, Object.fromEntries(file.headers))
          .end(Buffer.from(await file.arrayBuffer()));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    stranger = createServer((request, response) => {
      reached.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((done) => stranger.listen(0, '127.0.0.1', done));
    evil = `127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    server.close();
    stranger.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    reached = [];
    page = await browser.newPage();
    await page.addInitScript(standInBridge, [...CALLS]);
    await page.goto(`${origin}/index.html`);
    await page.locator('input').first().waitFor();
  });
  afterEach(() => page.close());

  it('lets our own page draw itself without a single violation', async () => {
    expect(await violations(page)).toEqual([]);
    expect(reached).toEqual([]);
  });

  it('would let the stranger be seen, were he reached', async () => {
    await fetch(`http://${evil}/x`);
    expect(reached).toEqual(['/x']);
  });

  it.each<[string, string, () => unknown]>([
    [
      'a script in the markup',
      'script-src-elem',
      () => add('script', (e) => (e.textContent = 'window.broken = true')),
    ],
    [
      'a handler in an attribute',
      'script-src-attr',
      () => add('button', (e) => e.setAttribute('onclick', 'window.broken = true')).click(),
    ],
    [
      'a script from elsewhere',
      'script-src-elem',
      () => add('script', (e) => e.setAttribute('src', 'https://evil.example/x.js')),
    ],
    [
      'text run as code',
      'script-src',
      () => {
        // A timer of its own: what a debugger evaluates may do more than a page.
        // eslint-disable-next-line @typescript-eslint/no-implied-eval
        setTimeout('window.broken = true');
      },
    ],
    [
      'a style in the markup',
      'style-src-elem',
      () => add('style', (e) => (e.textContent = 'body { display: none }')),
    ],
    [
      'an image from elsewhere',
      'img-src',
      () => add('img', (e) => e.setAttribute('src', 'https://evil.example/x.png')),
    ],
    ['a frame', 'frame-src', () => add('iframe', (e) => e.setAttribute('src', 'https://evil.example/'))],
    [
      'a request',
      'connect-src',
      () => {
        fetch('https://evil.example/').catch(() => undefined);
      },
    ],
    [
      'a socket',
      'connect-src',
      () => {
        try {
          new WebSocket('wss://evil.example/');
        } catch {
          /* what we want */
        }
      },
    ],
    [
      'a worker',
      'worker-src',
      () => {
        new Worker(URL.createObjectURL(new Blob(['fetch("https://evil.example/")'])));
      },
    ],
    [
      'an object',
      'object-src',
      () => add('object', (e) => e.setAttribute('data', 'https://evil.example/x.pdf')),
    ],
    [
      'another base address',
      'base-uri',
      () => add('base', (e) => e.setAttribute('href', 'https://evil.example/')),
    ],
    [
      'a form',
      'form-action',
      () => {
        const form = add('form', (e) => e.setAttribute('action', 'https://evil.example/')) as HTMLFormElement;
        form.submit();
      },
    ],
  ])('stops %s', async (_, directive, attempt) => {
    const code = `(() => { ${add.toString()}; (${attempt.toString()})(); })()`;
    await page.evaluate(
      code.replaceAll(
        /(https|wss):\/\/evil\.example/g,
        (_all, scheme) => `${scheme === 'wss' ? 'ws' : 'http'}://${evil}`,
      ),
    );
    await expect.poll(() => violations(page), { timeout: 5000 }).toContain(directive);
    expect(await page.evaluate('"broken" in window')).toBe(false);
    expect(reached).toEqual([]);
  });
});

/** Which directives were violated since the page began. */
function violations(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>('window.violations');
}

/** Runs in the page: makes an element, prepares it and puts it in. */
function add(name: string, prepare: (element: HTMLElement) => unknown): HTMLElement {
  const element = document.createElement(name);
  prepare(element);
  document.body.append(element);
  return element;
}

/** Runs in the page before everything else: a bridge that answers nothing, as the preload would give one, and an ear. */
function standInBridge(calls: readonly string[]): void {
  const seen: string[] = [];
  addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
  const silent = (): Promise<never> => new Promise(() => undefined);
  const mellon = {
    ...Object.fromEntries(calls.map((call) => [call, silent])),
    onCheckEvent: () => () => undefined,
  };
  Object.assign(window, { violations: seen, mellon });
}
