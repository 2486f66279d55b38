/**
 * posh-age.ts: how long does a POSH document count, and what is odd about it? (RFC 7711 3, 6)
 *
 * In:   the way to a document, when it was fetched, the time of judging
 * Out:  when it expires, or why it cannot be used; notes that change nothing
 * Not:  fingerprints (posh-fingerprint.ts)
 */
import type { Instant } from '../../shared/basics.ts';
import { POSH, type PoshCode } from '../../shared/phrases/posh.ts';
import type { Reason } from '../../shared/report.ts';
import type { Service, Source } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import type { Certificate } from '../wire/certificate.ts';
import type { Expires, PoshDocument } from '../wire/posh-document.ts';
import type { PoshWay } from './posh-hops.ts';

export type Age = {
  readonly expiresAt: Instant | null;
  /** Why the document cannot be used; null where it can. */
  readonly code: PoshCode | null;
  readonly detail: string;
  /** The document that is meant, where it is not the last one. */
  readonly url: string | null;
};

/** The last moment that Date knows (ECMA-262 21.4.1.1): "expires" may be any whole number. */
const LAST_INSTANT = 8.64e15;
const DAY_MS = 86_400_000;
/** TRUST-RULES 8.6. */
const LONG_DAYS = 30;

/**
 * The shorter `expires` of reference and fingerprints wins (RFC 7711 6). 0, none, and what is no whole number of seconds
 * make the documents unusable (3.1, 3.2, TRUST-RULES 8.2).
 */
export function judgeAge(
  way: PoshWay,
  document: Extract<PoshDocument, { readonly kind: 'fingerprints' }>,
  fetchedAt: Instant,
  now: Instant,
): Age {
  const first = way.hops[0]?.url ?? null;
  const parts = [
    ...(way.reference === null ? [] : [{ expires: way.reference.expires, url: first }]),
    { expires: document.expires, url: null },
  ];
  let seconds = Number.MAX_SAFE_INTEGER;
  for (const { expires, url } of parts) {
    const problem = unusable(expires);
    if (problem !== null) return { expiresAt: null, ...problem, url };
    if (expires.kind === 'seconds') seconds = Math.min(seconds, expires.seconds);
  }
  const expiresAt = Math.min(fetchedAt + seconds * 1000, LAST_INSTANT) as Instant;
  if (now >= expiresAt) {
    return { expiresAt, code: 'posh-stale', detail: new Date(expiresAt).toISOString(), url: null };
  }
  return { expiresAt, code: null, detail: '', url: null };
}

function unusable(expires: Expires): { readonly code: PoshCode; readonly detail: string } | null {
  switch (expires.kind) {
    case 'missing':
      return { code: 'posh-expires-missing', detail: '' };
    case 'wrong':
      return { code: 'posh-expires-wrong', detail: visible(expires.text) };
    case 'seconds':
      return expires.seconds === 0 ? { code: 'posh-expires-zero', detail: '' } : null;
  }
}

/** Help: a document that lasts long, outlives the certificate, or lies under the name of something else. */
export function poshNotes(
  input: {
    readonly source: Source;
    readonly service: Service;
    readonly leaf: Certificate | null;
    readonly fetchedAt: Instant;
  },
  way: PoshWay,
  expiresAt: Instant | null,
): readonly Reason[] {
  const notes: Reason[] = [];
  const add = (code: PoshCode, url: string, detail: string): void => {
    const source = visible(input.source.kind === 'ip' ? input.source.address : input.source.ascii);
    const said = POSH[code]({ host: '', source, url: visible(url), detail });
    notes.push({ code, text: said.text, ref: said.ref });
  };
  if (expiresAt !== null) {
    const days = Math.floor((expiresAt - input.fetchedAt) / DAY_MS);
    if (expiresAt - input.fetchedAt > LONG_DAYS * DAY_MS) add('posh-expires-long', '', String(days));
    if (input.leaf !== null && expiresAt > input.leaf.notAfter) {
      add('posh-expires-beyond-leaf', '', new Date(input.leaf.notAfter).toISOString());
    }
  }
  const other: Service = input.service === 'xmpp-client' ? 'xmpp-server' : 'xmpp-client';
  for (const { url } of way.hops) {
    const path = new URL(url).pathname;
    if (path.endsWith(`/posh/${other}.json`)) add('posh-other-service', url, other);
    if (path.startsWith('/.well-known/posh._xmpp-')) add('posh-draft-path', url, '');
  }
  return notes;
}
