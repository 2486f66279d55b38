/**
 * serve-terminal.ts: asks in the terminal whether what the browser wants shall be done.
 *
 * In:   standard input and output
 * Out:  confirmInTerminal
 * Not:  what is asked about (serve-socket.ts)
 */
import { createInterface } from 'node:readline';
import { servePhrases } from '../shared/phrases/engine.ts';
import type { Confirm } from './serve-socket.ts';

/** Unanswered so long, a question counts as no: two minutes, chosen. */
const PATIENCE_MS = 120_000;
/** Questions waiting their turn; a page that asks more is answered no. */
const MOST_WAITING = 8;
/** How long typing is thrown away before a question, in milliseconds: what waits in the terminal comes at once. Chosen. */
const DROPPED_MS = 50;

type Input = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  readonly readableEnded?: boolean;
  setRawMode?(raw: boolean): unknown;
};

/** One question at a time; anything but y or yes is no. Without a terminal nobody can be asked: null. */
export function confirmInTerminal(input: Input, output: NodeJS.WritableStream): Confirm {
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (action) => {
    if (input.isTTY !== true) return null;
    if (waiting >= MOST_WAITING) return false;
    waiting += 1;
    const mine = turn.then(() => ask(input, output, action));
    turn = mine;
    const answer = await mine;
    waiting -= 1;
    return answer;
  };
}

async function ask(input: Input, output: NodeJS.WritableStream, action: string): Promise<boolean> {
  await dropTyped(input);
  if (input.readableEnded === true) return false;
  const reader = createInterface({ input, output, terminal: false });
  const answer = await new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve(''), PATIENCE_MS);
    reader.question(servePhrases.question(action), (line) => {
      clearTimeout(timer);
      resolve(line);
    });
    reader.once('close', () => resolve(''));
  });
  reader.close();
  const yes = /^y(es)?$/i.test(answer.trim());
  output.write(yes ? servePhrases.done() : servePhrases.left());
  return yes;
}

/**
 * What was typed before a question was on screen answers another one, or none: a `y` that came too late for the last, say.
 * A line without its end waits in the system until raw mode hands it over.
 */
async function dropTyped(input: Input): Promise<void> {
  const drop = (): void => undefined;
  input.setRawMode?.(true);
  input.on('data', drop);
  await new Promise((resolve) => setTimeout(resolve, DROPPED_MS));
  input.removeListener('data', drop);
  input.pause();
  input.setRawMode?.(false);
}
