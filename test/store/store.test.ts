/**
 * store.test.ts: what the store remembers, changes and finds again, with several programs on one folder.
 *
 * In:   a fresh folder for each case, a fixed clock
 * Out:  assertions
 * Not:  broken files and disks (store-trouble.test.ts), killed writers (store-crash.test.ts)
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Instant, Outcome } from '../../shared/basics.ts';
import type { HistoryEntry } from '../../shared/pin.ts';
import { encodeContents } from '../../electron/store/shape.ts';
import { openStore, type NewPin, type Store } from '../../electron/store/store.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mellon-store-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function ok<T>(outcome: Outcome<T, unknown>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problem));
  return outcome.value;
}
const open = (): Store => ok(openStore({ folder, now: () => NOW as Instant }));
const hex = (n: number): string => n.toString(16).padStart(64, '0');
function draft(over: Partial<NewPin> = {}): NewPin {
  return {
    domain: 'shire.example',
    service: 'xmpp-client',
    by: 'certificate',
    sha256: hex(1),
    ends: null,
    note: 'from Gandalf',
    forgives: ['right-name-untrusted-issuer'],
    names: ['dns:shire.example'],
    manualToo: false,
    pem: '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n',
    keySha256: hex(2),
    ...over,
  };
}
const seen = (over: Partial<HistoryEntry> = {}): HistoryEntry => ({
  domain: 'shire.example',
  service: 'xmpp-client',
  at: '2026-11-23T12:00:00.000Z',
  outcome: 'auto-accept',
  by: 'pkix',
  dnssec: 'insecure',
  keys: [hex(2)],
  certificates: [hex(1)],
  ...over,
});

describe('pins', () => {
  it('are found again by another program, exactly as they were made', () => {
    const made = ok(open().addPin(draft()));
    expect(open().view('shire.example', 'xmpp-client').pins).toEqual([made]);
    expect(made).toMatchObject({ ...draft(), created: '2026-11-23T12:00:00.000Z', revoked: null });
  });

  it('are seen only for their own domain and service', () => {
    const store = open();
    ok(store.addPin(draft()));
    expect(store.view('shire.example', 'xmpp-server').pins).toEqual([]);
    expect(store.view('mordor.example', 'xmpp-client').pins).toEqual([]);
  });

  it('are written with a file mode that nobody else can read, and nothing is written before the first', () => {
    const store = open();
    expect(fs.readdirSync(folder)).toEqual([]);
    ok(store.addPin(draft()));
    expect(fs.statSync(path.join(folder, 'mellon.json')).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(folder)).toEqual(['mellon.json']);
    // The old state that is kept beside during a write does not outlive it.
    ok(store.addPin(draft({ sha256: hex(3) })));
    expect(fs.readdirSync(folder)).toEqual(['mellon.json']);
  });

  it('made by two programs at once are both there', () => {
    const [one, two] = [open(), open()];
    const a = ok(one.addPin(draft()));
    const b = ok(two.addPin(draft({ sha256: hex(3) })));
    expect(a.id).not.toBe(b.id);
    for (const store of [one, two])
      expect(store.view('shire.example', 'xmpp-client').pins.map((p) => p.id)).toEqual([a.id, b.id]);
  });

  it('can be changed, revoked, restored and removed', () => {
    const store = open();
    const { id } = ok(store.addPin(draft()));
    expect(ok(store.changePin(id, { note: 'new', ends: '2027-01-01T00:00:00Z' }))).toMatchObject({
      note: 'new',
      ends: '2027-01-01T00:00:00Z',
    });
    expect(ok(store.revokePin(id)).revoked).toBe('2026-11-23T12:00:00.000Z');
    expect(open().view('shire.example', 'xmpp-client').pins[0]?.revoked).not.toBeNull();
    expect(ok(store.restorePin(id)).revoked).toBeNull();
    ok(store.removePin(id));
    expect(open().view('shire.example', 'xmpp-client').pins).toEqual([]);
    expect(store.removePin(id)).toEqual({ ok: false, problem: { code: 'no-such-pin', id } });
  });

  it('never get the id of a removed one', () => {
    const store = open();
    const { id } = ok(store.addPin(draft()));
    ok(store.removePin(id));
    expect(ok(store.addPin(draft())).id).not.toBe(id);
  });

  it('replace others in the same step, or not at all', () => {
    const store = open();
    const old = ok(store.addPin(draft()));
    expect(store.addPin(draft({ sha256: hex(9) }), ['p77']).ok).toBe(false);
    expect(store.view('shire.example', 'xmpp-client').pins).toEqual([old]);
    const next = ok(store.addPin(draft({ sha256: hex(9) }), [old.id]));
    const pins = open().view('shire.example', 'xmpp-client').pins;
    expect(pins.map((p) => [p.id, p.revoked !== null])).toEqual([
      [old.id, true],
      [next.id, false],
    ]);
  });

  it.each([
    { domain: '' },
    { domain: 'a b' },
    { sha256: 'ABC' },
    { ends: 'soon' },
    { note: 'x'.repeat(1_001) },
    { names: Array.from({ length: 1_001 }, () => 'dns:a') },
  ] satisfies Partial<NewPin>[])('that cannot be are refused, and nothing is written: %j', (over) => {
    const store = open();
    expect(store.addPin(draft(over))).toMatchObject({ ok: false, problem: { code: 'invalid' } });
    expect(store.addOnce(draft(over))).toMatchObject({ ok: false, problem: { code: 'invalid' } });
    expect(fs.existsSync(path.join(folder, 'mellon.json'))).toBe(false);
  });

  it('are found by domain, note, hash and name, without case', () => {
    const store = open();
    ok(store.addPin(draft()));
    ok(
      store.addPin(
        draft({ domain: 'mordor.example', note: 'Sauron', sha256: hex(0xabc), names: ['dns:eye.example'] }),
      ),
    );
    const found = (text: string): readonly string[] => ok(store.search(text)).map((p) => p.domain);
    expect(found('SHIRE')).toEqual(['shire.example']);
    expect(found('sauron')).toEqual(['mordor.example']);
    expect(found('abc')).toEqual(['mordor.example']);
    expect(found('eye.')).toEqual(['mordor.example']);
    expect(found('nothing')).toEqual([]);
  });
});

describe('accepted once', () => {
  it('counts in this program only and leaves no file', () => {
    const store = open();
    const pin = ok(store.addOnce(draft()));
    expect(store.view('shire.example', 'xmpp-client').once).toEqual([pin]);
    expect(open().view('shire.example', 'xmpp-client').once).toEqual([]);
    expect(fs.readdirSync(folder)).toEqual([]);
    ok(store.revokePin(pin.id));
    expect(store.view('shire.example', 'xmpp-client').once).toEqual([]);
  });

  it('adds the key to a watched set until the program ends', () => {
    const store = open();
    ok(store.setWatch('shire.example', 'xmpp-client', true, [hex(7)]));
    const pin = ok(store.addOnce(draft()));
    expect(store.view('shire.example', 'xmpp-client').watch?.keys).toEqual([hex(7), hex(2)]);
    expect(open().view('shire.example', 'xmpp-client').watch?.keys).toEqual([hex(7)]);
    ok(store.removePin(pin.id));
    expect(store.view('shire.example', 'xmpp-client').watch?.keys).toEqual([hex(7)]);
  });
});

describe('watches', () => {
  it('begin with the keys last seen, and not where none was', () => {
    const store = open();
    expect(store.setWatch('shire.example', 'xmpp-client', true)).toMatchObject({
      problem: { code: 'nothing-seen' },
    });
    ok(store.recordHistory(seen()));
    ok(store.recordHistory(seen({ outcome: 'unreachable', keys: [], certificates: [] })));
    expect(ok(store.setWatch('shire.example', 'xmpp-client', true))?.keys).toEqual([hex(2)]);
    expect(open().view('shire.example', 'xmpp-client').watch?.keys).toEqual([hex(2)]);
    expect(ok(store.setWatch('shire.example', 'xmpp-client', false))).toBeNull();
    expect(open().view('shire.example', 'xmpp-client').watch).toBeNull();
  });

  it('take in the key of what is accepted forever, and no key of another domain', () => {
    const store = open();
    ok(store.setWatch('shire.example', 'xmpp-client', true, [hex(7)]));
    ok(store.addPin(draft({ domain: 'mordor.example', keySha256: hex(8) })));
    ok(store.addPin(draft()));
    ok(store.addPin(draft({ by: 'key', sha256: hex(9) })));
    expect(open().view('shire.example', 'xmpp-client').watch?.keys).toEqual([hex(7), hex(2), hex(9)]);
  });
});

describe('a key that accepting brought into a watched set', () => {
  const known = (): readonly string[] | undefined => open().view('shire.example', 'xmpp-client').watch?.keys;

  it('goes when the pin is revoked or has ended, and comes back with it', () => {
    const store = open();
    ok(store.setWatch('shire.example', 'xmpp-client', true, [hex(7)]));
    const pin = ok(store.addPin(draft()));
    expect(known()).toEqual([hex(7), hex(2)]);
    ok(store.revokePin(pin.id));
    expect(known()).toEqual([hex(7)]);
    expect(ok(store.listAll()).watches[0]?.keys).toEqual([hex(7)]);
    ok(store.restorePin(pin.id));
    expect(known()).toEqual([hex(7), hex(2)]);
    ok(store.changePin(pin.id, { ends: '2020-01-01T00:00:00Z' }));
    expect(known()).toEqual([hex(7)]);
    ok(store.removePin(pin.id));
    expect(known()).toEqual([hex(7)]);
  });

  it('stays where it was known before it was accepted', () => {
    const store = open();
    ok(store.setWatch('shire.example', 'xmpp-client', true, [hex(2)]));
    ok(store.revokePin(ok(store.addPin(draft())).id));
    expect(known()).toEqual([hex(2)]);
  });

  it('is not brought in by beginning the watch again', () => {
    const store = open();
    ok(store.setWatch('shire.example', 'xmpp-client', true, [hex(7)]));
    expect(ok(store.setWatch('shire.example', 'xmpp-client', true, [hex(8)]))?.keys).toEqual([hex(7)]);
    expect(known()).toEqual([hex(7)]);
  });
});

describe('more than is ever read again', () => {
  const watches = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      ...{ domain: `d${from + i}.example`, service: 'xmpp-client' as const },
      ...{ since: '2026-01-01T00:00:00Z', keys: [hex(1)] },
    }));

  it('watches are not taken in, by import or one by one', () => {
    const store = open();
    ok(store.merge([], watches(0, 20_000)));
    const full = { ok: false, problem: { code: 'too-many' } };
    expect(store.merge([], watches(20_000, 1))).toMatchObject(full);
    expect(ok(store.merge([], watches(0, 1)))).toMatchObject({ watches: 0 });
    expect(store.setWatch('shire.example', 'xmpp-client', true, [hex(1)])).toMatchObject(full);
    expect(ok(open().listAll()).watches.length).toBe(20_000);
  });

  it('keys of one watch are not taken in', () => {
    const store = open();
    const keys = Array.from({ length: 1_000 }, (_, i) => hex(100 + i));
    ok(store.setWatch('shire.example', 'xmpp-client', true, keys));
    expect(store.addPin(draft())).toMatchObject({ ok: false, problem: { code: 'invalid' } });
    expect(ok(open().listAll()).pins).toEqual([]);
  });

  it('domains "once seen secure" make room for new ones, the oldest first', () => {
    const at = '2026-01-01T00:00:00Z';
    const onceSecure = Array.from({ length: 100_000 }, (_, i) => ({
      ...{ domain: `d${i}.example`, service: 'xmpp-client' as const, at },
    }));
    const text = encodeContents({ next: 1, pins: [], watches: [], onceSecure });
    fs.writeFileSync(path.join(folder, 'mellon.json'), text);
    ok(open().recordHistory(seen({ dnssec: 'secure' })));
    const store = open();
    expect(store.view('shire.example', 'xmpp-client').onceSecure).not.toBeNull();
    expect(store.view('d0.example', 'xmpp-client').onceSecure).toBeNull();
    expect(store.view('d1.example', 'xmpp-client').onceSecure).toBe(at);
  });
});

describe('history', () => {
  it('is bounded for one domain and keeps the newest', () => {
    const store = open();
    for (let i = 0; i < 103; i++) ok(store.recordHistory(seen({ outcome: `o${i}` })));
    const entries = ok(store.history('shire.example', 'xmpp-client'));
    expect(entries.length).toBe(100);
    expect(entries.at(-1)?.outcome).toBe('o102');
  });

  it('tells "once seen secure", even after that entry is gone', () => {
    const store = open();
    expect(store.view('shire.example', 'xmpp-client').onceSecure).toBeNull();
    ok(store.recordHistory(seen({ dnssec: 'secure', at: '2026-01-01T00:00:00Z' })));
    for (let i = 0; i < 100; i++) ok(store.recordHistory(seen({ dnssec: 'unknown' })));
    expect(open().view('shire.example', 'xmpp-client').onceSecure).toBe('2026-01-01T00:00:00Z');
    expect(open().view('shire.example', 'xmpp-server').onceSecure).toBeNull();
  });

  it('can be erased for one domain or as a whole, "once seen secure" with it', () => {
    const store = open();
    for (const domain of ['shire.example', 'mordor.example', 'rohan.example'])
      ok(store.recordHistory(seen({ domain, dnssec: 'secure' })));
    ok(store.eraseHistory('shire.example'));
    expect(ok(store.history('shire.example', 'xmpp-client'))).toEqual([]);
    expect(store.view('shire.example', 'xmpp-client').onceSecure).toBeNull();
    expect(store.view('mordor.example', 'xmpp-client').onceSecure).not.toBeNull();
    ok(store.eraseHistory(null));
    expect(ok(store.listAll()).history).toEqual([]);
    expect(store.view('mordor.example', 'xmpp-client').onceSecure).toBeNull();
  });

  it('does not mix up domains whose file names look alike', () => {
    const store = open();
    const long = `${'a'.repeat(63)}.`.repeat(3);
    for (const domain of [`${long}one`, `${long}two`, '::1', '..', 'con'])
      ok(store.recordHistory(seen({ domain })));
    for (const domain of [`${long}one`, `${long}two`, '::1', '..', 'con'])
      expect(ok(store.history(domain, 'xmpp-client')).map((e) => e.domain)).toEqual([domain]);
    expect(ok(store.listAll()).history.length).toBe(5);
  });
});

describe('speed', () => {
  it('10,000 pins are opened and searched without a blow-up (test/bench measures it)', () => {
    const pem = `-----BEGIN CERTIFICATE-----\n${`${'A'.repeat(64)}\n`.repeat(24)}-----END CERTIFICATE-----\n`;
    const drafts = Array.from({ length: 10_000 }, (_, i) =>
      draft({ domain: `d${i}.example`, sha256: hex(i), note: `note ${i}`, pem }),
    );
    expect(ok(open().merge(drafts, []))).toEqual({ added: 10_000, known: 0, watches: 0 });
    const best = (run: () => void): number =>
      Math.min(
        ...[1, 2, 3, 4, 5].map(() => {
          const start = performance.now();
          run();
          return performance.now() - start;
        }),
      );
    const store = open();
    const [opening, searching, viewing] = [
      best(open),
      best(() => ok(store.search('note 9999'))),
      best(() => store.view('d77.example', 'xmpp-client')),
    ];
    expect(opening).toBeLessThan(2_000);
    expect(searching).toBeLessThan(1_000);
    expect(viewing).toBeLessThan(500);
    expect(ok(store.search('note 9999')).map((p) => p.domain)).toEqual(['d9999.example']);
  });
});
