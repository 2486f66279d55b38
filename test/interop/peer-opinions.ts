/**
 * peer-opinions.ts: what other people's programs make of a domain, joined as the RFCs join it.
 *
 * In:   a domain and the DNS of peer-dns.ts
 * Out:  an outcome that rests on nothing of ours: unbound-host and delv for DNSSEC, dig for the records, openssl for the
 *       path, the name and DANE, curl for POSH
 * Not:  our own result
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
type Target = {
  readonly host: string;
  readonly port: string;
  readonly direct: boolean;
  readonly naming: Opinion;
};

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
        return { host: host.replace(/\.$/, ''), port, direct: i === 1, naming: srv[i]?.status ?? naming };
      }),
    );
    const targets = named.filter(({ host }) => host !== '');
    if (named.length > 0 && targets.length === 0) return heard('not-offered');
    if (named.length === 0)
      targets.push({ host: domain, port: service === 'client' ? '5222' : '5269', direct: false, naming });
    const all = await Promise.all(targets.map((target) => judged(target, domain, service, status)));
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
    domain: string,
    service: 'client' | 'server',
    status: (name: string, type: DnsType) => Promise<Opinion>,
  ): Promise<{ outcome: string; dnssec: Opinion; dane: string; pkix: string }> {
    const { naming } = target;
    // RFC 7671 7: where the host is an alias, its last name's TLSA records come first.
    const last = (await aliases(target.host)).at(-1) ?? target.host;
    const bases = [...new Set([last, target.host])].map((host) => `_${target.port}._tcp.${host}`);
    const [a, aaaa, ...statuses] = await Promise.all([
      status(target.host, 'A'),
      status(target.host, 'AAAA'),
      ...bases.map((base) => status(base, 'TLSA')),
    ]);
    const found = await Promise.all(bases.map((base) => records(base, 'TLSA')));
    const chosen = Math.max(
      0,
      found.findIndex((each) => each.length > 0),
    );
    const tlsa = found[chosen] ?? [];
    const tlsaStatus = statuses[chosen] ?? 'bogus';
    const addressing = worst([a, aaaa]);
    const dnssec = worst([naming, addressing, tlsaStatus]);
    const [address = ''] = await records(target.host, 'A');
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
        ok:
          /BEGIN CERTIFICATE/.test(text) &&
          /Verify return code: 0 \(ok\)/.test(text) &&
          !/Failed to import any TLSA/.test(text),
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
      const host = await verify(
        '-dane_ee_no_namechecks',
        '-dane_tlsa_domain',
        chosen === 0 ? last : target.host,
        ...rrs,
      );
      // RFC 7673 4.1: the source domain is a reference name as well.
      const source = await verify('-dane_ee_no_namechecks', '-dane_tlsa_domain', domain, ...rrs);
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

/** What resolv.conf names inside: libunbound asks no resolver on 127.0.0.0/8. */
const INSIDE_AT = '192.0.2.53';

/**
 * Whether gnutls-cli --dane and danetool take the domain's certificate, with their own resolver and validator. Both have
 * /etc/resolv.conf and the root's key compiled in: they run where these are others, in a network of their own with its
 * own BIND, Unbound and Prosody, from the same files. The domain is its own target, and BIND serves it.
 */
export async function gnutlsDane(
  peers: Peers,
  anchors: string,
  domain: string,
): Promise<{ gnutls: boolean | null; danetool: boolean | null; text: string }> {
  const at = (name: string): string => join(peers.folder, name);
  const resolv = peers.write('resolv.conf', `nameserver ${INSIDE_AT}\n`);
  const key = peers.write('root.key', `${anchors}\n`);
  const config = readFileSync(at('unbound.conf'), 'utf8')
    .replaceAll(RESOLVER_AT, INSIDE_AT)
    .replace('127.0.0.0/8', '0.0.0.0/0');
  const unbound = peers.write('inside.conf', config);
  const common = `--starttls-proto=xmpp --port 5222 --local-dns < /dev/null`;
  // gnutls-cli reads what arrives as one piece: where the stream's head comes in two, it fails and is asked again.
  const patient = (command: string): string =>
    `for i in 1 2 3 4 5 6; do ${command} > out 2>&1; grep -q "<proceed\\|onnection refused" out || break; sleep 0.5; done; cat out`;
  const script = `ip link set lo up && ip addr add ${INSIDE_AT}/32 dev lo || exit 9
mount --bind ${resolv} /etc/resolv.conf && mount --bind ${key} /usr/share/dns/root.key || exit 9
cd ${peers.mkdir('inside')}
named -g -c ${at('auth.conf')} > named.log 2>&1 &
unbound -d -c ${unbound} > unbound.log 2>&1 &
prosody --config ${at('prosody.cfg.lua')} -F > prosody.log 2>&1 &
for i in $(seq 60); do dig +short +time=1 +tries=1 ${domain} | grep -q 127 && break; sleep 0.2; done
for i in $(seq 60); do openssl s_client -starttls xmpp -xmpphost ${domain} -connect ${domain}:5222 < /dev/null 2>&1 | grep -q BEGIN && break; sleep 0.2; done
echo "== gnutls-cli"; ${patient(`gnutls-cli --dane --no-ca-verification ${domain} ${common}`)}
echo "== danetool"; ${patient(`danetool --check ${domain} ${common}`)}
`;
  const { text } = await say('unshare', ['-mnpf', '--kill-child', '--mount-proc', 'sh', '-c', script]);
  const [, gnutls = '', danetool = ''] = text.split(/^== .*$/m);
  return {
    gnutls: !gnutls.includes('Got a certificate') ? null : gnutls.includes('Handshake was completed'),
    danetool: !danetool.includes('Verification:') ? null : danetool.includes('Certificate matches'),
    text,
  };
}

async function records(name: string, type: string): Promise<readonly string[]> {
  // CD: the records also where Unbound holds them for bogus, so that the servers can still be asked.
  const { text } = await say('dig', [`@${RESOLVER_AT}`, '+short', '+cd', '+timeout=5', name, type]);
  return text.split('\n').filter((line) => line !== '' && !line.startsWith(';') && !/^\S+\.$/.test(line));
}

async function aliases(name: string): Promise<readonly string[]> {
  const { text } = await say('dig', [`@${RESOLVER_AT}`, '+short', '+cd', '+timeout=5', name, 'A']);
  return text.split('\n').flatMap((line) => (/^\S+\.$/.test(line) ? [line.slice(0, -1)] : []));
}

function worst(all: readonly Opinion[]): Opinion {
  return all.includes('bogus') ? 'bogus' : all.includes('insecure') ? 'insecure' : 'secure';
}
