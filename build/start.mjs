/**
 * start.mjs: `npm start`: the window in Electron, or the same window in the browser where Electron cannot run.
 *
 * In:   arguments for the app (an xmpp: link)
 * Out:  a running window; the exit code of what ran
 * Not:  building, unless dist/ is missing
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireNodeLine, root } from './node-line.mjs';

requireNodeLine('npm start');
if (!existsSync(join(root, 'dist/main.js')) || !existsSync(join(root, 'dist/renderer/index.html'))) {
  const { buildAll } = await import('./bundle.mjs');
  await buildAll();
}

const obstacle = obstacleToElectron();
if (obstacle === undefined) {
  const file = await readFile(join(root, 'node_modules/electron/path.txt'), 'utf8');
  process.exitCode = await run(
    join(root, 'node_modules/electron/dist', file),
    [root, ...process.argv.slice(2)],
    'inherit',
  );
} else {
  process.stderr.write(`${obstacle}: Mellon opens in your browser instead. Ctrl-C ends it.\n`);
  process.exitCode = await serve();
}

/** Why Electron cannot run here, as the beginning of a sentence; undefined when it can. */
function obstacleToElectron() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return 'There is no display for Electron';
  }
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    return 'Electron keeps its sandbox on and therefore does not run as root';
  }
  // Electron's own installer: it ends at once when the binary is there, else it asks the project's release page.
  const installed = spawnSync(process.execPath, [join(root, 'node_modules/electron/install.js')], {
    stdio: 'ignore',
    timeout: 600_000,
  });
  return installed.status === 0 ? undefined : "Electron's binary could not be downloaded";
}

/** Runs `mellon serve`, shows what it says, and opens the address that it prints. */
async function serve() {
  let opened = false;
  return run(process.execPath, [join(root, 'dist/mellon.js'), 'serve'], 'pipe', (text) => {
    process.stdout.write(text);
    const url = /http:\/\/127\.0\.0\.1:\d+\/#[\w-]+/.exec(text)?.[0];
    if (url === undefined || opened || process.env.CI !== undefined) return;
    opened = true;
    void openInBrowser(url);
  });
}

/**
 * Opens the address by way of a page that only this person can read: the address holds a token, and the arguments of a
 * process can be read by everybody on the machine.
 */
async function openInBrowser(url) {
  const folder = await mkdtemp(join(tmpdir(), 'mellon-open-'));
  const page = join(folder, 'mellon.html');
  await writeFile(
    page,
    `<!doctype html><meta http-equiv="refresh" content="0; url=${url}"><title>Mellon</title>`,
    { mode: 0o600 },
  );
  const [program, ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[process.platform] ?? [
    'xdg-open',
  ];
  // Where nothing opens addresses, the printed one is enough.
  spawn(program, [...args, page], { stdio: 'ignore' }).on('error', () => undefined);
  // By then a browser has read it or never will.
  setTimeout(() => void rm(folder, { recursive: true, force: true }), 30_000).unref();
}

/** Runs to the end; Ctrl-C reaches the child by the terminal, and we wait for its own end. */
function run(program, args, output, hear) {
  process.on('SIGINT', () => undefined);
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['inherit', output, 'inherit'] });
    child.stdout?.setEncoding('utf8').on('data', hear);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', () => resolve(70));
    child.on('exit', (code) => resolve(code ?? 0));
  });
}
