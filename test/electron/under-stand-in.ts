/**
 * under-stand-in.ts: preloaded with `node --import`: `electron` becomes the stand-in, and at the end its record is printed.
 *
 * In:   MELLON_STAND_IN_SECOND=1 for a second instance
 * Out:  a line `@seen` and JSON on standard output, once the app has opened its window, quit or exited
 * Not:  the stand-in itself
 */
import { registerHooks } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { app, callsOf, seen } from './stand-in.ts';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: new URL('./stand-in.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
seen.single = process.env['MELLON_STAND_IN_SECOND'] !== '1';
void report();

async function report(): Promise<void> {
  // Ten seconds: the packed main needs a fraction of one.
  for (let turn = 0; turn < 500; turn += 1) {
    await wait(20);
    if (['loadURL', 'quit', 'exit', 'showMessageBoxSync'].some((what) => callsOf(what).length > 0)) break;
  }
  // What follows the window in the same turn belongs to the record as well.
  await wait(50);
  const { calls, windows, ipc, protocols } = seen;
  const record = JSON.stringify({
    calls,
    windows: windows.map(({ options }) => ({ options })),
    ipc: [...ipc.keys()],
    protocols: [...protocols.keys()],
    packaged: app.isPackaged,
  });
  process.stdout.write(`\n@seen ${record}`, () => process.exit(0));
}
