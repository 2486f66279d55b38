/**
 * search.ts: finds the best path from a leaf to a trust anchor, with back-tracking over every candidate issuer.
 *
 * In:   the leaf, what the server sent, stores and extra anchors
 * Out:  the first path without a problem, or the failing one that says most
 * Not:  judging a given path (validate.ts), words (../path.ts)
 *
 * Which certificate was sent in which place means nothing here: names and signatures decide (RFC 4158). Key identifiers
 * only order the candidates.
 */
import type { Instant } from '../../../shared/basics.ts';
import type { PathCode } from '../../../shared/phrases/path.ts';
import { keyIdentifiers } from '../../wire/certificate-extension.ts';
import { decodeKey, type KeyFacts } from '../../wire/certificate-key.ts';
import type { Certificate } from '../../wire/certificate.ts';
import type { TrustStore } from '../stores.ts';
import type { Allowance } from './name-constraints.ts';
import { checkSignature, signatureCost, type SignatureResult } from './signature.ts';
import { namesItself, pathProblems, type Found, type Top } from './validate.ts';

/** An anchor from elsewhere than a store: a TLSA record's certificate or bare key. `store` names it in sentences. */
export type Anchor =
  | { readonly kind: 'certificate'; readonly certificate: Certificate; readonly store: string }
  | { readonly kind: 'key'; readonly spki: Uint8Array; readonly store: string };

export type SearchInput = {
  readonly leaf: Certificate;
  readonly sent: readonly Certificate[];
  readonly stores: readonly TrustStore[];
  readonly extraAnchors: readonly Anchor[];
  readonly mustContain: ((certificate: Certificate) => boolean) | null;
  readonly now: Instant;
};

export type Candidate = {
  /** Leaf first; the anchor's certificate last where there is one. */
  readonly path: readonly Certificate[];
  readonly top: Top;
  /** Names of the stores that hold the anchor; empty for `none`. */
  readonly stores: readonly string[];
  readonly problems: readonly Found[];
};

export function bestPath(input: SearchInput): Candidate {
  return new Search(input).run();
}

type Key = { readonly spki: Uint8Array; readonly id: string; readonly facts: KeyFacts };
type Held = { readonly certificate: Certificate; readonly stores: readonly string[] };

/** The state of one search. A class because the limits are shared by everything that it tries. */
class Search {
  readonly #input: SearchInput;
  readonly #sent: ReadonlyMap<string, readonly Certificate[]>;
  readonly #keys: readonly (Key & { readonly store: string })[];
  readonly #results = new Map<string, SignatureResult>();
  readonly #identifiers = new Map<string, ReturnType<typeof keyIdentifiers>>();
  readonly #allowance: Allowance = { left: MOST_COMPARISONS };
  #work = 0;
  #visits = 0;
  #judged = 0;
  #limit: string | null = null;
  #best: { readonly candidate: Candidate; readonly score: number } | null = null;

