/**
 * https-server.ts: real HTTPS sites on one loopback port, chosen by SNI, polite by default and as bad as a test wants.
 *
 * In:   sites by host: certificate, documents by path; or an act in place of a document
 * Out:  HttpsServer: its port, the requests it got, sites that can be changed while it runs
 * Not:  POSH or host-meta documents (their content is the caller's)
 */
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import * as tls from 'node:tls';
import type { Credentials } from './xmpp-server.ts';

export type Document = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};
/** Answers by itself: through Node's HTTP, or on the bare TLS socket for what Node's HTTP would never write. */
export type Handler = (request: IncomingMessage, response: ServerResponse, socket: Socket) => void;
export type Site = Credentials & { readonly paths: Readonly<Record<string, Document | Handler>> };
export type HttpsServerOptions = {
  readonly host?: string;
  readonly port?: number;
  readonly sites: Readonly<Record<string, Site>>;
  /** Versions, ciphers, ALPN and so on, as Node names them. */
  readonly tls?: tls.TlsOptions;
  /** In place of the handshake. */
  readonly onConnect?: (socket: Socket) => void;
};
export type HttpsServer = {
  readonly port: number;
  /** "host path" of each request, in order. */
  readonly requests: () => readonly string[];
  readonly open: () => number;
  readonly setSites: (sites: HttpsServerOptions['sites']) => void;
  readonly close: () => Promise<void>;
};

/** Starts the sites on 127.0.0.1 and an ephemeral port, unless told otherwise. Without SNI the first site answers. */
export async function startHttpsServer(options: HttpsServerOptions): Promise<HttpsServer> {
  let sites = options.sites;
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const http = createPlain((request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const path = request.url ?? '/';
    requests.push(`${host} ${path}`);
    answer(sites[host]?.paths[path] ?? { status: 404, body: 'not here' }, request, response);
  });
  const [first] = Object.values(sites);
  const secure = tls.createServer(
    {
      ...options.tls,
      ...(first === undefined ? {} : { cert: first.cert, key: first.key }),
      SNICallback: (name, done) => {
        const site = sites[name];
        done(
          null,
          site === undefined ? undefined : tls.createSecureContext({ ...options.tls, ...pem(site) }),
        );
      },
    },
    (socket) => {
      http.emit('connection', socket);
    },
  );
  secure.on('tlsClientError', (_error, socket) => socket.destroy());
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    if (options.onConnect === undefined) secure.emit('connection', socket);
    else options.onConnect(socket);
  });
  await new Promise<void>((ready, refused) => {
    listener.once('error', refused);
    listener.listen(options.port ?? 0, options.host ?? '127.0.0.1', ready);
  });
  const bound = listener.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    requests: () => requests,
    open: () => sockets.size,
    setSites: (next) => {
      sites = next;
    },
    close: () =>
      new Promise((closed) => {
        listener.close(() => closed());
        http.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function answer(what: Document | Handler, request: IncomingMessage, response: ServerResponse): void {
  if (typeof what === 'function') return what(request, response, request.socket);
  response.writeHead(what.status ?? 200, what.headers);
  response.end(what.body ?? '');
}

function pem(site: Site): Credentials {
  return { cert: site.cert, key: site.key };
}
