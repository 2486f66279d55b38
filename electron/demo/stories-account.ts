/**
 * stories-account.ts: domains of the demo realm with accounts to sign in to.
 *
 * In:   the kit
 * Out:  stories, and Bilbo's account
 * Not:  SASL itself (sasl-server.ts)
 */
import { srv, type Story } from './kit.ts';
import { relayTo } from './relay.ts';
import { withAccounts } from './sasl-server.ts';

/** The account of the Shire, printed in the realm's list: nobody's secret. */
export const BILBO = { jid: 'bilbo.baggins@shire.example', password: 'eleventy-first' } as const;
const GANDALF = { jid: 'gandalf@orthanc.example', password: 'mellon' } as const;

/** What every server with accounts offers, the best first. */
export const MECHANISMS: readonly string[] = [
  'SCRAM-SHA-512-PLUS',
  'SCRAM-SHA-512',
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-256',
];
export const BINDINGS: readonly string[] = ['tls-exporter', 'tls-server-end-point'];

export const ACCOUNT_STORIES: readonly Story[] = [
  {
    domain: 'orthanc.example',
    teaches:
      'Somebody stands in the middle with a certificate that a certificate authority gave him: everything looks right. ' +
      `Sign in as ${GANDALF.jid} (password: ${GANDALF.password}), and channel binding gives him away.`,
    outcome: 'auto-accept',
    by: 'pkix',
    tell(kit) {
      const plan = srv(kit.zone('orthanc.example', { unsigned: true }), 'xmpp.orthanc.example');
      const truth = kit.server(plan, 'tower', 5223, {
        mode: 'direct-tls',
        certificate: kit.issue({ dns: ['orthanc.example'] }),
        ...withAccounts({
          accounts: { [GANDALF.jid]: GANDALF.password },
          mechanisms: MECHANISMS,
          channelBindings: BINDINGS,
          confirmsOffer: true,
        }),
      });
      const relay = relayTo(() => ({ ...kit.whereIs(truth, 5223), ca: kit.ca.pem, name: 'orthanc.example' }));
      kit.server(plan, 'xmpp', 5222, {
        certificate: kit.issue({ dns: ['orthanc.example'] }),
        behave: { secured: relay },
      });
    },
  },
];
