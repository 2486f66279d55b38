/**
 * accept.test.ts: what may be accepted by hand, and what exactly is then remembered (TRUST-RULES 10.4, 10.5, section 11).
 *
 * In:   small reports
 * Out:  assertions on mayAccept and historyEntryOf
 * Not:  the store (test/store)
 */
import { describe, expect, it } from 'vitest';
import type { Instant } from '../shared/basics.ts';
import { NO_PINS, type Pin, type PinView } from '../shared/pin.ts';
import type { Report } from '../shared/report.ts';
import { historyEntryOf, mayAccept, type AcceptRequest } from '../electron/accept.ts';
import { endpoint, hex, report, verdict } from './pins-fixture.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z') as Instant;
const form: AcceptRequest = { certificate: hex(1), how: 'forever', by: 'certificate' };
const old: Pin = {
  ...{ id: 'p1', domain: 'shire.example', service: 'xmpp-client', by: 'certificate', sha256: hex(9) },
  ...{ created: '2026-01-01T00:00:00Z', ends: null, revoked: null, note: '', forgives: [], names: [] },
  ...{ manualToo: false, pem: null },
};

function ask(
  of: Report,
  over: Partial<AcceptRequest> = {},
  view: PinView = NO_PINS,
  judgeWith: (view: PinView) => Report = () => of,
) {
  return mayAccept(of, { ...form, ...over }, { view, judgeWith, now: NOW });
}
const code = (answer: ReturnType<typeof ask>): string => (answer.ok ? 'accepted' : answer.problem.code);

describe('what may be accepted', () => {
  it('a manual verdict may, and exactly what was on screen is forgiven', () => {
    const answer = ask(report([endpoint()]), { note: 'by phone', ends: '2027-01-01' });
    if (!answer.ok) throw new Error(answer.problem.text);
    expect(answer.value.pin).toMatchObject({
      domain: 'shire.example',
      service: 'xmpp-client',
      by: 'certificate',
      sha256: hex(1),
      keySha256: hex(2),
      forgives: ['right-name-untrusted-issuer', 'self-signed'],
      names: ['dns:shire.example'],
      ends: '2027-01-01T00:00:00.000Z',
      note: 'by phone',
      manualToo: false,
    });
  });

  it('by key remembers the key', () => {
    const answer = ask(report([endpoint()]), { by: 'key' });
    expect(answer.ok && answer.value.pin.sha256).toBe(hex(2));
  });

  it('codes about pins and watches are not forgiven', () => {
    const shown = endpoint({
      verdict: verdict('manual', 'watched-key-changed', 'pin-new-reason', 'expired'),
    });
    const answer = ask(report([shown]));
    expect(answer.ok && answer.value.pin.forgives).toEqual(['expired']);
  });

  it('never from a saved report, nor from one judged for another date', () => {
    expect(code(ask(report([endpoint()], { recordedAt: '2026-01-01T00:00:00Z' })))).toBe('saved-report');
    const then = report([endpoint()]);
    expect(code(ask({ ...then, request: { ...then.request, at: '2025-01-01T00:00:00Z' } }))).toBe(
      'another-time',
    );
  });

  it('never a certificate that is not in the report', () => {
    expect(code(ask(report([endpoint()]), { certificate: hex(3) }))).toBe('not-in-report');
    const unreadable = endpoint();
    const chain = unreadable.chain.map((one) => ({ ...one, malformed: 'no DER' }));
    expect(code(ask(report([{ ...unreadable, chain }])))).toBe('not-in-report');
    // An intermediate is not what the server showed as its own.
    const below = endpoint({}, 5).chain.concat(endpoint({}, 1).chain);
    expect(code(ask(report([endpoint({ chain: below })])))).toBe('not-in-report');
  });

  it.each(['tlsa-unanswered', 'dane-mismatch', 'certificate-revoked', 'delegation-bogus'])(
    'never what is refused: %s',
    (why) => {
      const refused = endpoint({ verdict: verdict('refuse', why) });
      expect(code(ask(report([refused])))).toBe('refused');
      // Not together with a changed pin either, nor where another address of it would be manual.
      const both = endpoint({ verdict: verdict('refuse', why, 'pin-changed-new-key') });
      expect(code(ask(report([both]), { replaces: ['p1'] }, { ...NO_PINS, pins: [old] }))).toBe('refused');
      expect(code(ask(report([endpoint(), refused])))).toBe('refused');
    },
  );

  it('nothing on a way that is refused as a whole', () => {
    const domain = { ...verdict('refuse', 'discovery-bogus') };
    expect(code(ask(report([endpoint()], { verdict: domain })))).toBe('refused-domain');
  });

  it('another certificate of the domain may be refused beside it', () => {
    const other = endpoint({ verdict: verdict('refuse', 'dane-mismatch') }, 7, 8);
    expect(code(ask(report([endpoint(), other])))).toBe('accepted');
  });

  it('nothing where nothing needs it', () => {
    expect(code(ask(report([endpoint({ verdict: verdict('auto-accept') })])))).toBe('nothing-to-accept');
    expect(code(ask(report([endpoint({ verdict: verdict('unreachable') })])))).toBe('nothing-to-accept');
  });

  it('nothing where a proof is missing that no pin replaces', () => {
    const unproven = { ...verdict('manual', 'proof-unknown'), case: 'proof-unknown' as const };
    expect(code(ask(report([endpoint({ verdict: unproven })])))).toBe('proof-first');
    const watched = { ...verdict('manual', 'watched-key-changed'), case: 'watched-key-changed' as const };
    expect(ask(report([endpoint({ verdict: watched })])).ok).toBe(true);
  });

  it('a host typed by hand only if it is said', () => {
    const typed = report([endpoint()], {}, { delegation: 'manual' });
    expect(code(ask(typed))).toBe('not-for-manual');
    const answer = ask(typed, { manualToo: true });
    expect(answer.ok && answer.value.pin.manualToo).toBe(true);
  });

  it('no end date in the past, and none that is no date', () => {
    expect(code(ask(report([endpoint()]), { ends: '2026-11-23T12:00:00Z' }))).toBe('ends-in-the-past');
    expect(code(ask(report([endpoint()]), { ends: 'soon' }))).toBe('ends-in-the-past');
  });
});

