/**
 * dnssec-peers.ts: other people's validators and signers, asked on loopback.
 *
 * In:   a DNS server's port, anchors, a question
 * Out:  what delv (BIND) and unbound-host (Unbound) say of it; answers fetched over TCP; zones signed and served by BIND
 * Not:  comparing (dnssec.test.ts)
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Question } from '../../shared/observation.ts';
import { decodeMessage } from '../../electron/wire/dns-message.ts';
import type { DnsMessage } from '../../electron/wire/dns-message.ts';
import { encodeQuery } from '../../electron/wire/dns-write.ts';

const run = promisify(execFile);

export type Opinion = 'secure' | 'insecure' | 'bogus';

/** Whether a program is there; where MELLON_REQUIRE_PEERS is 1 it must be. */
export function havePeers(...names: readonly string[]): boolean {
  const folders = (process.env['PATH'] ?? '').split(':').concat('/usr/sbin', '/usr/bin');
  const there = names.every((name) => folders.some((folder) => existsSync(join(folder, name))));
  if (!there && process.env['MELLON_REQUIRE_PEERS'] === '1')
    throw new Error(`${names.join(', ')} must be installed`);
  return there;
}

/** Configuration files for both validators in `folder`; returns how to ask them. */
export function openPeers(
  folder: string,
  port: number,
  anchors: string,
): { delv(question: Question): Promise<Opinion>; unbound(question: Question): Promise<Opinion> } {
  const anchorFile = join(folder, 'anchors');
  const delvFile = join(folder, 'delv.conf');
  const unboundFile = join(folder, 'unbound.conf');
  writeFileSync(anchorFile, anchors);
  const lines = anchors
    .trim()
    .split('\n')
    .map((line) => {
      const [, , , tag, algorithm, digest, hex] = line.split(' ');
      return `"." static-ds ${tag ?? ''} ${algorithm ?? ''} ${digest ?? ''} "${hex ?? ''}";`;
    });
  writeFileSync(delvFile, `trust-anchors { ${lines.join(' ')} };\n`);
  writeFileSync(
    unboundFile,
    `server:\n  module-config: "validator iterator"\n  do-not-query-localhost: no\n  trust-anchor-file: "${anchorFile}"\n` +
      `  chroot: ""\n  username: ""\n  do-ip6: no\n  val-log-level: 0\nforward-zone:\n  name: "."\n  forward-addr: 127.0.0.1@${port}\n`,
  );
  return {
    async delv({ name, type }) {
      const args = ['@127.0.0.1', '-p', String(port), '-a', delvFile, '+root=.', `${name}.`, type];
      const { stdout, stderr } = await run('delv', args, { timeout: 15_000 }).catch(outputOf);
      const text = stdout + stderr;
      if (/^;.*unsigned answer/m.test(text)) return 'insecure';
      return /^;.*fully validated/m.test(text) && !/RRSIG failed|broken trust|no valid/.test(text)
        ? 'secure'
        : 'bogus';
    },
    async unbound({ name, type }) {
      const args = ['-C', unboundFile, '-v', '-t', type, `${name}.`];
      const { stdout, stderr } = await run('unbound-host', args, { timeout: 15_000 }).catch(outputOf);
      const text = stdout + stderr;
      if (/BOGUS|SERVFAIL/.test(text)) return 'bogus';
      if (text.includes('(insecure)')) return 'insecure';
      return text.includes('(secure)') ? 'secure' : 'bogus';
    },
  };
}

/** One answer over TCP, or undefined. */
export async function fetchAnswer({ name, type }: Question, port: number): Promise<DnsMessage | undefined> {
  const query = encodeQuery({ name, type, id: 7, dnssec: true, udpSize: 1232 });
  const bytes = await new Promise<Buffer>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(Buffer.concat([Uint8Array.of(query.length >> 8, query.length & 255), query]));
    });
    let all = Buffer.alloc(0);
    socket.on('data', (part) => {
      all = Buffer.concat([all, part]);
      if (all.length >= 2 && all.length >= 2 + all.readUInt16BE(0)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(all.subarray(2)));
  });
  const message = decodeMessage(bytes);
  if (!message.ok) return undefined;
  return message.value.rcode === 0 || message.value.rcode === 3 ? message.value : undefined;
}

export type PlainZone = {
  readonly name: string;
  readonly text: string;
  readonly algorithm: string;
  readonly nsec3?: string;
};

/** Signs plain zones with BIND's tools, children first, and serves them all; returns the root's DS lines. */
export async function serveWithBind(
  folder: string,
  port: number,
  zones: readonly PlainZone[],
): Promise<{ readonly anchors: string; readonly named: ChildProcess }> {
  let config = `options { directory "${folder}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; pid-file none; session-keyfile "${folder}/session"; dnssec-validation no; };\ncontrols { };\n`;
  let anchors = '';
  for (const { name, text, algorithm, nsec3 } of zones) {
    const label = name === '.' ? 'root' : name;
    const keys = join(folder, `keys-${label}`);
    mkdirSync(keys);
    const file = join(folder, `${label}.zone`);
    writeFileSync(file, text);
    let served = file;
    if (algorithm !== '') {
      const size = algorithm.startsWith('RSA') ? ['-b', '2048'] : [];
      await run('dnssec-keygen', ['-q', '-K', keys, '-a', algorithm, ...size, '-f', 'KSK', name]);
      await run('dnssec-keygen', ['-q', '-K', keys, '-a', algorithm, ...size, name]);
      served = `${file}.signed`;
      const denial = nsec3 === undefined ? [] : nsec3.split(' ');
      await run(
        'dnssec-signzone',
        ['-q', '-S', '-g', '-K', keys, '-d', folder, '-o', name, ...denial, '-f', served, file],
        { cwd: folder },
      );
      if (name === '.') {
        const { stdout } = await run('sh', ['-c', `dnssec-dsfromkey -2 -f ${served} .`]);
        anchors = stdout;
      }
    }
    config += `zone "${name}" { type primary; file "${served}"; };\n`;
  }
  writeFileSync(join(folder, 'named.conf'), config);
  const named = spawn('named', ['-g', '-c', join(folder, 'named.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    named.stderr.on('data', (part: Buffer) => {
      log += part.toString();
      if (/ running$/m.test(log)) resolve();
    });
    named.on('exit', () => reject(new Error(log)));
  });
  return { anchors, named };
}

function outputOf(error: unknown): { stdout: string; stderr: string } {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
  return { stdout, stderr };
}
