/**
 * dane.ts: sentences about TLSA records and what they say of a certificate (TRUST-RULES section 7).
 *
 * In:   names and numbers, texts from outside already made visible
 * Out:  one sentence and its reference for each code
 * Not:  deciding which code (electron/trust/dane*.ts)
 */
import { exact } from '../exact.ts';
import type { Sentence } from './delegation.ts';

/** RFC 7218: the names of the three numbers, in words. */
export const USAGE_WORDS: Readonly<Record<number, string>> = {
  0: 'PKIX-TA: a certificate authority that must be in a path to a known root',
  1: 'PKIX-EE: the server’s certificate, which must also pass PKIX',
  2: 'DANE-TA: the certificate authority of this service',
  3: 'DANE-EE: the server’s certificate itself',
};
export const SELECTOR_WORDS: Readonly<Record<number, string>> = {
  0: 'the whole certificate',
  1: 'its public key',
};
export const MATCHING_WORDS: Readonly<Record<number, string>> = {
  0: 'in full',
  1: 'as SHA-256',
  2: 'as SHA-512',
};

/** What the three numbers of a record mean. */
export function tlsaWords(usage: number, selector: number, matching: number): string {
  const by = `${SELECTOR_WORDS[selector] ?? `selector ${selector}`} ${MATCHING_WORDS[matching] ?? `by matching type ${matching}`}`;
  return `${USAGE_WORDS[usage] ?? `usage ${usage}`}, by ${by}.`;
}

type Words = {
  /** The TLSA owner name. */
  readonly owner: string;
  readonly host: string;
  readonly source: string;
  /** The sentence of the DNSSEC validation, or another detail. */
  readonly why: string;
  /** The record's text, shortened. */
  readonly record: string;
};

export type DaneCode =
  | 'dane-ip-literal'
  | 'dane-manual'
  | 'dane-insecure-delegation'
  | 'dane-refused-delegation'
  | 'dane-srv-not-secure'
  | 'dane-srv-unknown'
  | 'dane-secure-delegation'
  | 'dane-without-dnssec'
  | 'dane-addresses-secure'
  | 'dane-addresses-insecure'
  | 'dane-addresses-unknown'
  | 'address-bogus'
  | 'address-indeterminate'
  | 'address-unanswered'
  | 'tlsa-found'
  | 'tlsa-absent'
  | 'tlsa-absent-at-alias'
  | 'tlsa-insecure'
  | 'tlsa-bogus'
  | 'tlsa-indeterminate'
  | 'tlsa-unanswered'
  | 'tlsa-unusable'
  | 'tlsa-not-compared'
  | 'dane-ee-match'
  | 'dane-ta-match'
  | 'pkix-ee-match'
  | 'pkix-ta-match'
  | 'tlsa-mismatch'
  | 'tlsa-pkix-part'
  | 'tlsa-anchor-withheld'
  | 'tlsa-anchor-not-on-path'
  | 'tlsa-anchor-is-leaf'
  | 'tlsa-anchor-path'
  | 'tlsa-anchor-name'
  | 'tlsa-usage-1-for-3'
  | 'tlsa-wrong-part'
  | 'tlsa-authority-for-leaf'
  | 'tlsa-combination-without-match'
  | 'tlsa-key-not-served'
  | 'tlsa-breaks-at-renewal'
  | 'tlsa-key-may-change'
  | 'tlsa-ready-but-unsigned';

