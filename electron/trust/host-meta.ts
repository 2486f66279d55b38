/**
 * host-meta.ts: the other doors that a domain names over HTTPS, and how safe they are (XEP-0156, XEP-0487, RFC 6415).
 *
 * In:   the HTTPS looks of purposes host-meta, host-meta-json and web-endpoint; the trust stores
 * Out:  what to fetch next; HostMetaReport
 * Not:  any part in a verdict: this is shown beside
 */
import type { DnsName, Instant, Malformed, Outcome } from '../../shared/basics.ts';
import type { HttpsPurpose, HttpsSeen } from '../../shared/observation.ts';
import { DOOR, HOST_META, type HostMetaCode } from '../../shared/phrases/host-meta.ts';
import type { HostMetaReport, HttpsHop, Reason } from '../../shared/report.ts';
import type { CheckRequest } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import {
  decodeHostMetaJson,
  decodeHostMetaXml,
  REL_BOSH,
  REL_WEBSOCKET,
  type HostMeta,
  type HostMetaLink,
} from '../wire/host-meta.ts';
import { httpsUrl, walkRedirects, wellKnownUrl, type WalkEnd } from './posh-redirects.ts';
import { judgeWeb, reportHop } from './posh-web.ts';
import type { TrustStore } from './stores.ts';

/** The looks of a check, by purpose. */
export type WebLooks = { https(purpose: HttpsPurpose): readonly HttpsSeen[] };

type Purpose = 'host-meta' | 'host-meta-json';

/** Most endpoints looked at. Chosen: one of each kind is usual. */
const MOST_DOORS = 8;

/** The two documents of XEP-0156 3. None where the domain makes no URL. */
export function hostMetaUrls(
  domain: DnsName,
): readonly { readonly purpose: Purpose; readonly url: string }[] {
  return PURPOSES.flatMap((purpose) => {
    const url = wellKnownUrl(domain, purpose === 'host-meta' ? 'host-meta' : 'host-meta.json');
    return url === null ? [] : [{ purpose, url }];
  });
}

/** The planner's half: what to fetch next for one of the two documents, or why nothing more. */
export function nextHostMetaUrl(
  url: string,
  hops: readonly HttpsSeen[],
): { readonly url: string } | { readonly done: string } {
  const { end } = walkRedirects(url, hops, new Set(), 0);
  if (end.kind === 'fetch') return { url: end.url };
  return { done: end.kind === 'stop' ? end.code : 'answer' };
}

/** The https URLs under which the WebSocket and BOSH endpoints named so far can be looked at. */
export function webEndpointUrls(looks: WebLooks): readonly string[] {
  const links = PURPOSES.flatMap((purpose) => {
    const first = looks.https(purpose)[0];
    if (first === undefined) return [];
    const { end } = walkRedirects(first.url, looks.https(purpose), new Set(), 0);
    const read = readEnd(end, purpose);
    return read?.ok === true ? read.value.links : [];
  });
  return [...new Set(links.flatMap((link) => lookUrl(link) ?? []))].slice(0, MOST_DOORS);
}

const PURPOSES = ['host-meta', 'host-meta-json'] as const;

export type HostMetaInput = {
  readonly domain: DnsName;
  readonly looks: WebLooks;
  readonly stores: readonly TrustStore[];
  readonly now: Instant;
};

/** The report for a whole check; null where host-meta does not belong: s2s, an address. */
export function judgeHostMetaOf(
  request: CheckRequest,
  looks: WebLooks,
  ground: { readonly stores: readonly TrustStore[]; readonly now: Instant },
): HostMetaReport | null {
  const { source, service } = request;
  if (source.kind === 'ip' || service !== 'xmpp-client') return null;
  return judgeHostMeta({ domain: source.ascii, looks, stores: ground.stores, now: ground.now });
}

/** Judges both documents and the endpoints that they name. */
export function judgeHostMeta(input: HostMetaInput): HostMetaReport {
  const hops: HttpsHop[] = [];
  const notes: Reason[] = [];
  const documents: HostMeta[] = [];
  const proven = new Set<string>();
  for (const { purpose, url } of hostMetaUrls(input.domain)) {
    const walk = walkRedirects(url, input.looks.https(purpose), new Set(), 0);
    const webs = walk.used.map((hop) => judgeWeb(hop, input.stores, input.now));
    hops.push(...walk.used.flatMap((hop, i) => (webs[i] === undefined ? [] : [reportHop(hop, webs[i])])));
    const failed = walk.used.findIndex((hop, i) => hop.tls !== null && webs[i]?.holds !== true);
    const document = readEnd(walk.end, purpose);
    if (failed >= 0 && document?.ok === true) {
      notes.push(note('host-meta-untrusted', walk.used[failed]?.url ?? url, webs[failed]?.problem ?? ''));
    }
    notes.push(...endNotes(walk.end, url, document));
    if (document?.ok !== true) continue;
    documents.push(document.value);
    if (failed < 0) for (const link of document.value.links) proven.add(linkKey(link));
  }
  notes.push(...documentNotes(documents));
  return { hops, endpoints: doors(documents, proven, input), notes };
}

function readEnd(end: WalkEnd, purpose: Purpose): Outcome<HostMeta, Malformed> | null {
  if (end.kind !== 'answer' || !end.hop.outcome.ok) return null;
  const { value } = end.hop.outcome;
  if (value.status < 200 || value.status > 299) return null;
  const known = documentsRead.get(end.hop);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(Buffer.from(value.body, 'base64'));
  const read = purpose === 'host-meta' ? decodeHostMetaXml(bytes) : decodeHostMetaJson(bytes);
  documentsRead.set(end.hop, read);
  return read;
}

