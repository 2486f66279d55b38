/**
 * certificates.test.ts: certificates that almost fit, shown by real servers, and what a whole check makes of them.
 *
 * In:   test/attack/world.ts
 * Out:  one test a trick
 * Not:  the path and identity rules one by one (test/trust)
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCa, type CertificateOptions, type Issued } from '../../electron/demo/certificate.ts';
import { srv, tlsa, type Kit } from '../../electron/demo/kit.ts';
import { DAY, NOW, short, startAttack, type AttackWorld } from './world.ts';

type Names = NonNullable<CertificateOptions['names']>;
type Case = {
  readonly what: string;
  readonly made: (kit: Kit) => Issued | { readonly issued: Issued; readonly chainPem: string };
  readonly is: string;
  /** A signed TLSA record of this usage: for the certificate itself, or for the authority that issued it. */
  readonly usage?: 2 | 3;
};
const names = (what: string, of: Names, is: string): Case => ({ what, made: (kit) => kit.issue(of), is });
const more = (what: string, of: Partial<CertificateOptions>, is: string): Case => ({
  what,
  made: (kit) => kit.issue({ dns: ['D'] }, of),
  is,
});
const WRONG = 'manual trusted-issuer-wrong-name';
const PKIX = 'auto-accept pkix';
const DELEGATED = 'auto-accept pkix-delegated';
const BROKEN = 'manual constraint-violated';
/** A SEQUENCE in which no GeneralName stands. */
const UNREADABLE = { oid: '2.5.29.17', value: Uint8Array.of(0x30, 3, 0x06, 1, 0x2a) };

