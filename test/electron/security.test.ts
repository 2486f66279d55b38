/** Electron's official security list, point by point: https://www.electronjs.org/docs/latest/tutorial/security */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Session, WebContents as RealContents } from 'electron';
import { PAGE_URL } from '../../electron/channels.ts';
import { allowedLink } from '../../electron/links.ts';
import { CONTENT_POLICY, openPageFiles, type PageFiles } from '../../electron/page-files.ts';
import {
  fillField,
  guardContents,
  guardSession,
  openWindow,
  servePage,
  windowOptions,
} from '../../electron/window.ts';
import { callsOf, forget, seen, session, WebContents, type BrowserWindow } from './stand-in.ts';

vi.mock('electron', () => import('./stand-in.ts'));

const root = join(import.meta.dirname, '../..');
const shell = ['main', 'window', 'ipc', 'preload']
  .map((name) => readFileSync(join(root, `electron/${name}.ts`), 'utf8'))
  .join('\n');
const options = windowOptions('/app/preload.cjs', true, { width: 800, height: 600 });
const web = options.webPreferences ?? {};
let folder = '';
let files: PageFiles;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mellon-page-'));
  await mkdir(join(folder, 'renderer/assets'), { recursive: true });
  await writeFile(join(folder, 'renderer/index.html'), '<!doctype html>');
  await writeFile(join(folder, 'renderer/assets/a.js'), 'export {};');
  await writeFile(join(folder, 'renderer/notes.txt'), 'no type is known for this');
  await writeFile(join(folder, 'secret.js'), 'outside');
  files = await openPageFiles(join(folder, 'renderer'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  forget();
  guardSession(session.defaultSession as unknown as Session);
});

