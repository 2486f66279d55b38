/**
 * stories-posh.ts: domains of the demo realm that vouch over HTTPS.
 *
 * In:   the kit
 * Out:  stories with the verdict that the trust rules ask for
 * Not:  fetching or judging documents
 */
import type { Issued } from './certificate.ts';
import { poshDocument, srv, type Kit, type Story } from './kit.ts';
import type { Site } from './https-server.ts';
import type { ZonePlan } from './zone.ts';

const PATH = '/.well-known/posh/xmpp-client.json';
const JSON_TYPE = { 'content-type': 'application/json' };

/** An unsigned domain hosted elsewhere, whose certificate only POSH can vouch for. */
function hosted(domain: string, web: (kit: Kit, plan: ZonePlan, leaf: Issued) => void): (kit: Kit) => void {
  return (kit) => {
    const plan = srv(kit.zone(domain, { unsigned: true }), `xmpp.${domain}`);
    const leaf = kit.selfSigned({ dns: [`xmpp.${domain}`] });
    kit.server(plan, 'xmpp', 5222, { certificate: leaf });
    web(kit, plan, leaf);
  };
}

function document(
  body: string | Uint8Array,
  status = 200,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
): Site['paths'] {
  return { [PATH]: { status, headers, body } };
}

const redirect = (location: string): Site['paths'] => ({
  [PATH]: { status: 302, headers: { location }, body: '' },
});
const MANUAL = { outcome: 'manual', case: 'wrong-name-untrusted-issuer' } as const;

export const POSH_STORIES: readonly Story[] = [
  {
    domain: 'rivendell.example',
    teaches:
      'The second way out in the talk: the domain’s web site lists the certificate (POSH), and nothing else is needed.',
    outcome: 'auto-accept',
    by: 'posh',
    tell: hosted('rivendell.example', (kit, plan, leaf) => kit.site(plan, '@', document(poshDocument(leaf)))),
  },
  {
    domain: 'bagend.example',
    teaches: 'The web site refers to the hosting service’s document.',
    outcome: 'auto-accept',
    by: 'posh',
    tell: hosted('bagend.example', (kit, plan, leaf) => {
      kit.site(
        plan,
        '@',
        document(JSON.stringify({ url: 'https://posh.bagend.example/bagend.json', expires: 3600 })),
      );
      kit.site(plan, 'posh', { '/bagend.json': { headers: JSON_TYPE, body: poshDocument(leaf) } });
    }),
  },
  {
    domain: 'buckland.example',
    teaches: 'The web site redirects to where the document is.',
    outcome: 'auto-accept',
    by: 'posh',
    tell: hosted('buckland.example', (kit, plan, leaf) => {
      kit.site(plan, '@', redirect('https://www.buckland.example/posh.json'));
      kit.site(plan, 'www', { '/posh.json': { headers: JSON_TYPE, body: poshDocument(leaf) } });
    }),
  },
  {
    domain: 'michelding.example',
    teaches: 'The document lists another certificate.',
    ...MANUAL,
    tell: hosted('michelding.example', (kit, plan) =>
      kit.site(plan, '@', document(poshDocument(kit.unknownCa))),
    ),
  },
  {
    domain: 'longbottom.example',
    teaches: 'The document says that it has no more use (expires 0).',
    ...MANUAL,
    tell: hosted('longbottom.example', (kit, plan, leaf) =>
      kit.site(plan, '@', document(poshDocument(leaf, 0))),
    ),
  },
  {
    domain: 'tuckborough.example',
    teaches: 'The document is broken JSON.',
    ...MANUAL,
    tell: hosted('tuckborough.example', (kit, plan, leaf) =>
      kit.site(plan, '@', document(poshDocument(leaf).slice(0, -1))),
    ),
  },
  {
    domain: 'frogmorton.example',
    teaches: 'The web site redirects to plain http, which proves nothing.',
    ...MANUAL,
    tell: hosted('frogmorton.example', (kit, plan) =>
      kit.site(plan, '@', redirect('http://frogmorton.example/posh.json')),
    ),
  },
  {
    domain: 'bywater.example',
    teaches: 'The web site redirects in a circle.',
    ...MANUAL,
    tell: hosted('bywater.example', (kit, plan) =>
      kit.site(plan, '@', redirect(`https://bywater.example${PATH}`)),
    ),
  },
  {
    domain: 'hardbottle.example',
    teaches: 'The document is larger than any such document needs to be.',
    ...MANUAL,
    tell: hosted('hardbottle.example', (kit, plan, leaf) =>
      kit.site(plan, '@', document(poshDocument(leaf) + ' '.repeat(70_000))),
    ),
  },
  {
    domain: 'stock.example',
    teaches: 'The web server’s own certificate is vouched for by nobody, so its document counts for nothing.',
    ...MANUAL,
    tell: hosted('stock.example', (kit, plan, leaf) =>
      kit.site(plan, '@', document(poshDocument(leaf)), kit.selfSigned({ dns: ['stock.example'] })),
    ),
  },
  {
    domain: 'woodhall.example',
    teaches: 'A document in the form of an old draft: recognised and explained, but never enough.',
    ...MANUAL,
    tell: hosted('woodhall.example', (kit, plan, leaf) =>
      kit.site(
        plan,
        '@',
        document(JSON.stringify({ keys: [{ kty: 'EC', x5c: [Buffer.from(leaf.der).toString('base64')] }] })),
      ),
    ),
  },
];
