/** Links: which are opened outside, and which fill the field in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedLink, LINK_ORIGINS } from '../../electron/links.ts';
import { fieldText, linkIn } from '../../electron/xmpp-link.ts';

describe('an address to open in the browser', () => {
  it('is allowed on the listed https origins only, all of them https', () => {
    for (const origin of LINK_ORIGINS) {
      expect(origin).toMatch(/^https:\/\/[a-z.-]+$/);
      expect(allowedLink(`${origin}/rfc/rfc7671#section-5.1`)).toBe(`${origin}/rfc/rfc7671#section-5.1`);
    }
  });
  it.each([
    'http://www.rfc-editor.org/rfc/rfc7671',
    'https://www.rfc-editor.org.evil.example/',
    'https://www.rfc-editor.org@evil.example/',
    'https://user:word@www.rfc-editor.org/',
    'https://www.rfc-editor.org:8443/',
    'https://evil.example/www.rfc-editor.org',
    'https://crl.evil.example/leaf.crl',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://evil.example/share',
    'ms-msdt:/id',
    'xmpp:bilbo@shire.example',
    '//www.rfc-editor.org/',
    `https://xmpp.org/${'a'.repeat(2048)}`,
    '',
    null,
    undefined,
    7,
    {},
    ['https://xmpp.org/'],
  ])('is refused: %s', (text) => {
    expect(allowedLink(text)).toBeUndefined();
  });
  it('never leaves the list, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.tuple(fc.constantFrom(...LINK_ORIGINS), fc.string()).map((p) => p.join('')),
        ),
        (text) => {
          const link = allowedLink(text);
          if (link !== undefined) expect(LINK_ORIGINS).toContain(new URL(link).origin);
        },
      ),
    );
  });
});

describe('an xmpp: link', () => {
  it.each([
    ['xmpp:bilbo@shire.example', 'bilbo@shire.example'],
    ['XMPP:shire.example', 'shire.example'],
    ['xmpp:bilbo@shire.example/a%40b%2Fc', 'bilbo@shire.example/a@b/c'],
    ['xmpp:bilbo@shire.example?message;body=hello', 'bilbo@shire.example'],
    ['xmpp:bilbo@shire.example/home#x', 'bilbo@shire.example/home'],
    ['xmpp://guest@rivendell.example/bilbo@shire.example', 'bilbo@shire.example'],
    ['xmpp:b%C3%ADlbo@shire.example', 'bílbo@shire.example'],
  ])('%s fills in %s', (link, text) => {
    expect(fieldText(link)).toBe(text);
  });
  it.each([
    'xmpp:',
    'xmpp:?join',
    'xmpp://guest@rivendell.example',
    'xmpp:%',
    'xmpp:a%00b',
    'xmpp:a%0Ab',
    'xmpp:a%E2%80%AEb',
    'xmpp:shire.example%2F@mordor.example',
    'http://shire.example',
    'mellon:bilbo',
    `xmpp:${'a'.repeat(3072)}`,
    `xmpp:${'a'.repeat(100_000)}`,
  ])('%s fills in nothing', (link) => {
    expect(fieldText(link)).toBeUndefined();
  });
  it('is found among the arguments of a second start, which can say nothing else', () => {
    expect(
      linkIn([
        '/opt/Mellon/mellon-window',
        '--inspect',
        '/etc/passwd',
        'xmpp:a@b.example',
        'xmpp:c@d.example',
      ]),
    ).toBe('xmpp:a@b.example');
    expect(linkIn(['/opt/Mellon/mellon-window', 'shire.example'])).toBeUndefined();
  });
  it('never shows a character that cannot be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = fieldText(`xmpp:${text}`);
        if (shown !== undefined) expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });
});
