/**
 * address.test.ts: what people type.
 *
 * In:   texts
 * Out:  sources, or sentences
 * Not:  DNS
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainpart, parseAddress } from '../../electron/wire/address.ts';
import {
  addressBytes,
  addressFamily,
  addressText,
  canonicalAddress,
  isPrivateAddress,
} from '../../electron/wire/ip.ts';

const domain = (text: string): string | null => {
  const a = parseAddress(text);
  return a.ok && a.value.source.kind === 'domain' ? a.value.source.ascii : null;
};

describe('an address is understood', () => {
  it.each([
    ['shire.example', 'shire.example'],
    ['  Shire.Example. ', 'shire.example'],
    ['bilbo.baggins@shire.example', 'shire.example'],
    ['bilbo@shire.example/hobbit hole', 'shire.example'],
    ['bilbo@shire.example/with@and/slash', 'shire.example'],
    ['xmpp:bilbo@shire.example?message', 'shire.example'],
    ['xmpp:B%C3%BCcher.example', 'xn--bcher-kva.example'],
    ['xmpp:b%23ilbo@shire.example/a%2Fb%40c?message;body=x#y', 'shire.example'],
    ['xmpp://guest@mordor.example/bilbo@shire.example', 'shire.example'],
    ['ab--cd.bücher.example', 'ab--cd.xn--bcher-kva.example'],
    ['ab--cd.example', 'ab--cd.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['faß.example', 'xn--fa-hia.example'],
    ['shire。example', 'shire.example'],
    ['localhost', 'localhost'],
  ])('%s names %s', (text, expected) => {
    expect(domain(text)).toBe(expected);
  });
  it('stands in a JID with U-labels, and an IPv6 literal in brackets [RFC 7622 3.2]', () => {
    const inJid = (text: string): string => {
      const address = parseAddress(text);
      return address.ok ? domainpart(address.value.source) : '';
    };
    expect(['XN--BCHER-KVA.example', 'FAẞ.example', 'shire.example'].map(inJid)).toEqual([
      'bücher.example',
      'faß.example',
      'shire.example',
    ]);
    expect(['127.0.0.1', '::1', '[2001:DB8::1]'].map(inJid)).toEqual(['127.0.0.1', '[::1]', '[2001:db8::1]']);
  });
  it('an IP literal is its own target', () => {
    for (const [text, address] of [
      ['127.0.0.1', '127.0.0.1'],
      ['[2001:DB8::0001]', '2001:db8::1'],
      ['bilbo@[::1]/x', '::1'],
      ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ] as const) {
      const a = parseAddress(text);
      expect(a.ok && a.value.source).toMatchObject({ kind: 'ip', address });
    }
  });
});

describe('anything else is refused before the first packet, saying what is wrong', () => {
  it.each([
    ['', 'Type an XMPP address'],
    ['https://shire.example', 'web address'],
    ['shire.example:5222', 'port'],
    ['xmpp:shire.example%2F@mordor.example', 'part before the @'],
    ['xmpp:bilbo%40shire.example', 'more than one @'],
    ['xmpp:shire%E2%80%AE.example', 'cannot be seen'],
    ['xmpp:shire%zz.example', 'percent sign'],
    ['xmpp:shire%C3.example', 'percent sign'],
    ['shire%2Eexample', 'not a domain name'],
    ['xmpp://guest@shire.example', 'no domain'],
    ['ab--ü.example', 'not a domain name'],
    ['-ü.example', 'not a domain name'],
    ['ü-.example', 'not a domain name'],
    ['xn----eha.example', 'not a domain name'],
    ['bilbo@', 'no domain'],
    ['@shire.example', 'part before the @'],
    ['a@b@shire.example', 'more than one @'],
    ['shire..example', 'not a domain name'],
    ['-shire.example', 'not a domain name'],
    ['shire_x.example', 'underscore'],
    ['256.1.1.1', 'looks like an IP address'],
    ['1.2.3', 'looks like an IP address'],
    ['[1.2.3.4]', 'looks like an IP address'],
    ['[::g]', 'looks like an IP address'],
    ['2001:db8:::1', 'looks like an IP address'],
    ['frodo@12345::', 'looks like an IP address'],
    ['fe80::1%eth0', 'looks like an IP address'],
    ['[::1]:5222', 'names a port'],
    ['shi re.example', 'space'],
    ['shire.example/', 'slash'],
    ['shire\u202e.example', 'cannot be seen'],
    ['shire\u0000.example', 'cannot be seen'],
    [`${'a'.repeat(64)}.example`, 'not a domain name'],
    ['xn--a.example', 'not a domain name'],
    ['a'.repeat(5000), 'longer than'],
  ])('%j', (text, words) => {
    const a = parseAddress(text);
    expect(a.ok).toBe(false);
    if (!a.ok) expect(a.problem.detail).toContain(words);
  });
  it('never throws, and what it accepts it accepts again', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.domain(), fc.emailAddress(), fc.ipV6()),
        (text) => {
          const a = parseAddress(text);
          if (!a.ok || a.value.source.kind !== 'domain') return;
          expect(domain(a.value.source.ascii)).toBe(a.value.source.ascii);
        },
      ),
    );
  });
});

describe('IP addresses', () => {
  it('text and bytes agree both ways', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const bytes = addressBytes(text);
        expect(bytes).toBeDefined();
        expect(addressBytes(addressText(bytes!))).toEqual(bytes);
        expect(canonicalAddress(canonicalAddress(text))).toBe(canonicalAddress(text));
      }),
    );
  });
  it.each(['1::2', '2001:db8:0:1:1:1:1:1', '::', '::1', '1:0:0:2::3'])(
    'canonical text of %s is RFC 5952',
    (text) => {
      expect(canonicalAddress(text)).toBe(text);
    },
  );
  it.each([
    '01.2.3.4',
    '1.2.3',
    '1.2.3.4.5',
    ':::',
    '1::2::3',
    '12345::',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3.256',
  ])('%s is none', (text) => {
    expect(addressFamily(text)).toBe(0);
  });
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:0a00:0001::',
    'ff02::1',
    '2001:db8::1',
  ])('%s is private', (a) => {
    expect(isPrivateAddress(a)).toBe(true);
  });
  it.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
    '%s is public',
    (a) => {
      expect(isPrivateAddress(a)).toBe(false);
    },
  );
});
