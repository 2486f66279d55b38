/** dns-name.test.ts: names between text, wire and order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareCanonical,
  encodeName,
  isTooLong,
  isUnder,
  join,
  labels,
  parent,
  parseName,
  ROOT,
  selfAndAncestors,
} from '../../electron/wire/dns-name.ts';
import { DnsReader } from '../../electron/wire/dns-reader.ts';
import type { DnsName } from '../../shared/basics.ts';

function name(text: string): DnsName {
  const parsed = parseName(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.detail}`);
  return parsed.value;
}

/** Names of any octets, at most four labels of at most twenty. */
const anyName = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 4 })
  .map((parts) => Uint8Array.from([...parts.flatMap((part) => [part.length, ...part]), 0]))
  .map((wire) => ({ wire, name: new DnsReader(wire).name() }));

describe('parsing names', () => {
  it.each([
    ['Example.ORG', 'example.org'],
    ['example.org.', 'example.org'],
    ['.', ''],
    ['', ''],
    ['*.example.org', '*.example.org'],
    ['a\\.b.example', 'a\\046b.example'],
    ['a\\046b.example', 'a\\046b.example'],
    ['a\\\\b.example', 'a\\092b.example'],
    ['\\065.example', 'a.example'],
    ['\\000.example', '\\000.example'],
    ['\\255.example', '\\255.example'],
    ['_xmpp-client._tcp.example', '_xmpp-client._tcp.example'],
  ])('%j is %j', (text, spelled) => {
    expect(parseName(text)).toEqual({ ok: true, value: spelled });
  });

  it.each([
    ['..'],
    ['.example'],
    ['a..b'],
    ['a b'],
    ['a\tb'],
    ['a\u0000b'],
    ['ä.example'],
    ['a\\'],
    ['a\\25'],
    ['a\\256'],
    ['a\\ '],
  ])('%j is refused', (text) => {
    const parsed = parseName(text);
    expect(!parsed.ok && parsed.problem.code).toBe('malformed');
  });

  it('refuses a label of 64 octets, a name of 256, and a text that is longer still', () => {
    for (const text of [
      'a'.repeat(64),
      Array.from({ length: 50 }, () => 'abcde').join('.'),
      'a'.repeat(5000),
    ]) {
      expect(parseName(text).ok).toBe(false);
    }
  });

  it('takes the longest name and nothing longer', () => {
    const longest = [63, 63, 63, 61].map((length) => 'a'.repeat(length)).join('.');
    expect(encodeName(name(longest))).toHaveLength(255);
    expect(isTooLong(name(longest))).toBe(false);
    expect(parseName(`a${longest}`).ok).toBe(false);
    expect(isTooLong(join('_tcp', name(longest)))).toBe(true);
  });

  it('gives back every name that it spelled, and its octets in lower case', () => {
    fc.assert(
      fc.property(anyName, ({ wire, name: spelled }) => {
        expect(parseName(spelled)).toEqual({ ok: true, value: spelled });
        const lower = wire.map((octet) => (octet >= 0x41 && octet <= 0x5a ? octet + 32 : octet));
        expect(Buffer.from(encodeName(spelled)).equals(lower)).toBe(true);
      }),
    );
  });

  it('never throws, and what it takes is a fixed point', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parsed = parseName(text);
        if (parsed.ok) expect(parseName(parsed.value)).toEqual(parsed);
      }),
    );
  });
});

describe('names among names', () => {
  it('knows labels, parents and ancestors', () => {
    expect(labels(name('a\\.b.c'))).toEqual(['a\\046b', 'c']);
    expect(labels(ROOT)).toEqual([]);
    expect(parent(name('a\\.b.c'))).toBe('c');
    expect(parent(name('c'))).toBe('');
    expect(parent(ROOT)).toBe('');
    expect(selfAndAncestors(name('a.b.c'))).toEqual(['a.b.c', 'b.c', 'c', '']);
    expect(selfAndAncestors(ROOT)).toEqual(['']);
  });

  it('joins labels, at the root too', () => {
    expect(join('_5222', '_tcp', name('example.org'))).toBe('_5222._tcp.example.org');
    expect(join('org', ROOT)).toBe('org');
  });

  it.each([
    ['example.org', 'example.org', true],
    ['a.example.org', 'example.org', true],
    ['example.org', '', true],
    ['', '', true],
    ['badexample.org', 'example.org', false],
    ['example.org', 'a.example.org', false],
    ['a\\.example.org', 'example.org', false],
    ['', 'org', false],
  ])('%s under %s: %s', (low, high, expected) => {
    expect(isUnder(name(low), name(high))).toBe(expected);
  });

  // RFC 4034 6.1, in the order given there.
  it('sorts as RFC 4034 6.1 shows', () => {
    const sorted = [
      'example',
      'a.example',
      'yljkjljk.a.example',
      'Z.a.example',
      'zABC.a.EXAMPLE',
      'z.example',
      '\\001.z.example',
      '*.z.example',
      '\\200.z.example',
    ].map(name);
    expect([...sorted].reverse().sort(compareCanonical)).toEqual(sorted);
    expect([...sorted].sort(compareCanonical)).toEqual(sorted);
    expect(compareCanonical(ROOT, name('example'))).toBeLessThan(0);
  });

  it('sorts like the octets of the labels from the right', () => {
    const key = (wire: Uint8Array): string => {
      const parts: string[] = [];
      for (let at = 0; wire[at] !== 0; at += (wire[at] ?? 0) + 1) {
        parts.unshift(Buffer.from(wire.subarray(at + 1, at + 1 + (wire[at] ?? 0))).toString('latin1'));
      }
      // Each octet as itself plus one and a zero after each label: a label's end sorts before every octet of a longer one.
      return parts
        .map((part) => `${part.replace(/./gs, (c) => String.fromCharCode(c.charCodeAt(0) + 1))}\0`)
        .join('');
    };
    fc.assert(
      fc.property(anyName, anyName, (a, b) => {
        const [left, right] = [key(encodeName(a.name)), key(encodeName(b.name))];
        const expected = left < right ? -1 : left > right ? 1 : 0;
        expect(Math.sign(compareCanonical(a.name, b.name))).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
