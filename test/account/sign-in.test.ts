/**
 * sign-in.test.ts: signing in through a verdict, from the check to the goodbye.
 *
 * In:   the demo realm
 * Out:  the rule (when nobody signs in), the second look at the certificate, the man in the middle, CAA, secrets
 * Not:  the exchange (talk.test.ts, hostile.test.ts)
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../electron/check.ts';
import { startRealm, type Realm } from '../../electron/demo-world.ts';
import type { Story } from '../../electron/demo/kit.ts';
import { srv } from '../../electron/demo/kit.ts';
import { STORIES } from '../../electron/demo/realm.ts';
import { withAccounts } from '../../electron/demo/sasl-server.ts';
import { BILBO } from '../../electron/demo/stories-account.ts';
import { openWorld } from '../../electron/world.ts';
import { NO_PINS, type PinView } from '../../shared/pin.ts';
import type { Report } from '../../shared/report.ts';
import { checkOf, enter } from './whole.ts';

const SECRET = 'sméagol keeps this secret 4711';
const wanted = [
  'shire.example',
  'orthanc.example',
  'bree.example',
  'mordor.example',
  'gondor.example',
  'erebor.example',
  'numenor.example',
  'osgiliath.example',
  'tombombadil.example',
  'dolguldur.example',
];
const caa = (value: string, tag = 'issue'): Uint8Array =>
  Buffer.concat([Buffer.from([0, tag.length]), Buffer.from(tag), Buffer.from(value)]);
let saidUnderTls = 0;
/** A domain with an account, and with whatever CAA records. */
const withCaa = (domain: string, unsigned: boolean, ...records: readonly Uint8Array[]): Story => ({
  domain,
  teaches: '',
  outcome: 'auto-accept',
  tell(kit) {
    const plan = srv(kit.zone(domain, { unsigned }), `xmpp.${domain}`);
    for (const record of records) plan.record('@', 257, record);
    const accounts = withAccounts({
      accounts: { [`frodo@${domain}`]: SECRET },
      mechanisms: ['SCRAM-SHA-256', 'PLAIN'],
    });
    const honest = accounts.behave?.['secured-header'];
    kit.server(plan, 'xmpp', 5222, {
      certificate: kit.issue({ dns: [domain] }),
      ...accounts,
      behave: {
        'secured-header': (peer, polite, words) => {
          saidUnderTls += 1;
          honest?.(peer, polite, words);
        },
      },
    });
  },
});
const own: readonly Story[] = [
  withCaa('account.example', false, caa('ca.example; accounturi=https://ca.example/acct/1')),
  withCaa(
    'authority.example',
    false,
    caa('ca.example; accounturi=https://ca.example/acct/1'),
    caa('other.example'),
  ),
  withCaa('nobody.example', false, caa(';')),
  withCaa('iodef.example', false, caa('mailto:a@b.example', 'iodef')),
  withCaa('unsigned.example', true, caa('ca.example; accounturi=https://ca.example/acct/1')),
];

let realm: Realm;
beforeAll(async () => {
  realm = await startRealm({ stories: [...STORIES.filter((s) => wanted.includes(s.domain)), ...own] });
});
afterAll(() => realm.close());

