/**
 * questions.ts: what must be asked so that one answer can be proven.
 *
 * In:   a name and a type
 * Out:  every question, to be asked at once; those of one ancestor alone
 * Not:  asking; aliases (each target is a name of its own)
 */
import type { DnsName } from '../../../shared/basics.ts';
import type { DnsType, Question } from '../../../shared/observation.ts';
import { ROOT, selfAndAncestors } from '../../wire/dns-name.ts';

/**
 * The record itself, DS and DNSKEY of the name and of every ancestor, the root's DNSKEY. An RRset is signed by the zone
 * that holds it, so its signer is the owner or one of these (RFC 4035 5.3.1).
 *
 * A name that begins with an underscore is hardly ever a zone. Its DS is asked all the same (only it can tell an
 * unsigned zone there from a stripped answer), its DNSKEY is not: `validate` names it as `missing` if a DS is there.
 */
export function questionsFor(name: DnsName, type: DnsType): readonly Question[] {
  const ofZones = selfAndAncestors(name).flatMap(questionsOfZone);
  return [{ name, type }, ...ofZones.filter((q) => q.name !== name || q.type !== type)];
}

/** What a proof can need of one name on the way to the root. */
export function questionsOfZone(zone: DnsName): readonly Question[] {
  return [
    ...(zone === ROOT ? [] : [{ name: zone, type: 'DS' } as const]),
    ...(zone.startsWith('_') ? [] : [{ name: zone, type: 'DNSKEY' } as const]),
  ];
}
