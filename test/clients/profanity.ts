/**
 * profanity.ts: Debian's profanity, a client for terminals, started once a case in a terminal of its own.
 *
 * In:   cases
 * Out:  driveProfanity
 * Not:  comparing (run.ts)
 *
 * What it did is read off its own log and screen: it asks, it begins to sign in (it accepted), or it gives up.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Case } from '../../electron/demo-cases.ts';
import type { Driver, Observed } from './run.ts';

/** Milliseconds a case may take: start, three DNS questions and a handshake on this machine take one second. */
const LONGEST = 8_000;
const LOOK_EVERY = 100;
/** Each is a process with a terminal. */
const AT_ONCE = 4;

/** One process a case, several at once, each with a home of its own so that none remembers what another accepted. */
export const driveProfanity: Driver = async (cases, { ca, folder, enter }, tell) => {
  const waiting = [...cases];
  const work = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) tell(await drive(one));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const { stdout } = spawnSync('profanity', ['--version'], { encoding: 'utf8' });
  return { program: stdout.split('\n')[0] ?? 'profanity', profile: 'profanity' };

  async function drive(one: Case): Promise<Observed> {
    const home = join(folder, one.id.replaceAll(/[^a-z0-9.-]/g, '_'));
    const log = join(home, 'log');
    mkdirSync(join(home, 'data/profanity'), { recursive: true });
    writeFileSync(join(home, 'data/profanity/accounts'), account(one));
    const command = `stty cols 200 rows 50; exec profanity -l DEBUG -f ${log} -a case`;
    const [program, args] = enter(['script', '-qfc', command, '/dev/null']);
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      cwd: home,
      env: {
        PATH: process.env['PATH'],
        ...{ HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_CONFIG_HOME: join(home, 'config') },
        ...{ TERM: 'xterm', LANG: 'C.UTF-8', SSL_CERT_FILE: ca },
      },
    });
    let shown = '';
    child.stdout.on('data', (piece: Buffer) => (shown += piece.toString('utf8')));
    const gone = new Promise<void>((resolve) => child.on('close', () => resolve()));
    try {
      for (let waited = 0; waited < LONGEST; waited += LOOK_EVERY) {
        await wait(LOOK_EVERY);
        const seen = observe(existsSync(log) ? readFileSync(log, 'utf8') : '', shown);
        if (seen !== null) return { id: one.id, ...seen };
      }
      return { id: one.id, observed: 'unknown', detail: 'nothing more happened' };
    } finally {
      child.stdin.destroy();
      child.kill('SIGTERM');
      await gone;
    }
  }
};

function account({ jid, connect }: Case): string {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(connect ?? '') ?? [];
  return [
    '[case]',
    'enabled=true',
    `jid=${jid}`,
    'resource=x',
    'password=nothing',
    ...(host === '' ? [] : [`server=${host}`, `port=${port}`]),
    '',
  ].join('\n');
}

function observe(log: string, shown: string): Omit<Observed, 'id'> | null {
  if (log.includes('SENT: <auth ')) return { observed: 'accepts', detail: 'begins to sign in' };
  if (shown.includes('/tls allow'))
    return {
      observed: 'asks',
      detail: /TLS certificate verification failed: ([^\u001b]*)/.exec(shown)?.[1] ?? '',
    };
  if (log.includes('TLS is not supported')) return { observed: 'refuses', detail: 'TLS is not supported' };
  const failed = /Connection attempt for .* failed/.exec(log) ?? /Login failed/.exec(log);
  return failed === null ? null : { observed: 'cannot-connect', detail: failed[0] };
}
