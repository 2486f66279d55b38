/**
 * package.mjs: `npm run package` and `npm run make`.
 *
 * In:   `package` or `make`, and Forge's own options after it (--platform, --arch)
 * Out:  out/: the unpacked app; with `make` the installers, their checksums and the bill of materials
 * Not:  what goes in (forge.config.ts)
 */
import { spawnSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareApple } from './apple.mjs';
import { requireNodeLine, root } from './node-line.mjs';
import { writeStandIn } from './stand-in-electron.mjs';

const [verb = 'package', ...options] = process.argv.slice(2);
requireNodeLine(`npm run ${verb}`);

const { buildAll } = await import('./bundle.mjs');
await buildAll();
await rm(join(root, 'out'), { recursive: true, force: true });

const version = JSON.parse(await readFile(join(root, 'node_modules/electron/package.json'), 'utf8')).version;
const signing = await prepareApple(process.env);
const { env } = signing;
let standIn;
// Tests ask for the stand-in, so that they mean the same everywhere.
if (process.env.MELLON_STAND_IN === '1' || !(await isElectronToBeHad(version))) {
  if (verb !== 'package' || process.platform !== 'linux') {
    process.stderr.write(`Electron ${version} cannot be downloaded here, and installers need it.\n`);
    await signing.close();
    process.exit(1);
  }
  process.stderr.write(
    `Electron ${version} cannot be downloaded here: a stand-in takes its place in out/.\n`,
  );
  standIn = join(tmpdir(), `mellon-stand-in-${process.pid}`);
  await writeStandIn(standIn, { version, arch: process.arch });
  env.MELLON_ELECTRON_ZIPS = standIn;
}

const forge = spawnSync(
  process.execPath,
  [join(root, 'node_modules/@electron-forge/cli/dist/electron-forge.js'), verb, ...options],
  {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
if (standIn !== undefined) await rm(standIn, { recursive: true, force: true });
await signing.close();
if (forge.status === 0 && verb === 'make') {
  const { writeChecksums, writeMaterials } = await import('./materials.mjs');
  await writeMaterials(join(root, 'out/make'));
  await writeChecksums(join(root, 'out/make'));
}
process.exitCode = forge.status ?? 1;

/** Asks for the real thing in the one way that everything else does; it comes from its cache or from the project's page. */
async function isElectronToBeHad(wanted) {
  const { downloadArtifact } = await import('@electron/get');
  const asked = downloadArtifact({
    version: wanted,
    artifactName: 'electron',
    platform: process.platform,
    arch: process.arch,
    downloadOptions: { retry: { limit: 0 }, timeout: { request: 600_000, connect: 10_000 } },
  });
  return asked.then(
    () => true,
    () => false,
  );
}
