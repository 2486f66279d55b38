/**
 * contacted.ts: whom a check talked to, made from its observations alone.
 *
 * In:   observations
 * Out:  contacted: every destination once, with how often, when, and how much came back
 * Not:  drawing it (renderer/Contacted.svelte, electron/terminal.ts)
 */
import type { NetProblem, Observation, TlsFacts } from './observation.ts';

/** resolver: was asked DNS questions. server: the XMPP server. web: fetched from over HTTPS. */
export type ContactKind = 'resolver' | 'server' | 'web';
export type Contact = {
  readonly kind: ContactKind;
  /** A resolver's URL, or host and port. */
  readonly where: string;
  /** The address that was used; null where it is inside `where`, or where none was reached. */
  readonly address: string | null;
  /** Questions, visits or fetches. */
  readonly times: number;
  readonly failed: number;
  /** Milliseconds since the check began. */
  readonly first: number;
  readonly last: number;
  /** What came back, as recorded: messages, stream, certificates, headers, bodies; without the wrapping of TCP and TLS. */
  readonly bytes: number;
};

type Part = Pick<Contact, 'kind' | 'where' | 'address' | 'bytes'> & {
  /** Whether this begins a question, visit or fetch, rather than going on with one. */
  readonly begins: boolean;
  readonly failed: boolean;
};

/** Every destination, in the order of first contact. Answers kept from earlier checks and looks that never left count for nothing. */
export function contacted(observations: readonly Observation[]): readonly Contact[] {
  const found = new Map<string, Contact>();
  for (const o of observations) {
    const part = partOf(o);
    if (part === null) continue;
    const key = `${part.kind} ${part.where} ${part.address ?? ''}`;
    const before = found.get(key);
    found.set(key, {
      kind: part.kind,
      where: part.where,
      address: part.address,
      times: (before?.times ?? 0) + (part.begins ? 1 : 0),
      failed: (before?.failed ?? 0) + (part.failed ? 1 : 0),
      first: Math.min(before?.first ?? o.start, o.start),
      last: Math.max(before?.last ?? o.end, o.end),
      bytes: (before?.bytes ?? 0) + part.bytes,
    });
  }
  return [...found.values()].sort((a, b) => a.first - b.first);
}

function partOf(o: Observation): Part | null {
  switch (o.kind) {
    case 'dns': {
      if (o.outcome.ok && o.outcome.value.ageMs !== undefined) return null;
      const bytes = o.outcome.ok ? base64Size(o.outcome.value.reply) : 0;
      return part(o.outcome, { kind: 'resolver', where: o.resolver, address: null, bytes, begins: true });
    }
    case 'tcp':
      return part(o.outcome, { ...server(o.endpoint), bytes: 0, begins: true });
    case 'tls':
      return part(o.outcome, {
        ...server(o.endpoint),
        bytes: o.outcome.ok ? tlsSize(o.outcome.value) : 0,
        begins: false,
      });
    case 'stream': {
      const outcome =
        o.problem === null ? ({ ok: true } as const) : ({ ok: false, problem: o.problem } as const);
      return part(outcome, { ...server(o.endpoint), bytes: base64Size(o.received), begins: false });
    }
    case 'https': {
      const body = o.outcome.ok ? base64Size(o.outcome.value.body) + headerSize(o.outcome.value.headers) : 0;
      return part(o.outcome, {
        kind: 'web',
        where: hostOf(o.url),
        address: o.address,
        bytes: body + (o.tls === null ? 0 : tlsSize(o.tls)),
        begins: true,
      });
    }
  }
}

type Ended = { readonly ok: true } | { readonly ok: false; readonly problem: NetProblem };

function part(outcome: Ended, about: Omit<Part, 'failed'>): Part | null {
  if (!outcome.ok && NEVER_LEFT.has(outcome.problem.code)) return null;
  return { ...about, failed: !outcome.ok };
}

/** Problems that were found before the first packet. */
const NEVER_LEFT: ReadonlySet<NetProblem['code']> = new Set(['private-address', 'no-family']);

function server(e: { readonly host: string; readonly port: number; readonly address: string }): {
  readonly kind: 'server';
  readonly where: string;
  readonly address: string;
} {
  return { kind: 'server', where: `${e.host}:${e.port}`, address: e.address };
}

/** `https://host:port/path` to `host:port`; what is no URL stays as it is. */
function hostOf(url: string): string {
  const host = /^https:\/\/([^/?#]*)/i.exec(url)?.[1] ?? url;
  return /:\d+$/.test(host) ? host : `${host}:443`;
}

function tlsSize(facts: TlsFacts): number {
  return facts.chain.reduce(
    (sum, der) => sum + base64Size(der),
    facts.ocsp === null ? 0 : base64Size(facts.ocsp),
  );
}

/** `name: value` and the line's end, as they came in HTTP/1.1. */
function headerSize(headers: readonly (readonly [string, string])[]): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
}

/** Bytes that base64 stands for: 4 characters for 3 bytes (RFC 4648 4). */
function base64Size(text: string): number {
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4);
}
