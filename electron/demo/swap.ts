/**
 * swap.ts: another certificate on a running server of the realm, so that every alarm can be tried.
 *
 * In:   the certificate in use, and what shall happen to it
 * Out:  the next certificate, with the same names
 * Not:  the server (xmpp-server.ts)
 */
import type { Swap } from '../../shared/bridge.ts';
import type { Issued, KeyKind } from './certificate.ts';
import type { Kit } from './kit.ts';

const DAY = 86_400_000;

/** The certificate after a swap; `first` is the one that the server started with. */
export function swapped(kit: Kit, first: Issued, how: Swap): Issued {
  if (how === 'back') return first;
  const names = namesOf(first);
  const key: Issued['key'] | KeyKind =
    how === 'renewed' || how === 'expired' ? first.key : how === 'new-key' ? 'ec' : 'rsa';
  const dates = how === 'expired' ? { notBefore: kit.now - 100 * DAY, notAfter: kit.now - DAY } : {};
  const isSelfSigned = first.certificate.issuer.text === first.certificate.subject.text;
  return isSelfSigned ? kit.selfSigned(names, { key, ...dates }) : kit.issue(names, { key, ...dates });
}

function namesOf({ certificate }: Issued): { dns: string[]; srv: string[]; xmpp: string[] } {
  const of = (type: string): string[] => certificate.names.filter((n) => n.type === type).map((n) => n.value);
  return { dns: of('dns'), srv: of('srv'), xmpp: of('xmpp') };
}
