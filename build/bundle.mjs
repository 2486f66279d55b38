/**
 * bundle.mjs: the sources become dist/: the command line, the Electron main and preload, the renderer.
 *
 * In:   electron/mellon.ts, electron/main.ts, electron/preload.ts, renderer/index.html
 * Out:  buildAll(outDir), buildPreload(outDir), buildRenderer(outDir); LICENCES.txt of what was bundled lies beside the rest
 * Not:  packages for people (forge.config.ts)
 *
 * Everything but Electron itself is bundled, so that a package ships no node_modules. What only some commands need stays in
 * chunks of its own (dynamic imports): `mellon --help` must not load a certificate builder.
 */
import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { licenceCollector } from './licences.mjs';
import { root } from './node-line.mjs';

/**
 * Builds every part into `outDir`, which is emptied first. Throws what Vite throws: a broken source is a broken build.
 *
 * @param {string} outDir
 */
export async function buildAll(outDir = join(root, 'dist')) {
  await rm(outDir, { recursive: true, force: true });
  const licences = licenceCollector();
  await Promise.all([buildEngine(outDir, licences.plugin), buildPreload(outDir)]);
  await buildRenderer(outDir, licences.plugin);
  await writeFile(join(outDir, 'LICENCES.txt'), await licences.text());
  await chmod(join(outDir, 'mellon.js'), 0o755);
}

/** @param {string} outDir @param {import('vite').Plugin} licences */
async function buildEngine(outDir, licences) {
  await build({
    ...common,
    plugins: [licences],
    ssr: { noExternal: true, target: 'node' },
    resolve: { conditions: ['node', 'import', 'module', 'default'] },
    build: {
      ...commonBuild,
      ssr: true,
      target: 'node24',
      outDir,
      rolldownOptions: {
        input: {
          mellon: join(root, 'electron/mellon.ts'),
          main: join(root, 'electron/main.ts'),
        },
        // ws asks for two optional native speed-ups inside a try; without them it uses its own code.
        external: ['electron', 'bufferutil', 'utf-8-validate'],
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'parts/[name]-[hash].js',
          banner: (chunk) => (chunk.name === 'mellon' ? '#!/usr/bin/env node' : ''),
        },
      },
    },
  });
}

/** One CommonJS file: a sandboxed preload can require nothing but `electron`. @param {string} outDir */
export async function buildPreload(outDir) {
  await build({
    ...common,
    ssr: { noExternal: true, target: 'node' },
    build: {
      ...commonBuild,
      ssr: true,
      target: 'node24',
      outDir,
      rolldownOptions: {
        input: { preload: join(root, 'electron/preload.ts') },
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  });
}

/** @param {string} outDir @param {import('vite').Plugin} [licences] */
export async function buildRenderer(outDir, licences) {
  if (!existsSync(join(root, 'renderer/index.html'))) {
    process.stderr.write('renderer/index.html is missing: the window is left out of this build.\n');
    return;
  }
  await build({
    configFile: join(root, 'build/vite.renderer.config.ts'),
    logLevel: 'warn',
    plugins: licences === undefined ? [] : [licences],
    build: { outDir: join(outDir, 'renderer') },
  });
}

/** @type {import('vite').InlineConfig} */
const common = { configFile: false, root, logLevel: 'warn', publicDir: false, envDir: false };

/** @type {import('vite').BuildOptions} */
const commonBuild = { emptyOutDir: false, minify: false, sourcemap: false, reportCompressedSize: false };
