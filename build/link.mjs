/**
 * link.mjs: puts dist/mellon.js where npx looks.
 *
 * In:   the project's folder
 * Out:  linkCommand(root): node_modules/.bin/mellon, and on Windows mellon.cmd and mellon.ps1 beside it
 * Not:  building
 */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Replaces whatever stands at node_modules/.bin/mellon.
 *
 * @param {string} root Folder of package.json.
 * @param {NodeJS.Platform} platform
 */
export async function linkCommand(root, platform = process.platform) {
  const folder = join(root, 'node_modules', '.bin');
  await mkdir(folder, { recursive: true });
  if (platform !== 'win32') {
    await rm(join(folder, 'mellon'), { force: true });
    await symlink('../../dist/mellon.js', join(folder, 'mellon'));
    return;
  }
  for (const [name, text] of Object.entries(WINDOWS_SHIMS)) {
    await rm(join(folder, name), { force: true });
    await writeFile(join(folder, name), text);
  }
}

/** The three files that npm itself would write for a `bin`: for Git's shell, cmd.exe and PowerShell. */
const WINDOWS_SHIMS = {
  mellon: '#!/bin/sh\nexec node "$(dirname "$0")/../../dist/mellon.js" "$@"\n',
  'mellon.cmd': '@ECHO off\r\nnode "%~dp0\\..\\..\\dist\\mellon.js" %*\r\n',
  'mellon.ps1':
    '#!/usr/bin/env pwsh\n$input | & node "$PSScriptRoot/../../dist/mellon.js" $args\nexit $LASTEXITCODE\n',
};