describe('through a verdict', () => {
  it('Bilbo signs in to the Shire: bound, proved, confirmed, answered, and every step has its time', async () => {
    const { result, events } = await enter(realm, await checkOf(realm, BILBO.jid), {
      password: BILBO.password,
    });
    expect(result).toMatchObject({
      outcome: 'signed-in',
      code: 'signed-in',
      mechanism: 'SCRAM-SHA-512-PLUS',
      channelBinding: 'tls-exporter',
      jid: 'bilbo.baggins@shire.example/bag-end',
    });
    expect(result.steps.map((s) => s.id)).toEqual(
      'connected,same-certificate,stream,mechanism,offer-confirmed,credentials,proof,bound,answered,ended'.split(
        ',',
      ),
    );
    expect(
      result.steps.every((s, i) => s.end >= s.start && s.start === (result.steps[i - 1]?.end ?? 0)),
    ).toBe(true);
    expect(result.roundTripMs).toBeGreaterThan(0);
    expect(events.filter((e) => e.type === 'step').map((e) => e.step)).toEqual(result.steps);
    expect(events.at(-1)).toEqual({ type: 'done', result });
  });

  it('the man in the middle with a CA certificate is trusted, and channel binding exposes him', async () => {
    const report = await checkOf(realm, 'gandalf@orthanc.example');
    expect(report.verdict).toMatchObject({ outcome: 'auto-accept', by: 'pkix' });
    const { result } = await enter(realm, report, { password: 'mellon' });
    expect(result).toMatchObject({ outcome: 'refused', code: 'channel-binding-mismatch' });
    expect(result.noticed.find((n) => n.id === 'channel-binding')).toMatchObject({ answer: 'yes' });
  });

  it('a wrong password is not accepted', async () => {
    const { result } = await enter(realm, await checkOf(realm, BILBO.jid), { password: 'fifty-first' });
    expect(result).toMatchObject({ outcome: 'not-accepted', code: 'not-authorized' });
  });

  it.each([
    ['x@bree.example', 'needs-accept', 'verdict-manual'],
    ['x@osgiliath.example', 'needs-accept', 'verdict-manual'],
    ['x@mordor.example', 'refused', 'verdict-refuse'],
    ['x@dolguldur.example', 'refused', 'verdict-refuse'],
    ['x@erebor.example', 'unreachable', 'verdict-unreachable'],
    ['x@numenor.example', 'unreachable', 'verdict-not-offered'],
  ])('%s: nobody is connected to, and it is told why', async (input, outcome, code) => {
    const report = await checkOf(realm, input);
    const world: World = { ...realm.world, openNet: () => expect.unreachable('the network was opened') };
    const { result } = await enter(realm, report, { world });
    expect(result).toMatchObject({ outcome, code, steps: [], noticed: [] });
  });

  it('never from a saved report, another time, an old check, or a check between servers', async () => {
    const report = await checkOf(realm, BILBO.jid);
    const ended = async (more: Partial<Report>): Promise<string> =>
      (await enter(realm, { ...report, ...more })).result.code;
    expect(await ended({ recordedAt: report.startedAt })).toBe('saved-report');
    const at = { ...report.request, at: report.startedAt };
    expect(await ended({ request: at })).toBe('another-time');
    expect(
      await ended({ startedAt: new Date(Date.parse(report.startedAt) - 16 * 60_000).toISOString() }),
    ).toBe('too-old');
    expect(await ended({ startedAt: 'nonsense' })).toBe('too-old');
    expect(await ended({ request: { ...report.request, service: 'xmpp-server' } })).toBe(
      'not-a-client-check',
    );
  });

  it('never where what is remembered cannot be read: the domain may be watched, and its key a new one', async () => {
    const report = await checkOf(realm, 'bilbo.baggins@shire.example');
    const damaged: PinView = { ...NO_PINS, problem: 'The file is damaged.' };
    const { result } = await enter(realm, report, { pins: damaged });
    expect(result).toMatchObject({ outcome: 'needs-accept', code: 'pins-unreadable', steps: [] });
    expect(result.sentence).toContain('The file is damaged.');
  });

  it('a verdict written into the report counts for nothing: it is computed again', async () => {
    const good = await checkOf(realm, BILBO.jid);
    const bad = await checkOf(realm, 'x@mordor.example');
    const { result } = await enter(realm, { ...bad, verdict: good.verdict, targets: good.targets });
    expect(result.code).toBe('verdict-refuse');
  });

  it('after "accept once" it goes on, and not without', async () => {
    const report = await checkOf(realm, 'x@tombombadil.example');
    expect((await enter(realm, report)).result.code).toBe('verdict-manual');
    // The certificate is accepted; what this server without accounts would do next is another matter.
    const { result } = await enter(realm, report, { pins: accepted(report) }, 'mechanism');
    expect(result.steps.map((s) => s.id)).toEqual(['connected', 'same-certificate', 'stream', 'mechanism']);
  });

  it('needs a name before the @, and a password', async () => {
    const report = await checkOf(realm, BILBO.jid);
    expect((await enter(realm, report, { local: null })).result.code).toBe('no-account');
    expect((await enter(realm, report, { password: '' })).result.code).toBe('bad-password');
    expect((await enter(realm, report, { password: 'x'.repeat(1_025) })).result.code).toBe('bad-password');
  });

  it('a certificate that changed since the verdict ends it before a byte is said under TLS', async () => {
    const report = await checkOf(realm, 'frodo@account.example');
    // Just as good a certificate: the same authority, the same name, even the same key.
    expect(realm.servers.swap('account.example', 'renewed')).toBe(true);
    const before = saidUnderTls;
    const { result } = await enter(realm, report, { password: SECRET });
    expect(result).toMatchObject({ outcome: 'refused', code: 'certificate-changed', steps: [] });
    expect(saidUnderTls).toBe(before);
    const again = await checkOf(realm, 'frodo@account.example');
    expect((await enter(realm, again, { password: SECRET })).result.code).toBe('signed-in');
  });

  it('the same certificate over a connection that would be refused ends it, too', async () => {
    const report = await checkOf(realm, BILBO.jid);
    // As if the new connection had come to TLS 1.1 only.
    const openNet: World['openNet'] = (request, elapsed) => {
      const net = realm.world.openNet(request, elapsed);
      return {
        ...net,
        secure: (inquiry, see, signal) =>
          net.secure(
            inquiry,
            (one) => {
              if (one.kind !== 'tls' || !one.outcome.ok) return see(one);
              see({ ...one, outcome: { ok: true, value: { ...one.outcome.value, protocol: 'TLSv1.1' } } });
            },
            signal,
          ),
      };
    };
    const { result } = await enter(realm, report, {
      password: BILBO.password,
      world: { ...realm.world, openNet },
    });
    expect(result).toMatchObject({ outcome: 'refused', code: 'verdict-changed', steps: [] });
  });

  it('a server that is gone is unreachable, and a cancel is one', async () => {
    const report = await checkOf(realm, BILBO.jid);
    expect((await enter(realm, report, { password: BILBO.password }, 'at once')).result.code).toBe(
      'cancelled',
    );
    const nowhere = { ...realm.world, openNet: openNowhere };
    expect((await enter(realm, report, { password: 'x', world: nowhere })).result.code).toBe('unreachable');
  });
});

