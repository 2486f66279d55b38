/**
 * sign-in-steps.ts: what an attempt tells, as steps with a sentence and the section that it rests on.
 *
 * In:   Told
 * Out:  a step without its times
 * Not:  the attempt (account/attempt.ts), the sentences (shared/phrases/sign-in-steps.ts)
 */
import { signInSteps as say } from '../shared/phrases/sign-in-steps.ts';
import type { SignInStep } from '../shared/sign-in.ts';
import { visible } from '../shared/visible.ts';
import type { Told } from './account/attempt.ts';

type Plain = Omit<SignInStep, 'start' | 'end'>;

/** Steps before the stream. */
export function stepOf(id: 'connected' | 'same-certificate', ok: boolean, detail = ''): Plain {
  return id === 'connected'
    ? { id, ok, text: say.connected(visible(detail)), ref: 'RFC 6120 5' }
    : { id, ok, text: say['same-certificate'](), ref: 'RFC 6120 13.7' };
}

/** One thing told, in words. */
export function describeTold(told: Told): Plain {
  const { id } = told;
  switch (id) {
    case 'stream': {
      const { mechanisms, bindings, profile } = told.offer;
      const names = visible(mechanisms.join(', ')) || '-';
      const kinds =
        bindings === null
          ? say['bindings-not-named']()
          : say['bindings-offered'](visible(bindings.join(', ')) || '-');
      const text = `${say.stream(names, profile)} ${kinds}`;
      return { id, ok: true, text, ref: profile === 'sasl2' ? 'XEP-0388' : 'RFC 6120 6.3' };
    }
    case 'mechanism':
      return mechanism(told);
    case 'offer-confirmed':
      return { id, ok: true, text: say[id](), ref: 'XEP-0474' };
    case 'offer-not-confirmed':
      return { id, ok: null, text: say[id](), ref: 'XEP-0474' };
    case 'credentials':
      return { id, ok: true, text: say.credentials(String(told.rounds)), ref: 'RFC 5802 3' };
    case 'credentials-plain':
      return { id, ok: null, text: say[id](), ref: 'RFC 4616' };
    case 'proof':
      return { id, ok: true, text: say.proof(), ref: 'RFC 5802 3' };
    case 'no-proof':
      return { id, ok: null, text: say[id](), ref: 'RFC 4616' };
    case 'bound':
      return { id, ok: true, text: say.bound(visible(told.jid)), ref: 'RFC 6120 7' };
    case 'answered':
    case 'answered-error':
      return { id, ok: true, text: say[id](told.ms.toFixed(1)), ref: 'XEP-0199' };
    case 'binding-refused':
      return { id, ok: null, text: say[id](), ref: 'RFC 9266 2' };
    case 'ended':
      return { id, ok: true, text: say.ended(), ref: 'RFC 6120 4.4' };
  }
}

function mechanism({ choice, offer }: Extract<Told, { readonly id: 'mechanism' }>): Plain {
  const name = choice.mechanism;
  const common = { id: 'mechanism', ref: 'RFC 5802 6' };
  switch (choice.why) {
    case 'bound':
      return {
        ...common,
        ok: true,
        text: say['mechanism-bound'](name, choice.binding?.type ?? 'tls-exporter'),
      };
    case 'no-plus':
      return { ...common, ok: null, text: say['mechanism-no-plus'](name) };
    case 'no-common':
      return {
        ...common,
        ok: null,
        text: say['mechanism-no-common'](name, visible((offer.bindings ?? []).join(', ')) || '-'),
      };
    case 'plain':
      return { ...common, ok: null, text: say['mechanism-plain'](), ref: 'RFC 4616' };
  }
}
