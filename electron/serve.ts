/**
 * serve.ts: the window in a browser on this machine: the page's files, a session, and the Bridge over a WebSocket.
 *
 * In:   the folder of the built page, a port, how to ask in the terminal
 * Out:  serve: an address, and how to end it
 * Not:  what the calls mean (engine.ts), one socket's messages (serve-socket.ts), the command line (serve-command.ts)
 *
 * Whoever else is on this machine or behind a page in the same browser is a stranger: the address carries a token that
 * opens one session once; Host and Origin must be the literal address, which no page elsewhere and no rebinding can be.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Engine, EngineOptions } from './engine.ts';
import { openEngine } from './engine.ts';
import { openPageFiles, type PageFiles } from './page-files.ts';
import { attachSocket, type Confirm } from './serve-socket.ts';

export type ServeOptions = {
  /** dist/renderer, as built. */
  readonly folder: string;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Asks in the terminal whether to change what is trusted. */
  readonly confirm: Confirm;
  /** Tests give an engine with stand-ins. */
  readonly engine?: (options: EngineOptions) => Engine;
};

export type Serving = { readonly url: string; readonly close: () => Promise<void> };

/** With the port in its name: browsers give one cookie jar to all ports of an address. */
const COOKIE = 'mellon-';
/** The token is 43 characters; nothing else is ever posted. */
const LARGEST_POST = 256;
/** A saved report is the largest message (32 MB in the page, JSON inside JSON a little more). */
const LARGEST_MESSAGE = 48 * 1024 * 1024;
/** Tabs of one person. */
const MOST_SOCKETS = 16;

/** Starts serving on 127.0.0.1 alone. Rejects where the port is taken or the page's files are not there. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const files = await openPageFiles(options.folder);
  const token = secret();
  const session = secret();
  let unused = true;
  let own = '';
  const port = (): string => own.slice(own.indexOf(':') + 1);

  const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 10_000 }, (request, response) => {
    void answer(request, response).catch(() => refuse(response, 500));
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    perMessageDeflate: false,
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.host !== own) return refuse(response, 421);
    if (request.method === 'POST' && request.url === '/session') return openSession(request, response);
    return sendFile(files, request, response, own);
  }

  /** The token opens the session exactly once; a second try with it is refused and spoils nothing. */
  async function openSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.origin !== `http://${own}`) return refuse(response, 403);
    const given = await readShort(request);
    if (given === null || !unused || !same(given, token)) return refuse(response, 403);
    unused = false;
    response.setHeader('Set-Cookie', `${COOKIE}${port()}=${session}; HttpOnly; SameSite=Strict; Path=/`);
    response.writeHead(204).end();
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const allowed =
      request.url === '/bridge' &&
      request.headers.host === own &&
      request.headers.origin === `http://${own}` &&
      same(cookieOf(request, `${COOKIE}${port()}`), session) &&
      sockets.clients.size < MOST_SOCKETS;
    if (!allowed) {
      // Whoever is refused may reset the connection: nobody else listens for that error here, and it would end the program.
      socket.on('error', () => socket.destroy());
      socket.once('finish', () => socket.destroy());
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (one) =>
      attachSocket(one, engine, options.confirm, hearers),
    );
  });

  const hearers = new Map<string, (text: string) => void>();
  const engine = (options.engine ?? openEngine)({
    face: 'browser',
    emit: (id, event) => hearers.get(id)?.(JSON.stringify({ check: id, event })),
    // The page's own links would need a navigation or a window; a terminal has none. It shows the address instead.
    openLink: () => Promise.resolve(false),
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  own = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${own}/#${token}`,
    close: async () => {
      for (const one of sockets.clients) one.terminate();
      await engine.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function sendFile(
  files: PageFiles,
  request: IncomingMessage,
  response: ServerResponse,
  own: string,
): Promise<void> {
  // The list of files is asked with the path alone; a query or an absolute form names no file.
  const file = await files(request.method ?? '', `http://${own}${(request.url ?? '').slice(0, 512)}`);
  const policy = file.headers.get('Content-Security-Policy') ?? "default-src 'none'";
  file.headers.set('Content-Security-Policy', withSocket(policy, own));
  file.headers.set('X-Frame-Options', 'DENY');
  response.writeHead(file.status, Object.fromEntries(file.headers));
  response.end(Buffer.from(await file.arrayBuffer()));
}

/** The window needs no connection; this page needs its own address, and `ws:` by name for browsers that ask for it. */
function withSocket(policy: string, own: string): string {
  return policy.replace(/connect-src [^;]*/, `connect-src 'self' ws://${own}`);
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, {
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    Connection: 'close',
  });
  response.end();
}

async function readShort(request: IncomingMessage): Promise<string | null> {
  let text = '';
  request.setEncoding('latin1');
  for await (const chunk of request as AsyncIterable<string>) {
    text += chunk;
    if (text.length > LARGEST_POST) return null;
  }
  return text;
}

function cookieOf(request: IncomingMessage, name: string): string {
  const all = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
  return all.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

function same(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** 256 bits, so that nobody guesses it. */
function secret(): string {
  return randomBytes(32).toString('base64url');
}
