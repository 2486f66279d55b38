/**
 * peer-servers.ts: Prosody, ejabberd and nginx with a certificate for each of their hosts.
 *
 * In:   host names with certificates; documents
 * Out:  servers on the usual ports of loopback addresses
 * Not:  DNS (peer-dns.ts)
 */
import type { Issued } from '../../electron/demo/certificate.ts';
import { make, say, type Peers } from './peers.ts';

export const PROSODY_AT = '127.20.0.1';
export const EJABBERD_AT = '127.20.0.2';
export const NGINX_AT = '127.20.0.3';

export type PeerHost = {
  readonly name: string;
  readonly certificate: Issued;
  /** In place of the certificate's own chain, PEM. */
  readonly chainPem?: string;
};

/** Prosody 0.12: STARTTLS on 5222 and 5269, direct TLS on 5223. The first host answers where no name was said. */
export async function startProsody(peers: Peers, hosts: readonly PeerHost[]): Promise<void> {
  const data = peers.mkdir('prosody');
  const first = `${data}/${hosts[0]?.name ?? ''}`;
  const virtual = hosts.map(({ name, certificate, chainPem }) => {
    const cert = peers.write(`prosody/${name}.crt`, chainPem ?? certificate.chainPem);
    const key = peers.write(`prosody/${name}.key`, certificate.keyPem);
    return `VirtualHost "${name}"\n  ssl = { certificate = "${cert}", key = "${key}" }\n`;
  });
  const config = peers.write(
    'prosody.cfg.lua',
    `run_as_root = true
daemonize = false
pidfile = "${data}/pid"
data_path = "${data}"
admins = {}
modules_enabled = { "saslauth", "tls", "disco" }
modules_disabled = { "posix" }
interfaces = { "${PROSODY_AT}" }
c2s_require_encryption = true
s2s_require_encryption = true
s2s_secure_auth = false
c2s_direct_tls_ports = { 5223 }
c2s_direct_tls_ssl = { certificate = "${first}.crt", key = "${first}.key" }
certificates = "${data}"
authentication = "internal_hashed"
log = { warn = "*console" }
${virtual.join('')}`,
  );
  await peers.start('prosody', ['--config', config, '-F'], { host: PROSODY_AT, port: 5222 });
  // It listens before it has loaded all its hosts, and answers after.
  await say('openssl', [
    's_client',
    '-starttls',
    'xmpp',
    '-xmpphost',
    hosts[0]?.name ?? '',
    '-connect',
    `${PROSODY_AT}:5222`,
  ]);
}

/** ejabberd 23.01: STARTTLS on 5222 and 5269. It picks the certificate by its names. */
export async function startEjabberd(peers: Peers, hosts: readonly PeerHost[]): Promise<void> {
  const spool = peers.mkdir('ejabberd');
  const files = hosts.map(({ name, certificate, chainPem }) =>
    peers.write(`ejabberd/${name}.pem`, certificate.keyPem + (chainPem ?? certificate.chainPem)),
  );
  const config = peers.write(
    'ejabberd.yml',
    `hosts:
${hosts.map(({ name }) => `  - "${name}"\n`).join('')}loglevel: warning
certfiles:
${files.map((file) => `  - "${file}"\n`).join('')}listen:
  - port: 5222
    ip: "${EJABBERD_AT}"
    module: ejabberd_c2s
    starttls_required: true
  - port: 5269
    ip: "${EJABBERD_AT}"
    module: ejabberd_s2s_in
s2s_use_starttls: required
acme:
  auto: false
modules:
  mod_disco: {}
`,
  );
  const paths = (
    await make('sh', ['-c', 'ls -d /usr/lib/*/ejabberd-*/ebin /usr/lib/ejabberd*/ebin 2>/dev/null | head -1'])
  ).trim();
  // Erlang without its network of nodes: no other port is opened.
  const args = ['-noinput', '-pa', paths, '-mnesia', 'dir', `"${spool}/db"`];
  const ejabberd = ['-ejabberd', 'config', `"${config}"`, 'log_path', `"${spool}/ejabberd.log"`];
  await peers.start('erl', [...args, ...ejabberd, '-s', 'ejabberd'], { host: EJABBERD_AT, port: 5222 });
}

export type PeerSite = PeerHost & { readonly documents: Readonly<Record<string, string>> };

/** nginx with TLS on 443, a site for each name (by SNI). */
export async function startNginx(peers: Peers, sites: readonly PeerSite[]): Promise<void> {
  const data = peers.mkdir('nginx');
  const servers = sites.map(({ name, certificate, chainPem, documents }) => {
    const cert = peers.write(`nginx/${name}.crt`, chainPem ?? certificate.chainPem);
    const key = peers.write(`nginx/${name}.key`, certificate.keyPem);
    peers.mkdir(`nginx/${name}/.well-known/posh`);
    for (const [path, text] of Object.entries(documents))
      peers.write(`nginx/${name}/.well-known/${path}`, text);
    return `server { listen ${NGINX_AT}:443 ssl http2; server_name ${name}; ssl_certificate ${cert}; ssl_certificate_key ${key}; root ${data}/${name}; default_type application/octet-stream; location ~ \\.json$ { default_type application/json; } }\n`;
  });
  const config = peers.write(
    'nginx.conf',
    `daemon off;\npid ${data}/pid;\nerror_log stderr warn;\nevents { }\nhttp { access_log off; client_body_temp_path ${data}/body; proxy_temp_path ${data}/proxy; fastcgi_temp_path ${data}/fastcgi; uwsgi_temp_path ${data}/uwsgi; scgi_temp_path ${data}/scgi;\n${servers.join('')}}\n`,
  );
  await peers.start('nginx', ['-c', config, '-p', data, '-e', 'stderr'], { host: NGINX_AT, port: 443 });
}
