/**
 * posh-web.ts: sentences about the web server of one HTTPS hop.
 *
 * In:   names and details, already made visible
 * Out:  one sentence and its reference for each code
 * Not:  deciding which code (electron/trust/posh-web.ts)
 */
import type { Sentence } from './delegation.ts';

/** `host`: the web server. */
type Words = { readonly host: string; readonly detail: string };

/** The web server of one hop. */
export type WebCode =
  | 'web-handshake'
  | 'web-no-handshake'
  | 'web-old-tls'
  | 'web-no-certificate'
  | 'web-bad-certificate'
  | 'web-path'
  | 'web-revoked'
  | 'web-path-fails'
  | 'web-name'
  | 'web-name-fails';

export const WEB: Readonly<Record<WebCode, (words: Words) => Sentence>> = {
  'web-handshake': ({ host, detail }) => ({
    text: `The web server ${host} speaks ${detail}.`,
    ref: 'RFC 9325 3.1.1',
  }),
  'web-no-handshake': ({ host }) => ({
    text: `No TLS connection to the web server ${host} came about.`,
    ref: 'RFC 7711 3',
  }),
  'web-old-tls': ({ host, detail }) => ({
    text: `The web server ${host} speaks ${detail}, which is too old.`,
    ref: 'RFC 8996',
  }),
  'web-no-certificate': ({ host }) => ({
    text: `The web server ${host} shows no certificate.`,
    ref: 'RFC 7711 3',
  }),
  'web-bad-certificate': ({ host, detail }) => ({
    text: `The certificate of the web server ${host} cannot be read: ${detail}.`,
    ref: 'RFC 5280 4.1',
  }),
  'web-path': ({ host }) => ({
    text: `The certificate of the web server ${host} comes from a known certificate authority.`,
    ref: 'RFC 5280 6.1',
  }),
  'web-revoked': ({ host }) => ({
    text: `The certificate of the web server ${host} is revoked: its own stapled proof says so.`,
    ref: 'RFC 6960 2.2',
  }),
  'web-path-fails': ({ host, detail }) => ({
    text: `The certificate of the web server ${host} is not trusted: ${detail}`,
    ref: 'RFC 5280 6.1',
  }),
  'web-name': ({ host }) => ({
    text: `The certificate of the web server carries ${host}.`,
    ref: 'RFC 9525 6.3',
  }),
  'web-name-fails': ({ host, detail }) => ({
    text: `The certificate of the web server does not carry ${host}; it carries ${detail}.`,
    ref: 'RFC 9525 6.3',
  }),
};
