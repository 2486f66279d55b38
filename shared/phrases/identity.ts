/**
 * identity.ts: the sentences about the names in a certificate.
 *
 * In:   names, already fit to be shown
 * Out:  why a name matches or does not; the lines of the explanation
 * Not:  comparing (electron/trust/identity.ts)
 */

/** Why one presented name counts or does not. `wanted` are the references, joined for reading. */
export type NameCode =
  | 'matches'
  | 'matches-wildcard'
  | 'other-name'
  | 'wildcard-depth'
  | 'wildcard-place'
  | 'wildcard-too-wide'
  | 'wildcard-in-service'
  | 'other-service'
  | 'not-ascii'
  | 'final-dot'
  | 'not-a-domain'
  | 'too-many-names'
  | 'address-only'
  | 'other-address'
  | 'not-an-address'
  | 'common-name'
  | 'other-kind';
export type NameFacts = { readonly name: string; readonly wanted: string };

export const namePhrases: Readonly<Record<NameCode, (facts: NameFacts) => string>> = {
  matches: ({ wanted }) => `It is ${wanted}.`,
  'matches-wildcard': ({ wanted }) => `Its wildcard stands for the first label of ${wanted}.`,
  'other-name': ({ wanted }) => `It is not ${wanted}.`,
  'wildcard-depth': ({ wanted }) =>
    `A wildcard stands for exactly one label, so it does not cover ${wanted}.`,
  'wildcard-place': () => 'A wildcard counts only as the whole left-most label, and only once.',
  'wildcard-too-wide': () => 'A wildcard counts only with two labels or more after it.',
  'wildcard-in-service': () => 'A wildcard does not count in a service name.',
  'other-service': ({ wanted }) => `It is for another service than ${wanted}.`,
  'not-ascii': () => 'It has characters that this kind of name may not have.',
  'final-dot': () => 'It ends with a dot, which a name in a certificate may not.',
  'not-a-domain': () => 'It is not a bare domain, so it names no server.',
  'too-many-names': () => 'There are too many international names in the certificate to compare them all.',
  'address-only': ({ wanted }) =>
    `${wanted} is an address, and only an address entry of the certificate can name it.`,
  'other-address': ({ wanted }) => `It is not ${wanted}.`,
  'not-an-address': ({ wanted }) => `An address does not name ${wanted}.`,
  'common-name': () => 'Common names do not count (RFC 9525).',
  'other-kind': () => 'This kind of name does not identify an XMPP server.',
};

export type IdentityStepFacts = { readonly wanted: string; readonly matched: string; readonly found: string };
type Line = (facts: IdentityStepFacts) => string;
export type IdentityStepId = 'proper-identifier' | 'delegated-identifier' | 'common-name-only';

export const identitySteps: Readonly<
  Record<IdentityStepId, { readonly ref: string; readonly yes: Line; readonly no: Line }>
> = {
  'proper-identifier': {
    ref: 'RFC 6120 13.7.1.2',
    yes: ({ matched, wanted }) => `It contains a proper identifier for ${wanted}: ${matched}.`,
    no: ({ wanted, found }) => `It contains no identifier for ${wanted}; it names ${found}.`,
  },
  'delegated-identifier': {
    ref: 'RFC 7673 3',
    yes: ({ matched, wanted }) =>
      `It contains an identifier for ${wanted}, to whom the domain securely delegates: ${matched}.`,
    no: ({ wanted, found }) =>
      `It contains no identifier for ${wanted}, to whom the domain securely delegates; it names ${found}.`,
  },
  'common-name-only': {
    ref: 'RFC 9525 2',
    yes: ({ wanted }) =>
      `Only the common name is ${wanted}: old clients accept this, those that follow RFC 9525 do not.`,
    no: ({ wanted }) => `The common name is not ${wanted} either.`,
  },
};
