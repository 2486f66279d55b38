/**
 * stories-dnssec.ts: domains of the demo realm whose signatures are broken, each in one way, and whole ones beside them.
 *
 * In:   the kit
 * Out:  stories with the verdict that the trust rules ask for
 * Not:  TLSA records (stories-dane.ts)
 */
import { srv, tlsa, type Kit, type Story } from './kit.ts';
import type { Breakage, Where, ZoneOptions } from './zone.ts';

/** A signed domain with a good certificate of its own, broken in one way. */
function broken(
  domain: string,
  how: Breakage,
  where: Where = {},
  options: ZoneOptions = {},
): (kit: Kit) => void {
  return (kit) => {
    const plan = srv(kit.zone(domain, options), `xmpp.${domain}`);
    kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: [domain] }) });
    plan.break(how, where);
  };
}

const SRV_SET: Where = { owner: '_xmpp-client._tcp', type: 'SRV' };

export const DNSSEC_STORIES: readonly Story[] = [
  {
    domain: 'angmar.example',
    teaches: 'The SRV record’s signature is wrong.',
    outcome: 'refuse',
    tell: broken('angmar.example', 'signature-wrong', SRV_SET),
  },
  {
    domain: 'carndum.example',
    teaches: 'The SRV record is signed by a key that is not the zone’s.',
    outcome: 'refuse',
    tell: broken('carndum.example', 'wrong-key', SRV_SET),
  },
  {
    domain: 'cirithungol.example',
    teaches: 'The signature has expired: the zone was not re-signed.',
    outcome: 'refuse',
    tell: broken('cirithungol.example', 'signature-expired', SRV_SET),
  },
  {
    domain: 'gundabad.example',
    teaches: 'The signature is not valid yet: a wrong clock, perhaps yours.',
    outcome: 'refuse',
    tell: broken('gundabad.example', 'signature-not-yet-valid', SRV_SET),
  },
  {
    domain: 'khand.example',
    teaches: 'The signature is missing in a zone that must be signed.',
    outcome: 'refuse',
    tell: broken('khand.example', 'signature-missing', SRV_SET),
  },
  {
    domain: 'rhun.example',
    teaches: 'An absence without its proof: somebody may have hidden the direct-TLS record.',
    outcome: 'refuse',
    tell: broken('rhun.example', 'denial-missing'),
  },
  {
    domain: 'harad.example',
    teaches: 'The parent zone vouches for another key (DS mismatch).',
    outcome: 'refuse',
    tell: broken('harad.example', 'ds-mismatch'),
  },
  {
    domain: 'forodwaith.example',
    teaches:
      'Signed with an algorithm that nobody knows: that counts as not signed, and the certificate decides.',
    outcome: 'auto-accept',
    by: 'pkix',
    tell: broken('forodwaith.example', 'ds-unknown-algorithm'),
  },
  {
    domain: 'arnor.example',
    teaches:
      'An unsigned zone below a signed one that says so (NSEC3 opt-out): proven insecure, so delegation does not count.',
    outcome: 'manual',
    case: 'trusted-issuer-wrong-name',
    tell: (kit) => void srv(kit.zone('arnor.example', { unsigned: true }), 'xmpp2.hosting.example'),
  },
  {
    domain: 'lindon.example',
    teaches: 'The SRV record comes from a signed wildcard.',
    outcome: 'auto-accept',
    by: 'dane',
    tell(kit) {
      const plan = kit.zone('lindon.example', { algorithm: 15 });
      plan.add('*._tcp', 'SRV', { priority: 5, weight: 10, port: 5222, target: 'xmpp.lindon.example' });
      const certificate = kit.selfSigned({ dns: ['lindon.example'] });
      // The wildcard answers for direct TLS as well, so the server listens for both on its two ports.
      kit.server(plan, 'xmpp', 5222, { certificate });
      tlsa(plan, 'xmpp', certificate);
      plan.add('_xmpps-client._tcp', 'SRV', { port: 0, target: '.' });
    },
  },
  {
    domain: 'stripped.example',
    teaches:
      'A resolver that takes every signature away: the program stays useful and says what it could not prove.',
    outcome: 'auto-accept',
    by: 'pkix',
    options: { input: 'stripped.example', resolvers: ['udp://127.0.53.2'] },
    tell(kit) {
      const plan = srv(kit.zone('stripped.example'), 'xmpp.stripped.example');
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['stripped.example'] }) });
    },
  },
  {
    domain: 'srvstripped.example',
    teaches: 'A resolver that takes the signatures away from SRV answers only: an attack, and refused.',
    outcome: 'refuse',
    options: { input: 'srvstripped.example', resolvers: ['udp://127.0.53.3'] },
    tell(kit) {
      const plan = srv(kit.zone('srvstripped.example'), 'xmpp.srvstripped.example');
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['srvstripped.example'] }) });
    },
  },
  {
    domain: 'wrongroot.example',
    teaches: 'A resolver with a root of its own making: every answer is signed, and none of it counts.',
    outcome: 'refuse',
    options: { input: 'wrongroot.example', resolvers: ['udp://127.0.53.6'] },
    tell(kit) {
      const plan = srv(kit.zone('wrongroot.example'), 'xmpp.wrongroot.example');
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['wrongroot.example'] }) });
    },
  },
];
