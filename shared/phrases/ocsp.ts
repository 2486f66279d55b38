/**
 * ocsp.ts: the sentences about a stapled OCSP response.
 *
 * In:   dates and causes, already fit to be shown
 * Out:  one sentence per finding
 * Not:  deciding (electron/trust/ocsp.ts)
 */

export type OcspCode =
  | 'good'
  | 'revoked'
  | 'unknown'
  | 'not-asked'
  | 'not-stapled'
  | 'malformed'
  | 'error-status'
  | 'no-issuer'
  | 'other-certificate'
  | 'bad-signature'
  | 'weak-signature'
  | 'too-early'
  | 'too-old'
  | 'critical-extension';
/** `at`: a date. `detail`: a cause. */
export type OcspFacts = { readonly at: string; readonly detail: string };

export const ocspPhrases: Readonly<Record<OcspCode, (facts: OcspFacts) => string>> = {
  good: ({ at }) => `The stapled OCSP response says that the certificate was not revoked on ${at}.`,
  revoked: ({ at }) => `The certificate authority revoked this certificate on ${at} (stapled OCSP response).`,
  unknown: () => 'The stapled OCSP response says that the authority does not know this certificate.',
  'not-asked': () => 'Not asked by this runtime: it delivers no stapled OCSP responses.',
  'not-stapled': () => 'The server stapled no OCSP response. None is fetched.',
  malformed: ({ detail }) => `The stapled OCSP response cannot be read: ${detail}.`,
  'error-status': ({ detail }) => `The stapled OCSP response is only an error (${detail}).`,
  'no-issuer': () => "The stapled OCSP response cannot be verified without the certificate's issuer.",
  'other-certificate': () => 'The stapled OCSP response is about another certificate.',
  'bad-signature': () =>
    'The stapled OCSP response is not signed by the issuer, nor by a responder that it named.',
  'weak-signature': ({ detail }) =>
    `The stapled OCSP response is signed with ${detail}, which can be forged.`,
  'too-early': ({ at }) => `The stapled OCSP response counts only from ${at} on.`,
  'too-old': ({ at }) => `The stapled OCSP response counted only until ${at}.`,
  'critical-extension': ({ detail }) =>
    `The stapled OCSP response has a critical extension (${detail}) that this program does not know.`,
};
