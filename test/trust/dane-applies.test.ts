import { describe, expect, it } from 'vitest';
import { judgeDaneApplies, type TlsaQuestion } from '../../electron/trust/dane-applies.ts';
import type { DnssecResult } from '../../electron/trust/dnssec/result.ts';
import type { DnsName } from '../../shared/basics.ts';
import { applying, HOST, OWNER, result, rr, SECURE_ADDRESS, tlsa } from './dane-world.ts';

const USABLE = tlsa(3, 1, 1, new Uint8Array(32));
const answer = (value: DnssecResult | null): { tlsa: TlsaQuestion[] } => ({
  tlsa: [{ owner: OWNER, base: HOST, result: value }],
});
const withRecords = { records: [USABLE], name: OWNER, type: 'TLSA' } as const;

describe('whether DANE applies', () => {
  it('applies with secure delegation, secure addresses and a usable secure record', () => {
    expect(applying([USABLE])).toMatchObject({
      applies: true,
      state: 'applies',
      base: HOST,
      blockedCode: null,
      closedFamilies: [],
      answer: 'records',
      dnssec: 'secure',
      owner: OWNER,
    });
  });

  it('applies to the source domain itself only when its SRV answer is secure', () => {
    expect(applying([USABLE], { delegation: 'none-needed' }).applies).toBe(true);
    expect(applying([USABLE], { delegation: 'none-needed', srvSecure: false })).toMatchObject({
      applies: false,
      state: 'does-not-apply',
      code: 'dane-srv-not-secure',
    });
  });

  it('is unknown for the source domain itself where nobody knows whether its SRV answer must be signed', () => {
    const found = applying([USABLE], { delegation: 'none-needed', srvSecure: false, srvUnproven: true });
    expect(found).toMatchObject({
      applies: false,
      state: 'unknown',
      code: 'dane-srv-unknown',
      blockedCode: null,
    });
  });

  it('never applies with delegation manual, insecure or refused, nor to an address, and shows the records all the same', () => {
    const cases = [
      [{ delegation: 'manual' }, 'dane-manual'],
      [{ delegation: 'insecure', srvSecure: false }, 'dane-insecure-delegation'],
      [{ delegation: null }, 'dane-refused-delegation'],
      [{ sourceKind: 'ip' }, 'dane-ip-literal'],
    ] as const;
    for (const [broken, code] of cases) {
      const found = applying([USABLE], broken);
      expect(found).toMatchObject({ applies: false, state: 'does-not-apply', code, base: null });
      expect(found.records).toHaveLength(1);
    }
  });

  it('is unknown without DNSSEC, and closes and blocks nothing', () => {
    for (const status of ['indeterminate', 'unanswered'] as const) {
      const lost = result(status, { zone: 'signed' });
      const found = applying([], {
        addresses: { A: lost, AAAA: lost },
        ...answer(lost),
        withoutDnssec: true,
      });
      expect(found).toMatchObject({
        applies: false,
        state: 'unknown',
        blockedCode: null,
        closedFamilies: [],
      });
    }
  });
});

describe('addresses', () => {
  const insecure = result('insecure', { records: [rr([127, 0, 0, 1], 1)] });

  it('applies when one family is secure and the other proven insecure', () => {
    expect(applying([USABLE], { addresses: { A: insecure, AAAA: SECURE_ADDRESS } }).applies).toBe(true);
  });

  it('does not apply when all are proven insecure', () => {
    const found = applying([USABLE], { addresses: { A: insecure, AAAA: insecure } });
    expect(found).toMatchObject({ applies: false, state: 'does-not-apply', code: 'dane-addresses-insecure' });
  });

  it('closes a family that is bogus, indeterminate or unanswered in a signed zone, and applies to the other', () => {
    const cases = [
      [result('bogus'), 'address-bogus'],
      [result('indeterminate'), 'address-indeterminate'],
      [result('unanswered', { zone: 'signed' }), 'address-unanswered'],
    ] as const;
    for (const [broken, code] of cases) {
      const found = applying([USABLE], { addresses: { A: SECURE_ADDRESS, AAAA: broken } });
      expect(found).toMatchObject({ applies: true, closedFamilies: ['AAAA'] });
      expect(found.closed[0]?.code).toBe(code);
    }
  });

  it('does not close a family that is unanswered where nothing proves the zone signed', () => {
    for (const zone of ['unknown', 'unsigned'] as const) {
      const found = applying([USABLE], {
        addresses: { A: SECURE_ADDRESS, AAAA: result('unanswered', { zone }) },
      });
      expect(found).toMatchObject({ applies: true, closedFamilies: [] });
    }
  });

  it('counts a failed family as neither: the insecure one decides', () => {
    const found = applying([USABLE], { addresses: { A: insecure, AAAA: result('bogus') } });
    expect(found).toMatchObject({ state: 'does-not-apply', closedFamilies: ['AAAA'] });
  });

  it('is blocked when every family that was answered is closed', () => {
    const bogus = result('bogus');
    const found = applying([USABLE], { addresses: { A: bogus, AAAA: bogus } });
    expect(found).toMatchObject({ applies: false, state: 'blocked', blockedCode: 'address-bogus' });
  });

  it('is unknown, not refused, when nothing is known about any address', () => {
    const silent = result('unanswered');
    const found = applying([USABLE], { addresses: { A: silent, AAAA: silent } });
    expect(found).toMatchObject({ state: 'unknown', blockedCode: null, closedFamilies: [] });
  });
});

