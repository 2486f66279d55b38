/**
 * bridge.test.ts: signing in over the bridge: the form, one attempt at a time, events, cancelling, no password anywhere.
 *
 * In:   the real engine over the demo realm, with a store in a folder of its own
 * Out:  sign-in-call.ts and what the engine makes of it
 * Not:  the exchange; transports (test/serve.test.ts)
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineFrom, type Engine } from '../../electron/engine.ts';
import { realParts } from '../../electron/engine-parts.ts';
import { BILBO } from '../../electron/demo/stories-account.ts';
import type { BridgeEvent, CheckId } from '../../shared/bridge.ts';

let folder: string;
let engine: Engine;
const heard: (readonly [CheckId, BridgeEvent])[] = [];
let hear: (id: CheckId, event: BridgeEvent) => void = () => undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mellon-bridge-'));
  engine = engineFrom(realParts(folder), {
    face: 'window',
    emit: (id, event) => {
      heard.push([id, event]);
      hear(id, event);
    },
    openLink: () => Promise.resolve(true),
  });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

async function checked(input: string): Promise<CheckId> {
  const started = await engine.bridge.startCheck({ input, demo: true });
  if (!started.ok) throw new Error(started.problem.text);
  await expect.poll(() => engine.reportOf(started.value), { timeout: 10_000 }).not.toBeNull();
  return started.value;
}
const code = (answer: Awaited<ReturnType<Engine['bridge']['signIn']>>): string =>
  answer.ok ? answer.value.code : answer.problem.code;

describe('signing in over the bridge', () => {
  it('tells steps as events of the check and answers with the result', async () => {
    const check = await checked(BILBO.jid);
    const answer = await engine.bridge.signIn({ check, password: BILBO.password, allowPlain: false });
    expect(code(answer)).toBe('signed-in');
    const events = heard.flatMap(([id, event]) =>
      id === check && event.type === 'sign-in' ? [event.event] : [],
    );
    expect(events.filter((one) => one.type === 'step').map((one) => one.step.id)).toContain('proof');
    expect(events.at(-1)?.type).toBe('done');
  });

  it('takes the account from the form where the check was asked for the domain alone, and no other domain', async () => {
    const check = await checked('shire.example');
    const form = { check, password: BILBO.password, allowPlain: false };
    expect(code(await engine.bridge.signIn(form))).toBe('no-account');
    expect(code(await engine.bridge.signIn({ ...form, account: BILBO.jid }))).toBe('signed-in');
    expect(code(await engine.bridge.signIn({ ...form, account: 'bilbo@mordor.example' }))).toBe(
      'other-domain',
    );
    expect(code(await engine.bridge.signIn({ ...form, account: 'a b@c' }))).toBe('account');
  });

  it('refuses what is no form, no check, and a second attempt at the same time', async () => {
    const check = await checked(BILBO.jid);
    const form = { check, password: 'x', allowPlain: false };
    for (const bad of [
      null,
      {},
      { ...form, more: 1 },
      { ...form, password: 'x'.repeat(5_000) },
      { ...form, allowPlain: 1 },
    ])
      expect(code(await engine.bridge.signIn(bad))).toBe('bad-call');
    expect(code(await engine.bridge.signIn({ ...form, check: 'c999' }))).toBe('no-such-check');
    const first = engine.bridge.signIn(form);
    expect(code(await engine.bridge.signIn(form))).toBe('signing-in');
    expect(code(await first)).toBe('not-authorized');
  });

  it('is cancelled with the check’s own call', async () => {
    const check = await checked(BILBO.jid);
    hear = (id, event) => {
      if (event.type === 'sign-in' && event.event.type === 'step') void engine.bridge.cancelCheck(id);
    };
    expect(code(await engine.bridge.signIn({ check, password: BILBO.password, allowPlain: false }))).toBe(
      'cancelled',
    );
    hear = () => undefined;
  });

  it('goes on after "accept once", and the refused stay refused', async () => {
    const manual = await checked('x@tombombadil.example');
    const form = { check: manual, password: 'x', allowPlain: false };
    expect(code(await engine.bridge.signIn(form))).toBe('verdict-manual');
    const certificate = engine.reportOf(manual)?.targets[0]?.endpoints[0]?.chain[0]?.sha256;
    const pin = await engine.bridge.accept({ check: manual, certificate, how: 'once', by: 'certificate' });
    expect(pin.ok).toBe(true);
    hear = (id, event) => {
      if (event.type === 'sign-in' && event.event.type === 'step' && event.event.step.id === 'mechanism')
        void engine.bridge.cancelCheck(id);
    };
    // Bombadil has no accounts; it came to choosing a mechanism, and that is the point.
    expect(code(await engine.bridge.signIn(form))).toBe('cancelled');
    hear = () => undefined;
    const refused = await checked('x@mordor.example');
    expect(code(await engine.bridge.signIn({ ...form, check: refused }))).toBe('verdict-refuse');
  });

  it('leaves the password in no event and no file', async () => {
    const secret = 'one ring 4711';
    const check = await checked(BILBO.jid);
    await engine.bridge.signIn({ check, password: secret, allowPlain: true });
    const written: string[] = [JSON.stringify(heard), JSON.stringify(engine.reportOf(check))];
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) written.push(await readFile(join(entry.parentPath, entry.name), 'utf8'));
    for (const form of [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')])
      expect(written.some((text) => text.includes(form))).toBe(false);
  });
});
