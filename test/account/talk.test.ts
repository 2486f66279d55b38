/**
 * talk.test.ts: signing in to good servers, with every mechanism and binding, in both profiles.
 *
 * In:   servers of the demo realm
 * Out:  the way through attempt.ts, sasl.ts and stream.ts
 * Not:  bad servers (hostile.test.ts)
 */
import { describe, expect, it } from 'vitest';
import { BINDINGS, instead, PASSWORD, signInTo } from './signing.ts';

const PLUS = { 'SCRAM-SHA-1': 'sha1', 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' };

describe('signing in', () => {
  for (const profile of ['sasl', 'sasl2'] as const) {
    for (const name of Object.keys(PLUS)) {
      it(`by ${name} over ${profile}, with the server's proof`, async () => {
        const { outcome, told, heard } = await signInTo({
          accounts: { mechanisms: [name, 'PLAIN'], sasl2: profile === 'sasl2' },
        });
        expect(outcome).toMatchObject({
          ok: true,
          value: { mechanism: name, binding: null, jid: 'bilbo@shire.example/bag-end' },
        });
        expect(told.map((one) => one.id)).toEqual([
          'stream',
          'mechanism',
          'offer-not-confirmed',
          'credentials',
          'proof',
          'bound',
          'answered',
          'ended',
        ]);
        expect(heard.includes('urn:xmpp:sasl:2')).toBe(profile === 'sasl2');
        expect(heard.trimEnd().endsWith('</stream:stream>')).toBe(true);
      });
      for (const binding of BINDINGS) {
        it(`by ${name}-PLUS with ${binding} over ${profile}`, async () => {
          const { outcome } = await signInTo({
            accounts: {
              mechanisms: [`${name}-PLUS`, name],
              channelBindings: [binding],
              confirmsOffer: true,
              sasl2: profile === 'sasl2',
            },
          });
          expect(outcome).toMatchObject({ ok: true, value: { mechanism: `${name}-PLUS`, binding } });
        });
      }
    }
  }

  it('by tls-unique under TLS 1.2, where the server names no kinds', async () => {
    const { outcome } = await signInTo({
      accounts: { mechanisms: ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1'] },
      server: { tls: { maxVersion: 'TLSv1.2' } },
      ...noKinds(['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1']),
    });
    expect(outcome).toMatchObject({
      ok: true,
      value: { mechanism: 'SCRAM-SHA-1-PLUS', binding: 'tls-unique' },
    });
  });

  it('confirms the offer where the server can (XEP-0474)', async () => {
    const { told } = await signInTo({ accounts: { confirmsOffer: true } });
    expect(told.map((one) => one.id)).toContain('offer-confirmed');
  });

  it('to an account that the server spells as stringprep does', async () => {
    for (const [local, spelled] of [
      ['Stra\u00dfe', 'strasse'],
      ['odysse\u03c5\u03c2', 'odysse\u03c5\u03c3'],
      ['\uff42ilbo', 'bilbo'],
    ] as const) {
      const wish = instead('bound', (honest) => honest.replace(/>[^<@]*@/, `>${spelled}@`));
      const known = local.normalize('NFKC').toLowerCase();
      const accounts = { ...wish.accounts, accounts: { [`${known}@shire.example`]: PASSWORD } };
      const { code } = await signInTo({ accounts, attempt: { local } });
      expect([local, code]).toEqual([local, 'signed-in']);
    }
  });

  it('by PLAIN only where it is allowed', async () => {
    const refused = await signInTo({ accounts: { mechanisms: ['PLAIN'] } });
    expect(refused.code).toBe('plain-needs-consent');
    expect(refused.heard).not.toContain('<auth');
    const allowed = await signInTo({ accounts: { mechanisms: ['PLAIN'] }, attempt: { allowPlain: true } });
    expect(allowed.outcome).toMatchObject({ ok: true, value: { mechanism: 'PLAIN', binding: null } });
    expect(allowed.told.map((one) => one.id)).toContain('no-proof');
  });

  it('takes an error for an answer to the ping', async () => {
    const { outcome, told } = await signInTo(
      instead('pong', "<iq type='error' id='ping'><error type='cancel'/></iq>"),
    );
    expect(outcome.ok).toBe(true);
    expect(told.map((one) => one.id)).toContain('answered-error');
  });

  it('leaves alone what else the server says', async () => {
    const noise = "<message from='x@y'><body>hi</body></message><iq type='get' id='ping'/>";
    const { code } = await signInTo(instead('bound', (honest) => noise + honest));
    expect(code).toBe('signed-in');
  });

  it('never sends the password in SCRAM', async () => {
    const { heard } = await signInTo();
    expect(heard).not.toContain(PASSWORD);
    expect(heard).not.toContain(Buffer.from(PASSWORD).toString('base64').slice(0, 20));
  });
});

describe('what a server answers to wrong credentials', () => {
  it.each([
    ['a wrong password', { attempt: { password: 'wrong' } }, 'not-authorized'],
    ['an unknown account', { attempt: { local: 'sauron' } }, 'not-authorized'],
    ['an empty password', { attempt: { password: '' } }, 'bad-password'],
    ['a password that cannot be', { attempt: { password: 'a\u0007' } }, 'bad-password'],
    ['a disabled account', failure('<account-disabled/>'), 'account-disabled'],
    ['an expired password', failure('<credentials-expired/>'), 'credentials-expired'],
    ['a mechanism too weak', failure('<mechanism-too-weak/>'), 'mechanism-too-weak'],
    ['trouble for now', failure('<temporary-auth-failure/>'), 'temporary-failure'],
    ['a rule of the house', failure('<not-authorized/><text>Blocked by policy</text>'), 'policy'],
    ['another reason', failure('<invalid-authzid/>'), 'sasl-failure'],
    ['no reason', failure(''), 'sasl-failure'],
    [
      'another connection than ours',
      failure('<not-authorized/><text>bad channel binding</text>'),
      'channel-binding-mismatch',
    ],
  ] as const)('%s is told apart', async (_, wish, code) => {
    const ended = await signInTo(
      'attempt' in wish ? { attempt: { ...wish.attempt } } : { ...wish, attempt: { password: 'wrong' } },
    );
    expect(ended.code).toBe(code);
  });

  it('an offer that was removed on the way comes back as such', async () => {
    // The server has PLUS; we are told that it has not.
    const ended = await signInTo(
      instead('features', (honest) => honest.replace(/<mechanism>[^<]*-PLUS<\/mechanism>/g, '')),
    );
    expect(ended.code).toBe('binding-stripped');
  });

  describe('a kind of binding that the server does not know', () => {
    const refusal =
      "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/><text>Invalid channel binding</text></failure>";
    /** Refuses the first message where it asks for a binding, and then is itself again. */
    const refusing = (mechanisms: readonly string[], named: boolean): Parameters<typeof signInTo>[0] => {
      const { accounts } = noKinds(mechanisms);
      const words = accounts?.twist?.instead;
      return {
        accounts: {
          mechanisms,
          twist: {
            serverFirst: (honest, clientFirst) =>
              clientFirst.startsWith('p=') ? `refuse ${honest}` : honest,
            instead: (at, peer, honest) => {
              const first =
                at === 'server-first'
                  ? Buffer.from(/>([^<]*)</.exec(honest)?.[1] ?? '', 'base64').toString()
                  : '';
              if (first.startsWith('refuse')) return refusal;
              return named ? honest : (words?.(at, peer, honest) ?? honest);
            },
          },
        },
      };
    };
    it('that it had not named: SCRAM goes on without, on the same stream', async () => {
      const { outcome, told } = await signInTo(refusing(['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'], false));
      expect(outcome).toMatchObject({ ok: true, value: { mechanism: 'SCRAM-SHA-256', binding: null } });
      expect(told.map((one) => one.id)).toContain('binding-refused');
    });
    it('that it had named: there is no second try', async () => {
      const { code, heard } = await signInTo(refusing(['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'], true));
      expect(code).toBe('binding-unsupported');
      expect(heard.split('<auth ')).toHaveLength(2);
    });
    it('is never a reason for PLAIN', async () => {
      const wish = refusing(['SCRAM-SHA-256-PLUS', 'PLAIN'], false);
      const { code, heard } = await signInTo({ ...wish, attempt: { allowPlain: true } });
      expect(code).toBe('binding-unsupported');
      expect(heard.split('<auth ')).toHaveLength(2);
    });
  });

  it('errors inside SCRAM have their sentences', async () => {
    const ended = async (error: string): Promise<string> =>
      (await signInTo({ accounts: { twist: { serverFinal: () => `e=${error}` } } })).code;
    expect(await ended('channel-bindings-dont-match')).toBe('channel-binding-mismatch');
    expect(await ended('unknown-user')).toBe('no-such-user');
    expect(await ended('invalid-proof')).toBe('not-authorized');
    expect(await ended('unsupported-channel-binding-type')).toBe('binding-unsupported');
    expect(await ended('other-error')).toBe('scram-error');
  });
});

function failure(inside: string): ReturnType<typeof instead> {
  const conditions = inside.replace(/<([a-z-]+)\/>/, "<$1 xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  return instead('failure', `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${conditions}</failure>`);
}

/** The features without XEP-0440. */
function noKinds(mechanisms: readonly string[]): ReturnType<typeof instead> {
  const { accounts } = instead('features', (honest) =>
    honest.replace(/<sasl-channel-binding.*<\/sasl-channel-binding>/, ''),
  );
  return { accounts: { ...accounts, mechanisms } };
}
