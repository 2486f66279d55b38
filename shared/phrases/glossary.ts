/**
 * glossary.ts: the words that nobody can be expected to know, each in a sentence or two.
 *
 * In:   nothing
 * Out:  glossary
 * Not:  the words of the command line (help.ts)
 */
export const glossary = {
  title: 'What do these words mean?',
  words: [
    [
      'Certificate',
      'What a server shows to say who it is: names, a key, dates, and a signature of whoever vouches for that.',
    ],
    [
      'Certificate authority (CA), trust anchor',
      'Somebody who signs the certificates of others. A trust anchor is one whose word your machine or this program takes without another proof.',
    ],
    [
      'DNS, resolver',
      'The DNS is the directory of the Internet: it says where a domain’s servers are. A resolver asks it for you.',
    ],
    [
      'DNSSEC',
      'Signatures on what the DNS answers, so that nobody on the way can change an answer unnoticed.',
    ],
    ['SRV record', 'An entry in the DNS by which a domain names the host and port of its chat server.'],
    [
      'Target',
      'A host and port to connect to, as the domain’s SRV records name it, or the domain itself where there are none.',
    ],
    ['Endpoint', 'One address of a target. Each is tested by itself.'],
    [
      'Delegation',
      'How the domain came to name the target: by signed DNS, by unsigned DNS (which somebody on the way can change), or not at all because it is the domain itself.',
    ],
    [
      'Reference identifier',
      'A name that the certificate must carry: that of the domain you typed, or of a target that signed DNS names.',
    ],
    ['Route', 'One way to trust a server. There are five: DANE, PKIX, PKIX delegated, POSH and a pin.'],
    [
      'DANE, TLSA record',
      'DANE lets a domain say in signed DNS which certificate to expect. The entry that says so is a TLSA record.',
    ],
    [
      'PKIX',
      'The usual way: an authority that you trust has signed the certificate, and it carries the domain’s name. “Delegated” means that it carries the name of the target instead, which signed DNS named.',
    ],
    [
      'POSH',
      'The domain’s own web site, reached over HTTPS, lists the certificates that its chat server may show.',
    ],
    [
      'Pin',
      'Your own decision, remembered: this certificate or this key, for this domain. It opens only what you saw when you took it.',
    ],
    [
      'Watch',
      'A domain whose key Mellon compares with those it has seen, to ask you when a new one appears, even a proven one.',
    ],
  ],
} as const;