export const DANE: Readonly<Record<DaneCode, (words: Words) => Sentence>> = {
  'dane-ip-literal': ({ host }) => ({
    text: `${host} is an address, not a name, so there is nothing under which TLSA records could stand.`,
    ref: 'RFC 6698 3',
  }),
  'dane-manual': ({ host, source }) => ({
    text: `${host} was typed by hand. TLSA records of a server that ${source} did not name prove nothing about ${source}, so DANE does not apply.`,
    ref: 'RFC 7673 3.1',
  }),
  'dane-insecure-delegation': ({ host, source }) => ({
    text: `The SRV record of ${source} that names ${host} is not signed, so anybody could have named a server with TLSA records of its own: DANE does not apply.`,
    ref: 'RFC 7673 3.1',
  }),
  'dane-refused-delegation': ({ host, source }) => ({
    text: `Nothing proves that ${source} named ${host}, so its TLSA records do not count.`,
    ref: 'RFC 7673 3.1',
  }),
  'dane-srv-not-secure': ({ source }) => ({
    text: `The SRV answer of ${source} is not signed, so DANE does not apply.`,
    ref: 'RFC 7673 3.1',
  }),
  'dane-srv-unknown': ({ source }) => ({
    text: `It could not be found out whether the SRV answer of ${source} must be signed, so it is unknown whether DANE applies.`,
    ref: 'RFC 7673 3.1',
  }),
  'dane-secure-delegation': ({ host, source }) => ({
    text: `DNSSEC proves that ${source} named ${host}.`,
    ref: 'RFC 7673 3.1',
  }),
  'dane-without-dnssec': () => ({
    text: 'This was checked without DNSSEC: the resolver delivers no signatures, so whether DANE applies is unknown.',
    ref: 'RFC 4035 4.3',
  }),
  'dane-addresses-secure': ({ host }) => ({
    text: `The addresses of ${host} are signed, so its TLSA records count.`,
    ref: 'RFC 7673 3.2',
  }),
  'dane-addresses-insecure': ({ host }) => ({
    text: `The addresses of ${host} are not signed, so its TLSA records do not count.`,
    ref: 'RFC 7673 3.2',
  }),
  'dane-addresses-unknown': ({ host }) => ({
    text: `Nothing is known about the addresses of ${host}, so it is unknown whether DANE applies.`,
    ref: 'RFC 7673 3.2',
  }),
  'address-bogus': ({ host, why }) => ({
    text: `An address answer for ${host} fails DNSSEC validation: these addresses are not used. ${why}`.trim(),
    ref: 'RFC 7673 3.2',
  }),
  'address-indeterminate': ({ host, why }) => ({
    text: `It could not be found out whether an address answer for ${host} must be signed: these addresses are not used. ${why}`.trim(),
    ref: 'RFC 7673 3.2',
  }),
  'address-unanswered': ({ host, why }) => ({
    text: `The zone of ${host} is signed, but an address question got no usable answer. This is about your resolver or network, not proven about the server: try again over DoT or DoH. ${why}`.trim(),
    ref: 'RFC 7673 3.2',
  }),
  'tlsa-found': ({ owner }) => ({ text: `Signed TLSA records stand at ${owner}.`, ref: 'RFC 7673 3.3' }),
  'tlsa-absent': ({ owner }) => ({
    text: `It is proven that no TLSA record stands at ${owner}.`,
    ref: 'RFC 7673 3.4',
  }),
  'tlsa-absent-at-alias': ({ owner }) => ({
    text: `It is proven that no TLSA record stands at ${owner}, the final name of the alias; the initial name is next.`,
    ref: 'RFC 7671 7',
  }),
  'tlsa-insecure': ({ owner }) => ({
    text: `It is proven that ${owner} is not signed, so what stands there does not count.`,
    ref: 'RFC 7673 3.4',
  }),
  'tlsa-bogus': ({ owner, why }) => ({
    text: `The TLSA answer for ${owner} fails DNSSEC validation, so nobody knows what the server’s records say. This is about your resolver or network, not proven about the server: try again over DoT or DoH. ${why}`.trim(),
    ref: 'RFC 7673 3.4',
  }),
  'tlsa-indeterminate': ({ owner, why }) => ({
    text: `It could not be found out whether the TLSA answer for ${owner} must be signed. This is about your resolver or network, not proven about the server: try again over DoT or DoH. ${why}`.trim(),
    ref: 'RFC 7673 3.4',
  }),
  'tlsa-unanswered': ({ owner, why }) => ({
    text: `The zone is signed, but the TLSA question for ${owner} got no usable answer. This is about your resolver or network, not proven about the server: try again over DoT or DoH. ${why}`.trim(),
    ref: 'RFC 7673 3.4',
  }),
  'tlsa-unusable': ({ owner }) => ({
    text: `None of the TLSA records at ${owner} is usable, so DANE does not apply.`,
    ref: 'RFC 6698 4.1',
  }),
  'tlsa-not-compared': ({ owner }) => ({
    text: `No certificate was seen that could be compared with the TLSA records at ${owner}.`,
    ref: 'RFC 6698 2.1',
  }),
  'dane-ee-match': ({ record, host }) => ({
    text: `The TLSA record ${record} names the certificate that ${host} shows. Names, dates and issuer do not matter then.`,
    ref: 'RFC 7671 5.1',
  }),
  'dane-ta-match': ({ record, host, why }) => ({
    text: `The TLSA record ${record} names the authority that issued the certificate of ${host}, and the certificate carries ${why}.`,
    ref: 'RFC 7671 5.2',
  }),
  'pkix-ee-match': ({ record, host, why }) => ({
    text: `The TLSA record ${record} names the certificate that ${host} shows; it also comes from a known certificate authority and carries ${why}.`,
    ref: 'RFC 7671 5.3',
  }),
  'pkix-ta-match': ({ record, host, why }) => ({
    text: `The TLSA record ${record} names an authority on the certificate path of ${host}; the path leads to a known root and the certificate carries ${why}.`,
    ref: 'RFC 7671 5.4',
  }),
  'tlsa-mismatch': ({ owner, host }) => ({
    text: `None of the TLSA records at ${owner} vouches for the certificate that ${host} shows. Either the records or the server are out of date, or somebody is in between. Only the server’s admin can put this right.`,
    ref: 'RFC 7673 3.4',
  }),
  'tlsa-pkix-part': ({ why }) => ({
    text: `It names this certificate, but its usage also asks for a valid path and name, and that fails: ${why}`,
    ref: 'RFC 6698 2.1.1',
  }),
  'tlsa-anchor-withheld': () => ({
    text: 'No certificate that the server sent is this authority. A server must send the certificate of an authority that is published as a hash or bare key.',
    ref: 'RFC 7671 5.2.2',
  }),
  'tlsa-anchor-not-on-path': () => ({
    text: 'The server sent this authority’s certificate, but it did not issue the server’s certificate: it merely lies beside.',
    ref: 'RFC 7671 5.2',
  }),
  'tlsa-anchor-is-leaf': () => ({
    text: 'It names the server’s own certificate where it should name the authority that issued it. Usage 3 was probably meant.',
    ref: 'RFC 7671 5.2',
  }),
  'tlsa-anchor-path': ({ why }) => ({
    text: `The path to the authority that it names does not hold: ${why}`,
    ref: 'RFC 7671 5.2',
  }),
  'tlsa-anchor-name': ({ host, source }) => ({
    text: `The path to this authority holds, but the certificate carries neither ${host} nor ${source}.`,
    ref: 'RFC 7671 10.2',
  }),
  'tlsa-usage-1-for-3': ({ owner }) => ({
    text: `A record at ${owner} with usage 1 names this certificate, but usage 1 also asks for a public certificate authority. Usage 3 was probably meant.`,
    ref: 'RFC 7671 5.3',
  }),
  'tlsa-wrong-part': ({ why }) => ({
    text: `It holds the hash of the wrong part: ${why}.`,
    ref: 'RFC 6698 2.1.2',
  }),
  'tlsa-authority-for-leaf': () => ({
    text: 'It names an authority’s certificate where its usage asks for the server’s own. Usage 2 was probably meant.',
    ref: 'RFC 6698 2.1.1',
  }),
  'tlsa-combination-without-match': ({ owner, why }) => ({
    text: `At ${owner}, no record of the kind ${why} matches the certificate in use. Clients that know only this kind refuse the server: each combination must have a record that matches.`,
    ref: 'RFC 7671 8.1',
  }),
  'tlsa-key-not-served': ({ owner, why }) => ({
    text: `At ${owner}, ${why}: a roll-over in preparation, or left-overs that may be removed.`,
    ref: 'RFC 7671 8.1',
  }),
  'tlsa-breaks-at-renewal': ({ record }) => ({
    text: `${record} holds the hash of a whole certificate and stops matching at the next renewal: publish the next one before, or use selector 1 and keep the key.`,
    ref: 'RFC 7671 5.1',
  }),
  'tlsa-key-may-change': ({ record }) => ({
    text: `${record} matches as long as the key stays. The certificate comes from an authority: make sure that its renewal keeps the key, or publish the next key’s record before.`,
    ref: 'RFC 7671 8.1',
  }),
  'tlsa-ready-but-unsigned': ({ owner, source }) => ({
    text: `Signed TLSA records stand at ${owner}, but clients may not use them before the SRV records of ${source} are signed too.`,
    ref: 'RFC 7673 3.1',
  }),
};

