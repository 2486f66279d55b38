/**
 * answers.ts: what a warm resolver says, decoded and kept, and the signature checks that a proof over it comes to.
 *
 * In:   a signed tree of zones
 * Out:  lookups, grounds, and node:crypto's own calls, recorded
 * Not:  measuring
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { DnsName } from '../../shared/basics.ts';
import type { Question } from '../../shared/observation.ts';
import type { World } from '../../electron/demo/zone-sign.ts';
import { anchorsFrom } from '../../electron/trust/dnssec/anchors.ts';
import type { DnssecGround, Lookup } from '../../electron/trust/dnssec/validate.ts';
import { decodeMessage, type DnsMessage } from '../../electron/wire/dns-message.ts';
import { encodeQuery } from '../../electron/wire/dns-write.ts';
import { parseZoneLines } from '../../electron/wire/zone-line.ts';

/** The bytes of the answer to a question, as they came. */
export function replyOf(answer: World['answer'], { name, type }: Question): Uint8Array {
  return answer(encodeQuery({ name, type, id: 1, dnssec: true, udpSize: 1232 }));
}

/** A lookup over answers kept as bytes: each is decoded when it is first asked for, as in a check. */
export function lookupOver(answer: World['answer'], kept: Map<string, Uint8Array>): Lookup {
  const decoded = new Map<string, DnsMessage | undefined>();
  return (question) => {
    const key = `${question.name} ${question.type}`;
    if (decoded.has(key)) return decoded.get(key);
    const bytes = kept.get(key) ?? replyOf(answer, question);
    kept.set(key, bytes);
    const message = decodeMessage(bytes);
    const usable = message.ok && (message.value.rcode === 0 || message.value.rcode === 3);
    const value = usable ? message.value : undefined;
    decoded.set(key, value);
    return value;
  };
}

export function groundOf(world: Pick<World, 'anchors' | 'options'>): DnssecGround {
  const lines = parseZoneLines(world.anchors);
  if (!lines.ok) throw new Error(lines.problem.detail);
  return {
    anchors: anchorsFrom(lines.value),
    negativeAnchors: [],
    now: world.options.now,
    allowSha1: false,
  };
}

export function question(name: string, type: Question['type']): Question {
  return { name: name as DnsName, type };
}

/** What `act` asks of node:crypto, to be done again without anything around it. */
export function recordVerify(act: () => void): { readonly count: number; readonly again: () => void } {
  const real = crypto.verify;
  const calls: Parameters<typeof crypto.verify>[] = [];
  const recorder = (...args: Parameters<typeof crypto.verify>): boolean => {
    calls.push(args);
    return real(...args) as unknown as boolean;
  };
  Object.assign(crypto, { verify: recorder });
  syncBuiltinESMExports();
  try {
    act();
  } finally {
    Object.assign(crypto, { verify: real });
    syncBuiltinESMExports();
  }
  return { count: calls.length, again: () => calls.forEach((args) => real(...args)) };
}
