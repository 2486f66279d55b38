/**
 * sign-in.ts: how an attempt to sign in ended, in words, and what that outcome is called.
 *
 * In:   a code and text from outside
 * Out:  signInPhrases, signInEnd
 * Not:  the steps' and the window's texts (sign-in-steps.ts), "Would it have been noticed?" (noticed.ts)
 */
import type { SignInOutcome } from '../sign-in.ts';
import { visible } from '../visible.ts';

type End = { readonly outcome: SignInOutcome; readonly text: (detail: string) => string };
const end = (outcome: SignInOutcome, text: (detail: string) => string): End => ({ outcome, text });
/** The server's own words, as a sentence. */
const itSaid = (words: string): string => (words === '' ? '' : ` It said: ${words.replace(/[.\s]+$/, '')}.`);
const NOTHING = 'Your password was not sent, in any form.';
const STOPPED = 'This attempt was stopped, and nothing more was sent.';

export const signInPhrases = {
  'signed-in': end(
    'signed-in',
    (jid) => `Signed in as ${jid}. The server proved that it knows your password.`,
  ),
  'signed-in-plain': end(
    'signed-in',
    (jid) => `Signed in as ${jid}. The server was given your password as it is and has proved nothing.`,
  ),

  // Before anything is sent.
  'saved-report': end(
    'refused',
    () => 'Nobody signs in from a saved report: it tells of another moment. Check the domain now.',
  ),
  'another-time': end(
    'refused',
    () => 'This check judged another moment than now. Check the domain without a date, then sign in.',
  ),
  'too-old': end('needs-accept', () => 'This check is too old to sign in from. Check the domain again.'),
  'verdict-refuse': end('refused', (why) => `The verdict is “refuse”, so nothing is sent. ${why}`),
  'verdict-manual': end(
    'needs-accept',
    (why) => `Mellon does not trust this server by itself, and you have not accepted it. ${why} ${NOTHING}`,
  ),
  'pins-unreadable': end(
    'needs-accept',
    (why) =>
      `What you accepted and watch cannot be read, so nobody can tell whether this server’s key is a new one. ${why} ${NOTHING}`,
  ),
  'verdict-unreachable': end('unreachable', (why) => `There is no server to sign in to. ${why}`),
  'verdict-not-offered': end('unreachable', (why) => `There is no server to sign in to. ${why}`),
  'not-a-client-check': end(
    'refused',
    () => 'The check was about connections between servers. Check the domain for clients, then sign in.',
  ),
  'no-account': end(
    'refused',
    () => 'Whose account? Give an address with a name before the @, such as bilbo.baggins@shire.example.',
  ),
  'other-domain': end(
    'refused',
    (domain) => `The account is at another domain than the one checked (${domain}). Check that domain first.`,
  ),
  'bad-password': end(
    'not-accepted',
    () =>
      `The password is empty, too long, or holds characters that no password can have (RFC 4013). ${NOTHING}`,
  ),

  // The new connection.
  unreachable: end('unreachable', (why) => `The server could not be reached again: ${why}. ${NOTHING}`),
  'certificate-changed': end(
    'refused',
    () =>
      `The new connection showed another certificate than the one just judged. ${NOTHING} Check the domain again, and be careful.`,
  ),
  'verdict-changed': end(
    'refused',
    (why) => `The new connection would not be trusted as the one just judged was: ${why} ${NOTHING}`,
  ),

  // The stream.
  'timed-out': end('unreachable', () => `The server took too long to answer. ${STOPPED}`),
  closed: end('unreachable', () => 'The server closed the connection in the middle of signing in.'),
  cancelled: end('unreachable', () => `Cancelled. ${STOPPED}`),
  'too-large': end('refused', () => `The server sent more than 64 KB while signing in. ${STOPPED}`),
  malformed: end('refused', (what) => `The server broke the form of XMPP: ${what}. ${STOPPED}`),
  'unexpected-element': end(
    'refused',
    (what) => `The server sent something that has no place here: ${what}. ${STOPPED}`,
  ),
  'see-other-host': end(
    'unreachable',
    (host) =>
      `The server sends you to another host (${host === '' ? 'which it did not name' : host}). Mellon does not follow: that host has not been judged.`,
  ),
  'stream-error': end('unreachable', (what) => `The server ended the stream: ${what}.`),
  'no-mechanisms': end('not-accepted', () => 'The server offers no way to sign in on this connection.'),
  'mechanisms-changed': end(
    'refused',
    (what) =>
      `The server offers other ways to sign in than a moment ago, when it was judged (now: ${what}). Somebody may be weakening the connection. ${NOTHING}`,
  ),
  'no-mechanism': end(
    'not-accepted',
    (what) => `The server offers no way to sign in that Mellon would use (${what}). ${NOTHING}`,
  ),
  'plain-needs-consent': end(
    'needs-accept',
    () =>
      `The server wants the password as it is (PLAIN), and proves nothing in return. ${NOTHING} Allow PLAIN if you know that this server can do no better.`,
  ),

  // SCRAM.
  'bad-challenge': end(
    'refused',
    (what) => `The server's challenge has not the form of SCRAM (${what}). ${STOPPED}`,
  ),
  'bad-nonce': end(
    'refused',
    () =>
      `The server's challenge does not extend our random text, so it may be an old one played again. ${STOPPED}`,
  ),
  'salt-too-long': end(
    'refused',
    (bytes) => `The server's salt has ${bytes} bytes; at most 1,024 are taken. ${STOPPED}`,
  ),
  'iterations-too-few': end(
    'refused',
    (count) =>
      `The server asks for only ${count} rounds of hashing; under 4,096 the password could be guessed from what we send. ${STOPPED}`,
  ),
  'iterations-too-many': end(
    'refused',
    (count) =>
      `The server asks for ${count} rounds of hashing; more than 1,000,000 only keeps this machine busy. ${STOPPED}`,
  ),
  'mandatory-extension': end(
    'not-accepted',
    () => `The server asks for an extension of SCRAM that nobody has defined. ${STOPPED}`,
  ),
  downgrade: end(
    'refused',
    () =>
      `What the server says that it offered is not what arrived here: somebody on the way removed better ways to sign in (XEP-0474). ${STOPPED}`,
  ),
  'too-many-challenges': end(
    'refused',
    () => `The server asks one thing after another without end. ${STOPPED}`,
  ),
  'success-too-early': end(
    'refused',
    () =>
      `The server says “success” before it was given anything to check. Whoever this is does not know your password. ${STOPPED}`,
  ),
  'proof-missing': end(
    'refused',
    () =>
      `The server did not prove that it knows your password. Whoever this is may not be your server. ${STOPPED}`,
  ),
  'proof-wrong': end(
    'refused',
    () => `The server's proof that it knows your password is wrong. This is not your server. ${STOPPED}`,
  ),
  'channel-binding-mismatch': end(
    'refused',
    (said) =>
      `Your server sees another TLS connection than this one: somebody stands in the middle, with a certificate that looked right.${itSaid(said)} The password itself was not sent; change it all the same if it could be guessed.`,
  ),
  'binding-unsupported': end(
    'not-accepted',
    () =>
      'The server does not know the kind of channel binding that it named itself, so signing in was stopped.',
  ),
  'binding-stripped': end(
    'refused',
    () =>
      'The server can bind a sign-in to the connection, but the offer did not arrive here: somebody on the way removed it.',
  ),
  'scram-error': end('not-accepted', (what) => `The server ended the exchange: ${what}.`),

  // What the server answers to credentials (RFC 6120 6.5).
  'not-authorized': end(
    'not-accepted',
    (more) => `Wrong password, or no such account: servers do not say which.${itSaid(more)}`,
  ),
  'no-such-user': end('not-accepted', () => 'The server knows no such account.'),
  'account-disabled': end('not-accepted', () => 'The account is disabled. Ask who runs the server.'),
  'credentials-expired': end(
    'not-accepted',
    () => 'The password has expired. Set a new one with the server.',
  ),
  policy: end('not-accepted', (what) => `The server does not let you in by a rule of its own: ${what}.`),
  'mechanism-too-weak': end(
    'not-accepted',
    () =>
      'The server finds the way of signing in too weak for this account, and offers no other that Mellon would use.',
  ),
  'temporary-failure': end(
    'not-accepted',
    () => 'The server cannot check passwords just now. Try again later.',
  ),
  'sasl-failure': end('not-accepted', (what) => `The server refused the sign-in: ${what}.`),
  'second-factor': end(
    'not-accepted',
    () => 'The server asks for more than a password, which Mellon does not do.',
  ),

  // After the password.
  'bind-failed': end(
    'not-accepted',
    (what) => `The password was right, but the server opened no session: ${what}.`,
  ),
  'wrong-jid': end(
    'refused',
    (jid) => `The server opened a session for another address than asked for (${jid}). ${STOPPED}`,
  ),
  'no-answer': end(
    'unreachable',
    () => 'The password was right, but the server did not answer a ping afterwards.',
  ),
} as const satisfies Readonly<Record<string, End>>;

export type SignInCode = keyof typeof signInPhrases;

/** How an attempt that ended with `code` is called and told. `detail` may be anybody's text. */
export function signInEnd(
  code: SignInCode,
  detail: string,
): { readonly outcome: SignInOutcome; readonly sentence: string } {
  const { outcome, text } = signInPhrases[code];
  return { outcome, sentence: text(visible(detail, LONGEST)) };
}

/** A stream's text or a verdict's sentence; longer ones are cut. Chosen. */
const LONGEST = 400;
