/**
 * validate.ts: RFC 5280 6.1 over one given path; every problem is collected, not only the first.
 *
 * In:   a path with its anchor or without, the time
 * Out:  what is wrong, certificate by certificate
 * Not:  finding a path (search.ts), signatures (checked while searching), words (../path.ts)
 *
 * Deliberate, the safe way: the anchor's own certificate is judged as OpenSSL and RFC 5937 do: its dates, basic constraints, key
 * usage, extended key usage, name constraints and critical extensions count. RFC 5280 6.1 itself takes only name
 * and key from an anchor. Its own signature and its policies never count.
 */
import {
  KEY_USAGE,
  PROCESSED,
  PURPOSE,
  decodeConstraints,
  type Constraints,
} from '../../wire/certificate-extension.ts';
import type { KeyFacts } from '../../wire/certificate-key.ts';
import type { Certificate } from '../../wire/certificate.ts';
import type { Instant } from '../../../shared/basics.ts';
import type { PathCode } from '../../../shared/phrases/path.ts';
import { nameProblem, type Allowance } from './name-constraints.ts';
import { policyProblem } from './policy.ts';

/** `depth` 0 is the leaf. `other` and `detail` as in PathFacts, raw. */
export type Found = {
  readonly code: PathCode;
  readonly depth: number;
  readonly other?: string;
  readonly detail?: string;
};

/**
 * certificate: the last certificate of the path is the anchor. self: the leaf itself is one (self-signed and in a store).
 * key: a bare key above the last certificate. none: no anchor was reached; what is there is judged all the same.
 */
export type Top = 'certificate' | 'self' | 'key' | 'none';

/** What is wrong with `path` (leaf first), in the order leaf to top. */
export function pathProblems(
  path: readonly Certificate[],
  top: Top,
  now: Instant,
  allowance: Allowance,
): readonly Found[] {
  const found: Found[] = [];
  const constraints = path.map((certificate, depth) => {
    const decoded = decodeConstraints(certificate);
    if (!decoded.ok) found.push({ code: 'malformed', depth, detail: decoded.problem.detail });
    if (certificate.namesProblem !== null)
      found.push({ code: 'malformed', depth, detail: certificate.namesProblem });
    return decoded.ok ? decoded.value : null;
  });
  const anchorDepth = top === 'certificate' ? path.length - 1 : -1;
  for (const [depth, certificate] of path.entries()) {
    const own = constraints[depth] ?? null;
    found.push(...dates(certificate, depth, now));
    if (weakKey(certificate.key)) found.push({ code: 'weak-key', depth, detail: certificate.key.text });
    const topless =
      depth === path.length - 1 && (top === 'none' || top === 'self') && namesItself(certificate);
    if (depth !== anchorDepth && !topless) found.push(...weakSignature(certificate, depth));
    const unknown = certificate.extensions.find((e) => e.critical && !PROCESSED.has(e.oid));
    if (unknown !== undefined) found.push({ code: 'unknown-critical-extension', depth, detail: unknown.oid });
    if (own === null) continue;
    if (depth === 0) found.push(...leafRole(certificate, own, top));
    else found.push(...issuerRole(path, depth, own, depth === anchorDepth ? 'anchor' : 'intermediate'));
    const usage = own.extendedKeyUsage;
    if (usage !== null && !usage.includes(PURPOSE.serverAuth) && !usage.includes(PURPOSE.any)) {
      found.push({ code: 'extended-key-usage', depth });
    }
    if (own.names !== null && depth > 0) found.push(...namesBelow(path, depth, own.names, allowance));
  }
  found.push(...policies(path, constraints, anchorDepth));
  return found;
}

/** RFC 5280 6.1: the same name, and not an empty one, as subject and issuer. */
export function isSelfIssued(certificate: Certificate): boolean {
  return (
    certificate.subject.rdns.length > 0 && certificate.subject.canonical === certificate.issuer.canonical
  );
}

/** Subject and issuer are the same, be it the empty name: what a self-signed certificate looks like. */
export function namesItself(certificate: Certificate): boolean {
  return certificate.subject.canonical === certificate.issuer.canonical;
}

function dates(certificate: Certificate, depth: number, now: Instant): readonly Found[] {
  // RFC 5280 4.1.2.5: both ends belong to the period.
  if (now < certificate.notBefore)
    return [{ code: 'not-yet-valid', depth, detail: day(certificate.notBefore) }];
  // The last second counts as a whole: notAfter has no fractions.
  if (now >= certificate.notAfter + 1000)
    return [{ code: 'expired', depth, detail: day(certificate.notAfter) }];
  return [];
}

