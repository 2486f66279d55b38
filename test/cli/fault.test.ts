/**
 * fault.test.ts: one check of several fails by a fault of the program itself.
 *
 * In:   a check that throws for one domain
 * Out:  the reports of the others, exit code 70
 * Not:  faults outside a check (command.test.ts)
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCheckCommand } from '../../electron/check-command.ts';
import type { CheckRequest } from '../../shared/request.ts';
import { ACCEPT, report } from '../renderer/fixtures.ts';

vi.mock(import('../../electron/check.ts'), async (original) => ({
  ...(await original()),
  runCheck: (request: CheckRequest) =>
    request.given === 'broken.example'
      ? Promise.reject(new Error('a fault that nobody expected'))
      : Promise.resolve({ ...report(ACCEPT), input: { ...report(ACCEPT).input, domain: request.given } }),
}));

let out = '';
let err = '';
beforeEach(() => {
  [out, err] = ['', ''];
  vi.stubEnv('MELLON_FOLDER', mkdtempSync(join(tmpdir(), 'mellon-fault-')));
  vi.spyOn(process.stdout, 'write').mockImplementation((text: unknown, ...rest: unknown[]) => {
    out += String(text);
    for (const done of rest) if (typeof done === 'function') (done as () => void)();
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('several domains', () => {
  it('of which one cannot be checked by our own fault: the others are told, and the code is 70', async () => {
    const code = await runCheckCommand(['a.example', 'broken.example', 'b.example', '--json']);
    const domains = out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { input: { domain: string } }).input.domain);
    expect(domains).toEqual(['a.example', 'b.example']);
    expect(err).toMatch(
      /^mellon: a fault of the program itself; no verdict was reached\.\nError: a fault that/,
    );
    expect(code).toBe(70);
  });
});
