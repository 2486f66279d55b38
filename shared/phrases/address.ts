/**
 * address.ts: what is wrong with the text in the field, one sentence a problem.
 *
 * In:   a problem code and the text, already made visible
 * Out:  the sentence
 * Not:  finding the problem (electron/wire/address.ts)
 */
export type AddressProblem =
  | 'empty'
  | 'too-long'
  | 'hidden-characters'
  | 'url'
  | 'escape'
  | 'resource'
  | 'localpart'
  | 'no-domain'
  | 'two-ats'
  | 'bad-ip'
  | 'port'
  | 'space'
  | 'underscore'
  | 'bad-domain';

export const addressPhrases: Readonly<Record<AddressProblem, (text: string) => string>> = {
  empty: () => 'Type an XMPP address (bilbo@shire.example) or a domain (shire.example).',
  'too-long': () => 'This is longer than any XMPP address can be (3,071 characters).',
  'hidden-characters': (text) => `“${text}” holds characters that cannot be seen. Type the address by hand.`,
  url: (text) => `“${text}” is a web address. Type only the XMPP address or the domain, without “https://”.`,
  escape: (text) => `“${text}” has a percent sign that no two hexadecimal digits of UTF-8 follow.`,
  resource: (text) => `“${text}” has an empty or overlong part after the slash. The domain alone is enough.`,
  localpart: (text) =>
    `The part before the @ in “${text}” is empty or holds a character that an XMPP address cannot have.`,
  'no-domain': (text) => `“${text}” has no domain. An address looks like bilbo@shire.example.`,
  'two-ats': (text) => `“${text}” has more than one @. An address looks like bilbo@shire.example.`,
  'bad-ip': (text) => `“${text}” looks like an IP address but is not one.`,
  port: (text) =>
    `“${text}” names a port. Type the domain alone: its servers and ports are looked up. To choose them by hand use --connect HOST:PORT.`,
  space: (text) => `“${text}” has a space in it. Domains have none.`,
  underscore: (text) =>
    `“${text}” has an underscore in it. XMPP domains have none; type the domain without the service name.`,
  'bad-domain': (text) =>
    `“${text}” is not a domain name: a label is empty, too long, or has a character that names cannot have.`,
};
