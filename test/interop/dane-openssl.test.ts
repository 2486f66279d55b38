/**
 * dane-openssl.test.ts: our DANE result beside `openssl s_client -dane_tlsa_domain -dane_tlsa_rrdata`, case by case.
 *
 * In:   a loopback TLS server that sends exactly the chain of the case; the same records for both
 * Out:  both agree in every case
 * Not:  DNS (openssl takes the records from its command line)
 */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { makeCa, selfSigned, type Issued } from '../../electron/demo/certificate.ts';
import { judgeDane } from '../../electron/trust/dane.ts';
import { openStore } from '../../electron/trust/stores.ts';
import { applying, HOST, NOW, SOURCE, tlsa, tlsaOf } from '../trust/dane-world.ts';
import type { Rr } from '../../electron/wire/dns-message.ts';

const DAY = 86_400_000;
const root = makeCa({ now: NOW, name: 'Root' });
const middle = root.issue({ now: NOW, isCa: true, ku: ['keyCertSign'], names: { cn: 'Middle' } });
const leaf = middle.issue({ now: NOW, names: { dns: [HOST] } });
const stranger = makeCa({ now: NOW, name: 'Stranger' });
const own = selfSigned({ now: NOW, names: { dns: [HOST] } });
const old = selfSigned({ now: NOW, names: { dns: ['x.example'] }, notAfter: NOW - DAY / 2 });
const elsewhere = middle.issue({ now: NOW, names: { dns: ['mordor.example'] } });
const late = middle.issue({ now: NOW, names: { dns: [HOST] }, notAfter: NOW - DAY / 2 });
const oldCa = makeCa({ now: NOW, name: 'Old', notAfter: NOW - DAY / 2 });
const underOld = oldCa.issue({ now: NOW, names: { dns: [HOST] } });
const noCa = selfSigned({ now: NOW, isCa: false, names: { cn: 'No CA' } });
const underNoCa = noCa.issue({ now: NOW, names: { dns: [HOST] } });
const narrow = makeCa({ now: NOW, name: 'Narrow', pathLen: 0 });
const below = narrow.issue({ now: NOW, isCa: true, ku: ['keyCertSign'], names: { cn: 'Below' } });
const tooDeep = below.issue({ now: NOW, names: { dns: [HOST] } });
const wild = middle.issue({ now: NOW, names: { dns: ['*.hosting.example'] } });
const impostor = makeCa({ now: NOW, name: 'x', subject: [['CN', 'Middle']] });
const rsa = selfSigned({ now: NOW, key: 'rsa' });
const edwards = selfSigned({ now: NOW, key: 'ed25519' });

type Case = {
  readonly name: string;
  readonly leaf: Issued;
  readonly sent: readonly Issued[];
  readonly records: readonly Rr[];
};

