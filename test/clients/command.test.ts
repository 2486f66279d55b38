/**
 * command.test.ts: `mellon check --clients`, a person's own profiles, and the published schema.
 *
 * In:   the demo realm, files of profiles good and bad
 * Out:  assertions on what is printed
 * Not:  how each program decides (test/trust/clients.test.ts)
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { compareClients } from '../../electron/trust/clients.ts';
import { painter } from '../../electron/paint.ts';
import { profilesFrom, readProfiles } from '../../electron/profiles.ts';
import { describeClients } from '../../electron/terminal-clients.ts';
import { wrap } from '../../electron/wrap.ts';
import { clientProfiles, parseProfiles, type ClientProfile } from '../../shared/clients.ts';
import type { Report } from '../../shared/report.ts';
import { endpoint, report, verdict } from '../pins-fixture.ts';
import { profilesJsonSchema, SCHEMA_FILE } from './json-schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'mellon-clients-'));
const entry = fileURLToPath(new URL('../../electron/mellon.ts', import.meta.url));
const file = (profiles: readonly unknown[]): string =>
  JSON.stringify({ schema: 'mellon.clients', version: 1, profiles });
const [conversations] = clientProfiles();
if (conversations === undefined) throw new Error('no profiles');

function mellon(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const ended = spawnSync(process.execPath, [entry, ...args], {
    encoding: 'utf8',
    env: { ...process.env, MELLON_FOLDER: folder },
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}
function save(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('mellon check --clients', () => {
  it('puts the comparison into the JSON report, and prints who decides otherwise first', () => {
    const { code, out } = mellon('check', 'bree.example', '--demo', '--clients', '--json');
    expect(code).toBe(1);
    const { clients } = JSON.parse(out) as Report;
    expect(clients?.profiles.length).toBe(23);
    expect(clients?.rows[0]?.results.length).toBe(23);
    const text = mellon('check', 'bree.example', '--demo', '--clients').out;
    expect(text).toContain('1 of 23 programs would go on silently where Mellon does not accept.');
    expect(text.indexOf('Decided otherwise')).toBeLessThan(text.indexOf('Decided as here'));
    expect(text).toMatch(/accepts silently \(1\)\n.*\n\s+- Slixmpp up to 1\.8\.2/);
  });
  it('without it the report has no comparison', () => {
    expect(JSON.parse(mellon('check', 'bree.example', '--demo', '--json').out)).not.toHaveProperty('clients');
  });
  it('counts a program of one’s own, also from a saved report', () => {
    const own = save(
      'own.json',
      file([{ ...conversations, id: 'mine', name: 'Palantir 1', outcomes: undefined }]),
    );
    const saved = save('report.json', mellon('check', 'bree.example', '--demo', '--json').out);
    const { code, out } = mellon('judge', saved, '--profiles', own);
    expect(code).toBe(1);
    expect(out).toContain('24 programs');
    expect(out).toContain('Palantir 1');
  });
  it.each([
    ['no JSON', 'nonsense', 'is no JSON'],
    ['an unknown word', file([{ ...conversations, role: 'both' }]), 'profiles.0.role'],
    ['the same id twice', file([conversations, conversations]), 'two profiles are called conversations-2.12'],
  ])('says what is wrong with a file of profiles: %s', (_what, text, says) => {
    const { code, out, err } = mellon(
      'check',
      'bree.example',
      '--demo',
      '--profiles',
      save('bad.json', text),
    );
    expect([code, out]).toEqual([64, '']);
    expect(err).toContain(says);
  });
});

describe('a person’s own profiles', () => {
  it('with the id of a shipped one take its place', async () => {
    const changed: ClientProfile = { ...conversations, name: 'Conversations, my build' };
    const read = await profilesFrom([{ name: 'x', content: JSON.parse(file([changed])) as unknown }]);
    expect(read.ok && read.value?.length).toBe(28);
    expect(read.ok && read.value?.find((one) => one.id === changed.id)?.name).toBe('Conversations, my build');
  });
  it('that are none mean the shipped ones alone', async () => {
    expect(await readProfiles([])).toEqual({ ok: true, value: null });
    expect((await readProfiles(['/nowhere/profiles.json'])).ok).toBe(false);
  });
});

describe('the comparison in the terminal', () => {
  const plain = painter(false);
  const told = (of: Report, profiles?: readonly ClientProfile[]): string =>
    describeClients(compareClients(of, profiles), of, plain).join('\n');

  it('breaks long lines under their beginning, in colours too', () => {
    const of = report([endpoint()]);
    const lines = describeClients(compareClients(of), of, painter(true)).slice(2);
    for (const line of wrap(lines.join('\n'), 60).split('\n')) expect(line).toMatch(/^ {2,}\S?/);
  });
  it('tells endpoints on which everybody decides alike once', () => {
    const text = told(report([endpoint({ address: '192.0.2.1' }), endpoint({ address: '192.0.2.2' })]));
    expect(text.match(/Decided otherwise/g)?.length).toBe(1);
    expect(text).toContain('192.0.2.1');
    expect(text).toContain('192.0.2.2');
  });
  it('shows hidden characters of a person’s own file', () => {
    const odd: ClientProfile = {
      ...conversations,
      name: 'Saru\u202eman',
      version: { ...conversations.version, label: 'a\u001b[31mb' },
    };
    const text = told(report([endpoint()]), [odd]);
    expect(text).not.toMatch(/[\u001b\u202e]/);
    expect(text).toContain('Saru\\u{202e}man');
  });
  it('says so where there is nothing to compare, and tells nothing of silence where nothing answers', () => {
    expect(told(report([]))).toContain('There is no endpoint to compare.');
    const gone = endpoint({ reached: 'refused', chain: [], verdict: verdict('unreachable') });
    expect(told(report([gone]))).not.toContain('silently where');
  });
});

describe('the published schema', () => {
  const published = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as object;
  it('is the one that the program checks with (node test/clients/json-schema.ts writes it)', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(profilesJsonSchema())));
  });
  it('takes what ships and refuses what the program refuses', () => {
    const check = new Ajv2020({ allErrors: true }).compile(published);
    const whole = (profiles: readonly unknown[]): unknown => JSON.parse(file(profiles)) as unknown;
    expect(check(whole(clientProfiles())), JSON.stringify(check.errors?.slice(0, 3))).toBe(true);
    for (const wrong of [
      { ...conversations, role: 'both' },
      { ...conversations, id: 'A B' },
      { ...conversations, name: '' },
      { ...conversations, dane: null },
    ]) {
      expect(check(whole([wrong]))).toBe(false);
      expect(parseProfiles(whole([wrong])).ok).toBe(false);
    }
  });
});
