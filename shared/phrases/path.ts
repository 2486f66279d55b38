/**
 * path.ts: the sentences about certificates and the path to a trust anchor.
 *
 * In:   facts, already fit to be shown
 * Out:  one sentence and its RFC section per code
 * Not:  deciding (electron/trust/path.ts)
 */

export type PathCode =
  | 'untrusted-issuer'
  | 'self-signed'
  | 'incomplete-chain'
  | 'missing-intermediate'
  | 'signature-invalid'
  | 'signature-unsupported'
  | 'expired'
  | 'not-yet-valid'
  | 'not-a-ca'
  | 'ca-as-server'
  | 'path-length'
  | 'key-usage'
  | 'extended-key-usage'
  | 'name-constraints'
  | 'policy'
  | 'unknown-critical-extension'
  | 'weak-signature'
  | 'weak-key'
  | 'malformed'
  | 'required-certificate'
  | 'work-limit';

/** `subject`: whom the sentence is about. `other`: the issuer or a name. `detail`: a date, an algorithm, a cause. */
export type PathFacts = { readonly subject: string; readonly other: string; readonly detail: string };
export type PathPhrase = { readonly ref: string; readonly text: (facts: PathFacts) => string };

export const pathPhrases: Readonly<Record<PathCode, PathPhrase>> = {
  'untrusted-issuer': {
    ref: 'RFC 5280 6.1',
    text: ({ subject }) => `No trusted certificate authority vouches for ${subject}.`,
  },
  'self-signed': {
    ref: 'RFC 5280 3.2',
    text: ({ subject }) => `${subject} is signed with its own key: it vouches only for itself.`,
  },
  'incomplete-chain': {
    ref: 'RFC 8446 4.4.2',
    text: ({ subject, other }) =>
      `${subject} says that ${other} issued it, but the server did not send that certificate and no trust store has it.`,
  },
  'missing-intermediate': {
    ref: 'RFC 8446 4.4.2',
    text: ({ subject, other }) =>
      `The chain stops at ${subject}: the certificate of its issuer ${other} was not sent and is in no trust store.`,
  },
  'signature-invalid': {
    ref: 'RFC 5280 6.1.3',
    text: ({ subject, other }) =>
      `The signature on ${subject} was not made by the key of ${other}, whom it names as its issuer.`,
  },
  'signature-unsupported': {
    ref: 'RFC 5280 6.1.3',
    text: ({ subject, detail }) => `The signature on ${subject} cannot be checked: ${detail}.`,
  },
  expired: {
    ref: 'RFC 5280 6.1.3',
    text: ({ subject, detail }) => `${subject} expired on ${detail}.`,
  },
  'not-yet-valid': {
    ref: 'RFC 5280 6.1.3',
    text: ({ subject, detail }) => `${subject} is valid only from ${detail} on.`,
  },
  'not-a-ca': {
    ref: 'RFC 5280 6.1.4',
    text: ({ subject, other }) =>
      `${subject} is not marked as a certificate authority, yet it issued ${other}.`,
  },
  'ca-as-server': {
    ref: 'RFC 6120 13.7.1.1',
    text: ({ subject }) =>
      `${subject} is a certificate authority's certificate, which a server must not present as its own.`,
  },
  'path-length': {
    ref: 'RFC 5280 6.1.4',
    text: ({ subject, detail }) =>
      `${subject} allows at most ${detail} certificate authorities below it; here there are more.`,
  },
  'key-usage': {
    ref: 'RFC 5280 4.2.1.3',
    text: ({ subject, detail }) => `The key of ${subject} must not be used for ${detail}.`,
  },
  'extended-key-usage': {
    ref: 'RFC 5280 4.2.1.12',
    text: ({ subject }) => `${subject} is not meant for TLS servers.`,
  },
  'name-constraints': {
    ref: 'RFC 5280 4.2.1.10',
    text: ({ subject, other }) => `${subject} may not vouch for the name ${other}.`,
  },
  policy: {
    ref: 'RFC 5280 6.1.5',
    text: ({ detail }) => `The certificate policies forbid this path: ${detail}.`,
  },
  'unknown-critical-extension': {
    ref: 'RFC 5280 4.2',
    text: ({ subject, detail }) =>
      `${subject} has a critical extension (${detail}) that this program does not know.`,
  },
  'weak-signature': {
    ref: 'RFC 9155 1',
    text: ({ subject, detail }) => `The signature on ${subject} uses ${detail}, which can be forged.`,
  },
  'weak-key': {
    ref: 'RFC 9325 4.5',
    text: ({ subject, detail }) => `The key of ${subject} (${detail}) is too weak.`,
  },
  malformed: {
    ref: 'RFC 5280 4.2',
    text: ({ subject, detail }) => `An extension of ${subject} cannot be read: ${detail}.`,
  },
  'required-certificate': {
    ref: 'RFC 6698 2.1.1',
    text: () => 'No valid path goes through the certificate authority that is required here.',
  },
  'work-limit': {
    ref: 'RFC 4158 2.4',
    text: ({ detail }) => `Looking for a path was given up after ${detail}.`,
  },
};

