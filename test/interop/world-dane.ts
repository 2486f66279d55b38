/**
 * world-dane.ts: domains whose TLSA records match, or do not, in zones signed by BIND or by Knot.
 */
import type { Issued } from '../../electron/demo/certificate.ts';
import { selfSigned } from '../../electron/demo/certificate.ts';
import { EJABBERD_AT, PROSODY_AT } from './peer-servers.ts';
import {
  dane,
  DAY,
  pkix,
  refuse,
  S2S,
  SRV,
  tlsa,
  type Ending,
  type Parts,
  type WorldKit,
} from './world-kit.ts';

/** Each kind of record, once for each signer; the last letter of the label tells which. */
export function tellDane(kit: WorldKit, signer: 'bind' | 'knot'): void {
  const { now, ca, middle, stranger, many, issued, own, strange, full, tell } = kit;

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
  dn('roll', 'two 3 1 1, one of them matches', dane, roll, [tlsa(T, 3, 1, 1, many), tlsa(T, 3, 1, 1, roll)]);
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
  // Prosody shows its first host's certificate on this port.
  const direct = many;
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
    { ...dane, ...(signer === 'bind' ? { gnutls: 'accepts' } : {}) },
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
    { ...refuse, ...(signer === 'bind' ? { gnutls: 'refuses' } : {}) },
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

  // Two targets, an alias, a target in a zone of the other signer.
  const pair = own(name('pair'));
  dn('pair', 'two targets, one with TLSA of another key', refuse, pair, [
    '_xmpp-client._tcp IN SRV 6 1 5222 second',
    `second IN A ${PROSODY_AT}`,
    tlsa(T, 3, 1, 1, pair),
    tlsa('_5222._tcp.second', 3, 1, 1, many),
  ]);
  const alias = own(name('alias'));
  tell(at('alias'), 'the target is an alias, TLSA stands at its end', dane, {
    signer,
    zone,
    leaf: alias,
    lines: ['_xmpp-client._tcp IN SRV 5 1 5222 www', 'www IN CNAME host', tlsa(T, 3, 1, 1, alias)],
  });
  const aliased = own(name('aliased'));
  tell(at('aliased'), 'the target is an alias, TLSA stands at its beginning', dane, {
    signer,
    zone,
    leaf: aliased,
    lines: [
      '_xmpp-client._tcp IN SRV 5 1 5222 www',
      'www IN CNAME host',
      tlsa('_5222._tcp.www', 3, 1, 1, aliased),
    ],
  });
  const lateTa = stranger.issue({ now, names: { dns: [name('latea')] }, notAfter: now - DAY / 2 });
  dn('latea', '2 0 1, expired', refuse, lateTa, [tlsa(T, 2, 0, 1, stranger)], {
    chainPem: full(lateTa, stranger),
  });
  const other = own(name('other'));
  tell(at('other'), 'the target is in a zone of the other signer', dane, {
    signer,
    zone,
    leaf: other,
    lines: [`_xmpp-client._tcp IN SRV 5 1 5222 to-${signer}.${signer === 'bind' ? 'eek' : 'eeb'}.example.`],
  });
  kit.lineOf(
    signer === 'bind' ? 'eek.example' : 'eeb.example',
    `to-${signer} IN A ${PROSODY_AT}`,
    tlsa(`_5222._tcp.to-${signer}`, 3, 1, 1, other),
  );
}
