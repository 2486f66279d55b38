/**
 * forge.config.ts: how the app is packaged: which files, which fuses, signed when the environment has the means.
 *
 * In:   dist/ (build/bundle.mjs), the environment
 * Out:  Forge's configuration
 * Not:  the installers (build/installers.ts)
 *
 * Forge's Vite plugin is not used: it would bundle a second time, elsewhere and with other settings, so that what is
 * shipped would not be what the tests have started. The same Vite build makes dist/ for npx, for the tests and for here.
 */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FusesPlugin } from '@electron-forge/plugin-fuses';
import type { ForgeConfig } from '@electron-forge/shared-types';
import { isShipped, shippedManifest } from './build/app-files.mjs';
import { FUSES } from './build/fuses.ts';
import { InstallerMaker } from './build/installers.ts';
import { signing } from './build/signing.ts';

const config: ForgeConfig = {
  packagerConfig: {
    name: 'Mellon',
    executableName: 'mellon-window',
    appBundleId: 'example.mellon.app',
    appCategoryType: 'public.app-category.utilities',
    icon: 'build/icons/icon',
    asar: true,
    // Everything is bundled: no node_modules goes in, so there is nothing to prune and nothing native to rebuild.
    prune: false,
    ignore: (path: string) => !isShipped(path),
    protocols: [{ name: 'XMPP address', schemes: ['xmpp'] }],
    // Where Electron cannot be downloaded, build/package.mjs names a folder with a stand-in.
    ...(process.env['MELLON_ELECTRON_ZIPS'] === undefined
      ? {}
      : { electronZipDir: process.env['MELLON_ELECTRON_ZIPS'] }),
    ...signing(process.env, process.platform),
  },
  rebuildConfig: { onlyModules: [] },
  plugins: [new FusesPlugin(FUSES)],
  makers: [new InstallerMaker()],
  hooks: {
    packageAfterCopy: async (_, folder) => {
      const file = join(folder, 'package.json');
      const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
      await writeFile(file, `${JSON.stringify(shippedManifest(manifest), null, 2)}\n`);
    },
    // It begins as a temporary folder, for its maker alone; deb and rpm keep that mode, and nobody but root could start it.
    postPackage: async (_, { outputPaths }) => {
      for (const folder of outputPaths) await chmod(folder, 0o755);
    },
  },
};

export default config;
