/** Signing on a macOS build machine: secrets come as text, become files and a keychain for the time of the build, and are gone. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { prepareApple } from '../../build/apple.mjs';

const SECRETS = {
  APPLE_API_KEY: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
  APPLE_CERTIFICATE: Buffer.from('a PKCS #12 file').toString('base64'),
  APPLE_CERTIFICATE_PASSWORD: 'speak friend',
};

/** `security` of macOS, stood in for: what it was told, and what the certificate's file held at that moment. */
function standIn(fails = ''): {
  readonly calls: string[][];
  readonly seen: string[];
  readonly run: (args: string[]) => void;
} {
  const calls: string[][] = [];
  const seen: string[] = [];
  return {
    calls,
    seen,
    run: (args) => {
      calls.push(args);
      if (args[0] === 'import') seen.push(readFileSync(args[1] ?? '', 'utf8'));
      if (args[0] === fails) throw new Error('no such keychain');
    },
  };
}
const verbs = (calls: readonly string[][]): readonly (string | undefined)[] => calls.map(([verb]) => verb);

describe('preparing to sign on macOS', () => {
  it('puts the certificate into a keychain of its own and the key into a file, and removes both', async () => {
    const security = standIn();
    const { env, close } = await prepareApple(SECRETS, 'darwin', security.run);
    expect(verbs(security.calls)).toEqual([
      'create-keychain',
      'set-keychain-settings',
      'unlock-keychain',
      'import',
      'set-key-partition-list',
      'list-keychains',
    ]);
    expect(security.seen).toEqual(['a PKCS #12 file']);
    const file = env['APPLE_API_KEY'] ?? '';
    expect(readFileSync(file, 'utf8')).toBe(SECRETS.APPLE_API_KEY);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await close();
    expect(existsSync(file)).toBe(false);
    expect(verbs(security.calls).slice(6)).toEqual(['list-keychains', 'delete-keychain']);
  });
  it('leaves a key that is a file where it is, and makes no keychain without a certificate', async () => {
    const security = standIn();
    const { env, close } = await prepareApple({ APPLE_API_KEY: '/keys/a.p8' }, 'darwin', security.run);
    expect(env).toEqual({ APPLE_API_KEY: '/keys/a.p8' });
    expect(security.calls).toEqual([]);
    await close();
  });
  it('does nothing on another system', async () => {
    const security = standIn();
    const { env, close } = await prepareApple(SECRETS, 'linux', security.run);
    expect(env).toEqual(SECRETS);
    expect(security.calls).toEqual([]);
    await close();
  });
  it('removes what it had made where a step fails, and says so', async () => {
    const security = standIn('import');
    await expect(prepareApple(SECRETS, 'darwin', security.run)).rejects.toThrow('no such keychain');
    expect(verbs(security.calls).at(-1)).toBe('delete-keychain');
  });
  it('removes the files also where the keychain cannot be removed, and says so', async () => {
    const security = standIn('delete-keychain');
    const { env, close } = await prepareApple(SECRETS, 'darwin', security.run);
    const file = env['APPLE_API_KEY'] ?? '';
    await expect(close()).rejects.toThrow('no such keychain');
    expect(existsSync(file)).toBe(false);
  });
});
