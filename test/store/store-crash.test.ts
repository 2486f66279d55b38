/**
 * store-crash.test.ts: writers are killed at any moment, and every pin that one of them confirmed is found.
 *
 * In:   several processes on one folder; MELLON_KILLS sets how many are killed (the full run: 1000)
 * Out:  assertions on the store afterwards
 * Not:  power cuts (nothing in a test can take back what the kernel holds)
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Instant } from '../../shared/basics.ts';
import { openStore } from '../../electron/store/store.ts';

const KILLS = Number(process.env['MELLON_KILLS'] ?? '24');
const AT_ONCE = 3;
const WRITER = path.join(import.meta.dirname, 'writer.ts');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mellon-crash-'));

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Runs one writer, kills it `afterMs` after its first sign of life, and gives the lines it wrote. */
function runAndKill(name: string, afterMs: number): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [WRITER, folder, name], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    let timer: ReturnType<typeof setTimeout> | null = null;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      timer ??= setTimeout(() => child.kill('SIGKILL'), afterMs);
    });
    child.on('close', () => {
      if (timer !== null) clearTimeout(timer);
      // A line cut off by the kill was not confirmed to anybody.
      resolve(out.split('\n').slice(0, -1));
    });
  });
}

describe('writers killed at any moment', () => {
  it(`lose no confirmed pin (${KILLS} kills)`, { timeout: 60_000 + KILLS * 2_000 }, async () => {
    const confirmed: string[] = [];
    let started = 0;
    const worker = async (): Promise<void> => {
      while (started < KILLS) {
        const n = started++;
        confirmed.push(...(await runAndKill(`w${n}`, Math.random() * 40)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));

    expect(confirmed.filter((line) => line.startsWith('problem'))).toEqual([]);
    expect(confirmed.length).toBeGreaterThan(KILLS);
    const opened = openStore({ folder, now: () => Date.now() as Instant });
    if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
    const all = opened.value.listAll();
    if (!all.ok) throw new Error(JSON.stringify(all.problem));
    const found = new Set(all.value.pins.map((pin) => pin.domain));
    expect(confirmed.filter((domain) => !found.has(domain))).toEqual([]);
    expect(new Set(all.value.pins.map((pin) => pin.id)).size).toBe(all.value.pins.length);
    // And the store still works, and leaves nothing of the dead behind.
    const again = opened.value.changePin(all.value.pins[0]!.id, { note: 'still here' });
    expect(again.ok).toBe(true);
    const left = fs.readdirSync(folder).filter((name) => name.includes('.tmp-') || name === 'mellon.lock');
    expect(left).toEqual([]);
  });
});
