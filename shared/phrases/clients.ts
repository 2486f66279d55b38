/**
 * clients.ts: why another program decides as it does, in one sentence.
 *
 * In:   the facts of one sentence, text from outside already passed through visible()
 * Out:  text
 * Not:  deciding it (electron/trust/clients-judge.ts)
 */

export type ClientReason =
  | 'unreachable'
  | 'not-tested'
  | 'web-only'
  | 'no-direct-tls'
  | 'direct-tls-unknown'
  | 'old-tls'
  | 'no-tls-refused'
  | 'no-tls-plain'
  | 'no-tls-unknown'
  | 'no-certificate'
  | 'all-good'
  | 'name-ignored'
  | 'nothing-verified'
  | 'name'
  | 'path'
  | 'name-and-path'
  | 'dnssec-setting'
  | 'dane-match'
  | 'dane-mismatch'
  | 'dane-setting'
  | 'posh-match'
  | 'posh-setting'
  | 'remembered-same'
  | 'remembered-other';

export type ClientFacts = { readonly what: string; readonly note: string };

const noted = (text: string, note: string): string => (note === '' ? text : `${text} (${note})`);

export const CLIENT_REASONS: Readonly<Record<ClientReason, (facts: ClientFacts) => string>> = {
  unreachable: () => 'Nothing answers there.',
  'not-tested': () => 'This was not tested from here.',
  'web-only': () => 'It runs in a browser and connects by WebSocket or BOSH only.',
  'no-direct-tls': () => 'It does not look for direct TLS (_xmpps) records.',
  'direct-tls-unknown': () => 'Whether it looks for direct TLS (_xmpps) records is not known.',
  'old-tls': (f) => `The server offers ${f.what}; it wants a newer TLS.`,
  'no-tls-refused': (f) => noted('It does not go on without TLS.', f.note),
  'no-tls-plain': (f) => noted('It goes on without encryption.', f.note),
  'no-tls-unknown': (f) => noted('What it does without TLS is not known.', f.note),
  'no-certificate': () => 'No certificate was seen.',
  'all-good': () => 'The chain and the name are good.',
  'name-ignored': () => 'The chain is good; it does not compare the name.',
  'nothing-verified': (f) => noted('It verifies nothing here.', f.note),
  name: (f) => noted(`The certificate carries no name that it looks for (${f.what}).`, f.note),
  path: (f) => noted(`The chain is not trusted (${f.what}).`, f.note),
  'name-and-path': (f) => noted(`The chain is not trusted and the name does not match (${f.what}).`, f.note),
  'dnssec-setting': (f) =>
    noted('Whether it notices that the SRV answer fails DNSSEC validation is a setting.', f.note),
  'dane-match': (f) => noted('A DNSSEC-signed TLSA record matches, which it evaluates.', f.note),
  'dane-mismatch': (f) => noted('DNSSEC-signed TLSA records do not match, which it evaluates.', f.note),
  'dane-setting': (f) => noted('Whether it evaluates TLSA records is a setting.', f.note),
  'posh-match': (f) => noted('A POSH document lists the certificate, which it evaluates.', f.note),
  'posh-setting': (f) => noted('Whether it evaluates POSH is a setting or a module.', f.note),
  'remembered-same': (f) => noted('This certificate was accepted there before.', f.note),
  'remembered-other': (f) => noted('Another certificate was accepted there before.', f.note),
};

export const clientPhrases = {
  silently: (count: number, of: number) =>
    count === 0
      ? `None of ${of} programs whose rules are known would have accepted this silently.`
      : `${count} of ${of} programs whose rules are known would have accepted this silently.`,
} as const;
