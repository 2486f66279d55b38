/**
 * plan.ts: what do we not know yet? Pure, and without rounds: every observation wakes it (ARCHITECTURE, amendment 4).
 *
 * In:   the request and the observations so far
 * Out:  every look that the check wants, each with the verdicts that can depend on it
 * Not:  looking (net), waiting (check.ts)
 *
 * An RRset is signed by the zone that holds it, so its signer is the owner or an ancestor [RFC 4035 5.3.1]: all questions
 * of a proof are known from the name alone and are asked together with the record itself.
 */
import type { DnsName } from '../../shared/basics.ts';
import type { EndpointAddress, HttpsPurpose, ObservationId, Question } from '../../shared/observation.ts';
import type { CheckRequest } from '../../shared/request.ts';
import { domainpart, sourceName } from '../wire/address.ts';
import { decodeA, decodeAaaa } from '../wire/dns-records.ts';
import { isTooLong, parent } from '../wire/dns-name.ts';
import { addressFamily } from '../wire/ip.ts';
import { questionsOfZone } from './dnssec/questions.ts';
import { discover, isLiteral, srvQuestions, type Discovery, type Target } from './discover.ts';
import { follow, type Followed } from './follow.ts';
import { hostMetaUrls, nextHostMetaUrl, webEndpointUrls } from './host-meta.ts';
import { type ProofGround, openProofs, type Proofs } from './proofs.ts';
import { mayConnect, mayFetch } from './private-addresses.ts';
import { misplacedTlsa } from './target-warnings.ts';
import { nextPoshUrl } from './posh-hops.ts';
import { dnsKey, endpointKey, usableReply, type Seen } from './seen.ts';

/** Whose verdict can depend on a look: all endpoints', one target's, one endpoint's, or nobody's. */
export type Scope = 'domain' | 'posh' | 'extra' | `target ${string}` | `endpoint ${string}`;

export type PlannedInquiry =
  | { readonly kind: 'dns'; readonly question: Question; readonly resolverIndex: number }
  | {
      readonly kind: 'visit';
      readonly endpoint: EndpointAddress;
      readonly to: string;
      readonly sni: string | null;
    }
  | {
      readonly kind: 'https';
      readonly purpose: HttpsPurpose;
      readonly url: string;
      readonly addresses: readonly string[];
    };

export type Planned = {
  readonly key: string;
  readonly scopes: readonly Scope[];
  readonly inquiry: PlannedInquiry;
  /** The observations that made it possible. */
  readonly from: readonly ObservationId[];
};

/** What the answers to a question say: as they came, or as they were proven. */
type View = (question: Question) => Followed;

export type Plan = {
  readonly wanted: readonly Planned[];
  readonly discovery: Discovery;
  readonly endpoints: readonly (EndpointAddress & { readonly scopes: readonly Scope[] })[];
  /** Whether the whole plan may hold more than this one. */
  readonly more: boolean;
};

export function targetKey(t: Target): string {
  return `${t.mode} ${t.host} ${t.port}`;
}

/**
 * All looks that are wanted now, those already taken included. Calling it again with more observations adds to them. With
 * `hasty`, what only proofs can tell is left out where it would cost time, and the plan says `more`.
 */
