/**
 * main.ts: the face with a window: builds the engine, opens the window, hangs the door between them.
 *
 * In:   the arguments Electron was started with, links handed over by the system
 * Out:  a running app, or the command line's exit code
 * Not:  the window's limits (window.ts), the calls (ipc.ts, engine.ts)
 */
import { join } from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, protocol, session, shell } from 'electron';
import Store from 'electron-store';
import { shellPhrases } from '../shared/phrases/shell.ts';
import { visible } from '../shared/visible.ts';
import { PAGE_SCHEME } from './channels.ts';
import { hangDoor, type Door } from './ipc.ts';
import { allowedLink } from './links.ts';
import { openPageFiles } from './page-files.ts';
import {
  fillField,
  guardContents,
  guardSession,
  openWindow,
  servePage,
  setMenu,
  windowOptions,
  type Bounds,
} from './window.ts';
import { fieldText, linkIn } from './xmpp-link.ts';

/** Before this word stand Chromium's switches, after it a command line of ours (build/mellon.sh). */
const COMMAND_LINE = '--command-line';
/** Built files lie beside this one: dist/ in a clone, the archive's root folder in a package. */
const here = import.meta.dirname;
/** After so many losses of the page in a minute, loading it again is no help. */
const MOST_LOSSES = 3;
const MINUTE = 60_000;

let window: BrowserWindow | undefined;
let pending: string | undefined;
const losses: number[] = [];
let closed = false;

const words = process.argv.indexOf(COMMAND_LINE);
if (words >= 0) await runCommandLine(process.argv.slice(words + 1));
else if (!app.requestSingleInstanceLock()) app.quit();
else start();

/** A package's `mellon check ...`: no window, no lock, the terminal that it was typed in. */
async function runCommandLine(args: readonly string[]): Promise<void> {
  const { main } = await import('./cli.ts');
  const code = await main(args);
  await new Promise((done) => process.stdout.write('', done));
  app.exit(code);
}

function start(): void {
  // Chromium's own network finds no host at all; what Mellon asks goes through Node's sockets, and only to what a check names.
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('disable-background-networking');
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);

  app.on('web-contents-created', (_, contents) => guardContents(contents));
  app.on('second-instance', (_, args) => ask(linkIn(args)));
  app.on('open-url', (event, url) => {
    event.preventDefault();
    ask(url);
  });
  app.on('window-all-closed', () => app.quit());
  process.on('uncaughtException', tellFault);
  process.on('unhandledRejection', tellFault);

  ask(linkIn(process.argv));
  app.whenReady().then(open).catch(tellFault);
}

/** A link only fills the field in; the person reads it and presses the button, or does not. */
function ask(link: string | undefined): void {
  const text = link === undefined ? undefined : fieldText(link);
  if (window === undefined) pending = text ?? pending;
  else if (text !== undefined) fillField(window, text);
  else window.focus();
}

async function open(): Promise<void> {
  guardSession(session.defaultSession);
  servePage(session.defaultSession, await openPageFiles(join(here, 'renderer')));
  setMenu(app.isPackaged);

  const { openEngine } = await import('./engine.ts');
  const engine = openEngine({
    face: 'window',
    emit: (id, event) => door.tell(id, event),
    openLink: openInBrowser,
  });
  const door: Door = hangDoor(engine.bridge, () => window?.webContents, note);

  const bounds = new Store<{ bounds: Bounds }>({
    name: 'window',
    clearInvalidConfig: true,
    configFileMode: 0o600,
  });
  // electron-store listens for pages that ask where its files lie; ours has no business to.
  ipcMain.removeAllListeners('electron-store-get-data');
  window = openWindow(
    windowOptions(
      join(here, 'preload.cjs'),
      app.isPackaged,
      bounds.get('bounds', { width: 1120, height: 820 }),
    ),
    pending,
  );
  const opened = window;
  opened.on('close', () => bounds.set('bounds', opened.getNormalBounds()));
  opened.on('closed', () => (window = undefined));
  opened.webContents.on('render-process-gone', (_, details) => {
    if (details.reason !== 'clean-exit') void afterLoss(opened, door, details.reason);
  });
  app.on('before-quit', (event) => {
    if (closed) return;
    // The demo realm's servers and its folder go before the app does; a second of waiting is the most it may take.
    event.preventDefault();
    closed = true;
    void Promise.race([engine.close(), new Promise((done) => setTimeout(done, 1000))]).then(
      () => app.quit(),
      note,
    );
  });
}

/** The page is gone, the engine is not: its checks have no listener any more and end; the page is loaded again. */
async function afterLoss(lost: BrowserWindow, door: Door, reason: string): Promise<void> {
  await door.cancelAll();
  const now = Date.now();
  losses.push(now);
  const often = losses.filter((at) => now - at < MINUTE).length >= MOST_LOSSES;
  const { response } = await dialog.showMessageBox(lost, {
    type: 'warning',
    message: shellPhrases[often ? 'page-gone-again' : 'page-gone'](visible(reason)),
    buttons: often ? [shellPhrases.quit(''), shellPhrases.reload('')] : [shellPhrases.reload('')],
  });
  if (often && response === 0) app.quit();
  else lost.webContents.reload();
}

/** [15] The list is asked here again, right before the one place that hands an address to the system. */
async function openInBrowser(url: string): Promise<boolean> {
  const allowed = allowedLink(url);
  if (allowed === undefined) return false;
  await shell.openExternal(allowed);
  return true;
}

/** A fault of the program itself is told and never looks like a verdict. What is on disk was written change by change. */
function tellFault(fault: unknown): void {
  note(fault);
  const text = visible(fault instanceof Error ? fault.message : String(fault));
  const choice = dialog.showMessageBoxSync({
    type: 'error',
    message: shellPhrases['engine-fault'](text),
    buttons: [shellPhrases.restart(''), shellPhrases.quit('')],
  });
  if (choice === 0) app.relaunch();
  // 70: a fault of the program itself, as in REPORT.md's exit codes.
  app.exit(70);
}

function note(fault: unknown): void {
  process.stderr.write(`${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}\n`);
}
