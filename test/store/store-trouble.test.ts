/**
 * store-trouble.test.ts: damaged and foreign files, full disks, read-only folders, stale locks; the old state stays intact.
 *
 * In:   a fresh folder for each case, broken by hand
 * Out:  assertions
 * Not:  what works (store.test.ts)
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Instant, Outcome } from '../../shared/basics.ts';
import { storeSentence } from '../../shared/phrases/store.ts';
import { acquireLock } from '../../electron/store/lock.ts';
import { decodeContents, decodeHistory } from '../../electron/store/shape.ts';
import { brokenStoreView, openStore, storeIn, type NewPin } from '../../electron/store/store.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
let folder = '';
const file = (): string => path.join(folder, 'mellon.json');
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mellon-store-'));
});
afterEach(() => {
  fs.chmodSync(folder, 0o700);
  fs.rmSync(folder, { recursive: true, force: true });
});

function ok<T>(outcome: Outcome<T, unknown>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}
const options = () => ({ folder, now: () => NOW as Instant });
const draft = (n: number): NewPin => ({
  domain: `d${n}.example`,
  service: 'xmpp-client',
  by: 'certificate',
  sha256: n.toString(16).padStart(64, '0'),
  ends: null,
  note: '',
  forgives: [],
  names: [],
  manualToo: false,
  pem: null,
});
/** A process that is certainly dead. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('a damaged file', () => {
  const broken = [
    '',
    '{',
    'null',
    '[]',
    '{"schema":"mellon.store"}',
    '{"schema":"else","version":1}',
    '\u0000',
  ];

  it.each(broken)('is kept aside, reported, and never taken for an empty one: %j', (text) => {
    fs.writeFileSync(file(), text);
    const opened = openStore(options());
    if (opened.ok) throw new Error('opened a damaged file');
    if (opened.problem.code !== 'damaged' || opened.problem.keptAs === null) throw new Error('not kept');
    expect(fs.readFileSync(opened.problem.keptAs, 'utf8')).toBe(text);
    expect(opened.problem.keptAs).toContain('2026-11-23T12-00-00');
    // The second program, and the first one's view, hear of it as well.
    expect(openStore(options())).toMatchObject({ ok: false, problem: { code: 'damaged' } });
    const store = storeIn(options());
    expect(store.view('d1.example', 'xmpp-client').problem).toContain('damaged');
    expect(store.addPin(draft(1))).toMatchObject({ ok: false, problem: { code: 'damaged' } });
    expect(fs.existsSync(file())).toBe(false);
  });

  it('that lost one byte anywhere is never read as something else', () => {
    const store = ok(openStore(options()));
    for (const n of [1, 2, 3]) ok(store.addPin(draft(n)));
    const text = fs.readFileSync(file(), 'utf8');
    for (let length = 0; length < text.length - 1; length++)
      expect(decodeContents(text.slice(0, length)).ok).toBe(false);
  });

  it('can be left behind on purpose, and stays where it is kept', () => {
    fs.writeFileSync(file(), 'broken');
    const store = storeIn(options());
    expect(store.listProblem()?.code).toBe('damaged');
    ok(store.startOver());
    ok(store.addPin(draft(1)));
    expect(openStore(options()).ok).toBe(true);
    expect(fs.readdirSync(folder).filter((name) => name.includes('damaged')).length).toBe(1);
  });

  it('that was repaired and put back is read again, by a running program too', () => {
    const store = ok(openStore(options()));
    ok(store.addPin(draft(1)));
    const good = fs.readFileSync(file());
    fs.writeFileSync(file(), 'broken');
    expect(store.view('d1.example', 'xmpp-client').problem).not.toBeNull();
    fs.writeFileSync(file(), good);
    expect(store.view('d1.example', 'xmpp-client').pins.length).toBe(1);
  });

  it('after a write that was cut off gives way to the state before it', () => {
    const store = ok(openStore(options()));
    ok(store.addPin(draft(1)));
    fs.copyFileSync(file(), `${file()}.before`);
    fs.truncateSync(file(), 50);
    const again = ok(openStore(options()));
    expect(again.view('d1.example', 'xmpp-client').pins.length).toBe(1);
  });

  it('edited by hand names the place that is wrong', () => {
    ok(ok(openStore(options())).addPin(draft(1)));
    fs.writeFileSync(file(), fs.readFileSync(file(), 'utf8').replace('"by":"certificate"', '"by":"hope"'));
    const opened = openStore(options());
    expect(opened.ok ? '' : storeSentence(opened.problem)).toContain('pins[0]: by');
  });

  it('of the history does not hide the pins, and is kept aside at the next look', () => {
    const store = ok(openStore(options()));
    ok(store.addPin(draft(1)));
    const entry = {
      domain: 'd1.example',
      service: 'xmpp-client',
      at: '2026-01-01T00:00:00Z',
      outcome: 'manual',
      by: null,
      dnssec: 'secure',
      keys: [],
      certificates: [],
    } as const;
    ok(store.recordHistory(entry));
    const inside = path.join(folder, 'history');
    fs.writeFileSync(path.join(inside, fs.readdirSync(inside)[0]!), '{');
    const view = store.view('d1.example', 'xmpp-client');
    expect([view.pins.length, view.onceSecure]).toEqual([1, '2026-01-01T00:00:00Z']);
    expect(store.history('d1.example', 'xmpp-client').ok).toBe(false);
    ok(store.recordHistory(entry));
    expect(ok(store.history('d1.example', 'xmpp-client')).length).toBe(1);
    expect(fs.readdirSync(inside).some((name) => name.includes('damaged'))).toBe(true);
  });
});

describe('a file of a newer version', () => {
  it('is refused and not touched', () => {
    const text = '{"schema":"mellon.store","version":2,"pins":"in another form"}';
    fs.writeFileSync(file(), text);
    expect(openStore(options())).toMatchObject({ problem: { code: 'newer-version', version: 2 } });
    const store = storeIn(options());
    expect(store.addPin(draft(1))).toMatchObject({ problem: { code: 'newer-version' } });
    expect(store.startOver().ok).toBe(false);
    expect(store.view('d1.example', 'xmpp-client').problem).toContain('newer');
    expect(fs.readFileSync(file(), 'utf8')).toBe(text);
    expect(fs.readdirSync(folder)).toEqual(['mellon.json']);
  });
});

describe('a disk or folder that does not take the change', () => {
  it.each([
    ['only a part', 16],
    ['nothing', 0],
  ])('a disk that takes %s leaves the old state (a file size limit of %i blocks)', (_what, blocks) => {
    ok(ok(openStore(options())).addPin(draft(1)));
    const before = fs.readFileSync(file(), 'utf8');
    const script = `
      import { openStore } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../electron/store/store.ts'))};
      process.on('SIGXFSZ', () => {});
      const opened = openStore({ folder: ${JSON.stringify(folder)}, now: () => 0 });
      const pin = ${JSON.stringify({ ...draft(2), pem: 'A'.repeat(60_000) })};
      console.log(JSON.stringify(opened.value.addPin(pin)));`;
    const run = spawnSync(
      'bash',
      ['-c', `ulimit -f ${blocks}; exec "$0" --input-type=module -e "$1"`, process.execPath, script],
      {
        encoding: 'utf8',
      },
    );
    expect(run.stdout).toContain('"ok":false');
    expect(run.stdout).toContain('disk-full');
    expect(fs.readFileSync(file(), 'utf8')).toBe(before);
    expect(fs.readdirSync(folder)).toEqual(['mellon.json']);
    const again = ok(openStore(options()));
    ok(again.addPin(draft(3)));
    expect(ok(again.listAll()).pins.map((pin) => pin.domain)).toEqual(['d1.example', 'd3.example']);
  });

  it('a folder that is a file is a problem, not a crash', () => {
    fs.writeFileSync(path.join(folder, 'not-a-folder'), '');
    const store = storeIn({ ...options(), folder: path.join(folder, 'not-a-folder') });
    expect(store.addPin(draft(1)).ok).toBe(false);
  });

  it('a read-only folder is read, and a change says so', () => {
    ok(ok(openStore(options())).addPin(draft(1)));
    const before = fs.readFileSync(file(), 'utf8');
    fs.chmodSync(folder, 0o500);
    const script = `
      import { openStore } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../electron/store/store.ts'))};
      if (process.getuid() === 0) process.setuid(65534);
      const opened = openStore({ folder: ${JSON.stringify(folder)}, now: () => 0 });
      console.log(JSON.stringify([opened.value.view('d1.example', 'xmpp-client').pins.length,
        opened.value.addPin(${JSON.stringify(draft(2))})]));`;
    // As root no folder is read-only, so the child becomes somebody else, who must be let in to read.
    if (process.getuid?.() === 0) {
      fs.chmodSync(folder, 0o555);
      fs.chmodSync(file(), 0o644);
    }
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(run.stdout).toMatch(/^\[1,/);
    expect(run.stdout).toContain('read-only');
    expect(fs.readFileSync(file(), 'utf8')).toBe(before);
  });
});

describe('the lock', () => {
  const lockFile = (): string => path.join(folder, 'mellon.lock');

  it('keeps a second writer out, says who holds it, and opens again', () => {
    const first = acquireLock(folder, 50);
    if (!('lock' in first)) throw new Error('not locked');
    // Another live process's lock, as seen from here.
    const text = fs.readFileSync(lockFile(), 'utf8').replace(/"pid":\d+/, `"pid":${process.ppid}`);
    fs.writeFileSync(lockFile(), text);
    expect(acquireLock(folder, 50)).toEqual({ heldBy: process.ppid });
    first.lock.release();
    expect('lock' in acquireLock(folder, 50)).toBe(true);
  });

  it('of a dead process is broken, also where the breaker died', () => {
    const dead = deadPid();
    const holder = (token: string): string =>
      JSON.stringify({ token, pid: dead, host: os.hostname(), at: Date.now() });
    fs.writeFileSync(lockFile(), holder('a'));
    fs.writeFileSync(`${lockFile()}.break-a`, holder('b'));
    fs.writeFileSync(`${lockFile()}.break-b`, holder('c'));
    const got = acquireLock(folder, 1_000);
    if (!('lock' in got)) throw new Error('not broken');
    expect(got.lock.held()).toBe(true);
    got.lock.release();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('that is a minute old is broken whoever holds it, and its holder notices', () => {
    const first = acquireLock(folder, 50);
    if (!('lock' in first)) throw new Error('not locked');
    const text = JSON.stringify({
      token: 'old',
      pid: process.ppid,
      host: os.hostname(),
      at: Date.now() - 61_000,
    });
    fs.writeFileSync(lockFile(), text);
    expect('lock' in acquireLock(folder, 50)).toBe(true);
    expect(first.lock.held()).toBe(false);
    first.lock.release();
    expect(fs.existsSync(lockFile())).toBe(true);
  });

  it('that is empty or nonsense is broken only when it is old enough to be left over', () => {
    fs.writeFileSync(lockFile(), 'nonsense');
    expect(acquireLock(folder, 50)).toEqual({ heldBy: null });
    const past = new Date(Date.now() - 20_000);
    fs.utimesSync(lockFile(), past, past);
    expect('lock' in acquireLock(folder, 50)).toBe(true);
  });
});

describe('any text at all', () => {
  it('decodes to contents or a problem, never a throw', () => {
    const value = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .json()
        .map(
          (j) => `{"schema":"mellon.store","version":1,"next":1,"pins":${j},"watches":[],"onceSecure":[]}`,
        ),
    );
    fc.assert(
      fc.property(value, (text) => {
        expect(typeof decodeContents(text).ok).toBe('boolean');
        expect(typeof decodeHistory(text).ok).toBe('boolean');
      }),
    );
  });
});

describe('a store that cannot be opened', () => {
  it('gives the rules a view that says so', () => {
    const view = brokenStoreView({ code: 'unreadable', file: '/x', detail: 'no' });
    expect(view.problem).toContain('could not be read');
  });
});
