/**
 * accept.ts: why something cannot be accepted, watched or replaced (TRUST-RULES 10.4, 10.5, section 11).
 *
 * In:   the facts of one sentence, text from outside already passed through visible()
 * Out:  text
 * Not:  deciding it (electron/accept.ts)
 */

export type AcceptProblem =
  | 'saved-report'
  | 'another-time'
  | 'not-in-report'
  | 'nothing-to-accept'
  | 'refused'
  | 'refused-domain'
  | 'changed-needs-replace'
  | 'still-changed'
  | 'no-replace-needed'
  | 'proof-first'
  | 'not-for-manual'
  | 'ends-in-the-past'
  | 'name-too-long';

export type AcceptFacts = { readonly domain: string; readonly detail: string };

export const ACCEPT_PROBLEMS: Readonly<Record<AcceptProblem, (facts: AcceptFacts) => string>> = {
  'saved-report': (f) =>
    `This is a report as recorded on ${f.detail}. Nothing can be accepted from it: check ${f.domain} now.`,
  'another-time': (f) =>
    `This was judged as of ${f.detail}, not as of now. Nothing can be accepted from it: check ${f.domain} without another date.`,
  'not-in-report': (f) => `No server of ${f.domain} showed this certificate or key in this check.`,
  'nothing-to-accept': (f) =>
    `${f.domain} does not need you to accept anything here: ${f.detail} If you want to hear of a new key, watch it.`,
  refused: (f) => `This is refused and cannot be accepted by hand: ${f.detail}`,
  'refused-domain': (f) =>
    `The way to ${f.domain} is refused, so nothing on it can be accepted by hand: ${f.detail}`,
  'changed-needs-replace': (f) =>
    `Another certificate was accepted for ${f.domain} before. Compare both, and say which one is replaced.`,
  'still-changed': (f) =>
    `Even without what is replaced this cannot be accepted for ${f.domain}: ${f.detail}`,
  'no-replace-needed': (f) => `There is no pin ${f.detail} of ${f.domain} that could be replaced.`,
  'proof-first': (f) =>
    `What is missing is a DNSSEC proof about ${f.domain}, and accepting a certificate cannot take its place. Check again through another resolver or network, or without requiring the proof.`,
  'not-for-manual': (f) =>
    `The host was typed by hand. What is accepted for ${f.domain} would not count there unless you say so (a pin for hosts typed by hand, too).`,
  'ends-in-the-past': (f) => `The end date ${f.detail} is no date in the future.`,
  'name-too-long': (f) =>
    `The certificate for ${f.domain} carries more or longer names than can be remembered.`,
};
