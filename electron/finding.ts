/**
 * finding.ts: what changed since the last look at a domain: nothing, a renewal with a known key, or a new key.
 *
 * In:   the report of a check that the store has not recorded yet, the store
 * Out:  findingOf
 * Not:  a verdict (trust); running checks (pins-check.ts, engine.ts)
 */
import type { Finding } from '../shared/pin.ts';
import type { Report } from '../shared/report.ts';
import { historyEntryOf } from './accept.ts';
import type { Store } from './store/store.ts';

/** Against the last look at which something was seen; without one, against what is pinned or watched. */
export function findingOf(report: Report, store: Store): Finding {
  const now = historyEntryOf(report);
  if (now === null || now.keys.length === 0) return 'not-seen';
  const seen = store.history(now.domain, now.service);
  const last = seen.ok ? seen.value.findLast((entry) => entry.keys.length > 0) : undefined;
  const view = store.view(now.domain, now.service);
  const live = view.pins.filter((pin) => pin.revoked === null);
  const pinnedKeys = live.flatMap((pin) => (pin.by === 'key' ? [pin.sha256] : (pin.keySha256 ?? [])));
  const pinned = live.flatMap((pin) => (pin.by === 'certificate' ? [pin.sha256] : []));
  const keys = new Set([...(last?.keys ?? []), ...pinnedKeys, ...(view.watch?.keys ?? [])]);
  const certificates = new Set([...(last?.certificates ?? []), ...pinned]);
  if (keys.size + certificates.size === 0) return 'first';
  if (now.certificates.every((one) => certificates.has(one))) return 'same';
  // A certificate pin that was imported knows no key: another certificate may then be anything.
  if (!now.keys.every((key) => keys.has(key))) return 'new-key';
  return certificates.size === 0 ? 'same' : 'renewed';
}
