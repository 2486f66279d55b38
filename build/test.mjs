/**
 * test.mjs: `npm test`: every test that can run here, and one closing line that counts them.
 *
 * In:   arguments are handed to vitest (names of files); none means everything
 * Out:  `N passed, N failed, N skipped`, alone on the last line; exit 1 on a failure or when nothing ran
 * Not:  static checks (`npm run check`), measuring (`npm run bench`)
 *
 * Tests in test/interop and test/e2e need programs that a machine may not have; they skip themselves and are named here.
 * With MELLON_REQUIRE_PEERS=1 (CI) such a skip is a failure.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { countBun, countVitest, missingPeers } from './counts.mjs';
import { requireNodeLine, root } from './node-line.mjs';

requireNodeLine('npm test');

const NOTHING = { passed: 0, failed: 0, skipped: 0 };
const only = process.argv.slice(2);
const scratch = await mkdtemp(join(tmpdir(), 'mellon-test-'));
try {
  process.exitCode = await runEverything();
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function runEverything() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const troubles = [];

  const vitest = await runVitest();
  add(total, vitest.counts);
  troubles.push(...vitest.troubles);

  if (only.length === 0) {
    const bun = await runBun();
    add(total, bun.counts);
    troubles.push(...bun.troubles);
  }

  for (const trouble of troubles) console.log(`\n${trouble}`);
  if (total.passed + total.failed === 0) console.log('\nNo test ran.');
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 && total.passed > 0 && troubles.length === 0 ? 0 : 1;
}

async function runVitest() {
  const file = join(scratch, 'vitest.json');
  const code = await run(process.execPath, [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...only,
  ]);
  if (!existsSync(file)) {
    return { counts: NOTHING, troubles: [`vitest ended with ${code} and left no result.`] };
  }
  const result = JSON.parse(await readFile(file, 'utf8'));
  const counts = countVitest(result);
  const troubles = [];
  // A file that does not load has no test to count; vitest's own exit code knows.
  if (code !== 0 && counts.failed === 0) troubles.push(`vitest ended with ${code} although no test failed.`);
  for (const one of counts.skippedNames) console.log(`skipped: ${relative(root, one.file)}: ${one.name}`);
  const missing = process.env.MELLON_REQUIRE_PEERS === '1' ? missingPeers(counts.skippedNames, root) : [];
  if (missing.length > 0) {
    troubles.push(
      `${missing.length} tests against other programs were skipped, and MELLON_REQUIRE_PEERS=1 forbids it:`,
    );
    troubles.push(...missing.map((one) => `  ${one.name}`));
  }
  return { counts, troubles };
}

/** The rooms that do the deciding run a second time on BoringSSL, which is what Electron embeds. */
async function runBun() {
  const bun = join(root, 'node_modules/bun/bin/bun.exe');
  const rooms = ['test/wire', 'test/trust'].filter((room) => existsSync(join(root, room)));
  if (!existsSync(bun) || rooms.length === 0) {
    console.log('skipped: the tests of wire and trust under BoringSSL: bun is not installed');
    const troubles =
      process.env.MELLON_REQUIRE_PEERS === '1'
        ? ['bun is missing, and MELLON_REQUIRE_PEERS=1 forbids it.']
        : [];
    return { counts: NOTHING, troubles };
  }
  console.log('\nThe same tests of wire and trust on BoringSSL (bun):');
  const file = join(scratch, 'bun.xml');
  const code = await run(bun, [
    'test',
    '--timeout=60000',
    '--only-failures',
    '--reporter=junit',
    `--reporter-outfile=${file}`,
    ...rooms.map((room) => `./${room}/`),
  ]);
  const counts = existsSync(file) ? countBun(await readFile(file, 'utf8')) : NOTHING;
  const troubles =
    code !== 0 && counts.failed === 0 ? [`bun ended with ${code} although no test failed.`] : [];
  return { counts, troubles };
}

/** Runs to the end with our own output; no standard input, so that nothing can wait for a person. */
function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolve(-1));
    child.on('exit', (code, signal) => resolve(code ?? `signal ${signal}`));
  });
}

function add(total, counts) {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}
