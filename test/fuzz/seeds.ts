/**
 * seeds.ts: what fuzzing begins with: well-formed inputs of every kind, made by the demo's builders.
 *
 * In:   nothing
 * Out:  certificates, answers of signed zones, streams, documents
 * Not:  what is done with them (targets.ts)
 */
import { makeCa } from '../../electron/demo/certificate.ts';
import { poshDocument } from '../../electron/demo/kit.ts';
import { serverHeader } from '../../electron/demo/xmpp-peer.ts';
import { signTree } from '../../electron/demo/zone-sign.ts';
import { nameOf, zone } from '../../electron/demo/zone.ts';
import { decodeMessage } from '../../electron/wire/dns-message.ts';
import { encodeQuery } from '../../electron/wire/dns-write.ts';
import { NS } from '../../electron/wire/xmpp-xml.ts';
import type { Instant } from '../../shared/basics.ts';
import type { DnsType } from '../../shared/observation.ts';

/** The seeds' certificates and signatures hold at this time. */
export const NOW = Date.parse('2026-11-23T12:00:00Z') as Instant;
export const ca = makeCa({ name: 'Erebor Root CA', now: NOW });
export const leaf = ca.issue({
  now: NOW,
  names: {
    cn: 'shire.example',
    dns: ['shire.example', '*.shire.example'],
    srv: ['_xmpp-client.shire.example'],
    xmpp: ['shire.example'],
    ip: ['127.0.0.1', '::1'],
    email: ['frodo@shire.example'],
    uri: ['xmpp:shire.example'],
  },
  policies: ['1.2.3.4'],
  caIssuers: 'http://ca.example/ca.der',
});
export const constrained = ca.issue({
  now: NOW,
  isCa: true,
  pathLen: 2,
  ku: ['keyCertSign'],
  names: { cn: 'Bounded CA' },
  nameConstraints: {
    permitted: { dns: ['example'], ip: ['10.0.0.0/255.0.0.0'] },
    excluded: { email: ['a'] },
  },
  policyMappings: [['1.2.3', '1.2.4']],
  policyConstraints: { requireExplicit: 1, inhibitMapping: 2 },
  inhibitAny: 3,
});
export const world = signTree(
  [
    zone('example', { denial: { nsec3: { optOut: true, salt: Uint8Array.of(1, 2) } } }),
    zone('shire.example')
      .add('_xmpp-client._tcp', 'SRV', { port: 5222, target: 'xmpp.shire.example' })
      .add('xmpp', 'A', '127.0.0.1')
      .add('xmpp', 'AAAA', '::1')
      .add('www', 'CNAME', 'xmpp.shire.example')
      .add('d', 'DNAME', 'hosting.example')
      .add('xmpp', 'TXT', 'speak, friend')
      .add('_5222._tcp.xmpp', 'TLSA', { usage: 3, selector: 1, matchingType: 1, data: 'ab'.repeat(32) }),
  ],
  { now: NOW },
);
const asked = (name: string, type: DnsType): Uint8Array =>
  world.answer(encodeQuery({ id: 7, name: nameOf(name), type, dnssec: true, udpSize: 1232 }));
export const answers = (
  [
    ['_xmpp-client._tcp.shire.example', 'SRV'],
    ['xmpp.shire.example', 'A'],
    ['xmpp.shire.example', 'AAAA'],
    ['xmpp.shire.example', 'TXT'],
    ['www.shire.example', 'A'],
    ['x.d.shire.example', 'A'],
    ['_5222._tcp.xmpp.shire.example', 'TLSA'],
    ['shire.example', 'DNSKEY'],
    ['shire.example', 'DS'],
    ['shire.example', 'SOA'],
    ['gone.shire.example', 'A'],
    ['gone.example', 'A'],
  ] as const
).map(([name, type]) => asked(name, type));

export const seenRecords = answers.flatMap((one) => {
  const message = decodeMessage(one);
  return message.ok ? [...message.value.answer, ...message.value.authority].map((rr) => rr.rdata) : [];
});

export const OPEN = serverHeader(NS.client, 'shire.example');
export const META = `<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'><Link rel='urn:xmpp:alt-connections:websocket' href='wss://a.example/ws'/></XRD>`;
export const META_JSON = JSON.stringify({
  xmpp: { ttl: 3600 },
  links: [{ rel: 'urn:xmpp:alt-connections:xbosh', href: 'https://a.example/b' }],
});
export const POSH = poshDocument(leaf);
export const POSH_REFERENCE = JSON.stringify({ url: 'https://posh.example/x.json', expires: 3600 });
export const JWK = JSON.stringify({ keys: [{ kty: 'EC', x5c: [Buffer.from(leaf.der).toString('base64')] }] });
export const SPKI = Buffer.from(leaf.certificate.spki).toString('base64');
