/**
 * report-input.ts: a saved report as it may come from anywhere: only what judging again reads, and bounded.
 *
 * In:   parsed JSON
 * Out:  request, observations and times, or what is wrong; the words of what is stored, to be compared
 * Not:  believing the stored verdicts, routes and evidence (TRUST-RULES section 11)
 */
import * as v from 'valibot';

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
/** 64 KiB of anything as base64, and a certificate of 100 KiB. */
const base64 = v.pipe(v.string(), v.maxLength(200_000), v.regex(/^[A-Za-z0-9+/]*={0,2}$/, 'no base64'));
const milliseconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(15));
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535));
const mode = v.picklist(['starttls', 'direct-tls']);
const name = text(1100);

const problem = v.variant('code', [
  v.object({ code: v.literal('timed-out'), afterMs: milliseconds }),
  v.object({ code: v.literal('refused') }),
  v.object({ code: v.literal('no-family') }),
  v.object({ code: v.literal('unreachable'), detail: text(4096) }),
  v.object({ code: v.literal('closed-early') }),
  v.object({ code: v.literal('malformed'), detail: text(4096) }),
  v.object({ code: v.literal('too-large'), limit: milliseconds }),
  v.object({ code: v.literal('handshake-failed'), detail: text(4096) }),
  v.object({ code: v.literal('untrusted-resolver'), detail: text(4096) }),
  v.object({ code: v.literal('private-address') }),
]);
const outcome = <S extends v.GenericSchema>(value: S) =>
  v.variant('ok', [v.object({ ok: v.literal(true), value }), v.object({ ok: v.literal(false), problem })]);

const tlsFacts = v.object({
  protocol: text(32),
  cipher: text(128),
  alpn: v.nullable(text(256)),
  chain: v.pipe(v.array(base64), v.maxLength(100)),
  ocsp: v.nullable(base64),
  ocspAsked: v.boolean(),
});
const endpoint = v.object({ host: name, port, mode, address: text(64) });
const looked = {
  id: text(16),
  start: milliseconds,
  end: milliseconds,
  from: v.pipe(v.array(text(16)), v.maxLength(4096)),
};

const observation = v.variant('kind', [
  v.object({
    ...looked,
    kind: v.literal('dns'),
    question: v.object({
      name,
      type: v.picklist([
        'A',
        'AAAA',
        'CNAME',
        'DNAME',
        'SRV',
        'TLSA',
        'DS',
        'DNSKEY',
        'SOA',
        'NS',
        'TXT',
        'CAA',
      ]),
    }),
    resolver: text(512),
    resolverIndex: index,
    outcome: outcome(
      v.object({
        reply: base64,
        transport: v.picklist(['udp', 'tcp', 'tls', 'https']),
        ageMs: v.optional(milliseconds),
      }),
    ),
  }),
  v.object({
    ...looked,
    kind: v.literal('tcp'),
    endpoint,
    outcome: outcome(v.object({ connected: v.literal(true) })),
  }),
  v.object({
    ...looked,
    kind: v.literal('stream'),
    endpoint,
    phase: v.picklist(['before-tls', 'after-tls']),
    sent: text(65_536),
    received: base64,
    problem: v.nullable(problem),
  }),
  v.object({
    ...looked,
    kind: v.literal('tls'),
    endpoint,
    serverName: v.nullable(name),
    outcome: outcome(tlsFacts),
  }),
  v.object({
    ...looked,
    kind: v.literal('https'),
    purpose: v.picklist(['posh', 'host-meta', 'host-meta-json', 'web-endpoint']),
    url: text(8192),
    addresses: v.pipe(v.array(text(64)), v.maxLength(64)),
    address: v.nullable(text(64)),
    tls: v.nullable(tlsFacts),
    outcome: outcome(
      v.object({
        status: v.pipe(v.number(), v.integer()),
        headers: v.pipe(v.array(v.tuple([text(1024), text(16_384)])), v.maxLength(200)),
        body: base64,
      }),
    ),
  }),
]);

/** A stored word; anything else is as good as none: it is compared, never read. */
const word = v.fallback(v.nullable(text(64)), null);
const route = v.fallback(v.object({ state: word }), { state: null });
const list = <S extends v.GenericSchema>(one: S) =>
  v.fallback(v.pipe(v.array(one), v.maxLength(4096), v.readonly()), []);
const verdict = v.object({ outcome: word, by: word, case: word });
const none = { state: null };
const NO_ROUTES = { dane: none, pkix: none, 'pkix-delegated': none, posh: none };
const answer = v.object({ type: word, dnssec: word });
const storedTarget = v.object({
  host: v.fallback(name, ''),
  port: v.fallback(v.number(), 0),
  mode: word,
  addresses: list(answer),
  tlsa: v.fallback(v.object({ dnssec: word }), { dnssec: null }),
  endpoints: list(
    v.object({
      address: word,
      verdict: v.fallback(verdict, { outcome: null, by: null, case: null }),
      routes: v.fallback(
        v.object({ dane: route, pkix: route, 'pkix-delegated': route, posh: route }),
        NO_ROUTES,
      ),
    }),
  ),
});

const service = v.picklist(['xmpp-client', 'xmpp-server']);

/** Everything that judging again needs; unknown fields are dropped. */
export const SavedReportSchema = v.object({
  schema: v.literal('mellon.report/1'),
  startedAt: v.pipe(v.string(), v.isoTimestamp()),
  durationMs: milliseconds,
  recordedAt: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  verdict: v.object({ outcome: text(32), by: v.nullable(text(32)), case: v.nullable(text(64)) }),
  runtime: v.object({ program: text(64), node: text(128), tls: text(128) }),
  request: v.object({
    given: text(8192),
    source: v.variant('kind', [
      v.object({ kind: v.literal('domain'), ascii: name, unicode: text(1100) }),
      v.object({ kind: v.literal('ip'), address: text(64), family: v.picklist([4, 6]) }),
    ]),
    service,
    from: v.nullable(name),
    resolvers: v.pipe(v.array(text(512)), v.maxLength(16)),
    trustAnchor: v.nullable(text(1 << 20)),
    negativeAnchors: v.pipe(v.array(name), v.maxLength(256)),
    requireDnssec: v.boolean(),
    allowSha1: v.boolean(),
    roots: v.array(v.picklist(['bundled', 'system', 'files'])),
    ca: v.pipe(v.array(v.object({ name: text(256), pem: text(4 << 20) })), v.maxLength(16)),
    connect: v.nullable(v.object({ host: name, port, mode })),
    allowPrivate: v.boolean(),
    timeoutMs: milliseconds,
    at: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
  }),
  observations: v.pipe(v.array(observation), v.maxLength(20_000)),
  discovery: v.fallback(v.object({ srv: list(v.object({ owner: v.fallback(name, ''), dnssec: word })) }), {
    srv: [],
  }),
  targets: list(storedTarget),
});
