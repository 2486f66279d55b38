/**
 * mechanism.test.ts: which way to sign in is chosen, and how it is announced.
 *
 * In:   offers and what a connection can be bound by
 * Out:  mechanism.ts and channel-binding.ts tested
 * Not:  exchanges (talk.test.ts)
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bindingsOf, endPointHash, type Binding } from '../../electron/account/channel-binding.ts';
import { chooseMechanism, confirmsOffer, offerHash, type Offer } from '../../electron/account/mechanism.ts';
import { selfSigned } from '../../electron/demo/certificate.ts';
import type { Instant } from '../../shared/basics.ts';
import type { ChannelBindingType } from '../../shared/sign-in.ts';

const now = Date.parse('2026-11-23T12:00:00Z') as Instant;
const by = (...types: ChannelBindingType[]): readonly Binding[] =>
  types.map((type) => ({ type, data: new Uint8Array([1]) }));
const offer = (mechanisms: readonly string[], bindings: readonly string[] | null = null): Offer => ({
  profile: 'sasl',
  mechanisms,
  bindings,
  bind2: false,
});
const chosen = (o: Offer, possible: readonly Binding[], allowPlain = false): string => {
  const choice = chooseMechanism(o, possible, allowPlain);
  return choice.ok ? `${choice.value.mechanism} ${choice.value.gs2}` : choice.problem.code;
};
const THIRTEEN = by('tls-exporter', 'tls-server-end-point');
const TWELVE = by('tls-server-end-point', 'tls-unique');

describe('the choice', () => {
  it.each([
    ['the strongest hash', ['SCRAM-SHA-1', 'SCRAM-SHA-512', 'SCRAM-SHA-256'], null, 'SCRAM-SHA-512 y,,'],
    ['whatever the order', ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-1'], null, 'SCRAM-SHA-256 y,,'],
    [
      'PLUS where it can be had',
      ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'],
      ['tls-exporter'],
      'SCRAM-SHA-256-PLUS p=tls-exporter,,',
    ],
    [
      'a bound SHA-1 before an unbound SHA-512',
      ['SCRAM-SHA-512', 'SCRAM-SHA-1-PLUS'],
      ['tls-exporter'],
      'SCRAM-SHA-1-PLUS p=tls-exporter,,',
    ],
    [
      'the exporter before the end point',
      ['SCRAM-SHA-256-PLUS'],
      ['tls-server-end-point', 'tls-exporter'],
      'SCRAM-SHA-256-PLUS p=tls-exporter,,',
    ],
    [
      'the kind that the server names',
      ['SCRAM-SHA-256-PLUS'],
      ['tls-server-end-point'],
      'SCRAM-SHA-256-PLUS p=tls-server-end-point,,',
    ],
    [
      'n where PLUS is there and no kind is common',
      ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'],
      ['tls-unique'],
      'SCRAM-SHA-256 n,,',
    ],
    ['the usual kind where none is named', ['SCRAM-SHA-1-PLUS'], null, 'SCRAM-SHA-1-PLUS p=tls-exporter,,'],
    ['nothing where only PLUS is there and no kind', ['SCRAM-SHA-1-PLUS'], ['tls-unique'], 'no-mechanism'],
    ['PLAIN never by itself', ['PLAIN'], null, 'plain-needs-consent'],
    ['nothing unknown', ['DIGEST-MD5', 'EXTERNAL', 'X-OAUTH2'], null, 'no-mechanism'],
    ['nothing from nothing', [], null, 'no-mechanisms'],
    ['nothing that only looks alike', ['scram-sha-256', 'SCRAM-SHA-256 '], null, 'no-mechanism'],
  ] as const)('is %s', (_, mechanisms, bindings, expected) => {
    expect(chosen(offer(mechanisms, bindings), THIRTEEN)).toBe(expected);
  });

  it('is PLAIN only where allowed, and never before SCRAM', () => {
    expect(chosen(offer(['PLAIN']), THIRTEEN, true)).toBe('PLAIN ');
    expect(chosen(offer(['PLAIN', 'SCRAM-SHA-1']), THIRTEEN, true)).toBe('SCRAM-SHA-1 y,,');
  });

  it('is tls-unique under TLS 1.2 where no kind is named, the end point where it is', () => {
    expect(chosen(offer(['SCRAM-SHA-1-PLUS']), TWELVE)).toBe('SCRAM-SHA-1-PLUS p=tls-unique,,');
    expect(chosen(offer(['SCRAM-SHA-1-PLUS'], ['tls-unique', 'tls-server-end-point']), TWELVE)).toBe(
      'SCRAM-SHA-1-PLUS p=tls-server-end-point,,',
    );
  });

  it('says n, not y, where this side could not bind at all', () => {
    expect(chosen(offer(['SCRAM-SHA-1']), [])).toBe('SCRAM-SHA-1 n,,');
  });
});

describe('the hash of an offer (XEP-0474)', () => {
  it('sorts both lists and separates them', () => {
    const made = offerHash(offer(['SCRAM-SHA-256', 'PLAIN'], ['tls-unique', 'tls-exporter']), 'sha256');
    const text = 'PLAIN\u001eSCRAM-SHA-256\u001ftls-exporter\u001etls-unique';
    expect(made).toBe(createHash('sha256').update(text).digest('base64'));
  });
  it('is confirmed by the same offer only, no kinds and an empty list being the same', () => {
    const none = offer(['A', 'B']);
    expect(confirmsOffer(none, 'sha256', offerHash(offer(['B', 'A'], []), 'sha256'))).toBe(true);
    expect(confirmsOffer(offer(['A', 'B'], []), 'sha256', offerHash(none, 'sha256'))).toBe(true);
    expect(confirmsOffer(none, 'sha256', offerHash(offer(['A', 'B'], ['tls-exporter']), 'sha256'))).toBe(
      false,
    );
    expect(confirmsOffer(offer(['A'], ['tls-exporter']), 'sha256', offerHash(offer(['A']), 'sha256'))).toBe(
      false,
    );
    expect(confirmsOffer(none, 'sha256', offerHash(offer(['A', 'B', 'C']), 'sha256'))).toBe(false);
    expect(confirmsOffer(none, 'sha256', '')).toBe(false);
  });
  it('has one list where no kinds were named', () => {
    expect(offerHash(offer(['B', 'A']), 'sha1')).toBe(createHash('sha1').update('A\u001eB').digest('base64'));
  });
});

describe('bindings of a connection', () => {
  const leaf = selfSigned({ now, names: { dns: ['shire.example'] } });
  const source = {
    exportKeyingMaterial: () => Buffer.from('exported'),
    getFinished: () => Buffer.from('finished'),
  };
  it('are exporter and end point under TLS 1.3', () => {
    expect(bindingsOf(source, 'TLSv1.3', leaf.der).map((one) => one.type)).toEqual([
      'tls-exporter',
      'tls-server-end-point',
    ]);
  });
  it('are end point and tls-unique under TLS 1.2, never the exporter (RFC 9266 3)', () => {
    expect(bindingsOf(source, 'TLSv1.2', leaf.der).map((one) => one.type)).toEqual([
      'tls-server-end-point',
      'tls-unique',
    ]);
  });
  it('hash the certificate with the hash of its signature', () => {
    expect(endPointHash(leaf.der)).toEqual(createHash('sha256').update(leaf.der).digest());
  });
  it('have no end point for Ed25519, whose signature names no hash', () => {
    expect(endPointHash(selfSigned({ now, key: 'ed25519', names: { dns: ['a.example'] } }).der)).toBeNull();
  });
  it.each(['sha1', 'sha384', 'sha512', 'md5', 'pss-sha512'] as const)(
    'hash what %s signed by its rule',
    (how) => {
      const { der } = selfSigned({ now, key: 'rsa', signWith: how, names: { dns: ['a.example'] } });
      const name = how === 'md5' || how === 'sha1' ? 'sha256' : how.replace('pss-', '');
      expect(endPointHash(der)).toEqual(createHash(name).update(der).digest());
    },
  );
  it('have no end point for RSA-PSS with a hash that nobody knows', () => {
    const { der } = selfSigned({ now, key: 'rsa', signWith: 'pss-sha512', names: { dns: ['a.example'] } });
    // SHA-512 is 2.16.840.1.101.3.4.2.3; .99 is nothing.
    const [known, unknown] = ['0609608648016503040203', '0609608648016503040263'];
    const twisted = Buffer.from(Buffer.from(der).toString('hex').replaceAll(known, unknown), 'hex');
    expect(twisted.equals(der)).toBe(false);
    expect(endPointHash(twisted)).toBeNull();
  });
  it('have no end point for what is no certificate', () => {
    expect(endPointHash(new Uint8Array([1, 2, 3]))).toBeNull();
  });
});
