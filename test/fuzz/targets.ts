/**
 * targets.ts: every decoder of what comes from outside, and what must hold of it.
 *
 * In:   bytes
 * Out:  TARGETS: name -> seeds, and a run that throws when a decoder breaks its promise
 * Not:  choosing the bytes (loop.ts)
 */
import { makeStaple } from '../../electron/demo/ocsp.ts';
import { streamErrorXml } from '../../electron/demo/xmpp-peer.ts';
import { nameOf } from '../../electron/demo/zone.ts';
import { judgeAgain } from '../../electron/judge-again.ts';
import { parseResolver } from '../../electron/net/resolver-url.ts';
import { parseRequest } from '../../electron/options.ts';
import { parsePins } from '../../electron/pin-import.ts';
import { judgePosh } from '../../electron/trust/posh.ts';
import { parseAddress, parseSource, sourceText } from '../../electron/wire/address.ts';
import {
  decodeAlternativeNames,
  decodeConstraints,
  keyIdentifiers,
} from '../../electron/wire/certificate-extension.ts';
import { decodeKey } from '../../electron/wire/certificate-key.ts';
import { decodeSubject } from '../../electron/wire/certificate-subject.ts';
import { decodeCertificate } from '../../electron/wire/certificate.ts';
import { decodeMessage } from '../../electron/wire/dns-message.ts';
import { parseName } from '../../electron/wire/dns-name.ts';
import {
  decodeCaa,
  decodeSoa,
  decodeSrv,
  decodeTlsa,
  decodeTxt,
  recordText,
} from '../../electron/wire/dns-records.ts';
import {
  decodeDnskey,
  decodeDs,
  decodeNsec,
  decodeNsec3,
  decodeRrsig,
} from '../../electron/wire/dns-signed.ts';
import { CLASS_IN, TYPE } from '../../electron/wire/dns-type.ts';
import { encodeMessage } from '../../electron/wire/dns-write.ts';
import { decodeHostMetaJson, decodeHostMetaXml } from '../../electron/wire/host-meta.ts';
import { toAscii, toUnicode } from '../../electron/wire/idna.ts';
import { decodeJson } from '../../electron/wire/json.ts';
import { decodeOcsp } from '../../electron/wire/ocsp.ts';
import { decodePem, encodePem } from '../../electron/wire/pem.ts';
import { decodePoshDocument } from '../../electron/wire/posh-document.ts';
import { openingReader, readOpening, type Opening } from '../../electron/wire/xmpp-stream.ts';
import { NS } from '../../electron/wire/xmpp-xml.ts';
import { parseZoneLines } from '../../electron/wire/zone-line.ts';
import { visible } from '../../shared/visible.ts';
import { savedReport } from './saved.ts';
import {
  NOW,
  ca,
  leaf,
  constrained,
  world,
  answers,
  seenRecords,
  OPEN,
  META,
  META_JSON,
  POSH,
  POSH_REFERENCE,
  JWK,
  SPKI,
} from './seeds.ts';

export type Target = {
  readonly seeds: readonly Uint8Array[];
  /** Words worth putting into an input, as libFuzzer's dictionary. */
  readonly words: readonly string[];
  /** Throws where a promise is broken. */
  readonly run: (bytes: Uint8Array) => void;
};

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const bytesOf = (...texts: readonly string[]): readonly Uint8Array[] => texts.map((one) => Buffer.from(one));

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** What is written again from what was read must be read as the same. */
function rereads(bytes: Uint8Array): void {
  const first = decodeMessage(bytes);
  if (!first.ok) return;
  for (const rr of [...first.value.answer, ...first.value.authority]) recordText(rr);
  const written = encodeMessage(first.value);
  const again = decodeMessage(written);
  // Uncompressed it may be longer than a message can be.
  if (written.length > 65_535) return;
  must(again.ok, `what was written does not decode: ${again.ok ? '' : again.problem.detail}`);
  const plain = (m: unknown): string => JSON.stringify(m);
  if (again.ok) must(plain(again.value) === plain(first.value), 'what was written decodes to something else');
}

