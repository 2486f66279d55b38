/**
 * view.test.ts: what the screen makes of a report, without a screen.
 *
 * In:   fixtures
 * Out:  assertions
 * Not:  components (window.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { screen as words } from '../../shared/phrases/screen.ts';
import { differences } from '../../shared/difference.ts';
import {
  branches,
  compareFingerprint,
  daysUntil,
  decidingBranch,
  grouped,
  referenceUrl,
  waterfall,
} from '../../shared/view.ts';
import { ACCEPT, MANUAL, observations, report, SHA } from './fixtures.ts';

function base64(hex: string): string {
  return btoa(String.fromCharCode(...grouped(hex, 2).map((two) => Number.parseInt(two, 16))));
}

describe('a fingerprint from the admin', () => {
  it('is compared however it is written', () => {
    const colons = grouped(SHA, 2).join(':').toUpperCase();
    const encoded = base64(SHA);
    for (const text of [
      SHA,
      ` ${SHA}\n`,
      colons,
      `sha256 Fingerprint=${colons}`,
      `SHA-256: ${colons}`,
      `sha256/${encoded}`,
      grouped(SHA).join(' '),
    ]) {
      expect(compareFingerprint(text, SHA), text).toBe('same');
    }
  });

  it('is different when one digit is, and incomplete when one is missing', () => {
    expect(compareFingerprint(`${SHA.slice(0, 63)}1`, SHA)).toBe('different');
    expect(compareFingerprint(`sha256/${base64('00'.repeat(32))}`, SHA)).toBe('different');
    expect(compareFingerprint(SHA.slice(1), SHA)).toBe('incomplete');
    expect(compareFingerprint(`${SHA}00`, SHA)).toBe('incomplete');
    expect(compareFingerprint('   ', SHA)).toBe('empty');
  });

  it('does not hang on a pasted file', () => {
    expect(compareFingerprint('a fingerprint '.repeat(100_000), SHA)).toBe('incomplete');
  });
});

describe('a reference', () => {
  it('leads to its section, and nowhere else than the allowed places', () => {
    expect(referenceUrl('RFC 7671 5.1')).toBe('https://www.rfc-editor.org/rfc/rfc7671.html#section-5.1');
    expect(referenceUrl('RFC 5280')).toBe('https://www.rfc-editor.org/rfc/rfc5280.html');
    expect(referenceUrl('XEP-0368')).toBe('https://xmpp.org/extensions/xep-0368.html');
    for (const text of ['https://evil.example/', 'TRUST-RULES 9', 'javascript:alert(1)', '']) {
      expect(referenceUrl(text)).toBeNull();
    }
  });
});

describe('a report on screen', () => {
  it('branches into its targets and addresses, and the deciding one comes first', () => {
    const one = report(ACCEPT);
    expect(branches(one).map((b) => b.endpoint.address)).toEqual(['127.0.10.1', '127.0.10.2']);
    const [target] = one.targets;
    const [first, second] = target?.endpoints ?? [];
    if (target === undefined || first === undefined || second === undefined) throw new Error('fixture');
    const mixed = {
      ...one,
      verdict: MANUAL,
      targets: [{ ...target, endpoints: [first, { ...second, verdict: MANUAL }] }],
    };
    expect(decidingBranch(mixed)?.endpoint.address).toBe('127.0.10.2');
  });

  it('has a waterfall by start, problems named', () => {
    const rows = waterfall([...observations(10)].reverse());
    expect(rows.map((r) => r.start)).toEqual([...rows.map((r) => r.start)].sort((a, b) => a - b));
    expect(rows[3]?.problem).toBe('timed-out');
  });

  it('counts whole days', () => {
    expect(daysUntil('2026-11-25T00:00:00Z', Date.parse('2026-11-23T12:00:00Z'))).toBe(1);
    expect(daysUntil('2026-11-22T00:00:00Z', Date.parse('2026-11-23T12:00:00Z'))).toBe(-2);
    expect(daysUntil('soon', 0)).toBeNull();
  });
});

describe('the verdict in words', () => {
  it('does not say under its heading what the heading says, and leaves every other sentence whole', () => {
    const { below } = words.verdict;
    expect(below('Refused', 'Refused, because the name is wrong.')).toBe('Because the name is wrong.');
    expect(below('Your decision', 'Needs you, because x.')).toBe('Needs you, because x.');
  });
  it('is told once to a screen reader', () => {
    const { finished } = words.run;
    expect(finished('Refused', 'Refused, because x.')).toBe('Refused, because x.');
    expect(finished('Your decision', 'Needs you, because x.')).toBe('Your decision. Needs you, because x.');
  });
});

describe('two reports of one domain', () => {
  it('differ in nothing when they are the same', () => {
    expect(differences(report(), report()).filter((d) => !d.same)).toEqual([]);
  });

  it('tell "same key, new certificate" and "new key" apart', () => {
    const before = report();
    const swap = (leaf: { sha256: string; spkiSha256?: string }): typeof before => ({
      ...before,
      targets: before.targets.map((t) => ({
        ...t,
        endpoints: t.endpoints.map((e) => ({
          ...e,
          chain: e.chain.map((c, i) => (i === 0 ? { ...c, ...leaf } : c)),
        })),
      })),
    });
    const renewed = differences(before, swap({ sha256: 'b'.repeat(64) })).filter((d) => !d.same);
    expect(renewed.map((d) => d.note)).toEqual(['same key, new certificate', 'same key, new certificate']);
    const changed = differences(before, swap({ sha256: 'b'.repeat(64), spkiSha256: 'c'.repeat(64) }));
    expect(changed.filter((d) => d.note === 'new key')).toHaveLength(2);
  });
});