function day(at: Instant): string {
  return new Date(at).toISOString().replace('T', ' ').replace('.000Z', ' UTC');
}

function leafRole(certificate: Certificate, own: Constraints, top: Top): readonly Found[] {
  const found: Found[] = [];
  // RFC 6120 13.7.1.1. Where the leaf itself (or its own key) is the anchor, a person put it there, whatever it says of
  // itself; where no anchor is reached nothing rests on it.
  const issued = top === 'certificate' || (top === 'key' && !namesItself(certificate));
  if (issued && own.basic?.ca === true) found.push({ code: 'ca-as-server', depth: 0 });
  const usage = own.keyUsage;
  // RFC 8446 4.4.2.2 wants digitalSignature; RFC 5246 7.4.2 knows keyEncipherment for RSA as well.
  const rsa = certificate.key.kind === 'rsa';
  const signs = usage === null || usage.has(KEY_USAGE.digitalSignature);
  if (!signs && !(rsa && usage.has(KEY_USAGE.keyEncipherment))) {
    found.push({ code: 'key-usage', depth: 0, detail: 'TLS' });
  }
  return found;
}

function issuerRole(
  path: readonly Certificate[],
  depth: number,
  own: Constraints,
  role: 'anchor' | 'intermediate',
): readonly Found[] {
  const certificate = path[depth];
  if (certificate === undefined) return [];
  const found: Found[] = [];
  if (!isAuthority(certificate, own, role)) found.push({ code: 'not-a-ca', depth });
  if (own.keyUsage !== null && !own.keyUsage.has(KEY_USAGE.keyCertSign)) {
    found.push({ code: 'key-usage', depth, detail: 'signing certificates' });
  }
  const limit = own.basic?.ca === true ? own.basic.pathLength : null;
  // 6.1.4 (l): self-issued certificates do not count.
  const between = path.slice(1, depth).filter((c) => !isSelfIssued(c)).length;
  if (limit !== null && between > limit) found.push({ code: 'path-length', depth, detail: String(limit) });
  return found;
}

/** 6.1.4 (k). An anchor may be older than version 3, or leave out basicConstraints if its key usage says keyCertSign. */
function isAuthority(certificate: Certificate, own: Constraints, role: 'anchor' | 'intermediate'): boolean {
  if (own.basic !== null) return own.basic.ca;
  if (role === 'intermediate') return false;
  return certificate.version < 3
    ? isSelfIssued(certificate)
    : own.keyUsage?.has(KEY_USAGE.keyCertSign) === true;
}

/** 6.1.3 (b) and (c): every certificate below, except self-issued intermediates. */
function namesBelow(
  path: readonly Certificate[],
  depth: number,
  limits: NonNullable<Constraints['names']>,
  allowance: Allowance,
): readonly Found[] {
  const found: Found[] = [];
  for (let below = depth - 1; below >= 0; below--) {
    const certificate = path[below];
    if (certificate === undefined || (below > 0 && isSelfIssued(certificate))) continue;
    const problem = nameProblem(certificate, below === 0 ? 'leaf' : 'authority', limits, allowance);
    if (problem?.code === 'violated') found.push({ code: 'name-constraints', depth, other: problem.name });
    // Names that cannot be read were told of already, whatever limits them.
    if (problem?.code === 'work-limit') {
      found.push({ code: 'work-limit', depth, detail: 'too many comparisons with name constraints' });
    }
  }
  return found;
}

function policies(
  path: readonly Certificate[],
  constraints: readonly (Constraints | null)[],
  anchorDepth: number,
): readonly Found[] {
  const links = [];
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const certificate = path[depth];
    const own = constraints[depth];
    if (depth === anchorDepth || certificate === undefined) continue;
    // One that cannot be read is reported already.
    if (own === null || own === undefined) return [];
    links.push({ constraints: own, selfIssued: isSelfIssued(certificate) });
  }
  const problem = policyProblem(links);
  return problem === null ? [] : [{ code: 'policy', depth: 0, detail: problem }];
}

function weakSignature({ signatureAlgorithm }: Certificate, depth: number): readonly Found[] {
  const { hash, text } = signatureAlgorithm;
  return hash === 'md5' || hash === 'sha1' ? [{ code: 'weak-signature', depth, detail: text }] : [];
}

/** RFC 9325 4.5: RSA of 2048 bits, curves of 224 bits or more. An RSA exponent of 1 protects nothing; DSA is history. */
function weakKey(key: KeyFacts): boolean {
  if (key.kind === 'rsa' || key.kind === 'rsa-pss') return key.bits < 2048 || key.exponentBits < 2;
  return key.kind === 'dsa' || (key.kind === 'ec' && key.bits > 0 && key.bits < 224);
}
