/**
 * path.ts: does a certificate chain to a trust anchor (RFC 5280 6)?
 *
 * In:   the leaf, what else was sent, trust stores, the time
 * Out:  PathEvidence: the best path, every problem on it, and the explanation line by line
 * Not:  names that we want (identity.ts), verdicts (decide.ts)
 *
 * Choices where the RFC leaves room: a self-signed leaf that is itself in a store makes a path of length one (RFC 5280
 * 6.1: a path of n = 1 below an anchor with the same name and key); any other leaf in a store does not, it has no
 * issuer there. An intermediate in a store is an anchor like any other. The anchor's dates count (validate.ts).
 */
import type { Instant } from '../../shared/basics.ts';
import {
  clientUsagePhrases,
  pathPhrases,
  stepPhrases,
  type PathCode,
  type StepId,
} from '../../shared/phrases/path.ts';
import type { Step } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import { PURPOSE, decodeConstraints } from '../wire/certificate-extension.ts';
import type { Certificate, DistinguishedName } from '../wire/certificate.ts';
import { bestPath, type Anchor, type Candidate } from './path/search.ts';
import type { Found } from './path/validate.ts';
import type { TrustStore } from './stores.ts';

export type { Anchor } from './path/search.ts';
export type { PathCode } from '../../shared/phrases/path.ts';

export type PathProblem = {
  readonly code: PathCode;
  readonly text: string;
  readonly ref: string;
  /** Which certificate of `path`: 0 is the leaf. */
  readonly depth: number;
};

export type PathEvidence = {
  readonly holds: boolean;
  /** Leaf first, the anchor's certificate last where there is one. */
  readonly path: readonly Certificate[];
  readonly anchor: {
    readonly subject: string;
    /** Null for an anchor that is a bare key. */
    readonly sha256: string | null;
    readonly stores: readonly string[];
  } | null;
  readonly steps: readonly Step[];
  /** In order of weight: what keeps the path from an anchor, then leaf to top. */
  readonly problems: readonly PathProblem[];
};

export type PathInput = {
  readonly leaf: Certificate;
  /** All others, as sent: any order, strays and duplicates among them. */
  readonly sent: readonly Certificate[];
  readonly stores: readonly TrustStore[];
  readonly extraAnchors?: readonly Anchor[];
  /** Looks for a path that has such a certificate above the leaf (the anchor included). */
  readonly mustContain?: (certificate: Certificate) => boolean;
  readonly now: Instant;
  readonly purpose: 'server';
};

/** Judges the path by RFC 5280 6.1, over all candidate issuers with back-tracking. Bounded; never throws. */
export function judgePath(input: PathInput): PathEvidence {
  const candidate = bestPath({
    leaf: input.leaf,
    sent: input.sent,
    stores: input.stores,
    extraAnchors: input.extraAnchors ?? [],
    mustContain: input.mustContain ?? null,
    now: input.now,
  });
  const problems = candidate.problems.map((found) => problemOf(found, candidate.path));
  const anchor = anchorOf(candidate);
  return {
    holds: problems.length === 0 && anchor !== null,
    path: candidate.path,
    anchor,
    steps: [...stepsOf(candidate, anchor), initiatingSide(input.leaf)],
    problems,
  };
}

/** The path breaks a rule of RFC 5280 about what its certificates may do: manual case `constraint-violated`. */
export function isConstraint(code: PathCode): boolean {
  return CONSTRAINTS.has(code);
}

/** A key or a signature is too weak: manual case `weak-certificate`. */
export function isWeakness(code: PathCode): boolean {
  return code === 'weak-key' || code === 'weak-signature';
}

/** No anchor was reached. `untrusted-issuer` is among the problems whenever one of the others is. */
export function isUntrusted(code: PathCode): boolean {
  return UNTRUSTED.has(code);
}

const CONSTRAINTS: ReadonlySet<PathCode> = new Set([
  'not-a-ca',
  'ca-as-server',
  'path-length',
  'key-usage',
  'extended-key-usage',
  'name-constraints',
  'policy',
  'unknown-critical-extension',
  'malformed',
  'required-certificate',
]);
const UNTRUSTED: ReadonlySet<PathCode> = new Set([
  'untrusted-issuer',
  'self-signed',
  'incomplete-chain',
  'missing-intermediate',
  'signature-invalid',
  'signature-unsupported',
  'work-limit',
]);

function anchorOf({ path, top, stores }: Candidate): PathEvidence['anchor'] {
  const last = path.at(-1);
  if (top === 'none' || last === undefined) return null;
  if (top === 'key') return { subject: nameOf(last.issuer), sha256: null, stores };
  return { subject: visible(last.subject.text), sha256: last.sha256, stores };
}

