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
export type BareChecks = {
  readonly count: number;
  /** The signature checks, with keys that are ready. */
  readonly verify: () => void;
  /** The same with each key read in once, from the numbers that a DNSKEY holds. */
  readonly readAndVerify: () => void;
};

/** Records the signature checks of `act`. */
export function recordChecks(act: () => void): BareChecks {
  const { verify, createPublicKey } = crypto;
  const made: { readonly from: Parameters<typeof createPublicKey>[0]; readonly key: crypto.KeyObject }[] = [];
  const checks: {
    readonly hash: string | null;
    readonly data: Uint8Array;
    readonly how: crypto.VerifyKeyObjectInput;
    readonly signature: Uint8Array;
  }[] = [];
  Object.assign(crypto, {
    verify: (
      hash: string | null,
      data: Uint8Array,
      how: crypto.VerifyKeyObjectInput,
      signature: Uint8Array,
    ) => {
      checks.push({ hash, data, how, signature });
      return verify(hash, data, how, signature);
    },
    createPublicKey: (from: Parameters<typeof createPublicKey>[0]) => {
      const key = createPublicKey(from);
      made.push({ from, key });
      return key;
    },
  });
  syncBuiltinESMExports();
  try {
    act();
  } finally {
    Object.assign(crypto, { verify, createPublicKey });
    syncBuiltinESMExports();
  }
  const numbered = checks.map((one) => ({ ...one, index: made.findIndex(({ key }) => key === one.how.key) }));
  return {
    count: checks.length,
    verify() {
      for (const { hash, data, how, signature } of checks) verify(hash, data, how, signature);
    },
    readAndVerify() {
      const keys = made.map(({ from }) => createPublicKey(from));
      for (const { hash, data, how, signature, index } of numbered)
        verify(hash, data, { ...how, key: keys[index] ?? how.key }, signature);
    },
  };
}
