/**
 * result.ts: what validating one DNS question comes to (RFC 4035 4.3).
 *
 * In:   nothing
 * Out:  DnssecResult, in which a bogus answer has no records to read by mistake; isSilentInSignedZone
 * Not:  validating (validate.ts)
 */
import type { DnsName } from '../../../shared/basics.ts';
import type { Question } from '../../../shared/observation.ts';
import type { DnssecLink } from '../../../shared/report.ts';
import type { Rr } from '../../wire/dns-message.ts';

type Common = {
  readonly question: Question;
  /** Stable kebab-case code of the deciding fact, e.g. `signature-expired`. */
  readonly code: string;
  /** One sentence, always: what decided. */
  readonly why: string;
  /** One sentence of repair, where something is wrong. */
  readonly repair: string | null;
  /** From the anchor down, for the picture. */
  readonly chain: readonly DnssecLink[];
  /** The trust anchor used as "zone tag", e.g. ". 38696"; null if none was reached. */
  readonly anchor: string | null;
  /** CNAME and DNAME owners followed, in order, as target names; the last is the final name. Empty without aliases. */
  readonly aliases: readonly DnsName[];
};

export type DnssecResult =
  | (Common & {
      readonly status: 'secure' | 'insecure' | 'indeterminate';
      /** none: the name or the type does not exist (NXDOMAIN or NODATA). */
      readonly answer: 'records' | 'none';
      /** The RRset of the asked type at the final name; empty for `none`. */
      readonly records: readonly Rr[];
      /** For `indeterminate`: the question whose answer was lacking, if that was the cause. */
      readonly missing: Question | null;
      /** Smallest TTL on the way, in seconds. */
      readonly ttl: number;
    })
  | (Common & { readonly status: 'bogus' })
  | (Common & {
      /** The question itself (or one of its aliases) got no usable answer (none, SERVFAIL, REFUSED, malformed ...). */
      readonly status: 'unanswered';
      readonly missing: Question;
      /** Whether the zone that would hold the answer is proven signed, proven unsigned, or neither is known. */
      readonly zone: 'signed' | 'unsigned' | 'unknown';
    });

/**
 * Whether a zone that is proven signed kept silent: about the question itself, or about a DS below it at a name with an
 * underscore, without which an answer without signatures could not be judged. Such names are hardly ever zones, and whoever
 * drops the one can drop the other.
 */
export function isSilentInSignedZone(result: DnssecResult): boolean {
  if (result.status === 'unanswered') return result.zone === 'signed';
  if (result.status !== 'indeterminate') return false;
  return result.missing?.type === 'DS' && result.missing.name.startsWith('_');
}
