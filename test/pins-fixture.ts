/**
 * pins-fixture.ts: small reports, for tests of what may be accepted and of `mellon pins`.
 *
 * In:   what shall be special about the one endpoint
 * Out:  a Report
 * Not:  real judging (test/trust)
 */
import type { DnsName } from '../shared/basics.ts';
import type { EndpointReport, Report, Route, TargetReport, Verdict } from '../shared/report.ts';

export const hex = (n: number): string => n.toString(16).padStart(64, '0');
export const ABSENT: Route = { state: 'absent', steps: [], opensBy: null };

export const reason = (code: string): Verdict['reasons'][number] => ({
  code,
  text: `${code}.`,
  ref: 'RFC 0',
});

export function verdict(outcome: Verdict['outcome'], ...codes: readonly string[]): Verdict {
  const isManual = outcome === 'manual';
  return {
    outcome,
    by: outcome === 'auto-accept' ? 'pkix' : null,
    case: isManual ? 'right-name-untrusted-issuer' : null,
    sentence: `This is ${outcome}.`,
    reasons: codes.map(reason),
  };
}

export function endpoint(over: Partial<EndpointReport> = {}, leaf = 1, key = 2): EndpointReport {
  return {
    address: '192.0.2.1',
    reached: 'tls',
    tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
    stream: { starttls: 'required', mechanisms: [] },
    chain: [
      {
        ...{ sha256: hex(leaf), spkiSha256: hex(key), subject: 'CN=x', issuer: 'CN=x' },
        ...{ notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' },
        names: [{ type: 'dns', value: 'shire.example' }],
        pem: '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n',
      },
    ],
    routes: { dane: ABSENT, pkix: ABSENT, 'pkix-delegated': ABSENT, posh: ABSENT, pin: ABSENT },
    verdict: verdict('manual', 'right-name-untrusted-issuer', 'self-signed'),
    ...over,
  };
}

export function report(
  endpoints: readonly EndpointReport[],
  over: Partial<Report> = {},
  target: Partial<TargetReport> = {},
): Report {
  const worst = ['refuse', 'manual', 'auto-accept', 'unreachable'] as const;
  const outcome = worst.find((one) => endpoints.some((e) => e.verdict.outcome === one)) ?? 'unreachable';
  return {
    schema: 'mellon.report/1',
    input: { given: 'shire.example', domain: 'shire.example', service: 'xmpp-client' },
    startedAt: '2026-11-23T12:00:00.000Z',
    durationMs: 1,
    resolver: { urls: ['udp://192.0.2.53'], dnssecData: 'delivered', anchor: null },
    discovery: { outcome: 'fallback', srv: [] },
    targets: [
      {
        ...{ host: 'shire.example', port: 5222, mode: 'starttls', delegation: 'none-needed', addresses: [] },
        tlsa: { answer: 'none', dnssec: 'insecure', why: '', records: [] },
        endpoints,
        ...target,
      },
    ],
    verdict: endpoints.find((e) => e.verdict.outcome === outcome)?.verdict ?? verdict('unreachable'),
    observations: [],
    request: {
      given: 'shire.example',
      source: { kind: 'domain', ascii: 'shire.example' as DnsName, unicode: 'shire.example' },
      ...{
        service: 'xmpp-client',
        from: null,
        resolvers: ['system'],
        trustAnchor: null,
        negativeAnchors: [],
      },
      ...{ requireDnssec: false, allowSha1: false, roots: ['bundled'], ca: [], connect: null },
      ...{ allowPrivate: false, timeoutMs: 10_000, at: null },
    },
    runtime: { program: 'Mellon', node: '24', tls: 'OpenSSL' },
    ...over,
  };
}
