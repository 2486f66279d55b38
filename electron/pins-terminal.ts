/**
 * pins-terminal.ts: `mellon pins`, joined to this machine: store, terminal, files, checks.
 *
 * In:   an argument list
 * Out:  an exit code
 * Not:  what the commands do (pins-command.ts)
 */
import { createInterface } from 'node:readline/promises';
import type { Instant } from '../shared/basics.ts';
import { readText } from './arguments.ts';
import { judgeWithView } from './accept.ts';
import { runCheck } from './check.ts';
import { machineStores } from './ground.ts';
import { parseRequest } from './options.ts';
import { runPins } from './pins-command.ts';
import { openOwnStore, readPins } from './pins-reader.ts';
import { openSharedWork, openWorld } from './world.ts';

/** Runs one `mellon pins` command on this person's store. */
export async function runPinsCommand(argv: readonly string[]): Promise<number> {
  const store = openOwnStore();
  const world = openWorld({ pins: readPins(store), shared: openSharedWork() });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return runPins(argv, {
    store,
    now: () => Date.now() as Instant,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ask: process.stdin.isTTY ? ask : null,
    readFile: readText,
    check: async (domain, service) => {
      const request = parseRequest({
        input: domain,
        service: service === 'xmpp-client' ? 'client' : 'server',
      });
      if (!request.ok) return null;
      return runCheck(request.value, world, () => undefined, stop.signal);
    },
    judgeWith: (report, view) => judgeWithView(report, view, machineStores(report.request)),
  });
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}
