/**
 * pins-reader.ts: this person's store, for the command line.
 *
 * In:   the environment (where the store lives)
 * Out:  the look-up that a World wants, and the note of what a check saw
 * Not:  changing pins (pins-command.ts)
 */
import type { Instant } from '../shared/basics.ts';
import type { PinView } from '../shared/pin.ts';
import type { Report } from '../shared/report.ts';
import type { Service } from '../shared/request.ts';
import { historyEntryOf } from './accept.ts';
import { storeFolder } from './store-folder.ts';
import { storeIn, type Store } from './store/store.ts';

/** Opens the store; one that cannot be read is "not known" to every look-up, never "no pins". */
export function openOwnStore(): Store {
  return storeIn({ folder: storeFolder(), now: () => Date.now() as Instant });
}

/** The view that a check judges with. */
export function readPins(store: Store = openOwnStore()): (domain: string, service: Service) => PinView {
  return (domain, service) => store.view(domain, service);
}

/** Notes what a check saw, from which "once seen secure" is known. A store that cannot be written costs only that. */
export function noteReport(store: Store, report: Report): void {
  const entry = historyEntryOf(report);
  if (entry !== null) store.recordHistory(entry);
}
