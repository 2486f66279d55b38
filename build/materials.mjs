/**
 * materials.mjs: what lies beside the installers: their SHA-256 sums, and the bill of materials.
 *
 * In:   a folder
 * Out:  writeChecksums (SHA256SUMS, as `sha256sum -c` reads it), writeMaterials (CycloneDX JSON from npm itself)
 * Not:  making the installers
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { root } from './node-line.mjs';

/** @param {string} folder */
export async function writeChecksums(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== 'SHA256SUMS')
    .map((entry) => join(entry.parentPath, entry.name));
  const lines = [];
  for (const file of files.sort()) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    lines.push(`${hash.digest('hex')}  ${relative(folder, file).split(sep).join('/')}`);
  }
  await writeFile(join(folder, 'SHA256SUMS'), `${lines.join('\n')}\n`);
}

/** Everything installed, the tools that built it included. @param {string} folder */
export async function writeMaterials(folder) {
  // npm lies beside this very script's runner; `shell` because it is a .cmd file on Windows.
  const npm = spawnSync('npm', ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) throw new Error(`npm sbom failed: ${npm.stderr}`);
  await writeFile(join(folder, 'mellon.cdx.json'), npm.stdout);
}
