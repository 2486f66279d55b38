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

type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

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
