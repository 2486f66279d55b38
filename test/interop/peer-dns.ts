/**
 * peer-dns.ts: a small public DNS of real servers: BIND serves the root and most zones, Knot signs and serves others,
 * Unbound, BIND and Knot Resolver resolve from the root on.
 *
 * In:   zones as text, how each is signed and then broken
 * Out:  name servers on port 53 of loopback addresses; the root's DS lines; resolvers' URLs
 * Not:  what the zones say (world-*.test.ts)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { havePeers } from './dnssec-peers.ts';
import { freePort, make, type Peers } from './peers.ts';

/** Where this DNS is: BIND listens on addresses of interfaces only; the resolver's is for resolv.conf. */
export const BIND_AT = '127.0.0.1';
export const KNOT_AT = '127.53.0.2';
export const RESOLVER_AT = '127.53.0.3';
const KRESD_AT = '127.53.0.4';

export type PeerZone = {
  readonly name: string;
  /** Records, one a line, relative to the zone. */
  readonly lines: readonly string[];
  readonly signer: 'bind' | 'knot' | 'none';
  /** As dnssec-keygen names it; default ECDSAP256SHA256. */
  readonly algorithm?: string;
  /** For dnssec-signzone, e.g. `-3 abcd -H 3`; default NSEC. */
  readonly options?: readonly string[];
  /** Changes the signed zone's text. */
  readonly spoil?: (signed: string) => string;
  /** Changes the DS lines that the parent gets. */
  readonly spoilDs?: (ds: string) => string;
};

const HEAD = (at: string): string =>
  `$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 604800 300\n@ IN NS ns\nns IN A ${at}\n`;
/** BIND's names and Knot's for the same algorithms. */
const KNOT_NAME: Readonly<Record<string, string>> = {
  ECDSAP256SHA256: 'ecdsap256sha256',
  ED25519: 'ed25519',
  RSASHA256: 'rsasha256',
};

/** Signs and serves all zones below `example`, that one and the root. Returns the root's DS lines. */
export async function serveZones(peers: Peers, zones: readonly PeerZone[]): Promise<string> {
  const folder = peers.mkdir('zones');
  const parent: string[] = [];
  const bind: string[] = [];
  const knot = zones.filter((zone) => zone.signer === 'knot');
  const knotDs = knot.length === 0 ? new Map<string, string>() : await startKnot(peers, knot);
  for (const zone of zones) {
    const label = zone.name.replace(/\.example$/, '');
    const at = zone.signer === 'knot' ? KNOT_AT : BIND_AT;
    parent.push(`${label} IN NS ns.${label}`, `ns.${label} IN A ${at}`);
    let ds = knotDs.get(zone.name) ?? '';
    if (zone.signer !== 'knot') {
      const done = await sign(folder, zone);
      bind.push(`zone "${zone.name}" { type primary; file "${done.file}"; };`);
      ds = done.ds;
    }
    if (ds !== '') parent.push((zone.spoilDs ?? ((same: string) => same))(ds));
  }
  const example = await sign(folder, {
    name: 'example',
    lines: parent,
    signer: 'bind',
    options: ['-3', '-', '-H', '0'],
  });
  const root = await sign(folder, {
    name: '.',
    lines: ['example. IN NS ns.example.', `ns.example. IN A ${BIND_AT}`, example.ds],
    signer: 'bind',
  });
  bind.push(
    `zone "example" { type primary; file "${example.file}"; };`,
    `zone "." { type primary; file "${root.file}"; };`,
  );
  const config = peers.write(
    'auth.conf',
    `options { directory "${folder}"; listen-on port 53 { ${BIND_AT}; }; listen-on-v6 { none; }; recursion no; pid-file none; session-keyfile "${folder}/session"; dnssec-validation no; minimal-responses yes; check-integrity no; };\ncontrols { };\n${bind.join('\n')}\n`,
  );
  await peers.start('named', ['-g', '-c', config], { host: BIND_AT, port: 53 });
  return root.ds;
}

