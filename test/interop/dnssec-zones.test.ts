/**
 * dnssec-zones.test.ts: our signed zones under BIND's dnssec-verify, and our anchors beside the root keys that Debian ships.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Instant } from '../../shared/basics.ts';
import { signTree } from '../../electron/demo/zone-sign.ts';
import { zone } from '../../electron/demo/zone.ts';
import type { ZoneOptions } from '../../electron/demo/zone.ts';
import { BUILT_IN_ANCHORS } from '../../electron/trust/dnssec/anchors.ts';
import { parseZoneLines } from '../../electron/wire/zone-line.ts';
import { havePeers } from './dnssec-peers.ts';

const folder = mkdtempSync(join(tmpdir(), 'mellon-zones-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FORMS: Readonly<Record<string, ZoneOptions>> = {
  nsec: { denial: 'nsec', split: true },
  nsec3: { denial: { nsec3: { iterations: 2, salt: Uint8Array.of(1, 2) } }, algorithm: 8, split: true },
  'opt-out': { denial: { nsec3: { optOut: true } }, algorithm: 15, split: true },
};

describe.skipIf(!havePeers('dnssec-verify'))('a zone of ours is whole for dnssec-verify', () => {
  for (const [name, form] of Object.entries(FORMS)) {
    const build = (): ReturnType<typeof zone> =>
      zone('shire.example', form)
        .add('_xmpp-client._tcp', 'SRV', { port: 5222, target: 'a.shire.example' })
        .add('a', 'A', '192.0.2.1')
        .add('x.y.deep', 'A', '192.0.2.1')
        .add('*.star', 'A', '192.0.2.1')
        .add('sub', 'NS', 'ns.elsewhere.example');
    const verify = (plan: ReturnType<typeof zone>): boolean => {
      const file = join(folder, `${name}.zone`);
      writeFileSync(file, signTree([plan], { now: Date.now() as Instant }).masterFile('shire.example'));
      try {
        execFileSync('dnssec-verify', ['-o', 'shire.example', file], { stdio: 'pipe' });
        return true;
      } catch {
        return false;
      }
    };
    it(`with ${name}, and not when it is broken`, () => {
      expect(verify(build())).toBe(true);
      expect(verify(build().break('signature-wrong', { owner: 'a' }))).toBe(false);
      expect(verify(build().break('signature-missing', { type: 'SRV' }))).toBe(false);
    });
  }
});

const ROOT_KEY = '/usr/share/dns/root.key';

describe.skipIf(!existsSync(ROOT_KEY))('the built-in anchors', () => {
  it("fit the root keys of Debian's dns-root-data", () => {
    const lines = parseZoneLines(readFileSync(ROOT_KEY, 'utf8'));
    const digests = BUILT_IN_ANCHORS.map(({ rdata }) => Buffer.from(rdata.subarray(4)).toString('hex'));
    expect(lines.ok && lines.value.length).toBeGreaterThan(0);
    for (const { rdata } of lines.ok ? lines.value : []) {
      const digest = createHash('sha256').update(Uint8Array.of(0)).update(rdata).digest('hex');
      expect(digests).toContain(digest);
    }
  });
});
