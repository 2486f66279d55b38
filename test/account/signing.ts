/**
 * signing.ts: one attempt to sign in to a server on loopback.
 *
 * In:   how the server differs from a good one
 * Out:  how the attempt ended, what was told, and all that the server heard
 * Not:  any expectation; the verdict before it (test/sign-in.test.ts)
 */
import { attemptSignIn, type Attempt, type Signed, type Told } from '../../electron/account/attempt.ts';
import type { Failure } from '../../electron/account/failure.ts';
import { selfSigned } from '../../electron/demo/certificate.ts';
import { withAccounts, type AccountOptions, type Point } from '../../electron/demo/sasl-server.ts';
import { startXmppServer, type XmppServer, type XmppServerOptions } from '../../electron/demo/xmpp-server.ts';
import { openNet } from '../../electron/net/open.ts';
import type { Outcome } from '../../shared/basics.ts';

export const PASSWORD = 'no admittance except on party business';
export const issued = selfSigned({ now: Date.UTC(2026, 10, 23), names: { dns: ['shire.example'] } });
export const MECHANISMS = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'] as const;
export const BINDINGS = ['tls-exporter', 'tls-server-end-point'] as const;

export type Ended = {
  readonly outcome: Outcome<Signed, Failure>;
  /** `signed-in`, or the code of the failure. */
  readonly code: string;
  readonly told: readonly Told[];
  /** What we said under TLS and before, one text. */
  readonly heard: string;
};
export type Wish = {
  readonly accounts?: Partial<AccountOptions>;
  readonly server?: Partial<XmppServerOptions>;
  readonly attempt?: Partial<Attempt>;
  /** Aborts when this is told. */
  readonly stopAt?: Told['id'];
  readonly budgetMs?: number;
};

/** Says `xml` in place of what the server would say at `at`. */
export function instead(at: Point, xml: string | ((honest: string) => string | null)): Wish {
  const words = (here: Point, honest: string): string | null =>
    here !== at ? honest : typeof xml === 'string' ? xml : xml(honest);
  return { accounts: { twist: { instead: (here, _peer, honest) => words(here, honest) } } };
}

/** Starts a server, signs in to it, and stops it. */
export async function signInTo(wish: Wish = {}): Promise<Ended> {
  const server = await startXmppServer({
    credentials: { cert: issued.pem, key: issued.keyPem },
    ...withAccounts({
      accounts: { 'bilbo@shire.example': PASSWORD },
      mechanisms: MECHANISMS,
      channelBindings: BINDINGS,
      ...wish.accounts,
    }),
    ...wish.server,
  });
  try {
    return await attempt(server, wish);
  } finally {
    await server.close();
  }
}

async function attempt(server: XmppServer, wish: Wish): Promise<Ended> {
  const stop = new AbortController();
  const clock = wish.budgetMs === undefined ? null : AbortSignal.timeout(wish.budgetMs);
  const signal = clock === null ? stop.signal : AbortSignal.any([stop.signal, clock]);
  const began = performance.now();
  const elapsed = (): number => performance.now() - began;
  const net = openNet({
    resolvers: [],
    dial: (address, port) => ({ address, port }),
    elapsed,
    stepMs: 4_000,
    resolverCa: [],
    clientCertificate: null,
  });
  let protocol = '';
  const socket = await net.secure(
    {
      kind: 'visit',
      endpoint: { host: 'shire.example', port: server.port, mode: 'starttls', address: '127.0.0.1' },
      service: 'xmpp-client',
      to: 'shire.example',
      sni: 'shire.example',
      streamFrom: null,
      from: [],
    },
    (one) => {
      if (one.kind === 'tls' && one.outcome.ok) protocol = one.outcome.value.protocol;
    },
    signal,
  );
  if (socket === null) throw new Error('it did not come to TLS');
  const told: Told[] = [];
  const outcome = await attemptSignIn({
    socket,
    protocol,
    leaf: issued.der,
    domain: 'shire.example',
    ascii: 'shire.example',
    local: 'bilbo',
    password: PASSWORD,
    allowPlain: false,
    expected: null,
    tell: (one) => {
      told.push(one);
      if (one.id === wish.stopAt) stop.abort();
    },
    elapsed,
    signal,
    late: () => (stop.signal.aborted ? 'cancelled' : 'timed-out'),
    ...wish.attempt,
  });
  net.close();
  // What was sent last may still be on its way to the server.
  while (server.open() > 0) await new Promise((resolve) => setImmediate(resolve));
  const code = outcome.ok ? 'signed-in' : outcome.problem.code;
  return { outcome, code, told, heard: server.heard().join('\n') };
}
