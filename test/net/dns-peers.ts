/**
 * dns-peers.ts: resolvers on loopback with their hands free, gone after each test.
 *
 * In:   what to do with a query or a connection
 * Out:  their ports
 * Not:  any expectation
 */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { startDnsServer, type DnsServer, type DnsServerOptions } from '../../electron/demo/dns-server.ts';

export const closing: (() => unknown)[] = [];
/** For afterEach. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0)) await close();
}

/** The demo's own server. */
export async function serve(answer: DnsServerOptions['answer']): Promise<DnsServer> {
  const server = await startDnsServer({ answer });
  closing.push(() => server.close());
  return server;
}

/** UDP alone, with its hands free. */
export async function udpOnly(
  hear: (query: Buffer, from: RemoteInfo, socket: UdpSocket) => void,
): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => hear(query, from, socket));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  closing.push(() => socket.close());
  return socket.address().port;
}

/** TCP alone. */
export async function tcpOnly(serveOne: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serveOne(socket);
    // Reading on, so that the other side's end is noticed.
    if (socket.listenerCount('data') === 0) socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A message as a stream carries it. */
export function framed(message: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 255), message]);
}
