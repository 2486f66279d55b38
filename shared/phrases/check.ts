/**
 * check.ts: sentences about the check as a whole: discovery, resolvers, endpoints.
 *
 * In:   what was seen, text from outside already made visible
 * Out:  sentences
 * Not:  verdict sentences (verdict.ts)
 */
export const checkPhrases = {
  withoutDnssecAnswer: () =>
    'The resolver delivered no signatures at all, so nothing could be proven about this answer.',
  withoutDnssecRepair: () =>
    'Use a resolver that delivers DNSSEC data, for example --resolver tls://dns.quad9.net.',
  unanswered: () => 'No resolver gave a usable answer.',
  srvUnanswered: (owner: string) =>
    `${owner} got no usable answer; the other SRV name decides, and targets may be missing.`,
  tooMany: (count: number) =>
    `${count} further targets or addresses were left out: no more than 32 targets and 64 addresses are tested.`,
  tooManyQuestions: (most: number) =>
    `The names of this domain need more than ${most} questions to DNS; what was not asked counts as unanswered.`,
  tooManyBytes: (most: number) =>
    `The DNS answers for this domain come to more than ${most / 1_000_000} MB; what came after that counts as unanswered.`,
  discoveryBogus: (owner: string, why: string) => `The DNS answer for ${owner} is forged or broken: ${why}`,
  discoveryUnanswered: (owner: string) =>
    `${owner} lies in a signed zone and got no answer, so somebody may be hiding where the servers are.`,
  notOffered: (domain: string) => `${domain} says in DNS that it does not offer this service (target “.”).`,
  discoveryFailed: (domain: string, why: string) =>
    `The DNS gave no usable answer about the servers of ${domain} (${why}).`,
  noTime: () => 'there was no time left to ask',
  rcode: (resolver: string, rcode: number) =>
    `${resolver} answered ${RCODES[rcode] ?? `with error ${rcode}`}`,
  noFamily: (family: 4 | 6) =>
    `This machine has no IPv${family}, so the IPv${family} addresses were not tested and count for nothing.`,
  resolverAnswers: (url: string, asked: number, answered: number) =>
    `${url} answered ${answered} of ${asked} questions.`,
  resolverSignatures: {
    delivered: () => 'Signatures were delivered.',
    stripped: () =>
      'Answers came, but not one signature: the resolver, or something before it, strips DNSSEC data.',
    unknown: () => 'There were no answers, so nothing is known about signatures.',
  },
  resolverValidates: (says: boolean) =>
    says
      ? 'The resolver says that it validates (AD bit). That is its opinion and decides nothing here.'
      : 'The resolver set no AD bit: it does not validate, or could not.',
  resolverDisagrees: (name: string, ours: string) =>
    `The resolver vouches for ${name} (AD bit), but our own validation says ${ours}.`,
  resolverMeta: (ok: boolean) =>
    ok
      ? 'It answers questions for DS, DNSKEY and underscore names.'
      : 'It fails on questions for DS, DNSKEY or underscore names.',
} as const;

/** RFC 1035 4.1.1: the errors that a resolver answers with. */
const RCODES: Readonly<Record<number, string>> = {
  0: 'something else than was asked',
  1: 'that it cannot read the question (FORMERR)',
  2: 'that it failed (SERVFAIL)',
  3: 'that the name does not exist',
  4: 'that it cannot do this (NOTIMP)',
  5: 'that it will not (REFUSED)',
};
