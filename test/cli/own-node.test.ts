/**
 * own-node.test.ts: a machine whose Node is too old still runs the command, on the Node that the project brings.
 *
 * In:   whole processes that believe to be another Node
 * Out:  what reaches the person: output, input, exit code, signals
 * Not:  the commands themselves (command.test.ts)
 */
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const entry = join(root, 'electron/mellon.ts');

/** Makes a process say that it is Node 20, started from elsewhere. */
function pretend(code: string): readonly string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}
const OLD = pretend(
  `Object.defineProperty(process.versions, 'node', { value: '20.9.0' }); process.execPath = '/usr/bin/node';`,
);

describe('started with a Node that is too old', () => {
  it('the command runs on the one that the project brings: its output and its exit code', () => {
    const run = spawnSync(process.execPath, [...OLD, entry, 'check', 'bree.example', '--demo', '--json'], {
      encoding: 'utf8',
      env: { ...process.env, MELLON_FOLDER: mkdtempSync(join(tmpdir(), 'mellon-own-node-')) },
    });
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toMatchObject({ verdict: { outcome: 'manual' } });
    expect(run.status).toBe(1);
  });

  it('a signal reaches it', async () => {
    // A resolver that never answers: the check would last for a minute.
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    const asked = once(silent, 'message');
    await once(silent, 'listening');
    const where = `udp://127.0.0.1:${silent.address().port}`;
    const child = spawn(
      process.execPath,
      [...OLD, entry, 'check', 'shire.example', '--resolver', where, '--timeout', '60'],
      { stdio: 'ignore' },
    );
    const ended = once(child, 'close');
    await asked;
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    silent.close();
  });

  it('one that this machine cannot run is a fault, and no verdict', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mellon-bad-node-'));
    const bin = join(folder, 'node_modules/node/bin');
    for (const one of [bin, join(folder, 'electron')]) mkdirSync(one, { recursive: true });
    for (const file of ['electron/mellon.ts', 'electron/own-node.ts', 'package.json'])
      cpSync(join(root, file), join(folder, file));
    writeFileSync(join(bin, process.platform === 'win32' ? 'node.exe' : 'node'), 'of another machine');
    const run = spawnSync(process.execPath, [...OLD, join(folder, 'electron/mellon.ts'), '--help'], {
      encoding: 'utf8',
    });
    expect(run.status).toBe(70);
    expect(run.stderr).toMatch(/^mellon: a fault of the program itself\n/);
  });

  it('without that one it says in one sentence what is needed, and exits 64', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mellon-no-node-'));
    mkdirSync(join(folder, 'electron'));
    cpSync(entry, join(folder, 'electron/mellon.ts'));
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    const run = spawnSync(process.execPath, [...OLD, join(folder, 'electron/mellon.ts'), '--help'], {
      encoding: 'utf8',
    });
    expect(run.status).toBe(64);
    expect(run.stderr).toMatch(/^mellon needs Node 22\.15 or later and was started with [^\n]*\n$/);
  });
});
