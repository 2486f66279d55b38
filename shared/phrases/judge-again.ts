/**
 * judge-again.ts: sentences about saved reports.
 *
 * In:   what is wrong or different, already made visible
 * Out:  sentences
 * Not:  judging (electron/judge-again.ts)
 */
export const judgeAgainPhrases = {
  notJson: () => 'This file is no JSON, so it is no report.',
  empty: (path: string) => `${path} is empty: there is no report in it.`,
  malformed: (where: string, what: string) =>
    `This is no report that can be judged again: ${where === '' ? what : `${where}: ${what}`}.`,
  differs: (was: string, now: string) =>
    `The file says “${was}”; judged again from what was observed it is “${now}”.`,
  evidenceDiffers: (where: string, was: string, now: string, more: number) =>
    `The file says “${was}” of ${where}; judged again from what was observed it is “${now}”.${more === 0 ? '' : ` The file says something else in ${more} more place${more === 1 ? '' : 's'}.`}`,
  nothing: () => 'nothing',
  endpointAt: (target: string, address: string | null) =>
    address === null ? target : `${target} at ${address}`,
  routeOf: (route: string, endpoint: string) => `the route ${route} of ${endpoint}`,
  dnssecOf: (what: string) => `the DNSSEC state of ${what}`,
  ownStore: () => 'its own certificate store',
  ownAnchors: () => 'its own DNSSEC anchors',
  brings: (what: readonly string[]) =>
    `The report brings ${what.join(' and ')}, as the check that made it was told to use: what they vouch for is no more believable than the file.`,
} as const;
