/**
 * swap.test.ts: certificates that change while the realm runs, as a person with a pin or a watch meets them.
 *
 * In:   the demo realm, pins made from a first check
 * Out:  what the second check says
 * Not:  the store (test/store)
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCheck } from '../../electron/check.ts';
import { startRealm, type Realm } from '../../electron/demo-world.ts';
import { PKIX_STORIES } from '../../electron/demo/stories-pkix.ts';
import { parseRequest } from '../../electron/options.ts';
import { NO_PINS, type Pin, type PinView } from '../../shared/pin.ts';
import type { Report } from '../../shared/report.ts';

let realm: Realm;
let view: PinView = NO_PINS;
const stories = PKIX_STORIES.filter(
  (s) => s.domain === 'tombombadil.example' || s.domain === 'gondor.example',
);
beforeAll(async () => {
  realm = await startRealm({ stories, pins: () => view });
});
afterAll(() => realm.close());

async function check(domain: string): Promise<Report> {
  const request = parseRequest({ input: domain });
  if (!request.ok) throw new Error(request.problem.text);
  const report = await runCheck(
    realm.prepare(request.value),
    realm.world,
    () => undefined,
    new AbortController().signal,
  );
  if (report === null) throw new Error('cancelled');
  return report;
}

function pinOf(report: Report, by: 'certificate' | 'key'): Pin {
  const leaf = report.targets[0]!.endpoints[0]!.chain[0]!;
  return {
    id: 'p1',
    domain: report.input.domain,
    service: 'xmpp-client',
    by,
    sha256: by === 'key' ? leaf.spkiSha256 : leaf.sha256,
    created: report.startedAt,
    ends: null,
    revoked: null,
    note: '',
    forgives: report.verdict.reasons.map((r) => r.code),
    names: leaf.names.map((n) => `${n.type}:${n.value}`),
    manualToo: false,
    pem: leaf.pem,
  };
}

it('a pinned certificate is accepted; renewed with the same key a key pin still is, a certificate pin refuses', async () => {
  const first = await check('tombombadil.example');
  view = { ...NO_PINS, pins: [pinOf(first, 'certificate')] };
  expect((await check('tombombadil.example')).verdict).toMatchObject({ outcome: 'auto-accept', by: 'pin' });
  realm.servers.swap('tombombadil.example', 'renewed');
  const refused = await check('tombombadil.example');
  expect(refused.verdict.outcome).toBe('refuse');
  expect(refused.targets[0]?.endpoints[0]?.routes.pin.state).toBe('contradicted');
  view = { ...NO_PINS, pins: [pinOf(first, 'key')] };
  expect((await check('tombombadil.example')).verdict).toMatchObject({ outcome: 'auto-accept', by: 'pin' });
});

it('a key pin does not forgive an expiry that was not on screen, and a new key refuses', async () => {
  realm.servers.swap('tombombadil.example', 'back');
  view = NO_PINS;
  const first = await check('tombombadil.example');
  view = { ...NO_PINS, pins: [pinOf(first, 'key')] };
  realm.servers.swap('tombombadil.example', 'expired');
  expect((await check('tombombadil.example')).verdict.outcome).toBe('manual');
  for (const how of ['new-key', 'other-algorithm'] as const) {
    realm.servers.swap('tombombadil.example', how);
    expect((await check('tombombadil.example')).verdict.outcome).toBe('refuse');
  }
});

it('a watched domain is never silent about a new key, though a certificate authority vouches for it', async () => {
  view = NO_PINS;
  const first = await check('gondor.example');
  const keys = [first.targets[0]!.endpoints[0]!.chain[0]!.spkiSha256];
  view = {
    ...NO_PINS,
    watch: { domain: 'gondor.example', service: 'xmpp-client', since: first.startedAt, keys },
  };
  realm.servers.swap('gondor.example', 'renewed');
  expect((await check('gondor.example')).verdict.outcome).toBe('auto-accept');
  realm.servers.swap('gondor.example', 'new-key');
  expect((await check('gondor.example')).verdict).toMatchObject({
    outcome: 'manual',
    case: 'watched-key-changed',
  });
});
