/**
 * fixtures.ts: reports for tests of the screen, built by hand: each verdict, and hostile text in every field.
 *
 * In:   which verdict
 * Out:  reports and their parts
 * Not:  what the engine would really say (test/e2e asks the demo realm)
 */
import type { DnsName } from '../../shared/basics.ts';
import type { Observation } from '../../shared/observation.ts';
import type {
  ChainCertificate,
  DnssecLink,
  EndpointReport,
  Report,
  Route,
  RouteName,
  Verdict,
} from '../../shared/report.ts';

export const SHA = 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90';
const ABSENT: Route = { state: 'absent', steps: [], opensBy: null };

export const LEAF: ChainCertificate = {
  sha256: SHA,
  spkiSha256: SHA.split('').reverse().join(''),
  subject: 'CN=xmpp1.hosting.example',
  issuer: 'CN=Isengard Issuing CA, O=Isengard',
  notBefore: '2026-09-01T00:00:00.000Z',
  notAfter: '2026-12-30T00:00:00.000Z',
  names: [
    {
      type: 'dns',
      value: 'xmpp1.hosting.example',
      matched: null,
      why: 'is the target, which nothing vouches for',
    },
    { type: 'srv', value: '_xmpp-client.shire.example', matched: 'SRV-ID _xmpp-client.shire.example' },
  ],
  pem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  key: 'ECDSA P-256',
  signature: 'ecdsa-with-SHA256',
  serial: '01',
};

const link = (zone: string, status: DnssecLink['status']): DnssecLink => ({
  zone,
  status,
  text:
    status === 'bogus'
      ? 'The signature over the SRV set expired on 2026-11-01.'
      : 'The DS record of the parent matches a key here.',
  repair: status === 'bogus' ? 'Sign the zone again.' : null,
  keys: [
    { tag: 38696, algorithm: 8, ksk: true, signs: true },
    { tag: 1234, algorithm: 13, ksk: false, signs: false },
  ],
  ds: zone === '' ? [] : [{ tag: 38696, algorithm: 8, digest: 2 }],
  signature: {
    signer: zone,
    tag: 38696,
    algorithm: 8,
    inception: '2026-11-01T00:00:00.000Z',
    expiration: '2026-12-01T00:00:00.000Z',
  },
});
const CHAIN = [link('', 'secure'), link('example', 'secure'), link('shire.example', 'secure')];

export function observations(count: number): readonly Observation[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `o${i + 1}`,
    kind: 'dns' as const,
    start: i * 3,
    end: i * 3 + 12,
    from: [],
    question: { name: `_xmpp-client._tcp.n${i}.example` as DnsName, type: 'SRV' as const },
    resolver: 'udp://127.0.0.1:53',
    resolverIndex: 0,
    outcome:
      i % 7 === 3
        ? { ok: false as const, problem: { code: 'timed-out' as const, afterMs: 12 } }
        : { ok: true as const, value: { reply: '' as never, transport: 'udp' as const } },
  }));
}

export function endpoint(
  address: string,
  verdict: Verdict,
  routes: Partial<Record<RouteName, Route>>,
): EndpointReport {
  return {
    address,
    reached: 'tls',
    tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', alpn: null },
    stream: {
      starttls: 'required',
      mechanisms: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'],
      channelBindings: ['tls-exporter'],
    },
    chain: [LEAF, { ...LEAF, sha256: SHA.replaceAll('a', '0'), subject: 'CN=Isengard Issuing CA' }],
    routes: { dane: ABSENT, pkix: ABSENT, 'pkix-delegated': ABSENT, posh: ABSENT, pin: ABSENT, ...routes },
    verdict,
    path: [SHA, SHA.replaceAll('a', '0'), 'f'.repeat(64)],
    checks: [
      { id: 'leaf', ok: true, text: 'It is an end-entity certificate.', ref: 'RFC 5280 4.2.1.9' },
      { id: 'signed', ok: true, text: 'It is signed by a CA.' },
      { id: 'anchor', ok: false, text: 'It chains to an established trust anchor.', ref: 'RFC 5280 6.1' },
      { id: 'name', ok: null, text: 'It contains a proper identifier.', ref: 'RFC 6120 13.7.1.2' },
    ],
  };
}

const DANE_OPEN: Route = {
  state: 'open',
  steps: [
    { id: 'tlsa-found', ok: true, text: 'TLSA records are published at _5222._tcp.xmpp1.hosting.example.' },
    { id: 'tlsa-secure', ok: true, text: 'They are signed, from the root down.', ref: 'RFC 4035 5' },
    {
      id: 'tlsa-match',
      ok: true,
      text: 'Record 3 1 1 names the key of this certificate.',
      ref: 'RFC 7671 5.1',
    },
  ],
  opensBy: null,
};
const PKIX_SHUT: Route = {
  state: 'shut',
  steps: [
    { id: 'path', ok: false, text: 'No path leads to a trust anchor.', ref: 'RFC 5280 6.1' },
    { id: 'name', ok: true, text: 'The name is right.' },
  ],
  opensBy: 'A certificate for shire.example from a public authority would open it.',
};

export const ACCEPT: Verdict = {
  outcome: 'auto-accept',
  by: 'dane',
  case: null,
  sentence: 'The signed DNS of shire.example names exactly the key that xmpp1.hosting.example showed.',
  reasons: [
    {
      code: 'dane-ee-match',
      text: 'A TLSA record 3 1 1 matches the certificate.',
      ref: 'RFC 7671 5.1',
      from: ['o1'],
    },
  ],
};
export const MANUAL: Verdict = {
  outcome: 'manual',
  by: null,
  case: 'right-name-untrusted-issuer',
  sentence: 'The certificate carries the right name, but nobody known vouches for it.',
  reasons: [{ code: 'untrusted-issuer', text: 'No path leads to a trust anchor.', ref: 'RFC 5280 6.1' }],
};
export const REFUSE: Verdict = {
  outcome: 'refuse',
  by: null,
  case: null,
  sentence: 'The certificate is none of those that the domain publishes in signed DNS.',
  reasons: [{ code: 'dane-mismatch', text: 'Two usable TLSA records, none matches.', ref: 'RFC 7671 10.3' }],
};

