/**
 * name-constraints.ts: the names that a CA may put into certificates below it (RFC 5280 4.2.1.10, RFC 4985 4).
 *
 * In:   the subtrees of one CA certificate, and one certificate below it
 * Out:  the first name that breaks them
 * Not:  which certificates are below (validate.ts), whether a name is the one we want (trust/identity.ts)
 *
 * Deliberate, the safe way:
 * - dNSName constraints also bind the domain in SRVName and XmppAddr, and a leaf's common name that looks like a host name
 *   where no dNSName is there. RFC 5280 binds each form by itself; then a CA confined to one domain could vouch for any
 *   domain's XMPP service by writing SRVName instead. The common name of an authority names no host, whatever it looks like.
 * - A constraint of a form that we cannot compare is broken by every name of that form (RFC 5280 6.1: reject what cannot be
 *   processed).
 * - A wildcard breaks an exclusion that lies under it.
 */
import { decodeAlternativeNames } from '../../wire/certificate-extension.ts';
import {
  SRV_NAME,
  XMPP_ADDR,
  isAscii,
  latin1,
  presentedName,
  utf8Text,
  type GeneralName,
} from '../../wire/certificate-name.ts';
import type { Certificate } from '../../wire/certificate.ts';
import { toAscii } from '../../wire/idna.ts';

/** Comparisons left; shared by everything that one judgement compares. */
export type Allowance = { left: number };
export type NameProblem =
  | { readonly code: 'violated'; readonly name: string }
  | { readonly code: 'malformed'; readonly detail: string }
  | { readonly code: 'work-limit' };

type Limits = { readonly permitted: readonly GeneralName[]; readonly excluded: readonly GeneralName[] };

/** Checks every name of `certificate`, the leaf or an authority below, against `limits`. */
export function nameProblem(
  certificate: Certificate,
  role: 'leaf' | 'authority',
  limits: Limits,
  allowance: Allowance,
): NameProblem | null {
  const alternative = decodeAlternativeNames(certificate);
  if (!alternative.ok) return { code: 'malformed', detail: alternative.problem.detail };
  const hasDns = role === 'authority' || alternative.value.some((name) => name.form === 'dns');
  const names = subjectNames(certificate, hasDns ? 'not-a-host' : 'maybe-a-host');
  for (const name of alternative.value) names.push(...asBound(name, allowance));
  const groups = new Map<string, Group>();
  for (const kind of new Set(names.map((name) => name.kind))) groups.set(kind, groupOf(kind, limits));
  for (const name of names) {
    const group = groups.get(name.kind);
    if (group === undefined) continue;
    allowance.left -= group.permitted.length + group.excluded.length;
    if (allowance.left < 0) return { code: 'work-limit' };
    const inside =
      group.permitted.length === 0 || group.permitted.some((limit) => matches(name, limit, 'permitted'));
    const outside = !group.excluded.some((limit) => matches(name, limit, 'excluded'));
    if (!inside || !outside) return { code: 'violated', name: name.shown };
  }
  return null;
}

/** A name as one kind of constraint sees it. `kind` is the form, for otherName with its type. */
type BoundName = {
  readonly kind: string;
  /** As it stands in the certificate; the domain alone where that is what is compared. */
  readonly shown: string;
  readonly text: string;
  readonly lower: string;
  readonly ascii: boolean;
  readonly value: Uint8Array;
  readonly rdns: readonly string[];
};
/** A subtree with its texts prepared: they are compared with thousands of names. */
type Limit = {
  readonly tree: GeneralName;
  readonly text: string;
  readonly lower: string;
  /** For domains: without a leading dot, and with one. */
  readonly base: string;
  readonly below: string;
  /** Whether it is a domain name at all; a wildcard or an empty label makes it none. */
  readonly plain: boolean;
};
type Group = { readonly permitted: readonly Limit[]; readonly excluded: readonly Limit[] };
type Side = 'permitted' | 'excluded';

function groupOf(kind: string, { permitted, excluded }: Limits): Group {
  const limits = (trees: readonly GeneralName[]): readonly Limit[] =>
    trees.filter((tree) => kindOf(tree) === kind).map((tree) => ({ tree, ...prepared(latin1(tree.value)) }));
  return { permitted: limits(permitted), excluded: limits(excluded) };
}

function prepared(text: string): Omit<Limit, 'tree'> {
  const lower = text.toLowerCase();
  const base = lower.replace(/^\./, '');
  return { text, lower, base, below: `.${base}`, plain: DOMAIN.test(base) };
}

/** The subject itself (6.1.3 (b)), its e-mail addresses, and host names in its common names. */
function subjectNames(certificate: Certificate, commonName: 'maybe-a-host' | 'not-a-host'): BoundName[] {
  const { subject } = certificate;
  if (subject.rdns.length === 0) return [];
  const names = [{ ...textName('directory', subject.text), value: subject.der, rdns: subject.rdns }];
  for (const rdn of subject.rdns) {
    for (const found of rdn.matchAll(EMAIL_ATTRIBUTE)) {
      const start = found.index + found[0].length;
      names.push(textName('email', rdn.slice(start, start + Number(found[1]))));
    }
  }
  if (commonName === 'maybe-a-host') {
    for (const cn of subject.commonNames) if (HOST_LIKE.test(cn)) names.push(textName('dns', cn));
  }
  return names;
}

function textName(kind: string, text: string): BoundName {
  const value = Buffer.from(text, 'utf8');
  const lower = kind === 'dns' ? text.toLowerCase().replace(/\.$/, '') : text.toLowerCase();
  return { kind, shown: text, text, lower, ascii: isAscii(value), value, rdns: [] };
}

