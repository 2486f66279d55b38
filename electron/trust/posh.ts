/**
 * posh.ts: does the source domain vouch for this certificate over HTTPS? (RFC 7711, RFC 7712 5.2, TRUST-RULES section 8)
 *
 * In:   the HTTPS hops, the DNSSEC results of the web servers' addresses, the leaf, the trust stores
 * Out:  PoshEvidence: the route's state, the report of the document, the reasons and the help
 * Not:  the way to the document (posh-hops.ts), one web server (posh-web.ts), fingerprints (posh-fingerprint.ts)
 */
import type { Instant } from '../../shared/basics.ts';
import type { HttpsSeen, NetProblem } from '../../shared/observation.ts';
import { DRAFT, POSH, POSH_PUBLISH, type PoshCode } from '../../shared/phrases/posh.ts';
import type { PoshReport, Reason, RouteState, Step } from '../../shared/report.ts';
import type { Service, Source } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import type { Certificate } from '../wire/certificate.ts';
import { addressFamily, addressText } from '../wire/ip.ts';
import type { PoshDocument } from '../wire/posh-document.ts';
import type { DnssecResult } from './dnssec/result.ts';
import {
  compareDraft,
  judgeFingerprints,
  poshText,
  POSH_COMMAND,
  type FingerprintRow,
} from './posh-fingerprint.ts';
import { judgeAge, poshNotes } from './posh-age.ts';
import { poshUrl, walkPosh, type PoshWay } from './posh-hops.ts';
import { judgeWeb, reportHop, urlHost, type WebEvidence } from './posh-web.ts';
import type { TrustStore } from './stores.ts';

export type PoshInput = {
  readonly source: Source;
  readonly service: Service;
  /** All HTTPS looks of purpose `posh`, in the order of recording. */
  readonly hops: readonly HttpsSeen[];
  /** The A and AAAA results by host of URL; a host that is missing was not asked. */
  readonly addressStates: ReadonlyMap<string, readonly DnssecResult[]>;
  /** Rule 2.9: whether an address may be connected to; without it every one may. */
  readonly mayFetch?: (address: string) => boolean;
  readonly leaf: Certificate | null;
  readonly stores: readonly TrustStore[];
  readonly now: Instant;
  /** When the document was fetched: from then on it expires. */
  readonly fetchedAt: Instant;
  /** Whether another route is open: only then is text made from the certificate seen ready to publish (section 9). */
  readonly proven?: boolean;
  /** Further certificates of the domain's servers that are proven: they belong into the same document. */
  readonly alsoProven?: readonly Certificate[];
};

export type PoshEvidence = {
  readonly state: RouteState;
  readonly report: PoshReport;
  readonly steps: readonly Step[];
  readonly opensBy: string | null;
  readonly reasons: readonly Reason[];
  readonly notes: readonly Reason[];
};

/** What one way of ending comes to. `url` is what the sentence is about. */
type End = {
  readonly state: RouteState;
  readonly code: PoshCode;
  readonly url: string;
  readonly detail: string;
  readonly rows: readonly FingerprintRow[];
  readonly expiresAt: Instant | null;
};

/** Judges one endpoint's certificate. Nothing is a match that does not come over proven web servers all the way. */
export function judgePosh(input: PoshInput): PoshEvidence {
  const way = walkPosh(input.source, input.service, input.hops);
  const webs = way.hops.map((hop) => judgeWeb(hop, input.stores, input.now));
  const found = judgeWay(input, way, webs);
  // A reference is something published: what is missing behind it does not make that absent.
  const end: End = way.reference !== null && found.state === 'absent' ? { ...found, state: 'shut' } : found;
  const reason = say(input, end.code, end.url, end.detail);
  const notes = poshNotes(input, way, end.expiresAt);
  const ok =
    end.state === 'open' ? true : end.state === 'contradicted' || end.state === 'shut' ? false : null;
  const steps: Step[] = [
    ...webs.flatMap((web) => web.steps),
    ...wayNotes(input, way),
    { id: end.code, ok, text: reason.text, ref: reason.ref },
  ];
  return {
    state: end.state,
    report: {
      hops: way.hops.map((hop, i) => reportHop(hop, webs[i] ?? { holds: false, steps: [], problem: '' })),
      kind: reportKind(way),
      expiresAt: end.expiresAt === null ? null : new Date(end.expiresAt).toISOString(),
      fingerprints: end.rows,
      notes,
      text:
        input.leaf !== null && input.proven === true
          ? poshText(input.leaf, ...(input.alsoProven ?? []))
          : null,
    },
    steps,
    opensBy: end.state === 'open' ? null : opening(input, end),
    reasons: end.state === 'absent' ? [] : [reason],
    notes,
  };
}

