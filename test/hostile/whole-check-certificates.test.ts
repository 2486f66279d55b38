/**
 * whole-check-certificates.test.ts: hostile certificates and chains in whole checks, each beside a good server.
 */
import { DEFAULT_CIPHERS } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CertificateOptions, Issued } from '../../electron/demo/certificate.ts';
import type { Subtrees } from '../../electron/demo/certificate-parts.ts';
import { encodePem } from '../../electron/wire/pem.ts';
import type { Kit } from '../../electron/demo/kit.ts';
import {
  besideGood,
  expectGoodFirst,
  NOW,
  openGround,
  outcomeAt,
  outcomeOf,
  story,
  type Ground,
} from './whole.ts';

type Shown = { readonly certificate: Issued; readonly chainPem?: string };
type Show = (kit: Kit, domain: string) => Shown;

const leaf =
  (more: (domain: string) => Partial<CertificateOptions>): Show =>
  (kit, domain) => ({ certificate: kit.issue({ dns: [domain] }, more(domain)) });
/** Signed by a trusted authority that may sign only some names. */
const under =
  (
    nameConstraints: (domain: string) => { readonly permitted?: Subtrees; readonly excluded?: Subtrees },
  ): Show =>
  (kit, domain) => {
    const bounded = kit.ca.issue({
      now: NOW,
      isCa: true,
      ku: ['keyCertSign'],
      names: { cn: 'Bounded CA' },
      nameConstraints: nameConstraints(domain),
    });
    const certificate = bounded.issue({
      now: NOW,
      names: { dns: [domain], email: ['frodo@shire.test'], ip: ['192.0.2.1'], uri: ['https://shire.test/'] },
    });
    return { certificate };
  };
const ODD = '1.3.6.1.4.1.99999.1';
/** A SEQUENCE of indefinite length, which DER does not have. */
const INDEFINITE = Buffer.from('3080820161000000', 'hex');

/** A certificate that our own builder would not make: the bytes as its alternative names. Its signature no longer fits. */
const withNames =
  (value: Uint8Array): Show =>
  (kit, domain) => {
    const certificate = kit.issue({ cn: domain }, { extraExtensions: [{ oid: '2.5.29.99', value }] });
    const der = Buffer.from(certificate.der);
    const at = der.indexOf(Buffer.from('551d63', 'hex'));
    der.set(Buffer.from('551d11', 'hex'), at);
    return { certificate, chainPem: encodePem(der) };
  };

