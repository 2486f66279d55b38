/**
 * noticed.ts: what would stop somebody who holds a valid CA certificate for the domain, a sentence each.
 *
 * In:   names, already visible
 * Out:  noticedPhrases
 * Not:  working the answers out (electron/trust/noticed.ts)
 */
export const noticedPhrases = {
  'dane-leaf': () =>
    'DNSSEC and DANE name the very certificate or key: a client that looks would refuse any other, whoever signed it.',
  'dane-authority': () =>
    'DANE names an authority and not the certificate: only a certificate of another authority would be noticed.',
  'dane-none': () => 'No DANE records vouch for this server, so a certificate authority’s word is enough.',
  'dane-some': () => 'DANE vouches for some of the domain’s servers only: the others would be attacked.',
  'dane-unknown': () =>
    'Whether DANE would help could not be found out, since DNSSEC proof was not to be had.',
  watched: () =>
    'You watch this domain: Mellon stops at a key that it has not seen, whoever signed the certificate.',
  'not-watched': () =>
    'You do not watch this domain. Mellon would take a new key silently; watching it is one click.',
  'watch-unknown': () => 'Your pins and watches could not be read.',
  bound: (type: string) =>
    `Signing in was bound to the connection (${type}): passed on through somebody’s own TLS, it would have failed.`,
  'not-bound': () =>
    'Signing in was not bound to the connection: somebody in the middle could have passed it on.',
  'binding-unknown': () =>
    'It did not come to signing in, so it is not known whether it would have been bound.',
  'binding-caught': () =>
    'Channel binding has just noticed it: the server sees another connection than this one.',
  'caa-account': (owner: string) =>
    `CAA records at ${owner}, signed by DNSSEC, let authorities issue to named accounts only (RFC 8657).`,
  'caa-nobody': (owner: string) =>
    `CAA records at ${owner}, signed by DNSSEC, forbid every authority to issue.`,
  'caa-authority': (owner: string) =>
    `CAA records at ${owner} name authorities but no account: who controls the server’s network gets a certificate there, too.`,
  'caa-unsigned': (owner: string) =>
    `CAA records at ${owner} name an account, but nothing signs them: who can change DNS answers can hide them.`,
  'caa-none': () => 'No CAA records: every authority may issue to whoever controls the server’s network.',
  'caa-unknown': (why: string) => `CAA records could not be had: ${why}`,
  'caa-address': () => 'An IP address has no CAA records.',
} as const;
