/**
 * window.ts: the only window, and everything it may not do.
 *
 * In:   the preload's path, whether the app is packaged, the page's files
 * Out:  openWindow, guardContents, guardSession, servePage, windowOptions
 * Not:  when it opens (main.ts), what it asks (ipc.ts)
 *
 * The numbers [n] are the points of Electron's official security list; test/electron names a test for each.
 */
import {
  BrowserWindow,
  Menu,
  nativeTheme,
  type BrowserWindowConstructorOptions,
  type Session,
  type WebContents,
} from 'electron';
import { PAGE_ORIGIN, PAGE_SCHEME, PAGE_URL } from './channels.ts';
import type { PageFiles } from './page-files.ts';

export type Bounds = {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
};

/** Every setting that the list asks for is written out, defaults too: a default may change, a written line does not. */
export function windowOptions(
  preload: string,
  packaged: boolean,
  bounds: Bounds,
): BrowserWindowConstructorOptions {
  return {
    ...bounds,
    // WCAG 1.4.10: content reflows down to 320 CSS pixels.
    minWidth: 340,
    minHeight: 400,
    title: 'Mellon',
    show: false,
    // The two grounds of renderer/style.css, so that nothing flashes before the first paint.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0e1518' : '#e6eae8',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      nodeIntegration: false, // [2]
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      contextIsolation: true, // [3]
      sandbox: true, // [4]
      webSecurity: true, // [6]
      allowRunningInsecureContent: false, // [8]
      experimentalFeatures: false, // [9]
      webviewTag: false, // [11]
      navigateOnDragDrop: false,
      safeDialogs: true,
      // Its dictionaries come from a server of Chromium's makers.
      spellcheck: false,
      webgl: false,
      plugins: false,
      devTools: !packaged,
    },
  };
}

/** Opens the page, with `ask` filled into its field. Nothing is checked until the person says so. */
export function openWindow(options: BrowserWindowConstructorOptions, ask?: string): BrowserWindow {
  const window = new BrowserWindow(options);
  window.once('ready-to-show', () => window.show());
  void window.loadURL(addressOf(ask));
  return window;
}

/** Fills text into the field of the page that is already open: a change of the fragment alone loads nothing anew. */
export function fillField(window: BrowserWindow, ask: string): void {
  void window.loadURL(addressOf(ask));
  if (window.isMinimized()) window.restore();
  window.focus();
}

function addressOf(ask: string | undefined): string {
  return ask === undefined ? PAGE_URL : `${PAGE_URL}#ask=${encodeURIComponent(ask)}`;
}

/** For every contents that ever comes to be, ours included: no going elsewhere, no second window, no guest page. */
export function guardContents(contents: WebContents): void {
  // [13] Also for frames and redirects. Our own page never navigates; what the main process loads raises no such event.
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  // [14]
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  // [12]
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** Permissions, devices, downloads and requests of the page's session. */
export function guardSession(session: Session): void {
  // [5] One exception: copying text (a certificate, a record to publish) out of our own page.
  session.setPermissionRequestHandler((contents, permission, answer) => {
    answer(permission === 'clipboard-sanitized-write' && contents.getURL().startsWith(`${PAGE_ORIGIN}/`));
  });
  session.setPermissionCheckHandler(
    (_, permission, origin) =>
      permission === 'clipboard-sanitized-write' && origin.replace(/\/$/, '') === PAGE_ORIGIN,
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_, answer) => answer({}));
  session.setSpellCheckerEnabled(false);
  // [1] The page and what it makes itself (a report to save); no other address, secure or not.
  session.webRequest.onBeforeRequest((request, answer) => answer({ cancel: !isOurs(request.url) }));
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${PAGE_ORIGIN}/`)) event.preventDefault();
  });
}

function isOurs(url: string): boolean {
  return [`${PAGE_ORIGIN}/`, `blob:${PAGE_ORIGIN}/`, 'devtools://'].some((start) => url.startsWith(start));
}

/** [18] The page comes over a scheme of our own, which knows the built files and nothing else. */
export function servePage(session: Session, files: PageFiles): void {
  session.protocol.handle(PAGE_SCHEME, (request) => {
    const ours = request.url.startsWith(`${PAGE_ORIGIN}/`);
    return ours ? files(request.method, request.url) : new Response(null, { status: 404 });
  });
}

/** Editing and zoom as people know them from their system; nothing that opens tools in a packaged app. */
export function setMenu(packaged: boolean): void {
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : [{ role: 'fileMenu' as const }]),
      { role: 'editMenu' },
      {
        label: '&View',
        submenu: [
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { type: 'separator' },
          { role: 'togglefullscreen' },
          ...(packaged ? [] : [{ role: 'toggleDevTools' as const }]),
        ],
      },
      { role: 'windowMenu' },
    ]),
  );
}
