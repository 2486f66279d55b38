/**
 * dns-secure-peers.ts: resolvers on loopback over TLS and HTTPS, gone after each test.
 *
 * In:   what to answer
 * Out:  their ports, their authority
 * Not:  any expectation
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { makeCa, type Issued } from '../../electron/demo/certificate.ts';
import { startDnsServer, type DnsServer, type DnsServerOptions } from '../../electron/demo/dns-server.ts';
import { replyTo } from './dns-asking.ts';
import { closing } from './dns-peers.ts';

// The runtime verifies these connections by its own clock, so these certificates live around the real now.
export const NOW = Date.now();
export const ca = makeCa({ name: 'Test CA', now: NOW });
export const resolver = ca.issue({ now: NOW, names: { dns: ['dns.example'], ip: ['127.0.0.1'] } });

/** The demo's own server with all four transports. */
export async function serveSecure(
  answer: DnsServerOptions['answer'] = (query) => replyTo(query),
  credentials: Issued = resolver,
): Promise<DnsServer & { readonly tlsPort: number; readonly httpsPort: number }> {
  const server = await startDnsServer({
    answer,
    tls: { key: credentials.keyPem, cert: credentials.chainPem },
  });
  closing.push(() => server.close());
  const { tlsPort, httpsPort } = server;
  if (tlsPort === undefined || httpsPort === undefined) throw new Error('no secure ports');
  return { ...server, tlsPort, httpsPort };
}

export const withCa = { ca: [ca.pem], stepMs: 2000 };

/** HTTPS with its hands free. */
export async function web(
  hear: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ port: number; connections: () => number }> {
  const sockets = new Set<Socket>();
  const http = createHttpServer((request, response) => {
    request.resume();
    request.on('end', () => hear(request, response));
  });
  const server = createTlsServer(
    { key: resolver.keyPem, cert: resolver.chainPem, ALPNProtocols: ['http/1.1'] },
    (socket) => {
      http.emit('connection', socket);
    },
  );
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, connections: () => sockets.size };
}

/** HTTP/2 with its hands free: `hear` gets each stream when its request is whole. */
export async function web2(
  hear: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, query: Buffer) => void,
  maxVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3',
): Promise<{ port: number; connections: () => number }> {
  const sockets = new Set<Socket>();
  const server = createSecureServer({ key: resolver.keyPem, cert: resolver.chainPem, maxVersion });
  server.on('stream', (stream, headers) => {
    const pieces: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => hear(stream, headers, Buffer.concat(pieces)));
  });
  server.on('sessionError', () => undefined);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, connections: () => sockets.size };
}
