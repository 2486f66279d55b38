/**
 * pins-reader.ts: the pins of this person, for commands that only read them.
 *
 * In:   the environment (where the store lives)
 * Out:  the look-up that a World wants; a store that cannot be read is "not known", never "no pins"
 * Not:  changing pins (pins-command.ts)
 */
import type { Instant } from '../shared/basics.ts';
import type { PinView } from '../shared/pin.ts';
import type { Service } from '../shared/request.ts';
import { storeFolder } from './store-folder.ts';
import { storeIn } from './store/store.ts';

/** Opens the store and returns its view by domain and service. */
export function readPins(): (domain: string, service: Service) => PinView {
  const store = storeIn({ folder: storeFolder(), now: () => Date.now() as Instant });
  return (domain, service) => store.view(domain, service);
}
