/**
 * proof-memory.ts: validates again only what other answers can have changed.
 *
 * In:   a question, the answers so far, the results of before
 * Out:  DnssecResult, exactly as `validate` would give it
 * Not:  validating (dnssec/validate.ts)
 *
 * `validate` is a pure function of the ground and of what its lookups return. So a result stands for as long as each of
 * those lookups returns the same message. A check asks for every proof again whenever something was observed.
 */
import type { Question } from '../../shared/observation.ts';
import type { DnsMessage } from '../wire/dns-message.ts';
import type { DnssecResult } from './dnssec/result.ts';
import { validate, type DnssecGround, type Lookup } from './dnssec/validate.ts';

type Remembered = {
  readonly result: DnssecResult;
  readonly used: readonly { readonly question: Question; readonly message: DnsMessage | undefined }[];
};

/** The results under one ground, by view and question. It must never be used with another ground. */
export type ProofMemory = Map<string, Remembered>;

/** A full memory is emptied. Far more than the questions of any check. */
const MOST_RESULTS = 4096;

export function createProofMemory(): ProofMemory {
  return new Map();
}

/** The result of `validate`; from `memory` under `key` where all that it was made of is still the same. */
export function validateRemembered(
  key: string,
  question: Question,
  lookup: Lookup,
  ground: DnssecGround,
  memory: ProofMemory,
): DnssecResult {
  const known = memory.get(key);
  if (known?.used.every((one) => lookup(one.question) === one.message) === true) return known.result;
  const used: Remembered['used'][number][] = [];
  const recording: Lookup = (asked) => {
    const message = lookup(asked);
    used.push({ question: asked, message });
    return message;
  };
  const result = validate(question, recording, ground);
  if (memory.size >= MOST_RESULTS) memory.clear();
  memory.set(key, { result, used });
  return result;
}