function judgeWay(input: PoshInput, way: PoshWay, webs: readonly WebEvidence[]): End {
  const start = poshUrl(input.source, input.service);
  if (start === null) return ending('absent', 'posh-ip-literal', '');
  const hosts = [...way.hops.map((hop) => hop.url), ...(way.next === null ? [] : [way.next])];
  // 8.1: a bogus address, or none from a signed zone, leaves the route unknown, whatever was fetched over it.
  for (const url of hosts) {
    const states = input.addressStates.get(urlHost(url)) ?? [];
    const bogus = states.find((one) => one.status === 'bogus');
    if (bogus !== undefined) return ending('unknown', 'posh-address-bogus', url, bogus.why);
    const silent = states.find((one) => one.status === 'unanswered' && one.zone === 'signed');
    if (silent !== undefined) return ending('unknown', 'posh-address-unanswered', url, silent.why);
  }
  const { end } = way;
  const last = way.hops.at(-1);
  if (end?.code === 'none' && way.reference === null)
    return ending('absent', 'posh-none', last?.url ?? start, `status ${end.detail}`);
  for (const [index, hop] of way.hops.entries()) {
    const web = webs[index];
    if (hop.tls === null && !hop.outcome.ok) return netEnd(hop.url, hop.outcome.problem);
    if (web?.holds !== true) return ending('shut', 'posh-untrusted-web-server', hop.url, web?.problem ?? '');
    if (!hop.outcome.ok) return netEnd(hop.url, hop.outcome.problem);
  }
  if (way.next !== null) return unfetched(input, way.next);
  const url = last?.url ?? start;
  const detail = visible(end?.detail ?? '');
  switch (end?.code) {
    case 'document':
      return way.document === null
        ? ending('unknown', 'posh-not-fetched', url)
        : judgeDocument(input, way, way.document, url);
    case 'malformed':
      return ending('shut', 'posh-malformed', url, detail);
    case 'none':
    case 'http-status':
      return ending('shut', 'posh-http-status', url, detail);
    case 'server-error':
      return ending('unknown', 'posh-server-error', url, `status ${detail}`);
    case 'redirect-not-https':
    case 'redirect-no-location':
    case 'redirect-bad-url':
    case 'redirect-loop':
    case 'redirect-limit':
    case 'reference-bad-url':
    case 'reference-not-https':
    case 'second-reference':
      return ending('shut', `posh-${end.code}`, url, detail);
    case 'ip-literal':
    case 'net-problem':
    case undefined:
      return ending('unknown', 'posh-not-fetched', url);
  }
}

function judgeDocument(input: PoshInput, way: PoshWay, document: PoshDocument, url: string): End {
  const { leaf, now } = input;
  if (document.kind === 'draft-jwk') {
    return ending('shut', 'posh-draft-form', url, DRAFT[compareDraft(document.keys, leaf)]());
  }
  if (document.kind === 'reference') return ending('shut', 'posh-second-reference', url);
  const found = judgeFingerprints(document.fingerprints, leaf);
  const age = judgeAge(way, document, input.fetchedAt, now);
  const end = (state: RouteState, code: PoshCode, detail = ''): End => ({
    ...{ state, code, url, detail, rows: found.rows },
    expiresAt: age.expiresAt,
  });
  if (age.code !== null) return { ...end('shut', age.code, age.detail), url: age.url ?? url };
  if (!found.anyKnown) return end('shut', 'posh-no-known-hash');
  if (leaf === null) return end('unknown', 'posh-not-compared');
  if (found.matches) {
    if (now < leaf.notBefore)
      return end('shut', 'posh-leaf-not-yet-valid', new Date(leaf.notBefore).toISOString());
    // RFC 5280 4.1.2.5: the last second counts as a whole.
    if (now >= leaf.notAfter + 1000)
      return end('shut', 'posh-leaf-expired', new Date(leaf.notAfter).toISOString());
    return end('open', 'posh-match');
  }
  if (found.wrongForm !== null) return end('shut', 'posh-wrong-form', found.wrongForm);
  return found.namesAnother ? end('contradicted', 'posh-other-certificate') : end('shut', 'posh-no-base64');
}

