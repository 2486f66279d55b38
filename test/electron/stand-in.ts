/**
 * stand-in.ts: takes Electron's place in tests: every option and handler that our code hands over is kept to be looked at.
 *
 * In:   nothing; loaded instead of `electron` by vitest, or by Node's loader (packed-main.test.ts)
 * Out:  the parts of Electron's API that the app uses, and `seen`
 * Not:  doing anything on the screen
 */
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Handler = (...args: never[]) => unknown;

/** What the app did, in order, and the handlers it left. */
export const seen = {
  calls: [] as { readonly what: string; readonly args: readonly unknown[] }[],
  ipc: new Map<string, Handler>(),
  protocols: new Map<string, (request: Request) => Response | Promise<Response>>(),
  sessionHandlers: new Map<string, Handler | null>(),
  windows: [] as BrowserWindow[],
  /** What the next message box answers. */
  choice: 0,
  single: true,
};

export function callsOf(what: string): readonly (readonly unknown[])[] {
  return seen.calls.filter((call) => call.what === what).map((call) => call.args);
}

export function forget(): void {
  seen.calls.length = 0;
  seen.ipc.clear();
  seen.protocols.clear();
  seen.sessionHandlers.clear();
  seen.windows.length = 0;
  seen.choice = 0;
  seen.single = true;
  for (const emitter of [app, session.defaultSession]) emitter.removeAllListeners();
  app.isPackaged = true;
}

function record(what: string): (...args: readonly unknown[]) => void {
  return (...args) => void seen.calls.push({ what, args });
}

export type Frame = { url: string; parent: Frame | null };

export class WebContents extends EventEmitter {
  readonly mainFrame: Frame = { url: '', parent: null };
  openHandler: ((details: { url: string }) => { action: string }) | undefined;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  isDestroyed(): boolean {
    return false;
  }
  send = record('send');
  reload = record('reload');
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  readonly options: Readonly<Record<string, unknown>>;
  constructor(options: Readonly<Record<string, unknown>>) {
    super();
    this.options = options;
    seen.windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
    seen.calls.push({ what: 'loadURL', args: [url] });
    return Promise.resolve();
  }
  getNormalBounds(): object {
    return { x: 1, y: 2, width: 800, height: 600 };
  }
  isMinimized(): boolean {
    return true;
  }
  show = record('show');
  restore = record('restore');
  focus = record('focus');
}

class App extends EventEmitter {
  isPackaged = true;
  commandLine = { appendSwitch: record('appendSwitch') };
  requestSingleInstanceLock(): boolean {
    return seen.single;
  }
  whenReady(): Promise<void> {
    return Promise.resolve();
  }
  getPath(): string {
    return process.env['MELLON_STAND_IN_FOLDER'] ?? join(tmpdir(), 'mellon-stand-in');
  }
  getVersion(): string {
    return '0.0.0';
  }
  getName(): string {
    return 'Mellon';
  }
  enableSandbox = record('enableSandbox');
  relaunch = record('relaunch');
  quit = record('quit');
  exit = record('exit');
}
export const app = new App();

class Session extends EventEmitter {
  protocol = {
    handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>): void => {
      seen.protocols.set(scheme, handler);
    },
  };
  webRequest = { onBeforeRequest: keep('onBeforeRequest') };
  setPermissionRequestHandler = keep('setPermissionRequestHandler');
  setPermissionCheckHandler = keep('setPermissionCheckHandler');
  setDevicePermissionHandler = keep('setDevicePermissionHandler');
  setDisplayMediaRequestHandler = keep('setDisplayMediaRequestHandler');
  setSpellCheckerEnabled = record('setSpellCheckerEnabled');
}
export const session = { defaultSession: new Session() };

function keep(name: string): (handler: Handler | null) => void {
  return (handler) => void seen.sessionHandlers.set(name, handler);
}

export const ipcMain = {
  handle: (channel: string, handler: Handler): void => {
    if (seen.ipc.has(channel)) throw new Error(`a second handler for ${channel}`);
    seen.ipc.set(channel, handler);
  },
  on: record('ipcMain.on'),
  removeAllListeners: record('ipcMain.removeAllListeners'),
};
export const protocol = { registerSchemesAsPrivileged: record('registerSchemesAsPrivileged') };
export const shell = {
  openExternal: (url: string): Promise<void> => {
    seen.calls.push({ what: 'openExternal', args: [url] });
    return Promise.resolve();
  },
};
export const dialog = {
  showMessageBox: (...args: readonly unknown[]): Promise<{ response: number }> => {
    seen.calls.push({ what: 'showMessageBox', args });
    return Promise.resolve({ response: seen.choice });
  },
  showMessageBoxSync: (...args: readonly unknown[]): number => {
    seen.calls.push({ what: 'showMessageBoxSync', args });
    return seen.choice;
  },
};
export const Menu = {
  buildFromTemplate: (template: unknown): unknown => template,
  setApplicationMenu: record('setApplicationMenu'),
};
export const nativeTheme = { shouldUseDarkColors: false };

export default { app, BrowserWindow, dialog, ipcMain, Menu, nativeTheme, protocol, session, shell };
