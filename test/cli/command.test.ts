/**
 * command.test.ts: the command line as a person and a program meet it: whole processes.
 *
 * In:   argument lists
 * Out:  exit codes, standard output, standard error
 * Not:  verdicts (test/demo)
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { HELP_TOPICS } from '../../shared/phrases/help.ts';

const folder = mkdtempSync(join(tmpdir(), 'mellon-cli-'));
const entry = fileURLToPath(new URL('../../electron/mellon.ts', import.meta.url));

const EMPTY = join(folder, 'empty.json');
writeFileSync(EMPTY, '\n');

type Ended = { code: number | null; out: string; err: string };
function mellon(
  args: readonly string[],
  then: (child: ReturnType<typeof spawn>) => void = () => undefined,
  output: 'pipe' | number = 'pipe',
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], {
      env: { ...process.env, MELLON_FOLDER: folder, NO_COLOR: '' },
      stdio: ['ignore', output, 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout?.on('data', (d: Buffer) => (out += d.toString()));
    child.stderr?.on('data', (d: Buffer) => (err += d.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
    then(child);
  });
}

describe('mellon check', () => {
  it('tells the story in words, verdict first, and exits 0 for an automatic acceptance', async () => {
    const { code, out, err } = await mellon(['check', 'shire.example', '--demo']);
    expect(code).toBe(0);
    expect(out.split('\n')[1]).toMatch(/^✓ Accepted automatically, because a DNSSEC-signed TLSA record/);
    expect(out).not.toContain('\u001b');
    expect(err).toBe('');
  });
  it('with several domains prints one report a line and exits with the gravest', async () => {
    const { code, out } = await mellon([
      'check',
      'gondor.example',
      'dolguldur.example',
      'numenor.example',
      '--demo',
      '--json',
    ]);
    expect(code).toBe(2);
    const reports = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { input: { domain: string }; verdict: { outcome: string } });
    expect(reports.map((r) => [r.input.domain, r.verdict.outcome])).toEqual([
      ['gondor.example', 'auto-accept'],
      ['dolguldur.example', 'refuse'],
      ['numenor.example', 'not-offered'],
    ]);
  });
  it.each([
    ['bree.example', 1],
    ['mordor.example', 2],
    ['erebor.example', 3],
    ['numenor.example', 4],
  ])('%s exits with %i', async (domain, expected) => {
    expect((await mellon(['check', domain, '--demo'])).code).toBe(expected);
  });
  it('without a domain lists the realm and what each domain teaches', async () => {
    const { code, out } = await mellon(['check', '--demo']);
    expect(code).toBe(0);
    expect(out).toContain('shire.example');
    expect(out).toContain('127.0.53.2');
  });
  it('a file piped through mellon judge comes to the same', async () => {
    const { out } = await mellon(['check', 'rivendell.example', '--demo', '--json']);
    const file = join(folder, 'report.json');
    writeFileSync(file, out);
    const judged = await mellon(['judge', file, '--json']);
    expect(judged.code).toBe(0);
    expect((JSON.parse(judged.out) as { verdict: { by: string } }).verdict.by).toBe('posh');
    expect((await mellon(['judge', file, '--without', 'posh'])).code).toBe(1);
  });
  it('a reader that goes away changes no exit code and writes no stack', async () => {
    const ended = await mellon(['check', 'bree.example', '--demo', '--verbose'], (child) =>
      child.stdout?.destroy(),
    );
    expect(ended).toMatchObject({ code: 1, err: '' });
  });
  it.skipIf(!existsSync('/dev/full'))(
    'a report that cannot be written is a fault, not a verdict',
    async () => {
      const full = openSync('/dev/full', 'w');
      const { code, err } = await mellon(['check', 'gondor.example', '--demo'], () => undefined, full);
      closeSync(full);
      expect(code).toBe(70);
      expect(err).toMatch(/^mellon: standard output cannot be written \(ENOSPC\)\n$/);
    },
  );
  it('Ctrl-C ends at once, whatever hangs', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((r) => silent.listen(0, '127.0.0.1', r));
    const port = (silent.address() as { port: number }).port;
    const started = performance.now();
    const { code } = await mellon(
      [
        'check',
        'shire.example',
        '--connect',
        `127.0.0.1:${port}`,
        '--resolver',
        'udp://127.0.0.1:9',
        '--timeout',
        '60',
      ],
      (child) => silent.once('connection', () => child.kill('SIGINT')),
    );
    silent.close();
    expect(code).toBe(130);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});

describe('wrong usage exits 64 with one sentence and nothing on standard output', () => {
  it.each([
    [['check']],
    [['check', 'https://shire.example']],
    [['check', 'shire.example', '--nope']],
    [['check', 'shire.example', '--resolver', 'gopher://x']],
    [['judge']],
    [['judge', '/nowhere/report.json']],
    [['judge', EMPTY]],
    [['check', 'shire.example', '--client-cert', EMPTY, '--client-key', EMPTY]],
    [['check', 'shire.example', '--timeout', '-1']],
    [['frobnicate']],
    [['serve', '--port', 'x']],
    [['demo', '--port', '70000']],
  ])('%j', async (args) => {
    const { code, out, err } = await mellon(args);
    expect(code).toBe(64);
    expect(out).toBe('');
    expect(err).toMatch(/^mellon: .+\n$/);
  });
});

describe('help', () => {
  it('is printed on standard output with exit 0, for every command', async () => {
    for (const topic of Object.keys(HELP_TOPICS)) {
      const { code, out } = await mellon([topic, '--help']);
      expect(code).toBe(0);
      expect(out).toContain(`mellon ${topic}`);
    }
    expect((await mellon(['--help'])).code).toBe(0);
    expect((await mellon(['--version'])).out).toMatch(/^mellon \d+\.\d+\.\d+ \(Node v/);
  });
});
