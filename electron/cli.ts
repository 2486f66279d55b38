/**
 * cli.ts: the command line (REPORT.md), one of the three faces.
 *
 * In:   an argument list, standard input, signals
 * Out:  an exit code; results on standard output, everything else on standard error
 * Not:  what a command does (check-command.ts and its neighbours), loaded only when it is called
 *
 * Nothing heavy is imported here: `mellon --help` must answer at once.
 */
import { HELP, HELP_TOPICS } from '../shared/phrases/help.ts';
import { EXIT, tellFault } from './output.ts';

/** Runs one command line. Never throws: a fault of the program itself is told and comes back as 70. */
export async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  try {
    if (command === undefined || command === 'help' || command === '--help' || command === '-h') {
      return print(
        (rest[0] !== undefined && HELP_TOPICS[rest[0]]) || HELP,
        command === undefined ? EXIT.usage : 0,
      );
    }
    if (command === '--version' || command === '-V') {
      const { RUNTIME } = await import('./ground.ts');
      return print(`${RUNTIME.program} (Node ${RUNTIME.node}, ${RUNTIME.tls})\n`, 0);
    }
    if (rest.includes('--help') || rest.includes('-h')) return print(HELP_TOPICS[command] ?? HELP, 0);
    switch (command) {
      case 'check':
        return await (await import('./check-command.ts')).runCheckCommand(rest);
      case 'judge':
        return await (await import('./judge-command.ts')).runJudgeCommand(rest);
      case 'demo':
        return await (await import('./demo-command.ts')).runDemoCommand(rest);
      case 'pins':
        return await (await import('./pins-terminal.ts')).runPinsCommand(rest);
      case 'serve':
        return await (await import('./serve-command.ts')).runServeCommand(rest);
      case 'sign-in':
        return await (await import('./sign-in-command.ts')).runSignInCommand(rest);
      default:
        process.stderr.write(`mellon: “${command.slice(0, 40)}” is no command. Try mellon --help.\n`);
        return EXIT.usage;
    }
  } catch (fault) {
    return tellFault(fault);
  }
}

function print(text: string, code: number): number {
  (code === 0 ? process.stdout : process.stderr).write(text);
  return code;
}