function problemOf({ code, depth, other, detail }: Found, path: readonly Certificate[]): PathProblem {
  const certificate = path[depth];
  const facts = {
    subject: certificate === undefined ? 'a certificate' : whom(certificate, depth),
    other: code === 'name-constraints' ? `“${visible(other ?? '')}”` : otherOf(code, depth, path),
    detail: visible(detail ?? ''),
  };
  const { ref, text } = pathPhrases[code];
  return { code, ref, depth, text: capital(text(facts)) };
}

/** Whom else the sentence names: the certificate that a false authority issued, otherwise the issuer. */
function otherOf(code: PathCode, depth: number, path: readonly Certificate[]): string {
  const child = path[depth - 1];
  if (code === 'not-a-ca' && child !== undefined) return whom(child, depth - 1);
  const certificate = path[depth];
  return certificate === undefined ? 'its issuer' : nameOf(certificate.issuer);
}

function whom(certificate: Certificate, depth: number): string {
  return depth === 0 ? "the server's certificate" : `the certificate of ${nameOf(certificate.subject)}`;
}

function nameOf(name: DistinguishedName): string {
  const text = name.commonName ?? name.text;
  return text === '' ? 'a nameless issuer' : `“${visible(text, 100)}”`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function stepsOf(candidate: Candidate, anchor: PathEvidence['anchor']): readonly Step[] {
  const { path, problems } = candidate;
  const leaf = path[0];
  const facts = {
    subject: leaf === undefined ? '' : nameOf(leaf.subject),
    issuer: leaf === undefined ? '' : nameOf(leaf.issuer),
    anchor: anchor?.subject ?? '',
    stores: (anchor?.stores ?? []).join(', '),
  };
  return ORDER.map((id) => {
    const ok = answer(id, candidate, new Set(problems.map((problem) => problem.code)));
    const phrase = stepPhrases[id];
    const line = ok === null ? phrase.open : ok ? phrase.yes : phrase.no;
    return { id, ok, text: line(facts), ref: phrase.ref };
  });
}

function answer(
  id: StepId,
  { path, top, problems }: Candidate,
  codes: ReadonlySet<PathCode>,
): boolean | null {
  if (id === 'chains-to-anchor') return top !== 'none' ? true : codes.has('work-limit') ? null : false;
  if (id === 'end-entity-certificate') return endEntity(path[0]);
  if (id === 'signed-by-ca') return signedByCa(path, top, problems);
  if (BREAKS[id].some((code) => codes.has(code))) return false;
  // Dates can be read of every certificate; the rest holds for a path only once it is whole.
  return id === 'validity' || top !== 'none' ? true : null;
}

function endEntity(leaf: Certificate | undefined): boolean | null {
  const constraints = leaf === undefined ? null : decodeConstraints(leaf);
  return constraints?.ok === true ? constraints.value.basic?.ca !== true : null;
}

function signedByCa(
  path: readonly Certificate[],
  top: Candidate['top'],
  problems: readonly Found[],
): boolean | null {
  if (top === 'self') return false;
  if (path.length > 1) return !problems.some((problem) => problem.depth === 1 && problem.code === 'not-a-ca');
  if (top === 'key') return true;
  const unknown = problems.some(
    ({ code }) => code === 'incomplete-chain' || code === 'signature-unsupported',
  );
  return unknown ? null : false;
}

/** For s2s (TRUST-RULES 5.2): shown, not judged. */
function initiatingSide(leaf: Certificate): Step {
  const constraints = decodeConstraints(leaf);
  const usage = constraints.ok ? constraints.value.extendedKeyUsage : null;
  const allowed = usage === null || usage.includes(PURPOSE.clientAuth) || usage.includes(PURPOSE.any);
  return {
    id: 'initiating-side',
    ok: null,
    text: clientUsagePhrases[allowed ? 'allowed' : 'forbidden'],
    ref: 'RFC 5280 4.2.1.12',
  };
}

const ORDER: readonly StepId[] = [
  'end-entity-certificate',
  'signed-by-ca',
  'signatures',
  'validity',
  'basic-constraints',
  'key-usage',
  'extended-key-usage',
  'name-constraints',
  'policies',
  'critical-extensions',
  'strength',
  'chains-to-anchor',
];
type Judged = Exclude<StepId, 'end-entity-certificate' | 'signed-by-ca' | 'chains-to-anchor'>;
const BREAKS: Readonly<Record<Judged, readonly PathCode[]>> = {
  signatures: ['signature-invalid'],
  validity: ['expired', 'not-yet-valid'],
  'basic-constraints': ['not-a-ca', 'path-length'],
  'key-usage': ['key-usage'],
  'extended-key-usage': ['extended-key-usage'],
  'name-constraints': ['name-constraints'],
  policies: ['policy'],
  'critical-extensions': ['unknown-critical-extension', 'malformed'],
  strength: ['weak-key', 'weak-signature'],
};
