/**
 * mechanism.ts: which way to sign in, and why: the strongest that both sides have.
 *
 * In:   what the server offers, what this connection can be bound by, whether PLAIN is allowed
 * Out:  Choice, with its GS2 header; or why there is none
 * Not:  the exchange (sasl.ts, scram.ts)
 */
import { createHash } from 'node:crypto';
import type { Outcome } from '../../shared/basics.ts';
import type { ChannelBindingType } from '../../shared/sign-in.ts';
import type { Binding } from './channel-binding.ts';
import { fail, type Failure } from './failure.ts';
import type { ScramHash } from './scram.ts';

export type Offer = {
  /** RFC 6120 6, or XEP-0388. */
  readonly profile: 'sasl' | 'sasl2';
  readonly mechanisms: readonly string[];
  /** XEP-0440; null where the server does not say. */
  readonly bindings: readonly string[] | null;
  /** XEP-0386 inside SASL2. */
  readonly bind2: boolean;
};
export type Choice = {
  readonly mechanism: string;
  /** Null for PLAIN. */
  readonly hash: ScramHash | null;
  readonly gs2: string;
  readonly binding: Binding | null;
  readonly why: 'bound' | 'no-plus' | 'no-common' | 'plain';
};

/** Strongest first. A bound exchange comes before any that is not: its hash keeps guessers out, the binding everybody. */
const SCRAM: readonly (readonly [string, ScramHash])[] = [
  ['SCRAM-SHA-512', 'sha512'],
  ['SCRAM-SHA-256', 'sha256'],
  ['SCRAM-SHA-1', 'sha1'],
];

/** Chooses. `possible` is what this connection can be bound by, strongest first. */
export function chooseMechanism(
  offer: Offer,
  possible: readonly Binding[],
  allowPlain: boolean,
): Outcome<Choice, Failure> {
  const offered = (name: string): boolean => offer.mechanisms.includes(name);
  const plus = SCRAM.find(([name]) => offered(`${name}-PLUS`));
  const binding = plus === undefined ? null : commonBinding(offer.bindings, possible);
  if (plus !== undefined && binding !== null) {
    const [name, hash] = plus;
    const gs2 = `p=${binding.type},,`;
    return { ok: true, value: { mechanism: `${name}-PLUS`, hash, gs2, binding, why: 'bound' } };
  }
  const bare = SCRAM.find(([name]) => offered(name));
  if (bare !== undefined) {
    const [mechanism, hash] = bare;
    // RFC 5802 6: `y` says "I could, but you seem not to", and lets the server notice that its offer was removed. Where
    // the offer did arrive but no kind is common, `y` would be a lie that the server must punish.
    const why = plus === undefined && possible.length > 0 ? 'no-plus' : 'no-common';
    const gs2 = why === 'no-plus' ? 'y,,' : 'n,,';
    return { ok: true, value: { mechanism, hash, gs2, binding: null, why } };
  }
  if (offered('PLAIN')) {
    if (!allowPlain) return fail('plain-needs-consent');
    return { ok: true, value: { mechanism: 'PLAIN', hash: null, gs2: '', binding: null, why: 'plain' } };
  }
  return offer.mechanisms.length === 0
    ? fail('no-mechanisms')
    : fail('no-mechanism', offer.mechanisms.slice(0, MOST_NAMED).join(', '));
}

/**
 * The strongest kind that both sides have. Where the server names none: what the version's own specification makes the
 * default (tls-exporter under TLS 1.3, RFC 9266; tls-unique below, RFC 5802 6.1).
 */
function commonBinding(named: readonly string[] | null, possible: readonly Binding[]): Binding | null {
  if (named !== null) return possible.find(({ type }) => named.includes(type)) ?? null;
  const usual: readonly ChannelBindingType[] = ['tls-exporter', 'tls-unique'];
  return possible.find(({ type }) => usual.includes(type)) ?? null;
}

/** XEP-0474: the hash of an offer as the server must have made it, base64. Names are sorted by their octets. */
export function offerHash(offer: Offer, hash: ScramHash): string {
  const list = (names: readonly string[]): string => [...names].sort().join('\u001e');
  const bindings = offer.bindings === null ? '' : `\u001f${list(offer.bindings)}`;
  return createHash(hash)
    .update(list(offer.mechanisms) + bindings)
    .digest('base64');
}

/** Whether a server's hash is that of the offer as it arrived. No kinds of binding may be written as an empty list, too. */
export function confirmsOffer(offer: Offer, hash: ScramHash, given: string): boolean {
  const none = offer.bindings === null || offer.bindings.length === 0;
  const forms: readonly Offer[] = none
    ? [
        { ...offer, bindings: null },
        { ...offer, bindings: [] },
      ]
    : [offer];
  return forms.some((form) => offerHash(form, hash) === given);
}

const MOST_NAMED = 20;
