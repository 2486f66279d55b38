/**
 * world-broken.ts: zones broken in each way, and signed names beneath unsigned ones.
 */
import type { PeerZone } from './peer-dns.ts';
import { dane, manual, pkix, refuse, SRV, tlsa, type Ending, type WorldKit } from './world-kit.ts';

export function tellBroken({ issued, own, tell }: WorldKit): void {
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

  // Names in other zones than the domain's.
  const naming = (host: string): readonly string[] => [`_xmpp-client._tcp IN SRV 5 1 5222 ${host}.example.`];
  tell('goodbad', 'signed SRV to a host whose TLSA is bogus', refuse, {
    leaf: issued('goodbad.example'),
    lines: naming('host.btlsasig'),
  });
  tell('goodbada', 'signed SRV to a host whose address is bogus', refuse, {
    leaf: issued('goodbada.example'),
    lines: naming('host.basig'),
  });
  tell('goodopen', 'signed SRV to a host in an unsigned zone, TLSA there', pkix, {
    leaf: issued('goodopen.example'),
    lines: naming('host.openhost'),
  });
  const openhost = own('openhost.example');
  tell('openhost', 'TLSA in an unsigned zone', manual('right-name-untrusted-issuer'), {
    signer: 'none',
    leaf: openhost,
    lines: [SRV, tlsa('_5222._tcp.host', 3, 1, 1, openhost)],
  });
  tell('openbad', 'unsigned SRV to a host whose TLSA is bogus', pkix, {
    signer: 'none',
    leaf: issued('openbad.example'),
    lines: naming('host.btlsasig'),
  });
}
