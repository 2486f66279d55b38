/**
 * accept-realm.test.ts: accepting, from the first look to every alarm, against the demo realm's real servers.
 *
 * In:   every story of the realm; a server whose certificate is swapped while it runs
 * Out:  assertions on what may be accepted and on what a pin does afterwards
 * Not:  single rules (accept.test.ts, test/trust/pin.test.ts)
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../shared/basics.ts';
import type { Swap } from '../shared/bridge.ts';
import type { ChainCertificate, Report } from '../shared/report.ts';
import { historyEntryOf, judgeWithView, mayAccept, type AcceptRequest } from '../electron/accept.ts';
import { runCheck } from '../electron/check.ts';
import { startRealm, type Realm } from '../electron/demo-world.ts';
import { STORIES } from '../electron/demo/realm.ts';
import { machineStores } from '../electron/ground.ts';
import { parseRequest } from '../electron/options.ts';
import { storeIn, type Store } from '../electron/store/store.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z') as Instant;
const TOM = 'tombombadil.example';
const GONDOR = 'gondor.example';
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'mellon-realm-'));
let realm: Realm;
let store: Store;
let folders = 0;
beforeAll(async () => {
  realm = await startRealm({ now: NOW, pins: (domain, service) => store.view(domain, service) });
});
beforeEach(() => {
  store = storeIn({ folder: path.join(root, String(folders++)), now: () => NOW });
});
afterAll(async () => {
  await realm.close();
  fs.rmSync(root, { recursive: true, force: true });
});

async function check(form: object): Promise<Report> {
  const request = parseRequest(form);
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

function accept(report: Report, certificate: string, over: Partial<AcceptRequest> = {}) {
  const { domain, service } = report.input;
  const view = store.view(domain, service);
  return mayAccept(
    report,
    { certificate, how: 'forever', by: 'certificate', ...over },
    { view, judgeWith: (other) => judgeWithView(report, other, machineStores(report.request)), now: NOW },
  );
}

const leaves = (report: Report): readonly ChainCertificate[] =>
  report.targets.flatMap((t) => t.endpoints).flatMap((e) => e.chain.slice(0, 1));

describe('every story of the realm', () => {
  for (const story of STORIES) {
    it(`${story.domain} (${story.outcome}${story.case === undefined ? '' : `, ${story.case}`})`, async () => {
      const report = await check({ input: story.domain, ...story.options });
      const manualToo = story.options?.connect !== undefined;
      for (const target of report.targets)
        for (const endpoint of target.endpoints) {
          const [leaf] = endpoint.chain;
          if (leaf === undefined) continue;
          const answer = accept(report, leaf.sha256, { manualToo });
          const others = report.targets
            .flatMap((t) => t.endpoints)
            .filter((e) => e.chain[0]?.sha256 === leaf.sha256);
          const refused =
            others.some((e) => e.verdict.outcome === 'refuse') || report.discovery.outcome === 'failed';
          // Nothing but what needs a person may be accepted, and all of that may.
          const wanted = others.some((e) => e.verdict.outcome === 'manual') && !refused;
          if (report.verdict.outcome !== 'refuse' || refused) expect(answer.ok).toBe(wanted);
          if (!answer.ok) continue;
          const added = store.addPin(answer.value.pin, answer.value.replaces);
          expect(added.ok).toBe(true);
        }
      const again = judgeWithView(
        report,
        store.view(report.input.domain, report.input.service),
        machineStores(report.request),
      );
      // A pin opens what was manual for a reason of the certificate; it never lifts a refusal or a missing proof.
      if (report.verdict.outcome === 'refuse') expect(again.verdict.outcome).toBe('refuse');
      else if (report.verdict.outcome === 'manual' && report.verdict.case !== 'proof-unknown')
        expect(again.verdict).toMatchObject({ outcome: 'auto-accept', by: 'pin' });
      else expect(again.verdict.outcome).toBe(report.verdict.outcome);
    });
  }
});

describe('after accepting forever, a server that', () => {
  const swap = (how: Swap, domain: string = TOM): void => {
    expect(realm.servers.swap(domain, how)).toBe(true);
  };
  beforeEach(() => swap('back'));

  async function accepted(over: Partial<AcceptRequest> = {}): Promise<void> {
    const report = await check({ input: TOM });
    expect(report.verdict).toMatchObject({ outcome: 'manual', case: 'right-name-untrusted-issuer' });
    const answer = accept(report, leaves(report)[0]!.sha256, over);
    if (!answer.ok) throw new Error(answer.problem.text);
    expect(store.addPin(answer.value.pin).ok).toBe(true);
    expect((await check({ input: TOM })).verdict).toMatchObject({ outcome: 'auto-accept', by: 'pin' });
  }
  const codes = (report: Report): readonly string[] =>
    report.targets.flatMap((t) => t.endpoints).flatMap((e) => e.verdict.reasons.map((r) => r.code));

  it('renews with the same key is refused for a pinned certificate, and told apart', async () => {
    await accepted();
    swap('renewed');
    const report = await check({ input: TOM });
    expect(report.verdict.outcome).toBe('refuse');
    expect(codes(report)).toContain('pin-changed-same-key');
  });

  it('renews with the same key is accepted for a pinned key', async () => {
    await accepted({ by: 'key' });
    swap('renewed');
    const { verdict } = await check({ input: TOM });
    expect(verdict).toMatchObject({ outcome: 'auto-accept', by: 'pin' });
    // The certificate is one that nobody has accepted; the key is.
    expect(verdict.sentence).toContain('you accepted this key for');
  });

  it('shows a new key is refused; replacing it is the way out, accepting is not', async () => {
    await accepted();
    swap('new-key');
    const report = await check({ input: TOM });
    expect(report.verdict.outcome).toBe('refuse');
    expect(codes(report)).toContain('pin-changed-new-key');
    const [leaf] = leaves(report);
    expect(accept(report, leaf!.sha256)).toMatchObject({ problem: { code: 'changed-needs-replace' } });
    const answer = accept(report, leaf!.sha256, { replaces: ['p1'] });
    if (!answer.ok) throw new Error(answer.problem.text);
    expect(answer.value.pin.forgives).toContain('right-name-untrusted-issuer');
    expect(store.addPin(answer.value.pin, answer.value.replaces).ok).toBe(true);
    expect((await check({ input: TOM })).verdict).toMatchObject({ outcome: 'auto-accept', by: 'pin' });
  });

  it('lets the certificate of a pinned key expire is manual again, and says what is new', async () => {
    await accepted({ by: 'key' });
    swap('expired');
    const report = await check({ input: TOM });
    expect(report.verdict.outcome).toBe('manual');
    expect(codes(report)).toContain('pin-new-reason');
  });

  it('is watched never changes its key silently, even with a certificate authority', async () => {
    const entry = historyEntryOf(await check({ input: GONDOR }));
    expect(store.setWatch(GONDOR, 'xmpp-client', true, entry?.keys ?? []).ok).toBe(true);
    swap('renewed', GONDOR);
    expect((await check({ input: GONDOR })).verdict.outcome).toBe('auto-accept');
    swap('new-key', GONDOR);
    const report = await check({ input: GONDOR });
    expect(report.targets[0]?.endpoints[0]?.routes.pkix.state).toBe('open');
    expect(report.verdict).toMatchObject({ outcome: 'manual', case: 'watched-key-changed' });
    const answer = accept(report, leaves(report)[0]!.sha256);
    if (!answer.ok) throw new Error(answer.problem.text);
    expect(store.addPin(answer.value.pin).ok).toBe(true);
    expect((await check({ input: GONDOR })).verdict.outcome).toBe('auto-accept');
  });

  it('changes while the store is damaged is judged without it, and the report says so', async () => {
    await accepted();
    const folder = path.join(root, String(folders - 1));
    fs.writeFileSync(path.join(folder, 'mellon.json'), '{');
    const report = await check({ input: TOM });
    expect(report.verdict.outcome).toBe('manual');
    expect(codes(report)).toContain('pins-unreadable');
  });
});
