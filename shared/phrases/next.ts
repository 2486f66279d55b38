/**
 * next.ts: what a person can do after a verdict, in a terminal.
 *
 * In:   names, already visible
 * Out:  nextPhrases
 * Not:  what would open a route (dane.ts, posh.ts, endpoint.ts, pin.ts)
 */
import type { RouteName } from '../report.ts';

const routes: Readonly<Record<RouteName, string>> = {
  dane: 'For DANE (the signed DNS names the certificate)',
  pkix: 'For PKIX (an authority vouches for the domain)',
  'pkix-delegated': 'For delegated PKIX (an authority vouches for the host)',
  posh: 'For POSH (the domain’s web server names the certificate)',
  pin: 'For the pin',
};

export const nextPhrases = {
  title: 'What to do',
  routes,
  doubt: (domain: string) =>
    `This may be about your resolver and not about the server. Ask another one once, over an encrypted way (it will then see that you ask for ${domain}): --resolver tls://dns.quad9.net#9.9.9.9`,
  accept:
    'If none of this can be had, compare the fingerprint with one that the admin gives you over another channel, and accept it by hand:',
};
