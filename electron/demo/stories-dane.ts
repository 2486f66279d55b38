/**
 * stories-dane.ts: domains of the demo realm in signed zones: delegation and DANE.
 *
 * In:   the kit
 * Out:  stories with the verdict that the trust rules ask for
 * Not:  broken signatures (stories-dnssec.ts)
 */
import { withAccounts } from './sasl-server.ts';
import { BILBO, BINDINGS, MECHANISMS } from './stories-account.ts';
import { srv, tlsa, type Kit, type Story } from './kit.ts';

const DAY = 86_400_000;

/** The hosting service of the talk: signed, with one server and its TLSA record. Told once, whoever asks first. */
function hosting(kit: Kit): void {
  const plan = kit.zone('hosting.example', { algorithm: 15, denial: 'nsec3' });
  const certificate = kit.selfSigned({ dns: ['xmpp1.hosting.example'] });
  kit.server(plan, 'xmpp1', 5222, {
    certificate,
    ...withAccounts({
      accounts: { [BILBO.jid]: BILBO.password },
      mechanisms: MECHANISMS,
      channelBindings: BINDINGS,
      confirmsOffer: true,
      sasl2: true,
    }),
  });
  tlsa(plan, 'xmpp1', certificate);
  // A second one without TLSA, whose certificate a certificate authority vouches for.
  kit.server(plan, 'xmpp2', 5222, { certificate: kit.issue({ dns: ['xmpp2.hosting.example'] }) });
}

export const DANE_STORIES: readonly Story[] = [
  {
    domain: 'shire.example',
    teaches:
      'The way out in the talk: DNSSEC delegates to the hosting service, and DANE vouches for its certificate. ' +
      `There is an account to sign in to: ${BILBO.jid}, password: ${BILBO.password}`,
    outcome: 'auto-accept',
    by: 'dane',
    tell(kit) {
      hosting(kit);
      srv(kit.zone('shire.example'), 'xmpp1.hosting.example');
    },
  },
  {
    domain: 'lothlorien.example',
    teaches:
      'DNSSEC delegates, and a certificate authority vouches for the hosting service: delegation and PKIX only.',
    outcome: 'auto-accept',
    by: 'pkix-delegated',
    tell: (kit) => void srv(kit.zone('lothlorien.example'), 'xmpp2.hosting.example'),
  },
  {
    domain: 'mirkwood.example',
    teaches: 'DANE-TA: the TLSA record names the authority that signs the servers.',
    outcome: 'auto-accept',
    by: 'dane',
    tell(kit) {
      const plan = srv(kit.zone('mirkwood.example', { algorithm: 8 }), 'xmpp.mirkwood.example');
      const certificate = kit.unknownCa.issue({ now: kit.now, names: { dns: ['mirkwood.example'] } });
      kit.server(plan, 'xmpp', 5222, { certificate, chainPem: certificate.pem + kit.unknownCa.pem });
      tlsa(plan, 'xmpp', kit.unknownCa, { usage: 2, selector: 0 });
    },
  },
  {
    domain: 'dolguldur.example',
    teaches: 'The TLSA record vouches for another certificate: refused, with no way round it.',
    outcome: 'refuse',
    tell(kit) {
      const plan = srv(kit.zone('dolguldur.example'), 'xmpp.dolguldur.example');
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['dolguldur.example'] }) });
      tlsa(plan, 'xmpp', kit.unknownCa);
    },
  },
  {
    domain: 'dale.example',
    teaches: 'A TLSA record at the server, but the SRV record above it is not signed: it does not count.',
    outcome: 'manual',
    case: 'wrong-name-untrusted-issuer',
    tell: (kit) => void srv(kit.zone('dale.example', { unsigned: true }), 'xmpp1.hosting.example'),
  },
  {
    domain: 'moria.example',
    teaches: 'The TLSA record’s signature is wrong: nobody can tell what it should say.',
    outcome: 'refuse',
    tell(kit) {
      const plan = srv(kit.zone('moria.example'), 'xmpp.moria.example');
      const certificate = kit.issue({ dns: ['moria.example'] });
      kit.server(plan, 'xmpp', 5222, { certificate });
      tlsa(plan, 'xmpp', certificate).break('signature-wrong', { owner: '_5222._tcp.xmpp', type: 'TLSA' });
    },
  },
  {
    domain: 'deadmarshes.example',
    teaches:
      'The question for TLSA records gets no answer, in a zone that is signed: something may be hiding them.',
    outcome: 'refuse',
    tell(kit) {
      const plan = srv(kit.zone('deadmarshes.example'), 'xmpp.deadmarshes.example');
      const certificate = kit.issue({ dns: ['deadmarshes.example'] });
      kit.server(plan, 'xmpp', 5222, { certificate });
      tlsa(plan, 'xmpp', certificate);
    },
  },
  {
    domain: 'ettenmoors.example',
    teaches: 'TLSA records that no program can use are skipped; the certificate authority decides.',
    outcome: 'auto-accept',
    by: 'pkix',
    tell(kit) {
      const plan = srv(kit.zone('ettenmoors.example'), 'xmpp.ettenmoors.example');
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['ettenmoors.example'] }) });
      plan.add('_5222._tcp.xmpp', 'TLSA', { usage: 7, selector: 1, matchingType: 1, data: 'ab'.repeat(32) });
      plan.add('_5222._tcp.xmpp', 'TLSA', { usage: 3, selector: 1, matchingType: 1, data: 'ab'.repeat(20) });
    },
  },
  {
    domain: 'minastirith.example',
    teaches:
      'A roll-over: one record for the key in use and one for the next. Even an expired certificate does not matter.',
    outcome: 'auto-accept',
    by: 'dane',
    tell(kit) {
      const plan = srv(kit.zone('minastirith.example', { denial: 'nsec3' }), 'xmpp.minastirith.example');
      const certificate = kit.selfSigned(
        { dns: ['minastirith.example'] },
        { notBefore: kit.now - 100 * DAY, notAfter: kit.now - DAY },
      );
      kit.server(plan, 'xmpp', 5222, { certificate });
      tlsa(tlsa(plan, 'xmpp', certificate), 'xmpp', kit.unknownCa);
    },
  },
  {
    domain: 'imladris.example',
    teaches: 'The SRV target is an alias. It works, because every step is signed, but RFC 2782 forbids it.',
    outcome: 'auto-accept',
    by: 'dane',
    tell(kit) {
      const plan = srv(kit.zone('imladris.example'), 'xmpp.imladris.example');
      plan.add('xmpp', 'CNAME', 'xmpp1.hosting.example');
    },
  },
  {
    domain: 'evendim.example',
    teaches: 'The TLSA record stands at the domain instead of the server, where nobody looks for it.',
    outcome: 'auto-accept',
    by: 'pkix',
    tell(kit) {
      const plan = srv(kit.zone('evendim.example'), 'xmpp.evendim.example');
      const certificate = kit.issue({ dns: ['evendim.example'] });
      kit.server(plan, 'xmpp', 5222, { certificate });
      plan.add('_5222._tcp', 'TLSA', {
        usage: 3,
        selector: 1,
        matchingType: 1,
        data: certificate.certificate.spkiSha256,
      });
    },
  },
  {
    domain: 'beorn.example',
    teaches:
      'The host was typed by hand: its TLSA record does not count, because nobody says it belongs to the domain.',
    outcome: 'manual',
    case: 'wrong-name-untrusted-issuer',
    options: { input: 'beorn.example', connect: 'xmpp1.hosting.example:5222' },
    tell: (kit) => void srv(kit.zone('beorn.example'), 'xmpp1.hosting.example'),
  },
];
