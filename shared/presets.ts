/**
 * presets.ts: public resolvers that validate DNSSEC and deliver signatures, over an encrypted way.
 *
 * In:   nothing
 * Out:  a list for the resolver's field, each with the page that says so
 * Not:  a default: nothing here is asked unless a person chooses it
 *
 * With addresses, so that no other resolver must find them. Looked up 2026-11-23. Quad9 stands here over TLS only: its DNS over
 * HTTPS speaks HTTP/2 alone since December 2025, and this program speaks HTTP/1.1.
 */
import type { Preset } from './bridge.ts';

export const PRESETS: readonly Preset[] = [
  {
    url: 'tls://dns.quad9.net#9.9.9.9',
    name: 'Quad9 (blocks known malware domains)',
    source: 'https://quad9.net/service/service-addresses-and-features/',
  },
  {
    url: 'tls://one.one.one.one#1.1.1.1',
    name: 'Cloudflare',
    source: 'https://developers.cloudflare.com/1.1.1.1/encryption/dns-over-tls/',
  },
  {
    url: 'tls://dns.google#8.8.8.8',
    name: 'Google',
    source: 'https://developers.google.com/speed/public-dns/docs/dns-over-tls',
  },
  {
    url: 'tls://dns.digitale-gesellschaft.ch#185.95.218.42',
    name: 'Digitale Gesellschaft (Switzerland)',
    source: 'https://www.digitale-gesellschaft.ch/dns/',
  },
  {
    url: 'https://cloudflare-dns.com/dns-query#1.1.1.1',
    name: 'Cloudflare over HTTPS',
    source: 'https://developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/',
  },
  {
    url: 'https://dns.google/dns-query#8.8.8.8',
    name: 'Google over HTTPS',
    source: 'https://developers.google.com/speed/public-dns/docs/doh',
  },
];
