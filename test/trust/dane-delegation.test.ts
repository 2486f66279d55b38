import { describe, expect, it } from 'vitest';
import { judgeDelegation } from '../../electron/trust/delegation.ts';
import { HOST, result, SOURCE } from './dane-world.ts';

const signed = [result('secure')];
const base = { source: SOURCE, target: HOST, manual: false, srv: signed, withoutDnssec: false };
const itself = { ...base, target: 'shire.example' };

describe('delegation', () => {
  it('is dnssec, with the target as reference, when the SRV answer is secure', () => {
    expect(judgeDelegation(base)).toMatchObject({
      delegation: 'dnssec',
      problem: null,
      extraReference: HOST,
    });
  });

  it('is insecure, without a reference, when the SRV answer is proven insecure', () => {
    const found = judgeDelegation({ ...base, srv: [result('insecure')] });
    expect(found).toMatchObject({ delegation: 'insecure', problem: null, extraReference: null });
  });

  it('is insecure when one of the answers that led here is proven insecure', () => {
    const found = judgeDelegation({ ...base, srv: [result('secure'), result('insecure')] });
    expect(found).toMatchObject({ delegation: 'insecure', extraReference: null });
  });

  it('is insecure when the whole check runs without DNSSEC, and never refused', () => {
    for (const status of ['indeterminate', 'unanswered'] as const) {
      const found = judgeDelegation({ ...base, srv: [result(status)], withoutDnssec: true });
      expect(found).toMatchObject({ delegation: 'insecure', problem: null, extraReference: null });
    }
  });

  it('is manual for a host typed by hand, whatever DNS says, even for the source domain itself', () => {
    for (const target of [HOST, 'shire.example']) {
      const found = judgeDelegation({ ...base, target, manual: true });
      expect(found).toMatchObject({ delegation: 'manual', problem: null, extraReference: null });
    }
  });

  it('is not needed for the source domain itself, signed or not', () => {
    for (const status of ['secure', 'insecure', 'indeterminate'] as const) {
      const found = judgeDelegation({ ...itself, srv: [result(status)] });
      expect(found).toMatchObject({ delegation: 'none-needed', problem: null, extraReference: null });
    }
  });

  it('is not needed for an IP literal', () => {
    const source = { kind: 'ip', address: '192.0.2.1', family: 4 } as const;
    const found = judgeDelegation({ ...base, source, target: '192.0.2.1', srv: [] });
    expect(found.delegation).toBe('none-needed');
  });

  it('refuses a bogus SRV answer, even where it names the source domain itself', () => {
    for (const target of [HOST, 'shire.example']) {
      const found = judgeDelegation({ ...base, target, srv: [result('secure'), result('bogus')] });
      expect(found).toMatchObject({ delegation: null, problem: 'discovery-bogus', extraReference: null });
    }
  });

  it('refuses when an absence is unanswered in a signed zone', () => {
    const found = judgeDelegation({
      ...itself,
      srv: [result('secure'), result('unanswered', { zone: 'signed' })],
    });
    expect(found).toMatchObject({ delegation: null, problem: 'discovery-unanswered' });
  });

  it('lets the other SRV name decide when one is unanswered and nothing proves the zone signed', () => {
    const found = judgeDelegation({ ...itself, srv: [result('insecure'), result('unanswered')] });
    expect(found.delegation).toBe('none-needed');
  });

  it('refuses a target that an indeterminate SRV answer names', () => {
    const found = judgeDelegation({ ...base, srv: [result('indeterminate')] });
    expect(found).toMatchObject({
      delegation: null,
      problem: 'delegation-indeterminate',
      extraReference: null,
    });
  });

  it('refuses a target that nothing named', () => {
    expect(judgeDelegation({ ...base, srv: [] }).problem).toBe('delegation-indeterminate');
  });

  it('makes control characters of a host visible in its sentence', () => {
    const found = judgeDelegation({ ...base, target: 'a\u202eb.example' });
    expect(found.text).toContain('\\u{202e}');
  });
});
