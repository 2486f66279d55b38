/**
 * zone-lies.ts: resolvers that leave out, hide or forge, as wrappers around an honest one.
 *
 * In:   an Answer
 * Out:  an Answer that lies in one way; null where it keeps silent
 * Not:  zones that are broken themselves (zone.ts, `break`)
 */
import type { DnsName } from '../../shared/basics.ts';
import { decodeMessage } from '../wire/dns-message.ts';
import type { DnsMessage, Rr } from '../wire/dns-message.ts';
import { CLASS_IN, RCODE, TYPE, typeNumber } from '../wire/dns-type.ts';
import type { TypeName } from '../wire/dns-type.ts';
import { encodeMessage } from '../wire/dns-write.ts';
import { encodeRdata } from './zone-rdata.ts';
import { signTree } from './zone-sign.ts';
import type { Answer, World } from './zone-sign.ts';

/** Bytes of a query to bytes of the answer, or silence. */
export type MaybeAnswer = (query: Uint8Array) => Uint8Array | null;

/** Takes signatures and proofs out of every answer, or only out of the answers to one type of question. */
export function strip(what: 'all' | TypeName): (answer: MaybeAnswer) => MaybeAnswer {
  const only = what === 'all' ? null : typeNumber(what);
  return changed((message) => {
    if (only !== null && message.questions[0]?.type !== only) return message;
    const keep = (rr: Rr): boolean => !PROOFS.has(rr.type);
    return { ...message, answer: message.answer.filter(keep), authority: message.authority.filter(keep) };
  });
}

/** Keeps silent when asked for one of these types. */
export function drop(types: readonly TypeName[]): (answer: MaybeAnswer) => MaybeAnswer {
  const dropped = types.map(typeNumber);
  return (answer) => (query) => {
    const asked = decodeMessage(query);
    const type = asked.ok ? asked.value.questions[0]?.type : undefined;
    return type !== undefined && dropped.includes(type) ? null : answer(query);
  };
}

/** Says, without proof, that these types do not exist anywhere. */
export function hide(types: readonly TypeName[]): (answer: MaybeAnswer) => MaybeAnswer {
  const hidden = types.map(typeNumber);
  return changed((message) =>
    hidden.includes(message.questions[0]?.type ?? 0)
      ? { ...message, rcode: RCODE.noError, answer: [], authority: [] }
      : message,
  );
}

/** Answers for a private name, unsigned, whatever the public DNS says. */
export function answerLocally(name: DnsName, address: string): (answer: MaybeAnswer) => MaybeAnswer {
  return changed((message) => {
    const [question] = message.questions;
    if (question?.name !== name || question.type === TYPE.DS || question.type === TYPE.DNSKEY) return message;
    const rdata = encodeRdata('A', address);
    const answer: Rr[] =
      question.type === TYPE.A ? [{ name, type: TYPE.A, class: CLASS_IN, ttl: 60, rdata }] : [];
    return { ...message, rcode: RCODE.noError, answer, authority: [] };
  });
}

/** Sets the AD bit on everything. */
export const forgeAd: (answer: MaybeAnswer) => MaybeAnswer = changed((message) => ({ ...message, ad: true }));

/** The same tree under a root key that nobody knows; `world.anchors` stay as they were. */
export function signRootWrongly(world: World): Answer {
  return signTree(world.zones, { ...world.options, keys: `${world.options.keys ?? ''} wrong root` }).answer;
}

const PROOFS: ReadonlySet<number> = new Set([TYPE.RRSIG, TYPE.NSEC, TYPE.NSEC3]);

function changed(change: (message: DnsMessage) => DnsMessage): (answer: MaybeAnswer) => MaybeAnswer {
  return (answer) => (query) => {
    const bytes = answer(query);
    const message = bytes === null ? null : decodeMessage(bytes);
    return message?.ok === true ? encodeMessage(change(message.value)) : bytes;
  };
}
