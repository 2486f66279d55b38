/**
 * serve-socket.ts: the Bridge over one WebSocket: calls in, answers and events out.
 *
 * In:   an accepted socket, the engine, how to ask in the terminal
 * Out:  attachSocket
 * Not:  who may connect (serve.ts)
 *
 * A check belongs to the socket that started it: another tab neither hears nor cancels it, and when the tab goes it ends.
 */
import * as v from 'valibot';
import type { WebSocket } from 'ws';
import type { Instant } from '../shared/basics.ts';
import { CALLS, type Call, type CheckId } from '../shared/bridge.ts';
import { actionPhrases, enginePhrases, TRUST_CALLS, type TrustCall } from '../shared/phrases/engine.ts';
import { shellPhrases } from '../shared/phrases/shell.ts';
import { visible } from '../shared/visible.ts';
import { parseAccept } from './desk.ts';
import type { Engine } from './engine.ts';
import { parsePins } from './pin-import.ts';
import { parseSignIn } from './sign-in-call.ts';
import { isPlainData } from './plain-data.ts';

/** The terminal's answer to one exact action; null where there is no terminal to ask. */
export type Confirm = (action: string) => Promise<boolean | null>;

const MessageSchema = v.strictObject({
  id: v.pipe(v.number(), v.integer(), v.minValue(1)),
  call: v.picklist(CALLS),
  // No call takes more than three arguments (shared/bridge.ts).
  args: v.pipe(v.array(v.unknown()), v.maxLength(3)),
});
type Calls = Readonly<Record<Call, (...args: readonly unknown[]) => Promise<unknown>>>;

/** Calls of one tab that are not answered yet; a page of ours never has more than a few. */
const MOST_OPEN = 64;
/** Domains of an import that are named in the terminal; chosen: a person reads no more. */
const MOST_DOMAINS = 50;
/** Bytes waiting to be sent to a tab that does not read; beyond, it is cut off. 64 MiB: a report or two. */
const MOST_UNSENT = 64 * 1024 * 1024;

