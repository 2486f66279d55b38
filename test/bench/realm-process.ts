/**
 * realm-process.ts: the demo realm as a process; realm-away.ts starts it.
 *
 * In:   argument: how many domains more than the stories
 * Out:  a message: where everything listens
 * Not:  checks
 */
import type { Instant } from '../../shared/basics.ts';
import { srv, tlsa, type Story } from '../../electron/demo/kit.ts';
import { startRealmServers, STORIES } from '../../electron/demo/realm.ts';

/** A domain whose SRV record delegates to one of ten hosting services, with TLSA there: what a check has most work with. */
function more(index: number): Story {
  const hosting = `hosting${index % 10}.example`;
  return {
    domain: `d${index}.example`,
    teaches: 'many domains at once',
    outcome: 'auto-accept',
    by: 'dane',
    tell(kit) {
      if (index < 10) {
        const plan = kit.zone(hosting);
        const certificate = kit.selfSigned({ dns: [`xmpp.${hosting}`] });
        kit.server(plan, 'xmpp', 5222, { certificate });
        tlsa(plan, 'xmpp', certificate);
      }
      srv(kit.zone(`d${index}.example`), `xmpp.${hosting}`);
    },
  };
}

const stories = [...STORIES, ...Array.from({ length: Number(process.argv[2] ?? 0) }, (_, i) => more(i))];
const servers = await startRealmServers({ now: Date.now() as Instant, stories });
const places: Record<string, { address: string; port: number }> = {};
for (let net = 0; net < 256; net++)
  for (let host = 0; host < 256; host++)
    for (const port of [53, 443, 5222, 5223]) {
      const place = servers.find(`127.0.${net}.${host}`, port);
      if (place !== undefined) places[`127.0.${net}.${host} ${port}`] = place;
    }
process.send?.({ places, resolver: servers.resolver, anchors: servers.anchors, ca: servers.ca });
process.once('disconnect', () => process.exit());
