/**
 * delegation.ts: sentences about how a domain came to name a target (TRUST-RULES section 4).
 *
 * In:   names, already fit for a screen
 * Out:  one sentence and its reference for each code
 * Not:  deciding which code (electron/trust/delegation.ts)
 */
export type Sentence = { readonly text: string; readonly ref: string };

export type DelegationCode =
  | 'delegation-none-needed'
  | 'delegation-dnssec'
  | 'delegation-insecure'
  | 'delegation-without-dnssec'
  | 'delegation-manual'
  | 'delegation-indeterminate'
  | 'discovery-bogus'
  | 'discovery-unanswered';

/** `source`, `target`: names; `why`: the sentence of the DNSSEC validation, '' where there is none. */
type Words = { readonly source: string; readonly target: string; readonly why: string };

export const DELEGATION: Readonly<Record<DelegationCode, (words: Words) => Sentence>> = {
  'delegation-none-needed': ({ source }) => ({
    text: `The server is ${source} itself, so no delegation is needed.`,
    ref: 'RFC 6120 13.7.1.2',
  }),
  'delegation-dnssec': ({ source, target }) => ({
    text: `${source} names ${target} in a SRV record signed with DNSSEC, so a certificate for ${target} counts too.`,
    ref: 'RFC 7673 4.1',
  }),
  'delegation-insecure': ({ source, target }) => ({
    text: `${source} names ${target} in a SRV record that is not signed: anybody on the way could have written it, so only a certificate for ${source} counts.`,
    ref: 'RFC 7673 4.1',
  }),
  'delegation-without-dnssec': ({ source, target }) => ({
    text: `This was checked without DNSSEC, so the SRV record of ${source} that names ${target} proves nothing, and only a certificate for ${source} counts.`,
    ref: 'RFC 7673 4.1',
  }),
  'delegation-manual': ({ source, target }) => ({
    text: `${target} was typed by hand: ${source} did not name it, so only a certificate for ${source} counts, and DANE does not apply.`,
    ref: 'RFC 6125 6.2.1',
  }),
  'delegation-indeterminate': ({ source, target, why }) => ({
    text: `It could not be found out whether the SRV record of ${source} that names ${target} must be signed, so it is not followed. ${why}`.trim(),
    ref: 'RFC 7673 3.1',
  }),
  'discovery-bogus': ({ source, why }) => ({
    text: `The SRV answer for ${source} fails DNSSEC validation: it is forged or broken. ${why}`.trim(),
    ref: 'RFC 7673 3.1',
  }),
  'discovery-unanswered': ({ source, why }) => ({
    text: `The zone of ${source} is signed, but its SRV question got no usable answer: this is about your resolver or network, not proven about the server. ${why}`.trim(),
    ref: 'RFC 7673 3.1',
  }),
};
