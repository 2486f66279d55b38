/**
 * project.ts: a copy of the project to build and package in, so that no test touches the dist/ that others are using.
 *
 * In:   nothing
 * Out:  copyProject
 * Not:  building it
 */
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Sources and settings copied, node_modules linked. The caller removes the folder. */
export function copyProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mellon-project-'));
  for (const name of [
    'package.json',
    'LICENSE',
    'tsconfig.json',
    'forge.config.ts',
    'build',
    'electron',
    'shared',
    'renderer',
  ]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}
