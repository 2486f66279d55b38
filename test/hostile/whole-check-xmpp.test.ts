/**
 * whole-check-xmpp.test.ts: every hostile XMPP server beside a good one, in a whole check: its outcome, time and memory,
 * and the good one's verdict without delay.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AT_HANDSHAKE,
  AT_STARTTLS,
  BEFORE_HEADER,
  IN_OPENING,
  UNDER_TLS,
} from '../../electron/demo/xmpp-gallery.ts';
import { serverHeader } from '../../electron/demo/xmpp-peer.ts';
import type { XmppServerOptions } from '../../electron/demo/xmpp-server.ts';
import { NS } from '../../electron/wire/xmpp-xml.ts';
import {
  besideGood,
  expectGoodFirst,
  openGround,
  outcomeAt,
  outcomeOf,
  story,
  type Ground,
} from './whole.ts';

type Behaviour = Omit<Partial<XmppServerOptions>, 'credentials'>;
const OPEN = serverHeader(NS.client, 'shire.example');
const header = (text: string): Behaviour => ({ behave: { header: (peer) => peer.say(text) } });

/** Those of the issue that the gallery does not have as they stand there. */
const MORE = {
  'sends one byte a second': {
    behave: { header: (peer, _polite, words) => peer.drip(words.header(peer) + words.features(peer), 1_000) },
  },
  'sends a huge stanza before its features': header(`${OPEN}<message>${'x'.repeat(5_000_000)}</message>`),
  'sends an external entity': header(
    `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${OPEN}<stream:features>&x;</stream:features>`,
  ),
  'declares an external DTD': header(`<!DOCTYPE a SYSTEM "http://127.0.0.1/evil.dtd">${OPEN}`),
  'says that it is another domain': header(
    `${serverHeader(NS.client, 'mordor.example')}<stream:features><starttls xmlns='${NS.tls}'/></stream:features>`,
  ),
  'half-closes under TLS and stays': {
    behave: { 'secured-header': (peer) => peer.halfClose() },
  },
  'sends an XML bomb under TLS': {
    behave: {
      'secured-header': (peer) =>
        peer.say(`<!DOCTYPE l [<!ENTITY a "${'lol'.repeat(1_000)}">]>${OPEN}&a;&a;`),
    },
  },
  'sends an attribute of 1 MB under TLS': {
    behave: {
      'secured-header': (peer) => peer.say(`${OPEN}<stream:features a='${'x'.repeat(1_000_000)}'/>`),
    },
  },
  'sends one byte a second under TLS': {
    behave: { 'secured-header': (peer, _polite, words) => peer.drip(words.header(peer), 1_000) },
  },
} as const satisfies Record<string, Behaviour>;

type Expected = {
  /** The hostile endpoint's outcome, or the pattern of those that the moment decides between. */
  readonly bad: string | RegExp;
  /** The domain's; default: that of the good endpoint alone. */
  readonly domain?: string | RegExp;
  /** Whether it keeps us waiting until the budget ends. */
  readonly hangs?: true;
};
const NO_XMPP: Expected = { bad: 'unreachable no-xmpp' };
const NO_TLS: Expected = { bad: 'refuse no-tls', domain: 'refuse' };
const TLS_FAILED: Expected = { bad: 'refuse tls-failed', domain: 'refuse' };
/** Row 2 for the version, with the handshake over. */
const OLD_TLS: Expected = { bad: 'refuse tls', domain: 'refuse' };
const TIMEOUT: Expected = { bad: 'unreachable timeout', hangs: true };
/** What comes after a good certificate changes no verdict. */
const FINE: Expected = { bad: 'auto-accept pkix tls' };
const HANGS_FINE: Expected = { ...FINE, hangs: true };

