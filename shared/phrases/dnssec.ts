/**
 * dnssec.ts: what DNSSEC validation found, said in one sentence, and what repairs it in another.
 *
 * In:   a code and what was seen
 * Out:  { code, why, repair }
 * Not:  finding it (electron/trust/dnssec)
 */
import { visible } from '../visible.ts';

/** What each code needs to be said. Names are DnsNames, '' for the root; dates are ISO 8601. */
type Sayings = {
  // secure
  readonly 'records-signed': Signed & { readonly type: string; readonly name: string };
  readonly 'absence-signed': { readonly type: string; readonly name: string; readonly zone: string };
  readonly 'name-too-long': { readonly name: string };
  readonly 'zone-signed': { readonly zone: string; readonly by: string; readonly tag: number };
  readonly 'zone-anchored': { readonly zone: string; readonly tag: number; readonly source: string };
  // insecure
  readonly 'unsigned-delegation': { readonly zone: string; readonly parent: string };
  readonly 'opt-out': { readonly name: string; readonly zone: string };
  readonly 'unknown-algorithm': { readonly zone: string; readonly algorithms: string };
  readonly 'sha1-algorithm': { readonly zone: string };
  readonly 'iterations-too-high': {
    readonly zone: string;
    readonly iterations: number;
    readonly limit: number;
  };
  readonly 'negative-anchor': { readonly name: string; readonly anchor: string };
  // indeterminate
  readonly 'no-anchor': { readonly name: string };
  readonly 'anchor-unusable': { readonly zone: string };
  readonly 'chain-unanswered': { readonly name: string; readonly type: string; readonly zone: string };
  // unanswered
  readonly unanswered: {
    readonly name: string;
    readonly type: string;
    readonly zone: 'signed' | 'unsigned' | 'unknown';
  };
  // bogus
  readonly 'signature-missing': Unproven;
  readonly 'signature-wrong': Unproven & { readonly tag: number };
  readonly 'signature-expired': Unproven & { readonly date: string };
  readonly 'signature-not-yet-valid': Unproven & { readonly date: string };
  readonly 'signer-wrong': Unproven & { readonly signer: string };
  readonly 'key-missing': Unproven & { readonly tags: string };
  readonly 'algorithm-not-usable': Unproven & { readonly algorithms: string };
  readonly 'dnskey-missing': { readonly zone: string };
  readonly 'ds-mismatch': { readonly zone: string; readonly ds: string; readonly keys: string };
  readonly 'anchor-mismatch': { readonly zone: string; readonly anchors: string; readonly keys: string };
  readonly 'unknown-root-key': { readonly tag: number; readonly anchors: string };
  readonly 'denial-missing': Unproven;
  readonly 'denial-wrong': Unproven & { readonly detail: string };
  readonly 'wildcard-proof-missing': Unproven;
  readonly 'private-name': { readonly name: string; readonly absent: string; readonly zone: string };
  readonly 'alias-loop': { readonly name: string };
  readonly 'alias-too-long': { readonly name: string; readonly limit: number };
  readonly 'alias-malformed': { readonly name: string };
  readonly 'work-limit': { readonly name: string };
};
type Unproven = { readonly type: string; readonly name: string; readonly zone: string };
type Signed = { readonly zone: string; readonly tag: number; readonly until: string };

export type DnssecCode = keyof Sayings;
export type DnssecSaid = { readonly code: DnssecCode; readonly why: string; readonly repair: string | null };
type Text = { readonly why: string; readonly repair: string | null };

/** Says `code` with what was seen. */
export function sayDnssec<C extends DnssecCode>(code: C, seen: Sayings[C]): DnssecSaid {
  const { why, repair } = PHRASES[code](seen);
  // “the root zone” may begin a sentence; other names keep their case.
  return { code, why: why.replace(/^the /, 'The '), repair };
}

