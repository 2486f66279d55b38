/**
 * dns-server.ts: a DNS server on loopback, over every transport that a resolver can have.
 *
 * In:   what to answer to a query's bytes
 * Out:  UDP and TCP on one port, and where a certificate is given DoT (RFC 7858) and DoH (RFC 8484)
 * Not:  zones and signatures (the demo's world builds the answers)
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { decodeMessage } from '../wire/dns-message.ts';
import { encodeMessage } from '../wire/dns-write.ts';

export type Via = 'udp' | 'tcp' | 'tls' | 'https';
export type DnsServerOptions = {
  /** The reply to a query; null for silence, several for a server that says more than one thing. */
  readonly answer: (query: Uint8Array, via: Via) => Uint8Array | null | readonly Uint8Array[];
  /** PEM; without it there is neither DoT nor DoH. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** For UDP and TCP; 0 or none for any free one. */
  readonly port?: number;
  /** 127.0.0.1 unless given. */
  readonly host?: string;
};
export type DnsServer = {
  readonly port: number;
  readonly tlsPort?: number;
  readonly httpsPort?: number;
  close(): Promise<void>;
};

/** How often another port is tried when the one that UDP got is taken for TCP. Chosen: once is seldom needed. */
const MOST_TRIES = 20;
/** RFC 1035 4.2.1 and RFC 6891 6.2.3: what a client without EDNS takes over UDP, and the least that EDNS means. */
const SMALLEST_UDP = 512;
/** RFC 8484 6. */
const MEDIA_TYPE = 'application/dns-message';

/** Starts the server; rejects if a port given by hand is taken. UDP answers above the client's size become TC. */
export async function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const host = options.host ?? '127.0.0.1';
  const sockets = new Set<Socket>();
  const { udp, tcp } = await bindBoth(host, options.port ?? 0);
  udp.on('message', (query, from) => {
    for (const reply of replies(options, query, 'udp')) {
      udp.send(fitted(reply, query), from.port, from.address, () => undefined);
    }
  });
  tcp.on('connection', (socket) => serveStream(socket, options, 'tcp'));
  const servers = [tcp];
  const ports: { tlsPort?: number; httpsPort?: number } = {};
  if (options.tls !== undefined) {
    const dot = createTlsServer({ ...options.tls }, (socket) => serveStream(socket, options, 'tls'));
    const doh = createSecureServer({ ...options.tls, allowHTTP1: true }, (request, response) =>
      serveHttp(request, response, options),
    );
    for (const server of [dot, doh]) {
      server.on('tlsClientError', () => undefined);
      servers.push(server);
      await listen(server, host, 0);
    }
    ports.tlsPort = portOf(dot);
    ports.httpsPort = portOf(doh);
  }
  for (const server of servers) {
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    });
  }
  return {
    port: portOf(tcp),
    ...ports,
    async close() {
      for (const socket of sockets) socket.destroy();
      udp.close();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

async function bindBoth(host: string, port: number): Promise<{ udp: UdpSocket; tcp: Server }> {
  for (let tries = 0; ; tries++) {
    const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    await new Promise<void>((resolve, reject) => {
      udp.once('error', reject);
      udp.bind(port, host, resolve);
    });
    // A client that has gone makes the next receive fail on some systems; the server goes on.
    udp.removeAllListeners('error').on('error', () => undefined);
    const tcp = createServer();
    try {
      await listen(tcp, host, udp.address().port);
      return { udp, tcp };
    } catch (error) {
      udp.close();
      if (port !== 0 || tries >= MOST_TRIES) throw error;
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}

function replies(options: DnsServerOptions, query: Uint8Array, via: Via): readonly Uint8Array[] {
  const said = options.answer(query, via);
  if (said === null) return [];
  return said instanceof Uint8Array ? [said] : said;
}

// RFC 2181 9: an answer that does not fit is cut to its question, with TC. What is no DNS message goes out as it is.
function fitted(reply: Uint8Array, query: Uint8Array): Uint8Array {
  const asked = decodeMessage(query);
  const size = Math.max(SMALLEST_UDP, (asked.ok ? asked.value.edns?.udpSize : undefined) ?? SMALLEST_UDP);
  if (reply.length <= size) return reply;
  const message = decodeMessage(reply);
  if (!message.ok) return reply;
  return encodeMessage({ ...message.value, truncated: true, answer: [], authority: [], additional: [] });
}

// RFC 7766: any number of queries on one connection, each with two octets of length before it.
function serveStream(socket: Socket, options: DnsServerOptions, via: 'tcp' | 'tls'): void {
  let held = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const query = held.subarray(2, 2 + held.readUInt16BE(0));
      held = held.subarray(2 + query.length);
      for (const reply of replies(options, query, via)) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        socket.write(Buffer.concat([length, reply]));
      }
    }
  });
}

// HTTP/2 and HTTP/1.1 alike: the runtime gives both the same shape.
function serveHttp(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
  options: DnsServerOptions,
): void {
  response.on('error', () => undefined);
  if (request.method !== 'POST' || request.headers['content-type'] !== MEDIA_TYPE) {
    response.statusCode = 415;
    response.end();
    return;
  }
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const [reply] = replies(options, Buffer.concat(pieces), 'https');
    if (reply === undefined) return;
    response.setHeader('content-type', MEDIA_TYPE);
    response.setHeader('content-length', reply.length);
    response.end(reply);
  });
}
