/**
 * installers.ts: from a packaged folder to what people install: electron-builder's makers, called by Forge.
 *
 * In:   Forge's output folder, the system
 * Out:  InstallerMaker, installerConfig, TARGETS
 * Not:  packaging and signing the app itself (forge.config.ts)
 */
import { join } from 'node:path';
import { MakerBase, type MakerOptions } from '@electron-forge/maker-base';
import type { ForgePlatform } from '@electron-forge/shared-types';
import { buildForge, type Configuration } from 'electron-builder';

/** What is made on which system: each on its own, because none can make all of the others'. */
export const TARGETS: Readonly<
  Record<string, { readonly key: 'linux' | 'mac' | 'win'; readonly names: readonly string[] }>
> = {
  linux: { key: 'linux', names: ['AppImage', 'deb', 'rpm'] },
  darwin: { key: 'mac', names: ['dmg', 'zip'] },
  win32: { key: 'win', names: ['nsis'] },
};

/** electron-builder's settings. Nothing is published and nothing looks for updates: Mellon never phones home. */
export function installerConfig(output: string, electronVersion: string): Configuration {
  return {
    appId: 'example.mellon.app',
    productName: 'Mellon',
    copyright: 'The Mellon developers; MIT licence',
    electronVersion,
    directories: { output, buildResources: 'build/icons' },
    artifactName: 'mellon-${version}-${os}-${arch}.${ext}',
    publish: null,
    // A link fills the field in and starts nothing (electron/xmpp-link.ts).
    protocols: [{ name: 'XMPP address', schemes: ['xmpp'], role: 'Viewer' }],
    linux: {
      icon: 'build/icons/png',
      category: 'Network',
      maintainer: 'The Mellon developers <mellon@example.invalid>',
      synopsis: 'Tells whether an XMPP server deserves your trust, and why',
      executableName: 'mellon-window',
      mimeTypes: ['x-scheme-handler/xmpp'],
    },
    // fpm's own form: a file, and where the package puts it. `mellon` in the PATH is the command line.
    deb: { fpm: ['build/linux/mellon=/usr/bin/mellon'] },
    rpm: { fpm: ['build/linux/mellon=/usr/bin/mellon'] },
    mac: { icon: 'build/icons/icon.icns', category: 'public.app-category.utilities' },
    dmg: { title: 'Mellon ${version}' },
    win: { icon: 'build/icons/icon.ico' },
    nsis: {
      oneClick: false,
      perMachine: false,
      allowToChangeInstallationDirectory: true,
      deleteAppDataOnUninstall: false,
    },
  };
}

/** Forge asks for a class; this one hands everything to electron-builder. */
export class InstallerMaker extends MakerBase<object> {
  override name = 'electron-builder';
  override defaultPlatforms: ForgePlatform[] = ['linux', 'darwin', 'win32'];

  /** electron-builder makes each system's files on that system. */
  override isSupportedOnCurrentPlatform(): boolean {
    return process.platform in TARGETS;
  }

  override async make({
    dir,
    makeDir,
    appName,
    targetArch,
    targetPlatform,
    packageJSON,
  }: MakerOptions): Promise<string[]> {
    const target = TARGETS[targetPlatform];
    if (target === undefined) throw new Error(`no installers are known for ${targetPlatform}`);
    const manifest = packageJSON as { readonly devDependencies: { readonly electron: string } };
    return buildForge(
      { dir: targetPlatform === 'darwin' ? join(dir, `${appName}.app`) : dir },
      {
        [target.key]: target.names.map((name) => `${name}:${targetArch}`),
        config: installerConfig(makeDir, manifest.devDependencies.electron.replace(/^\D+/, '')),
      },
    );
  }
}