/** `D` stands for the domain of the case, `H` for its host. */
const CASES: readonly Case[] = [
  names('the domain in capitals', { dns: ['D!'] }, PKIX),
  names('a NUL after the domain', { dns: ['D\0.mordor.example'] }, WRONG),
  names('a NUL before', { dns: ['mordor.example\0D'] }, WRONG),
  names('a final dot', { dns: ['D.'] }, WRONG),
  names('a bare star', { dns: ['*'] }, WRONG),
  names('a star with one label', { dns: ['*.example'] }, WRONG),
  names('part of a label as a wildcard', { dns: ['c*.example'] }, WRONG),
  names('two stars', { dns: ['*.*.example'] }, WRONG),
  names('a star in the middle', { dns: ['a.*.example'] }, WRONG),
  names('a wildcard below the domain', { dns: ['*.D'] }, DELEGATED),
  names('a wildcard in an SRV-ID', { srv: ['_xmpp-client.*.example'] }, WRONG),
  names('the SRV-ID of the domain', { srv: ['_xmpp-client.D'] }, PKIX),
  names('the SRV-ID of the other service', { srv: ['_xmpp-server.D'] }, WRONG),
  names('the SRV-ID of direct TLS, which is no service name', { srv: ['_xmpps-client.D'] }, WRONG),
  names('the SRV-ID of the host', { srv: ['_xmpp-client.H'] }, DELEGATED),
  names('the DNS-ID of the host', { dns: ['H'] }, DELEGATED),
  names('the XmppAddr of the domain', { xmpp: ['D'] }, PKIX),
  names('the XmppAddr of the host', { xmpp: ['H'] }, WRONG),
  names('an XmppAddr with a node', { xmpp: ['admin@D'] }, WRONG),
  names('an XmppAddr with a resource', { xmpp: ['D/phone'] }, WRONG),
  names('an XmppAddr with a NUL', { xmpp: ['D\0'] }, WRONG),
  names('the common name only', { cn: 'D' }, WRONG),
  names('the common name, and another DNS-ID', { cn: 'D', dns: ['mordor.example'] }, WRONG),
  names('an e-mail address at the domain', { email: ['admin@D'] }, WRONG),
  names('a URI of the domain', { uri: ['https://D/'] }, WRONG),
  names('no name at all', {}, WRONG),
  more('expired yesterday', { notBefore: NOW - 9 * DAY, notAfter: NOW - DAY }, 'manual expired'),
  more('valid from tomorrow', { notBefore: NOW + DAY, notAfter: NOW + 9 * DAY }, 'manual not-yet-valid'),
  more('for clients only', { eku: ['clientAuth'] }, BROKEN),
  more('for any purpose', { eku: ['2.5.29.37.0'] }, PKIX),
  more('for no purpose in particular', { eku: null }, PKIX),
  more('an authority', { isCa: true }, BROKEN),
  more(
    'an unknown critical extension',
    { extraExtensions: [{ oid: '1.2.3.4', critical: true, value: new Uint8Array([5, 0]) }] },
    BROKEN,
  ),
  more(
    'an unknown extension',
    { extraExtensions: [{ oid: '1.2.3.4', value: new Uint8Array([5, 0]) }] },
    PKIX,
  ),
  more('a short RSA key', { key: 'rsa', rsaBits: 1024 }, 'manual weak-certificate'),
  more('a signature with SHA-1', { signWith: 'sha1' }, 'manual weak-certificate'),
  more('a broken signature', { corrupt: true }, 'manual right-name-untrusted-issuer'),
  more('keys for nothing', { ku: ['keyAgreement'] }, BROKEN),
  ...([undefined, 3, 2] as const).map((usage): Case => ({
    what: `names that cannot be read, and ${usage === undefined ? 'no TLSA record' : `a TLSA record of usage ${usage}`}`,
    made: (kit) => kit.issue({ cn: 'D' }, { extraExtensions: [UNREADABLE] }),
    // RFC 7671 5.1: the names do not matter for usage 3; 5.2: they do for usage 2.
    is: usage === undefined ? BROKEN : usage === 3 ? 'auto-accept dane' : 'refuse ',
    ...(usage === undefined ? {} : { usage }),
  })),
  {
    what: 'an authority on the way whose names cannot be read',
    made(kit) {
      const middle = kit.ca.issue({
        now: NOW,
        isCa: true,
        names: { cn: 'Nameless' },
        extraExtensions: [UNREADABLE],
      });
      const issued = middle.issue({ now: NOW, names: { dns: ['D'] } });
      return { issued, chainPem: issued.pem + middle.pem };
    },
    is: BROKEN,
  },
  {
    what: 'an issuer that is no authority',
    made(kit) {
      const middle = kit.issue({ cn: 'Middle', dns: ['middle.example'] });
      const issued = middle.issue({ now: NOW, names: { dns: ['D'] } });
      return { issued, chainPem: issued.pem + middle.pem + kit.intermediate.pem };
    },
    is: BROKEN,
  },
  {
    what: 'an authority below one that allows none',
    made(kit) {
      const middle = kit.intermediate.issue({
        now: NOW,
        isCa: true,
        ku: ['keyCertSign'],
        names: { cn: 'Middle' },
      });
      const issued = middle.issue({ now: NOW, names: { dns: ['D'] } });
      return { issued, chainPem: issued.pem + middle.pem + kit.intermediate.pem };
    },
    is: BROKEN,
  },
  {
    what: 'an authority for clients only on the way',
    made(kit) {
      const middle = kit.ca.issue({ now: NOW, isCa: true, eku: ['clientAuth'], names: { cn: 'Clients' } });
      const issued = middle.issue({ now: NOW, names: { dns: ['D'] } });
      return { issued, chainPem: issued.pem + middle.pem };
    },
    is: BROKEN,
  },
  ...(
    [
      [{ permitted: { dns: ['mordor.example'] } }, { dns: ['D'] }],
      [{ excluded: { dns: ['example'] } }, { dns: ['D'] }],
      [{ permitted: { dns: ['mordor.example'] } }, { srv: ['_xmpp-client.D'] }],
      [{ permitted: { dns: ['mordor.example'] } }, { xmpp: ['D'] }],
      [{ permitted: { ip: ['10.0.0.0/255.0.0.0'] } }, { dns: ['D'], ip: ['192.0.2.1'] }],
      [{ permitted: { email: ['mordor.example'] } }, { dns: ['D'], email: ['admin@shire.example'] }],
    ] as const
  ).map(([nameConstraints, of]): Case => ({
    what: `an authority confined to ${JSON.stringify(nameConstraints)} for ${JSON.stringify(of)}`,
    made(kit) {
      const middle = kit.ca.issue({ now: NOW, isCa: true, nameConstraints, names: { cn: 'Confined' } });
      const issued = middle.issue({ now: NOW, names: of });
      return { issued, chainPem: issued.pem + middle.pem };
    },
    is: BROKEN,
  })),
  {
    what: 'an intermediate signed with SHA-1',
    made(kit) {
      const middle = kit.ca.issue({ now: NOW, isCa: true, signWith: 'sha1', names: { cn: 'Old' } });
      const issued = middle.issue({ now: NOW, names: { dns: ['D'] } });
      return { issued, chainPem: issued.pem + middle.pem };
    },
    is: 'manual weak-certificate',
  },
  {
    what: 'an expired cross-signed root beside a good path',
    made(kit) {
      const old = makeCa({ name: 'Old Root', now: NOW });
      const cross = old.issue({
        now: NOW,
        isCa: true,
        key: kit.ca.key,
        notBefore: NOW - 99 * DAY,
        notAfter: NOW - DAY,
        names: { cn: 'Erebor Root CA' },
      });
      const issued = kit.issue({ dns: ['D'] });
      return { issued, chainPem: issued.chainPem + cross.pem + old.pem };
    },
    is: PKIX,
  },
  {
    what: 'no intermediate sent',
    made(kit) {
      const issued = kit.issue({ dns: ['D'] });
      return { issued, chainPem: issued.pem };
    },
    is: 'manual incomplete-chain',
  },
  {
    what: 'the root itself put beside a self-signed leaf',
    made(kit) {
      const issued = kit.selfSigned({ dns: ['D'] });
      return { issued, chainPem: issued.pem + kit.intermediate.pem + kit.ca.pem };
    },
    is: 'manual right-name-untrusted-issuer',
  },
  {
    what: 'a leaf whose issuer has the trusted name and another key',
    made() {
      const false_ = makeCa({ name: 'Erebor Root CA', now: NOW });
      const issued = false_.issue({ now: NOW, names: { dns: ['mordor.example'] } });
      return { issued, chainPem: issued.pem + false_.pem };
    },
    is: 'manual wrong-name-untrusted-issuer',
  },
  {
    what: 'a self-signed leaf for somebody else',
    made: (kit) => kit.selfSigned({ dns: ['mordor.example'] }),
    is: 'manual wrong-name-untrusted-issuer',
  },
];