/** No observation for the URL: nothing to connect to, or not done. */
function unfetched(input: PoshInput, url: string): End {
  const states = input.addressStates.get(urlHost(url)) ?? [];
  const none = states.length > 0 && states.every((one) => 'answer' in one && one.answer === 'none');
  if (none) return ending('absent', 'posh-no-address', url);
  const { mayFetch } = input;
  const found = addressFamily(urlHost(url)) === 0 ? states.flatMap(addressesOf) : [urlHost(url)];
  const isPrivate = mayFetch !== undefined && found.length > 0 && !found.some(mayFetch);
  return ending('unknown', isPrivate ? 'posh-private-address' : 'posh-not-fetched', url);
}

function addressesOf(result: DnssecResult): readonly string[] {
  if (!('records' in result)) return [];
  return result.records.flatMap(({ rdata }) =>
    rdata.length === 4 || rdata.length === 16 ? [addressText(rdata)] : [],
  );
}

function netEnd(url: string, problem: NetProblem): End {
  const detail = 'detail' in problem ? visible(problem.detail) : problem.code;
  switch (problem.code) {
    case 'refused':
      return ending('absent', 'posh-no-web-server', url, 'connection refused');
    // What this machine has no way to may well be there.
    case 'no-family':
    case 'unreachable':
      return ending('unknown', 'posh-unreachable', url, problem.code === 'no-family' ? '' : detail);
    case 'timed-out':
      return ending('unknown', 'posh-timed-out', url);
    case 'closed-early':
      return ending('unknown', 'posh-closed-early', url);
    case 'private-address':
      return ending('unknown', 'posh-private-address', url);
    case 'handshake-failed':
      return ending('shut', 'posh-handshake-failed', url, detail);
    case 'too-large':
      return ending('shut', 'posh-too-large', url);
    case 'malformed':
    case 'untrusted-resolver':
      return ending('shut', 'posh-malformed-http', url, detail);
  }
}

function ending(state: RouteState, code: PoshCode, url: string, detail = ''): End {
  return { state, code, url, detail, rows: [], expiresAt: null };
}

function wayNotes(input: PoshInput, way: PoshWay): readonly Step[] {
  const { reference, hops } = way;
  const steps: Step[] = [];
  const add = (code: PoshCode, url: string): void => {
    const said = say(input, code, url, '');
    steps.push({ id: code, ok: true, text: said.text, ref: said.ref });
  };
  const referred = reference === null ? null : visible(reference.url);
  if (referred !== null) add('posh-by-reference', referred);
  const last = hops.at(-1);
  if (reference === null && hops.length > 1 && last !== undefined) add('posh-by-redirect', last.url);
  return steps;
}

function reportKind(way: PoshWay): PoshReport['kind'] {
  if (way.end?.code === 'malformed') return 'invalid';
  return way.document?.kind ?? 'none';
}

/** The one thing that would open the route. */
function opening(input: PoshInput, end: End): string {
  const { leaf } = input;
  if (input.source.kind === 'ip') return POSH_PUBLISH.byName();
  if (end.code === 'posh-private-address') return POSH_PUBLISH.allowPrivate(visible(urlHost(end.url)));
  if (end.state === 'unknown') return POSH_PUBLISH.tryAgain();
  if (end.code === 'posh-untrusted-web-server' || end.code === 'posh-handshake-failed') {
    return POSH_PUBLISH.repairWeb(visible(urlHost(end.url)));
  }
  if (end.code === 'posh-leaf-expired') return POSH_PUBLISH.renew();
  if (end.code === 'posh-leaf-not-yet-valid') return POSH_PUBLISH.wait(end.detail);
  const url = visible(poshUrl(input.source, input.service) ?? '');
  if (leaf === null) return POSH_PUBLISH.computeUnseen(url, POSH_COMMAND);
  if (input.proven === true) return POSH_PUBLISH.ready(url, poshText(leaf));
  return POSH_PUBLISH.compute(url, POSH_COMMAND, Buffer.from(leaf.sha256, 'hex').toString('base64'));
}

function say(input: PoshInput, code: PoshCode, url: string, detail: string): Reason {
  const source = visible(input.source.kind === 'ip' ? input.source.address : input.source.ascii);
  const said = POSH[code]({ host: visible(urlHost(url)), source, url: visible(url), detail });
  return { code, text: said.text, ref: said.ref };
}
