/**
 * identity.ts: does a certificate carry the name we want (TRUST-RULES 6; RFC 6120 13.7.1.2, RFC 9525 6, RFC 4985)?
 *
 * In:   the leaf, the source domain, the service, the securely delegated target
 * Out:  IdentityEvidence: what matched, and for every presented name why or why not
 * Not:  who vouches for the names (path.ts), whether the delegation is secure (delegation.ts)
 */
import type { DnsName } from '../../shared/basics.ts';
import {
  identitySteps,
  namePhrases,
  type IdentityStepId,
  type NameCode,
} from '../../shared/phrases/identity.ts';
import type { PresentedName, Step } from '../../shared/report.ts';
import type { Service, Source } from '../../shared/request.ts';
import { visible } from '../../shared/visible.ts';
import type { Certificate, CertificateName } from '../wire/certificate.ts';
import { toAscii } from '../wire/idna.ts';
import { addressBytes, canonicalAddress } from '../wire/ip.ts';

export type IdentityEvidence = {
  /** An identifier of the source domain (or the IP literal) is there. */
  readonly source: boolean;
  /** An identifier of the securely delegated target is there. */
  readonly target: boolean;
  /** As they stand in the certificate, values fit to be shown. */
  readonly names: readonly PresentedName[];
  readonly steps: readonly Step[];
  /** Nothing matches, but the common name would. */
  readonly cnOnly: boolean;
};

export type IdentityReferences = {
  readonly source: Source;
  readonly service: Service;
  /** The target host where the delegation to it is secure and it is another name than the source; otherwise null. */
  readonly target: DnsName | null;
};

/** Compares every presented name with the references. An IP literal is named by iPAddress alone (RFC 9525 6.4). */
export function judgeIdentity(leaf: Certificate, refs: IdentityReferences): IdentityEvidence {
  const wanted = wantedOf(refs);
  let conversions = 0;
  const judged = leaf.names.map((name) => {
    if (name.type === 'xmpp' && !isPlain(name)) conversions++;
    const found =
      name.type === 'xmpp' && conversions > MOST_CONVERSIONS ? no('too-many-names') : judgeName(name, wanted);
    return { name, found };
  });
  const of = (whose: 'source' | 'target'): readonly Judged[] =>
    judged.filter(({ found }) => found.matches?.whose === whose);
  const [source, target] = [of('source'), of('target')];
  const cnOnly = source.length + target.length === 0 && commonNameMatches(leaf, refs.source);
  const found = listed(leaf.names.map(({ type, value }) => `${type}:${visible(value)}`));
  const steps = [step('proper-identifier', source, sourceText(refs.source), found)];
  if (refs.target !== null) steps.push(step('delegated-identifier', target, visible(refs.target), found));
  if (cnOnly) steps.push({ ...step('common-name-only', judged, sourceText(refs.source), found), ok: null });
  return {
    source: source.length > 0,
    target: target.length > 0,
    cnOnly,
    steps,
    names: judged.map(({ name, found: { matches, code } }) => {
      const text = namePhrases[code]({
        name: visible(name.value),
        wanted: matches?.text ?? listed(wanted.all.map((reference) => reference.text)),
      });
      return { type: name.type, value: visible(name.value), matched: matches?.text ?? null, why: text };
    }),
  };
}

/** One reference identifier. `domain` is lower-case A-labels without a final dot, or the canonical address. */
type Reference = { readonly whose: 'source' | 'target'; readonly domain: string; readonly text: string };
type Wanted = {
  readonly all: readonly Reference[];
  /** The label that SRV-IDs begin with, e.g. `_xmpp-client`. */
  readonly serviceLabel: string;
  readonly address: Uint8Array | null;
};
type Finding = { readonly code: NameCode; readonly matches: Reference | null };
type Judged = { readonly name: CertificateName; readonly found: Finding };

function wantedOf({ source, service, target }: IdentityReferences): Wanted {
  const serviceLabel = `_${service}`;
  if (source.kind === 'ip') {
    const domain = canonicalAddress(source.address);
    return {
      all: [{ whose: 'source', domain, text: visible(domain) }],
      serviceLabel,
      address: addressBytes(source.address) ?? null,
    };
  }
  const domain = plain(source.ascii);
  const all: Reference[] = [{ whose: 'source', domain, text: visible(domain) }];
  if (target !== null) all.push({ whose: 'target', domain: plain(target), text: visible(plain(target)) });
  return { all, serviceLabel, address: null };
}

/** TRUST-RULES 6.2: a final dot in the reference is dropped; letters are compared without case. */
function plain(domain: string): string {
  return domain.toLowerCase().replace(/\.$/, '');
}

