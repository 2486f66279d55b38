/**
 * store.bench.ts: 10,000 pins: opening and searching.
 *
 * In:   a store in a folder of its own
 * Out:  medians
 * Not:  safety (test/store)
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instant } from '../../shared/basics.ts';
import { openStore, type NewPin, type Store } from '../../electron/store/store.ts';
import { line, ms, sideBySide, under, when } from './measure.ts';

when();

const PINS = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'mellon-bench-'));
const now = (): Instant => Date.now() as Instant;

function open(): Store {
  const store = openStore({ folder, now });
  if (!store.ok) throw new Error(store.problem.code);
  return store.value;
}

function pin(index: number): NewPin {
  const hex = index.toString(16).padStart(64, '0');
  return {
    domain: `d${index}.example`,
    service: index % 2 === 0 ? 'xmpp-client' : 'xmpp-server',
    by: index % 3 === 0 ? 'key' : 'certificate',
    sha256: hex,
    ends: null,
    note: `told by ${index} on the telephone`,
    forgives: ['right-name-untrusted-issuer'],
    names: [`dns:d${index}.example`],
    manualToo: false,
    pem: `-----BEGIN CERTIFICATE-----\n${'QUJD'.repeat(200)}\n-----END CERTIFICATE-----\n`,
    keySha256: hex,
  };
}

try {
  const merged = open().merge(
    Array.from({ length: PINS }, (_, i) => pin(i)),
    [],
  );
  if (!merged.ok || merged.value.added !== PINS) throw new Error('the pins were not stored');
  const store = open();
  const time = await sideBySide(11, {
    open: () => open().view('d5000.example', 'xmpp-client'),
    search: () => store.search('d77'),
    nothing: () => store.search('no such thing'),
  });
  const { size } = statSync(join(folder, 'config.json'), { throwIfNoEntry: false }) ?? { size: 0 };
  console.log(`10,000 pins${size === 0 ? '' : `, ${(size / 1e6).toFixed(1)} MB`}`);
  line('  open and look up one', ms(time.open), under(time.open, 100, 'ms'));
  line('  search, 111 found', ms(time.search), under(time.search, 50, 'ms'));
  line('  search, none found', ms(time.nothing), under(time.nothing, 50, 'ms'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
