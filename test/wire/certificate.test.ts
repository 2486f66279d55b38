/**
 * certificate.test.ts: certificates are read strictly, completely, and quickly.
 *
 * In:   certificates built here, the runtime's root list
 * Out:  whether decodeCertificate tells what stands in them
 * Not:  paths and names that we want (test/trust)
 */
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCa, selfSigned } from '../../electron/demo/certificate.ts';
import { otherName } from '../../electron/demo/certificate-parts.ts';
import { context, encode, ia5, octets, oid, sequence, utf8 } from '../../electron/demo/der.ts';
import {
  decodeAlternativeNames,
  decodeConstraints,
  keyIdentifiers,
} from '../../electron/wire/certificate-extension.ts';
import { decodeSubject } from '../../electron/wire/certificate-subject.ts';
import { decodeCertificate, type Certificate } from '../../electron/wire/certificate.ts';
import { decodePem, encodePem } from '../../electron/wire/pem.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const XMPP_ADDR = '1.3.6.1.5.5.7.8.5';
const SRV_NAME = '1.3.6.1.5.5.7.8.7';

function read(der: Uint8Array): Certificate {
  const decoded = decodeCertificate(der);
  if (!decoded.ok) throw new Error(decoded.problem.detail);
  return decoded.value;
}

function detail(der: Uint8Array): string {
  const decoded = decodeCertificate(der);
  return decoded.ok ? 'accepted' : decoded.problem.detail;
}

/** A certificate whose alternative names are these and whose subject is empty. */
const full = selfSigned({
  now: NOW,
  names: {
    dns: ['shire.example', '*.shire.example'],
    srv: ['_xmpp-client.shire.example'],
    xmpp: ['bücher.example'],
    ip: ['192.0.2.7', '2001:db8::7'],
    email: ['frodo@shire.example'],
    uri: ['xmpp:shire.example'],
    cn: 'Bag End',
  },
  caIssuers: 'http://ca.example/ca.der',
});

