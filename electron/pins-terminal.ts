/**
 * pins-terminal.ts: `mellon pins`, joined to this machine: store, terminal, files, checks.
 *
 * In:   an argument list
 * Out:  an exit code
 * Not:  what the commands do (pins-command.ts)
 */
import { createInterface } from 'node:readline/promises';
import type { Instant } from '../shared/basics.ts';
import { parseArguments, readText } from './arguments.ts';
import { judgeWithView } from './accept.ts';
import { runCheck } from './check.ts';
import { machineStores } from './ground.ts';
import { parseRequest } from './options.ts';
import { usage } from './output.ts';
import { runPins } from './pins-command.ts';
import { openOwnStore, readPins } from './pins-reader.ts';
import { openSharedWork, openWorld } from './world.ts';

/** Runs one `mellon pins` command on this person's store. */
export async function runPinsCommand(argv: readonly string[]): Promise<number> {
  const split = splitOptions(argv);
  const options = parseArguments(split.check);
  if (!options.ok) return usage(options.problem);
  const store = openOwnStore();
  const world = openWorld({ pins: readPins(store), shared: openSharedWork() });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  return runPins(split.pins, {
    store,
    now: () => Date.now() as Instant,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ask: process.stdin.isTTY ? ask : null,
    readFile: readText,
    check: async (domain, service) => {
      const request = parseRequest({
        ...options.value.form,
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

/** Commands that check a server first take the options of a check that say whom to ask and whom to believe. */
function splitOptions(argv: readonly string[]): {
  readonly check: readonly string[];
  readonly pins: readonly string[];
} {
  const check: string[] = [];
  const pins: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    const [name = ''] = word.split('=');
    if (SWITCHES.has(name)) check.push(word);
    else if (!WITH_VALUE.has(name)) pins.push(word);
    else if (word.includes('=')) check.push(word);
    else check.push(word, ...argv.slice(++i, i + 1));
  }
  return { check, pins };
}

const SWITCHES: ReadonlySet<string> = new Set(['--allow-private', '--require-dnssec', '--allow-sha1']);
const WITH_VALUE: ReadonlySet<string> = new Set([
  '--resolver',
  '--trust-anchor',
  '--negative-anchor',
  '--ca',
  '--roots',
  '--connect',
  '--mode',
  '--timeout',
]);