export type UnusableCode =
  | 'malformed-record'
  | 'unknown-usage'
  | 'unknown-selector'
  | 'unknown-matching'
  | 'wrong-length'
  | 'malformed-data';

/** Why a record is unusable (RFC 6698 4.1). */
export const UNUSABLE: Readonly<Record<UnusableCode, (detail: string) => string>> = {
  'malformed-record': () => 'Unusable: the record is shorter than its three numbers.',
  'unknown-usage': (detail) => `Unusable: usage ${detail} is not defined.`,
  'unknown-selector': (detail) => `Unusable: selector ${detail} is not defined.`,
  'unknown-matching': (detail) => `Unusable: matching type ${detail} is not defined.`,
  'wrong-length': (detail) => `Unusable: the hash has the wrong length (${detail}).`,
  'malformed-data': (detail) => `Unusable: the data is not what its numbers say (${detail}).`,
};

/** How one row of the table came out. */
export const ROW = {
  matches: (what: string) => `Matches ${what}.`,
  differs: (what: string, seen: string) => `Does not match: ${what} is ${seen}.`,
  weaker: () => 'Not considered: a stronger hash is published for the same usage and selector (RFC 7671 9).',
  notCompared: () => 'Not compared: no certificate was seen.',
  notExamined: () => 'Not examined: there are too many records like it.',
} as const;

