/**
 * sign-in-steps.ts: the steps of signing in as they happen, and the window's texts about it.
 *
 * In:   names and numbers; text from outside is made visible by the caller
 * Out:  signInSteps, signInScreen, signInTerminal
 * Not:  how it ended (sign-in.ts)
 */
import type { ChannelBindingType } from '../sign-in.ts';

const PROFILE = { sasl: 'RFC 6120', sasl2: 'SASL2' } as const;

export const signInSteps = {
  connected: (address: string) => `A new connection to ${address}, secured by TLS.`,
  'same-certificate': () => 'The certificate is the one that was just judged, and the verdict still holds.',
  stream: (mechanisms: string, profile: keyof typeof PROFILE) =>
    `The server offers ${mechanisms} (${PROFILE[profile]}).`,
  'mechanism-bound': (name: string, type: ChannelBindingType) =>
    `${name}, bound to this TLS connection by ${type}: nobody in the middle can pass it on.`,
  'mechanism-no-plus': (name: string) =>
    `${name}, without channel binding: the server offers none. We tell it that we could, so that a removed offer is noticed.`,
  'mechanism-no-common': (name: string, types: string) =>
    `${name}, without channel binding: the server has none that this connection can give (${types}).`,
  'binding-refused': () =>
    'The server offers channel binding, names no kind, and does not know the usual one: going on without it.',
  'mechanism-plain': () => 'PLAIN, as you allowed: the server is given the password itself.',
  'bindings-offered': (types: string) => `The server names its kinds of channel binding: ${types}.`,
  'bindings-not-named': () => 'The server names no kinds of channel binding.',
  'offer-confirmed': () => 'The server confirms what it offered: nothing was removed on the way.',
  'offer-not-confirmed': () => 'The server does not confirm what it offered; it does not know XEP-0474.',
  credentials: (rounds: string) =>
    `Proof of the password sent, made with ${rounds} rounds of hashing; the password itself was not.`,
  'credentials-plain': () => 'The password was sent under TLS.',
  proof: () => 'The server proved that it knows the password, too.',
  'no-proof': () => 'PLAIN has no proof by the server.',
  bound: (jid: string) => `The session is open as ${jid}.`,
  answered: (ms: string) => `The server answered a ping after ${ms} ms.`,
  'answered-error': (ms: string) =>
    `The server answered after ${ms} ms that it knows no ping, which will do.`,
  ended: () => 'The stream was ended politely.',
} as const;

export const signInScreen = {
  title: 'Sign in through this verdict',
  lead: 'Can you sign in, and would your password be safe? A new connection must show the same certificate, or nothing is sent.',
  account: 'Account',
  password: 'Password',
  allowPlain: 'Allow PLAIN: hand over the password itself, if the server can do no better',
  submit: 'Sign in',
  cancel: 'Cancel',
  busy: 'Signing in',
  noticed: 'Would it have been noticed?',
  noticedLead:
    'Somebody in the middle with a valid certificate of a certificate authority for this domain, as at jabber.ru in 2023:',
  answers: { yes: 'yes', no: 'no', unknown: 'not known' },
  confirmInTerminal: 'Confirm it in the terminal that started “mellon serve”.',
  steps: 'Steps',
  failed: 'The program could not sign in.',
} as const;

export const signInTerminal = {
  which: 'Which account? For example: mellon sign-in bilbo.baggins@shire.example --demo',
  one: 'One account at a time.',
  prompt: (account: string) => `Password for ${account}: `,
  noPassword: 'There is no password on standard input.',
  longPassword: 'A password has at most 1,024 bytes.',
  checking: 'The verdict',
  noticed: 'Would it have been noticed, with a valid CA certificate in the wrong hands?',
  interrupted: 'Interrupted.',
} as const;
