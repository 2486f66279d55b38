/**
 * world-cases.ts: domains of a small real world, each with one thing to find out.
 *
 * In:   the time that counts as now
 * Out:  zones, hosts with certificates, web sites, and what a check must come to
 * Not:  servers (peer-*.ts), comparing (world.test.ts)
 */
import { createHash } from 'node:crypto';
import { makeCa, selfSigned, type Issued } from '../../electron/demo/certificate.ts';
import type { DomainOutcome, ManualCase, RouteName } from '../../shared/report.ts';
import type { PeerZone } from './peer-dns.ts';
import { EJABBERD_AT, NGINX_AT, PROSODY_AT, type PeerHost, type PeerSite } from './peer-servers.ts';

export type Case = {
  readonly domain: string;
  readonly about: string;
  readonly service: 'client' | 'server';
  readonly outcome: DomainOutcome;
  readonly by: RouteName | null;
  readonly case: ManualCase | null;
  /** Where the peers' answers come to something else: what, and by which rule ours is right. */
  readonly but?: { readonly peers: string; readonly because: string };
  /** The domain is its own target, so gnutls-cli can check it. */
  readonly gnutls?: 'accepts' | 'refuses';
};
type Ending = Omit<Case, 'domain' | 'about' | 'service'> & { readonly service?: 'server' };
type Parts = {
  readonly signer?: PeerZone['signer'];
  readonly zone?: Partial<PeerZone>;
  readonly lines?: readonly string[];
  readonly leaf: Issued | null;
  readonly chainPem?: string;
  readonly at?: string;
  readonly site?: Readonly<Record<string, string>>;
  readonly siteLeaf?: Issued;
};

const DAY = 86_400_000;
const SRV = '_xmpp-client._tcp IN SRV 5 1 5222 host';
const S2S = '_xmpp-server._tcp IN SRV 5 1 5269 host';

const dane = { outcome: 'auto-accept', by: 'dane', case: null } as const;
const pkix = { outcome: 'auto-accept', by: 'pkix', case: null } as const;
const delegated = { outcome: 'auto-accept', by: 'pkix-delegated', case: null } as const;
const posh = { outcome: 'auto-accept', by: 'posh', case: null } as const;
const refuse = { outcome: 'refuse', by: null, case: null } as const;
const manual = (why: ManualCase): Ending => ({ outcome: 'manual', by: null, case: why });

/** A TLSA record's line. */
export function tlsa(owner: string, usage: number, selector: number, matching: number, of: Issued): string {
  const part = selector === 1 ? of.certificate.spki : of.der;
  const hash = matching === 1 ? 'sha256' : 'sha512';
  const data = matching === 0 ? Buffer.from(part) : createHash(hash).update(part).digest();
  return `${owner} IN TLSA ${usage} ${selector} ${matching} ${data.toString('hex')}`;
}

export function fingerprints(of: Issued, expires = 86_400): string {
  return JSON.stringify({
    fingerprints: [{ 'sha-256': createHash('sha256').update(of.der).digest('base64') }],
    expires,
  });
}

