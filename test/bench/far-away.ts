/**
 * far-away.ts: loopback servers as if they were far away, for programs that are not ours.
 *
 * In:   a port on loopback, milliseconds per direction
 * Out:  another port that leads there more slowly, over UDP or TCP
 * Not:  our own connections (electron/net/delay.ts does the same inside the process)
 */
import { createSocket } from 'node:dgram';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type FarAway = { readonly port: number; close(): void };

/** A UDP port whose datagrams arrive `delayMs` later, in both directions. */
export async function farUdp(to: number, delayMs: number): Promise<FarAway> {
  const front = createSocket('udp4');
  await new Promise<void>((resolve) => front.bind(0, '127.0.0.1', resolve));
  const backs = new Set<ReturnType<typeof createSocket>>();
  front.on('message', (query, from) => {
    const back = createSocket('udp4');
    backs.add(back);
    back.on('message', (reply) => {
      setTimeout(() => {
        front.send(reply, from.port, from.address);
        back.close();
        backs.delete(back);
      }, delayMs);
    });
    setTimeout(() => back.send(query, to, '127.0.0.1'), delayMs);
  });
  return {
    port: front.address().port,
    close() {
      front.close();
      for (const back of backs) back.close();
    },
  };
}

/** A TCP port whose bytes arrive `delayMs` later, in both directions; the first ones another round trip, for connecting. */
export async function farTcp(to: number, delayMs: number): Promise<FarAway> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ port: to, host: '127.0.0.1', noDelay: true });
    near.setNoDelay(true);
    const connected = performance.now() + 2 * delayMs;
    const pass = (from: Socket, into: Socket, extra: () => number): void => {
      open.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        open.delete(from);
        setTimeout(() => into.destroy(), delayMs);
      });
      from.on('end', () => setTimeout(() => into.end(), delayMs));
      from.on('data', (chunk: Buffer) => setTimeout(() => into.write(chunk), delayMs + extra()));
    };
    pass(near, far, () => Math.max(0, connected - performance.now()));
    pass(far, near, () => 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
