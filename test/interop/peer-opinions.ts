/**
 * peer-opinions.ts: what other people's programs make of a domain, joined as the RFCs join it.
 *
 * In:   a domain and the DNS of peer-dns.ts
 * Out:  an outcome that rests on nothing of ours: unbound-host and delv for DNSSEC, dig for the records, openssl for the
 *       path, the name and DANE, curl for POSH
 * Not:  our own result
 */
import type { DnsName } from '../../shared/basics.ts';
import type { DnsType } from '../../shared/observation.ts';
import { openPeers, type Opinion } from './dnssec-peers.ts';
import { RESOLVER_AT } from './peer-dns.ts';
import { NGINX_AT } from './peer-servers.ts';
import { say, type Peers } from './peers.ts';

export type Heard = {
  readonly outcome: string;
  readonly dnssec: string;
  readonly differ: readonly string[];
  readonly dane: string;
  readonly pkix: string;
};
type Target = { readonly host: string; readonly port: string; readonly direct: boolean };

/** Asks the programs. `bindPort`: the recursive BIND on 127.0.0.1. */
export function openOpinions(
  peers: Peers,
  bindPort: number,
  anchors: string,
  caPem: string,
): (domain: string, service: 'client' | 'server') => Promise<Heard> {
  const ca = peers.write('world-ca.pem', caPem);
  const dnssec = openPeers(peers.mkdir('opinions'), bindPort, `${anchors}\n`);
  return async (domain, service) => {
    const differ: string[] = [];
    const status = async (name: string, type: DnsType): Promise<Opinion> => {
      const question = { name: name as DnsName, type };
      const [unbound, delv] = await Promise.all([dnssec.unbound(question), dnssec.delv(question)]);
      if (unbound !== delv) differ.push(`${name} ${type}: Unbound ${unbound}, delv ${delv}`);
      return unbound;
    };
    const owners = [`_xmpp-${service}._tcp.${domain}`, `_xmpps-${service}._tcp.${domain}`];
    const srv = await Promise.all(
      owners.map(async (owner) => ({
        status: await status(owner, 'SRV'),
        lines: await records(owner, 'SRV'),
      })),
    );
    const naming = worst(srv.map((one) => one.status));
    const heard = (outcome: string, more: Partial<Heard> = {}): Heard => ({
      outcome,
      dnssec: naming,
      differ,
      dane: '-',
      pkix: '-',
      ...more,
    });
    if (naming === 'bogus') return heard('refuse');
    const named = srv.flatMap(({ lines }, i) =>
      lines.map((line): Target => {
        const [, , port = '', host = ''] = line.split(' ');
        return { host: host.replace(/\.$/, ''), port, direct: i === 1 };
      }),
    );
    const targets = named.filter(({ host }) => host !== '');
    if (named.length > 0 && targets.length === 0) return heard('not-offered');
    if (named.length === 0)
      targets.push({ host: domain, port: service === 'client' ? '5222' : '5269', direct: false });
    const all = await Promise.all(targets.map((target) => judged(target, naming, domain, service, status)));
    const one = [
      'refuse',
      'manual',
      'auto-accept posh',
      'auto-accept pkix-delegated',
      'auto-accept pkix',
      'auto-accept dane',
    ].flatMap((outcome) => all.find((each) => each.outcome === outcome) ?? [])[0];
    return heard(one?.outcome ?? 'unreachable', {
      dnssec: worst([naming, ...all.map((each) => each.dnssec)]),
      dane: one?.dane ?? '-',
      pkix: one?.pkix ?? '-',
    });
  };

  async function judged(
    target: Target,
    naming: Opinion,
    domain: string,
    service: 'client' | 'server',
    status: (name: string, type: DnsType) => Promise<Opinion>,
  ): Promise<{ outcome: string; dnssec: Opinion; dane: string; pkix: string }> {
    const base = `_${target.port}._tcp.${target.host}`;
    const [a, aaaa, tlsaStatus] = await Promise.all([
      status(target.host, 'A'),
      status(target.host, 'AAAA'),
      status(base, 'TLSA'),
    ]);
    const addressing = worst([a, aaaa]);
    const dnssec = worst([naming, addressing, tlsaStatus]);
    const [address = ''] = await records(target.host, 'A');
    const tlsa = await records(base, 'TLSA');
    const verify = async (...args: readonly string[]): Promise<{ ok: boolean; text: string }> => {
      const starttls = target.direct
        ? []
        : ['-starttls', service === 'client' ? 'xmpp' : 'xmpp-server', '-xmpphost', domain];
      const { text } = await say('openssl', [
        's_client',
        '-connect',
        `${address}:${target.port}`,
        '-servername',
        domain,
        ...starttls,
        '-CAfile',
        ca,
        '-no-CApath',
        '-no-CAstore',
        '-showcerts',
        ...args,
      ]);
      return {
        ok: /Verify return code: 0 \(ok\)/.test(text) && !/Failed to import any TLSA/.test(text),
        text,
      };
    };
    const bySource = await verify('-verify_hostname', domain);
    const byTarget = await verify('-verify_hostname', target.host);
    const pkix = bySource.ok
      ? 'ok'
      : (/Verify return code: \d+ \(([^)]*)\)/.exec(bySource.text)?.[1] ?? 'no TLS');
    // RFC 7673 3.2: where the host has no secure address, its TLSA is not even asked; a failed answer closes the way.
    if (naming === 'secure' && (addressing === 'bogus' || tlsaStatus === 'bogus'))
      return { outcome: 'refuse', dnssec, dane: 'not asked', pkix };
    let dane = '-';
    if (naming === 'secure' && a === 'secure' && tlsaStatus === 'secure' && tlsa.length > 0) {
      const rrs = tlsa.flatMap((line) => {
        const [usage = '', selector = '', matching = '', ...hex] = line.split(' ');
        return ['-dane_tlsa_rrdata', `${usage} ${selector} ${matching} ${hex.join('')}`];
      });
      const host = await verify('-dane_tlsa_domain', target.host, ...rrs);
      // RFC 7673 4.1: the source domain is a reference name as well.
      const source = await verify('-dane_tlsa_domain', domain, ...rrs);
      const usable = !/Failed to import any TLSA/.test(host.text);
      dane = !usable
        ? 'no usable records'
        : host.ok || source.ok
          ? 'ok'
          : (/Verify return code: \d+ \(([^)]*)\)/.exec(host.text)?.[1] ?? 'no TLS');
      if (usable) return { outcome: dane === 'ok' ? 'auto-accept dane' : 'refuse', dnssec, dane, pkix };
    }
    if (bySource.ok) return { outcome: 'auto-accept pkix', dnssec, dane, pkix };
    if (byTarget.ok && naming === 'secure')
      return { outcome: 'auto-accept pkix-delegated', dnssec, dane, pkix };
    const leaf = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/.exec(bySource.text)?.[0] ?? '';
    if (await isPosh(domain, service, leaf)) return { outcome: 'auto-accept posh', dnssec, dane, pkix };
    return { outcome: 'manual', dnssec, dane, pkix };
  }

  async function isPosh(domain: string, service: string, leaf: string): Promise<boolean> {
    const url = `https://${domain}/.well-known/posh/xmpp-${service}.json`;
    const { code, text } = await say('curl', [
      '-sSf',
      '--max-time',
      '5',
      '--noproxy',
      '*',
      '--cacert',
      ca,
      '--capath',
      peers.mkdir('nothing'),
      '--resolve',
      `${domain}:443:${NGINX_AT}`,
      url,
    ]);
    if (code !== 0 || leaf === '') return false;
    const der = await say('openssl', ['x509', '-fingerprint', '-sha256', '-noout'], leaf);
    const hex = /=([0-9A-F:]+)/.exec(der.text)?.[1]?.replaceAll(':', '') ?? 'x';
    const fingerprint = Buffer.from(hex, 'hex').toString('base64');
    return text.includes(`"sha-256":"${fingerprint}"`) && !/"expires":0\b/.test(text);
  }
}

