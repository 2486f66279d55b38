/**
 * posh-openssl.test.ts: the commands that we tell an admin to run give the values that we compare with.
 *
 * In:   a certificate file
 * Out:  openssl's output equals ours
 * Not:  web servers
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../../electron/demo/certificate.ts';
import { TLSA_COMMAND } from '../../electron/trust/dane-text.ts';
import { POSH_COMMAND, poshText } from '../../electron/trust/posh-fingerprint.ts';
import { NOW } from '../trust/dane-world.ts';

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasOpenssl && process.env['MELLON_REQUIRE_PEERS'] !== '1')(
  'the commands for publishing',
  () => {
    for (const key of ['ec', 'rsa', 'ed25519'] as const) {
      it(`compute what is compared, for a key of kind ${key}`, () => {
        const { pem, certificate } = selfSigned({ now: NOW, key });
        const cwd = mkdtempSync(join(tmpdir(), 'mellon-publish-'));
        try {
          writeFileSync(join(cwd, 'cert.pem'), pem);
          const run = (command: string): string =>
            execFileSync('sh', ['-c', command], { cwd, encoding: 'utf8' }).trim();
          expect(run(TLSA_COMMAND)).toMatch(new RegExp(`${certificate.spkiSha256}$`));
          expect(poshText(certificate)).toContain(`"sha-256":"${run(POSH_COMMAND)}"`);
        } finally {
          rmSync(cwd, { recursive: true });
        }
      });
    }
  },
);
