/**
 * target-warnings.ts: what an administrator should know about a target, though it changes no verdict.
 *
 * In:   the target, what was asked beside it, the proofs used
 * Out:  Reasons: aliases that RFC 2782 forbids, TLSA records where nobody looks, signatures about to end, old algorithms
 * Not:  evidence (dane.ts, dnssec)
 */
import type { DnsName, Instant } from '../../shared/basics.ts';
import type { Question } from '../../shared/observation.ts';
import { targetPhrases } from '../../shared/phrases/target.ts';
import type { DnssecLink, Reason } from '../../shared/report.ts';
import { visible } from '../../shared/visible.ts';
import type { Target } from './discover.ts';
import { follow } from './follow.ts';
import type { Secured } from './proofs.ts';
import type { Seen } from './seen.ts';

/**
 * The places where TLSA records are put by mistake: at the source domain instead of the target, and at another port of
 * the target. Asked only where the right place has none; nothing waits for the answers.
 */
export function misplacedTlsa(target: Target, source: DnsName | null): readonly Question[] {
  const host = target.host as DnsName;
  const elsewhere = KNOWN_PORTS.filter((port) => port !== target.port).map((port) => `_${port}._tcp.${host}`);
  const atDomain = source === null || source === host ? [] : [`_${target.port}._tcp.${source}`];
  return [...atDomain, ...elsewhere].map((name) => ({ name: name as DnsName, type: 'TLSA' }));
}

/** All warnings about one target. `proofs` are the answers that its verdict rests on. */
export function targetWarnings(input: {
  readonly target: Target;
  readonly source: DnsName | null;
  readonly addresses: readonly (Secured | null)[];
  readonly hasTlsa: boolean;
  readonly proofs: readonly Secured[];
  readonly seen: Seen;
  readonly now: Instant;
}): readonly Reason[] {
  const { target, proofs, now } = input;
  const all: Reason[] = [];
  const final = input.addresses.map((s) => s?.followed.aliases.at(-1)).find((name) => name !== undefined);
  if (final !== undefined && target.named === 'srv') {
    const text = targetPhrases.alias(visible(target.host), visible(final));
    all.push({ code: 'srv-target-alias', text, ref: 'RFC 2782' });
  }
  if (!input.hasTlsa && target.named !== 'literal') {
    for (const question of misplacedTlsa(target, input.source)) {
      if (follow(question, input.seen.lookup(0)).state !== 'records') continue;
      const right = `_${target.port}._tcp.${target.host}.`;
      const text = targetPhrases.misplaced(visible(`${question.name}.`), visible(right));
      all.push({ code: 'tlsa-misplaced', text, ref: 'RFC 7673 3.3' });
    }
  }
  for (const { result } of proofs) {
    for (const link of result.chain) all.push(...linkWarnings(link, now));
  }
  return all
    .filter((one, i) => all.findIndex((o) => o.code === one.code && o.text === one.text) === i)
    .slice(0, MOST);
}

function linkWarnings(link: DnssecLink, now: Instant): readonly Reason[] {
  const { signature } = link;
  if (signature === null || link.status !== 'secure') return [];
  const zone = visible(link.zone === '' ? '.' : link.zone);
  const left = Date.parse(signature.expiration) - now;
  const all: Reason[] = [];
  if (left < SOON_MS) {
    const text = targetPhrases.endsSoon(zone, signature.expiration);
    all.push({ code: 'signature-ends-soon', text, ref: 'RFC 6781 4.4.2' });
  }
  if (OLD_ALGORITHMS.includes(signature.algorithm)) {
    all.push({
      code: 'algorithm-old',
      text: targetPhrases.oldAlgorithm(zone, signature.algorithm),
      ref: 'RFC 9905',
    });
  }
  return all;
}

/** IANA: 443 https, 5222 and 5269 xmpp, 5223 and 5270 their usual direct-TLS ports. */
const KNOWN_PORTS: readonly number[] = [5222, 5223, 5269, 5270, 443];
/** Chosen: a zone that is re-signed by a program keeps more than a day in hand. */
const SOON_MS = 24 * 3_600_000;
/** RSASHA1 and RSASHA1-NSEC3-SHA1. */
const OLD_ALGORITHMS: readonly number[] = [5, 7];
/** Enough for a person; a chain of many zones must not fill the screen. */
const MOST = 8;