async function sign(folder: string, zone: PeerZone): Promise<{ readonly file: string; readonly ds: string }> {
  const label = zone.name === '.' ? 'root' : zone.name;
  const file = join(folder, `${label}.zone`);
  writeFileSync(file, `${HEAD(BIND_AT)}${zone.lines.join('\n')}\n`);
  if (zone.signer === 'none') return { file, ds: '' };
  const algorithm = zone.algorithm ?? 'ECDSAP256SHA256';
  const size = algorithm.startsWith('RSA') ? ['-b', '2048'] : [];
  const keys = join(folder, `keys-${label}`);
  await make('mkdir', ['-p', keys]);
  await make('dnssec-keygen', ['-q', '-K', keys, '-a', algorithm, ...size, '-f', 'KSK', zone.name]);
  await make('dnssec-keygen', ['-q', '-K', keys, '-a', algorithm, ...size, zone.name]);
  const signed = `${file}.signed`;
  await make('dnssec-signzone', [
    '-q',
    '-S',
    '-P',
    '-O',
    'full',
    '-K',
    keys,
    '-d',
    folder,
    '-o',
    zone.name,
    ...(zone.options ?? []),
    '-f',
    signed,
    file,
  ]);
  const ds = await make('dnssec-dsfromkey', ['-2', '-f', signed, zone.name]);
  if (zone.spoil !== undefined) writeFileSync(signed, zone.spoil(readFileSync(signed, 'utf8')));
  return { file: signed, ds: ds.trim() };
}

async function startKnot(peers: Peers, zones: readonly PeerZone[]): Promise<ReadonlyMap<string, string>> {
  const folder = peers.mkdir('knot');
  const policies = zones.map(
    ({ name, algorithm = 'ECDSAP256SHA256', options }) =>
      `  - id: "${name}"\n    algorithm: ${KNOT_NAME[algorithm] ?? algorithm}\n    manual: on\n    nsec3: ${options === undefined ? 'off' : 'on'}\n    nsec3-iterations: 0\n`,
  );
  const served = zones.map(
    ({ name, lines }) =>
      `  - domain: "${name}"\n    file: "${peers.write(`knot/${name}.zone`, `${HEAD(KNOT_AT)}${lines.join('\n')}\n`)}"\n    dnssec-signing: on\n    dnssec-policy: "${name}"\n    zonefile-sync: -1\n    journal-content: none\n`,
  );
  const config = peers.write(
    'knot.conf',
    `server:\n    rundir: "${folder}"\n    listen: ${KNOT_AT}@53\n    identity: ""\ndatabase:\n    storage: "${folder}"\nlog:\n  - target: stderr\n    any: warning\npolicy:\n${policies.join('')}zone:\n${served.join('')}`,
  );
  const ds = new Map<string, string>();
  for (const { name, algorithm = 'ECDSAP256SHA256' } of zones) {
    const size = algorithm.startsWith('RSA') ? ['size=2048'] : [];
    const key = [`algorithm=${KNOT_NAME[algorithm] ?? algorithm}`, ...size];
    await make('keymgr', ['-c', config, name, 'generate', ...key, 'ksk=yes', 'zsk=no']);
    await make('keymgr', ['-c', config, name, 'generate', ...key, 'ksk=no', 'zsk=yes']);
    // Digest 2 (SHA-256) alone; keymgr prints others too.
    const all = await make('keymgr', ['-c', config, name, 'ds']);
    ds.set(
      name,
      all
        .split('\n')
        .filter((line) => / DS \d+ \d+ 2 /.test(line))
        .join('\n'),
    );
  }
  await peers.start('knotd', ['-c', config], { host: KNOT_AT, port: 53 });
  return ds;
}

/** URLs by name. BIND validates nothing; Knot Resolver is there where it is installed. */
export type Resolvers = Readonly<Record<string, string>> & { readonly bind: string };

