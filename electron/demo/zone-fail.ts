/**
 * zone-fail.ts: a resolver that fails (SERVFAIL) for one name, as one does whose upstream hides it.
 *
 * In:   a name
 * Out:  a wrapper of answers
 * Not:  lies about contents (zone-lies.ts)
 */
import { decodeMessage } from '../wire/dns-message.ts';
import { encodeMessage } from '../wire/dns-write.ts';
import { nameOf } from './zone.ts';
import type { MaybeAnswer } from './zone-lies.ts';

/** Answers SERVFAIL to every question for `name` itself. */
export function failFor(name: string): (answer: MaybeAnswer) => MaybeAnswer {
  const failing = nameOf(name);
  return (answer) => (query) => {
    const asked = decodeMessage(query);
    if (!asked.ok || asked.value.questions[0]?.name !== failing || asked.value.questions[0].type !== TLSA)
      return answer(query);
    return encodeMessage({
      ...asked.value,
      response: true,
      rcode: SERVFAIL,
      answer: [],
      authority: [],
      additional: [],
    });
  };
}

/** RFC 6698 7.1, RFC 1035 4.1.1. */
const TLSA = 52;
const SERVFAIL = 2;
