/**
 * relay.ts: a man in the middle with a certificate that looks right: he ends TLS and passes on what is said under it.
 *
 * In:   where the true server stands (direct TLS), and the authority that vouches for it
 * Out:  relayTo: the act that makes a server of xmpp-server.ts such a man
 * Not:  his certificate (the story's), what gives him away (channel binding)
 */
import { connect } from 'node:tls';
import type { Act } from './xmpp-server.ts';

export type TrueServer = {
  readonly address: string;
  readonly port: number;
  readonly ca: string;
  /** The name in its certificate. */
  readonly name: string;
};

/** To be used at the moment `secured`. Every byte goes on in both directions, unchanged. */
export function relayTo(find: () => TrueServer): Act {
  return (peer) => {
    const { address, port, ca, name } = find();
    const here = peer.detach();
    const there = connect({ host: address, port, ca, servername: name, ALPNProtocols: ['xmpp-client'] });
    const end = (): void => {
      here.destroy();
      there.destroy();
    };
    for (const socket of [here, there]) {
      socket.on('error', end);
      socket.on('close', end);
    }
    here.pipe(there);
    there.pipe(here);
  };
}
