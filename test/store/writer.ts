/**
 * writer.ts: a process that accepts pins as fast as it can and tells each one that was confirmed; made to be killed.
 *
 * In:   folder and a name, as arguments
 * Out:  one line a confirmed pin on standard output, written before the next pin is begun
 * Not:  a test (store-crash.test.ts starts and kills it)
 */
import * as fs from 'node:fs';
import type { Instant } from '../../shared/basics.ts';
import { openStore } from '../../electron/store/store.ts';

const [folder = '', name = '', most = '1000000'] = process.argv.slice(2);
const opened = openStore({ folder, now: () => Date.now() as Instant });
if (!opened.ok) {
  fs.writeSync(1, `problem ${JSON.stringify(opened.problem)}\n`);
  process.exit(1);
}
for (let i = 0; i < Number(most); i++) {
  const added = opened.value.addPin({
    domain: `${name}-${i}.example`,
    service: 'xmpp-client',
    by: 'certificate',
    sha256: i.toString(16).padStart(64, '0'),
    ends: null,
    note: '',
    forgives: [],
    names: [],
    manualToo: false,
    pem: null,
  });
  if (added.ok) fs.writeSync(1, `${added.value.domain}\n`);
  else if (added.problem.code !== 'locked') fs.writeSync(1, `problem ${JSON.stringify(added.problem)}\n`);
}