const RECORDS = [
  decodeSrv,
  decodeSoa,
  decodeTxt,
  decodeCaa,
  decodeTlsa,
  decodeDs,
  decodeDnskey,
  decodeRrsig,
  decodeNsec,
  decodeNsec3,
] as const;
const JSON_WORDS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\u0000',
  '\\ud800',
  '1e999',
  '-0',
  'null',
  '"__proto__"',
];
const XML_WORDS = [
  '<',
  '/>',
  '</',
  "xmlns='",
  '<!DOCTYPE',
  '<!ENTITY',
  '&lt;',
  '&#x0;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '<?xml',
];
const NAME_WORDS = [
  '@',
  '/',
  '.',
  '..',
  'xn--',
  '[',
  ']',
  '::',
  '%',
  '\u3002',
  '\u00df',
  '\u200d',
  '\ud83d\ude00',
];
export const TARGETS: Readonly<Record<string, Target>> = {
  'dns-message': { seeds: answers, words: ['\xc0\x0c', '\xc0\x00', '\x00\x29'], run: rereads },
  'dns-records': {
    seeds: seenRecords,
    words: [],
    run: (bytes) => {
      for (const decode of RECORDS) decode(bytes);
      for (const type of Object.values(TYPE))
        visible(recordText({ name: nameOf('a.example'), type, class: CLASS_IN, ttl: 1, rdata: bytes }));
    },
  },
  'zone-lines': {
    seeds: bytesOf(
      world.anchors,
      world.masterFile('shire.example'),
      '. 3600 IN DNSKEY 257 3 13 AAAA ; key\n',
    ),
    words: [' IN ', ' DS ', ' DNSKEY ', '(', ')', ';', '\\#', '"', '$ORIGIN', '$TTL'],
    run: (bytes) => void parseZoneLines(text(bytes)),
  },
  certificate: {
    seeds: [leaf.der, ca.der, constrained.der],
    words: ['\x30\x80', '\x30\x84', '\x02\x01', '\x05\x00', '\xa3', '\x06\x03\x55\x1d'],
    run: (bytes) => {
      const decoded = decodeCertificate(bytes);
      decodeKey(bytes);
      decodeSubject(bytes);
      if (!decoded.ok) return;
      decodeConstraints(decoded.value);
      decodeAlternativeNames(decoded.value);
      keyIdentifiers(decoded.value);
      judgePosh({
        ...{ source: { kind: 'domain', ascii: nameOf('shire.example'), unicode: 'shire.example' } },
        ...{
          service: 'xmpp-client',
          hops: [],
          addressStates: new Map(),
          leaf: decoded.value,
          stores: [],
          now: NOW,
        },
        ...{ fetchedAt: NOW, proven: true },
      });
    },
  },
  ocsp: {
    seeds: (['good', 'revoked', 'unknown'] as const).map((status) =>
      makeStaple({ now: NOW, status, leaf, issuer: ca }),
    ),
    words: ['\x30\x80', '\x0a\x01', '\xa0', '\x18\x0f'],
    run: (bytes) => void decodeOcsp(bytes),
  },
  pem: {
    seeds: bytesOf(leaf.chainPem, ca.pem),
    words: ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '\r\n', '='],
    run: (bytes) => {
      const decoded = decodePem(text(bytes));
      if (!decoded.ok) return;
      for (const der of decoded.value) {
        const again = decodePem(encodePem(der));
        must(
          again.ok && Buffer.compare(again.value[0] ?? new Uint8Array(), der) === 0,
          'PEM changed the bytes',
        );
      }
    },
  },
  'xmpp-opening': {
    seeds: bytesOf(
      `${OPEN}<stream:features><starttls xmlns='${NS.tls}'><required/></starttls></stream:features><proceed xmlns='${NS.tls}'/>`,
      `${OPEN}<stream:features><mechanisms xmlns='${NS.sasl}'><mechanism>PLAIN</mechanism></mechanisms></stream:features>`,
      OPEN + streamErrorXml('see-other-host', 'gone', 'mordor.example'),
    ),
    words: XML_WORDS,
    run: (bytes) => {
      // However it was cut into pieces on the way, it says the same; the words of the fault aside.
      const plain = (one: Opening): string => JSON.stringify({ ...one, malformed: one.malformed !== null });
      must(plain(readOpening(bytes, NS.client)) === plain(inPieces(bytes)), 'in pieces it reads differently');
    },
  },
  'posh-document': {
    seeds: bytesOf(POSH, POSH_REFERENCE, JWK),
    words: [...JSON_WORDS, '"fingerprints"', '"expires"', '"url"', '"sha-256"', '"x5c"'],
    run: (bytes) => void decodePoshDocument(bytes),
  },
  'host-meta-xml': { seeds: bytesOf(META), words: XML_WORDS, run: (bytes) => void decodeHostMetaXml(bytes) },
  'host-meta-json': {
    seeds: bytesOf(META_JSON),
    words: [...JSON_WORDS, '"links"', '"xmpp"', '"rel"', '"href"', '"ips"'],
    run: (bytes) => void decodeHostMetaJson(bytes),
  },
  json: {
    seeds: bytesOf(META_JSON, POSH, '[1,2.5e-3,-0,true,null,"\\u00e9"]'),
    words: JSON_WORDS,
    run: (bytes) => {
      const ours = decodeJson(bytes);
      if (!ours.ok) return;
      // We take nothing that the runtime's own parser refuses.
      JSON.parse(text(bytes));
    },
  },
  address: {
    seeds: bytesOf(
      'frodo@shire.example/ring',
      'xmpp:shire.example',
      'bücher.example',
      '127.0.0.1',
      '[::1]',
      '例え.テスト',
    ),
    words: NAME_WORDS,
    run: (bytes) => {
      const typed = text(bytes);
      parseRequest({ input: typed });
      const address = parseAddress(typed);
      parseName(typed);
      toUnicode(typed);
      const ascii = toAscii(typed);
      if (ascii !== null) must(toAscii(ascii) === ascii, `A-labels of A-labels: ${ascii}`);
      if (!address.ok) return;
      // What goes to the wire is read as itself.
      const wire = sourceText(address.value.source);
      const again = parseSource(wire);
      must(again.ok && sourceText(again.value) === wire, `${wire} is not read as itself`);
    },
  },
  'resolver-url': {
    seeds: bytesOf(
      'system',
      'udp://127.0.0.1',
      'tls://dns.quad9.net?ip=9.9.9.9',
      'https://dns.example/dns-query{?dns}',
      'tcp://[::1]:53',
    ),
    words: [...NAME_WORDS, '://', '?', '#', 'udp', 'tls', 'https', '&', 'pin='],
    run: (bytes) => {
      const one = parseResolver(text(bytes));
      if (!one.ok) return;
      const again = parseResolver(one.value.text);
      must(again.ok && again.value.text === one.value.text, `${one.value.text} is not read as itself`);
    },
  },
  'saved-report': {
    seeds: bytesOf(savedReport),
    words: [...JSON_WORDS, '"observations"', '"request"', '"ok":true', '"kind":"dns"', '"reply":"'],
    run: (bytes) => {
      let value: unknown;
      try {
        value = JSON.parse(text(bytes));
      } catch {
        return;
      }
      judgeAgain(value, {});
    },
  },
  'pins-import': {
    seeds: bytesOf(
      JSON.stringify({ schema: 'mellon.pins', version: 1, pins: [], watches: [] }),
      `|g0|shire.example|xmpp-client|0|${SPKI}\n`,
      `|c0|shire.example|5222|1893456000|11|${'ab'.repeat(32)}\n`,
    ),
    words: [...JSON_WORDS, '|g0|', '|c0|', '|', '\n', '"pins"', '"schema"', '*'],
    run: (bytes) => void parsePins(text(bytes), NOW, 'shire.example'),
  },
};

function inPieces(bytes: Uint8Array): Opening {
  const reader = openingReader(NS.client);
  for (let at = 0; at < bytes.length; at += 7) reader.push(bytes.subarray(at, at + 7));
  return reader.opening();
}