const EXPECTED: Readonly<Record<string, Expected>> = {
  'closes at once': NO_XMPP,
  'resets at once': { bad: /^unreachable (no-xmpp|unreachable)$/ },
  'is silent': TIMEOUT,
  'half-closes at once and stays': NO_XMPP,
  'speaks SSH': NO_XMPP,
  'speaks SMTP': NO_XMPP,
  'speaks HTTP': NO_XMPP,
  'sends random bytes': NO_XMPP,
  'speaks TLS on a STARTTLS port': NO_XMPP,
  'sends white space without end': NO_XMPP,

  'is silent after its header': TIMEOUT,
  'closes after its header': NO_XMPP,
  'half-closes after its header': NO_XMPP,
  'is silent in the middle of its features': TIMEOUT,
  'sends garbage in its header': NO_XMPP,
  'sends garbage after its header': NO_XMPP,
  'sends features without end': NO_XMPP,
  'sends one byte at a time': TIMEOUT,
  'sends an attribute of 1 MB': NO_XMPP,
  'sends 100,000 nested elements': NO_XMPP,
  'sends 10,000 attributes': NO_XMPP,
  'sends an XML bomb': NO_XMPP,
  'sends a comment': NO_XMPP,
  'sends a stream error': NO_XMPP,
  'sends us to another host': NO_XMPP,
  'speaks the other service': NO_XMPP,
  'is older than XMPP 1.0': NO_XMPP,
  'has no STARTTLS': NO_TLS,

  'answers before it is asked': NO_XMPP,
  'refuses STARTTLS': NO_TLS,
  'is silent after <starttls/>': TIMEOUT,
  'closes after <starttls/>': { bad: 'unreachable unreachable' },
  'sends a stream error after <starttls/>': NO_XMPP,
  'injects a stanza after <proceed/>': TLS_FAILED,
  'injects one space after <proceed/>': TLS_FAILED,
  'injects TLS bytes after <proceed/>': TLS_FAILED,

  'is silent in place of the handshake': { ...TLS_FAILED, hangs: true },
  'closes in place of the handshake': TLS_FAILED,
  // The reset can overtake <proceed/>.
  'resets in place of the handshake': {
    bad: /^(refuse tls-failed|unreachable .*)$/,
    domain: /^(refuse|auto-accept pkix)$/,
  },
  'sends garbage in place of the handshake': TLS_FAILED,
  'goes on in plain text': TLS_FAILED,
  'sends an alert': TLS_FAILED,
  'wants other TLS versions': TLS_FAILED,
  'sends half a ServerHello and is silent': { ...TLS_FAILED, hangs: true },
  'sends no certificate': TLS_FAILED,
  'sends a certificate that is not DER': TLS_FAILED,
  'sends a certificate with an indefinite length': TLS_FAILED,
  'sends a certificate of 120 KB': TLS_FAILED,
  'speaks TLS 1.0 only': OLD_TLS,
  'speaks TLS 1.1 only': OLD_TLS,
  'shares no cipher with us': TLS_FAILED,
  'demands our certificate in TLS 1.2': TLS_FAILED,

  'demands our certificate in TLS 1.3': FINE,
  'is silent under TLS': HANGS_FINE,
  'closes after the handshake': FINE,
  'resets after the handshake': FINE,
  'sends garbage under TLS': FINE,
  'sends a stream error under TLS': FINE,
  'sends features without end under TLS': FINE,
  'goes on in plain text under TLS': FINE,
  'begins the handshake anew': FINE,

  'sends one byte a second': TIMEOUT,
  'sends a huge stanza before its features': NO_XMPP,
  'sends an external entity': NO_XMPP,
  'declares an external DTD': NO_XMPP,
  'says that it is another domain': FINE,
  'half-closes under TLS and stays': FINE,
  'sends an XML bomb under TLS': FINE,
  'sends an attribute of 1 MB under TLS': FINE,
  'sends one byte a second under TLS': HANGS_FINE,
};

const ROOMS: Readonly<Record<string, Readonly<Record<string, Behaviour>>>> = {
  'before the header': BEFORE_HEADER,
  'in the opening': IN_OPENING,
  'at STARTTLS': AT_STARTTLS,
  'at the handshake': AT_HANDSHAKE,
  'under TLS': UNDER_TLS,
  'in other ways': MORE,
};

const all = Object.values(ROOMS).flatMap((room) => Object.entries(room));
const domainOf = (name: string): string => `x${all.findIndex(([one]) => one === name)}.example`;
let ground: Ground;
beforeAll(async () => {
  ground = await openGround(
    all.map(([name, behaviour]) =>
      story(domainOf(name), (kit) => {
        const domain = domainOf(name);
        kit.server(besideGood(kit, domain), 'bad', 5222, {
          certificate: kit.issue({ dns: [domain] }),
          ...behaviour,
        });
      }),
    ),
  );
});
afterAll(() => ground.close());

for (const [room, behaviours] of Object.entries(ROOMS))
  describe(`a whole check with a server that, ${room},`, () => {
    for (const name of Object.keys(behaviours))
      it(name, async () => {
        const domain = domainOf(name);
        const expected = EXPECTED[name];
        if (expected === undefined) throw new Error('every peer of the gallery has an outcome here');
        const whole = await ground.check(domain, { seconds: expected.hangs === true ? 2.5 : 10 });
        expect(outcomeAt(whole.report, `good.${domain}`)).toBe('auto-accept pkix tls');
        matches(outcomeAt(whole.report, `bad.${domain}`), expected.bad);
        matches(outcomeOf(whole.report), expected.domain ?? 'auto-accept pkix');
        expectGoodFirst(whole, domain, expected.hangs === true);
        await expect.poll(() => ground.realm.servers.open(), { timeout: 2_000 }).toBe(0);
      });
  });

function matches(told: string, wanted: string | RegExp): void {
  if (typeof wanted === 'string') expect(told).toBe(wanted);
  else expect(told).toMatch(wanted);
}