export function plan(
  request: CheckRequest,
  seen: Seen,
  ground: ProofGround,
  how: 'hasty' | 'whole' = 'whole',
): Plan {
  const wanted = new Map<
    string,
    { scopes: Set<Scope>; inquiry: PlannedInquiry; from: readonly ObservationId[] }
  >();
  const roots: { question: Question; scope: Scope; from: readonly ObservationId[] }[] = [];
  const name = sourceName(request.source);

  let questions = 0;
  const want = (key: string, scope: Scope, inquiry: PlannedInquiry, from: readonly ObservationId[]): void => {
    const known = wanted.get(key);
    if (known !== undefined) return void known.scopes.add(scope);
    // What names the targets is asked in any case; how much hangs on them is in other hands (TRUST-RULES 3.5).
    if (inquiry.kind === 'dns' && ++questions > MOST_QUESTIONS && scope !== 'domain') return;
    wanted.set(key, { scopes: new Set([scope]), inquiry, from });
  };

  /** Asks one question of the resolvers in order: the next one after no usable answer (TRUST-RULES 3.2). */
  const ask = (
    question: Question,
    first: number,
    scope: Scope,
    from: readonly ObservationId[],
  ): 'pending' | 'over' => {
    if (isTooLong(question.name)) return 'over';
    for (let index = first; index < request.resolvers.length; index++) {
      const key = dnsKey(question, index);
      want(key, scope, { kind: 'dns', question, resolverIndex: index }, from);
      const look = seen.dnsBy(key);
      if (look === undefined) return 'pending';
      if (usableReply(look) !== undefined) return 'over';
    }
    return 'over';
  };

  const climbed = new Map<string, Set<DnsName>>();
  /** Asks for what proofs can need of a name and its ancestors. Where the same was asked before, so was all above it. */
  const climb = (owner: DnsName, first: number, scope: Scope, from: readonly ObservationId[]): void => {
    const been = climbed.get(`${first} ${scope}`) ?? new Set();
    climbed.set(`${first} ${scope}`, been);
    for (let zone = owner; !been.has(zone); zone = parent(zone)) {
      been.add(zone);
      for (const question of questionsOfZone(zone)) ask(question, first, scope, from);
    }
  };

  /** Asks a question with all that its proof can need, aliases followed. */
  const prove = (
    question: Question,
    scope: Scope,
    from: readonly ObservationId[],
    first = 0,
  ): Followed & { pending: boolean; ids: readonly ObservationId[] } => {
    const followed = follow(question, seen.lookup(first));
    const ids = idsOf(seen, question, followed, first);
    let pending = false;
    for (const owner of [question.name, ...followed.aliases]) {
      const why = owner === question.name ? from : ids;
      const asked = ask({ name: owner, type: question.type }, first, scope, why);
      if (owner === (followed.next ?? question).name) pending ||= asked === 'pending';
      climb(owner, first, scope, why);
    }
    if (first === 0) roots.push({ question, scope, from });
    return { ...followed, pending, ids };
  };

  // Discovery: both SRV names at once, and the addresses of the source domain, which POSH and the fallback need anyway.
  let naming: readonly ObservationId[] = [];
  let srvPending = false;
  if (name !== null && request.connect === null) {
    for (const { question } of srvQuestions(name, request.service)) {
      const answer = prove(question, 'domain', []);
      naming = [...naming, ...answer.ids];
      srvPending ||= answer.pending;
    }
  }
  const asSeen = (question: Question): Followed => follow(question, seen.lookup(0));
  const discovery = discover(request, asSeen);
  const targets = discovery.targets.filter((t) => t.named !== 'fallback' || !srvPending);
  const endpoints = new Map<string, EndpointAddress & { scopes: readonly Scope[] }>();
  planTargets(targets, asSeen);

  // With several resolvers the web waits for proofs: a page is fetched once, and not from where the first resolver lies.
  const several = request.resolvers.length > 1;
  if (name !== null) planWeb(name, several ? null : asSeen);
  const canProve = !isDnsPending();
  if (canProve && how === 'whole') {
    const proofs = openProofs(seen, ground, request.resolvers.length);
    // Where a first resolver was wrong, what a later one proved names other targets and addresses (TRUST-RULES 3.2).
    const proven = (question: Question): Followed => proofs.secured(question).followed;
    planTargets(discover(request, proven).targets, proven);
    planRepairs(proofs);
    if (several && name !== null && !isDnsPending()) planWeb(name, proven);
  }

  return {
    wanted: [...wanted].map(([key, w]) => ({ key, scopes: [...w.scopes], inquiry: w.inquiry, from: w.from })),
    discovery: { ...discovery, targets },
    endpoints: [...endpoints.values()],
    more: canProve && how === 'hasty',
  };

  /** Asks for the addresses of targets, and visits them as far as `view` tells of any. */
  function planTargets(list: readonly Target[], view: View): void {
    let left = MOST_ENDPOINTS;
    for (const target of list) {
      const scope: Scope = `target ${targetKey(target)}`;
      const from = target.srv === null ? naming : idsOf(seen, target.srv, view(target.srv), 0);
      for (const { address, ids } of addressesOf(target, scope, from, view)) {
        if (left-- <= 0) return;
        const endpoint: EndpointAddress = {
          ...{ host: target.host, port: target.port, mode: target.mode },
          address,
        };
        const key = endpointKey(endpoint);
        const own: Scope = `endpoint ${key}`;
        if (!endpoints.has(key)) endpoints.set(key, { ...endpoint, scopes: ['domain', scope, own, 'posh'] });
        if (!mayConnect(request, target, address, ground.negativeAnchors)) continue;
        const to = domainpart(request.source);
        want(`visit ${key}`, own, { kind: 'visit', endpoint, to, sni: name }, ids);
      }
    }
  }

  function addressesOf(
    target: Target,
    scope: Scope,
    from: readonly ObservationId[],
    view: View,
  ): readonly { address: string; ids: readonly ObservationId[] }[] {
    if (isLiteral(target)) return [{ address: target.host, ids: from }];
    const host = target.host as DnsName;
    const tlsa = (base: DnsName): Question => ({
      name: `_${target.port}._tcp.${base}` as DnsName,
      type: 'TLSA',
    });
    // Asked in any case and at the same time as the addresses (TRUST-RULES 7.1).
    const answer = prove(tlsa(host), scope, from);
    if (answer.state === 'none') {
      for (const question of misplacedTlsa(target, name)) ask(question, 0, 'extra', answer.ids);
    }
    return (['A', 'AAAA'] as const).flatMap((type) => {
      const { ids } = prove({ name: host, type }, scope, from);
      const answer = view({ name: host, type });
      const final = answer.aliases.at(-1);
      if (final !== undefined) prove(tlsa(final), scope, ids);
      return textAddresses(answer, type).map((address) => ({ address, ids }));
    });
  }

  /** POSH and host-meta, beside the XMPP connection and never after it. Without `view` only the questions are asked. */
  function planWeb(domain: DnsName, view: View | null): void {
    const posh = nextPoshUrl(request.source, request.service, seen.https('posh'));
    if ('url' in posh) fetch('posh', posh.url, 'posh', lastId('posh'), view);
    if (request.service !== 'xmpp-client') return;
    for (const { purpose, url } of hostMetaUrls(domain)) {
      const next = nextHostMetaUrl(url, seen.https(purpose));
      if ('url' in next) fetch(purpose, next.url, 'extra', lastId(purpose), view);
    }
    for (const url of webEndpointUrls(seen))
      fetch('web-endpoint', url, 'extra', [...lastId('host-meta'), ...lastId('host-meta-json')], view);
  }

  function fetch(
    purpose: HttpsPurpose,
    url: string,
    scope: Scope,
    from: readonly ObservationId[],
    view: View | null,
  ): void {
    const host = urlHost(url);
    if (host === null) return;
    if (addressFamily(host) !== 0) {
      if (mayFetch(request, host, ground.negativeAnchors))
        want(`https ${purpose} ${url}`, scope, { kind: 'https', purpose, url, addresses: [host] }, from);
      return;
    }
    const answers = (['A', 'AAAA'] as const).map((type) => ({
      type,
      answer: prove({ name: host as DnsName, type }, scope, from),
    }));
    if (view === null || answers.some(({ answer }) => answer.pending)) return;
    const addresses = answers
      .flatMap(({ type }) => textAddresses(view({ name: host as DnsName, type }), type))
      .filter((address) => mayFetch(request, address, ground.negativeAnchors))
      .slice(0, MOST_WEB_ADDRESSES);
    if (addresses.length === 0) return;
    want(`https ${purpose} ${url}`, scope, { kind: 'https', purpose, url, addresses }, [
      ...from,
      ...answers.flatMap(({ answer }) => answer.ids),
    ]);
  }

  function lastId(purpose: HttpsPurpose): readonly ObservationId[] {
    const last = seen.https(purpose).at(-1);
    return last === undefined ? [] : [last.id];
  }

  function isDnsPending(): boolean {
    return [...wanted].some(([key, { inquiry }]) => inquiry.kind === 'dns' && seen.dnsBy(key) === undefined);
  }

  /** When all answers are there: what a proof still lacks, and the next resolver after a bogus one (TRUST-RULES 3.2). */
  function planRepairs(proofs: Proofs): void {
    for (const { question, scope, from } of [...roots]) {
      const { result } = proofs.secured(question);
      // Without a single signature every answer is one that fails, until all resolvers were heard (rule 3.6).
      if (result.status === 'bogus' || proofs.dnssecData === 'stripped') {
        for (let first = 1; first < request.resolvers.length; first++) {
          if (prove(question, scope, from, first).pending || isDnsPending()) break;
        }
      } else if ('missing' in result && result.missing !== null) {
        ask(result.missing, 0, scope, from);
      }
    }
  }
}

export function textAddresses(answer: Pick<Followed, 'records'>, type: 'A' | 'AAAA'): readonly string[] {
  const all = answer.records.flatMap((rr) => {
    const address = type === 'A' ? decodeA(rr.rdata) : decodeAaaa(rr.rdata);
    return address.ok ? [address.value] : [];
  });
  return [...new Set(all)];
}

/** The looks behind an answer with its aliases. */
export function idsOf(
  seen: Seen,
  question: Question,
  followed: Followed,
  first: number,
): readonly ObservationId[] {
  return [question.name, ...followed.aliases].flatMap(
    (name) => seen.source({ name, type: question.type }, first)?.id ?? [],
  );
}

function urlHost(url: string): string | null {
  const host = URL.parse(url)?.hostname ?? '';
  return host === '' ? null : host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** A hostile answer of thousands of addresses must not become thousands of connections. */
export const MOST_ENDPOINTS = 64;
const MOST_WEB_ADDRESSES = 8;
/**
 * The most DNS questions of a check; what is not asked counts as unanswered. Chosen: 32 targets through three resolvers
 * need about 1,000. A name of 100 labels needs 200, and a hostile domain can name many.
 */
export const MOST_QUESTIONS = 2000;