/** Serves one tab until it closes. `hearers` leads the engine's events to the tab that started the check. */
export function attachSocket(
  socket: WebSocket,
  engine: Engine,
  confirm: Confirm,
  hearers: Map<CheckId, (text: string) => void>,
): void {
  const mine = new Set<CheckId>();
  let open = 0;

  function send(text: string): void {
    if (socket.bufferedAmount > MOST_UNSENT) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.send(text);
  }

  const calls: Calls = {
    ...engine.bridge,
    startCheck: async (form) => {
      // The first events may come before the answer; the page waits for that.
      const started = await engine.bridge.startCheck(form);
      if (!started.ok) return started;
      mine.add(started.value);
      hearers.set(started.value, send);
      if (socket.readyState !== socket.OPEN) await leave();
      return started;
    },
    cancelCheck: async (id) => {
      if (typeof id === 'string' && mine.has(id)) await engine.bridge.cancelCheck(id);
    },
    accept: async (form) => {
      const parsed = parseAccept(form);
      // A check of another tab is not this tab's to decide on.
      if (parsed.ok && !mine.has(parsed.value.check)) return said('no-such-check');
      return confirmed('accept', [form]);
    },
    signIn: async (form) => {
      const parsed = parseSignIn(form);
      if (parsed.ok && !mine.has(parsed.value.check)) return said('no-such-check');
      return confirmed('signIn', [form]);
    },
    ...Object.fromEntries(
      TRUST_CALLS.filter((c) => c !== 'accept' && c !== 'signIn').map((c) => [
        c,
        (...a: readonly unknown[]) => confirmed(c, a),
      ]),
    ),
  };

  async function confirmed(call: TrustCall, args: readonly unknown[]): Promise<unknown> {
    const answer = await confirm(await describe(call, args, engine));
    if (answer === null) return said('no-terminal');
    if (!answer) return said('refused-in-terminal');
    return (engine.bridge as Calls)[call](...args);
  }

  async function receive(text: string): Promise<void> {
    const parsed = v.safeParse(MessageSchema, parseJson(text));
    if (!parsed.success || open >= MOST_OPEN || !parsed.output.args.every(isPlainData)) {
      socket.close(1008);
      return;
    }
    const { id, call, args } = parsed.output;
    open += 1;
    try {
      const value = await calls[call](...args);
      send(JSON.stringify({ id, value }));
    } catch {
      send(JSON.stringify({ id, fault: shellPhrases['call-fault']('') }));
    }
    open -= 1;
  }

  async function leave(): Promise<void> {
    for (const id of mine) hearers.delete(id);
    await Promise.all([...mine].map((id) => engine.bridge.cancelCheck(id)));
  }

  socket.on('message', (data, binary) => {
    if (binary || !Buffer.isBuffer(data)) socket.close(1003);
    else void receive(data.toString('utf8'));
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => void leave());
}

/** The exact action, for the terminal. Every text in it may be a stranger's. */
async function describe(call: TrustCall, args: readonly unknown[], engine: Engine): Promise<string> {
  const [first, second, third] = args.map((a) =>
    visible(typeof a === 'string' ? a : JSON.stringify(a ?? null), 300),
  );
  switch (call) {
    case 'accept': {
      const form = parseAccept(args[0]);
      if (!form.ok) return form.problem.text;
      const report = engine.reportOf(form.value.check);
      const leaf = report?.targets
        .flatMap((t) => t.endpoints.flatMap((e) => e.chain.slice(0, 1)))
        .find((c) => c.sha256 === form.value.certificate);
      return actionPhrases.accept({
        how: form.value.how,
        by: form.value.by,
        domain: visible(report?.input.domain ?? '?'),
        service: report?.input.service ?? '?',
        sha256: (form.value.by === 'key' ? leaf?.spkiSha256 : leaf?.sha256) ?? form.value.certificate,
        ends: visible(form.value.ends ?? '-', 40),
        manualToo: form.value.manualToo === true,
        replaces: await Promise.all((form.value.replaces ?? []).map((id) => pinNamed(id, engine))),
      });
    }
    case 'changePin':
      return actionPhrases.changePin(await pinNamed(args[0], engine), second ?? '');
    case 'removePin':
      return actionPhrases.removePin(await pinNamed(args[0], engine));
    case 'restorePin':
      return actionPhrases.restorePin(await pinNamed(args[0], engine));
    case 'setWatch':
      return actionPhrases.setWatch(`${first ?? ''} (${second ?? ''})`, third ?? '');
    case 'importPins':
      return describeImport(typeof args[0] === 'string' ? args[0] : '');
    case 'eraseHistory':
      return actionPhrases.eraseHistory(args[0] === null ? '' : (first ?? ''));
    case 'signIn': {
      // Never from the form as a whole: the password is in it.
      const form = parseSignIn(args[0]);
      if (!form.ok) return form.problem.text;
      const { check, account, allowPlain } = form.value;
      return actionPhrases.signIn(
        visible(account ?? engine.reportOf(check)?.input.given ?? '?', 300),
        allowPlain,
      );
    }
  }
}

/** A pin by its id and what it is about: an id alone could be any pin's. */
async function pinNamed(id: unknown, engine: Engine): Promise<string> {
  const shown = visible(typeof id === 'string' ? id : JSON.stringify(id ?? null), 300);
  const all = await engine.bridge.listPins();
  const pin = all.ok ? all.value.pins.find((one) => one.id === id) : undefined;
  return pin === undefined
    ? shown
    : `${shown} (${visible(pin.domain)}, ${pin.service}, SHA-256 ${pin.sha256})`;
}

/** For which domains: a page that was taken over could hand in another file than the person chose. */
function describeImport(text: string): string {
  const parsed = parsePins(text, Date.now() as Instant);
  if (!parsed.ok) return actionPhrases.importUnreadable(String(text.length));
  const { pins, watches } = parsed.value;
  const domains = [...new Set([...pins, ...watches].map((one) => one.domain))].sort();
  const more = domains.length - MOST_DOMAINS;
  const named = domains.slice(0, MOST_DOMAINS).map((one) => visible(one));
  return actionPhrases.importPins(pins.length, watches.length, named.join(', '), more);
}

function said(code: 'no-such-check' | 'no-terminal' | 'refused-in-terminal'): unknown {
  return { ok: false, problem: { code, text: enginePhrases[code]() } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
