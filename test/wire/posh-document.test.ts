import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePoshDocument, type PoshDocument } from '../../electron/wire/posh-document.ts';

const read = (document: unknown): ReturnType<typeof decodePoshDocument> =>
  decodePoshDocument(
    new TextEncoder().encode(typeof document === 'string' ? document : JSON.stringify(document)),
  );
const value = (document: unknown): PoshDocument | null => {
  const found = read(document);
  return found.ok ? found.value : null;
};
const detail = (document: unknown): string => {
  const found = read(document);
  return found.ok ? 'ok' : found.problem.detail;
};

describe('POSH documents', () => {
  it('reads fingerprints with every hash as it is spelled', () => {
    expect(value({ fingerprints: [{ 'sha-256': 'x', 'SHA-1': 7 }], expires: 60 })).toEqual({
      kind: 'fingerprints',
      fingerprints: [
        [
          { hash: 'sha-256', value: 'x' },
          { hash: 'SHA-1', value: null },
        ],
      ],
      expires: { kind: 'seconds', seconds: 60 },
    });
  });

  it('reads a reference', () => {
    expect(value({ url: 'https://hosting.example/x', expires: 0 })).toEqual({
      kind: 'reference',
      url: 'https://hosting.example/x',
      expires: { kind: 'seconds', seconds: 0 },
    });
  });

  it('tells a missing expires from a wrong one', () => {
    const of = (expires: string): unknown => value(`{"url":"x"${expires}}`);
    expect(of('')).toMatchObject({ expires: { kind: 'missing' } });
    for (const wrong of ['-1', '1.5', '"60"', 'null', 'true', '[]', '{}', '1e300', '9007199254740992']) {
      expect(of(`,"expires":${wrong}`)).toMatchObject({ expires: { kind: 'wrong' } });
    }
    expect(of(',"expires":6e2')).toMatchObject({ expires: { kind: 'seconds', seconds: 600 } });
  });

  it('names what is no document', () => {
    expect(detail({ fingerprints: [{}], url: 'x', expires: 1 })).toContain('both');
    expect(detail({ fingerprints: {}, expires: 1 })).toContain('not an array');
    expect(detail({ fingerprints: [], expires: 1 })).toContain('empty');
    expect(detail({ fingerprints: ['x'], expires: 1 })).toContain('not an object');
    expect(detail({ fingerprints: Array.from({ length: 2001 }, () => ({})), expires: 1 })).toContain(
      'too many',
    );
    expect(detail({ url: 7, expires: 1 })).toContain('not a text');
    expect(detail({ url: '', expires: 1 })).toContain('not a text');
    expect(detail({ keys: 'x' })).toContain('not an array');
    expect(detail({})).toContain('neither');
    expect(detail([])).toContain('not a JSON object');
    expect(detail('<html>')).not.toBe('ok');
    expect(detail('{"fingerprints":[{"sha-256":"a","sha-256":"b"}],"expires":1}')).toContain('twice');
  });

  it('is malformed when cut off at any length', () => {
    const text = JSON.stringify({ fingerprints: [{ 'sha-256': 'AAAA' }], expires: 60 });
    for (let length = 0; length < text.length; length++) expect(detail(text.slice(0, length))).not.toBe('ok');
  });

  it('takes any JSON and any bytes without throwing', () => {
    fc.assert(fc.property(fc.uint8Array(), (any) => void decodePoshDocument(any)));
    const member = fc.constantFrom('fingerprints', 'url', 'expires', 'keys', 'x');
    fc.assert(fc.property(fc.dictionary(member, fc.jsonValue()), (any) => void read(any)));
    const key = fc.dictionary(
      fc.constantFrom('kty', 'crv', 'x', 'y', 'n', 'e', 'x5c', 'x5t'),
      fc.jsonValue(),
    );
    fc.assert(fc.property(fc.array(key), (keys) => void read({ keys })));
  });
});

describe('the old draft’s keys', () => {
  const spkiOf = (jwk: unknown): string => {
    const found = value({ keys: [jwk] });
    const spki = found?.kind === 'draft-jwk' ? found.keys[0]?.spki : null;
    return spki === null || spki === undefined ? 'none' : Buffer.from(spki).toString('hex');
  };

  it('come out as the same SubjectPublicKeyInfo that certificates carry', () => {
    const keys = [
      ...[1024, 2048].map((modulusLength) => generateKeyPairSync('rsa', { modulusLength }).publicKey),
      ...['P-256', 'P-384', 'P-521'].map((namedCurve) => generateKeyPairSync('ec', { namedCurve }).publicKey),
      generateKeyPairSync('ed25519').publicKey,
    ];
    for (const key of keys) {
      const expected = key.export({ type: 'spki', format: 'der' }).toString('hex');
      expect(spkiOf(key.export({ format: 'jwk' }))).toBe(expected);
      expect(createPublicKey(key.export({ type: 'spki', format: 'pem' })).asymmetricKeyType).toBe(
        key.asymmetricKeyType,
      );
    }
  });

  it('are left out where a part is missing or of another kind', () => {
    for (const jwk of [
      { kty: 'RSA', n: 'AQAB' },
      { kty: 'EC', crv: 'P-256', x: 'AA' },
      { kty: 'OKP', crv: 'P-256', x: 'AA' },
      { kty: 'oct', k: 'AA' },
      {},
    ]) {
      expect(spkiOf(jwk)).toBe('none');
    }
  });
});
