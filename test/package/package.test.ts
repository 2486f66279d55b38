/** `npm run package` over a stand-in Electron: what is in the app, and does its main start? */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractAll, listPackage } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLS } from '../../shared/bridge.ts';
import { isShipped, shippedManifest } from '../../build/app-files.mjs';
import { copyProject } from './project.ts';

const root = join(import.meta.dirname, '../..');
let project = '';
let app = '';
let unpacked = '';
let files: readonly string[] = [];

beforeAll(() => {
  project = copyProject();
  const made = spawnSync(process.execPath, [join(project, 'build/package.mjs'), 'package'], {
    cwd: project,
    env: {
      ...process.env,
      MELLON_STAND_IN: '1',
      PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
    },
    encoding: 'utf8',
  });
  if (made.status !== 0)
    throw new Error(`packaging ended with ${String(made.status)}\n${made.stdout}\n${made.stderr}`);
  app = join(project, 'out', readdirSync(join(project, 'out'))[0] ?? '');
  const archive = join(app, 'resources/app.asar');
  files = listPackage(archive, { isPack: false }).map((file) => file.replaceAll('\\', '/'));
  unpacked = mkdtempSync(join(tmpdir(), 'mellon-unpacked-'));
  extractAll(archive, unpacked);
}, 120_000);
afterAll(() => {
  for (const folder of [project, unpacked])
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform !== 'linux')('the packaged app', () => {
  it('holds the bundles, the page and the licences, and nothing else', () => {
    const known = [
      /^\/(package\.json|LICENSE|dist)$/,
      /^\/dist\/(main\.js|preload\.cjs|LICENCES\.txt|parts|renderer)$/,
      /^\/dist\/parts\/[\w.-]+\.js$/,
      /^\/dist\/renderer\/(index\.html|assets)$/,
      /^\/dist\/renderer\/assets\/[\w.-]+\.(js|css|svg|png|woff2)$/,
    ];
    expect(files.filter((file) => !known.some((pattern) => pattern.test(file)))).toEqual([]);
    for (const file of [
      '/dist/main.js',
      '/dist/preload.cjs',
      '/dist/LICENCES.txt',
      '/dist/renderer/index.html',
      '/LICENSE',
    ]) {
      expect(files).toContain(file);
    }
  });
  it('lies in folders that everybody may enter: an installed package keeps their modes', () => {
    const entries = readdirSync(app, { recursive: true, withFileTypes: true });
    const folders = [app, ...entries.filter((e) => e.isDirectory()).map((e) => join(e.parentPath, e.name))];
    expect(folders.length).toBeGreaterThan(1);
    expect(folders.filter((folder) => (statSync(folder).mode & 0o755) !== 0o755)).toEqual([]);
  });
  it('has no source, test, map or development file in it', () => {
    expect(files.filter((file) => /\.(ts|cts|mts|svelte|map)$|node_modules|\/test\//.test(file))).toEqual([]);
    const text = readFileSync(join(unpacked, 'dist/main.js'), 'utf8');
    expect(text).not.toContain('sourceMappingURL');
  });
  it('weighs less than 8 MB without Electron', () => {
    expect(statSync(join(app, 'resources/app.asar')).size).toBeLessThan(8 * 1024 * 1024);
  });
  it('carries a short package.json, without scripts and dependencies', () => {
    const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(Object.keys(manifest).sort()).toEqual([
      'author',
      'description',
      'license',
      'main',
      'name',
      'productName',
      'type',
      'version',
    ]);
    expect(manifest['main']).toBe('dist/main.js');
  });
  it('names the licence of every package that is in a bundle', () => {
    const text = readFileSync(join(unpacked, 'dist/LICENCES.txt'), 'utf8');
    const named = [...text.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) \d+\.\d+\.\d+\S* \(.+\)$/gm)].map(
      (one) => one[1],
    );
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    expect(named).toEqual(expect.arrayContaining([...Object.keys(manifest.dependencies), 'svelte']));
    expect(text).toContain('Permission is hereby granted');
    // Electron's own, and Chromium's, lie beside the program.
    expect(readdirSync(app)).toEqual(expect.arrayContaining(['LICENSE', 'LICENSES.chromium.html']));
  });
  it('is started by a program of the expected name, which says here that it is a stand-in', () => {
    const started = spawnSync(join(app, 'mellon-window'), { encoding: 'utf8' });
    expect(started.stderr).toContain('stand-in');
  });
  it('imports nothing at run time but Node and Electron', () => {
    const require = createRequire(import.meta.url);
    const builtin = new Set((require('node:module') as typeof import('node:module')).builtinModules);
    const optional = ['electron', 'bufferutil', 'utf-8-validate'];
    const scripts = files.filter(
      (file) => /^\/dist\/(main\.js|preload\.cjs|parts\/.*)$/.test(file) && file.endsWith('js'),
    );
    const foreign = scripts.flatMap((file) => {
      const text = readFileSync(join(unpacked, file), 'utf8');
      const names = [
        ...text.matchAll(/(?:^import [^'"\n]*|^import|\bimport\(|^\}? ?from )\s*["']([^"'.][^"']*)["']/gm),
      ];
      return names
        .map((one) => one[1] ?? '')
        .filter((name) => {
          const bare = name.replace(/^node:/, '');
          return !builtin.has(bare) && !optional.includes(bare);
        });
    });
    expect(foreign).toEqual([]);
  });
});

describe.skipIf(process.platform !== 'linux')(
  "the packed main, started over a stand-in for Electron's API",
  () => {
    it('opens one window on its own page, with every handler in place', () => {
      const seen = start([]);
      expect(seen.windows).toHaveLength(1);
      expect(seen.windows[0]?.options.webPreferences).toMatchObject({
        preload: join(unpacked, 'dist/preload.cjs'),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        devTools: false,
      });
      expect(argsOf(seen, 'loadURL')).toEqual([['mellon://app/index.html']]);
      expect(seen.ipc.sort()).toEqual(CALLS.map((call) => `mellon:call:${call}`).sort());
      expect(seen.protocols).toEqual(['mellon']);
      expect(argsOf(seen, 'ipcMain.removeAllListeners')).toEqual([['electron-store-get-data']]);
    });
    it('limits Chromium before anything is shown', () => {
      const seen = start([]);
      const before = seen.calls.slice(
        0,
        seen.calls.findIndex((call) => call.what === 'loadURL'),
      );
      expect(before.map((call) => call.what)).toContain('enableSandbox');
      expect(before).toContainEqual({
        what: 'appendSwitch',
        args: ['host-resolver-rules', 'MAP * ~NOTFOUND'],
      });
      expect(argsOf(seen, 'appendSwitch').map(([name]) => name)).toEqual([
        'host-resolver-rules',
        'disable-background-networking',
      ]);
      expect(argsOf(seen, 'registerSchemesAsPrivileged')[0]?.[0]).toEqual([
        {
          scheme: 'mellon',
          privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
        },
      ]);
    });
    it('fills a link into the field and starts nothing', () => {
      const seen = start(['xmpp:bilbo@shire.example?message']);
      expect(argsOf(seen, 'loadURL')).toEqual([['mellon://app/index.html#ask=bilbo%40shire.example']]);
      expect(argsOf(seen, 'send')).toEqual([]);
    });
    it('leaves the stage to the instance that was there first', () => {
      const seen = start([], { MELLON_STAND_IN_SECOND: '1' });
      expect(seen.windows).toEqual([]);
      expect(argsOf(seen, 'quit')).toHaveLength(1);
    });
    it('answers a command line without a window', () => {
      const seen = start(['--ozone-platform=headless', '--command-line', '--version']);
      expect(seen.windows).toEqual([]);
      expect(argsOf(seen, 'exit')).toEqual([[0]]);
      expect(seen.output).toMatch(/^mellon \d+\.\d+\.\d+ /);
    });
  },
);

describe('the file list', () => {
  it.each([
    '/electron/main.ts',
    '/node_modules/ws/index.js',
    '/test/house.test.ts',
    '/dist/mellon.js',
    '/.git',
    '/README.md',
    '/distant',
    '/out',
  ])('leaves out %s', (path) => {
    expect(isShipped(path)).toBe(false);
  });
  it('keeps nothing of the manifest that is not named', () => {
    expect(shippedManifest({ name: 'mellon', scripts: {}, private: true, secret: 1 })).not.toHaveProperty(
      'scripts',
    );
    expect(Object.keys(shippedManifest({ secret: 1 }))).not.toContain('secret');
  });
});

type Seen = {
  readonly windows: readonly { readonly options: { readonly webPreferences: object } }[];
  readonly calls: readonly { readonly what: string; readonly args: readonly unknown[] }[];
  readonly ipc: string[];
  readonly protocols: readonly string[];
  readonly output: string;
};

/** Starts the packed main in a process of its own, and reads what it did. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Seen {
  const home = mkdtempSync(join(tmpdir(), 'mellon-home-'));
  try {
    const run = spawnSync(
      process.execPath,
      ['--import', join(root, 'test/electron/under-stand-in.ts'), join(unpacked, 'dist/main.js'), ...args],
      {
        encoding: 'utf8',
        timeout: 20_000,
        env: { ...process.env, ...env, HOME: home, XDG_CONFIG_HOME: home, MELLON_STAND_IN_FOLDER: home },
      },
    );
    const [output = '', record] = run.stdout.split('\n@seen ');
    if (record === undefined) throw new Error(`main left no record: ${run.stdout}${run.stderr}`);
    return { ...(JSON.parse(record) as Omit<Seen, 'output'>), output };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
function argsOf(seen: Seen, what: string): readonly (readonly unknown[])[] {
  return seen.calls.filter((call) => call.what === what).map((call) => call.args);
}