function judgeName(name: CertificateName, wanted: Wanted): Finding {
  if (name.type === 'cn') return no('common-name');
  if (name.type === 'other') return no('other-kind');
  if (wanted.address !== null) return name.type === 'ip' ? judgeAddress(name, wanted) : no('address-only');
  switch (name.type) {
    case 'ip':
      return no('not-an-address');
    case 'dns':
      return judgeDns(name, wanted.all);
    case 'srv':
      return judgeService(name, wanted);
    case 'xmpp':
      return judgeXmpp(name, wanted.all);
  }
}

/** RFC 9525 6.4: octet for octet, so never a mapped address for the IPv4 address inside it. */
function judgeAddress(name: CertificateName, { address, all }: Wanted): Finding {
  const bytes = addressBytes(name.value);
  const [reference] = all;
  const same = bytes !== undefined && address !== null && Buffer.compare(bytes, address) === 0;
  return same && reference !== undefined ? yes('matches', reference) : no('other-address');
}

/** DNS-ID (RFC 9525 6.3). */
function judgeDns(name: CertificateName, references: readonly Reference[]): Finding {
  const value = name.value.toLowerCase();
  if (!name.ascii) return no('not-ascii');
  if (value.endsWith('.')) return no('final-dot');
  if (!value.includes('*')) return exactly(value, references);
  const rest = value.slice(1);
  if (!/^\*\.[^*]+$/.test(value)) return no('wildcard-place');
  if (!/^\.[^.]+\.[^.]/.test(rest)) return no('wildcard-too-wide');
  const match = references.find(({ domain }) => {
    const dot = domain.indexOf('.');
    return dot > 0 && domain.slice(dot) === rest;
  });
  if (match !== undefined) return yes('matches-wildcard', match);
  const near = references.some(({ domain }) => domain.endsWith(rest) || `.${domain}` === rest);
  return no(near ? 'wildcard-depth' : 'other-name');
}

/** SRV-ID (RFC 4985 2, RFC 6120 13.7.1.2.1): the service of this check, then the domain. */
function judgeService(name: CertificateName, { all, serviceLabel }: Wanted): Finding {
  const value = name.value.toLowerCase();
  if (!name.ascii) return no('not-ascii');
  if (value.endsWith('.')) return no('final-dot');
  if (value.includes('*')) return no('wildcard-in-service');
  const dot = value.indexOf('.');
  const found = exactly(value.slice(dot + 1), all);
  if (dot < 0 || found.matches === null) return no('other-name');
  return value.slice(0, dot) === serviceLabel ? found : no('other-service');
}

/** XmppAddr (RFC 6120 13.7.1.4): a bare domain in UTF-8; of the source only (TRUST-RULES 6.1). */
function judgeXmpp(name: CertificateName, references: readonly Reference[]): Finding {
  if (/[@/\u0000]/.test(name.value)) return no('not-a-domain');
  if (name.value.endsWith('.')) return no('final-dot');
  const domain = toAscii(name.value);
  if (domain === null) return no('not-a-domain');
  return exactly(
    domain,
    references.filter(({ whose }) => whose === 'source'),
  );
}

/** Whether comparing needs no UTS 46 conversion. */
function isPlain(name: CertificateName): boolean {
  return name.ascii && !/xn--/i.test(name.value);
}

function exactly(value: string, references: readonly Reference[]): Finding {
  const match = references.find(({ domain }) => domain !== '' && domain === value);
  return match === undefined ? no('other-name') : yes('matches', match);
}

function yes(code: NameCode, matches: Reference): Finding {
  return { code, matches };
}

function no(code: NameCode): Finding {
  return { code, matches: null };
}

/** What a client that still reads common names would do (RFC 6125 6.4.4), for the explanation only. */
function commonNameMatches(leaf: Certificate, source: Source): boolean {
  if (source.kind === 'ip')
    return leaf.subject.commonNames.some((cn) => canonicalAddress(cn) === canonicalAddress(source.address));
  const references: readonly Reference[] = [{ whose: 'source', domain: plain(source.ascii), text: '' }];
  return leaf.names.some((name) => name.type === 'cn' && judgeDns(name, references).matches !== null);
}

function step(id: IdentityStepId, matching: readonly Judged[], wanted: string, found: string): Step {
  const ok = matching.length > 0;
  const matched = listed(matching.map(({ name }) => `${name.type}:${visible(name.value)}`));
  const phrase = identitySteps[id];
  return { id, ok, text: (ok ? phrase.yes : phrase.no)({ wanted, matched, found }), ref: phrase.ref };
}

function sourceText(source: Source): string {
  return visible(source.kind === 'ip' ? source.address : source.ascii);
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nobody';
  const shown = names.slice(0, MOST_SHOWN).join(', ');
  return names.length > MOST_SHOWN ? `${shown} and ${names.length - MOST_SHOWN} more` : shown;
}

/** Chosen: a sentence stays a sentence. */
const MOST_SHOWN = 5;
/** Chosen: a conversion takes some 50 µs, and a certificate has room for thousands. */
const MOST_CONVERSIONS = 200;