const PHRASES: { readonly [C in DnssecCode]: (seen: Sayings[C]) => Text } = {
  'records-signed': (s) =>
    fine(`${set(s)} is signed by ${zone(s.zone)} with key ${s.tag}, until ${day(s.until)}.`),
  'absence-signed': (s) =>
    fine(`${zone(s.zone)} proves with signatures that there is no ${s.type} at ${name(s.name)}.`),
  'name-too-long': (s) =>
    fine(`There can be nothing at ${name(s.name)}: a name in the DNS has at most 255 octets.`),
  'zone-signed': (s) =>
    fine(`The keys of ${zone(s.zone)} are the ones that ${zone(s.by)} vouches for; key ${s.tag} signs them.`),
  'zone-anchored': (s) =>
    fine(`The keys of ${zone(s.zone)} are signed by key ${s.tag}, a trust anchor (${visible(s.source)}).`),

  'unsigned-delegation': (s) => ({
    why: `${zone(s.parent)} proves that ${name(s.zone)} is not signed.`,
    repair: `Sign ${name(s.zone)} with DNSSEC and have its DS record published in ${zone(s.parent)}.`,
  }),
  'opt-out': (s) => ({
    why: `${zone(s.zone)} leaves unsigned names out of its proofs (opt-out), and ${name(s.name)} can be such a name.`,
    repair: `Sign ${name(s.name)} with DNSSEC and have its DS record published in ${zone(s.zone)}.`,
  }),
  'unknown-algorithm': (s) => ({
    why: `${zone(s.zone)} is signed only with algorithms that are not known here (${visible(s.algorithms)}), which counts as unsigned.`,
    repair: `Sign ${zone(s.zone)} with a common algorithm too (13, ECDSA P-256, is the usual one; RFC 8624).`,
  }),
  'sha1-algorithm': (s) => ({
    why: `${zone(s.zone)} is signed only with SHA-1, which no longer counts (RFC 9905).`,
    repair: `Move ${zone(s.zone)} to algorithm 13 or 8; a setting allows SHA-1 until then.`,
  }),
  'iterations-too-high': (s) => ({
    why: `The proofs of ${zone(s.zone)} need ${s.iterations} hash iterations, more than the ${s.limit} that count (RFC 9276).`,
    repair: `Set the NSEC3 iterations of ${zone(s.zone)} to 0.`,
  }),
  'negative-anchor': (s) => ({
    why: `${name(s.name)} lies under ${name(s.anchor)}, which is set to be taken without DNSSEC (negative trust anchor, RFC 7646).`,
    repair: null,
  }),

  'no-anchor': (s) => ({
    why: `No trust anchor covers ${name(s.name)}.`,
    repair: 'Set a trust anchor for the root or for a zone above this name.',
  }),
  'anchor-unusable': (s) => ({
    why: `The trust anchors for ${zone(s.zone)} name only algorithms or digests that are not known here.`,
    repair: 'Update Mellon, or set a trust anchor with a known algorithm.',
  }),
  'chain-unanswered': (s) => ({
    why: `The resolver gave no usable answer for ${s.type} at ${name(s.name)}, so the chain below ${zone(s.zone)} could not be followed.`,
    repair: 'Try another resolver, or DNS over TLS or HTTPS.',
  }),

  unanswered: (s) => ({
    why: `The resolver gave no usable answer for ${s.type} at ${name(s.name)}${UNANSWERED[s.zone]}.`,
    repair: 'Try another resolver, or DNS over TLS or HTTPS.',
  }),

  'signature-missing': (s) => ({
    why: `${set(s)} came without a signature, although ${zone(s.zone)} is signed.`,
    repair: `${BY_RESOLVER}; if it stays, re-sign ${zone(s.zone)}.`,
  }),
  'signature-wrong': (s) => ({
    why: `The signature of key ${s.tag} over ${set(s, true)} does not fit: the records or the signature were changed.`,
    repair: `${BY_RESOLVER}; if it stays, re-sign ${zone(s.zone)}.`,
  }),
  'signature-expired': (s) => ({
    why: `The signature over ${set(s, true)} expired on ${day(s.date)}.`,
    repair: `Re-sign ${zone(s.zone)}, and check this computer's clock.`,
  }),
  'signature-not-yet-valid': (s) => ({
    why: `The signature over ${set(s, true)} is valid only from ${day(s.date)} on.`,
    repair: `Check the clock of this computer and of the signer of ${zone(s.zone)}, then re-sign the zone.`,
  }),
  'signer-wrong': (s) => ({
    why: `${set(s)} is signed in the name of ${zone(s.signer)}, which is not its zone (${zone(s.zone)}).`,
    repair: `Re-sign ${zone(s.zone)} with its own keys.`,
  }),
  'key-missing': (s) => ({
    why: `${set(s)} is signed by a key (${visible(s.tags)}) that is not among the keys of ${zone(s.zone)}.`,
    repair: `Publish that key in the DNSKEY set of ${zone(s.zone)}, or re-sign with a published one.`,
  }),
  'algorithm-not-usable': (s) => ({
    why: `${set(s)} is signed only with algorithms that do not count here (${visible(s.algorithms)}), although the DS of ${zone(s.zone)} names a better one.`,
    repair: `Sign ${zone(s.zone)} with every algorithm that its DS set names.`,
  }),
  'dnskey-missing': (s) => ({
    why: `${zone(s.zone)} must be signed, but has no DNSKEY records.`,
    repair: `Publish the keys of ${zone(s.zone)}, or remove its DS record from the parent zone.`,
  }),
  'ds-mismatch': (s) => ({
    why: `No key of ${zone(s.zone)} (${visible(s.keys)}) fits the DS records in its parent zone (${visible(s.ds)}).`,
    repair: `Have the DS record of ${zone(s.zone)} replaced by one made from its present key.`,
  }),
  'anchor-mismatch': (s) => ({
    why: `No key of ${zone(s.zone)} (${visible(s.keys)}) fits the trust anchor (${visible(s.anchors)}).`,
    repair: `Set a trust anchor made from the present key of ${zone(s.zone)}.`,
  }),
  'unknown-root-key': (s) => ({
    why: `The root zone is signed by key ${s.tag}, which this program does not know (it knows ${visible(s.anchors)}).`,
    repair: 'Update Mellon, or set a trust anchor.',
  }),
  'denial-missing': (s) => ({
    why: `The answer says that there is no ${s.type} at ${name(s.name)}, but brings no proof, although ${zone(s.zone)} is signed.`,
    repair: `${BY_RESOLVER}; if it stays, re-sign ${zone(s.zone)}.`,
  }),
  'denial-wrong': (s) => ({
    why: `The proof that there is no ${s.type} at ${name(s.name)} does not hold: ${visible(s.detail)}`,
    repair: `${BY_RESOLVER}; if it stays, re-sign ${zone(s.zone)}.`,
  }),
  'wildcard-proof-missing': (s) => ({
    why: `${set(s)} comes from a wildcard of ${zone(s.zone)}, without proof that no closer name exists.`,
    repair: `${BY_RESOLVER}; if it stays, re-sign ${zone(s.zone)}.`,
  }),
  'private-name': (s) => ({
    why: `Your network answers for ${name(s.name)}, a name that the public DNS does not have: ${zone(s.zone)} proves that ${name(s.absent)} does not exist.`,
    repair: `If the name is your own network's, add ${name(s.absent)} to the negative trust anchors.`,
  }),
  'alias-loop': (s) => ({
    why: `The aliases lead in a circle: ${name(s.name)} comes up twice.`,
    repair: 'Correct the CNAME or DNAME records.',
  }),
  'alias-too-long': (s) => ({
    why: `More than ${s.limit} aliases follow each other, at last to ${name(s.name)}.`,
    repair: 'Shorten the chain of CNAME and DNAME records.',
  }),
  'alias-malformed': (s) => ({
    why: `The alias at ${name(s.name)} leads to no possible name.`,
    repair: 'Correct the CNAME or DNAME record.',
  }),
  'work-limit': (s) => ({
    why: `The signatures and proofs for ${name(s.name)} would cost far more work than honest ones do, so they were not checked to the end.`,
    repair: 'The zone (or whoever sends its answers) must bring fewer keys, signatures or hash iterations.',
  }),
};

const UNANSWERED = {
  signed: ', in a zone that is proven signed',
  unsigned: ', in a zone that is proven unsigned',
  unknown: ', and whether its zone is signed is not known',
} as const;

const BY_RESOLVER = 'Try another resolver, or DNS over TLS or HTTPS';

function fine(why: string): Text {
  return { why, repair: null };
}

function name(text: string): string {
  return text === '' ? 'the root' : visible(text);
}

function zone(text: string): string {
  return text === '' ? 'the root zone' : visible(text);
}

function set(of: { readonly type: string; readonly name: string }, inside = false): string {
  return `${inside ? 'the' : 'The'} ${of.type} set of ${name(of.name)}`;
}

/** 2026-11-23 12:00 UTC */
function day(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
