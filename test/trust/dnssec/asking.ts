/**
 * asking.ts: a validator's lookup over a demo world, as the program's own resolver client would fill it.
 *
 * In:   an Answer (bytes to bytes)
 * Out:  Lookup, and `check`: validate with the world's anchors
 * Not:  a test
 */
import type { DnsName, Instant } from '../../../shared/basics.ts';
import type { DnsType, Question } from '../../../shared/observation.ts';
import type { MaybeAnswer } from '../../../electron/demo/zone-lies.ts';
import type { World } from '../../../electron/demo/zone-sign.ts';
import { nameOf } from '../../../electron/demo/zone.ts';
import { anchorsFrom } from '../../../electron/trust/dnssec/anchors.ts';
import type { TrustAnchor } from '../../../electron/trust/dnssec/anchors.ts';
import type { DnssecResult } from '../../../electron/trust/dnssec/result.ts';
import { validate } from '../../../electron/trust/dnssec/validate.ts';
import type { DnssecGround, Lookup } from '../../../electron/trust/dnssec/validate.ts';
import { decodeMessage } from '../../../electron/wire/dns-message.ts';
import type { DnsMessage } from '../../../electron/wire/dns-message.ts';
import { encodeQuery } from '../../../electron/wire/dns-write.ts';
import { parseZoneLines } from '../../../electron/wire/zone-line.ts';

export const NOW = Date.UTC(2026, 10, 23, 12) as Instant;

export function question(name: string, type: DnsType): Question {
  return { name: nameOf(name), type };
}

/** What net and the lookup's owner do: no answer, or an RCODE other than NOERROR and NXDOMAIN, is undefined. */
export function lookupFrom(answer: MaybeAnswer): Lookup {
  const known = new Map<string, DnsMessage | undefined>();
  return ({ name, type }) => {
    const key = `${name} ${type}`;
    if (!known.has(key)) known.set(key, ask(name, type));
    return known.get(key);
  };

  function ask(name: DnsName, type: DnsType): DnsMessage | undefined {
    const reply = answer(encodeQuery({ name, type, id: 1, dnssec: true, udpSize: 1232 }));
    const message = reply === null ? null : decodeMessage(reply);
    if (message?.ok !== true) return undefined;
    return message.value.rcode === 0 || message.value.rcode === 3 ? message.value : undefined;
  }
}

export function anchorsOf(text: string): readonly TrustAnchor[] {
  const lines = parseZoneLines(text);
  if (!lines.ok) throw new Error(lines.problem.detail);
  return anchorsFrom(lines.value);
}

export function groundOf(world: World, more: Partial<DnssecGround> = {}): DnssecGround {
  return { anchors: anchorsOf(world.anchors), negativeAnchors: [], now: NOW, allowSha1: false, ...more };
}

/** Validates one question over a world, through an answerer that may lie. */
export function check(
  world: World,
  name: string,
  type: DnsType,
  { answer = world.answer, ...more }: { answer?: MaybeAnswer } & Partial<DnssecGround> = {},
): DnssecResult {
  return validate(question(name, type), lookupFrom(answer), groundOf(world, more));
}

/** "secure records", "bogus signature-expired": the result in two words. */
export function brief(result: DnssecResult): string {
  switch (result.status) {
    case 'bogus':
      return `bogus ${result.code}`;
    case 'unanswered':
      return `unanswered ${result.zone}`;
    case 'secure':
      return `secure ${result.answer}`;
    default:
      return `${result.status} ${result.answer} ${result.code}`;
  }
}