/** One alternative name, with the dNSName that it stands for where it holds a domain. */
function asBound(name: GeneralName, allowance: Allowance): readonly BoundName[] {
  const own = {
    ...textName(kindOf(name), latin1(name.value)),
    shown: presentedName(name).value,
    ascii: isAscii(name.value),
    value: name.value,
    rdns: name.rdns,
  };
  if (name.oid === SRV_NAME) return [own, textName('dns', own.text.slice(own.text.indexOf('.') + 1))];
  if (name.oid === XMPP_ADDR) {
    if (!own.ascii || own.lower.includes('xn--')) allowance.left -= CONVERSION;
    const domain = allowance.left < 0 ? null : toAscii(utf8Text(name.value) ?? '');
    // What is no domain matches nobody (trust/identity.ts), so no constraint need bind it.
    return domain === null ? [own] : [own, textName('dns', domain)];
  }
  return [own];
}

function kindOf(name: GeneralName): string {
  return name.form === 'other' ? `other ${name.oid ?? ''}` : name.form;
}

function matches(name: BoundName, limit: Limit, side: Side): boolean {
  const { tree } = limit;
  switch (name.kind) {
    case 'dns':
      return inDomain(name, limit, side);
    case 'directory':
      return tree.rdns.length <= name.rdns.length && tree.rdns.every((rdn, i) => rdn === name.rdns[i]);
    case 'ip':
      return inNetwork(name.value, tree.value, side);
    case 'email':
      return inMailbox(name.text, limit.text);
    case 'uri':
      return inUri(name.lower, limit.lower, side);
    case `other ${SRV_NAME}`:
      return inService(name.lower, limit.lower, side);
    default:
      // A form that we cannot compare: never inside what is permitted, always inside what is excluded.
      return side === 'excluded';
  }
}

type Domain = Pick<BoundName, 'lower' | 'ascii'>;

/** dNSName: the limit itself and everything below it; '' is everything. A leading dot means: below only. */
function inDomain({ lower: name, ascii }: Domain, limit: Omit<Limit, 'tree'>, side: Side): boolean {
  const { lower, base, below, plain } = limit;
  if (lower === '') return true;
  if (!ascii || !plain) return side === 'excluded';
  // An empty label makes a name that lies in no domain.
  if (name.endsWith(below)) return side === 'excluded' || !name.startsWith('.');
  // For an exclusion the base itself is excluded too, whichever way it was written.
  if (name === base) return side === 'excluded' || lower === base;
  if (side === 'excluded' && name.startsWith('*.')) {
    // "*.b" stands for "a.b", which an exclusion of "a.b" covers.
    const rest = name.slice(1);
    return base.endsWith(rest) && !base.slice(0, -rest.length).includes('.');
  }
  return false;
}

/** RFC 4985 4: `_service.domain`, `_service` alone, or a domain alone. */
function inService(name: string, limit: string, side: Side): boolean {
  const [service, domain] = split(name);
  const [wantedService, wantedDomain] = limit.startsWith('_') ? split(limit) : ['', limit];
  if (wantedService !== '' && wantedService !== service) return false;
  return wantedDomain === '' || inDomain(textName('dns', domain), prepared(wantedDomain), side);
}

function split(name: string): readonly [string, string] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** iPAddress: address and mask, 8 or 32 bytes (RFC 5280 4.2.1.10). */
function inNetwork(address: Uint8Array, limit: Uint8Array, side: Side): boolean {
  if (limit.length !== 8 && limit.length !== 32) return side === 'excluded';
  const half = limit.length / 2;
  if (address.length !== half) return false;
  return address.every((byte, i) => {
    const mask = limit[half + i] ?? 0;
    return (byte & mask) === ((limit[i] ?? 0) & mask);
  });
}

/** rfc822Name: a mailbox, a host, or `.domain` for every host below it. The local part is compared with case. */
function inMailbox(address: string, limit: string): boolean {
  const at = address.lastIndexOf('@');
  const host = address.slice(at + 1).toLowerCase();
  const limitAt = limit.lastIndexOf('@');
  if (limitAt >= 0) {
    return (
      address.slice(0, at) === limit.slice(0, limitAt) && host === limit.slice(limitAt + 1).toLowerCase()
    );
  }
  return inHost(host, limit.toLowerCase());
}

/** uniformResourceIdentifier: its host; a URI without a host name cannot be judged (RFC 5280 4.2.1.10). */
function inUri(uri: string, limit: string, side: Side): boolean {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([a-z0-9.-]+)(?::\d*)?(?:[/?#]|$)/.exec(uri)?.[1];
  if (host === undefined || /^[\d.]+$/.test(host)) return side === 'excluded';
  return inHost(host.replace(/\.$/, ''), limit);
}

function inHost(host: string, limit: string): boolean {
  return limit === '' || (limit.startsWith('.') ? host.endsWith(limit) : host === limit);
}

/** emailAddress (RFC 5280 appendix A.1) in the comparison form of a relative distinguished name: its length, then its text. */
const EMAIL_ATTRIBUTE = /(?:^|\+)1\.2\.840\.113549\.1\.9\.1=(\d+):/g;
/** What a dNSName constraint is (RFC 5280 4.2.1.10): labels, without a wildcard and without a final dot. */
const DOMAIN = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
/** At least two labels of letters, digits, hyphens and underscores, as OpenSSL takes a CN for a host name. */
const HOST_LIKE = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?$/i;
/** A UTS 46 conversion costs as much as this many comparisons: measured. */
const CONVERSION = 100;
