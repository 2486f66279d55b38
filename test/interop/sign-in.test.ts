/**
 * sign-in.test.ts: signing in to Prosody and ejabberd with every mechanism that they offer, through a verdict.
 *
 * In:   Prosody 0.12, ejabberd 23.01, if this machine has them
 * Out:  our SCRAM and channel binding beside theirs
 * Not:  tls-exporter and SASL2, which these versions do not know (test/account)
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCheck } from '../../electron/check.ts';
import { makeCa } from '../../electron/demo/certificate.ts';
import { parseRequest } from '../../electron/options.ts';
import { signIn } from '../../electron/sign-in.ts';
import { openWorld } from '../../electron/world.ts';
import { NO_PINS } from '../../shared/pin.ts';
import type { Report } from '../../shared/report.ts';
import type { SignInResult } from '../../shared/sign-in.ts';
import { freePort, make, startPeers, type Peers } from './peers.ts';

const PASSWORD = 'second breakfast';
const ca = makeCa({ name: 'Interop CA', now: Date.now() });
const required = process.env['MELLON_REQUIRE_PEERS'] === '1';
const has = (path: string): boolean => required || existsSync(path);
const world = openWorld({ pins: () => NO_PINS });
const never = new AbortController().signal;

async function checkOf(jid: string, port: number): Promise<Report> {
  const request = parseRequest({
    input: jid,
    connect: `127.0.0.1:${port}`,
    // Nobody listens there: the host is typed by hand, and nothing else needs DNS.
    resolvers: ['udp://127.0.0.1:9'],
    ca: [{ name: 'interop', pem: ca.pem }],
    roots: ['files'],
    allowPrivate: true,
    timeoutSeconds: 5,
  });
  if (!request.ok) throw new Error(request.problem.text);
  const report = await runCheck(request.value, world, () => undefined, never);
  expect(report?.verdict).toMatchObject({ outcome: 'auto-accept', by: 'pkix' });
  if (report === null) throw new Error('cancelled');
  return report;
}

async function enter(
  jid: string,
  port: number,
  more: { readonly password?: string; readonly allowPlain?: boolean } = {},
): Promise<SignInResult> {
  const report = await checkOf(jid, port);
  const ask = {
    report,
    local: 'bilbo',
    password: PASSWORD,
    allowPlain: false,
    pins: NO_PINS,
    world,
    ...more,
  };
  return signIn(ask, () => undefined, never);
}

/** A host for each mechanism: all others are switched off there. */
const PROSODY: Readonly<
  Record<string, { readonly lua: string; readonly expected: string; readonly binding: string | null }>
> = {
  'all.example': { lua: '', expected: 'SCRAM-SHA-256', binding: null },
  'twelve.example': {
    lua: 'ssl.protocol = "tlsv1_2"',
    expected: 'SCRAM-SHA-256-PLUS',
    binding: 'tls-unique',
  },
  'sha1plus.example': {
    lua: 'ssl.protocol = "tlsv1_2"; disable_sasl_mechanisms = { "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256" }',
    expected: 'SCRAM-SHA-1-PLUS',
    binding: 'tls-unique',
  },
  'sha1.example': {
    lua: 'disable_sasl_mechanisms = { "SCRAM-SHA-256" }',
    expected: 'SCRAM-SHA-1',
    binding: null,
  },
  'hashed1.example': { lua: 'authentication = "internal_hashed"', expected: 'SCRAM-SHA-1', binding: null },
  'hashed256.example': {
    lua: 'authentication = "internal_hashed"; password_hash = "SHA-256"',
    expected: 'SCRAM-SHA-256',
    binding: null,
  },
  'plain.example': {
    lua: 'disable_sasl_mechanisms = { "SCRAM-SHA-256", "SCRAM-SHA-1" }',
    expected: 'PLAIN',
    binding: null,
  },
};

describe.skipIf(!has('/usr/bin/prosody'))('Prosody', () => {
  let peers: Peers;
  let port = 0;
  beforeAll(async () => {
    peers = startPeers();
    port = await freePort();
    const data = peers.mkdir('prosody');
    const hosts = Object.entries(PROSODY).map(([name, { lua }]) => {
      const issued = ca.issue({ now: Date.now(), names: { dns: [name] } });
      const crt = peers.write(`${name}.crt`, issued.chainPem);
      const key = peers.write(`${name}.key`, issued.keyPem);
      const folder = `prosody/${name.replaceAll('.', '%2e')}`;
      peers.mkdir(folder);
      peers.mkdir(`${folder}/accounts`);
      peers.write(`${folder}/accounts/bilbo.dat`, `return { ["password"] = "${PASSWORD}"; };\n`);
      const ssl = `certificate = "${crt}"; key = "${key}";`;
      // Options of a host are not tables to be changed later: the protocol goes into the table itself.
      const protocol = /ssl\.protocol = ("[^"]+")/.exec(lua)?.[1];
      const rest = lua.replace(/ssl\.protocol = "[^"]+";?/, '');
      return `VirtualHost "${name}"\n  ssl = { ${ssl} ${protocol === undefined ? '' : `protocol = ${protocol};`} }\n  ${rest.replaceAll(';', '\n  ')}\n`;
    });
    const config = peers.write(
      'prosody.cfg.lua',
      `run_as_root = true
daemonize = false
pidfile = "${data}/pid"
data_path = "${data}"
modules_enabled = { "saslauth", "tls", "disco", "ping", "roster" }
modules_disabled = { "posix", "s2s" }
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
s2s_ports = { }
c2s_require_encryption = true
authentication = "internal_plain"
log = { warn = "*console" }
${hosts.join('')}`,
    );
    await peers.start('prosody', ['--config', config, '-F'], { host: '127.0.0.1', port });
  }, 90_000);
  afterAll(() => peers.stop());

  it.each(Object.entries(PROSODY))('%s', async (name, { expected, binding }) => {
    const result = await enter(`bilbo@${name}`, port, { allowPlain: expected === 'PLAIN' });
    expect(result).toMatchObject({ outcome: 'signed-in', mechanism: expected, channelBinding: binding });
    expect(result.jid).toMatch(new RegExp(`^bilbo@${name}/.`));
    expect(result.roundTripMs).toBeGreaterThan(0);
  });

  it('a wrong password and an unknown account are not accepted, by SCRAM and PLAIN', async () => {
    expect((await enter('bilbo@all.example', port, { password: 'x' })).code).toBe('not-authorized');
    expect((await enter('bilbo@hashed256.example', port, { password: 'x' })).code).toBe('not-authorized');
    expect((await enter('bilbo@plain.example', port, { password: 'x', allowPlain: true })).code).toBe(
      'not-authorized',
    );
    expect((await enter('bilbo@plain.example', port)).code).toBe('plain-needs-consent');
    const report = await checkOf('sauron@all.example', port);
    const ask = { report, local: 'sauron', password: 'x', allowPlain: false, pins: NO_PINS, world };
    expect((await signIn(ask, () => undefined, never)).code).toBe('not-authorized');
  });
});