  constructor(input: SearchInput) {
    this.#input = input;
    this.#sent = bySubject(input.sent.slice(0, MOST_SENT));
    this.#keys = input.extraAnchors.flatMap((anchor) => {
      if (anchor.kind !== 'key') return [];
      const facts = decodeKey(anchor.spki);
      const id = Buffer.from(anchor.spki).toString('base64');
      return facts.ok ? [{ spki: anchor.spki, id, facts: facts.value, store: anchor.store }] : [];
    });
  }

  run(): Candidate {
    const { leaf, sent } = this.#input;
    this.#extend([leaf], new Set([identityOf(leaf)]));
    if (sent.length > MOST_SENT) this.#limit ??= `the first ${MOST_SENT} certificates that were sent`;
    const best = this.#best?.candidate;
    const limited =
      this.#limit === null ? [] : [{ code: 'work-limit' as const, depth: 0, detail: this.#limit }];
    if (best === undefined) {
      return {
        path: [leaf],
        top: 'none',
        stores: [],
        problems: [{ code: 'untrusted-issuer', depth: 0 }, ...limited],
      };
    }
    return best.problems.length === 0 ? best : { ...best, problems: [...best.problems, ...limited] };
  }

  /** Tries every issuer of the last certificate. Returns whether the search is over. */
  #extend(path: readonly Certificate[], identities: ReadonlySet<string>): boolean {
    const current = path.at(-1);
    if (current === undefined) return true;
    this.#visits++;
    if (this.#visits > MOST_VISITS) this.#limit ??= `${MOST_VISITS} steps`;
    if (this.#over()) return true;

    const own = path.length === 1 && namesItself(current) ? this.#holders(current) : [];
    if (own.length > 0 && this.#signed(current, keyOf(current)) === 'valid') {
      if (this.#consider({ path, top: 'self', stores: own }, [])) return true;
    }
    for (const key of this.#keys) {
      if (this.#signed(current, key) !== 'valid') continue;
      if (this.#consider({ path, top: 'key', stores: [key.store] }, [])) return true;
    }

    const seen: SignatureResult[] = [];
    // An empty name issues nothing (RFC 5280 4.1.2.4).
    const anchors = current.issuer.rdns.length === 0 ? [] : this.#anchorsNamed(current.issuer.canonical);
    const known = new Set(anchors.map((anchor) => anchor.certificate.sha256));
    for (const { certificate, stores } of this.#ordered(current, anchors)) {
      if (identities.has(identityOf(certificate))) continue;
      const result = this.#signed(current, keyOf(certificate));
      seen.push(result);
      if (result !== 'valid') continue;
      if (this.#consider({ path: [...path, certificate], top: 'certificate', stores }, [])) return true;
      // The authority that must be on the path may stand above one that is an anchor itself.
      if (this.#input.mustContain === null) continue;
      if (this.#extend([...path, certificate], new Set([...identities, identityOf(certificate)])))
        return true;
    }
    const sent = (this.#sent.get(current.issuer.canonical) ?? []).filter((c) => !known.has(c.sha256));
    const held = sent.map((certificate) => ({ certificate, stores: [] }));
    for (const { certificate } of this.#ordered(current, held)) {
      if (identities.has(identityOf(certificate))) continue;
      const result = this.#signed(current, keyOf(certificate));
      seen.push(result);
      if (result !== 'valid') continue;
      if (this.#extend([...path, certificate], new Set([...identities, identityOf(certificate)])))
        return true;
    }
    if (this.#over()) return true;
    if (seen.includes('valid')) return false;
    return this.#consider({ path, top: 'none', stores: [] }, this.#deadEnd(path, current, seen));
  }

  #over(): boolean {
    return this.#limit !== null;
  }

  /** Why no path goes on from `current`. */
  #deadEnd(
    path: readonly Certificate[],
    current: Certificate,
    seen: readonly SignatureResult[],
  ): readonly Found[] {
    const depth = path.length - 1;
    const code = this.#cause(current, depth, seen);
    const detail = current.signatureAlgorithm.text;
    return [...(code === null ? [] : [{ code, depth, detail }]), { code: 'untrusted-issuer', depth }];
  }

  #cause(current: Certificate, depth: number, seen: readonly SignatureResult[]): PathCode | null {
    if (namesItself(current)) {
      const result = this.#signed(current, keyOf(current));
      if (result === 'valid') return depth === 0 ? 'self-signed' : null;
      return result === 'unsupported' ? 'signature-unsupported' : 'signature-invalid';
    }
    if (seen.includes('invalid')) return 'signature-invalid';
    if (seen.includes('unsupported')) return 'signature-unsupported';
    return depth === 0 ? 'incomplete-chain' : 'missing-intermediate';
  }

  /** Judges a path and keeps it if it is the best so far. Returns whether nothing better can be found. */
  #consider(candidate: Omit<Candidate, 'problems'>, cause: readonly Found[]): boolean {
    const { path, top } = candidate;
    this.#judged += path.length;
    if (this.#judged > MOST_JUDGED) {
      this.#limit ??= `judging ${MOST_JUDGED} certificates`;
      return true;
    }
    const problems = [...cause, ...pathProblems(path, top, this.#input.now, this.#allowance)];
    const must = this.#input.mustContain;
    // The leaf is no issuer of its own path, unless it is the anchor.
    const issuers = top === 'self' ? path : path.slice(1);
    if (must !== null && top !== 'none' && !issuers.some(must))
      problems.push({ code: 'required-certificate', depth: 0 });
    const score = problems.reduce(
      (sum, problem) => sum + weight(problem.code),
      top === 'none' ? UNANCHORED - path.length : 0,
    );
    if (this.#best === null || score < this.#best.score)
      this.#best = { candidate: { ...candidate, problems }, score };
    return problems.length === 0;
  }

  #signed(child: Certificate, key: Key): SignatureResult {
    const id = `${child.sha256} ${key.id}`;
    const known = this.#results.get(id);
    if (known !== undefined) return known;
    this.#work += signatureCost(key.facts);
    if (this.#work > MOST_WORK) {
      this.#limit ??= `${MOST_WORK} signature checks`;
      return 'invalid';
    }
    const signed = { data: child.tbs, signature: child.signature, algorithm: child.signatureAlgorithm };
    const result = checkSignature(signed, key.spki, key.facts);
    this.#results.set(id, result);
    return result;
  }

  /** Names of the stores that hold exactly this certificate. */
  #holders(certificate: Certificate): readonly string[] {
    return (
      this.#anchorsNamed(certificate.subject.canonical).find(
        (a) => a.certificate.sha256 === certificate.sha256,
      )?.stores ?? []
    );
  }

  #anchorsNamed(canonical: string): readonly Held[] {
    const held = new Map<string, { readonly certificate: Certificate; readonly stores: string[] }>();
    const add = (certificate: Certificate, store: string): void => {
      const known = held.get(certificate.sha256);
      if (known === undefined) held.set(certificate.sha256, { certificate, stores: [store] });
      else if (!known.stores.includes(store)) known.stores.push(store);
    };
    for (const anchor of this.#input.extraAnchors) {
      if (anchor.kind === 'certificate' && anchor.certificate.subject.canonical === canonical) {
        add(anchor.certificate, anchor.store);
      }
    }
    for (const store of this.#input.stores) {
      for (const certificate of store.candidates(canonical)) add(certificate, store.name);
    }
    return [...held.values()];
  }

  /** Matching key identifiers first, then what is valid today, then newer before older (RFC 4158 3.5). */
  #ordered(child: Certificate, candidates: readonly Held[]): readonly Held[] {
    if (candidates.length < 2) return candidates;
    const wanted = this.#identifiersOf(child).issuer;
    const rank = ({ certificate }: Held): number => {
      const own = this.#identifiersOf(certificate).own;
      const mismatch = wanted !== null && own !== null && own !== wanted ? 2 : 0;
      const { now } = this.#input;
      return mismatch + (now < certificate.notBefore || now > certificate.notAfter ? 1 : 0);
    };
    return candidates
      .map((held) => ({ held, rank: rank(held) }))
      .sort((a, b) => a.rank - b.rank || b.held.certificate.notBefore - a.held.certificate.notBefore)
      .map(({ held }) => held);
  }

  #identifiersOf(certificate: Certificate): ReturnType<typeof keyIdentifiers> {
    const known = this.#identifiers.get(certificate.sha256) ?? keyIdentifiers(certificate);
    this.#identifiers.set(certificate.sha256, known);
    return known;
  }
}

function bySubject(certificates: readonly Certificate[]): ReadonlyMap<string, readonly Certificate[]> {
  const index = new Map<string, Certificate[]>();
  const seen = new Set<string>();
  for (const certificate of certificates) {
    // Duplicates say nothing new, and an empty name issues nothing.
    if (seen.has(certificate.sha256) || certificate.subject.rdns.length === 0) continue;
    seen.add(certificate.sha256);
    const same = index.get(certificate.subject.canonical);
    if (same === undefined) index.set(certificate.subject.canonical, [certificate]);
    else same.push(certificate);
  }
  return index;
}

function keyOf(certificate: Certificate): Key {
  return { spki: certificate.spki, id: certificate.spkiSha256, facts: certificate.key };
}

/** RFC 4158 2.4.2: a path that meets the same name with the same key twice goes in circles. */
function identityOf(certificate: Certificate): string {
  return `${certificate.spkiSha256} ${certificate.subject.canonical}`;
}

/** How much a problem speaks against showing a failing path: dates least, then weakness, then broken constraints. */
function weight(code: PathCode): number {
  if (code === 'expired' || code === 'not-yet-valid') return 1;
  if (code === 'weak-key' || code === 'weak-signature') return 10;
  if (code === 'required-certificate') return 1_000;
  return 100;
}
/** A path that reaches no anchor says less than any that does. */
const UNANCHORED = 100_000;

/** TRUST-RULES 5.2; in the units of signatureCost. */
const MOST_WORK = 100;
/** Chosen so that the worst chain that can be sent (100 KiB) costs less than 60 ms: measured in the tests. */
const MOST_SENT = 200;
const MOST_VISITS = 400;
const MOST_JUDGED = 2_000;
const MOST_COMPARISONS = 50_000;
