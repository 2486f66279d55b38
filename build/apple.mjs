/**
 * apple.mjs: what signing on a macOS machine needs as files, made from what a build machine has: text in its environment.
 *
 * In:   APPLE_CERTIFICATE (a PKCS #12 file in base64) and APPLE_CERTIFICATE_PASSWORD; APPLE_API_KEY as a file's name or its text
 * Out:  a keychain of its own that holds the certificate, the key as a file; and both gone afterwards
 * Not:  signing (signing.ts tells Forge), keeping anything: all lies in one temporary folder
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Prepares signing, as far as the environment has the means; elsewhere than on macOS there is nothing to prepare.
 *
 * @param {NodeJS.ProcessEnv} env The environment; it is not changed.
 * @param {(args: string[]) => void} security Runs macOS's `security`.
 * @returns {Promise<{ env: NodeJS.ProcessEnv, close: () => Promise<void> }>} The environment to build with; `close` removes the files.
 */
export async function prepareApple(env, platform = process.platform, security = runSecurity) {
  const folder = await mkdtemp(join(tmpdir(), 'mellon-signing-'));
  const prepared = { ...env };
  const undo = [() => rm(folder, { recursive: true, force: true })];
  /** Where one thing cannot be undone the rest is undone all the same, the files with the keys above all. */
  const close = async () => {
    const problems = [];
    for (const one of undo.reverse()) {
      try {
        await one();
      } catch (problem) {
        problems.push(problem);
      }
    }
    if (problems.length > 0) throw problems[0];
  };
  if (platform !== 'darwin') return { env: prepared, close };
  try {
    if (env.APPLE_API_KEY?.startsWith('-----BEGIN')) {
      prepared.APPLE_API_KEY = join(folder, 'notarise.p8');
      await writeFile(prepared.APPLE_API_KEY, env.APPLE_API_KEY, { mode: 0o600 });
    }
    if (env.APPLE_CERTIFICATE && env.APPLE_CERTIFICATE_PASSWORD) {
      const certificate = join(folder, 'sign.p12');
      await writeFile(certificate, Buffer.from(env.APPLE_CERTIFICATE, 'base64'), { mode: 0o600 });
      const keychain = join(folder, 'sign.keychain-db');
      const password = randomBytes(24).toString('base64url');
      security(['create-keychain', '-p', password, keychain]);
      undo.push(() => security(['delete-keychain', keychain]));
      security(['set-keychain-settings', '-lut', String(LOCKED_AFTER), keychain]);
      security(['unlock-keychain', '-p', password, keychain]);
      security([
        ...['import', certificate, '-f', 'pkcs12', '-P', env.APPLE_CERTIFICATE_PASSWORD],
        ...['-k', keychain, '-T', '/usr/bin/codesign'],
      ]);
      // Without this codesign would ask at a screen that nobody sits at.
      security([
        'set-key-partition-list',
        '-S',
        'apple-tool:,apple:,codesign:',
        '-s',
        '-k',
        password,
        keychain,
      ]);
      security(['list-keychains', '-d', 'user', '-s', keychain, 'login.keychain-db']);
      undo.push(() => security(['list-keychains', '-d', 'user', '-s', 'login.keychain-db']));
    }
    return { env: prepared, close };
  } catch (problem) {
    // What failed first is what is told.
    await close().catch(() => undefined);
    throw problem;
  }
}

/** Longer than any build: seconds. */
const LOCKED_AFTER = 21_600;

function runSecurity(args) {
  execFileSync('/usr/bin/security', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
