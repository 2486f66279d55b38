/**
 * ask-again.ts: the window's texts about asking once more through another resolver, and about testing one's own.
 *
 * In:   names, already visible
 * Out:  askAgain
 * Not:  findings about a resolver (check.ts)
 */
import type { ResolverDoubt } from '../resolver-doubt.ts';

const why: Readonly<Record<ResolverDoubt, string>> = {
  stripped:
    'Your resolver delivers no DNSSEC signatures, so nothing that rests on them could be judged. Another resolver, asked over an encrypted way, usually delivers them.',
  unanswered:
    'This may be about your resolver or network and not about the server. The same questions through another resolver, over an encrypted way (DNS over TLS or HTTPS), can tell.',
};

export const askAgain = {
  why,
  /** Where the verdict’s own sentence has said why. */
  said: 'You need not change your options to try: a resolver that delivers them can be asked once, from here.',
  open: (name: string) => `Ask again through ${name}…`,
  openAny: 'Ask again through another resolver…',
  title: 'Ask another resolver, this once?',
  choose: 'Resolver',
  agree: (name: string, domain: string) =>
    `${name} will then see your address, and that you ask for ${domain} and for the names of its servers. Only this one check asks it; your options stay as they are.`,
  go: (name: string) => `Ask ${name} once`,
  leave: 'Leave it',
  realm: 'the realm’s honest resolver',
  realmAgree:
    'The demo realm has a resolver that lies for this lesson, and an honest one. Both run inside this program; nothing leaves this machine.',
  test: 'Test my resolver',
  testTitle: 'What this check found out about the resolver',
};
