/**
 * stories-pkix.ts: domains of the demo realm in unsigned zones: certificates, names, chains, streams.
 *
 * In:   the kit
 * Out:  stories with the verdict that the trust rules ask for
 * Not:  DNSSEC, DANE and POSH (their own stories)
 */
import { srv, type Kit, type Story } from './kit.ts';
import type { CertificateOptions } from './certificate.ts';

const DAY = 86_400_000;

/** A domain in an unsigned zone with one server of its own at xmpp.<domain>. */
function own(
  domain: string,
  names: CertificateOptions['names'],
  more: Partial<CertificateOptions> = {},
): (kit: Kit) => void {
  return (kit) => {
    const plan = kit.zone(domain, { unsigned: true });
    srv(plan, `xmpp.${domain}`);
    kit.server(plan, 'xmpp', 5222, { certificate: kit.issue(names, more) });
  };
}

export const PKIX_STORIES: readonly Story[] = [
  {
    domain: 'bree.example',
    teaches:
      'Hosted, without DNSSEC: the certificate is good, but it names the hosting service and not the domain.',
    outcome: 'manual',
    case: 'trusted-issuer-wrong-name',
    tell(kit) {
      const hosting = kit.zone('inn.example', { unsigned: true });
      srv(kit.zone('bree.example', { unsigned: true }), 'prancing-pony.inn.example');
      kit.server(hosting, 'prancing-pony', 5222, {
        certificate: kit.issue({ dns: ['prancing-pony.inn.example'] }),
      });
    },
  },
  {
    domain: 'tombombadil.example',
    teaches: 'His own certificate, with the right name, vouched for by nobody.',
    outcome: 'manual',
    case: 'right-name-untrusted-issuer',
    tell(kit) {
      const plan = srv(kit.zone('tombombadil.example', { unsigned: true }), 'tombombadil.example');
      kit.server(plan, '@', 5222, { certificate: kit.selfSigned({ dns: ['tombombadil.example'] }) });
    },
  },
  {
    domain: 'gondor.example',
    teaches: 'The plain good case: a certificate authority vouches for the domain’s own name (DNS-ID).',
    outcome: 'auto-accept',
    by: 'pkix',
    tell: own('gondor.example', { dns: ['gondor.example'] }),
  },
  {
    domain: 'rohan.example',
    teaches: 'The name stands as SRV-ID: good for XMPP and for nothing else.',
    outcome: 'auto-accept',
    by: 'pkix',
    tell: own('rohan.example', { srv: ['_xmpp-client.rohan.example'] }),
  },
  {
    domain: 'fangorn.example',
    teaches: 'The name stands as XmppAddr, the oldest form of all; the key is RSA.',
    outcome: 'auto-accept',
    by: 'pkix',
    tell: own('fangorn.example', { xmpp: ['fangorn.example'] }, { key: 'rsa' }),
  },
  {
    domain: 'helm.rohirrim.example',
    teaches: 'A wildcard covers exactly one label: *.rohirrim.example.',
    outcome: 'auto-accept',
    by: 'pkix',
    tell(kit) {
      const plan = kit.zone('rohirrim.example', { unsigned: true });
      plan.add('_xmpp-client._tcp.helm', 'SRV', { port: 5222, target: 'xmpp.rohirrim.example' });
      plan.add('_xmpp-client._tcp.deep.helm', 'SRV', { port: 5222, target: 'xmpp.rohirrim.example' });
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['*.rohirrim.example'] }) });
    },
  },
  {
    domain: 'deep.helm.rohirrim.example',
    teaches: 'The same wildcard does not cover two labels.',
    outcome: 'manual',
    case: 'trusted-issuer-wrong-name',
    tell: () => undefined,
  },
  {
    domain: 'isengard.example',
    teaches: 'The certificate has expired.',
    outcome: 'manual',
    case: 'expired',
    tell: (kit) =>
      own(
        'isengard.example',
        { dns: ['isengard.example'] },
        { notBefore: kit.now - 100 * DAY, notAfter: kit.now - DAY },
      )(kit),
  },
  {
    domain: 'greyhavens.example',
    teaches: 'The certificate is not valid yet.',
    outcome: 'manual',
    case: 'not-yet-valid',
    tell: (kit) =>
      own('greyhavens.example', { dns: ['greyhavens.example'] }, { notBefore: kit.now + 2 * DAY })(kit),
  },
  {
    domain: 'eregion.example',
    teaches: 'The server forgot to send the intermediate certificate, so nobody vouches for it.',
    outcome: 'manual',
    case: 'incomplete-chain',
    tell(kit) {
      const plan = srv(kit.zone('eregion.example', { unsigned: true }), 'xmpp.eregion.example');
      const certificate = kit.issue({ dns: ['eregion.example'] });
      kit.server(plan, 'xmpp', 5222, { certificate, chainPem: certificate.pem });
    },
  },
  {
    domain: 'weathertop.example',
    teaches: 'A key of 1024 bits proves nothing any more.',
    outcome: 'manual',
    case: 'weak-certificate',
    tell(kit) {
      const plan = srv(kit.zone('weathertop.example', { unsigned: true }), 'xmpp.weathertop.example');
      const certificate = kit.issue({ dns: ['weathertop.example'] }, { key: 'rsa', rsaBits: 1024 });
      // Our own OpenSSL would refuse to serve it; Electron's BoringSSL knows no such levels and does not mind.
      const tls = /boringssl/i.test(process.versions.openssl) ? {} : { ciphers: 'DEFAULT@SECLEVEL=0' };
      kit.server(plan, 'xmpp', 5222, { certificate, tls });
    },
  },
  {
    domain: 'barrowdowns.example',
    teaches: 'A certificate made for mail, used for XMPP: its issuer forbids that.',
    outcome: 'manual',
    case: 'constraint-violated',
    tell: own('barrowdowns.example', { dns: ['barrowdowns.example'] }, { eku: ['emailProtection'] }),
  },
  {
    domain: 'oldforest.example',
    teaches: 'Neither the name nor the issuer is right.',
    outcome: 'manual',
    case: 'wrong-name-untrusted-issuer',
    tell(kit) {
      const plan = srv(kit.zone('oldforest.example', { unsigned: true }), 'xmpp.oldforest.example');
      kit.server(plan, 'xmpp', 5222, { certificate: kit.selfSigned({ dns: ['willow.example'] }) });
    },
  },
  {
    domain: 'edoras.example',
    teaches: 'Direct TLS only (XEP-0368): no STARTTLS anywhere.',
    outcome: 'auto-accept',
    by: 'pkix',
    tell(kit) {
      const plan = srv(kit.zone('edoras.example', { unsigned: true }), 'xmpp.edoras.example', {
        direct: true,
      });
      kit.server(plan, 'xmpp', 5223, {
        mode: 'direct-tls',
        certificate: kit.issue({ dns: ['edoras.example'] }),
      });
    },
  },
  {
    domain: 'numenor.example',
    teaches: 'The domain says in DNS that it has no such service.',
    outcome: 'not-offered',
    tell(kit) {
      const plan = kit.zone('numenor.example', { unsigned: true });
      plan
        .add('_xmpp-client._tcp', 'SRV', { port: 0, target: '.' })
        .add('_xmpps-client._tcp', 'SRV', { port: 0, target: '.' });
    },
  },
  {
    domain: 'laketown.example',
    teaches: 'No SRV records: the domain itself, port 5222.',
    outcome: 'auto-accept',
    by: 'pkix',
    tell(kit) {
      const plan = kit.zone('laketown.example', { unsigned: true });
      kit.server(plan, '@', 5222, { certificate: kit.issue({ dns: ['laketown.example'] }) });
    },
  },
  {
    domain: 'mordor.example',
    teaches: 'No encryption is offered: refused, whatever else is said.',
    outcome: 'refuse',
    tell(kit) {
      const plan = srv(kit.zone('mordor.example', { unsigned: true }), 'xmpp.mordor.example');
      kit.server(plan, 'xmpp', 5222, {
        starttls: 'absent',
        certificate: kit.issue({ dns: ['mordor.example'] }),
      });
    },
  },
  {
    domain: 'osgiliath.example',
    teaches: 'Two good servers and one stale one: the worst counts.',
    outcome: 'manual',
    case: 'expired',
    tell(kit) {
      const plan = kit.zone('osgiliath.example', { unsigned: true });
      const good = kit.issue({ dns: ['osgiliath.example'] });
      const stale = kit.issue(
        { dns: ['osgiliath.example'] },
        { notBefore: kit.now - 100 * DAY, notAfter: kit.now - DAY },
      );
      for (const [i, certificate] of [good, good, stale].entries()) {
        srv(plan, `xmpp${i + 1}.osgiliath.example`, { priority: 5 + i });
        kit.server(plan, `xmpp${i + 1}`, 5222, { certificate });
      }
    },
  },
  {
    domain: 'erebor.example',
    teaches: 'Nothing listens on the port that DNS names.',
    outcome: 'unreachable',
    tell(kit) {
      const plan = srv(kit.zone('erebor.example', { unsigned: true }), 'xmpp.erebor.example', { port: 5999 });
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['erebor.example'] }) });
    },
  },
  {
    domain: 'b\u00fccher.example',
    teaches: 'An internationalised name: \u201cb\u00fccher\u201d on screen, xn--bcher-kva on the wire.',
    outcome: 'auto-accept',
    by: 'pkix',
    tell: own('xn--bcher-kva.example', { dns: ['xn--bcher-kva.example'] }),
  },
];
