import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { explained } from '../../shared/exact.ts';
import { verdictPhrases } from '../../shared/phrases/verdict.ts';
import { makeCa, type Issued } from '../../electron/demo/certificate.ts';
import { judgeDane, type DaneEvidence, type DaneInput } from '../../electron/trust/dane.ts';
import type { DaneAppliesInput } from '../../electron/trust/dane-applies.ts';
import { openStore, type TrustStore } from '../../electron/trust/stores.ts';
import type { Rr } from '../../electron/wire/dns-message.ts';
import { applying, HOST, NOW, OWNER, result, SOURCE, tlsa, tlsaOf } from './dane-world.ts';

const root = makeCa({ now: NOW, name: 'Mordor Root' });
const middle = root.issue({ now: NOW, isCa: true, ku: ['keyCertSign'], names: { cn: 'Mordor Middle' } });
const server = middle.issue({ now: NOW, names: { dns: [HOST] } });
const stranger = makeCa({ now: NOW, name: 'Stranger' });
const trusted: readonly TrustStore[] = [openStore('bundled', [root.der])];

type Broken = Partial<DaneInput> & { readonly applied?: Partial<DaneAppliesInput> };

function judge(
  records: readonly Rr[],
  leaf: Issued,
  sent: readonly Issued[] = [],
  broken: Broken = {},
): DaneEvidence {
  const { applied, ...input } = broken;
  return judgeDane({
    applies: applying(records, applied),
    leaf: leaf.certificate,
    sent: sent.map((one) => one.certificate),
    stores: [],
    source: SOURCE,
    service: 'xmpp-client',
    host: HOST,
    now: NOW,
    ...input,
  });
}

const codes = (found: DaneEvidence): readonly string[] => found.reasons.map(({ code }) => code);

describe('where DANE does not decide', () => {
  const record = tlsaOf(3, 1, 1, server.certificate);

  it('a matching record under an insecure SRV does not open the route, and is named', () => {
    const found = judge([record], server, [], { applied: { delegation: 'insecure', srvSecure: false } });
    expect(found).toMatchObject({ state: 'shut', decidedBy: null });
    expect(found.rows[0]?.matches).toBe(true);
    expect(found.notes.map(({ code }) => code)).toEqual(['tlsa-ready-but-unsigned']);
    expect(found.opensBy).toContain('shire.example');
  });

  it('nobody is told to sign a zone that may be signed: an SRV answer that could not be proven is asked again', () => {
    const applied = { delegation: 'none-needed', srvSecure: false } as const;
    const unproven = judge([record], server, [], { applied: { ...applied, srvUnproven: true } });
    expect(unproven).toMatchObject({ state: 'unknown' });
    expect(unproven.opensBy).toContain('Try again');
    expect(judge([record], server, [], { applied }).opensBy).toContain('Sign the zone');
  });

  it('a differing record does not contradict where DANE does not apply', () => {
    for (const applied of [
      { delegation: 'manual' },
      { delegation: 'insecure' },
      { srvSecure: false },
    ] as const) {
      expect(judge([tlsaOf(3, 1, 1, root.certificate)], server, [], { applied }).state).toBe('shut');
    }
  });

  it('is absent, unknown or blocked as the answer says', () => {
    const at = (value: Parameters<typeof result>[0]): Broken => ({
      applied: { tlsa: [{ owner: OWNER, base: HOST, result: result(value) }] },
    });
    expect(judge([], server, [], at('secure'))).toMatchObject({ state: 'absent', reasons: [] });
    expect(judge([], server, [], at('bogus'))).toMatchObject({ state: 'unknown' });
    expect(codes(judge([], server, [], at('bogus')))).toEqual(['tlsa-bogus']);
    expect(judge([record], server, [], { applied: { withoutDnssec: true } }).state).toBe('unknown');
  });

  it('is unknown when no certificate was seen', () => {
    const found = judge([record], server, [], { leaf: null });
    expect(found).toMatchObject({ state: 'unknown', decidedBy: null });
    expect(found.rows[0]?.matches).toBeNull();
  });
});

