/**
 * run.ts: drives one real client over every case of the demo realm and prints what the rules expect beside what it did.
 *
 * In:   `node test/clients/run.ts slixmpp|profanity [--only PART] [--json FILE]`, as root on Debian
 * Out:  a table; with --json the same for machines; exit 1 where no case could be run
 * Not:  a test of ours: it shows how other people's programs are tested (README.md)
 *
 * The client finds the realm as it would find any server: /etc/resolv.conf names the realm's resolver, in a mount namespace
 * of its own, so that nothing of this machine changes.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Case, CasesFile } from '../../electron/demo-cases.ts';
import { driveProfanity } from './profanity.ts';
import { driveSlixmpp } from './slixmpp.ts';

/** What a driver says of one case. */
export type Observed = { readonly id: string; readonly observed: string; readonly detail: string };
/** Drives its program over cases that share a resolver; `command` puts it into the realm's view of the world. */
export type Driver = (
  cases: readonly Case[],
  realm: {
    readonly ca: string;
    readonly folder: string;
    readonly enter: (argv: readonly string[]) => readonly [string, readonly string[]];
  },
  tell: (observed: Observed) => void,
) => Promise<{ readonly program: string; readonly profile: string }>;

const DRIVERS: Readonly<Record<string, Driver>> = { slixmpp: driveSlixmpp, profanity: driveProfanity };
const entry = fileURLToPath(new URL('../../electron/mellon.ts', import.meta.url));

const { values, positionals } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'string' } },
  allowPositionals: true,
});
const drive = DRIVERS[positionals[0] ?? ''];
if (drive === undefined) {
  console.error(`Which client? ${Object.keys(DRIVERS).join(' or ')}`);
  process.exit(64);
}

const folder = mkdtempSync(join(tmpdir(), 'mellon-clients-run-'));
const realm = await startRealm(folder);
try {
  process.exitCode = await run(realm.file, drive);
} finally {
  realm.child.kill('SIGINT');
  rmSync(folder, { recursive: true, force: true });
}

async function startRealm(
  inside: string,
): Promise<{ readonly child: ChildProcess; readonly file: CasesFile }> {
  const path = join(inside, 'cases.json');
  const child = spawn(process.execPath, [entry, 'demo', '--serve-clients', '--cases', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => {
      if (existsSync(path)) resolve();
    });
    child.on('exit', (code) => reject(new Error(`the realm ended with ${code}`)));
  });
  return { child, file: JSON.parse(readFileSync(path, 'utf8')) as CasesFile };
}

async function run({ cases, ca }: CasesFile, driver: Driver): Promise<number> {
  const wanted = cases.filter((one) => values.only === undefined || one.id.includes(values.only));
  const seen = new Map<string, Observed>();
  let about = { program: '', profile: '' };
  for (const resolver of new Set(wanted.map((one) => one.resolver.address))) {
    const resolv = join(folder, `resolv-${resolver}`);
    writeFileSync(resolv, `nameserver ${resolver}\noptions timeout:1 attempts:2\n`);
    const enter = (argv: readonly string[]): readonly [string, readonly string[]] => [
      'unshare',
      ['-m', 'sh', '-c', 'mount --bind "$0" /etc/resolv.conf && exec "$@"', resolv, ...argv],
    ];
    const here = wanted.filter((one) => one.resolver.address === resolver);
    about = await driver(here, { ca: ca.file ?? '', folder, enter }, (one) => {
      seen.set(one.id, one);
      const found = here.find((other) => other.id === one.id);
      if (found !== undefined) printRow(found, one);
    });
  }
  return summarise(wanted, seen, about);
}

function printRow(one: Case, { observed, detail }: Observed): void {
  const rules = [one.expected.outcome, one.expected.by ?? one.expected.case ?? ''].join(' ').trim();
  console.log(
    `${one.id.padEnd(44)} ${rules.padEnd(40)} ${observed.padEnd(16)} ${detail.replaceAll('\n', ' ').slice(0, 80)}`,
  );
}

function summarise(
  wanted: readonly Case[],
  seen: ReadonlyMap<string, Observed>,
  about: { readonly program: string; readonly profile: string },
): number {
  const rows = wanted.map((one) => ({
    id: one.id,
    expected: one.expected,
    endpoint: one.endpoints[0]?.expected ?? null,
    profile: one.programs[about.profile] ?? null,
    observed: seen.get(one.id)?.observed ?? 'not run',
    detail: seen.get(one.id)?.detail ?? '',
  }));
  const ran = rows.filter((row) => row.observed !== 'not run');
  const known = ran.filter((row) => row.profile !== null && row.profile !== 'unknown');
  const agree = known.filter((row) => row.profile === row.observed);
  console.log(`\n${about.program}: ${ran.length} of ${wanted.length} cases run`);
  console.log(
    `the profile ${about.profile} says the same in ${agree.length} of ${known.length} cases where it says anything`,
  );
  for (const row of known)
    if (row.profile !== row.observed)
      console.log(
        `  ${row.id}: profile ${row.profile}, observed ${row.observed} (${row.detail.slice(0, 90)})`,
      );
  const silent = ran.filter(
    (row) => row.observed === 'accepts' && row.endpoint !== null && row.endpoint.outcome !== 'auto-accept',
  );
  console.log(`it went on silently in ${silent.length} cases where the rules do not accept the endpoint:`);
  for (const row of silent)
    console.log(`  ${row.id}: ${row.endpoint?.outcome ?? ''} ${row.endpoint?.case ?? ''}`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ ...about, rows }, null, 2)}\n`);
  return ran.length === 0 ? 1 : 0;
}
