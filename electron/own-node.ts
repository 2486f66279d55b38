/**
 * own-node.ts: started with a Node that is too old, the same command runs on the Node that the project brings.
 *
 * In:   that Node, and the arguments from the script's name on
 * Out:  its exit code; it has our standard streams, and gets our signals
 * Not:  choosing it (mellon.ts)
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Runs `node args...` to its end. A child that a signal ended gives 128 and the signal's number, as every shell does. */
export async function runOn(node: string, args: readonly string[]): Promise<number> {
  const child = spawn(node, args, { stdio: 'inherit' });
  const forwarded: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of forwarded) {
    process.on(signal, () => {
      // Ctrl-C at a terminal reaches the child by itself.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}
