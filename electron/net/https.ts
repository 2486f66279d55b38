/**
 * https.ts: one document over HTTPS, one hop, over our own recorded handshake (RFC 9110, RFC 9112).
 *
 * In:   HttpsInquiry
 * Out:  HttpsSeen: status, headers and body as they came, the TLS facts whatever came after the handshake
 * Not:  following redirects (trust/plan.ts), believing the certificate (trust), decompressing anything
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Base64, Outcome } from '../../shared/basics.ts';
import type { HttpsSeen, NetProblem, NewObservation, TlsFacts } from '../../shared/observation.ts';
import { visible } from '../../shared/visible.ts';
import { connectFirst } from './connect-first.ts';
import type { HttpsInquiry } from './net.ts';
import { ioProblem } from './problems.ts';
import { step, type Limits } from './step.ts';
import type { VisitTools } from './visit.ts';

// Importing it by name makes Node read every export, and with them its whole other HTTP client: 20 ms at every start.
const { request } = process.getBuiltinModule('node:http');

/** TRUST-RULES 8.6. */
const MAX_BODY_BYTES = 65_536;
/** The contract of HttpsSeen. */
const MAX_HEADER_BYTES = 16_384;
const MAX_HEADERS = 100;
/** The most interim (1xx) answers. Chosen: real servers send one at most. */
const MAX_INTERIM = 8;

type Answer = Extract<HttpsSeen['outcome'], { ok: true }>['value'];
type Fetched = {
  readonly address: string | null;
  readonly tls: TlsFacts | null;
  readonly outcome: Outcome<Answer, NetProblem>;
};

/** Fetches one URL with GET: no redirect followed, no cookie, no compression, at most 64 KiB. */
export async function fetchHttps(
  inquiry: HttpsInquiry,
  tools: VisitTools,
  signal: AbortSignal,
): Promise<NewObservation> {
  const start = tools.elapsed();
  const fetched = await fetchOnce(inquiry, tools, { stepMs: tools.stepMs, signal });
  return {
    kind: 'https',
    start,
    end: tools.elapsed(),
    from: inquiry.from,
    purpose: inquiry.purpose,
    url: inquiry.url,
    addresses: inquiry.addresses,
    ...fetched,
  };
}

async function fetchOnce(inquiry: HttpsInquiry, tools: VisitTools, limits: Limits): Promise<Fetched> {
  const url = URL.canParse(inquiry.url) ? new URL(inquiry.url) : null;
  if (url === null) return failed(null, null, malformed('a URL that does not parse'));
  if (url.protocol !== 'https:') return failed(null, null, malformed('a URL that is not https'));
  if (url.username !== '' || url.password !== '')
    return failed(null, null, malformed('a URL with a user name in it'));
  const port = url.port === '' ? 443 : Number(url.port);
  const { address, outcome: connected } = await connectFirst(inquiry.addresses, port, tools.dial, limits);
  if (!connected.ok) return failed(address, null, connected.problem);
  // RFC 6066 3: SNI carries no final dot.
  const name = url.hostname.replace(/^\[|\]$|\.$/g, '');
  const words = { serverName: isIP(name) === 0 ? name : null, alpn: ['http/1.1'] };
  const secured = await tools.handshake(connected.value, words, limits);
  if (!secured.ok) return failed(address, null, secured.problem);
  const { socket, facts } = secured.value;
  const outcome = await exchange(url, socket, address ?? '', limits);
  return { address, tls: facts, outcome };
}

/** Request and answer on a secured connection, which is closed afterwards. One step: all of it, headers and body. */
async function exchange(
  url: URL,
  socket: TLSSocket,
  address: string,
  limits: Limits,
): Promise<Outcome<Answer, NetProblem>> {
  const outcome = await step<Answer>(limits, (settle) => {
    const fail = (problem: NetProblem): void => settle({ ok: false, problem });
    const asked = request({
      createConnection: () => socket,
      host: url.hostname,
      path: url.pathname + url.search,
      setHost: false,
      headers: { host: url.host, accept: '*/*', 'accept-encoding': 'identity', connection: 'close' },
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
    });
    let interim = 0;
    asked.on('error', (error) => fail(httpProblem(error, address)));
    asked.on('close', () => fail({ code: 'closed-early' }));
    asked.on('information', () => {
      interim += 1;
      if (interim > MAX_INTERIM) fail(malformed('interim answers without an end'));
    });
    asked.on('upgrade', (_answer, upgraded) => {
      upgraded.destroy();
      fail(malformed('a switch to another protocol'));
    });
    asked.on('response', (answer) => readBody(asked, answer, address, settle));
    asked.end();
    return () => {
      asked.destroy();
    };
  });
  socket.destroy();
  return outcome;
}

function readBody(
  asked: ClientRequest,
  answer: IncomingMessage,
  address: string,
  settle: (outcome: Outcome<Answer, NetProblem>) => void,
): void {
  const fail = (problem: NetProblem): void => settle({ ok: false, problem });
  const headers = headersOf(answer);
  const coding = headers.find(
    ([name, value]) => name === 'content-encoding' && !/^(identity)?$/i.test(value),
  );
  if (coding !== undefined)
    return fail(malformed(`a compressed body (${visible(coding[1], 32)}) that nobody had asked for`));
  const chunks: Buffer[] = [];
  let size = 0;
  answer.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) fail({ code: 'too-large', limit: MAX_BODY_BYTES });
    else chunks.push(chunk);
  });
  answer.on('error', (error) => fail(httpProblem(error, address)));
  answer.on('end', () => {
    if (!answer.complete) return fail({ code: 'closed-early' });
    const body = Buffer.concat(chunks).toString('base64') as Base64;
    settle({ ok: true, value: { status: answer.statusCode ?? 0, headers, body } });
    asked.destroy();
  });
}

function headersOf(answer: IncomingMessage): (readonly [string, string])[] {
  const headers: (readonly [string, string])[] = [];
  const raw = answer.rawHeaders;
  for (let i = 0; i + 1 < raw.length && headers.length < MAX_HEADERS; i += 2)
    headers.push([(raw[i] ?? '').toLowerCase(), raw[i + 1] ?? '']);
  return headers;
}

function httpProblem(error: Error, address: string): NetProblem {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'HPE_HEADER_OVERFLOW') return { code: 'too-large', limit: MAX_HEADER_BYTES };
  if (code.startsWith('HPE_')) return malformed(`an answer that breaks HTTP (${visible(error.message)})`);
  return ioProblem(error, address);
}

function malformed(detail: string): NetProblem {
  return { code: 'malformed', detail };
}

function failed(address: string | null, tls: TlsFacts | null, problem: NetProblem): Fetched {
  return { address, tls, outcome: { ok: false, problem } };
}
