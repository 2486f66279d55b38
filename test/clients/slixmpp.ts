/**
 * slixmpp.ts: Debian's python3-slixmpp, driven over cases by slixmpp-client.py.
 *
 * In:   cases
 * Out:  driveSlixmpp
 * Not:  comparing (run.ts)
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Driver, Observed } from './run.ts';

const script = fileURLToPath(new URL('slixmpp-client.py', import.meta.url));

/** One process for all cases, one after the other. */
export const driveSlixmpp: Driver = async (cases, { ca, enter }, tell) => {
  // Debian's own Python: another one in PATH has no slixmpp.
  const [program, args] = enter(['/usr/bin/python3', script]);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined);
  for (const { id, jid, connect } of cases)
    child.stdin.write(`${JSON.stringify({ id, jid, connect, ca })}\n`);
  child.stdin.end();
  let about = 'slixmpp (did not start)';
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Observed | { readonly program: string };
    if ('program' in said) about = said.program;
    else tell(said);
  }
  return { program: about, profile: about.startsWith('slixmpp 1.8.2') ? 'slixmpp-1.8.2' : 'slixmpp-1.8.3' };
};
