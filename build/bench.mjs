/**
 * bench.mjs: `npm run bench`: measures, one file after the other, and names the machine that it ran on.
 *
 * In:   test/bench/*.bench.ts; arguments pick some by a part of their names
 * Out:  what they print; exit 1 when one of them fails
 * Not:  the measuring itself
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { requireNodeLine, root } from './node-line.mjs';

requireNodeLine('npm run bench');
const picked = process.argv.slice(2);
const folder = join(root, 'test/bench');
const files = readdirSync(folder).filter(
  (name) => name.endsWith('.bench.ts') && (picked.length === 0 || picked.some((part) => name.includes(part))),
);

console.log(
  `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; Node ${process.version}, ${process.platform} ${process.arch}`,
);
for (const name of files) {
  console.log(`\n--- ${name.replace('.bench.ts', '')} ---`);
  const ended = spawnSync(process.execPath, [join(folder, name)], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (ended.status !== 0) process.exitCode = 1;
}
if (files.length === 0) {
  console.log('There is nothing to measure under that name.');
  process.exitCode = 1;
}
