/**
 * hostile.test.ts: servers that break the rules of signing in: each is stopped, named, and told nothing more.
 *
 * In:   servers of the demo realm, twisted in one thing
 * Out:  the bounds of attempt.ts, sasl.ts and stream.ts
 * Not:  SCRAM messages by themselves (scram.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { streamErrorXml } from '../../electron/demo/xmpp-peer.ts';
import { instead, PASSWORD, signInTo, type Ended, type Wish } from './signing.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const challenge = (text: string): string =>
  `<challenge xmlns='${SASL}'>${Buffer.from(text).toString('base64')}</challenge>`;
const first = (twist: (honest: string, clientFirst: string) => string | null): Wish => ({
  accounts: { twist: { serverFirst: twist } },
});
const final = (twist: (honest: string) => string | null): Wish => ({
  accounts: { twist: { serverFinal: twist } },
});

/** How many messages of ours the server heard under TLS, after its features. */
const responses = (ended: Ended): number => ended.heard.split('<response').length - 1;

describe('stopped before anything made from the password is sent:', () => {
  it.each<[string, Wish, string]>([
    ['4,095 rounds', first((h) => h.replace('i=4096', 'i=4095')), 'iterations-too-few'],
    ['one round', first((h) => h.replace('i=4096', 'i=1')), 'iterations-too-few'],
    ['a million rounds and one', first((h) => h.replace('i=4096', 'i=1000001')), 'iterations-too-many'],
    ['rounds beyond counting', first((h) => h.replace('i=4096', 'i=9999999999')), 'iterations-too-many'],
    ['a nonce of its own', first((h) => h.replace(/r=[^,]*/, 'r=anotherone')), 'bad-nonce'],
    [
      'our nonce and nothing more',
      first((h, c) => h.replace(/r=[^,]*/, c.slice(c.indexOf('r=')))),
      'bad-nonce',
    ],
    [
      'a salt of 1,025 bytes',
      first((h) => h.replace(/s=[^,]*/, `s=${Buffer.alloc(1_025, 1).toString('base64')}`)),
      'salt-too-long',
    ],
    ['a mandatory extension', first((h) => `m=x,${h}`), 'mandatory-extension'],
    ['an offer that did not arrive', first((h) => `${h},h=AAAA`), 'downgrade'],
    [
      'a challenge that is not base64',
      instead('server-first', `<challenge xmlns='${SASL}'>???</challenge>`),
      'bad-challenge',
    ],
    ['an empty challenge', instead('server-first', `<challenge xmlns='${SASL}'/>`), 'bad-challenge'],
    ['success before any proof', instead('server-first', `<success xmlns='${SASL}'/>`), 'success-too-early'],
    [
      'success with a made-up proof before ours',
      instead(
        'server-first',
        `<success xmlns='${SASL}'>${Buffer.from('v=AAAA').toString('base64')}</success>`,
      ),
      'success-too-early',
    ],
    ['a stanza instead of a challenge', instead('server-first', '<message/>'), 'unexpected-element'],
    [
      'a second stream header',
      instead('server-first', '<stream:features/><stream:stream/>'),
      'unexpected-element',
    ],
    ['a comment', instead('server-first', `<!-- hi -->${challenge('x')}`), 'malformed'],
    ['a document type', instead('server-first', '<!DOCTYPE x>'), 'malformed'],
    ['elements that do not fit', instead('server-first', '<a></b>'), 'malformed'],
    [
      '64 KB of challenge',
      instead('server-first', `<challenge xmlns='${SASL}'>${'A'.repeat(70_000)}`),
      'too-large',
    ],
    ['64 KB of white space', instead('server-first', ' '.repeat(70_000)), 'too-large'],
    ['an end', instead('server-first', '</stream:stream>'), 'closed'],
    [
      'another host',
      instead('server-first', streamErrorXml('see-other-host', null, 'mordor.example')),
      'see-other-host',
    ],
    ['a stream error', instead('server-first', streamErrorXml('internal-server-error')), 'stream-error'],
    ['a policy', instead('server-first', streamErrorXml('policy-violation', 'no hobbits')), 'policy'],
    ['features of another stream', instead('features', '<stream:error/>'), 'stream-error'],
    ['no features', instead('features', '<message/>'), 'unexpected-element'],
    ['features without mechanisms', instead('features', '<stream:features/>'), 'no-mechanisms'],
  ])('%s', async (_, wish, code) => {
    const ended = await signInTo(wish);
    expect(ended.code).toBe(code);
    expect(responses(ended)).toBe(0);
    expect(ended.told.map((one) => one.id)).not.toContain('credentials');
  });

  it('mechanisms that changed since the verdict, fewer or more', async () => {
    const now = ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'];
    for (const was of [['SCRAM-SHA-512', ...now], ['SCRAM-SHA-256']]) {
      const ended = await signInTo({ attempt: { expected: { sasl: was, sasl2: [] } } });
      expect(ended.code).toBe('mechanisms-changed');
      expect(ended.heard).not.toContain('<auth');
      const two = await signInTo({
        accounts: { sasl2: true },
        attempt: { expected: { sasl: now, sasl2: was } },
      });
      expect(two.code).toBe('mechanisms-changed');
      expect(two.heard).not.toContain('<auth');
    }
    const same = await signInTo({ attempt: { expected: { sasl: now.toReversed(), sasl2: [] } } });
    expect(same.code).toBe('signed-in');
  });
});