describe('a changed pin', () => {
  const changed = report([endpoint({ verdict: verdict('refuse', 'pin-changed-new-key') })]);
  const view: PinView = { ...NO_PINS, pins: [old] };

  it('needs to be replaced', () => {
    expect(code(ask(changed, {}, view))).toBe('changed-needs-replace');
  });

  it('is taken away first, and what the verdict then says is forgiven', () => {
    const seen: PinView[] = [];
    const answer = ask(changed, { replaces: ['p1'] }, view, (without) => {
      seen.push(without);
      return report([endpoint({ verdict: verdict('manual', 'self-signed') })]);
    });
    expect(seen).toEqual([NO_PINS]);
    expect(answer.ok && answer.value).toMatchObject({ replaces: ['p1'], pin: { forgives: ['self-signed'] } });
  });

  it('stays where the verdict without it is refuse, or nothing needs accepting', () => {
    const with2 = { ...view, pins: [old, { ...old, id: 'p2' }] };
    expect(code(ask(changed, { replaces: ['p1'] }, with2, () => changed))).toBe('still-changed');
    const refused = report([endpoint({ verdict: verdict('refuse', 'dane-mismatch') })]);
    expect(code(ask(changed, { replaces: ['p1'] }, view, () => refused))).toBe('refused');
  });

  it('of another domain cannot be replaced here', () => {
    expect(code(ask(changed, { replaces: ['p77'] }, view))).toBe('no-replace-needed');
  });
});

describe('the history entry of a report', () => {
  it('names what was seen', () => {
    expect(historyEntryOf(report([endpoint(), endpoint({}, 3, 2)]))).toEqual({
      domain: 'shire.example',
      service: 'xmpp-client',
      at: '2026-11-23T12:00:00.000Z',
      outcome: 'manual',
      by: null,
      dnssec: 'unknown',
      keys: [hex(2)],
      certificates: [hex(1), hex(3)],
    });
  });

  it('is none for a saved report', () => {
    expect(historyEntryOf(report([endpoint()], { recordedAt: '2026-01-01T00:00:00Z' }))).toBeNull();
  });

  it('is secure only where what leads to the servers was', () => {
    const srv = (dnssec: 'secure' | 'insecure' | 'bogus') =>
      ({ owner: 'x', answer: 'none', dnssec, why: '', records: [] }) as const;
    const of = (...states: readonly ('secure' | 'insecure' | 'bogus')[]) =>
      historyEntryOf(report([endpoint()], { discovery: { outcome: 'fallback', srv: states.map(srv) } }))
        ?.dnssec;
    expect([of('secure', 'secure'), of('insecure', 'insecure'), of('bogus', 'insecure'), of()]).toEqual([
      'secure',
      'insecure',
      'unknown',
      'unknown',
    ]);
  });
});
