/**
 * posh-hops.ts: the way from a source domain to its fingerprints document (RFC 7711 3 and 10).
 *
 * In:   the source domain, the service, and the HTTPS hops fetched so far
 * Out:  the next URL to fetch, or how the way ended, with the documents found on it
 * Not:  whether any hop deserves trust, or whether a fingerprint matches (posh.ts)
 */
import type { HttpsSeen } from '../../shared/observation.ts';
import type { Service, Source } from '../../shared/request.ts';
import { decodePoshDocument, type Expires, type PoshDocument } from '../wire/posh-document.ts';
import { httpsUrl, walkRedirects, wellKnownUrl, type RedirectStop } from './posh-redirects.ts';

export type PoshEndCode =
  | 'document'
  /** 404 or 410: nothing is published (RFC 7711 3). */
  | 'none'
  | 'ip-literal'
  | 'http-status'
  | 'server-error'
  | 'net-problem'
  | 'malformed'
  | 'second-reference'
  | 'reference-bad-url'
  | 'reference-not-https'
  | RedirectStop;

/** `detail` is text from outside: pass it through visible() before showing it. */
export type PoshEnd = { readonly code: PoshEndCode; readonly detail: string };

export type PoshWay = {
  /** The hops of the way, in order. */
  readonly hops: readonly HttpsSeen[];
  /** The reference document on the way, if there was one. */
  readonly reference: { readonly url: string; readonly expires: Expires } | null;
  /** The last document read, whatever its kind. */
  readonly document: PoshDocument | null;
  readonly end: PoshEnd | null;
  /** What is to be fetched now; null when the way has ended. */
  readonly next: string | null;
};

/** RFC 7711 3, RFC 7712 5.2: https://<source domain>/.well-known/posh/<service>.json; null for an IP literal. */
export function poshUrl(source: Source, service: Service): string | null {
  return source.kind === 'ip' ? null : wellKnownUrl(source.ascii, `posh/${service}.json`);
}

/** The planner's half: what to fetch next, or why nothing more. */
export function nextPoshUrl(
  source: Source,
  service: Service,
  hops: readonly HttpsSeen[],
): { readonly url: string } | { readonly done: PoshEndCode } {
  const way = walkPosh(source, service, hops);
  return way.next === null ? { done: way.end?.code ?? 'document' } : { url: way.next };
}

/** Walks from the well-known URL over redirects and at most one reference to the document. */
export function walkPosh(source: Source, service: Service, hops: readonly HttpsSeen[]): PoshWay {
  const start = poshUrl(source, service);
  if (start === null) return ended([], null, null, 'ip-literal', '');
  const visited = new Set<string>();
  const first = walkRedirects(start, hops, visited, 0);
  if (first.end.kind === 'fetch') return open(first.used, null, null, first.end.url);
  if (first.end.kind === 'stop') return ended(first.used, null, null, first.end.code, first.end.url);
  const read = readAnswer(first.end.hop);
  if (!read.ok) return ended(first.used, null, null, read.end.code, read.end.detail);
  if (read.document.kind !== 'reference') return ended(first.used, null, read.document, 'document', '');

  const reference = read.document;
  const target = httpsUrl(reference.url);
  if (!target.ok) {
    const code = target.code === 'redirect-not-https' ? 'reference-not-https' : 'reference-bad-url';
    return ended(first.used, reference, reference, code, reference.url);
  }
  const second = walkRedirects(target.url, hops, visited, first.redirects);
  const used = [...first.used, ...second.used];
  if (second.end.kind === 'fetch') return open(used, reference, reference, second.end.url);
  if (second.end.kind === 'stop') return ended(used, reference, reference, second.end.code, second.end.url);
  const last = readAnswer(second.end.hop);
  if (!last.ok) return ended(used, reference, reference, last.end.code, last.end.detail);
  // RFC 7711 3.2: the document that a reference leads to MUST NOT itself be a reference.
  if (last.document.kind === 'reference') {
    return ended(used, reference, last.document, 'second-reference', last.document.url);
  }
  return ended(used, reference, last.document, 'document', '');
}

type Read =
  { readonly ok: true; readonly document: PoshDocument } | { readonly ok: false; readonly end: PoshEnd };

function readAnswer(hop: HttpsSeen): Read {
  if (!hop.outcome.ok) return { ok: false, end: { code: 'net-problem', detail: hop.outcome.problem.code } };
  const { value } = hop.outcome;
  const { status } = value;
  if (status === 404 || status === 410) return { ok: false, end: { code: 'none', detail: String(status) } };
  if (status >= 500) return { ok: false, end: { code: 'server-error', detail: String(status) } };
  // RFC 7711 3.1: a success status code (RFC 9110 15.3).
  if (status < 200 || status > 299)
    return { ok: false, end: { code: 'http-status', detail: String(status) } };
  const document =
    documentsRead.get(hop) ?? decodePoshDocument(new Uint8Array(Buffer.from(value.body, 'base64')));
  documentsRead.set(hop, document);
  return document.ok
    ? { ok: true, document: document.value }
    : { ok: false, end: { code: 'malformed', detail: document.problem.detail } };
}

/** An observation is final, and the planner comes by after each: 64 KiB of hostile JSON are read once. */
const documentsRead = new WeakMap<HttpsSeen, ReturnType<typeof decodePoshDocument>>();

type Reference = PoshWay['reference'];

function open(
  hops: readonly HttpsSeen[],
  reference: Reference,
  document: PoshDocument | null,
  next: string,
): PoshWay {
  return { hops, reference, document, end: null, next };
}

function ended(
  hops: readonly HttpsSeen[],
  reference: Reference,
  document: PoshDocument | null,
  code: PoshEndCode,
  detail: string,
): PoshWay {
  return { hops, reference, document, end: { code, detail }, next: null };
}
