/**
 * world-cases.ts: domains of a small real world, each with one thing to find out: PKIX, s2s, POSH.
 *
 * In:   the time that counts as now
 * Out:  all zones, hosts with certificates, web sites, and what a check must come to
 * Not:  DANE (world-dane.ts), broken zones (world-broken.ts), servers (peer-*.ts), comparing (world.test.ts)
 */
import { EJABBERD_AT } from './peer-servers.ts';
import { tellBroken } from './world-broken.ts';
import { tellDane } from './world-dane.ts';
import {
  DAY,
  delegated,
  fingerprints,
  manual,
  openWorldKit,
  pkix,
  posh,
  refuse,
  SRV,
  tlsa,
  type WorldKit,
} from './world-kit.ts';

/** All of it. */
export function makeWorld(now: number): WorldKit {
  const kit = openWorldKit(now);
  tellPkix(kit);
  tellDane(kit, 'bind');
  tellDane(kit, 'knot');
  tellPosh(kit);
  tellBroken(kit);
  return kit;
}

function tellPkix({ now, ca, middle, stranger, many, issued, own, strange, full, tell }: WorldKit): void {
  tell('m1', 'one certificate for several domains', pkix, { leaf: many });
  tell('m2', 'the other domain on it', pkix, { leaf: many });
  tell('m3', 'a domain that is not on it', manual('trusted-issuer-wrong-name'), {
    signer: 'none',
    leaf: many,
  });
  const withRoot = issued('root.example');
  tell('root', 'the root is sent too', pkix, { leaf: withRoot, chainPem: full(withRoot, ca) });
  const short = issued('short.example');
  tell('short', 'the intermediate is not sent', manual('incomplete-chain'), {
    signer: 'none',
    leaf: short,
    chainPem: short.pem,
  });
  tell('late', 'expired', manual('expired'), {
    leaf: middle.issue({ now, names: { dns: ['late.example'] }, notAfter: now - DAY / 2 }),
  });
  tell('self', 'self-signed, no TLSA', manual('right-name-untrusted-issuer'), { leaf: own('self.example') });
  tell('strange', 'an unknown authority, not sent', manual('incomplete-chain'), {
    leaf: strange('strange.example'),
  });
  const sent = strange('stranger.example');
  tell('stranger', 'an unknown authority, sent', manual('right-name-untrusted-issuer'), {
    leaf: sent,
    chainPem: full(sent, stranger),
  });
  tell('hosted', 'the host’s name, named by signed SRV', delegated, { leaf: issued('host.hosted.example') });
  tell('open', 'the host’s name, named by unsigned SRV', manual('trusted-issuer-wrong-name'), {
    signer: 'none',
    leaf: issued('host.open.example'),
  });
  tell('island', 'signed, but the parent has no DS', pkix, {
    leaf: issued('island.example'),
    zone: { spoilDs: () => '' },
    lines: [SRV, tlsa('_5222._tcp.host', 3, 1, 1, many)],
  });
  tell(
    'srvid',
    'an SRV-ID alone',
    { ...pkix, but: { peers: 'manual', because: 'RFC 6120 13.7.1.2.1: openssl does not compare SRV-IDs' } },
    { leaf: middle.issue({ now, names: { srv: ['_xmpp-client.srvid.example'] } }) },
  );

  tell('ejca', 'ejabberd, by an authority', pkix, { leaf: issued('ejca.example'), at: EJABBERD_AT });
  tell(
    'ejs2s',
    'ejabberd, s2s',
    { ...pkix, service: 'server' },
    { leaf: issued('ejs2s.example'), at: EJABBERD_AT },
  );
  tell('s2sca', 's2s by an authority', { ...pkix, service: 'server' }, { leaf: issued('s2sca.example') });
  tell(
    'notoffered',
    'SRV says no',
    { outcome: 'not-offered', by: null, case: null },
    {
      leaf: null,
      lines: ['_xmpp-client._tcp IN SRV 0 0 0 .', '_xmpps-client._tcp IN SRV 0 0 0 .'],
    },
  );
}

function tellPosh({ many, issued, own, strange, tell }: WorldKit): void {
  const plain = own('other.test');
  const P = 'posh/xmpp-client.json';
  tell('posh', 'POSH matches', posh, { signer: 'none', leaf: plain, site: { [P]: fingerprints(plain) } });
  tell('poshwrong', 'POSH of another certificate', manual('wrong-name-untrusted-issuer'), {
    signer: 'none',
    leaf: plain,
    site: { [P]: fingerprints(many) },
  });
  tell('poshweb', 'POSH from a web server with an unknown authority', manual('wrong-name-untrusted-issuer'), {
    signer: 'none',
    leaf: plain,
    site: { [P]: fingerprints(plain) },
    siteLeaf: strange('poshweb.example'),
  });
  tell('poshname', 'POSH from a web server with another name', manual('wrong-name-untrusted-issuer'), {
    signer: 'none',
    leaf: plain,
    site: { [P]: fingerprints(plain) },
    siteLeaf: issued('other.test'),
  });
  tell('poshzero', 'POSH that has expired', manual('wrong-name-untrusted-issuer'), {
    signer: 'none',
    leaf: plain,
    site: { [P]: fingerprints(plain, 0) },
  });
  tell('poshdane', 'POSH matches, TLSA does not', refuse, {
    leaf: plain,
    site: { [P]: fingerprints(plain) },
    lines: [SRV, tlsa('_5222._tcp.host', 3, 1, 1, many)],
  });
}
