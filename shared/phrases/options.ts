/**
 * options.ts: what is wrong with an option, one sentence each.
 *
 * In:   the text given, already made visible
 * Out:  the sentence
 * Not:  parsing (electron/options.ts)
 */
export const optionPhrases = {
  form: (detail: string) => `The request is not well-formed: ${detail}`,
  from: (text: string) => `“${text}” is no domain that a server could call itself (--from).`,
  negativeAnchor: (text: string) => `“${text}” is no domain name (--negative-anchor).`,
  trustAnchor: (detail: string) => `The trust anchors cannot be read: ${detail}`,
  trustAnchorEmpty: () => 'The trust anchors hold no DS or DNSKEY line.',
  ca: (name: string) => `“${name}” holds no certificate in PEM form.`,
  rootsWithoutFiles: () =>
    'Note: --roots files without --ca trusts no certificate authority at all. Name one with --ca FILE.pem.',
  caWithoutFiles: () =>
    'Note: --ca counts for the resolver alone, because --roots does not name files. Write --roots bundled,files, say.',
  modeAlone: () => '--mode belongs to --connect HOST:PORT; without it both modes are found by SRV.',
  connect: (text: string) => `“${text}” is not HOST:PORT; an IPv6 address stands in brackets, [::1]:5222.`,
  timeout: (most: number) => `The time limit is a number of seconds above 0 and up to ${most}.`,
  at: (text: string) => `“${text}” is no ISO 8601 time with a time zone, such as 2026-11-23T12:00:00Z.`,
} as const;