/** Domain and outcome that gnutls-cli comes to by itself, with its own resolver and validator; null where it cannot run here. */
export async function gnutlsDane(peers: Peers, anchors: string, domain: string): Promise<boolean | null> {
  const resolv = peers.write('resolv.conf', `nameserver ${RESOLVER_AT}\n`);
  const key = peers.write('root.key', `${anchors}\n`);
  const script = `mount --bind ${resolv} /etc/resolv.conf && mount --bind ${key} /usr/share/dns/root.key && exec gnutls-cli --dane --no-ca-verification --starttls-proto=xmpp --port 5222 ${domain}`;
  const { text } = await say('unshare', ['-m', 'sh', '-c', script]);
  if (/unshare failed|mount:/.test(text)) return null;
  if (
    /DANE: Verification(?: \w+)*: Certificate matches|DANE: Certificate matches|Status: The certificate is trusted/.test(
      text,
    ) &&
    /Handshake was completed/.test(text)
  )
    return true;
  return false;
}

async function records(name: string, type: string): Promise<readonly string[]> {
  // CD: the records also where Unbound holds them for bogus, so that the servers can still be asked.
  const { text } = await say('dig', [`@${RESOLVER_AT}`, '+short', '+cd', '+timeout=5', name, type]);
  return text.split('\n').filter((line) => line !== '' && !line.startsWith(';') && !/^\S+\.$/.test(line));
}

function worst(all: readonly Opinion[]): Opinion {
  return all.includes('bogus') ? 'bogus' : all.includes('insecure') ? 'insecure' : 'secure';
}