/** An observation is final, and the planner comes by after each: 64 KiB of hostile XML are read once. */
const documentsRead = new WeakMap<HttpsSeen, Outcome<HostMeta, Malformed>>();

function endNotes(
  end: WalkEnd,
  url: string,
  document: Outcome<HostMeta, Malformed> | null,
): readonly Reason[] {
  if (end.kind === 'fetch') return [];
  if (end.kind === 'stop') return [note('host-meta-redirect', url, end.code)];
  const { outcome } = end.hop;
  if (!outcome.ok) return [note('host-meta-problem', url, outcome.problem.code)];
  const { status, headers } = outcome.value;
  if (document === null) {
    const code = status === 404 || status === 410 ? 'host-meta-none' : 'host-meta-status';
    return [note(code, url, `status ${status}`)];
  }
  if (!document.ok) return [note('host-meta-malformed', url, visible(document.problem.detail))];
  // XEP-0156 5: web clients need Access-Control-Allow-Origin.
  const open = headers.some(
    ([name, value]) => name === 'access-control-allow-origin' && value.trim() === '*',
  );
  const notes = [note(open ? 'host-meta-cors' : 'host-meta-no-cors', url, '')];
  if (document.value.links.length === 0) notes.push(note('host-meta-no-links', url, ''));
  return notes;
}

function documentNotes(documents: readonly HostMeta[]): readonly Reason[] {
  const notes: Reason[] = [];
  const [one, other] = documents.map((document) => doorKeys(document.links));
  if (one !== undefined && other !== undefined && one !== other) notes.push(note('host-meta-differ', '', ''));
  const links = documents.flatMap((document) => document.links);
  const further = new Set(links.filter((link) => kindOf(link) === null).map((link) => visible(link.rel)));
  if (further.size > 0)
    notes.push(note('host-meta-old-rel', '', [...further].slice(0, MOST_NAMED).join(', ')));
  const keys = documents.flatMap((document) => document.hostMeta2 ?? []);
  const members = links.flatMap((link) => link.members).filter((member) => HOST_META_2.has(member));
  const parts = [...new Set([...keys, ...members])].slice(0, MOST_NAMED).map((part) => visible(part, 64));
  const has2 = documents.some((document) => document.hostMeta2 !== null) || members.length > 0;
  if (has2)
    notes.push(note('host-meta-2', '', parts.length === 0 ? 'an empty "xmpp" object' : parts.join(', ')));
  return notes;
}

/** Link members that XEP-0487 adds. */
const HOST_META_2: ReadonlySet<string> = new Set(['port', 'priority', 'weight', 'ips', 'sni', 'ech']);
/** Names listed in one sentence. */
const MOST_NAMED = 12;

function doorKeys(links: readonly HostMetaLink[]): string {
  const doorsOnly = links.filter((link) => kindOf(link) !== null);
  return [...new Set(doorsOnly.map(linkKey))].sort().join('\n');
}

function linkKey(link: HostMetaLink): string {
  return `${link.rel} ${link.href ?? ''}`;
}

/** `proven`: the links that a proven web server names. A door that only somebody else names is anybody's. */
function doors(
  documents: readonly HostMeta[],
  proven: ReadonlySet<string>,
  input: HostMetaInput,
): HostMetaReport['endpoints'] {
  const seen = input.looks.https('web-endpoint');
  const known = new Map<string, HostMetaLink>();
  for (const link of documents.flatMap((document) => document.links)) {
    if (kindOf(link) !== null) known.set(linkKey(link), link);
  }
  return [...known.values()].slice(0, MOST_DOORS).map((link) => {
    const kind = kindOf(link) ?? 'websocket';
    const href = link.href ?? '';
    const door = (secure: boolean | null, text: string, checks: HttpsHop['certificate'] = []) => ({
      ...{ kind, url: visible(href), secure, note: text, checks },
    });
    const url = lookUrl(link);
    if (url === null) {
      const scheme = /^(ws|http):/i.exec(href)?.[1];
      return door(false, scheme === undefined ? DOOR.noUrl() : DOOR.insecure(scheme.toLowerCase()));
    }
    const hop = seen.find((one) => one.url === url);
    if (hop === undefined) return door(null, DOOR.notSeen());
    if (hop.tls === null && !hop.outcome.ok) return door(null, DOOR.notReached(hop.outcome.problem.code));
    const web = judgeWeb(hop, input.stores, input.now);
    if (!web.holds) return door(false, DOOR.unproven(web.problem), web.steps);
    const named = proven.has(linkKey(link));
    return door(named, named ? DOOR.secure() : DOOR.namedUnproven(), web.steps);
  });
}

function kindOf(link: HostMetaLink): 'websocket' | 'bosh' | null {
  if (link.rel === REL_WEBSOCKET) return 'websocket';
  return link.rel === REL_BOSH ? 'bosh' : null;
}

/** The https URL that opens the same door; null for another scheme (XEP-0156 wants wss and https) or no URL. */
function lookUrl(link: HostMetaLink): string | null {
  const kind = kindOf(link);
  if (kind === null || link.href === null) return null;
  const wanted = kind === 'websocket' ? /^wss:/i : /^https:/i;
  if (!wanted.test(link.href)) return null;
  const url = httpsUrl(link.href.replace(/^wss:/i, 'https:'));
  return url.ok ? url.url : null;
}

function note(code: HostMetaCode, url: string, detail: string): Reason {
  const said = HOST_META[code]({ url: visible(url), detail });
  return { code, text: said.text, ref: said.ref };
}