describe('CAA records', () => {
  it.each([
    ['account.example', 'yes', /named accounts only/],
    ['authority.example', 'no', /no account/],
    ['nobody.example', 'yes', /forbid/],
    ['iodef.example', 'no', /No CAA/],
    ['unsigned.example', 'unknown', /nothing signs them/],
    ['shire.example', 'no', /No CAA/],
  ])('of %s: %s', async (domain, answer, text) => {
    const report = await checkOf(realm, `frodo@${domain}`);
    const { result } = await enter(realm, report, { password: SECRET });
    const said = result.noticed.find((n) => n.id === 'caa');
    expect(said?.answer).toBe(answer);
    expect(said?.text).toMatch(text);
  });
});

describe('the password', () => {
  it('stands in no event and no result, whatever happens', async () => {
    const report = await checkOf(realm, 'frodo@account.example');
    for (const more of [
      { password: SECRET },
      { password: SECRET, local: 'sam' },
      { password: SECRET, local: null },
    ]) {
      const entered = await enter(realm, report, more);
      expectWithout(JSON.stringify(entered));
    }
    expectWithout(JSON.stringify(await checkOf(realm, 'frodo@account.example')));
  });

  it('is read from standard input, and stands in no output, no file and no argument', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mellon-sign-in-'));
    try {
      const said = await command(['sign-in', BILBO.jid, '--demo', '--json'], `${SECRET}\n`, folder);
      expect(said.code).toBe(5);
      expect(said.out).toContain('"not-authorized"');
      expectWithout(said.out + said.err);
      const right = await command(['sign-in', BILBO.jid, '--demo'], BILBO.password, folder);
      expect(right.code).toBe(0);
      expect(right.out).toContain('Signed in as bilbo.baggins@shire.example/');
      expect(right.out + right.err).not.toContain(BILBO.password);
      const needs = await command(['sign-in', 'x@bree.example', '--demo'], SECRET, folder);
      expect(needs.code).toBe(1);
      const none = await command(['sign-in', 'shire.example', '--demo'], SECRET, folder);
      expect(none.code).toBe(64);
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) expectWithout(await readFile(join(entry.parentPath, entry.name), 'utf8'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 40_000);
});

/** Where nothing listens: port 9 (discard). */
const openNowhere: World['openNet'] = (request, elapsed) =>
  openWorld({ pins: () => NO_PINS, dial: () => ({ address: '127.0.0.1', port: 9 }) }).openNet(
    request,
    elapsed,
  );

function expectWithout(text: string): void {
  for (const form of [SECRET, SECRET.normalize('NFD'), JSON.stringify(SECRET).slice(1, -1)])
    for (const spelled of [
      form,
      Buffer.from(form).toString('base64').replace(/=+$/, ''),
      Buffer.from(form).toString('hex'),
      encodeURIComponent(form),
    ])
      expect(text.includes(spelled)).toBe(false);
}

function accepted(report: Report): PinView {
  const [endpoint] = report.targets.flatMap((t) => t.endpoints);
  const [leaf] = endpoint?.chain ?? [];
  if (endpoint === undefined || leaf === undefined) throw new Error('no certificate');
  const pin = {
    id: 'once',
    domain: report.input.domain,
    service: 'xmpp-client',
    by: 'certificate',
    sha256: leaf.sha256,
    created: report.startedAt,
    ends: null,
    revoked: null,
    note: '',
    forgives: endpoint.verdict.reasons.map((r) => r.code),
    names: leaf.names.map((n) => `${n.type}:${n.value}`),
    manualToo: false,
    pem: leaf.pem,
  } as const;
  return { ...NO_PINS, once: [pin] };
}

function command(
  args: readonly string[],
  input: string,
  folder: string,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, XDG_CONFIG_HOME: folder, HOME: folder, MELLON_FOLDER: folder };
    const main = join(import.meta.dirname, '../../electron/mellon.ts');
    const child = execFile(process.execPath, [main, ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
    child.stdin?.end(input);
  });
}
