/**
 * xmpp-gallery.ts: hostile and broken XMPP servers by name, as options of the demo's server.
 *
 * In:   nothing
 * Out:  GALLERY: name -> what that server does differently from a polite one
 * Not:  what must come out of visiting them (test/hostile)
 */
import { NS } from '../wire/xmpp-xml.ts';
import { alertRecord, helloWithCertificates } from './tls-records.ts';
import { serverHeader, streamErrorXml } from './xmpp-peer.ts';
import type { Act, XmppServerOptions } from './xmpp-server.ts';

type Behaviour = Omit<Partial<XmppServerOptions>, 'credentials'>;

const header = (text: string): Behaviour => ({ behave: { header: (peer) => peer.say(text) } });
/** The same under TLS. */
const securedHeader = (text: string): Behaviour => ({
  behave: { 'secured-header': (peer) => peer.say(text) },
});
/** In place of the answer to <starttls/>. */
const starttls = (act: Act): Behaviour => ({ behave: { starttls: act } });
/** <proceed/> and then something in place of the handshake, in one segment or after the client has begun. */
const afterProceed = (act: Act): Behaviour => ({
  behave: { handshake: act },
});
/** Answers the ClientHello with these bytes. */
const instead = (bytes: string | Uint8Array): Behaviour =>
  afterProceed((peer) => {
    peer
      .detach()
      .once('data', () => peer.say(bytes))
      .resume();
  });

const OPEN = serverHeader(NS.client, 'shire.example');
const PROCEED = `<proceed xmlns='${NS.tls}'/>`;
const BOMB =
  `<!DOCTYPE lolz [<!ENTITY a "lol">` +
  Array.from({ length: 9 }, (_, i) => `<!ENTITY ${letter(i + 1)} "${`&${letter(i)};`.repeat(10)}">`).join(
    '',
  ) +
  `]>${OPEN}<stream:features>&j;</stream:features>`;

function letter(i: number): string {
  return String.fromCharCode(97 + i);
}

