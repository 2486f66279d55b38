/** The scripts around the product: counting, linking, checksums, the release workflow. */
import { execFileSync, spawnSync } from 'node:child_process';
import { lstat, mkdtemp, readFile, readlink, rm, writeFile, mkdir } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countBun, countVitest, missingPeers } from '../../build/counts.mjs';
import { linkCommand } from '../../build/link.mjs';
import { writeChecksums, writeMaterials } from '../../build/materials.mjs';

const root = join(import.meta.dirname, '../..');
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mellon-scripts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('counting tests', () => {
  const passed = { status: 'passed', fullName: 'a' };
  const failed = { status: 'failed', fullName: 'b' };
  it('adds up what vitest wrote, and keeps the names of what it skipped', () => {
    const counts = countVitest({
      testResults: [
        { name: '/p/test/a.test.ts', status: 'failed', assertionResults: [passed, failed, passed] },
        {
          name: '/p/test/interop/b.test.ts',
          status: 'passed',
          assertionResults: [{ status: 'skipped', fullName: 'prosody' }],
        },
        {
          name: '/p/test/c.test.ts',
          status: 'passed',
          assertionResults: [{ status: 'pending', fullName: 'c' }],
        },
      ],
    });
    expect(counts).toMatchObject({ passed: 2, failed: 1, skipped: 2 });
    expect(missingPeers(counts.skippedNames, '/p').map((one) => one.name)).toEqual(['prosody']);
  });
  it('counts a file that broke before its first test as a failure', () => {
    expect(countVitest({ testResults: [{ name: 'x', status: 'failed', assertionResults: [] }] }).failed).toBe(
      1,
    );
  });
  it('reads the sums of a JUnit report', () => {
    const xml =
      '<?xml version="1.0"?>\n<testsuites name="bun test" tests="12" assertions="80" failures="2" skipped="3" time="1">';
    expect(countBun(xml)).toEqual({ passed: 7, failed: 2, skipped: 3 });
    expect(countBun('')).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

describe('the link for npx', () => {
  it('points at the built command on systems with links', async () => {
    await linkCommand(folder, 'linux');
    await linkCommand(folder, 'linux');
    const link = join(folder, 'node_modules/.bin/mellon');
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readlink(link)).toBe('../../dist/mellon.js');
  });
  it('is three small files on Windows, and the one for shells runs', async () => {
    await linkCommand(folder, 'win32');
    const bin = join(folder, 'node_modules/.bin');
    expect(await readFile(join(bin, 'mellon.cmd'), 'utf8')).toContain('"%~dp0\\..\\..\\dist\\mellon.js" %*');
    expect(await readFile(join(bin, 'mellon.ps1'), 'utf8')).toContain('exit $LASTEXITCODE');
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'dist/mellon.js'), 'console.log(process.argv.slice(2).join("|"));');
    const out = execFileSync('sh', [join(bin, 'mellon'), 'a b', 'c'], { encoding: 'utf8' });
    expect(out.trim()).toBe('a b|c');
  });
});

describe('the scripts on a machine that lacks something', () => {
  it('prepare ends well where the development dependencies are absent', () => {
    execFileSync('cp', ['-r', join(root, 'build'), join(root, 'package.json'), folder]);
    const run = spawnSync(process.execPath, [join(folder, 'build/prepare.mjs')], { encoding: 'utf8' });
    expect(run.status).toBe(0);
    expect(run.stderr).toBe('Nothing is built: the development dependencies are not installed.\n');
  });
  it.each(['build', 'test', 'bench', 'start', 'package'])(
    '%s says in one sentence that it needs another Node',
    (name) => {
      const old = `Object.defineProperty(process.versions, 'node', { value: '20.9.0' });`;
      const run = spawnSync(
        process.execPath,
        ['--import', `data:text/javascript,${encodeURIComponent(old)}`, join(root, `build/${name}.mjs`)],
        { encoding: 'utf8' },
      );
      expect(run.status).toBe(64);
      expect(run.stderr).toMatch(/^This script needs Node 24 [^\n]*\n$/);
    },
  );
});

describe('beside the installers', () => {
  it('lie sums that sha256sum accepts', async () => {
    await mkdir(join(folder, 'deb'));
    await writeFile(join(folder, 'deb/a.deb'), 'a');
    await writeFile(join(folder, 'b.AppImage'), 'b');
    await writeChecksums(folder);
    expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' })).toBe(
      'b.AppImage: OK\ndeb/a.deb: OK\n',
    );
    await writeFile(join(folder, 'deb/a.deb'), 'x');
    expect(spawnSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder }).status).not.toBe(0);
  });
  it('lies a bill of materials that names what runs in the product', async () => {
    await writeMaterials(folder);
    const bill = JSON.parse(await readFile(join(folder, 'mellon.cdx.json'), 'utf8')) as {
      readonly bomFormat: string;
      readonly components: readonly { readonly name: string; readonly version: string }[];
    };
    expect(bill.bomFormat).toBe('CycloneDX');
    const names = bill.components.map((one) => one.name);
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(names).toEqual(
      expect.arrayContaining([...Object.keys(manifest.dependencies), 'electron', 'svelte']),
    );
  });
});

describe('the release workflow', () => {
  const text = readFileSync(join(root, '.github/workflows/release.yml'), 'utf8');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  it("runs the project's own scripts and nothing else", () => {
    const commands = [...text.matchAll(/^\s+(?:- )?run: (.+)$/gm)].map((one) => one[1] ?? '');
    expect(commands.length).toBeGreaterThan(2);
    for (const command of commands) {
      const script = /^npm (?:run )?([\w:]+)/.exec(command)?.[1] ?? '';
      expect(script === 'ci' || script in scripts, command).toBe(true);
    }
  });
  it('covers three systems on two architectures', () => {
    for (const part of ['ubuntu-', 'macos-', 'windows-', 'x64', 'arm64']) expect(text).toContain(part);
  });
  it('pins every action to a commit, and has no more rights than it needs', () => {
    for (const one of text.matchAll(/uses: (.+)/g)) expect(one[1]).toMatch(/@[0-9a-f]{40}( #.*)?$/);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});

describe('.ci/run', () => {
  it('is a script that bash can read', () => {
    execFileSync('bash', ['-n', join(root, '.ci/run')]);
  });
});
