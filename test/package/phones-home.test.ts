/** Nothing phones home: a check turns to its resolver and to what the domain names, and to nothing else. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mellon-home-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a program that does not phone home', { timeout: 60_000 }, () => {
  it('stays on loopback through a whole check of the demo realm', async () => {
    const { code, destinations } = await mellon('check', 'shire.example', '--demo', '--json');
    expect(code).toBe(0);
    expect(destinations.length).toBeGreaterThan(2);
    expect(destinations.filter((one) => !/^(tcp|udp) 127\./.test(one))).toEqual([]);
  });
  it('turns to the resolver that it was given and, knowing nothing more, to nothing else', async () => {
    const silent = createSocket('udp4');
    await new Promise<void>((done) => silent.bind(0, '127.0.0.1', done));
    const { port } = silent.address();
    // Everything asked is answered with SERVFAIL, so that the check ends without an address.
    silent.on('message', (query, from) => {
      const answer = Buffer.from(query);
      answer.writeUInt16BE(0x8182, 2);
      silent.send(answer, from.port, from.address);
    });
    const { code, destinations } = await mellon(
      'check',
      'shire.example',
      '--resolver',
      `udp://127.0.0.1:${port}`,
      '--timeout',
      '3',
      '--json',
    );
    silent.close();
    expect(code).toBe(3);
    // The same port over TCP belongs to the same resolver.
    expect(new Set(destinations.map((one) => one.replace(/^(udp|tcp) /, '')))).toEqual(
      new Set([`127.0.0.1:${port}`]),
    );
  });
  it.each([['--help'], ['--version'], ['judge', '--help'], ['pins', 'list']])(
    'turns to nothing for `mellon %s %s`',
    async (...args) => {
      const { destinations } = await mellon(...args);
      expect(destinations).toEqual([]);
    },
  );
  it('is watched by something that would see it', async () => {
    const { code, destinations } = await run([
      '-e',
      "require('node:net').connect(443, 'example.org').on('error', () => {})",
    ]);
    expect(code).not.toBe(0);
    expect(destinations).toEqual(['tcp example.org:443']);
  });
});

function mellon(...args: readonly string[]): ReturnType<typeof run> {
  return run([join(root, 'electron/mellon.ts'), ...args]);
}

/** Runs Node with every destination noted and all but loopback refused. */
async function run(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly destinations: readonly string[] }> {
  const file = join(folder, 'destinations');
  const child = spawn(
    process.execPath,
    ['--import', join(import.meta.dirname, 'watch-destinations.ts'), ...args],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        MELLON_DESTINATIONS: file,
        HOME: folder,
        XDG_CONFIG_HOME: folder,
        XDG_CACHE_HOME: folder,
      },
    },
  );
  const code = await new Promise<number | null>((done) => child.on('exit', done));
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return { code, destinations: text.split('\n').filter((line) => line !== '') };
}