describe('help', () => {
  const notes = (records: readonly Rr[], leaf: Issued = server): readonly string[] =>
    judge(records, leaf, [middle]).notes.map(({ code }) => code);

  it('tells of records for keys that are not served', () => {
    expect(notes([tlsaOf(3, 1, 1, server.certificate), tlsaOf(3, 1, 1, root.certificate)])).toContain(
      'tlsa-key-not-served',
    );
  });

  it('tells of a combination without a match', () => {
    const found = notes([tlsaOf(3, 1, 1, server.certificate), tlsaOf(3, 0, 1, root.certificate)]);
    expect(found).toContain('tlsa-combination-without-match');
  });

  it('tells of a record that ends with the certificate', () => {
    expect(notes([tlsaOf(3, 0, 1, server.certificate)])).toContain('tlsa-breaks-at-renewal');
    expect(notes([tlsaOf(3, 1, 1, server.certificate)])).not.toContain('tlsa-breaks-at-renewal');
  });

  it('names the hash of the wrong part', () => {
    const swapped = tlsa(3, 1, 1, createHash('sha256').update(server.der).digest());
    const found = judge([swapped], server);
    expect(codes(found)).toContain('tlsa-wrong-part');
    expect(found.rows[0]?.why).toContain('SHA-256 of the whole certificate');
  });

  it('offers text made from the certificate only where another route is open', () => {
    const applied = { tlsa: [{ owner: OWNER, base: HOST, result: result('secure') }] };
    const ready = `${OWNER}. IN TLSA 3 1 1 ${server.certificate.spkiSha256}`;
    expect(judge([], server, [], { applied, proven: true }).opensBy).toContain(ready);
    const unproven = judge([], server, [], { applied }).opensBy;
    expect(unproven).not.toContain(ready);
    expect(unproven).toContain('compare both before you publish');
    expect(unproven).toContain('openssl');
    const parts = (text: string | null) => explained(text ?? '').filter((part) => part.kind === 'exact');
    expect(parts(judge([], server, [], { applied, proven: true }).opensBy).map((p) => p.text)).toEqual([
      ready,
    ]);
    expect(parts(unproven).map((p) => p.text.split(' ')[0])).toEqual(['openssl']);
  });
});

describe('the sentence of an acceptance', () => {
  const facts = {
    ...{ domain: '', proper: '', host: HOST, issuer: '', stores: [], names: '', reasons: [] },
    pinned: 'certificate' as const,
  };
  it('says whether the record names the certificate or its authority', () => {
    for (const usage of [0, 1, 2, 3]) {
      const [row] = judge([tlsaOf(usage, 0, 1, middle.certificate)], server, [middle]).rows;
      const sentence = verdictPhrases.accept('dane', { ...facts, record: row?.text ?? '' });
      expect(sentence.includes('names the authority')).toBe(usage === 0 || usage === 2);
      expect(sentence.includes('exactly this certificate')).toBe(usage === 1 || usage === 3);
    }
  });
});

describe('bad input', () => {
  it('judges 1,000 records and 100 certificates in less than 100 ms of CPU', () => {
    const records = Array.from({ length: 1000 }, (_, i) =>
      tlsa(
        i % 4,
        i % 2,
        1 + (i % 2),
        createHash(i % 2 === 0 ? 'sha256' : 'sha512')
          .update(String(i))
          .digest(),
      ),
    );
    const sent = Array.from({ length: 100 }, () => stranger);
    judge(records.slice(0, 10), server, sent, { stores: trusted });
    const before = process.cpuUsage();
    const found = judge(records, server, sent, { stores: trusted });
    const used = process.cpuUsage(before);
    expect(found.state).toBe('contradicted');
    expect((used.user + used.system) / 1000).toBeLessThan(2_000);
  });

  it('judges 64 KB of bare keys in less than 100 ms of CPU', () => {
    const records = Array.from({ length: 700 }, (_, i) => {
      const spki = Uint8Array.from(stranger.certificate.spki);
      spki[spki.length - 1] = i & 0xff;
      spki[spki.length - 2] = i >> 8;
      return tlsa(2, 1, 0, spki);
    });
    const before = process.cpuUsage();
    const found = judge(records, server, [middle, root], { stores: trusted });
    const used = process.cpuUsage(before);
    expect(found.state).toBe('contradicted');
    expect((used.user + used.system) / 1000).toBeLessThan(2_000);
  });
});
