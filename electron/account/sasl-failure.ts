/**
 * sasl-failure.ts: what a server's <failure/> means (RFC 6120 6.5; the same conditions in XEP-0388).
 *
 * In:   the element, and how far a binding to the connection had come
 * Out:  Failure
 * Not:  errors inside SCRAM messages (sasl.ts)
 */
import type { SignInCode } from '../../shared/phrases/sign-in.ts';
import type { Stanza } from '../wire/xmpp-stanza.ts';
import { NS } from '../wire/xmpp-xml.ts';
import type { Failure } from './failure.ts';

const CONDITIONS: Readonly<Record<string, SignInCode>> = {
  'account-disabled': 'account-disabled',
  'credentials-expired': 'credentials-expired',
  'mechanism-too-weak': 'mechanism-too-weak',
  'not-authorized': 'not-authorized',
  'temporary-auth-failure': 'temporary-failure',
};

/** none: not asked for. asked: named in our first message. proved: part of our proof, too. */
export type Bound = 'none' | 'asked' | 'proved';

/** Names a failure. The server's own text goes along as detail. */
export function saslFailure(failure: Stanza, bound: Bound): Failure {
  const condition = failure.children.find((one) => one.ns === NS.sasl && one.name !== 'text')?.name ?? '';
  const text = failure.children.find((one) => one.name === 'text')?.text.trim() ?? '';
  // Servers have no condition for it: Prosody says malformed-request, ejabberd not-authorized, both tell in the text.
  const aboutBinding = /channel.{0,3}bind/i.test(text);
  if (bound === 'proved' && (aboutBinding || condition === 'malformed-request'))
    return { code: 'channel-binding-mismatch', detail: text };
  // It cannot have compared anything yet: it is the kind that it does not know.
  if (bound === 'asked' && aboutBinding) return { code: 'binding-unsupported', detail: '' };
  if (/support.{0,20}channel.{0,3}bind|channel.{0,3}bind.{0,20}support/i.test(text))
    return { code: 'binding-stripped', detail: '' };
  if (/polic|not allowed|forbidden/i.test(text)) return { code: 'policy', detail: text };
  const known = CONDITIONS[condition];
  if (known !== undefined) return { code: known, detail: text };
  const named = condition === '' ? 'without a reason' : condition;
  return { code: 'sasl-failure', detail: text === '' ? named : `${named} (${text})` };
}