describe('the official security list', () => {
  it('1: only content that came with the app is loaded', () => {
    const ask =
      handler<(request: { url: string }, answer: (a: { cancel: boolean }) => void) => void>(
        'onBeforeRequest',
      );
    const cancelled = (url: string): boolean => {
      let cancel = false;
      ask({ url }, (answer) => (cancel = answer.cancel));
      return cancel;
    };
    expect(cancelled(PAGE_URL)).toBe(false);
    expect(cancelled('blob:mellon://app/3f2a')).toBe(false);
    for (const url of [
      'http://evil.example/',
      'https://evil.example/',
      'ws://evil.example/',
      'file:///etc/passwd',
      'mellon://application/',
      'data:text/html,x',
    ]) {
      expect(cancelled(url), url).toBe(true);
    }
  });
  it('2: no Node in the page', () => {
    expect(web).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
    });
  });
  it('3: context isolation', () => {
    expect(web.contextIsolation).toBe(true);
  });
  it('4: the sandbox', () => {
    expect(web.sandbox).toBe(true);
    expect(shell).toContain('app.enableSandbox()');
    expect(shell).not.toContain('no-sandbox');
  });
  it('5: every permission is denied, but copying text out of our own page', () => {
    const request = handler<(c: WebContents, p: string, answer: (yes: boolean) => void) => void>(
      'setPermissionRequestHandler',
    );
    const check = handler<(c: null, p: string, origin: string) => boolean>('setPermissionCheckHandler');
    const asked = (permission: string, url: string): boolean => {
      const contents = new WebContents();
      contents.mainFrame.url = url;
      let allowed = true;
      request(contents, permission, (yes) => (allowed = yes));
      return allowed;
    };
    for (const permission of PERMISSIONS) {
      expect(asked(permission, PAGE_URL), permission).toBe(false);
      expect(check(null, permission, 'mellon://app'), permission).toBe(false);
    }
    expect(asked('clipboard-sanitized-write', PAGE_URL)).toBe(true);
    expect(check(null, 'clipboard-sanitized-write', 'mellon://app/')).toBe(true);
    expect(asked('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
    expect(check(null, 'clipboard-sanitized-write', 'https://evil.example')).toBe(false);
    expect(handler<() => boolean>('setDevicePermissionHandler')()).toBe(false);
    const streams: unknown[] = [];
    handler<(r: null, answer: (s: object) => void) => void>('setDisplayMediaRequestHandler')(null, (s) =>
      streams.push(s),
    );
    expect(streams).toEqual([{}]);
  });
  it('6: web security stays on', () => {
    expect(web.webSecurity).toBe(true);
  });
  it('7: a content-security policy on every answer, without unsafe-* and without a foreign source', async () => {
    for (const url of [PAGE_URL, 'mellon://app/', 'mellon://app/assets/a.js', 'mellon://app/nothing']) {
      expect((await files('GET', url)).headers.get('content-security-policy')).toBe(CONTENT_POLICY);
    }
    expect(CONTENT_POLICY).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(CONTENT_POLICY).not.toMatch(/unsafe|https?:|\*|data:|blob:/);
    for (const name of ['base-uri', 'form-action', 'frame-ancestors', 'connect-src']) {
      expect(CONTENT_POLICY).toContain(`${name} 'none'`);
    }
  });
  it('8: no insecure content', () => {
    expect(web.allowRunningInsecureContent).toBe(false);
  });
  it('9: no experimental features', () => {
    expect(web.experimentalFeatures).toBe(false);
  });
  it('10: no Blink features are switched on', () => {
    expect(web).not.toHaveProperty('enableBlinkFeatures');
    expect(shell).not.toMatch(/enable-blink-features|enable-features|js-flags/i);
  });
  it('11: no webview tag, so none with popups either', () => {
    expect(web.webviewTag).toBe(false);
    expect(shell).not.toContain('allowpopups');
  });
  it('12: no webview is attached', () => {
    expect(prevented('will-attach-webview')).toBe(true);
  });
  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('13: no navigation (%s)', (name) => {
    expect(prevented(name)).toBe(true);
  });
  it('14: no second window', () => {
    const contents = guarded();
    expect(contents.openHandler?.({ url: 'https://www.rfc-editor.org/' })).toEqual({ action: 'deny' });
  });
  it('15: openExternal stands once, behind the list of https origins', () => {
    expect(shell.match(/openExternal/g)).toHaveLength(1);
    expect(shell).toMatch(
      /const allowed = allowedLink\(url\);[\s\S]{0,80}return false;\s+await shell\.openExternal\(allowed\);/,
    );
    expect(allowedLink('https://crl.attacker.example/x')).toBeUndefined();
  });
  it('16: a current Electron', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    // 45 is the supported line of 2026-11; raise this with it.
    expect(Number(/\d+/.exec(manifest.devDependencies['electron'] ?? '')?.[0])).toBeGreaterThanOrEqual(45);
  });
  it('17: the sender of every message is checked, in the one place that registers handlers', () => {
    expect(shell.match(/ipcMain\.handle\(/g)).toHaveLength(1);
    expect(shell).not.toMatch(/ipcMain\.(on|once|handleOnce)\(/);
    // What it refuses: door.test.ts.
    expect(shell).toContain('if (!isOurPage(event, contents())');
  });
  it('18: a scheme of our own, which knows the built files and nothing else', async () => {
    servePage(session.defaultSession as unknown as Session, files);
    const answer = async (url: string, init?: RequestInit): Promise<number> =>
      (await seen.protocols.get('mellon')?.(new Request(url, init)))?.status ?? 0;
    expect([...seen.protocols.keys()]).toEqual(['mellon']);
    expect(shell).not.toMatch(/loadFile|['"`]file:/);
    expect(await answer(PAGE_URL)).toBe(200);
    expect(await answer(`${PAGE_URL}?x=1#ask=a`)).toBe(200);
    expect(await answer('mellon://app/assets/a.js')).toBe(200);
    for (const path of [
      '../secret.js',
      '..%2fsecret.js',
      '%2e%2e/secret.js',
      'assets/..%5c..%5csecret.js',
      'assets/../../secret.js',
      'assets',
      'assets/',
      'notes.txt',
      '/etc/passwd',
      'index.html%00',
    ]) {
      expect(await answer(`mellon://app/${path}`), path).toBe(404);
    }
    expect(await answer('mellon://other/index.html')).toBe(404);
    expect(await answer(PAGE_URL, { method: 'POST' })).toBe(405);
  });
  it('19: fuses', () => {
    // Set and read back on a binary: test/package/fuses.test.ts.
    expect(readdirSync(join(root, 'test/package'))).toContain('fuses.test.ts');
  });
  it('20: the page gets no Electron API', () => {
    const preload = readFileSync(join(root, 'electron/preload.ts'), 'utf8');
    // What it does get: preload.test.ts.
    expect(preload.match(/exposeInMainWorld/g)).toHaveLength(1);
    expect(preload).not.toMatch(/exposeInMainWorld\([^)]*ipcRenderer\s*[,})]/);
  });
});

describe('beyond the list', () => {
  it('a packaged app has no developer tools', () => {
    expect(web.devTools).toBe(false);
    expect(windowOptions('', false, { width: 1, height: 1 }).webPreferences?.devTools).toBe(true);
  });
  it('no spelling dictionary is fetched', () => {
    expect(web.spellcheck).toBe(false);
    expect(callsOf('setSpellCheckerEnabled')).toEqual([[false]]);
  });
  it('nothing is downloaded but what our own page made', () => {
    const download = (url: string): boolean => {
      let stopped = false;
      session.defaultSession.emit(
        'will-download',
        { preventDefault: () => (stopped = true) },
        { getURL: () => url },
      );
      return !stopped;
    };
    expect(download('blob:mellon://app/3f2a')).toBe(true);
    for (const url of [
      'https://evil.example/x.exe',
      'data:text/html,x',
      'blob:https://evil.example/1',
      'file:///x',
    ]) {
      expect(download(url), url).toBe(false);
    }
  });
  it('text for the field travels in the fragment, and can say nothing else', () => {
    const window = openWindow(options, 'a&b#c=d%/?@shire.example') as unknown as BrowserWindow;
    const url = new URL(String(callsOf('loadURL')[0]?.[0]));
    expect(url.href.startsWith(`${PAGE_URL}#`)).toBe(true);
    expect(new URLSearchParams(url.hash.slice(1)).get('ask')).toBe('a&b#c=d%/?@shire.example');
    fillField(window as never, 'x@y.example');
    expect(callsOf('loadURL')[1]).toEqual([`${PAGE_URL}#ask=x%40y.example`]);
    expect(callsOf('focus')).toHaveLength(1);
  });
  it('the window is shown when there is something to see', () => {
    const window = openWindow(options) as unknown as BrowserWindow;
    expect(window.options['show']).toBe(false);
    expect(callsOf('show')).toHaveLength(0);
    window.emit('ready-to-show');
    expect(callsOf('show')).toHaveLength(1);
  });
});

// The caller says which handler it expects: Electron's own types differ for each.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
function handler<T>(name: string): T {
  return seen.sessionHandlers.get(name) as T;
}
function guarded(): WebContents {
  const contents = new WebContents();
  guardContents(contents as unknown as RealContents);
  return contents;
}
function prevented(name: string): boolean {
  let stopped = false;
  guarded().emit(name, { preventDefault: () => (stopped = true) });
  return stopped;
}

const PERMISSIONS = [
  'clipboard-read',
  'geolocation',
  'media',
  'notifications',
  'openExternal',
  'fileSystem',
  'hid',
  'serial',
  'usb',
  'midiSysex',
  'pointerLock',
  'fullscreen',
  'window-management',
  'local-network-access',
  'unknown',
];
