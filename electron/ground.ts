/**
 * ground.ts: what judging stands on besides the observations, made from the request.
 *
 * In:   the request, the time, the machine's certificate stores
 * Out:  anchors, negative anchors, trust stores by name, the runtime's name
 * Not:  pins (store), judging (trust)
 */
import tls from 'node:tls';
import type { Instant } from '../shared/basics.ts';
import type { CheckRequest } from '../shared/request.ts';
import { anchorsFrom, BUILT_IN_ANCHORS, BUILT_IN_NEGATIVE_ANCHORS } from './trust/dnssec/anchors.ts';
import type { SignatureCache } from './trust/dnssec/validate.ts';
import type { ProofGround } from './trust/proofs.ts';
import { openStore, type TrustStore } from './trust/stores.ts';
import { decodePem } from './wire/pem.ts';
import { parseZoneLines } from './wire/zone-line.ts';
import packageJson from '../package.json' with { type: 'json' };

export const VERSION: string = packageJson.version;

export const RUNTIME = {
  program: `mellon ${VERSION}`,
  node:
    'electron' in process.versions
      ? `${process.version} in Electron ${process.versions['electron']}`
      : process.version,
  tls: /boringssl/i.test(process.versions.openssl)
    ? `BoringSSL ${process.versions.openssl}`
    : `OpenSSL ${process.versions.openssl}`,
} as const;

/** Anchors and DNSSEC policy of a request; `at` decides the time where it is given. */
export function groundOf(request: CheckRequest, now: Instant, cache?: SignatureCache): ProofGround {
  const lines = request.trustAnchor === null ? null : parseZoneLines(request.trustAnchor);
  return {
    anchors: lines === null ? BUILT_IN_ANCHORS : lines.ok ? anchorsFrom(lines.value) : [],
    negativeAnchors: [...BUILT_IN_NEGATIVE_ANCHORS, ...request.negativeAnchors],
    now: request.at === null ? now : (Date.parse(request.at) as Instant),
    allowSha1: request.allowSha1,
    ...(cache === undefined ? {} : { cache }),
  };
}

/** The named stores of a request (TRUST-RULES 5.1). */
export function machineStores(request: CheckRequest): readonly TrustStore[] {
  const files = request.ca.map(({ name, pem }) => {
    const certificates = decodePem(pem);
    return openStore(`file ${name}`, certificates.ok ? certificates.value : []);
  });
  return request.roots.flatMap((name) => (name === 'files' ? files : [machineStore(name)]));
}

/** PEM certificates that may vouch for a resolver: bundled and system, whatever --roots says, and --ca. */
export function resolverAuthorities(request: CheckRequest): readonly string[] {
  return [...pemOf('bundled'), ...pemOf('system'), ...request.ca.map(({ pem }) => pem)];
}

/** The machine's own stores do not change while the program runs: they are read once. */
const opened = new Map<'bundled' | 'system', TrustStore>();

function machineStore(name: 'bundled' | 'system'): TrustStore {
  let store = opened.get(name);
  if (store === undefined) {
    // Read anew should a reading ever break off: half a store must not stay one.
    store = openStore(name, { [Symbol.iterator]: () => derOf(name) });
    opened.set(name, store);
  }
  return store;
}

/** Read when somebody asks the store, not before the first packet: a hundred milliseconds where a system has many. */
function* derOf(name: 'bundled' | 'system'): Generator<Uint8Array> {
  for (const pem of pemOf(name)) {
    const certificates = decodePem(pem);
    if (certificates.ok) yield* certificates.value;
  }
}

/** Each once: OpenSSL finds the same certificate in a folder under two names and in the file that holds all. */
function pemOf(name: 'bundled' | 'system'): ReadonlySet<string> {
  return new Set(tls.getCACertificates(name));
}