/** Lines of the step-by-step explanation. `detail` names the certificates or the store concerned. */
export type StepFacts = {
  readonly subject: string;
  readonly issuer: string;
  readonly anchor: string;
  readonly stores: string;
};
export type StepId =
  | 'end-entity-certificate'
  | 'signed-by-ca'
  | 'signatures'
  | 'validity'
  | 'basic-constraints'
  | 'key-usage'
  | 'extended-key-usage'
  | 'name-constraints'
  | 'policies'
  | 'critical-extensions'
  | 'strength'
  | 'chains-to-anchor';
type Line = (facts: StepFacts) => string;
type StepPhrase = { readonly ref: string; readonly yes: Line; readonly no: Line; readonly open: Line };

export const stepPhrases: Readonly<Record<StepId, StepPhrase>> = {
  'end-entity-certificate': {
    ref: 'RFC 6120 13.7.1.1',
    yes: () => "The certificate is a server's own (end-entity) certificate.",
    no: () => "The certificate is a certificate authority's, not a server's own.",
    open: () => 'Whether it is an end-entity certificate cannot be read.',
  },
  'signed-by-ca': {
    ref: 'RFC 5280 6.1.3',
    yes: ({ issuer }) => `It is signed by a certificate authority: ${issuer}.`,
    no: ({ issuer }) => `It is not signed by a certificate authority: the signer is ${issuer}.`,
    open: ({ issuer }) =>
      `It names ${issuer} as its issuer; without that certificate its signature cannot be checked.`,
  },
  signatures: {
    ref: 'RFC 5280 6.1.3',
    yes: () => 'Every signature on the path holds.',
    no: () => 'A signature on the path does not hold.',
    open: () => 'The signatures up to a trust anchor could not all be checked.',
  },
  validity: {
    ref: 'RFC 5280 6.1.3',
    yes: () => 'Every certificate seen on the path is valid at this time.',
    no: () => 'A certificate on the path is not valid at this time.',
    open: () => 'The dates could not be compared.',
  },
  'basic-constraints': {
    ref: 'RFC 5280 6.1.4',
    yes: () => 'Every issuer is a certificate authority and keeps its path length.',
    no: () => 'An issuer is no certificate authority, or the path is longer than it allows.',
    open: () => 'Not all issuers are known.',
  },
  'key-usage': {
    ref: 'RFC 5280 4.2.1.3',
    yes: () => 'Every key is used for what it is meant for.',
    no: () => 'A key is used for what it is not meant for.',
    open: () => 'Not all keys on the path are known.',
  },
  'extended-key-usage': {
    ref: 'RFC 5280 4.2.1.12',
    yes: () => 'The whole path may be used for TLS servers.',
    no: () => 'A certificate on the path is not meant for TLS servers.',
    open: () => 'Not all certificates of the path are known.',
  },
  'name-constraints': {
    ref: 'RFC 5280 4.2.1.10',
    yes: () => 'No authority on the path vouches for a name that is closed to it.',
    no: () => 'An authority on the path vouches for a name that is closed to it.',
    open: () => 'Not all certificates of the path are known.',
  },
  policies: {
    ref: 'RFC 5280 6.1.5',
    yes: () => 'The certificate policies allow the path.',
    no: () => 'The certificate policies forbid the path.',
    open: () => 'Not all certificates of the path are known.',
  },
  'critical-extensions': {
    ref: 'RFC 5280 4.2',
    yes: () => 'Every critical extension is understood.',
    no: () => 'A critical extension is unknown or cannot be read.',
    open: () => 'Not all certificates of the path are known.',
  },
  strength: {
    ref: 'RFC 9325 4.5',
    yes: () => 'No weak key and no weak signature below the anchor.',
    no: () => 'A key or a signature on the path is too weak.',
    open: () => 'Not all certificates of the path are known.',
  },
  'chains-to-anchor': {
    ref: 'RFC 5280 6.1',
    yes: ({ anchor, stores }) => `The path ends at a trust anchor: ${anchor} (${stores}).`,
    no: () => 'The path reaches no trust anchor of the stores in use.',
    open: () => 'Whether the path reaches a trust anchor could not be found out.',
  },
};

/** Shown for s2s, never judged (TRUST-RULES 5.2): what the leaf's extended key usage says of the initiating side. */
export const clientUsagePhrases = {
  allowed: 'The certificate may also be used by the side that opens a connection between servers.',
  forbidden:
    'The certificate is for the accepting side only (serverAuth): some servers will not take it from the side that opens a connection.',
} as const;
