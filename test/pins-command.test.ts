/**
 * pins-command.test.ts: `mellon pins`, with a store in a fresh folder and checks that answer at once; import and export.
 *
 * In:   argument lists, small reports
 * Out:  assertions on exit codes, texts and the store
 * Not:  the terminal itself (pins-terminal.ts)
 */
import { generateKeyPairSync } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../shared/basics.ts';
import type { Report } from '../shared/report.ts';
import { exportPins } from '../electron/pin-export.ts';
import { parsePins } from '../electron/pin-import.ts';
import { runPins } from '../electron/pins-command.ts';
import type { PinsIo } from '../electron/pins-io.ts';
import { storeIn, type Store } from '../electron/store/store.ts';
import { endpoint, hex, report, verdict } from './pins-fixture.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z') as Instant;
let folder = '';
let store: Store;
let seen: Report | null;
let answers: string[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mellon-pins-'));
  store = storeIn({ folder, now: () => NOW });
  seen = report([endpoint()]);
  answers = [];
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

async function pins(...args: readonly string[]) {
  let out = '';
  let err = '';
  const io: PinsIo = {
    store,
    now: () => NOW,
    out: (text) => (out += text),
    err: (text) => (err += text),
    ask: answers.length === 0 ? null : () => Promise.resolve(answers.shift() ?? ''),
    readFile: (name) => ({ ok: true, value: fs.readFileSync(name, 'utf8') }),
    check: (domain, service) =>
      Promise.resolve(seen === null ? null : { ...seen, input: { ...seen.input, domain, service } }),
    judgeWith: () => report([endpoint({ verdict: verdict('manual', 'self-signed') })]),
  };
  const code = await runPins(args, io);
  return { code, out, err };
}
const live = (): readonly string[] => {
  const all = store.listAll();
  return all.ok ? all.value.pins.filter((pin) => pin.revoked === null).map((pin) => pin.id) : [];
};
function imported(text: string): ReturnType<typeof pins> {
  const file = path.join(folder, 'import');
  fs.writeFileSync(file, text);
  return pins('import', file);
}

describe('mellon pins add', () => {
  it('remembers what the server shows, after the domain was typed', async () => {
    answers = ['shire.example'];
    const { code, out } = await pins(
      'add',
      'shire.example',
      '--certificate',
      hex(1).toUpperCase(),
      '--note',
      'n',
    );
    expect(code).toBe(0);
    expect(out).toContain('self-signed');
    expect(out).toContain('pins remove p1');
    expect(store.view('shire.example', 'xmpp-client').pins[0]).toMatchObject({
      sha256: hex(1),
      forgives: ['right-name-untrusted-issuer', 'self-signed'],
    });
  });

  it('remembers nothing where the person answers otherwise, or cannot be asked', async () => {
    answers = ['no'];
    expect((await pins('add', 'shire.example', '--certificate', hex(1))).code).toBe(1);
    expect((await pins('add', 'shire.example', '--certificate', hex(1))).code).toBe(64);
    expect(live()).toEqual([]);
  });

  it('takes a key in both spellings with --yes', async () => {
    const base64 = Buffer.from(hex(2), 'hex').toString('base64');
    expect((await pins('add', 'shire.example', '--key', `sha256/${base64}`, '--yes')).code).toBe(0);
    expect(store.view('shire.example', 'xmpp-client').pins[0]).toMatchObject({ by: 'key', sha256: hex(2) });
  });

  it('refuses what is refused, what is not shown, and what could not be checked', async () => {
    expect((await pins('add', 'shire.example', '--certificate', hex(3), '--yes')).code).toBe(1);
    seen = report([endpoint({ verdict: verdict('refuse', 'dane-mismatch') })]);
    expect((await pins('add', 'shire.example', '--certificate', hex(1), '--yes')).code).toBe(2);
    seen = report([endpoint({ chain: [], verdict: verdict('unreachable', 'timeout') })]);
    expect((await pins('add', 'shire.example', '--certificate', hex(1), '--yes')).code).toBe(3);
    seen = null;
    expect((await pins('add', 'shire.example', '--certificate', hex(1), '--yes')).code).toBe(1);
    expect(live()).toEqual([]);
  });

  it('replaces a changed pin only where it is said', async () => {
    await pins('add', 'shire.example', '--certificate', hex(1), '--yes');
    seen = report([endpoint({ verdict: verdict('refuse', 'pin-changed-new-key') })]);
    expect((await pins('add', 'shire.example', '--certificate', hex(1), '--yes')).code).toBe(1);
    expect((await pins('add', 'shire.example', '--certificate', hex(1), '--yes', '--replace')).code).toBe(0);
    expect(live()).toEqual(['p2']);
  });

  it.each([
    ['add'],
    ['add', 'shire.example'],
    ['add', 'shire.example', '--key', 'abc'],
    ['add', 'shire.example', '--key', hex(1), '--certificate', hex(1)],
    ['add', 'shire.example', '--key', hex(1), '--ends', 'soon'],
    ['add', 'shire.example', '--service', 'mail'],
    ['dance'],
    ['list', '--nothing'],
    ['remove', 'p7'],
    ['export', 'xml'],
    ['check', '--parallel', '0'],
    ['add', 'shire.example', '--certificate', hex(1), '--yes', '--ends', '2027-02-30'],
    ['add', 'shire.example', 'rohan.example', '--certificate', hex(1), '--yes'],
    ['watch', 'shire.example', 'rohan.example'],
    ['check', 'shire.example'],
  ])('wrong usage is 64: %s %s %s %s', async (...args) => {
    const { code, err } = await pins(...args);
    expect(code).toBe(64);
    expect(err).toMatch(/^mellon: /);
  });
});

describe('mellon pins remove, restore, edit, list, show', () => {
  beforeEach(async () => {
    await pins('add', 'shire.example', '--certificate', hex(1), '--note', 'Gandalf', '--yes');
  });

  it('revoke and restore', async () => {
    answers = ['no'];
    expect((await pins('remove', 'p1')).code).toBe(1);
    expect((await pins('remove', 'shire.example', '--yes')).code).toBe(0);
    expect(live()).toEqual([]);
    expect((await pins('restore', 'p1', '--yes')).code).toBe(0);
    expect(live()).toEqual(['p1']);
    expect((await pins('remove', 'p1', '--forget', '--yes')).code).toBe(0);
    expect((await pins('show', 'p1')).code).toBe(1);
  });

  it('show what is there, as a table, in full and as JSON', async () => {
    expect((await pins('list')).out).toMatch(/p1 .*shire\.example .*live .*Gandalf/);
    expect((await pins('list', 'nothing-like-it')).out).toContain('Nothing remembered');
    expect((await pins('show', 'shire.example')).out).toContain('forgives');
    const listed: unknown = JSON.parse((await pins('list', '--json')).out);
    expect(listed).toMatchObject({ pins: [{ id: 'p1' }], watches: [] });
    expect((await pins('edit', 'p1', '--ends', '2027-05-05', '--note', 'Frodo')).code).toBe(0);
    expect((await pins('show', 'p1')).out).toMatch(/2027-05-05[^]*Frodo/);
  });

  it('ask before a pin that has ended counts again, as for one that was revoked', async () => {
    expect((await pins('edit', 'p1', '--ends', '2026-01-01')).code).toBe(0);
    expect((await pins('edit', 'p1', '--note', 'Frodo')).code).toBe(0);
    expect((await pins('edit', 'p1', '--ends', 'never')).code).toBe(64);
    answers = ['yes'];
    expect((await pins('edit', 'p1', '--ends', '2027-05-05')).code).toBe(1);
    expect((await pins('list')).out).toMatch(/p1 .* ended /);
    answers = ['shire.example'];
    expect((await pins('edit', 'p1', '--ends', '2027-05-05')).code).toBe(0);
    expect((await pins('list')).out).toMatch(/p1 .* live /);
  });

  it('take one pin at a time: nothing is left out in silence', async () => {
    expect((await pins('remove', 'p1', 'p2', '--yes')).code).toBe(64);
    expect(live()).toEqual(['p1']);
  });

  it('say so where the store is damaged, with 70', async () => {
    fs.writeFileSync(path.join(folder, 'mellon.json'), '{');
    for (const args of [['list'], ['show', 'p1'], ['check'], ['export', 'json'], ['remove', 'p1', '--yes']])
      expect((await pins(...args)).code).toBe(70);
    expect((await pins('add', 'shire.example', '--certificate', hex(1), '--yes')).code).toBe(70);
    expect((await pins('start-over', '--yes')).code).toBe(0);
    expect((await pins('list')).code).toBe(0);
  });
});

describe('mellon pins watch and check', () => {
  it('watch what is shown now, and not what is refused', async () => {
    expect((await pins('watch', 'shire.example')).code).toBe(0);
    expect(store.view('shire.example', 'xmpp-client').watch?.keys).toEqual([hex(2)]);
    expect((await pins('unwatch', 'shire.example')).code).toBe(0);
    seen = report([endpoint({ verdict: verdict('refuse', 'dane-mismatch') })]);
    expect((await pins('watch', 'shire.example')).code).toBe(2);
    expect(store.view('shire.example', 'xmpp-client').watch).toBeNull();
  });

  it('watching again takes no new key for a known one', async () => {
    await pins('watch', 'shire.example');
    seen = report([endpoint({ verdict: verdict('manual', 'watched-key-changed') }, 6, 7)]);
    const again = await pins('watch', 'shire.example');
    expect(again.code).toBe(1);
    expect(again.err.replaceAll(' ', '')).toContain(hex(7));
    expect(store.view('shire.example', 'xmpp-client').watch?.keys).toEqual([hex(2)]);
    seen = report([endpoint()]);
    expect((await pins('watch', 'shire.example')).code).toBe(0);
  });

  it('tell what changed, with an exit code for cron', async () => {
    expect((await pins('check')).code).toBe(0);
    await pins('watch', 'shire.example');
    const good = { verdict: verdict('auto-accept') };
    const finding = async (): Promise<unknown> => {
      const { code, out } = await pins('check', '--json');
      const { finding: what, look } = JSON.parse(out) as { finding: string; look: boolean };
      return [code, what, look];
    };
    seen = report([endpoint(good)]);
    // The keys are known from the watch; the certificates were noted by nobody yet.
    expect(await finding()).toEqual([0, 'same', false]);
    seen = report([endpoint(good, 5, 2)]);
    expect(await finding()).toEqual([0, 'renewed', false]);
    seen = report([endpoint(good, 6, 7)]);
    expect(await finding()).toEqual([1, 'new-key', true]);
    seen = report([endpoint({ verdict: verdict('manual', 'expired') }, 6, 7)]);
    expect(await finding()).toEqual([1, 'same', true]);
    seen = report([endpoint({ verdict: verdict('refuse', 'dane-mismatch') }, 6, 7)]);
    expect(await finding()).toEqual([2, 'same', true]);
    seen = report([endpoint({ chain: [], verdict: verdict('unreachable', 'timeout') })]);
    expect(await finding()).toEqual([3, 'not-seen', false]);
    seen = { ...report([]), verdict: { ...report([]).verdict, outcome: 'not-offered' } };
    expect(await finding()).toEqual([4, 'not-seen', false]);
    expect((await pins('watch', 'rohan.example')).code).toBe(4);
    seen = null;
    expect(await finding()).toEqual([1, 'not-seen', true]);
  });
});

describe('files', () => {
  const base64 = (n: number): string => Buffer.from(hex(n), 'hex').toString('base64');

  it('own JSON comes back as it went', async () => {
    await pins('add', 'shire.example', '--certificate', hex(1), '--yes');
    await pins('watch', 'shire.example');
    const { out } = await pins('export', 'json');
    const before = store.listAll();
    fs.rmSync(path.join(folder, 'mellon.json'));
    const first = await imported(out);
    expect([first.code, first.out]).toEqual([0, expect.stringContaining('1 watch imported, 0 on already')]);
    const after = store.listAll();
    if (!before.ok || !after.ok) throw new Error('store');
    expect(after.value.pins).toEqual(before.value.pins);
    expect(after.value.watches).toEqual(before.value.watches);
    expect((await imported(out)).out).toContain('0 pins imported, 1 known already');
  });

  it('sha256 lines come back, and forgive nothing', async () => {
    expect(
      (
        await imported(
          `# hello\nshire.example sha256/${base64(7)}\n\nrohan.example xmpp-server sha256//${base64(8)}\n`,
        )
      ).code,
    ).toBe(0);
    expect(store.view('shire.example', 'xmpp-client').pins[0]).toMatchObject({
      by: 'key',
      sha256: hex(7),
      forgives: [],
    });
    expect(store.view('rohan.example', 'xmpp-server').pins[0]).toMatchObject({ sha256: hex(8) });
    expect((await pins('export', 'spki')).out).toContain(`rohan.example xmpp-server sha256/${base64(8)}`);
  });

  it('GnuTLS known_hosts lines are read as GnuTLS writes them', async () => {
    const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
      type: 'spki',
      format: 'der',
    });
    const lines = [
      `|g0|shire.example|xmpp-client|0|${spki.toString('base64')}`,
      `|c0|rohan.example|5269|2000000000|6|${hex(9)}`,
      `|g0|mail.example|imap|0|${spki.toString('base64')}`,
      `|c0|old.example|5222|1000000000|6|${hex(9)}`,
      `|g0|*|5222|0|${spki.toString('base64')}`,
    ];
    const { code, out, err } = await imported(lines.join('\n'));
    expect([code, out.split('\n')[0]]).toEqual([0, '2 pins imported, 0 known already.']);
    expect(err.trim().split('\n').length).toBe(3);
    expect(store.view('rohan.example', 'xmpp-server').pins[0]).toMatchObject({
      sha256: hex(9),
      ends: '2033-05-18T03:33:20.000Z',
    });
  });

  it.each([
    ['shire.example sha256/AAAA', 1],
    [`shire.example sha256/${'A'.repeat(43)}=\nnonsense`, 2],
    [`sha256/${'A'.repeat(43)}=`, 1],
    [`sh ire.example x sha256/${'A'.repeat(43)}=`, 1],
    ['|g0|shire.example|5222|0|AAAA', 1],
    ['|g0|shire.example|5222|soon|AAAA', 1],
    ['|c0|shire.example|5222|999999999999|6|' + hex(1), 1],
    ['\n\n{"schema"', null],
    ['{\n"schema" 1}', 2],
    ['{"schema":"mellon.pins","version":1,"pins":[{"id":"p1"}]}', null],
    ['{"schema":"mellon.pins","version":2}', null],
    ['{}', null],
    ['', null],
    ['x'.repeat(30_000), 1],
  ] as const)('a wrong file names its line and changes nothing: %j', async (text, line) => {
    const parsed = parsePins(text, NOW);
    if (parsed.ok) throw new Error('taken');
    if (line !== null) expect(parsed.problem.line).toBe(line);
    expect((await imported(text)).code).toBe(64);
    expect(live()).toEqual([]);
  });

  it('TLSA and POSH texts carry the hashes, and the warning', async () => {
    await pins('add', 'shire.example', '--certificate', hex(1), '--yes');
    await pins('add', 'rohan.example', '--key', hex(2), '--yes');
    const tlsa = (await pins('export', 'tlsa')).out;
    expect(tlsa).toContain(`_5222._tcp.shire.example. IN TLSA 3 0 1 ${hex(1)}`);
    expect(tlsa).toContain(`_5222._tcp.rohan.example. IN TLSA 3 1 1 ${hex(2)}`);
    expect(tlsa).toContain('interceptor');
    const posh = (await pins('export', 'posh', 'shire.example')).out;
    expect(posh).toContain('https://shire.example/.well-known/posh/xmpp-client.json');
    expect(posh).toContain(base64(1));
    expect(posh).not.toContain('rohan');
  });

  it('revoked pins are neither exported as text nor imported', async () => {
    await pins('add', 'shire.example', '--certificate', hex(1), '--yes');
    await pins('remove', 'p1', '--yes');
    expect((await pins('export', 'tlsa')).out).not.toContain(hex(1));
    const all = store.listAll();
    if (!all.ok) throw new Error('store');
    expect(parsePins(exportPins('json', all.value.pins, [], NOW), NOW)).toMatchObject({
      ok: true,
      value: { pins: [], skipped: [expect.any(String)] },
    });
  });
});
