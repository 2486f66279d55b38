/**
 * visiting.ts: one visit to a server on loopback, with its observations by phase.
 *
 * In:   a port, what to change of the usual visit
 * Out:  the observations as the conductor would get them, and how long it took
 * Not:  any expectation
 */
import { generateKeyPairSync } from 'node:crypto';
import { makeCa } from '../../electron/demo/certificate.ts';
import type { Credentials } from '../../electron/demo/xmpp-server.ts';
import type { VisitInquiry } from '../../electron/net/net.ts';
import { handshakes, type ClientCertificate } from '../../electron/net/tls.ts';
import { visit } from '../../electron/net/visit.ts';
import { readOpening, type Opening } from '../../electron/wire/xmpp-stream.ts';
import type { Observation } from '../../shared/observation.ts';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
type Phase<K> = WithoutId<Extract<Observation, { kind: K }>>;
export type Visited = {
  readonly kinds: readonly string[];
  readonly tcp: Phase<'tcp'> | undefined;
  readonly before: Phase<'stream'> | undefined;
  readonly tls: Phase<'tls'> | undefined;
  readonly after: Phase<'stream'> | undefined;
  readonly tookMs: number;
};
export type VisitOptions = Partial<VisitInquiry> & {
  readonly port: number;
  readonly mode?: 'starttls' | 'direct-tls';
  readonly stepMs?: number;
  readonly delayMs?: number;
  readonly signal?: AbortSignal;
  readonly see?: (kind: string) => void;
  readonly clientCertificate?: ClientCertificate;
};

/** A fixed time for certificates: nothing here checks dates. */
export const NOW = Date.UTC(2026, 10, 23);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const ca = makeCa({ name: 'Test CA', now: NOW, key: privateKey });

/** A certificate of our CA for one name. */
export function credentialsFor(name: string): Credentials & { readonly der: Uint8Array } {
  const issued = ca.issue({ now: NOW, names: { dns: [name] } });
  return { cert: issued.chainPem, key: issued.keyPem, der: issued.der };
}

export async function visitTo(options: VisitOptions): Promise<Visited> {
  const { port, mode = 'starttls', stepMs = 400, delayMs = 0 } = options;
  const seen: Parameters<Parameters<typeof visit>[2]>[0][] = [];
  const began = performance.now();
  await visit(
    {
      kind: 'visit',
      endpoint: { host: 'shire.example', port, mode, address: '127.0.0.1' },
      service: 'xmpp-client',
      to: 'shire.example',
      sni: 'shire.example',
      streamFrom: null,
      from: ['o1'],
      ...options,
    },
    {
      dial: (address, to) => ({ address, port: to, delayMs }),
      elapsed: () => performance.now() - began,
      stepMs,
      handshake: handshakes(options.clientCertificate ?? null),
      closing: new AbortController().signal,
    },
    (one) => {
      seen.push(one);
      options.see?.(one.kind === 'stream' ? one.phase : one.kind);
    },
    options.signal ?? new AbortController().signal,
  );
  const streams = seen.filter((one) => one.kind === 'stream');
  return {
    kinds: seen.map((one) => (one.kind === 'stream' ? one.phase : one.kind)),
    tcp: seen.find((one) => one.kind === 'tcp'),
    before: streams.find((one) => one.phase === 'before-tls'),
    tls: seen.find((one) => one.kind === 'tls'),
    after: streams.find((one) => one.phase === 'after-tls'),
    tookMs: performance.now() - began,
  };
}

/** What a stream observation says when it is read again from its bytes. */
export function read(phase: Visited['before']): Opening {
  if (phase === undefined) throw new Error('this phase was not recorded');
  return readOpening(new Uint8Array(Buffer.from(phase.received, 'base64')), null);
}
