/**
 * pin.ts: the sentences about pins, watches and "once seen secure" (TRUST-RULES section 10).
 *
 * In:   the facts of one sentence, text from outside already passed through visible()
 * Out:  text, one table for reasons and one for the steps of the pin route
 * Not:  deciding which sentence is said (electron/trust/pin.ts)
 */

export type PinReasonCode =
  | 'pin-match'
  | 'pin-new-reason'
  | 'pin-other-name'
  | 'pin-changed-same-key'
  | 'pin-changed-new-key'
  | 'pin-changed-key-unknown'
  | 'pins-unreadable'
  | 'watched-key-changed';

export type PinFacts = {
  readonly domain: string;
  /** When the pin was made, ISO 8601; '' where no single pin is meant. */
  readonly since: string;
  readonly by: 'certificate' | 'key';
  readonly once: boolean;
  /** Reason codes that are wrong today and were not on screen then; or the cause for `pins-unreadable`. */
  readonly list: readonly string[];
};

/** Why the verdict is what it is, as far as pins and watches are concerned. */
export const PIN_REASONS: Readonly<Record<PinReasonCode, (facts: PinFacts) => string>> = {
  'pin-match': (f) =>
    `You accepted this ${f.by} for ${f.domain} ${f.once ? 'until the program ends' : `on ${f.since}`}, and nothing is wrong today that was not on screen then.`,
  'pin-new-reason': (f) =>
    `You accepted this ${f.by} for ${f.domain} on ${f.since}, but something is wrong today that was not on screen then: ${f.list.join(', ')}.`,
  'pin-other-name': (f) =>
    `The key is the one that you accepted for ${f.domain} on ${f.since}, but the certificate carries other names than then: ${f.list.join(', ')}.`,
  'pin-changed-same-key': (f) =>
    `This is a new certificate with the same key: you accepted another one for ${f.domain} on ${f.since}, and this one carries the same key, as after a renewal. Compare both before you replace it.`,
  'pin-changed-new-key': (f) =>
    `This is a new key: neither the certificate nor the key is the one that you accepted for ${f.domain} on ${f.since}. It may be an interception. Compare its fingerprint with one from the administrator before you replace anything.`,
  'pin-changed-key-unknown': (f) =>
    `This is not the certificate that you accepted for ${f.domain} on ${f.since}; whether the key is the same is not known. It may be an interception. Compare its fingerprint with one from the administrator before you replace anything.`,
  'pins-unreadable': (f) =>
    `What was accepted and watched for ${f.domain} could not be read, so it was not compared: ${f.list.join(' ')}`,
  'watched-key-changed': (f) =>
    `You watch ${f.domain}, and this key is not among those seen since ${f.since} or accepted later. A valid certificate alone does not explain that: ask the administrator.`,
};

export type PinStepId =
  | 'pin-found'
  | 'pin-ended'
  | 'pin-revoked'
  | 'pin-not-for-manual'
  | 'pin-leaf'
  | 'pin-reasons'
  | 'pin-names'
  | 'pins-readable'
  | 'watch-key';

export type PinStepFacts = PinFacts & { readonly ok: boolean | null };

/** The lines under the pin route. */
export const PIN_STEPS: Readonly<Record<PinStepId, (facts: PinStepFacts) => string>> = {
  'pin-found': (f) =>
    f.ok === true ? `Something was accepted for ${f.domain}.` : `Nothing is remembered for ${f.domain}.`,
  'pin-ended': (f) => `A ${f.by} accepted on ${f.since} is no longer remembered: its end date is over.`,
  'pin-revoked': (f) => `A ${f.by} accepted on ${f.since} was revoked and does not count.`,
  'pin-not-for-manual': (f) =>
    `A ${f.by} accepted on ${f.since} does not count where the host was typed by hand: it was not made for that.`,
  'pin-leaf': (f) =>
    f.ok === null
      ? 'No certificate was seen that could be compared.'
      : f.ok
        ? `The ${f.by} is the one accepted ${f.once ? 'until the program ends' : `on ${f.since}`}.`
        : `Neither certificate nor key is one that was accepted for ${f.domain}.`,
  'pin-reasons': (f) =>
    f.ok === true
      ? 'Nothing is wrong today that was not on screen then.'
      : `Not on screen then: ${f.list.join(', ')}.`,
  'pin-names': (f) => `The remembered key comes with other names than then: ${f.list.join(', ')}.`,
  'pins-readable': (f) => `The file of accepted certificates could not be read. ${f.list.join(' ')}`,
  'watch-key': (f) =>
    f.ok === true
      ? `${f.domain} is watched since ${f.since}, and this key is a known one.`
      : `${f.domain} is watched since ${f.since}, and this key was not seen before.`,
};

/** What would open the pin route, per state of it. */
export const PIN_OPENS: Readonly<Record<'new-reasons' | 'changed' | 'none' | 'unreadable', string>> = {
  'new-reasons': 'Look at what is wrong today and accept again, if you know why.',
  changed:
    'Compare the old certificate with the new one and with a fingerprint from the administrator; then replace the old one.',
  none: 'Accept this certificate or key for this domain, once or forever, after comparing its fingerprint with one from the administrator.',
  unreadable: 'Repair or replace the file of accepted certificates.',
};