/** Before the stream's header. */
export const BEFORE_HEADER = {
  'closes at once': { behave: { connect: (peer) => peer.close() } },
  'resets at once': { behave: { connect: (peer) => peer.reset() } },
  'is silent': { behave: { header: () => undefined } },
  'half-closes at once and stays': { behave: { connect: (peer) => peer.halfClose() } },
  'speaks SSH': { behave: { connect: (peer) => peer.say('SSH-2.0-OpenSSH_9.2p1\r\n') } },
  'speaks SMTP': { behave: { connect: (peer) => peer.say('220 mail.example ESMTP <ready>\r\n') } },
  'speaks HTTP': header('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
  'sends random bytes': {
    behave: { connect: (peer) => peer.say(Uint8Array.from({ length: 999 }, (_, i) => (i * 73 + 129) & 255)) },
  },
  'speaks TLS on a STARTTLS port': { mode: 'direct-tls' },
  'sends white space without end': { behave: { connect: (peer) => peer.endless(' '.repeat(1_000)) } },
} as const satisfies Record<string, Behaviour>;

/** In the header and the features. */
export const IN_OPENING = {
  'is silent after its header': header(OPEN),
  'closes after its header': {
    behave: {
      header: (peer) => {
        peer.say(OPEN);
        peer.close();
      },
    },
  },
  'half-closes after its header': {
    behave: {
      header: (peer) => {
        peer.say(OPEN);
        peer.halfClose();
      },
    },
  },
  'is silent in the middle of its features': header(`${OPEN}<stream:features><starttls xmlns='${NS.tls}'>`),
  'sends garbage in its header': header("<?xml version='1.0'?><stream:stream from='a' <<<>>>"),
  'sends garbage after its header': header(`${OPEN}\u0001\u0002garbage<`),
  'sends features without end': {
    behave: {
      header: (peer) => {
        peer.say(`${OPEN}<stream:features>`);
        peer.endless("<a xmlns='urn:x'/>".repeat(50));
      },
    },
  },
  'sends one byte at a time': {
    behave: { header: (peer, _polite, words) => peer.drip(words.header(peer) + words.features(peer), 20) },
  },
  'sends an attribute of 1 MB': header(`${OPEN}<stream:features a='${'x'.repeat(1_000_000)}'/>`),
  'sends 100,000 nested elements': header(`${OPEN}<stream:features>${'<a>'.repeat(100_000)}`),
  'sends 10,000 attributes': header(
    `${OPEN}<stream:features ${Array.from({ length: 10_000 }, (_, i) => `a${i}=''`).join(' ')}/>`,
  ),
  'sends an XML bomb': header(BOMB),
  'sends a comment': header(`${OPEN}<!-- hello --><stream:features/>`),
  'sends a stream error': header(OPEN + streamErrorXml('host-unknown', 'No such shire')),
  'sends us to another host': header(OPEN + streamErrorXml('see-other-host', null, 'mordor.example:5222')),
  'speaks the other service': { service: 'xmpp-server' },
  'is older than XMPP 1.0': header(serverHeader(NS.client, 'shire.example', { version: null })),
  'has no STARTTLS': { starttls: 'absent' },
} as const satisfies Record<string, Behaviour>;

/** From <starttls/> to the end of the handshake. */
export const AT_STARTTLS = {
  'answers before it is asked': header(
    `${OPEN}<stream:features><starttls xmlns='${NS.tls}'/></stream:features>${PROCEED}`,
  ),
  'refuses STARTTLS': starttls((peer) => peer.say(`<failure xmlns='${NS.tls}'/></stream:stream>`)),
  'is silent after <starttls/>': starttls(() => undefined),
  'closes after <starttls/>': starttls((peer) => peer.close()),
  'sends a stream error after <starttls/>': starttls((peer) => peer.say(streamErrorXml('policy-violation'))),
  'injects a stanza after <proceed/>': starttls((peer) => peer.say(`${PROCEED}<message from='sauron'/>`)),
  'injects one space after <proceed/>': starttls((peer) => peer.say(`${PROCEED} `)),
  'injects TLS bytes after <proceed/>': starttls((peer) =>
    peer.say(Buffer.concat([Buffer.from(PROCEED), alertRecord(0)])),
  ),
} as const satisfies Record<string, Behaviour>;

/** In place of the handshake. */
export const AT_HANDSHAKE = {
  'is silent in place of the handshake': afterProceed((peer) => {
    peer.detach().resume();
  }),
  'closes in place of the handshake': afterProceed((peer) => peer.close()),
  'resets in place of the handshake': afterProceed((peer) => peer.reset()),
  'sends garbage in place of the handshake': instead('this is not TLS at all, sorry\n'.repeat(20)),
  'goes on in plain text': instead(OPEN),
  'sends an alert': instead(alertRecord(40)),
  'wants other TLS versions': instead(alertRecord(70)),
  'sends half a ServerHello and is silent': instead(helloWithCertificates([]).subarray(0, 20)),
  'sends no certificate': instead(helloWithCertificates([])),
  'sends a certificate that is not DER': instead(helloWithCertificates([Buffer.from('not a certificate')])),
  'sends a certificate with an indefinite length': instead(
    helloWithCertificates([Buffer.from('3080308030800000000000', 'hex')]),
  ),
  'sends a certificate of 120 KB': instead(helloWithCertificates([Buffer.alloc(120_000, 0x30)])),
  'speaks TLS 1.0 only': { tls: old('TLSv1') },
  'speaks TLS 1.1 only': { tls: old('TLSv1.1') },
  'shares no cipher with us': { tls: { maxVersion: 'TLSv1.2', ciphers: 'PSK-AES128-GCM-SHA256' } },
  'demands our certificate in TLS 1.2': {
    tls: { maxVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: true },
  },
} as const satisfies Record<string, Behaviour>;

/** Under TLS. */
export const UNDER_TLS = {
  'demands our certificate in TLS 1.3': { tls: { requestCert: true, rejectUnauthorized: true } },
  'is silent under TLS': { behave: { 'secured-header': () => undefined } },
  'closes after the handshake': { behave: { secured: (peer) => peer.close() } },
  'resets after the handshake': { behave: { secured: (peer) => peer.reset() } },
  'sends garbage under TLS': securedHeader('garbage & more <<'),
  'sends a stream error under TLS': securedHeader(OPEN + streamErrorXml('host-unknown')),
  'sends features without end under TLS': {
    behave: {
      'secured-header': (peer) => {
        peer.say(`${OPEN}<stream:features>`);
        peer.endless("<a xmlns='urn:x'/>".repeat(50));
      },
    },
  },
  'goes on in plain text under TLS': {
    behave: { 'secured-header': (peer) => peer.plain(`${OPEN}<stream:features/>`) },
  },
  'begins the handshake anew': {
    tls: { maxVersion: 'TLSv1.2' },
    behave: { 'secured-header': (peer, polite) => peer.renegotiate(polite) },
  },
} as const satisfies Record<string, Behaviour>;

/** OpenSSL gives TLS 1.0 and 1.1 at security level 0 only. */
function old(version: 'TLSv1' | 'TLSv1.1'): NonNullable<Behaviour['tls']> {
  return { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' };
}