/** Of a TLSA question that there was no reason to ask. */
export const NOT_ASKED = 'It was not asked.';

/** What to do about it: the command computes the record on the server, where nobody can be in between. */
export const PUBLISH = {
  ready: (record: string) => `Publish this record in a signed zone:${exact(record)}`.trimEnd(),
  compute: (owner: string, command: string, seen: string) =>
    `Compute the value on the server, from its certificate file:${exact(command)}Then publish it in a signed zone, as:${exact(`${owner} IN TLSA 3 1 1 <that value>`)}The certificate seen here would give ${seen}: compare both before you publish, because on an unproven connection it may be an interceptor’s.`,
  computeUnseen: (owner: string, command: string) =>
    `Compute the value on the server, from its certificate file:${exact(command)}Then publish it in a signed zone, as:${exact(`${owner} IN TLSA 3 1 1 <that value>`)}`.trimEnd(),
  notServed: (records: number) =>
    records === 1
      ? 'one record is for a certificate that this server does not show now'
      : `${records} records are for certificates that this server does not show now`,
  notAtDomain: (owner: string, domain: string) =>
    `The record belongs to the server’s name and port, ${owner}, not to ${domain}.`,
  signSrv: (source: string) => `Sign the zone of ${source} with DNSSEC, so that its SRV records count.`,
  signAddresses: (host: string) => `Sign the zone of ${host} with DNSSEC.`,
  tryAgain: () => 'Try again with a resolver over DoT or DoH.',
  setResolver: () => 'Set a resolver that delivers DNSSEC signatures, over DoT or DoH for instance.',
  byName: () => 'Check a domain instead of an address.',
  byDomain: (source: string) => `Check ${source} without a host typed by hand.`,
  repair: (owner: string, command: string) =>
    `Make the records at ${owner} and the certificate agree. On the server, this gives the value for a 3 1 1 record:${exact(command)}`.trimEnd(),
} as const;