const FINE = 'auto-accept pkix tls';
const CASES: Readonly<Record<string, readonly [Show, string]>> = {
  'the leaf and 99 others': [
    (kit, domain) => {
      const certificate = kit.issue({ dns: [domain] });
      return { certificate, chainPem: certificate.chainPem + kit.unknownCa.pem.repeat(98) };
    },
    FINE,
  ],
  'a leaf and 98 authorities that all could have signed it, and did not': [
    (kit, domain) => {
      const twins = Array.from({ length: 98 }, () =>
        kit.unknownCa.issue({
          now: NOW,
          isCa: true,
          ku: ['keyCertSign'],
          names: { cn: 'Twin CA' },
          keyIds: false,
        }),
      );
      const true_ = kit.unknownCa.issue({ now: NOW, isCa: true, names: { cn: 'Twin CA' }, keyIds: false });
      const certificate = true_.issue({ now: NOW, names: { dns: [domain] }, keyIds: false });
      return { certificate, chainPem: certificate.pem + twins.map((one) => one.pem).join('') };
    },
    'manual right-name-untrusted-issuer',
  ],
  'a chain of 60 authorities above each other': [
    (kit, domain) => {
      let issuer: Issued = kit.unknownCa;
      for (let i = 0; i < 60; i++)
        issuer = issuer.issue({ now: NOW, isCa: true, ku: ['keyCertSign'], names: { cn: `CA ${i}` } });
      return { certificate: issuer.issue({ now: NOW, names: { dns: [domain] } }) };
    },
    'manual right-name-untrusted-issuer',
  ],
  'authorities that vouch for each other in a circle': [
    (kit, domain) => {
      const one = kit.unknownCa.issue({
        now: NOW,
        isCa: true,
        ku: ['keyCertSign'],
        names: { cn: 'Circle A' },
      });
      const two = one.issue({ now: NOW, isCa: true, ku: ['keyCertSign'], names: { cn: 'Circle B' } });
      const again = two.issue({
        now: NOW,
        isCa: true,
        ku: ['keyCertSign'],
        names: { cn: 'Circle A' },
        key: one.key,
      });
      const certificate = one.issue({ now: NOW, names: { dns: [domain] } });
      return { certificate, chainPem: certificate.pem + again.pem + two.pem };
    },
    'manual right-name-untrusted-issuer',
  ],
  'a certificate of 95 KB': [
    leaf(() => ({ extraExtensions: [{ oid: ODD, value: new Uint8Array(95_000) }] })),
    FINE,
  ],
  'a certificate with 10,000 names, the right one last': [
    (kit, domain) => ({ certificate: kit.issue({ dns: [...many(), domain] }) }),
    FINE,
  ],
  'a certificate with 10,000 other names': [
    (kit) => ({ certificate: kit.issue({ dns: many() }) }),
    'manual trusted-issuer-wrong-name',
  ],
  'a certificate with an unknown critical extension': [
    leaf(() => ({ extraExtensions: [{ oid: ODD, critical: true, value: Buffer.from('0500', 'hex') }] })),
    'manual constraint-violated',
  ],
  'a certificate with 1,000 extensions': [
    leaf(() => ({
      extraExtensions: Array.from({ length: 1_000 }, (_, i) => ({
        oid: `1.3.6.1.4.1.99999.${i + 1}`,
        value: Uint8Array.of(5, 0),
      })),
    })),
    FINE,
  ],
  'a certificate whose names are of indefinite length': [withNames(INDEFINITE), 'manual constraint-violated'],
  'a certificate whose names are garbage': [withNames(Buffer.from('garbage')), 'manual constraint-violated'],
  'a certificate with a NUL in its name': [
    (kit, domain) => ({ certificate: kit.issue({ dns: [`${domain}\0.evil.test`] }) }),
    'manual trusted-issuer-wrong-name',
  ],
  'a certificate with a broken signature': [
    leaf(() => ({ corrupt: true })),
    'manual right-name-untrusted-issuer',
  ],
  'a certificate with an RSA key of 1,024 bits': [
    leaf(() => ({ key: 'rsa', rsaBits: 1024 })),
    'manual weak-certificate',
  ],
  'an authority that may sign no DNS name but another': [
    under(() => ({ permitted: { dns: ['other.test'] } })),
    'manual constraint-violated',
  ],
  'an authority that may not sign this name': [
    under((domain) => ({ excluded: { dns: [domain] } })),
    'manual constraint-violated',
  ],
  'an authority that may not sign any DNS name': [
    under(() => ({ excluded: { dns: [''] } })),
    'manual constraint-violated',
  ],
  'an authority that may sign other e-mail addresses only': [
    under(() => ({ permitted: { email: ['other.test'] } })),
    'manual constraint-violated',
  ],
  'an authority that may sign other IP addresses only': [
    under(() => ({ permitted: { ip: ['10.0.0.0/255.0.0.0'] } })),
    'manual constraint-violated',
  ],
  'an authority that may sign other URIs only': [
    under(() => ({ permitted: { uri: ['other.test'] } })),
    'manual constraint-violated',
  ],
  'an authority that may sign exactly this': [
    under((domain) => ({
      permitted: { dns: [domain], email: ['shire.test'], ip: ['192.0.2.0/255.255.255.0'] },
    })),
    FINE,
  ],
  'an authority with 5,000 constraints': [
    under((domain) => ({
      permitted: { dns: [...many().slice(0, 2_500), domain] },
      excluded: { dns: many().slice(0, 2_500) },
    })),
    FINE,
  ],
};

function many(): readonly string[] {
  return Array.from({ length: 9_999 }, (_, i) => `${i.toString(36)}.a`);
}

const names = Object.keys(CASES);
const domainOf = (name: string): string => `c${names.indexOf(name)}.example`;
let ground: Ground;
beforeAll(async () => {
  ground = await openGround(
    Object.entries(CASES).map(([name, [show]]) =>
      story(domainOf(name), (kit) => {
        const domain = domainOf(name);
        // Level 0: the library would not let a server show a weak key.
        const tls = { ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=0` };
        kit.server(besideGood(kit, domain), 'bad', 5222, { ...show(kit, domain), tls });
      }),
    ),
  );
});
afterAll(() => ground.close());

describe('a whole check with a server that shows', () => {
  for (const [name, [, wanted]] of Object.entries(CASES))
    it(name, async () => {
      const domain = domainOf(name);
      const whole = await ground.check(domain, { seconds: 10 });
      const bad = outcomeAt(whole.report, `bad.${domain}`);
      expect(bad).toBe(wanted === FINE ? FINE : `${wanted} tls`);
      expect(outcomeAt(whole.report, `good.${domain}`)).toBe(FINE);
      expect(outcomeOf(whole.report)).toBe(wanted === FINE ? 'auto-accept pkix' : wanted);
      expectGoodFirst(whole, domain, false);
    });
});
