/**
 * cases.test.ts: `mellon demo --serve-clients`: the list of cases is enough for a program that knows nothing else.
 *
 * In:   the command as a process of its own, on the realm's own addresses (Linux), port 15353 for DNS
 * Out:  assertions; the stranger is Mellon itself, asking over real sockets
 * Not:  other people's programs (run.ts)
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORIES } from '../../electron/demo/realm.ts';
import type { CasesFile } from '../../electron/demo-cases.ts';
import { runCheck } from '../../electron/check.ts';
import { parseRequest } from '../../electron/options.ts';
import { openWorld } from '../../electron/world.ts';
import { NO_PINS } from '../../shared/pin.ts';

const entry = fileURLToPath(new URL('../../electron/mellon.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mellon-cases-'));
const path = join(folder, 'cases.json');
const DNS_PORT = 15_353;

describe.skipIf(process.platform !== 'linux')('the realm for other people’s clients', () => {
  let child: ChildProcess;
  let file: CasesFile;
  let said = '';
  beforeAll(async () => {
    child = spawn(process.execPath, [
      entry,
      'demo',
      '--serve-clients',
      '--cases',
      path,
      '--port',
      String(DNS_PORT),
    ]);
    child.stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', () => {
        if (existsSync(path)) resolve();
      });
      child.on('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)));
    });
    file = JSON.parse(readFileSync(path, 'utf8')) as CasesFile;
  }, 60_000);
  afterAll(async () => {
    const over = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGINT');
    expect(await over).toBe(0);
  });

  it('a second one says that the addresses are taken, and ends', () => {
    const { status, stderr } = spawnSync(process.execPath, [entry, 'demo', '--port', String(DNS_PORT)], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(stderr).toContain('EADDRINUSE');
    expect(status).toBe(64);
  }, 60_000);

  it('lists every story, each with what the rules expect', () => {
    expect(file.schema).toBe('mellon.cases/1');
    expect(file.cases.map((one) => one.expected.outcome)).toEqual(STORIES.map((story) => story.outcome));
    expect(new Set(file.cases.map((one) => one.id)).size).toBe(STORIES.length);
    expect(readFileSync(file.ca.file ?? '', 'utf8')).toBe(file.ca.pem);
    const one = file.cases.find(({ domain }) => domain === 'osgiliath.example');
    expect(one?.endpoints.map(({ expected }) => expected.case)).toEqual([null, null, 'expired']);
    expect(one?.programs['profanity']).toBe('accepts');
  });

  it('says that port 53 is not what it uses', () => {
    expect(said).toContain(`port ${DNS_PORT}`);
    expect(said.includes('8443')).toBe(file.webPort === 8443);
  });

  it('a program that has only the list comes to what is expected, in every case', async () => {
    const wrong: string[] = [];
    for (const one of file.cases) {
      // Without the right to port 443 no document of POSH is found where the rules look for it.
      if (one.expected.by === 'posh' && file.webPort !== 443) continue;
      const request = parseRequest({
        input: one.jid,
        resolvers: [`udp://${one.resolver.address}:${one.resolver.port}`],
        trustAnchor: file.anchors,
        roots: ['files'],
        ca: [{ name: 'cases', pem: file.ca.pem }],
        allowPrivate: true,
        ...(one.connect === null ? {} : { connect: one.connect }),
      });
      if (!request.ok) throw new Error(request.problem.text);
      const report = await runCheck(
        request.value,
        openWorld({ pins: () => NO_PINS }),
        () => undefined,
        new AbortController().signal,
      );
      const { outcome, by, case: manual } = report?.verdict ?? {};
      if (
        outcome !== one.expected.outcome ||
        (one.expected.by !== null && by !== one.expected.by) ||
        (one.expected.case !== null && manual !== one.expected.case)
      )
        wrong.push(`${one.id}: ${outcome} ${by ?? manual}, expected ${JSON.stringify(one.expected)}`);
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

describe('wrong usage of mellon demo', () => {
  it.each([
    [['--cases', 'x.json'], '--serve-clients'],
    [['--serve-clients', '--port', '0'], '--port'],
    [['--serve-clients', 'please'], 'please'],
  ])('%j', (args, says) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry, 'demo', ...args], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([64, '']);
    expect(stderr).toContain(says);
  });
});