describe('the TLSA answer', () => {
  it('is absent when the absence is proven', () => {
    expect(applying([], answer(result('secure')))).toMatchObject({
      applies: false,
      state: 'absent',
      answer: 'none',
    });
  });

  it('does not apply when it is proven insecure, whatever it holds', () => {
    expect(applying([], answer(result('insecure', withRecords)))).toMatchObject({
      applies: false,
      state: 'does-not-apply',
      code: 'tlsa-insecure',
      blockedCode: null,
    });
  });

  it('does not apply when no record is usable', () => {
    const found = applying([tlsa(3, 1, 1, new Uint8Array(20)), tlsa(4, 1, 1, new Uint8Array(32))]);
    expect(found).toMatchObject({ applies: false, state: 'does-not-apply', code: 'tlsa-unusable' });
  });

  it('blocks when it is bogus, indeterminate, unanswered or not there yet', () => {
    const cases = [
      [result('bogus'), 'tlsa-bogus'],
      [result('indeterminate', withRecords), 'tlsa-indeterminate'],
      [result('unanswered', { zone: 'signed' }), 'tlsa-unanswered'],
      [result('unanswered', { zone: 'unknown' }), 'tlsa-unanswered'],
      [null, 'tlsa-unanswered'],
    ] as const;
    for (const [broken, blockedCode] of cases) {
      expect(applying([], answer(broken))).toMatchObject({ applies: false, state: 'blocked', blockedCode });
    }
    expect(applying([], { tlsa: [] })).toMatchObject({ state: 'blocked', blockedCode: 'tlsa-unanswered' });
  });

  it('does not block when it is unanswered below a proven unsigned delegation', () => {
    expect(applying([], answer(result('unanswered', { zone: 'unsigned' })))).toMatchObject({
      state: 'does-not-apply',
      blockedCode: null,
    });
  });

  it('says of a bogus or missing answer that it is not proven about the server', () => {
    const found = applying([], answer(result('unanswered', { zone: 'signed' })));
    expect(found.steps.at(-1)?.text).toContain('not proven about the server');
  });
});

describe('a target that is an alias', () => {
  const FINAL = 'real.hosting.example' as DnsName;
  const both = (final: DnssecResult | null, initial: DnssecResult | null): { tlsa: TlsaQuestion[] } => ({
    tlsa: [
      { owner: `_5222._tcp.${FINAL}` as DnsName, base: FINAL, result: final },
      { owner: OWNER, base: HOST, result: initial },
    ],
  });
  const records = result('secure', withRecords);

  it('uses the records of the final name', () => {
    expect(applying([], both(records, result('secure')))).toMatchObject({ applies: true, base: FINAL });
  });

  it('goes to the initial name after a proven absence at the final one', () => {
    expect(applying([], both(result('secure'), records))).toMatchObject({ applies: true, base: HOST });
  });

  it('never goes to the initial name when the final one is bogus, unanswered or indeterminate', () => {
    for (const status of ['bogus', 'unanswered', 'indeterminate'] as const) {
      const found = applying([], both(result(status, { zone: 'signed' }), records));
      expect(found).toMatchObject({ applies: false, state: 'blocked' });
    }
    expect(applying([], both(null, records)).state).toBe('blocked');
  });

  it('is absent only when both absences are proven', () => {
    expect(applying([], both(result('secure'), result('secure'))).state).toBe('absent');
    expect(applying([], both(result('secure'), result('bogus'))).state).toBe('blocked');
  });
});

it('is a pure function of its input', () => {
  const input = {
    delegation: 'dnssec',
    srvSecure: true,
    source: 'shire.example',
    host: HOST,
    port: 5222,
    sourceKind: 'domain',
    addresses: { A: SECURE_ADDRESS, AAAA: null },
    ...answer(result('secure', withRecords)),
    withoutDnssec: false,
  } as const;
  expect(judgeDaneApplies(input)).toEqual(judgeDaneApplies(input));
});