describe('what a certificate says is read', () => {
  it('names come in order, common names last', () => {
    expect(full.certificate.names).toEqual([
      { type: 'dns', value: 'shire.example', ascii: true },
      { type: 'dns', value: '*.shire.example', ascii: true },
      { type: 'srv', value: '_xmpp-client.shire.example', ascii: true },
      { type: 'xmpp', value: 'bücher.example', ascii: false },
      { type: 'ip', value: '192.0.2.7', ascii: true },
      { type: 'ip', value: '2001:db8::7', ascii: true },
      { type: 'other', value: 'email:frodo@shire.example', ascii: true },
      { type: 'other', value: 'uri:xmpp:shire.example', ascii: true },
      { type: 'cn', value: 'Bag End', ascii: true },
    ]);
    expect(full.certificate.caIssuers).toEqual(['http://ca.example/ca.der']);
  });

  it('an SRVName in another string type, and names with foreign bytes, are shown and marked', () => {
    const raw = [otherName(SRV_NAME, utf8('_xmpp-client.a.example')), otherName(XMPP_ADDR, ia5('a.example'))];
    const { certificate } = selfSigned({ now: NOW, names: { dns: ['a\xff.example', 'a\0.example'], raw } });
    expect(certificate.names).toEqual([
      { type: 'dns', value: 'a\xff.example', ascii: false },
      { type: 'dns', value: 'a\0.example', ascii: true },
      { type: 'srv', value: '_xmpp-client.a.example', ascii: false },
      { type: 'other', value: `${XMPP_ADDR}:a.example`, ascii: true },
    ]);
  });

  it('an address of a length that no address has is not taken for one', () => {
    const { certificate } = selfSigned({ now: NOW, names: { raw: [context(7, Uint8Array.of(10, 0, 0))] } });
    expect(certificate.names).toEqual([{ type: 'other', value: 'ip:#0a0000', ascii: true }]);
  });

  it('distinguished names are written as RFC 4514 wants them and compared without case and spare spaces', () => {
    const subject = [
      ['C', 'NZ'],
      ['O', 'Hobbits, Inc.'],
      ['CN', 'Bag  End'],
    ] as const;
    const one = selfSigned({ now: NOW, subject }).certificate.subject;
    const other = selfSigned({
      now: NOW,
      subject: [
        ['C', 'nz'],
        ['O', 'hobbits, inc.'],
        ['CN', ' bag end '],
      ],
      subjectAs: 'printable',
    });
    expect(one.text).toBe('CN=Bag  End,O=Hobbits\\, Inc.,C=NZ');
    expect(other.certificate.subject.canonical).toBe(one.canonical);
    expect(Buffer.compare(other.certificate.subject.der, one.der)).not.toBe(0);
  });

  it('no text of one attribute can look like two', () => {
    const one = selfSigned({ now: NOW, subject: [['CN', 'a,2.5.4.3=1:b']] }).certificate.subject;
    const two = selfSigned({
      now: NOW,
      subject: [
        ['CN', 'a'],
        ['CN', 'b'],
      ],
    }).certificate.subject;
    expect(one.canonical).not.toBe(two.canonical);
    expect(two.commonNames).toEqual(['a', 'b']);
  });

  it('spans, hashes, serial and dates are those that the crypto library sees', () => {
    for (const pem of rootCertificates.slice(0, 40)) {
      const theirs = new X509Certificate(pem);
      const ours = read(theirs.raw);
      expect(ours.sha256).toBe(theirs.fingerprint256.replaceAll(':', '').toLowerCase());
      expect(ours.notBefore).toBe(Date.parse(theirs.validFrom));
      expect(ours.notAfter).toBe(Date.parse(theirs.validTo));
      expect(BigInt(`0x${ours.serial}`)).toBe(BigInt(`0x${theirs.serialNumber}`));
      expect(Buffer.from(ours.spki)).toEqual(theirs.publicKey.export({ type: 'spki', format: 'der' }));
      expect(decodeSubject(theirs.raw)).toEqual({ ok: true, value: ours.subject });
      expect(decodeConstraints(ours).ok).toBe(true);
    }
  });

  it('every root of the runtime parses', () => {
    const broken = rootCertificates.filter((pem) => !decodeCertificate(new X509Certificate(pem).raw).ok);
    expect(broken).toEqual([]);
  });

  it('dates after 2049 and before 2000 are read', () => {
    const notAfter = Date.UTC(9999, 11, 31, 23, 59, 59);
    const notBefore = Date.UTC(1970, 0, 1);
    const { certificate } = selfSigned({ now: NOW, notBefore, notAfter });
    expect([certificate.notBefore, certificate.notAfter]).toEqual([notBefore, notAfter]);
  });

  it('key identifiers and constraints are read', () => {
    const ca = makeCa({ now: NOW, name: 'CA', pathLen: 3 });
    const leaf = ca.issue({ now: NOW, names: { dns: ['a.example'] } });
    expect(keyIdentifiers(leaf.certificate).issuer).toBe(keyIdentifiers(ca.certificate).own);
    const decoded = decodeConstraints(ca.certificate);
    expect(decoded.ok && decoded.value.basic).toEqual({ ca: true, pathLength: 3 });
  });
});

