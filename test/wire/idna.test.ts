/**
 * idna.test.ts: names typed and presented become A-labels, or nothing.
 *
 * In:   texts
 * Out:  whether toAscii and toUnicode follow UTS 46 and the length limits of the DNS
 * Not:  JIDs (address.test.ts)
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAscii, toUnicode } from '../../electron/wire/idna.ts';

describe('to A-labels', () => {
  it.each([
    ['Shire.Example', 'shire.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['faß.example', 'xn--fa-hia.example'],
    ['a。example', 'a.example'],
  ])('%s becomes %s', (text, ascii) => {
    expect(toAscii(text)).toBe(ascii);
  });

  it.each([
    '',
    '.',
    'a..b',
    'a.',
    '.a',
    'a b',
    'a_b.example',
    '*.example',
    'a@b',
    'a/b',
    'a\0b',
    '-a.example',
    'a-.example',
    'xn--a.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}ab`,
    'ü'.repeat(1024),
  ])('refuses %j', (text) => {
    expect(toAscii(text)).toBeNull();
  });

  it('any text becomes null or a name that becomes itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        const ascii = toAscii(text);
        if (ascii !== null) expect(toAscii(ascii)).toBe(ascii);
      }),
    );
  });
});

describe('to the screen', () => {
  it('shows U-labels where there are valid ones, and the text itself otherwise', () => {
    expect(toUnicode('xn--bcher-kva.example')).toBe('bücher.example');
    expect(toUnicode('xn--a.example')).toBe('xn--a.example');
    expect(toUnicode('shire.example')).toBe('shire.example');
  });
});