/** All of it. */
export function makeWorld(now: number): {
  readonly ca: Issued;
  readonly cases: readonly Case[];
  readonly zones: readonly PeerZone[];
  readonly prosody: readonly PeerHost[];
  readonly ejabberd: readonly PeerHost[];
  readonly sites: readonly PeerSite[];
} {
  const ca = makeCa({ now, name: 'World CA' });
  const middle = ca.issue({ now, isCa: true, ku: ['keyCertSign'], names: { cn: 'World Server CA' } });
  const stranger = makeCa({ now, name: 'Stranger CA' });
  const cases: Case[] = [];
  const zones: PeerZone[] = [];
  const prosody: PeerHost[] = [];
  const ejabberd: PeerHost[] = [];
  const sites: PeerSite[] = [];
  const issued = (...dns: readonly string[]): Issued => middle.issue({ now, names: { dns } });
  const own = (...dns: readonly string[]): Issued => selfSigned({ now, names: { dns } });
  const strange = (...dns: readonly string[]): Issued => stranger.issue({ now, names: { dns } });
  const full = (leaf: Issued, root: Issued): string => leaf.chainPem + root.pem;

  function tell(label: string, about: string, ending: Ending, parts: Parts): void {
    const { signer = 'bind', zone = {}, leaf, chainPem, at = PROSODY_AT, site, siteLeaf } = parts;
    const domain = `${label}.example`;
    const { service = 'client' } = ending;
    const host = site === undefined ? [`host IN A ${at}`] : [`host IN A ${at}`, `@ IN A ${NGINX_AT}`];
    const naming = service === 'client' ? SRV : S2S;
    zones.push({ name: domain, signer, lines: [...host, ...(parts.lines ?? [naming])], ...zone });
    cases.push({ domain, about, ...ending, service });
    const chain = chainPem === undefined ? {} : { chainPem };
    if (leaf !== null)
      (at === EJABBERD_AT ? ejabberd : prosody).push({ name: domain, certificate: leaf, ...chain });
    if (site !== undefined)
      sites.push({ name: domain, certificate: siteLeaf ?? issued(domain), documents: site });
  }

  // PKIX alone.
  const many = issued('m1.example', 'm2.example');
  tell('m1', 'one certificate for several domains', pkix, { leaf: many });
  tell('m2', 'the other domain on it', pkix, { leaf: many });
  tell('m3', 'a domain that is not on it', manual('trusted-issuer-wrong-name'), {
    signer: 'none',
    leaf: many,
  });
  const withRoot = issued('root.example');
  tell('root', 'the root is sent too', pkix, { leaf: withRoot, chainPem: full(withRoot, ca) });
  const short = issued('short.example');
  tell('short', 'the intermediate is not sent', manual('right-name-untrusted-issuer'), {
    signer: 'none',
    leaf: short,
    chainPem: short.pem,
  });
  tell('late', 'expired', manual('expired'), {
    leaf: middle.issue({ now, names: { dns: ['late.example'] }, notAfter: now - DAY / 2 }),
  });
  tell('self', 'self-signed, no TLSA', manual('right-name-untrusted-issuer'), { leaf: own('self.example') });
  tell('strange', 'an unknown authority, no TLSA', manual('right-name-untrusted-issuer'), {
    leaf: strange('strange.example'),
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

  // DANE, signed by BIND and by Knot.
  for (const signer of ['bind', 'knot'] as const) {
    const at = (label: string): string => `${label}${signer[0] ?? ''}`;
    const zone = signer === 'knot' ? { algorithm: 'ED25519', options: [] } : {};
    const dn = (
      label: string,
      about: string,
      ending: Ending,
      leaf: Issued,
      records: readonly string[],
      more: Partial<Parts> = {},
    ): void => tell(at(label), about, ending, { signer, zone, leaf, lines: [SRV, ...records], ...more });
    const name = (label: string): string => `${at(label)}.example`;
    const T = '_5222._tcp.host';

    const ee = own(name('ee'));
    dn('ee', '3 1 1, self-signed', dane, ee, [tlsa(T, 3, 1, 1, ee)]);
    const old = selfSigned({
      now,
      names: { dns: ['other.test'] },
      notBefore: now - 9 * DAY,
      notAfter: now - DAY,
    });
    dn('old', '3 0 2, self-signed, expired, another name', dane, old, [tlsa(T, 3, 0, 2, old)]);
    const ta = strange(name('ta'));
    dn('ta', '2 0 1, the authority is sent', dane, ta, [tlsa(T, 2, 0, 1, stranger)], {
      chainPem: full(ta, stranger),
    });
    const kept = strange(name('kept'));
    dn('kept', '2 0 1, the authority is not sent', refuse, kept, [tlsa(T, 2, 0, 1, stranger)]);
    const whole = strange(name('whole'));
    dn('whole', '2 0 0, the whole authority in the record', dane, whole, [tlsa(T, 2, 0, 0, stranger)]);
    const tawrong = strange('other.test');
    dn('tawrong', '2 0 1, another name', refuse, tawrong, [tlsa(T, 2, 0, 1, stranger)], {
      chainPem: full(tawrong, stranger),
    });
    const tahost = strange(`host.${name('tahost')}`);
    dn('tahost', '2 1 1, the host’s name', dane, tahost, [tlsa(T, 2, 1, 1, stranger)], {
      chainPem: full(tahost, stranger),
    });
    const pee = issued(name('pee'));
    dn('pee', '1 1 1', dane, pee, [tlsa(T, 1, 1, 1, pee)]);
    const peeself = own(name('peeself'));
    dn('peeself', '1 1 1, self-signed', refuse, peeself, [tlsa(T, 1, 1, 1, peeself)]);
    const pta = issued(name('pta'));
    dn('pta', '0 0 1, the root, not sent', dane, pta, [tlsa(T, 0, 0, 1, ca)]);
    const ptamid = issued(name('ptamid'));
    dn('ptamid', '0 1 2, the intermediate', dane, ptamid, [tlsa(T, 0, 1, 2, middle)]);
    const ptaself = strange(name('ptaself'));
    dn('ptaself', '0 0 1, an unknown authority', refuse, ptaself, [tlsa(T, 0, 0, 1, stranger)], {
      chainPem: full(ptaself, stranger),
    });
    dn('wrong', '3 1 1 of another key, though PKIX holds', refuse, issued(name('wrong')), [
      tlsa(T, 3, 1, 1, many),
    ]);
    const roll = own(name('roll'));
    dn('roll', 'two 3 1 1, one of them matches', dane, roll, [
      tlsa(T, 3, 1, 1, many),
      tlsa(T, 3, 1, 1, roll),
    ]);
    const agile = own(name('agile'));
    dn('agile', '3 1 1 matches, 3 1 2 does not', refuse, agile, [
      tlsa(T, 3, 1, 1, agile),
      tlsa(T, 3, 1, 2, many),
    ]);
    dn('none', 'unusable records alone', pkix, issued(name('none')), [
      `${T} IN TLSA 3 1 3 abcd`,
      `${T} IN TLSA 9 1 1 ${'ab'.repeat(32)}`,
    ]);
    const star = own(name('star'));
    dn('star', 'a wildcard TLSA', dane, star, [tlsa('*._tcp.host', 3, 1, 1, star)]);
    const cname = own(name('cname'));
    dn('cname', 'TLSA behind a CNAME', dane, cname, [
      `${T} IN CNAME tlsa.there`,
      tlsa('tlsa.there', 3, 1, 1, cname),
    ]);
    const direct = own(name('direct'));
    tell(at('direct'), 'direct TLS', dane, {
      signer,
      zone,
      leaf: direct,
      lines: [
        '_xmpps-client._tcp IN SRV 5 1 5223 host',
        '_xmpp-client._tcp IN SRV 0 0 0 .',
        tlsa('_5223._tcp.host', 3, 1, 1, direct),
      ],
    });
    const apex = own(name('apex'));
    tell(
      at('apex'),
      'no SRV, the domain is its own target',
      { ...dane, gnutls: 'accepts' },
      {
        signer,
        zone,
        leaf: apex,
        lines: [`@ IN A ${PROSODY_AT}`, tlsa('_5222._tcp', 3, 1, 1, apex)],
      },
    );
    tell(
      at('apexwrong'),
      'its own target, TLSA of another key',
      { ...refuse, gnutls: 'refuses' },
      {
        signer,
        zone,
        leaf: issued(name('apexwrong')),
        lines: [`@ IN A ${PROSODY_AT}`, tlsa('_5222._tcp', 3, 1, 1, many)],
      },
    );
    const s2s = own(name('s2s'));
    tell(
      at('s2s'),
      's2s, 3 1 1',
      { ...dane, service: 'server' },
      { signer, zone, leaf: s2s, lines: [S2S, tlsa('_5269._tcp.host', 3, 1, 1, s2s)] },
    );
    tell(
      at('s2swrong'),
      's2s, 3 1 1 of another key',
      { ...refuse, service: 'server' },
      { signer, zone, leaf: issued(name('s2swrong')), lines: [S2S, tlsa('_5269._tcp.host', 3, 1, 1, many)] },
    );
    const ej = own(name('ej'));
    dn('ej', 'ejabberd, 3 1 1', dane, ej, [tlsa(T, 3, 1, 1, ej)], { at: EJABBERD_AT });
    dn('ejwrong', 'ejabberd, 3 1 1 of another key', refuse, own(name('ejwrong')), [tlsa(T, 3, 1, 1, many)], {
      at: EJABBERD_AT,
    });
  }
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
  // Signed TLSA of a host that an unsigned domain names.
  const above = own('above.example');
  tell('above', 'unsigned SRV above signed TLSA that matches', manual('right-name-untrusted-issuer'), {
    signer: 'none',
    leaf: above,
    lines: ['_xmpp-client._tcp IN SRV 5 1 5222 host.below.example.'],
  });
  tell('below', 'the host’s own domain', dane, {
    leaf: above,
    lines: [SRV, tlsa('_5222._tcp.host', 3, 1, 1, above)],
  });
  tell('aside', 'unsigned SRV above signed TLSA that does not match', pkix, {
    signer: 'none',
    leaf: issued('aside.example'),
    lines: ['_xmpp-client._tcp IN SRV 5 1 5222 host.below.example.'],
  });

  // POSH.
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

  // Zones broken in each way; the certificate is one that PKIX holds for.
  const broken = (
    label: string,
    about: string,
    zone: Partial<PeerZone>,
    ending: Ending = refuse,
    records?: readonly string[],
  ): void => {
    const leaf = issued(`${label}.example`);
    tell(label, about, ending, {
      leaf,
      zone,
      lines: [SRV, ...(records ?? [tlsa('_5222._tcp.host', 3, 1, 1, leaf)])],
    });
  };
  const without =
    (test: RegExp) =>
    (text: string): string =>
      text
        .split('\n')
        .filter((line) => !test.test(line))
        .join('\n');
  const spoiled =
    (test: RegExp) =>
    (text: string): string =>
      text
        .split('\n')
        .map((line) =>
          test.test(line)
            ? line.replace(
                /(..)(=*)\s*$/,
                (_, two: string, end: string) => (two === 'AA' ? 'BB' : 'AA') + end,
              )
            : line,
        )
        .join('\n');
  broken('bexpired', 'signatures expired', { options: ['-s', '20250101000000', '-e', '20250201000000'] });
  broken('bfuture', 'signatures of tomorrow', { options: ['-s', 'now+86400', '-e', 'now+864000'] });
  broken('bds', 'the DS is another key’s', {
    spoilDs: (ds) => ds.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
  });
  broken(
    'balg',
    'the DS names an unknown algorithm',
    { spoilDs: (ds) => ds.replace(/ 13 2 /, ' 200 2 ') },
    pkix,
  );
  broken('bsrvsig', 'the signature of SRV is wrong', { spoil: spoiled(/RRSIG\s+SRV /) });
  broken('bsrvnone', 'SRV without signature', { spoil: without(/RRSIG\s+SRV /) });
  broken('bsrvport', 'SRV changed after signing', {
    spoil: (text) => text.replace(/SRV\s+5 1 5222/, 'SRV\t6 1 5222'),
  });
  broken('btlsasig', 'the signature of TLSA is wrong', { spoil: spoiled(/RRSIG\s+TLSA /) });
  broken('btlsanone', 'TLSA without signature', { spoil: without(/RRSIG\s+TLSA /) });
  broken('btlsagone', 'TLSA taken away with its signature', { spoil: without(/(IN|RRSIG)\s+TLSA /) });
  broken('basig', 'the signature of A is wrong', { spoil: spoiled(/RRSIG\s+A /) });
  broken('bnokey', 'DNSKEY without signature', { spoil: without(/RRSIG\s+DNSKEY /) });
  broken('bnsec', 'no NSEC at all', { spoil: without(/\sNSEC\s/) });
  broken(
    'bnsec3',
    'no NSEC3 at all',
    { options: ['-3', 'ab', '-H', '2'], spoil: without(/\sNSEC3\s/) },
    refuse,
    [],
  );
  broken('many3', 'NSEC3 with 120 iterations, no TLSA', { options: ['-3', 'ab', '-H', '120'] }, pkix, []);
  broken('optout', 'NSEC3 with opt-out', { options: ['-3', '-', '-H', '0', '-A'] }, dane);
  broken('rsa', 'RSA/SHA-256', { algorithm: 'RSASHA256' }, dane);
  broken('p384', 'ECDSA P-384', { algorithm: 'ECDSAP384SHA384' }, dane);
  return { ca, cases, zones, prosody, ejabberd, sites };
}