describe('what breaks the format is malformed', () => {
  it('bytes after the certificate', () => {
    expect(detail(Buffer.concat([full.der, Uint8Array.of(0)]))).toBe('something follows the certificate');
  });

  it('bytes after the signature', () => {
    const longer = Buffer.concat([full.der, Uint8Array.of(5, 0)]);
    longer.writeUInt16BE(longer.length - 4, 2);
    expect(detail(longer)).toBe('something follows the signature');
  });

  it('an extension that is there twice', () => {
    const twice = { oid: '1.2.3.4', value: encode(octets(Uint8Array.of(1))) };
    expect(() => selfSigned({ now: NOW, extraExtensions: [twice, twice] })).toThrow(
      'an extension that is there twice',
    );
    expect(() => selfSigned({ now: NOW, extraExtensions: [twice] })).not.toThrow();
  });

  it('indefinite and non-minimal lengths', () => {
    expect(detail(Uint8Array.of(0x30, 0x80, 0, 0))).toBe('an indefinite length');
    expect(detail(Uint8Array.of(0x30, 0x81, 0x01, 0x00))).toBe('a length that is not minimal');
    expect(detail(Uint8Array.of(0x30, 0x85, 1, 1, 1, 1, 1))).toBe('a length of more than four bytes');
    expect(detail(Uint8Array.of(0x3f, 0x01, 0x00))).toContain('missing');
  });

  it('more than 100 KiB, or more than 10,000 names', () => {
    expect(detail(new Uint8Array(100 * 1024 + 1))).toBe('larger than 102400 bytes');
    const dns = Array.from({ length: 10_001 }, () => 'a.bc');
    expect(() => selfSigned({ now: NOW, names: { dns } })).toThrow('more than 10000 names');
  });

  it('two signature algorithms', () => {
    const der = Buffer.from(full.der);
    const id = Buffer.from(encode(oid('1.2.840.10045.4.3.2')));
    const last = der.lastIndexOf(id);
    der[last + id.length - 1] = 3;
    expect(detail(der)).toBe('two different signature algorithms');
  });

  it('an alternative name that cannot be read: none of them is, and the certificate says why', () => {
    const broken = { oid: '2.5.29.17', value: encode(sequence(context(2, Buffer.from('a')), oid('1.2.3'))) };
    const { certificate } = selfSigned({ now: NOW, names: { cn: 'a' }, extraExtensions: [broken] });
    expect(certificate.names).toEqual([{ type: 'cn', value: 'a', ascii: true }]);
    expect(certificate.namesProblem).toBe('a general name of unknown form');
  });

  it('every truncation of a certificate, without a throw', () => {
    for (let length = 0; length < full.der.length; length++) {
      expect(decodeCertificate(full.der.subarray(0, length)).ok).toBe(false);
    }
  });

  it('any change of bytes never throws, and what is still read has the spans of its own bytes', () => {
    const change = fc.record({ at: fc.nat(full.der.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const der = Uint8Array.from(full.der);
        for (const { at, to } of changes) der[at] = to;
        const decoded = decodeCertificate(der);
        if (!decoded.ok) return;
        decodeConstraints(decoded.value);
        decodeAlternativeNames(decoded.value);
        keyIdentifiers(decoded.value);
        expect(Buffer.from(der).includes(Buffer.from(decoded.value.tbs))).toBe(true);
        expect(decodeSubject(der).ok).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('any bytes at all never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decodeCertificate(bytes)),
      { numRuns: 500 },
    );
  });

  it('any bytes inside an extension never throw', () => {
    const oids = ['14', '15', '17', '19', '30', '32', '33', '35', '36', '37', '54'].map((n) => `2.5.29.${n}`);
    const template = selfSigned({ now: NOW, keyIds: false, eku: null }).certificate;
    fc.assert(
      fc.property(fc.constantFrom(...oids), fc.uint8Array({ maxLength: 60 }), (id, value) => {
        const certificate = { ...template, extensions: [{ oid: id, critical: true, value }] };
        decodeConstraints(certificate);
        decodeAlternativeNames(certificate);
        keyIdentifiers(certificate);
      }),
      { numRuns: 500 },
    );
  });
});

describe('hostile certificates cost little', () => {
  it('ten thousand names take under 60 ms', () => {
    const dns = Array.from({ length: 9_000 }, (_, i) => `a${i}.bc`);
    const { der } = selfSigned({ now: NOW, names: { dns } });
    decodeCertificate(der);
    const start = process.hrtime.bigint();
    expect(read(der).names).toHaveLength(9_000);
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(1_500);
  });

  it('nesting is never followed deeper than the structure has levels', () => {
    let nested = Buffer.from([0x05, 0x00]);
    for (let i = 0; i < 20_000; i++) {
      const n = nested.length;
      const head =
        n < 128
          ? [0x30, n]
          : n < 256
            ? [0x30, 0x81, n]
            : n < 65_536
              ? [0x30, 0x82, n >> 8, n & 255]
              : [0x30, 0x83, n >> 16, (n >> 8) & 255, n & 255];
      nested = Buffer.concat([Buffer.from(head), nested]);
    }
    const start = process.hrtime.bigint();
    expect(decodeCertificate(nested).ok).toBe(false);
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(500);
  });
});

describe('PEM', () => {
  it('brings back what it was made from, in order, with text around it', () => {
    const text = `first\n${full.pem}between\n${full.pem.replaceAll('\n', '\r\n')}last`;
    const decoded = decodePem(text);
    expect(decoded.ok && decoded.value.map(encodePem)).toEqual([full.pem, full.pem]);
  });

  it.each([
    ['nothing', '', 'no certificate in PEM form'],
    ['a certificate without its end', full.pem.slice(0, -10), 'a certificate without its end line'],
    ['what is not base64', full.pem.replace('M', '!'), 'a certificate that is not base64'],
  ])('refuses %s', (_, text, wrong) => {
    expect(decodePem(text)).toEqual({ ok: false, problem: { code: 'malformed', detail: wrong } });
  });
});
