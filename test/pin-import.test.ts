/**
 * pin-import.test.ts: reading files of pins from elsewhere, whatever is in them.
 *
 * In:   texts
 * Out:  assertions on what would be imported
 * Not:  the command around it (pins-command.test.ts), the store (test/store)
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../shared/basics.ts';
import { parsePins } from '../electron/pin-import.ts';
import { hex } from './pins-fixture.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z') as Instant;

describe('a file of pins', () => {
  it.each(['Shire.Example', 'shire.example.', 'b\u00fccher.example', '!!', ''])(
    'names no domain that would never be met again: %j',
    (domain) => {
      const watch = { domain, service: 'xmpp-client', since: '2026-01-01T00:00:00Z', keys: [hex(7)] };
      const file = { schema: 'mellon.pins', version: 1, watches: [watch] };
      const parsed = parsePins(JSON.stringify(file), NOW);
      expect(parsed).toMatchObject({ ok: false, problem: { code: 'wrong-field' } });
      const pin = {
        ...{ id: 'p1', domain, service: 'xmpp-client', by: 'certificate', sha256: hex(7), pem: null },
        ...{ keySha256: null, created: '2026-01-01T00:00:00Z', ends: null, revoked: null, note: '' },
        ...{ manualToo: false, forgives: [], names: [] },
      };
      const of = (one: object): string => JSON.stringify({ ...file, watches: [], pins: [one] });
      expect(parsePins(of({ ...pin, domain: 'shire.example' }), NOW).ok).toBe(true);
      expect(parsePins(of(pin), NOW)).toMatchObject({ ok: false, problem: { code: 'wrong-field' } });
    },
  );

  it('brings no fields of a watch that we do not know', () => {
    const watch = {
      ...{ domain: 'shire.example', service: 'xmpp-client', since: '2026-01-01T00:00:00Z' },
      ...{ keys: [hex(7), hex(8)], accepted: [hex(8)] },
    };
    const file = { schema: 'mellon.pins', version: 1, watches: [{ ...watch, junk: ['x'] }] };
    const parsed = parsePins(JSON.stringify(file), NOW);
    expect(parsed.ok && parsed.value.watches).toEqual([watch]);
  });

  it('any text at all is taken or refused, never thrown at', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('|g0|', '|c0|a|5222|0|6|', 'sha256/', '{"schema":"mellon.pins","version":1,"pins":'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '|', ' '), (parts, glue) => {
        expect(typeof parsePins(parts.join(glue), NOW).ok).toBe('boolean');
      }),
    );
  });
});
