/**
 * options.ts: what a person asked for, parsed once for every face (command line, window, browser).
 *
 * In:   a form as typed, from the command line or from the renderer: untrusted
 * Out:  CheckRequest, or one sentence saying what is wrong
 * Not:  reading files, argument lists (cli.ts)
 */
import * as v from 'valibot';
import type { DnsName, Outcome } from '../shared/basics.ts';
import type { Said } from '../shared/bridge.ts';
import { optionPhrases } from '../shared/phrases/options.ts';
import type { CheckRequest, Mode, RootsName } from '../shared/request.ts';
import { visible } from '../shared/visible.ts';
import { parseResolver } from './net/resolver-url.ts';
import { parseAddress, parseSource, sourceText } from './wire/address.ts';
import { decodeCertificate } from './wire/certificate.ts';
import { parseName } from './wire/dns-name.ts';
import { decodePem } from './wire/pem.ts';
import { parseZoneLines } from './wire/zone-line.ts';

/** A form with bounded texts; anything else from the renderer is refused whole. */
const FormSchema = v.strictObject({
  input: v.pipe(v.string(), v.maxLength(4096)),
  service: v.optional(v.picklist(['client', 'server'])),
  from: v.optional(v.pipe(v.string(), v.maxLength(4096))),
  resolvers: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(512))), v.maxLength(16))),
  roots: v.optional(v.pipe(v.array(v.picklist(['bundled', 'system', 'files'])), v.maxLength(3))),
  ca: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          name: v.pipe(v.string(), v.maxLength(256)),
          pem: v.pipe(v.string(), v.maxLength(4 << 20)),
        }),
      ),
      v.maxLength(16),
    ),
  ),
  trustAnchor: v.optional(v.pipe(v.string(), v.maxLength(1 << 20))),
  negativeAnchors: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(256))), v.maxLength(256))),
  requireDnssec: v.optional(v.boolean()),
  allowSha1: v.optional(v.boolean()),
  connect: v.optional(v.pipe(v.string(), v.maxLength(512))),
  mode: v.optional(v.picklist(['starttls', 'direct-tls'])),
  allowPrivate: v.optional(v.boolean()),
  timeoutSeconds: v.optional(v.number()),
  at: v.optional(v.pipe(v.string(), v.maxLength(64))),
  demo: v.optional(v.boolean()),
});

/** The default budget of a check: 10 s (chosen: longer than any healthy server needs). Bounds keep a typing mistake harmless. */
export const DEFAULT_TIMEOUT_S = 10;
const LONGEST_TIMEOUT_S = 600;

/** Parses a form. The problem is a sentence for the person, its code names the option at fault. */
export function parseRequest(form: unknown): Outcome<CheckRequest, Said> {
  const parsed = v.safeParse(FormSchema, form);
  if (!parsed.success) return no('form', optionPhrases.form(visible(parsed.issues[0].message)));
  const f = parsed.output;

  const address = parseAddress(f.input);
  if (!address.ok) return no('input', address.problem.detail);
  const service = f.service === 'server' ? 'xmpp-server' : 'xmpp-client';

  const from = f.from === undefined || f.from === '' ? null : parseSource(f.from);
  if (from !== null && (!from.ok || from.value.kind !== 'domain'))
    return no('from', optionPhrases.from(visible(f.from ?? '')));

  const resolvers: string[] = [];
  for (const text of f.resolvers === undefined || f.resolvers.length === 0 ? ['system'] : f.resolvers) {
    const resolver = parseResolver(text);
    if (!resolver.ok) return no('resolver', resolver.problem.detail);
    resolvers.push(resolver.value.text);
  }

  const negativeAnchors: DnsName[] = [];
  for (const text of f.negativeAnchors ?? []) {
    const name = parseName(text);
    if (!name.ok) return no('negative-anchor', optionPhrases.negativeAnchor(visible(text)));
    negativeAnchors.push(name.value);
  }

  if (f.trustAnchor !== undefined) {
    const lines = parseZoneLines(f.trustAnchor);
    if (!lines.ok) return no('trust-anchor', optionPhrases.trustAnchor(lines.problem.detail));
    if (lines.value.length === 0) return no('trust-anchor', optionPhrases.trustAnchorEmpty());
  }
  for (const { name, pem } of f.ca ?? []) {
    const certificates = decodePem(pem);
    // A bundle may hold one that cannot be read; a file in which all are broken vouches for nobody.
    if (!certificates.ok || !certificates.value.some((der) => decodeCertificate(der).ok))
      return no('ca', optionPhrases.ca(visible(name)));
  }

  const connect = parseConnect(f.connect, f.mode);
  if (!connect.ok) return connect;
  const seconds = f.timeoutSeconds ?? DEFAULT_TIMEOUT_S;
  if (!(seconds > 0 && seconds <= LONGEST_TIMEOUT_S))
    return no('timeout', optionPhrases.timeout(LONGEST_TIMEOUT_S));
  const at = f.at === undefined ? null : parseTime(f.at);
  if (at === undefined) return no('at', optionPhrases.at(visible(f.at ?? '')));

  const defaultRoots: readonly RootsName[] = ['bundled', 'system', 'files'];
  return {
    ok: true,
    value: {
      given: f.input.trim(),
      source: address.value.source,
      service,
      from: from === null ? null : (sourceText(from.value) as DnsName),
      resolvers,
      trustAnchor: f.trustAnchor ?? null,
      negativeAnchors,
      requireDnssec: f.requireDnssec ?? false,
      allowSha1: f.allowSha1 ?? false,
      roots: f.roots ?? defaultRoots,
      ca: f.ca ?? [],
      connect: connect.value,
      allowPrivate: f.allowPrivate ?? false,
      timeoutMs: Math.round(seconds * 1000),
      at,
    },
  };
}

/** What is legal, but hardly what was meant: stores without files, files without their store. Null where all is well. */
export function rootsNote(
  roots: readonly string[] | undefined,
  ca: readonly unknown[] | undefined,
): string | null {
  if (roots === undefined) return null;
  const hasFiles = ca !== undefined && ca.length > 0;
  if (!roots.includes('files')) return hasFiles ? optionPhrases.caWithoutFiles() : null;
  return roots.length === 1 && !hasFiles ? optionPhrases.rootsWithoutFiles() : null;
}

/** ISO 8601 with a time zone, or a date alone (midnight UTC). Returns canonical UTC text, undefined for anything else. */
export function parseTime(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)) return undefined;
  const [ms, day] = [Date.parse(text), text.slice(0, 10)];
  if (Number.isNaN(ms)) return undefined;
  // Date.parse takes 31 February for 3 March: the day itself must come back.
  const exists = new Date(Date.parse(day)).toISOString().startsWith(day);
  return exists ? new Date(ms).toISOString() : undefined;
}

function parseConnect(
  text: string | undefined,
  mode: Mode | undefined,
): Outcome<CheckRequest['connect'], Said> {
  if (text === undefined || text === '') {
    return mode === undefined ? { ok: true, value: null } : no('mode', optionPhrases.modeAlone());
  }
  const m = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(m?.[3]);
  const host = parseSource(m?.[1] ?? m?.[2] ?? '');
  if (m === null || !host.ok || port < 1 || port > 65535)
    return no('connect', optionPhrases.connect(visible(text)));
  const name = sourceText(host.value);
  // RFC 6761 6.3: localhost is this machine, whatever a resolver says.
  return {
    ok: true,
    value: { host: name === 'localhost' ? '127.0.0.1' : name, port, mode: mode ?? 'starttls' },
  };
}

function no(code: string, text: string): Outcome<never, Said> {
  return { ok: false, problem: { code, text } };
}
