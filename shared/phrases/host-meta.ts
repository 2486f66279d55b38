/**
 * host-meta.ts: sentences about XEP-0156 documents and the doors that they name.
 *
 * In:   texts from outside already made visible
 * Out:  one sentence and its reference for each code
 * Not:  deciding which code (electron/trust/host-meta.ts)
 */
import type { Sentence } from './delegation.ts';

type Words = { readonly url: string; readonly detail: string };

export type HostMetaCode =
  | 'host-meta-none'
  | 'host-meta-problem'
  | 'host-meta-untrusted'
  | 'host-meta-status'
  | 'host-meta-malformed'
  | 'host-meta-redirect'
  | 'host-meta-no-links'
  | 'host-meta-cors'
  | 'host-meta-no-cors'
  | 'host-meta-differ'
  | 'host-meta-old-rel'
  | 'host-meta-2';

export const HOST_META: Readonly<Record<HostMetaCode, (words: Words) => Sentence>> = {
  'host-meta-none': ({ url, detail }) => ({
    text: `Nothing is published at ${url} (${detail}).`,
    ref: 'XEP-0156 3',
  }),
  'host-meta-problem': ({ url, detail }) => ({
    text: `${url} could not be fetched (${detail}).`,
    ref: 'XEP-0156 3',
  }),
  'host-meta-untrusted': ({ url, detail }) => ({
    text: `The web server of ${url} is not proven, so what it lists proves nothing: ${detail}`,
    ref: 'XEP-0156 6',
  }),
  'host-meta-status': ({ url, detail }) => ({ text: `${url} answers with ${detail}.`, ref: 'XEP-0156 3' }),
  'host-meta-malformed': ({ url, detail }) => ({
    text: `The document at ${url} cannot be read: ${detail}.`,
    ref: 'RFC 6415 2',
  }),
  'host-meta-redirect': ({ url, detail }) => ({
    text: `${url} redirects in a way that is not followed (${detail}).`,
    ref: 'RFC 6415 2',
  }),
  'host-meta-no-links': ({ url }) => ({
    text: `The document at ${url} names no XMPP connection.`,
    ref: 'XEP-0156 3',
  }),
  'host-meta-cors': ({ url }) => ({
    text: `${url} may be read by web clients of any origin.`,
    ref: 'XEP-0156 5',
  }),
  'host-meta-no-cors': ({ url }) => ({
    text: `${url} has no header Access-Control-Allow-Origin: *, so web clients of other origins cannot read it.`,
    ref: 'XEP-0156 5',
  }),
  'host-meta-differ': () => ({
    text: 'The XML and the JSON form of host-meta name different connections.',
    ref: 'XEP-0156 3',
  }),
  'host-meta-old-rel': ({ detail }) => ({
    text: `Further connections are named: ${detail}. Few clients know these kinds.`,
    ref: 'XEP-0487',
  }),
  'host-meta-2': ({ detail }) => ({
    text: `The document has parts of XEP-0487 (host-meta 2), which is experimental and changes no verdict: ${detail}.`,
    ref: 'XEP-0487',
  }),
};

/** What is said of one endpoint. */
export const DOOR = {
  secure: () => 'The connection is encrypted and the certificate of the web server holds.',
  insecure: (scheme: string) =>
    `Not encrypted (${scheme}): whoever is in between reads and changes everything.`,
  noUrl: () => 'This is no usable URL.',
  unproven: (why: string) => `Encrypted, but the web server is not proven: ${why}`,
  namedUnproven: () =>
    'Encrypted, and the certificate of the web server holds; but only a web server that is not proven names it.',
  notSeen: () => 'Encrypted; the web server was not looked at.',
  notReached: (why: string) => `Encrypted, but the web server was not reached (${why}).`,
} as const;