/** Starts Unbound and Knot Resolver with every transport, and a recursive BIND; `tls` is a certificate for `dns.example`. */
export async function startResolvers(
  peers: Peers,
  anchors: string,
  tls: { readonly cert: string; readonly key: string },
): Promise<Resolvers> {
  const hints = peers.write('root.hints', `. 3600 IN NS ns.\nns. 3600 IN A ${BIND_AT}\n`);
  const anchorFile = peers.write('root.ds', `${anchors}\n`);
  const cert = peers.write('dns.crt', tls.cert);
  const key = peers.write('dns.key', tls.key);
  const [dot, doh] = [await freePort(RESOLVER_AT), await freePort(RESOLVER_AT)];
  const unbound = peers.write(
    'unbound.conf',
    `server:
  directory: "${peers.folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  do-ip6: no
  interface: ${RESOLVER_AT}@53
  interface: ${RESOLVER_AT}@${dot}
  interface: ${RESOLVER_AT}@${doh}
  tls-port: ${dot}
  https-port: ${doh}
  tls-service-key: "${key}"
  tls-service-pem: "${cert}"
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  root-hints: "${hints}"
  trust-anchor-file: "${anchorFile}"
  module-config: "validator iterator"
  infra-host-ttl: 0
  qname-minimisation: no
  harden-below-nxdomain: no
  aggressive-nsec: no
remote-control:
  control-enable: no
`,
  );
  await peers.start('unbound', ['-d', '-c', unbound], { host: RESOLVER_AT, port: 53 });
  const recursive = await freePort();
  const named = peers.write(
    'recursive.conf',
    `options { directory "${peers.mkdir('recursive')}"; listen-on port ${recursive} { 127.0.0.1; }; listen-on-v6 { none; }; recursion yes; allow-query { any; }; pid-file none; session-keyfile "${peers.folder}/session2"; dnssec-validation no; empty-zones-enable no; qname-minimization off; };\ncontrols { };\nzone "." { type hint; file "${hints}"; };\n`,
  );
  await peers.start('named', ['-g', '-c', named], { host: '127.0.0.1', port: recursive });
  return {
    udp: `udp://${RESOLVER_AT}`,
    tcp: `tcp://${RESOLVER_AT}`,
    tls: `tls://dns.example:${dot}#${RESOLVER_AT}`,
    https: `https://dns.example:${doh}/dns-query#${RESOLVER_AT}`,
    bind: `udp://127.0.0.1:${recursive}`,
    ...(havePeers('kresd') ? await startKresd(peers, { cert, key }) : {}),
  };
}

/** The same Unbound again, but one that validates although CD=1 was asked: what it holds for bogus is SERVFAIL. */
export async function startStubborn(peers: Peers): Promise<string> {
  const port = await freePort(RESOLVER_AT);
  const own = `server:\n  interface: ${RESOLVER_AT}@${port}\n  ignore-cd-flag: yes\n`;
  const text = readFileSync(join(peers.folder, 'unbound.conf'), 'utf8')
    .replace(/^ {2}(?:interface|tls-|https-).*\n/gm, '')
    .replace('server:\n', own);
  await peers.start('unbound', ['-d', '-c', peers.write('stubborn.conf', text)], { host: RESOLVER_AT, port });
  return `udp://${RESOLVER_AT}:${port}`;
}

async function startKresd(
  peers: Peers,
  tls: { readonly cert: string; readonly key: string },
): Promise<Readonly<Record<string, string>>> {
  const [plain, dot, doh] = [await freePort(KRESD_AT), await freePort(KRESD_AT), await freePort(KRESD_AT)];
  // Its keeping of the root's keys and servers is for the real root.
  const unwanted = ['ta_update', 'ta_signal_query', 'priming', 'detect_time_jump'];
  const config = peers.write(
    'kresd.conf',
    `net.ipv6 = false
net.listen('${KRESD_AT}', ${plain}, { kind = 'dns' })
net.listen('${KRESD_AT}', ${dot}, { kind = 'tls' })
net.listen('${KRESD_AT}', ${doh}, { kind = 'doh2' })
net.tls('${tls.cert}', '${tls.key}')
modules = { 'hints > iterate' }
hints.root({ ['ns.'] = '${BIND_AT}' })
cache.size = 10 * MB
${unwanted.map((name) => `modules.unload('${name}')`).join('\n')}
`,
  );
  await peers.start('kresd', ['-n', '-q', '-c', config, peers.mkdir('kresd')], {
    host: KRESD_AT,
    port: plain,
  });
  return {
    'kresd udp': `udp://${KRESD_AT}:${plain}`,
    'kresd tls': `tls://dns.example:${dot}#${KRESD_AT}`,
    'kresd https': `https://dns.example:${doh}/dns-query#${KRESD_AT}`,
  };
}
