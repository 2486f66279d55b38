/**
 * dns-asking.ts: one question to resolvers on loopback, and what they can say.
 *
 * In:   ports and what to change of the usual question
 * Out:  the observation as the conductor would get it
 * Not:  any expectation
 */
import { openDns, type DnsClient } from '../../electron/net/dns.ts';
import type { Dial } from '../../electron/net/net.ts';
import { decodeMessage, TYPE, type DnsMessage } from '../../electron/wire/dns-message.ts';
import { encodeMessage } from '../../electron/wire/dns-write.ts';
import type { DnsName } from '../../shared/basics.ts';
import type { DnsSeen } from '../../shared/observation.ts';

export const SHIRE = 'shire.example' as DnsName;
export type Seen = Omit<DnsSeen, 'id'>;

/** A reply to `query` with one A record, changed by `change`. */
export function replyTo(
  query: Uint8Array,
  change: Partial<DnsMessage> = {},
  address: readonly number[] = [192, 0, 2, 1],
): Uint8Array {
  const asked = decodeMessage(query);
  if (!asked.ok) throw new Error('the query does not parse');
  const [question] = asked.value.questions;
  if (question === undefined) throw new Error('the query asks nothing');
  return encodeMessage({
    ...asked.value,
    response: true,
    recursionAvailable: true,
    edns: asked.value.edns === null ? null : { udpSize: 1232, do: true, errors: [] },
    answer: [{ name: question.name, type: TYPE.A, class: 1, ttl: 60, rdata: Uint8Array.from(address) }],
    ...change,
  });
}

/** The last octet of the address in the reply: tells replies apart. */
export function lastOctet(seen: Seen): number | null {
  if (!seen.outcome.ok) return null;
  const message = decodeMessage(Buffer.from(seen.outcome.value.reply, 'base64'));
  return message.ok ? (message.value.answer[0]?.rdata[3] ?? null) : null;
}

export function messageOf(seen: Seen): DnsMessage {
  if (!seen.outcome.ok) throw new Error(seen.outcome.problem.code);
  const message = decodeMessage(Buffer.from(seen.outcome.value.reply, 'base64'));
  if (!message.ok) throw new Error(message.problem.detail);
  return message.value;
}

/** In short: the transport of a reply, or the problem's code. */
export function outcomeOf(seen: Seen): string {
  return seen.outcome.ok ? seen.outcome.value.transport : seen.outcome.problem.code;
}

export function detailOf(seen: Seen): string {
  return !seen.outcome.ok && 'detail' in seen.outcome.problem ? seen.outcome.problem.detail : '';
}

export type ClientOptions = {
  readonly stepMs?: number;
  readonly dial?: Dial;
  readonly ca?: readonly string[];
};

export const identity: Dial = (address, port) => ({ address, port });

export function client(resolvers: readonly string[], options: ClientOptions = {}): DnsClient {
  const began = performance.now();
  return openDns({
    resolvers,
    dial: options.dial ?? identity,
    elapsed: () => performance.now() - began,
    stepMs: options.stepMs ?? 400,
    resolverCa: options.ca ?? [],
  });
}

export function ask(
  dns: DnsClient,
  options: { name?: string; resolverIndex?: number; signal?: AbortSignal } = {},
): Promise<Seen> {
  return dns.ask(
    {
      kind: 'dns',
      question: { name: (options.name ?? SHIRE) as DnsName, type: 'A' },
      resolverIndex: options.resolverIndex ?? 0,
      from: ['o1'],
    },
    options.signal ?? new AbortController().signal,
  );
}

/** One client, one question, closed after it. */
export async function askOnce(
  url: string,
  options: ClientOptions & { signal?: AbortSignal } = {},
): Promise<Seen> {
  const dns = client([url], options);
  try {
    return await ask(dns, options.signal === undefined ? {} : { signal: options.signal });
  } finally {
    dns.close();
  }
}

/**
 * Sockets and timers that keep this process awake, by kind, once they are `expected` or some time has passed: the other
 * side of a connection, and the servers of the test before, need a moment to be gone.
 */
export async function handlesOnce(expected: string, withinMs = 500): Promise<string> {
  const began = performance.now();
  const now = (): string =>
    process
      .getActiveResourcesInfo()
      .filter((kind) => /UDP|TCP|TLS|Timeout/.test(kind))
      .sort()
      .join(' ');
  while (now() !== expected && performance.now() - began < withinMs) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return now();
}