const cases: Case[] = [];
const add = (name: string, records: readonly Rr[], server: Issued, sent: readonly Issued[]): void => {
  cases.push({ name, leaf: server, sent, records });
};
for (const usage of [0, 1, 2, 3]) {
  for (const selector of [0, 1]) {
    for (const matching of [0, 1, 2]) {
      const right = usage === 1 || usage === 3 ? leaf : middle;
      add(
        `${usage} ${selector} ${matching} match`,
        [tlsaOf(usage, selector, matching, right.certificate)],
        leaf,
        [middle],
      );
      add(
        `${usage} ${selector} ${matching} mismatch`,
        [tlsaOf(usage, selector, matching, stranger.certificate)],
        leaf,
        [middle],
      );
    }
  }
}
const of = (usage: number, selector: number, matching: number, issued: Issued): Rr[] => [
  tlsaOf(usage, selector, matching, issued.certificate),
];
add('DANE-EE expired, wrong name', of(3, 1, 1, old), old, []);
add('DANE-EE self-signed RSA', of(3, 0, 1, rsa), rsa, []);
add('DANE-EE self-signed Ed25519', of(3, 1, 2, edwards), edwards, []);
add('DANE-EE naming the issuer', of(3, 1, 1, middle), leaf, [middle]);
add('DANE-TA withheld', of(2, 0, 1, middle), leaf, []);
add('DANE-TA root withheld', of(2, 0, 1, root), leaf, [middle]);
add('DANE-TA root sent', of(2, 0, 1, root), leaf, [middle, root]);
add('DANE-TA reversed, with a stray', of(2, 1, 1, root), leaf, [stranger, root, middle]);
add('DANE-TA stray matches', of(2, 0, 1, stranger), leaf, [middle, stranger]);
add('DANE-TA in full, not sent', of(2, 0, 0, middle), leaf, []);
add('DANE-TA root in full, not sent', of(2, 0, 0, root), leaf, [middle]);
add('DANE-TA bare key, not sent', of(2, 1, 0, middle), leaf, []);
add('DANE-TA bare root key, not sent', of(2, 1, 0, root), leaf, [middle]);
add('DANE-TA bare key of a stranger', of(2, 1, 0, stranger), leaf, [middle]);
add('DANE-TA naming the leaf', of(2, 0, 1, own), own, []);
add('DANE-TA wrong name', of(2, 0, 1, middle), elsewhere, [middle]);
add('DANE-TA wildcard', of(2, 0, 1, middle), wild, [middle]);
add('DANE-TA leaf expired', of(2, 0, 1, middle), late, [middle]);
add('DANE-TA anchor expired', of(2, 0, 1, oldCa), underOld, [oldCa]);
add('DANE-TA anchor is no CA', of(2, 0, 1, noCa), underNoCa, [noCa]);
add('DANE-TA path too long', of(2, 0, 1, narrow), tooDeep, [below, narrow]);
add('DANE-TA same name, other key', of(2, 0, 1, impostor), leaf, [impostor]);
add('PKIX-EE wrong name', of(1, 1, 1, elsewhere), elsewhere, [middle]);
add('PKIX-EE unknown root', of(1, 1, 1, own), own, []);
add('PKIX-EE expired', of(1, 1, 1, late), late, [middle]);
add('PKIX-TA root from the store', of(0, 0, 1, root), leaf, [middle]);
add('PKIX-TA beside the path', of(0, 0, 1, stranger), leaf, [middle, stranger]);
add('PKIX-TA naming the leaf', of(0, 0, 1, leaf), leaf, [middle]);
add('PKIX-TA incomplete chain', of(0, 0, 1, root), leaf, []);
add('one of two', [...of(3, 1, 1, stranger), ...of(3, 1, 1, leaf)], leaf, []);
add('stronger digest elsewhere', [...of(3, 1, 1, leaf), ...of(3, 1, 2, stranger)], leaf, []);
add('stronger digest of another selector', [...of(3, 1, 1, leaf), ...of(3, 0, 2, stranger)], leaf, []);
add('in full beside a stronger digest', [...of(3, 1, 0, leaf), ...of(3, 1, 2, stranger)], leaf, []);
add('DANE-TA beside DANE-EE mismatch', [...of(3, 1, 1, stranger), ...of(2, 0, 1, middle)], leaf, [middle]);
add('PKIX-EE fails beside DANE-EE', [...of(1, 1, 1, own), ...of(3, 1, 1, own)], own, []);
add('an unusable record beside a match', [tlsa(3, 1, 1, new Uint8Array(20)), ...of(3, 1, 1, leaf)], leaf, []);
add(
  'an unusable record beside a mismatch',
  [tlsa(3, 0, 0, new Uint8Array(20)), ...of(3, 1, 1, stranger)],
  leaf,
  [],
);
add(
  'a key that is none beside a mismatch',
  [tlsa(3, 1, 0, createHash('sha512').digest()), ...of(3, 1, 1, stranger)],
  leaf,
  [],
);

const folder = mkdtempSync(join(tmpdir(), 'mellon-dane-'));
const caFile = join(folder, 'root.pem');
writeFileSync(caFile, root.pem);
const stores = [openStore('file root.pem', [root.der])];
const hasOpenssl = findOpenssl();

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasOpenssl && process.env['MELLON_REQUIRE_PEERS'] !== '1')('beside openssl s_client', () => {
  for (const one of cases) {
    it(one.name, async () => {
      const found = judgeDane({
        applies: applying(one.records),
        leaf: one.leaf.certificate,
        sent: one.sent.map((issued) => issued.certificate),
        stores,
        source: SOURCE,
        service: 'xmpp-client',
        host: HOST,
        now: NOW,
      });
      const theirs = (await askOpenssl(one)) === 0 ? 'open' : 'contradicted';
      expect(found.state).toBe(theirs);
    });
  }
});

/** OpenSSL's verify code for the case: 0 is acceptance. */
async function askOpenssl(one: Case): Promise<number> {
  const server = await listen(one);
  try {
    const { port } = server.address() as AddressInfo;
    const records = one.records.flatMap(({ rdata }) => [
      '-dane_tlsa_rrdata',
      `${[...rdata.subarray(0, 3)].join(' ')} ${Buffer.from(rdata.subarray(3)).toString('hex')}`,
    ]);
    const output = await run([
      ...['s_client', '-connect', `127.0.0.1:${port}`, '-servername', HOST, '-attime', String(NOW / 1000)],
      // OpenSSL checks names for DANE-EE unless told otherwise; RFC 7671 5.1 says that they do not matter.
      '-dane_ee_no_namechecks',
      ...['-CAfile', caFile, '-no-CApath', '-no-CAstore', '-dane_tlsa_domain', HOST],
      ...records,
    ]);
    const code = /Verify return code: (\d+)/.exec(output)?.[1];
    if (code === undefined) throw new Error(`openssl said nothing about the certificate:\n${output}`);
    return Number(code);
  } finally {
    server.close();
  }
}

function listen(one: Case): Promise<Server> {
  const cert = [one.leaf, ...one.sent].map((issued) => issued.pem).join('');
  const server = createServer({ cert, key: one.leaf.keyPem, maxVersion: 'TLSv1.2' }, (socket) => {
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile('openssl', args, { timeout: 10_000 }, (_problem, out, err) => resolve(out + err));
    child.stdin?.end();
  });
}

function findOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
