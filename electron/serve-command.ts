/**
 * serve-command.ts: `mellon serve`: the window in a browser, and the terminal that confirms what changes trust.
 *
 * In:   an argument list
 * Out:  an address to open; runs until Ctrl-C
 * Not:  serving (serve.ts), asking (serve-terminal.ts)
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { visible } from '../shared/visible.ts';
import { EXIT, print, usage } from './output.ts';
import { serve } from './serve.ts';
import { confirmInTerminal } from './serve-terminal.ts';

/** Serves until it is interrupted. */
export async function runServeCommand(argv: readonly string[]): Promise<number> {
  let port: number;
  try {
    const { values } = parseArgs({ args: [...argv], options: { port: { type: 'string' } }, strict: true });
    port = Number(values.port ?? 0);
  } catch (fault) {
    return usage(visible(fault instanceof Error ? (fault.message.split('. ')[0] ?? '') : ''));
  }
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    return usage('--port is a number from 0 to 65535.');
  const folder = pageFolder();
  if (folder === null) return usage('The window’s files are not there: run npm run build first.');
  const serving = await serve({
    folder,
    port,
    confirm: confirmInTerminal(process.stdin, process.stderr),
  }).catch((fault: unknown) => (fault instanceof Error ? fault.message : String(fault)));
  if (typeof serving === 'string') return usage(`The window could not be served (${visible(serving)}).`);
  await print(
    `Open this in a browser on this machine; it works once:\n\n  ${serving.url}\n\nCtrl-C ends it.\n`,
    0,
  );
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await serving.close();
  return EXIT.accept;
}

/** dist/renderer, seen from dist/parts, from dist, or from the sources. */
function pageFolder(): string | null {
  const candidates = ['../renderer', 'renderer', '../dist/renderer'].map((path) =>
    join(import.meta.dirname, path),
  );
  return (
    candidates.find((path) => existsSync(join(path, 'index.html')) && !existsSync(join(path, 'main.ts'))) ??
    null
  );
}
