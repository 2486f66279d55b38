/**
 * mellon.ts: the smallest thing that can start: is this a Node we can run on? Then the command line.
 *
 * In:   process.argv
 * Out:  the exit code
 * Not:  the commands (cli.ts, loaded only after the compile cache is on)
 */
import { existsSync, mkdirSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `tls.getCACertificates` is there since 22.15; below it the trust stores have no names. */
const OLDEST_NODE = [22, 15] as const;

guardExitCode();
if (isTooOld(process.versions.node)) {
  const ours = ownNode();
  if (ours === null) {
    process.stderr.write(
      `mellon needs Node ${OLDEST_NODE.join('.')} or later and was started with ${process.version}: run \`npm ci\` in the clone, which brings the right one.\n`,
    );
    // 64: wrong usage, as in REPORT.md's exit codes.
    process.exitCode = 64;
  } else {
    const { runOn } = await import('./own-node.ts');
    process.exitCode = await runOn(ours, process.argv.slice(1));
  }
} else {
  keepCompiledCode();
  const { main } = await import('./cli.ts');
  process.exitCode = await main(process.argv.slice(2));
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
}

/** The Node that the project brings (the development dependency `node`), beside the folder of this file; null without it. */
function ownNode(): string | null {
  const bin = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/node/bin');
  const file = join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(file) && file !== process.execPath ? file : null;
}

/**
 * Node ends with 1 after a fault that nobody caught, and 1 would be a verdict. Who reads our output may stop reading: the
 * exit code still tells the verdict. Output that cannot be written is a fault.
 */
function guardExitCode(): void {
  process.on('uncaughtException', (fault) =>
    end(`a fault of the program itself\n${fault.stack ?? fault.message}`),
  );
  process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EPIPE') end(`standard output cannot be written (${fault.code ?? fault.message})`);
  });
  process.stderr.on('error', () => undefined);
}

function end(why: string): never {
  process.stderr.write(`mellon: ${why}\n`);
  // 70: a fault of the program itself, as in REPORT.md's exit codes.
  process.exit(70);
}

/**
 * Compiled code is kept in a folder of the person's own. Node's default is a fixed name in the shared temporary folder,
 * where another user could have prepared what we then run.
 */
function keepCompiledCode(): void {
  const folder = join(cacheFolder(), 'mellon', 'compiled');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    module.enableCompileCache(folder);
  } catch {
    // A home without write permission only costs some milliseconds at each start.
  }
}

function cacheFolder(): string {
  if (process.platform === 'win32') return process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
}
