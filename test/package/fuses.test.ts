/** Fuses: all of them decided, set by Forge's plugin, and read back from the program. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseState, FuseV1Options, flipFuses, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUSES } from '../../build/fuses.ts';
import { FUSE_SENTINEL, standInProgram } from '../../build/stand-in-electron.mjs';
import forge from '../../forge.config.ts';

const names = Object.keys(FuseV1Options).filter((key) =>
  Number.isNaN(Number(key)),
) as (keyof typeof FuseV1Options)[];
let folder = '';
let program = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mellon-fuses-'));
  program = join(folder, 'electron');
  await writeFile(program, standInProgram('45.4.1'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the fuses', () => {
  it('are all decided', () => {
    expect(FUSES.strictlyRequireAllFuses).toBe(true);
    for (const name of names) expect(FUSES[FuseV1Options[name]], name).toBeTypeOf('boolean');
  });
  it('are off, but for the four that protect', () => {
    const on = names.filter((name) => FUSES[FuseV1Options[name]] === true);
    expect(on.sort()).toEqual([
      'EnableCookieEncryption',
      'EnableEmbeddedAsarIntegrityValidation',
      'OnlyLoadAppFromAsar',
      'WasmTrapHandlers',
    ]);
  });
  it('can be set on a program with the sentinel, and are read back as set', async () => {
    const before = await getCurrentFuseWire(program);
    expect(before[FuseV1Options.RunAsNode]).toBe(FuseState.ENABLE);
    await flipFuses(program, FUSES);
    const after = await getCurrentFuseWire(program);
    for (const name of names) {
      const wanted = FUSES[FuseV1Options[name]] === true ? FuseState.ENABLE : FuseState.DISABLE;
      expect(after[FuseV1Options[name]], name).toBe(wanted);
    }
  });
  it('are set by the plugin that the packager runs', () => {
    const plugin = forge.plugins?.find((one) => 'name' in one && one.name === 'fuses') as
      { fusesConfig: unknown } | undefined;
    expect(plugin?.fusesConfig).toBe(FUSES);
    expect(forge.packagerConfig?.asar).toBe(true);
  });
  it('stand in the program of the stand-in exactly once', async () => {
    const text = (await readFile(program)).toString('latin1');
    expect(text.split(FUSE_SENTINEL)).toHaveLength(2);
  });
});
