/**
 * target.ts: what an administrator should know about a target.
 *
 * In:   names already made visible
 * Out:  sentences
 * Not:  verdicts
 */
export const targetPhrases = {
  alias: (host: string, final: string) =>
    `The SRV target ${host} is an alias of ${final}. RFC 2782 forbids that; some clients will not connect.`,
  misplaced: (found: string, right: string) =>
    `TLSA records stand at ${found}, where no client looks for this server. They belong at ${right}`,
  endsSoon: (zone: string, when: string) =>
    `A DNSSEC signature of ${zone} ends on ${when}. If the zone is not signed again by then, everything below it is refused.`,
  oldAlgorithm: (zone: string, algorithm: number) =>
    `${zone} is signed with algorithm ${algorithm}, which uses SHA-1 and is no longer to be relied on.`,
} as const;
