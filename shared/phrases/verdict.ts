/**
 * verdict.ts: the verdict in one sentence.
 *
 * In:   the decision and what it rests on, text from outside already made visible
 * Out:  the sentence, "accepted automatically, because ..." and so on
 * Not:  deciding (electron/trust/decide.ts)
 */
import type { ManualCase, Reason, RouteName } from '../report.ts';

export type SentenceFacts = {
  readonly domain: string;
  /** The reference identifier that the certificate carries, where it carries one. */
  readonly proper: string;
  readonly host: string;
  readonly issuer: string;
  /** The stores that vouch for the path used; empty where none does. */
  readonly stores: readonly string[];
  readonly names: string;
  readonly record: string;
  /** What was accepted by hand: the certificate seen, or only its key. */
  readonly pinned: 'certificate' | 'key';
  readonly reasons: readonly Reason[];
};

/** The case in the talk's words and in plain ones. */
export const casePhrases: Readonly<Record<ManualCase, (f: SentenceFacts) => string>> = {
  'watched-key-changed': (f) => `${f.domain} is watched and shows a key that was never seen or accepted here`,
  'proof-unknown': (f) => `a DNSSEC proof about ${f.domain} is wanted and could not be had`,
  'constraint-violated': (f) => `the certificate of ${f.host} is used in a way that its issuers forbid`,
  'weak-certificate': (f) => `the certificate of ${f.host} or one above it is too weak to prove anything`,
  'incomplete-chain': (f) =>
    `the server did not send the certificate of the authority that signed its own (${f.issuer}), so nobody vouches for it`,
  'wrong-name-untrusted-issuer': (f) =>
    `the certificate names ${f.names}, not ${f.domain}, and no known authority vouches for it`,
  'right-name-untrusted-issuer': (f) =>
    `the certificate carries the proper name ${f.proper}, but no known authority vouches for it`,
  'trusted-issuer-wrong-name': (f) =>
    `the certificate is vouched for by ${f.issuer}, but it names ${f.names}, not ${f.domain}`,
  'not-yet-valid': (f) => `the certificate of ${f.domain} is not valid yet`,
  expired: (f) => `the certificate of ${f.domain} has expired`,
};

const routePhrases: Readonly<Record<RouteName, (f: SentenceFacts) => string>> = {
  // Usages 0 and 2 name an authority, 1 and 3 the certificate itself.
  dane: (f) =>
    `a DNSSEC-signed TLSA record (${f.record}) of ${f.host} ${/^[02] /.test(f.record) ? 'names the authority that issued this certificate' : 'vouches for exactly this certificate'}`,
  pkix: (f) => `the certificate names ${f.domain} and is vouched for ${vouchedBy(f)}`,
  'pkix-delegated': (f) =>
    `DNSSEC proves that ${f.domain} delegates to ${f.host}, and the certificate names ${f.host} and is vouched for ${vouchedBy(f)}`,
  posh: (f) => `${f.domain} lists this certificate in a document on its own web site (POSH)`,
  pin: (f) => `you accepted this ${f.pinned} for ${f.domain} before, and nothing new is wrong with it`,
};

export const verdictPhrases = {
  accept: (by: RouteName, f: SentenceFacts) => `Accepted automatically, because ${routePhrases[by](f)}.`,
  manual: (which: ManualCase, f: SentenceFacts) =>
    `Needs you to accept it by hand, because ${casePhrases[which](f)}.`,
  refuse: (f: SentenceFacts) =>
    `Refused, because ${clause(f.reasons[0]?.text ?? 'the evidence contradicts itself')}.`,
  unreachable: (f: SentenceFacts) =>
    `Could not be judged, because ${clause(f.reasons[0]?.text ?? 'the server was not reached')}.`,
  discovery: (kind: 'refuse' | 'unreachable' | 'not-offered', reasons: readonly Reason[]) => {
    const because = clause(reasons[0]?.text ?? '');
    if (kind === 'not-offered') return `Not offered, because ${because}.`;
    return kind === 'refuse' ? `Refused, because ${because}.` : `Could not be judged, because ${because}.`;
  },
  allUnreachable: (domain: string, count: number, reasons: readonly Reason[]) =>
    count === 0
      ? `Could not be judged, because ${domain} names no server that has an address.`
      : count === 1
        ? `Could not be judged, because ${clause(reasons[0]?.text ?? 'the server was not reached')}.`
        : `Could not be judged, because none of the ${count} addresses of ${domain} could be reached: ${clause(reasons[0]?.text ?? '')}.`,
  worstOf: (sentence: string, where: string, same: number, all: number, unreachable: number) =>
    unreachable > 0 && same + unreachable === all
      ? `${sentence} (${unreachable} of ${all} addresses could not be reached.)`
      : `${sentence} (That is ${where}, the worst of ${all} addresses.)`,
  withoutDnssec: () =>
    ' This was checked without DNSSEC: no signatures came through the resolver. To have them, set one that delivers them, for example tls://dns.quad9.net.',
  recorded: (at: string) => ` (As recorded on ${at}.)`,
} as const;

/** Who vouches. Where only this machine's own additions do, the first sentence says so (TRUST-RULES 5.1). */
function vouchedBy(f: SentenceFacts): string {
  if (f.stores.includes('bundled')) return `by ${f.issuer}`;
  const files = f.stores.filter((s) => s !== 'system');
  return f.stores.includes('system')
    ? `by a certificate authority that this machine adds (${f.issuer})`
    : `by a certificate authority that you added (${f.issuer}, ${files.join(', ')})`;
}

/** A sentence as a subordinate clause: no capital "The" at its start, no final stop. */
function clause(sentence: string): string {
  const bare = sentence.replace(/\.$/, '');
  return bare.replace(/^(The|This|A|An|It|No|None|There|Both|Its|Not|All|You|What)\b/, (word) =>
    word.toLowerCase(),
  );
}
