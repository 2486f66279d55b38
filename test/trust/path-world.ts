/**
 * path-world.ts: the few words that tests of paths share.
 *
 * In:   built certificates
 * Out:  judge(), codes(), a fixed time
 * Not:  tests
 */
import type { Issued } from '../../electron/demo/certificate.ts';
import { judgePath, type PathEvidence, type PathInput } from '../../electron/trust/path.ts';
import { openStore, type TrustStore } from '../../electron/trust/stores.ts';
import type { Instant } from '../../shared/basics.ts';

export const NOW = Date.UTC(2026, 10, 23, 12) as Instant;
export const DAY = 86_400_000;

export function storeOf(...anchors: readonly Issued[]): TrustStore {
  return openStore(
    'file test',
    anchors.map((one) => one.der),
  );
}

export function judge(
  leaf: Issued,
  sent: readonly Issued[],
  stores: readonly TrustStore[],
  more: Partial<PathInput> = {},
): PathEvidence {
  const others = sent.map((one) => one.certificate);
  return judgePath({ leaf: leaf.certificate, sent: others, stores, now: NOW, purpose: 'server', ...more });
}

/** Problems as `code@depth`. */
export function codes(evidence: PathEvidence): readonly string[] {
  return evidence.problems.map(({ code, depth }) => `${code}@${depth}`);
}

/** The answer of one line of the explanation. */
export function line(evidence: PathEvidence, id: string): boolean | null | undefined {
  return evidence.steps.find((step) => step.id === id)?.ok;
}