const domainOf = (i: number): string => `c${i}.example`;
const filled = (i: number, made: Case['made'], kit: Kit): ReturnType<Case['made']> => {
  const fill = (text: string): string =>
    text === 'D!'
      ? domainOf(i).toUpperCase()
      : text.replace(/\bH\b/, `xmpp.${domainOf(i)}`).replace(/\bD\b/, domainOf(i));
  const fillNames = (of: CertificateOptions['names']): CertificateOptions['names'] =>
    of === undefined
      ? of
      : Object.fromEntries(
          Object.entries(of).map(([k, v]) => [
            k,
            typeof v === 'string' ? fill(v) : (v as readonly string[]).map(fill),
          ]),
        );
  const wrap = (issued: Issued): Issued => ({
    ...issued,
    issue: (o) => wrap(issued.issue({ ...o, names: fillNames(o.names) ?? {} })),
  });
  return made({
    ...kit,
    ca: wrap(kit.ca),
    intermediate: wrap(kit.intermediate),
    issue: (of, o) => wrap(kit.issue(fillNames(of), o)),
    selfSigned: (of, o) => kit.selfSigned(fillNames(of), o),
  });
};

let world: AttackWorld;
beforeAll(async () => {
  world = await startAttack({
    tell(kit) {
      for (const [i, { made, usage }] of CASES.entries()) {
        const plan = srv(kit.zone(domainOf(i)), `xmpp.${domainOf(i)}`);
        const made_ = filled(i, made, kit);
        const wish =
          'issued' in made_
            ? { certificate: made_.issued, chainPem: made_.chainPem }
            : { certificate: made_ };
        if (usage !== undefined)
          tlsa(plan, 'xmpp', usage === 2 ? kit.intermediate : wish.certificate, { usage });
        kit.server(plan, 'xmpp', 5222, { ...wish, tls: { ciphers: 'DEFAULT@SECLEVEL=0' } });
      }
    },
  });
}, 30_000);
afterAll(() => world.close());

describe('a server whose certificate has', () => {
  for (const [i, { what, is }] of CASES.entries())
    it(`${what} is ${is}`, async () => {
      const report = await world.check({ input: domainOf(i), timeoutSeconds: 10 });
      const { outcome, by, case: which } = short(report);
      expect(`${outcome} ${by ?? which ?? ''}`).toBe(is);
    });
});
