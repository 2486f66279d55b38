/**
 * endpoint.ts: what would open the PKIX routes, and what is said beside a verdict.
 *
 * In:   names already made visible, problem codes
 * Out:  sentences
 * Not:  TLSA and POSH texts (dane.ts, posh.ts)
 */
export const endpointPhrases = {
  pkixOpens: (domain: string, codes: readonly string[], rightName: boolean) => {
    const parts: string[] = [];
    if (!rightName)
      parts.push(`a certificate that names ${domain} (DNS-ID, or SRV-ID _xmpp-client.${domain})`);
    if (codes.includes('expired')) parts.push('a renewed certificate: this one has expired');
    if (codes.includes('not-yet-valid'))
      parts.push('a correct clock, here or where the certificate was made: it is not valid yet');
    if (codes.includes('incomplete-chain') || codes.includes('missing-intermediate'))
      parts.push("the issuer's certificates, sent by the server after its own (a full chain file)");
    else if (codes.includes('untrusted-issuer') || codes.includes('self-signed'))
      parts.push('a certificate from an authority that this machine knows, for example from an ACME service');
    if (parts.length === 0) parts.push('a certificate without the faults named above');
    return `It opens with ${parts.join('; and ')}.`;
  },
  delegatedOpens: (host: string, pathHolds: boolean) =>
    pathHolds
      ? `It opens with a certificate that names ${host}.`
      : `It opens with a certificate for ${host} from an authority that this machine knows.`,
  delegationOpens: (domain: string, host: string) =>
    `It opens when the zone of ${domain} is signed with DNSSEC, so that its SRV records prove that ${host} acts for it.`,
  delegationUnknown: () =>
    'It needs DNSSEC data, which did not come through the resolver. Use one that delivers it.',
  delegationManual: () =>
    'A host typed by hand proves nothing about the domain: only the domain’s own name counts.',
  proofRequired: (domain: string) =>
    `DNSSEC proof about ${domain} was required and could not be had: neither signed nor proven unsigned.`,
  onceSecure: (domain: string, when: string) =>
    `${domain} was seen signed on ${when}, and today no proof came through the resolver.`,
  pkixAlone: (wrong: string) =>
    `The certificate authorities alone would not have been enough: ${wrong.charAt(0).toLowerCase()}${wrong.slice(1)}`,
} as const;