describe('stopped where the server must prove itself:', () => {
  it.each<[string, Wish, string]>([
    ['no signature', final(() => ''), 'proof-missing'],
    ['another attribute', final(() => 'x=1'), 'proof-missing'],
    ['a wrong signature', final(() => `v=${Buffer.alloc(32).toString('base64')}`), 'proof-wrong'],
    ['half a signature', final((h) => h.slice(0, 20)), 'proof-wrong'],
    ['success without anything', instead('success', `<success xmlns='${SASL}'/>`), 'proof-missing'],
    ['challenges without end', instead('success', challenge('r=x').repeat(50)), 'proof-missing'],
    ['64 KB instead', instead('success', 'x'.repeat(70_000)), 'too-large'],
  ])('%s', async (_, wish, code) => {
    const ended = await signInTo(wish);
    expect(ended.code).toBe(code);
    expect(responses(ended)).toBe(1);
    expect(ended.heard.split('<stream:stream').length - 1).toBe(2);
  });

  it('a proof that is right, and then one challenge after another', async () => {
    const ended = await signInTo(
      instead('success', (honest) => honest.replaceAll('success', 'challenge').repeat(4)),
    );
    expect(ended.code).toBe('too-many-challenges');
    expect(responses(ended)).toBe(2);
  });

  it('a proof in a challenge of its own is as good, and then success is', async () => {
    const ended = await signInTo(
      instead(
        'success',
        (honest) => `${honest.replaceAll('success', 'challenge')}<success xmlns='${SASL}'/>`,
      ),
    );
    // Success came before we had answered the challenge, but the proof was there: what counts is the proof.
    expect(ended.told.map((one) => one.id)).toContain('proof');
    expect(ended.heard).not.toContain(PASSWORD);
  });

  it('SASL2 without a proof', async () => {
    const ended = await signInTo({
      accounts: { sasl2: true, twist: { serverFinal: () => null } },
    });
    expect(ended.code).toBe('proof-missing');
  });

  it('SASL2 that wants more than a password', async () => {
    const wish = instead('success', "<continue xmlns='urn:xmpp:sasl:2'/>");
    const ended = await signInTo({ accounts: { ...wish.accounts, sasl2: true } });
    expect(ended.code).toBe('second-factor');
  });
});

describe('after signing in:', () => {
  it.each<[string, Wish, string]>([
    ['no binding', instead('session-features', '<stream:features/>'), 'bind-failed'],
    [
      'binding refused',
      instead(
        'bound',
        "<iq type='error' id='bind'><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
      ),
      'bind-failed',
    ],
    ['no address', instead('bound', "<iq type='result' id='bind'/>"), 'bind-failed'],
    ["somebody else's address", instead('bound', (h) => h.replace('bilbo@', 'gollum@')), 'wrong-jid'],
    [
      'an address elsewhere',
      instead('bound', (h) => h.replace('@shire.example', '@mordor.example')),
      'wrong-jid',
    ],
    ['an address without a resource', instead('bound', (h) => h.replace('/bag-end', '')), 'wrong-jid'],
    ['the end', instead('pong', '</stream:stream>'), 'closed'],
    ['noise without end', instead('pong', '<message/>'.repeat(8_000)), 'too-large'],
  ])('%s', async (_, wish, code) => {
    expect((await signInTo(wish)).code).toBe(code);
  });
});

describe('the end of patience:', () => {
  it('a server that says nothing more is timed out, wherever it stops', async () => {
    for (const at of ['features', 'server-first', 'success', 'session-features', 'bound'] as const) {
      const ended = await signInTo({ ...instead(at, () => null), budgetMs: 300 });
      expect([at, ended.code]).toEqual([at, 'timed-out']);
    }
    const ended = await signInTo({ ...instead('pong', () => null), budgetMs: 300 });
    expect(ended.code).toBe('no-answer');
  });

  it('a cancel ends it at once, in the middle of the derivation too', async () => {
    for (const stopAt of [
      'stream',
      'mechanism',
      'offer-not-confirmed',
      'credentials',
      'proof',
      'bound',
    ] as const) {
      const ended = await signInTo({ stopAt });
      expect([stopAt, ended.code]).toEqual([stopAt, 'cancelled']);
    }
  });
});