describe.skipIf(!has('/usr/sbin/ejabberdctl'))('ejabberd', () => {
  let peers: Peers;
  let port = 0;
  let oldPort = 0;
  const hosts = {
    'ejabberd.example': '',
    'sha256.example': 'sha256',
    'sha512.example': 'sha512',
    'sha.example': 'sha',
    'twelve512.example': 'sha512',
    'twelve256.example': 'sha256',
    'twelve1.example': 'sha',
  };
  beforeAll(async () => {
    peers = startPeers();
    port = await freePort();
    oldPort = await freePort();
    const spool = peers.mkdir('ejabberd');
    const files = Object.keys(hosts).map((name) => {
      const issued = ca.issue({ now: Date.now(), names: { dns: [name] } });
      return peers.write(`${name}.pem`, issued.keyPem + issued.chainPem);
    });
    const perHost = Object.entries(hosts)
      .filter(([, hash]) => hash !== '')
      .map(([name, hash]) => `  "${name}":\n    auth_password_format: scram\n    auth_scram_hash: ${hash}\n`);
    const config = peers.write(
      'ejabberd.yml',
      `hosts:
${Object.keys(hosts)
  .map((name) => `  - "${name}"\n`)
  .join('')}loglevel: warning
auth_method: internal
certfiles:
${files.map((file) => `  - "${file}"\n`).join('')}host_config:
${perHost.join('')}listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    starttls_required: true
  - port: ${oldPort}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    starttls_required: true
    protocol_options: [no_sslv3, no_tlsv1, no_tlsv1_1, no_tlsv1_3]
acme:
  auto: false
modules:
  mod_disco: {}
  mod_ping: {}
`,
    );
    const ebin = (
      await make('sh', [
        '-c',
        'ls -d /usr/lib/*/ejabberd-*/ebin /usr/lib/ejabberd*/ebin 2>/dev/null | head -1',
      ])
    ).trim();
    const register = Object.keys(hosts)
      .map((name) => `ok = ejabberd_auth:try_register(<<"bilbo">>, <<"${name}">>, <<"${PASSWORD}">>)`)
      .join(', ');
    const ready = join(spool, 'ready');
    await peers.start(
      'erl',
      [
        ...['-noinput', '-pa', ebin, '-mnesia', 'dir', `"${spool}/db"`],
        ...['-ejabberd', 'config', `"${config}"`, 'log_path', `"${spool}/ejabberd.log"`],
        ...['-s', 'ejabberd', '-eval', `${register}, file:write_file("${ready}", <<>>).`],
      ],
      { host: '127.0.0.1', port },
    );
    await vi.waitUntil(() => existsSync(ready), { timeout: 20_000 });
  }, 120_000);
  afterAll(() => peers.stop());

  it.each([
    ['ejabberd.example', 'SCRAM-SHA-512'],
    ['sha512.example', 'SCRAM-SHA-512'],
    ['sha256.example', 'SCRAM-SHA-256'],
    ['sha.example', 'SCRAM-SHA-1'],
  ])('%s: it offers PLUS under TLS 1.3, but knows no kind for it: %s without', async (name, expected) => {
    const result = await enter(`bilbo@${name}`, port);
    expect(result).toMatchObject({ outcome: 'signed-in', mechanism: expected, channelBinding: null });
    expect(result.steps.map((step) => step.id)).toContain('binding-refused');
  });

  it.each([
    ['twelve512.example', 'SCRAM-SHA-512-PLUS'],
    ['twelve256.example', 'SCRAM-SHA-256-PLUS'],
    ['twelve1.example', 'SCRAM-SHA-1-PLUS'],
  ])('%s: %s with tls-unique under TLS 1.2', async (name, expected) => {
    const result = await enter(`bilbo@${name}`, oldPort);
    expect(result).toMatchObject({ outcome: 'signed-in', mechanism: expected, channelBinding: 'tls-unique' });
  });

  it('a wrong password is not accepted', async () => {
    expect((await enter('bilbo@sha256.example', port, { password: 'x' })).code).toBe('not-authorized');
    expect((await enter('bilbo@twelve256.example', oldPort, { password: 'x' })).code).toBe('not-authorized');
  });
});
