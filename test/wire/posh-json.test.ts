import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson, type JsonValue } from '../../electron/wire/json.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const detail = (input: string | Uint8Array): string => {
  const read = decodeJson(typeof input === 'string' ? bytes(input) : input);
  return read.ok ? 'ok' : read.problem.detail;
};

/** The value as JSON.parse would give it. */
function plain(value: JsonValue): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, member]) => [key, plain(member as JsonValue)]));
  return Array.isArray(value) ? value.map((item) => plain(item as JsonValue)) : value;
}

describe('strict JSON', () => {
  it('reads what JSON.stringify writes, as JSON.parse does', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 8, noUnicodeString: false }),
        fc.constantFrom(undefined, 1),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent);
          const read = decodeJson(bytes(text));
          const wellFormed = !/\\ud[89a-f]/i.test(text);
          fc.pre(wellFormed && !text.includes('__proto__'));
          expect(read.ok && plain(read.value)).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it('accepts nothing that JSON.parse refuses, and never throws', () => {
    const soup = fc.string({
      unit: fc.constantFrom(...Array.from('{}[]",:0123.eE+-\\u tfnrualse\n\u0001é')),
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (text) => {
        const read = decodeJson(bytes(text));
        if (read.ok) expect(() => JSON.parse(text) as unknown).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  it('is malformed when cut off at any length', () => {
    const text = '{"a":[1.5e3,"x\\u00e9\\n",true,false,null,{"b":[]}],"c":-0}';
    for (let length = 0; length < text.length; length++) expect(detail(text.slice(0, length))).not.toBe('ok');
    expect(detail(text)).toBe('ok');
  });

  it('takes any bytes without throwing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (any) => void decodeJson(any)));
  });

  it('names each thing that it refuses', () => {
    expect(detail('{"a":1,"a":2}')).toContain('twice');
    expect(detail('{"a":1,"\\u0061":2}')).toContain('twice');
    expect(detail(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d))).toContain('BOM');
    expect(detail(Uint8Array.of(0xff, 0xfe, 0x7b, 0))).toContain('UTF-16');
    expect(detail(Uint8Array.of(0x22, 0xc3, 0x28, 0x22))).toContain('UTF-8');
    expect(detail('"\\ud800"')).toContain('surrogate');
    expect(detail(`${'['.repeat(17)}${']'.repeat(17)}`)).toContain('deeper than 16');
    expect(detail(`[${'0,'.repeat(5000)}0]`)).toContain('more than 5000 values');
    expect(detail('{} {}')).toContain('follows');
    expect(detail('')).toBe('empty');
    expect(detail('1e999')).toContain('too large');
    for (const text of [
      '01',
      '+1',
      '.5',
      '1.',
      "'a'",
      '[1,]',
      '{"a":1,}',
      '{a:1}',
      'NaN',
      '"\t"',
      '"\\x"',
      '// x',
    ]) {
      expect(detail(text)).not.toBe('ok');
    }
  });

  it('reads 16 levels and 64 KiB, and not a byte more', () => {
    expect(detail(`${'['.repeat(16)}${']'.repeat(16)}`)).toBe('ok');
    const fits = `"${'a'.repeat(64 * 1024 - 2)}"`;
    expect(detail(fits)).toBe('ok');
    expect(detail(`${fits} `)).toContain('64 KiB');
  });

  it('keeps special member names as plain ones', () => {
    const read = decodeJson(bytes('{"__proto__":{"x":1},"constructor":2}'));
    expect(read.ok && read.value instanceof Map && [...read.value.keys()]).toEqual([
      '__proto__',
      'constructor',
    ]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('reads the worst 64 KiB in milliseconds', () => {
    const worst = [
      '['.repeat(65_000),
      '{"a":'.repeat(13_000),
      `[${'0,'.repeat(32_000)}0]`,
      `"${'\\u0041'.repeat(10_900)}"`,
      ' '.repeat(65_000),
    ];
    for (const text of worst) {
      const before = process.cpuUsage();
      decodeJson(bytes(text));
      const used = process.cpuUsage(before);
      expect((used.user + used.system) / 1000).toBeLessThan(1_000);
    }
  });
});
