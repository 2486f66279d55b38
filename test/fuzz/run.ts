/**
 * run.ts: fuzzes by command, as long as wanted: `node test/fuzz/run.ts --seconds 600 [--seed N] [TARGET...]`.
 *
 * In:   the command line
 * Out:  one line a target; inputs that broke something as files in the temporary folder; exit code 1 if there are any
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from './loop.ts';
import { TARGETS } from './targets.ts';

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' } },
  allowPositionals: true,
});
const names = positionals.length === 0 ? Object.keys(TARGETS) : positionals;
const seed = Number(values.seed ?? Date.now() % 0x1_0000_0000);
const each = (Number(values.seconds) * 1000) / names.length;
console.log(`seed ${seed}, ${Math.round(each / 1000)} s for each of ${names.length}`);
for (const name of names) {
  const target = TARGETS[name];
  if (target === undefined)
    throw new Error(`no target ${name}; there are: ${Object.keys(TARGETS).join(', ')}`);
  const { runs, kept, shapes, findings } = fuzz(target, seed, each);
  console.log(`${name}: ${runs} runs, ${kept} kept, ${shapes} shapes, ${findings.length} findings`);
  for (const { input, what } of findings) {
    const file = join(mkdtempSync(join(tmpdir(), 'mellon-fuzz-')), name);
    writeFileSync(file, input);
    console.log(`  ${what}\n  ${file}`);
    process.exitCode = 1;
  }
}