/** A report whose one target has two addresses, both with this verdict. */
export function report(verdict: Verdict = ACCEPT, domain = 'shire.example'): Report {
  const dane: Route =
    verdict.outcome === 'auto-accept'
      ? DANE_OPEN
      : verdict.outcome === 'refuse'
        ? { ...DANE_OPEN, state: 'contradicted' }
        : ABSENT;
  const proof = { dnssec: 'secure' as const, why: 'Signed from the root down.', chain: CHAIN, ad: true };
  return {
    schema: 'mellon.report/1',
    input: { given: domain, domain, service: 'xmpp-client', unicode: domain },
    startedAt: '2026-11-23T12:00:00.000Z',
    durationMs: 312,
    resolver: { urls: ['udp://127.0.0.1:5353'], dnssecData: 'delivered', anchor: '. 38696' },
    discovery: {
      outcome: 'srv',
      srv: [
        {
          ...proof,
          owner: `_xmpp-client._tcp.${domain}.`,
          answer: 'records',
          records: [{ priority: 5, weight: 10, port: 5222, host: 'xmpp1.hosting.example' }],
        },
        { ...proof, owner: `_xmpps-client._tcp.${domain}.`, answer: 'none', records: [] },
      ],
    },
    targets: [
      {
        host: 'xmpp1.hosting.example',
        port: 5222,
        mode: 'starttls',
        delegation: 'dnssec',
        addresses: [
          { ...proof, type: 'A', answer: 'records', list: ['127.0.10.1', '127.0.10.2'] },
          { ...proof, type: 'AAAA', answer: 'none', list: [] },
        ],
        tlsa: {
          ...proof,
          answer: 'records',
          owner: '_5222._tcp.xmpp1.hosting.example',
          records: [
            {
              text: `3 1 1 ${SHA}`,
              usable: true,
              matches: verdict.outcome === 'auto-accept',
              why: 'The SHA-256 of the leaf’s key.',
            },
            { text: '9 9 9 00', usable: false, matches: null, why: 'Usage 9 is not known.' },
          ],
        },
        endpoints: [
          endpoint('127.0.10.1', verdict, { dane, pkix: PKIX_SHUT }),
          endpoint('127.0.10.2', verdict, { dane, pkix: PKIX_SHUT }),
        ],
      },
    ],
    verdict,
    observations: observations(12),
    request: {
      given: domain,
      source: { kind: 'domain', ascii: domain as DnsName, unicode: domain },
      service: 'xmpp-client',
      from: null,
      resolvers: ['udp://127.0.0.1:5353'],
      trustAnchor: null,
      negativeAnchors: [],
      requireDnssec: false,
      allowSha1: false,
      roots: ['bundled', 'system', 'files'],
      ca: [],
      connect: null,
      allowPrivate: true,
      timeoutMs: 10_000,
      at: null,
    },
    runtime: { program: '0.1.0', node: '24', tls: 'OpenSSL' },
    posh: {
      hops: [
        {
          url: `https://${domain}/.well-known/posh/xmpp-client.json`,
          status: 404,
          problem: null,
          certificate: [],
          protocol: 'TLSv1.3',
          from: [],
        },
      ],
      kind: 'none',
      expiresAt: null,
      fingerprints: [],
      notes: [],
      text: null,
    },
  };
}

/** Markup, bidi overrides, controls, and a lone surrogate: what a hostile server may put into any text. */
export const HOSTILE = '<img src=x onerror="document.title=\'owned\'">\u202Egnp.exe\u0007\u2066\ud800';

/** Every text of a report that can come from outside, replaced by hostile text; 10,000 names and a 1 MB subject. */
export function hostileReport(): Report {
  const base = report(MANUAL);
  const leaf: ChainCertificate = {
    ...LEAF,
    subject: `${HOSTILE}${'x'.repeat(1_000_000)}`,
    issuer: HOSTILE,
    serial: HOSTILE,
    key: HOSTILE,
    signature: HOSTILE,
    names: Array.from({ length: 10_000 }, (_, i) => ({ type: 'dns' as const, value: `${HOSTILE}${i}` })),
  };
  const [target] = base.targets;
  if (target === undefined) throw new Error('the fixture has no target');
  return {
    ...base,
    input: { ...base.input, given: HOSTILE, unicode: HOSTILE },
    targets: [
      {
        ...target,
        host: HOSTILE,
        tlsa: {
          ...target.tlsa,
          why: HOSTILE,
          records: [{ text: HOSTILE, usable: true, matches: false, why: HOSTILE }],
        },
        endpoints: target.endpoints.map((e) => ({
          ...e,
          chain: [leaf],
          tls: { protocol: HOSTILE, cipher: HOSTILE },
          stream: { ...e.stream, mechanisms: [HOSTILE], features: [HOSTILE], error: HOSTILE },
          checks: [{ id: 'x', ok: false, text: HOSTILE, ref: HOSTILE }],
        })),
      },
    ],
    verdict: { ...base.verdict, sentence: HOSTILE, reasons: [{ code: 'x', text: HOSTILE, ref: HOSTILE }] },
    posh: {
      hops: [],
      kind: 'invalid',
      expiresAt: HOSTILE,
      fingerprints: [{ text: HOSTILE, usable: false, why: HOSTILE }],
      notes: [],
      text: HOSTILE,
    },
  };
}
