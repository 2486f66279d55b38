/** Installers: settings that electron-builder knows, signing only with means, icons of every size. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { InstallerMaker, installerConfig, TARGETS } from '../../build/installers.ts';
import { signing } from '../../build/signing.ts';
import forge from '../../forge.config.ts';

const root = join(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
const config = installerConfig('/tmp/out', '45.4.1');
const validate = new Ajv({ strict: false, allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(require.resolve('app-builder-lib/scheme.json'), 'utf8')) as object,
);

describe('the installers', () => {
  it("have settings that electron-builder's own schema accepts", () => {
    expect(validate(JSON.parse(JSON.stringify(config))), JSON.stringify(validate.errors)).toBe(true);
  });
  it('would be refused with a misspelt setting', () => {
    expect(validate({ ...config, publsh: null })).toBe(false);
    expect(validate({ ...config, nsis: { oneClick: 'no' } })).toBe(false);
  });
  it('are the six formats, each on its own system', () => {
    expect(Object.values(TARGETS).flatMap((one) => one.names)).toEqual([
      'AppImage',
      'deb',
      'rpm',
      'dmg',
      'zip',
      'nsis',
    ]);
    const makers = forge.makers ?? [];
    expect(makers).toHaveLength(1);
    expect(makers[0]).toBeInstanceOf(InstallerMaker);
    expect((makers[0] as InstallerMaker).platforms).toEqual(['linux', 'darwin', 'win32']);
  });
  it('publish nothing and look for no updates', () => {
    expect(config.publish).toBeNull();
    const manifest = readFileSync(join(root, 'package.json'), 'utf8');
    expect(manifest).not.toMatch(/electron-updater|update-electron-app|sentry|telemetry|analytics/i);
  });
  it('put `mellon` into the PATH with deb and rpm, and register xmpp: links', () => {
    for (const one of [config.deb, config.rpm])
      expect(one?.fpm).toEqual(['build/linux/mellon=/usr/bin/mellon']);
    expect(statSync(join(root, 'build/linux/mellon')).mode & 0o111).not.toBe(0);
    execFileSync('sh', ['-n', join(root, 'build/linux/mellon')]);
    expect(config.linux?.mimeTypes).toEqual(['x-scheme-handler/xmpp']);
    expect(config.linux?.executableName).toBe(forge.packagerConfig?.executableName);
    expect(config.protocols).toEqual([{ name: 'XMPP address', schemes: ['xmpp'], role: 'Viewer' }]);
  });
});

describe('the command in the PATH', () => {
  it("opens the window without arguments, and hands arguments to the command line behind Chromium's switches", () => {
    const script = readFileSync(join(root, 'build/linux/mellon'), 'utf8').replaceAll(
      '/opt/Mellon/mellon-window',
      'echo',
    );
    const run = (...args: string[]): string =>
      execFileSync('sh', ['-c', script, 'mellon', ...args], { encoding: 'utf8' }).trim();
    expect(run()).toBe('');
    expect(run('check', 'a b', '--json')).toBe('--ozone-platform=headless --command-line check a b --json');
  });
});

describe('signing', () => {
  const apple = {
    APPLE_SIGN_IDENTITY: 'Developer ID',
    APPLE_API_KEY: '/k.p8',
    APPLE_API_KEY_ID: 'K',
    APPLE_API_ISSUER: 'I',
  };
  it('is left out without means, whatever the system', () => {
    for (const platform of ['darwin', 'win32', 'linux']) expect(signing({}, platform)).toEqual({});
    expect(signing({ ...apple, APPLE_SIGN_IDENTITY: '' }, 'darwin')).toEqual({});
    expect(signing({ WINDOWS_SIGN_TOOL: 'signtool' }, 'win32')).toEqual({});
  });
  it('on macOS hardens the runtime, and notarises with a whole key only', () => {
    const signed = signing(apple, 'darwin');
    expect(signed.osxSign).toMatchObject({ identity: 'Developer ID' });
    const { optionsForFile } = signed.osxSign as { optionsForFile: () => unknown };
    expect(optionsForFile()).toEqual({ hardenedRuntime: true, entitlements: 'build/mac/entitlements.plist' });
    expect(signed.osxNotarize).toEqual({ appleApiKey: '/k.p8', appleApiKeyId: 'K', appleApiIssuer: 'I' });
    expect(signing({ ...apple, APPLE_API_ISSUER: undefined }, 'darwin')).not.toHaveProperty('osxNotarize');
  });
  it('on Windows uses the tool that it is given', () => {
    expect(signing({ WINDOWS_SIGN_TOOL: 't.exe', WINDOWS_SIGN_PARAMS: '/x' }, 'win32')).toEqual({
      windowsSign: { signToolPath: 't.exe', signWithParams: '/x' },
    });
  });
  it('asks macOS for run-time compilation and for nothing else', () => {
    const keys = readFileSync(join(root, 'build/mac/entitlements.plist'), 'utf8').match(/<key>[^<]*<\/key>/g);
    expect(keys).toEqual(['<key>com.apple.security.cs.allow-jit</key>']);
  });
});

describe('the icons', () => {
  const icons = join(root, 'build/icons');
  it.each([16, 32, 48, 64, 128, 256, 512])('have a PNG of %s pixels', (size) => {
    expect(pngSize(readFileSync(join(icons, `png/${size}x${size}.png`)))).toEqual([size, size]);
  });
  it('are in the Windows file, each image where the directory says', () => {
    const ico = readFileSync(join(icons, 'icon.ico'));
    const count = ico.readUInt16LE(4);
    const sizes = Array.from({ length: count }, (_, i) => {
      const at = 6 + 16 * i;
      const [length, offset] = [ico.readUInt32LE(at + 8), ico.readUInt32LE(at + 12)];
      const [width] = pngSize(ico.subarray(offset, offset + length));
      expect(ico.readUInt8(at)).toBe((width ?? 0) % 256);
      return width;
    });
    expect(sizes).toEqual([16, 32, 48, 64, 128, 256]);
  });
  it('are in the Apple file, which is exactly as long as it says', () => {
    const icns = readFileSync(join(icons, 'icon.icns'));
    expect(icns.toString('latin1', 0, 4)).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    const types: string[] = [];
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
      types.push(icns.toString('latin1', at, at + 4));
      expect(pngSize(icns.subarray(at + 8))[0]).toBeGreaterThan(0);
    }
    expect(types).toEqual(['icp4', 'icp5', 'icp6', 'ic07', 'ic08', 'ic09']);
  });
});

/** Width and height of a PNG (its IHDR chunk comes first). */
function pngSize(png: Buffer): readonly number[] {
  expect(png.toString('latin1', 1, 4)).toBe('PNG');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}
