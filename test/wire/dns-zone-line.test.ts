/** dns-zone-line.test.ts: trust anchors as people paste them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordText } from '../../electron/wire/dns-records.ts';
import { parseZoneLines } from '../../electron/wire/zone-line.ts';

const DIGEST = 'E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D';
const KEY =
  'AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU=';

function lines(text: string): readonly string[] {
  const parsed = parseZoneLines(text);
  if (!parsed.ok) throw new Error(`${parsed.problem.line}: ${parsed.problem.detail}`);
  return parsed.value.map(recordText);
}

function problem(text: string): string {
  const parsed = parseZoneLines(text);
  return parsed.ok ? 'none' : `${parsed.problem.line}: ${parsed.problem.detail}`;
}

const ROOT_DS = `. 0 IN DS 20326 8 2 ${DIGEST.toLowerCase()}`;

describe('zone lines', () => {
  it.each([
    ['bare', `. DS 20326 8 2 ${DIGEST}`],
    ['with class', `. IN DS 20326 8 2 ${DIGEST}`],
    ['in small letters', `. in ds 20326 8 2 ${DIGEST.toLowerCase()}`],
    ['with a comment', `; the root\n\n. IN DS 20326 8 2 ${DIGEST} ; KSK-2017`],
    ['with the digest in pieces', `. DS 20326 8 2 ${DIGEST.slice(0, 30)} ${DIGEST.slice(30)}`],
    [
      'over several lines',
      `. IN DS (\n  20326 8 ; algorithm\n  2\n ${DIGEST.slice(0, 20)}\n${DIGEST.slice(20)} )\n`,
    ],
    ['with CRLF and a byte order mark', `\ufeff. DS 20326 8 2 ${DIGEST}\r\n`],
    ['without line end', `. DS 20326 8 2 ${DIGEST}`],
    ['with the mnemonic of its algorithm (RFC 4034 5.3)', `. DS 20326 RSASHA256 2 ${DIGEST}`],
    ['with @', `@ DS 20326 8 2 ${DIGEST}`],
  ])('are read %s', (_, text) => {
    expect(lines(text)).toEqual([ROOT_DS]);
  });

  it('take TTLs, before and after the class, in units and by $TTL', () => {
    for (const text of [`. 3600 IN DS`, `. IN 3600 DS`, `. 1h DS`, `. 0h60m IN DS`, `$TTL 3600\n. DS`]) {
      expect(lines(`${text} 20326 8 2 ${DIGEST}`)).toEqual([ROOT_DS.replace('. 0', '. 3600')]);
    }
  });

  it('take keys, as unbound writes them', () => {
    const text = `.\t172800\tIN\tDNSKEY\t257 3 8 ${KEY} ;{id = 20326 (ksk), size = 2048b} ;;state=2 [  VALID  ] ;;count=0`;
    expect(lines(text)).toEqual([`. 172800 IN DNSKEY 257 3 8 ${KEY}`]);
  });

  it('take the mnemonic of a key, too (RFC 4034 2.2)', () => {
    expect(lines(`. IN DNSKEY 257 3 RSASHA256 ${KEY}`)).toEqual([`. 0 IN DNSKEY 257 3 8 ${KEY}`]);
    expect(lines('a. DNSKEY 257 3 ed25519 AAAA')).toEqual(['a. 0 IN DNSKEY 257 3 15 AAAA']);
  });

  it('take several, with owners left out, and $ORIGIN', () => {
    const text = `$ORIGIN example.\nshire DS 1 13 2 ${DIGEST}\n  DS 2 13 2 ${DIGEST}\nmordor.example. DS 3 13 2 ${DIGEST}\n@ DS 4 13 2 ${DIGEST}`;
    expect(lines(text).map((line) => line.split(' ').slice(0, 5).join(' '))).toEqual([
      'shire.example. 0 IN DS 1',
      'shire.example. 0 IN DS 2',
      'mordor.example. 0 IN DS 3',
      'example. 0 IN DS 4',
    ]);
  });

  it('take nothing from nothing', () => {
    expect(lines('')).toEqual([]);
    expect(lines('; only a comment\n   \n')).toEqual([]);
  });

  it.each([
    ['. DS 20326 8 2 XYZ', '1: the digest is not hexadecimal'],
    ['. DS 20326 8 2 ABC', '1: the digest is not hexadecimal'],
    ['. DS 20326 8 2 ABCD', '1: the digest has 2 octets, but its type 2 has 32'],
    ['. DS 20326 8 2', '1: the digest is not hexadecimal'],
    ['. DS 99999 8 2 AB', '1: a DS record needs three numbers: key tag, algorithm, digest type'],
    ['. DS 1 RSASHA257 2 AB', '1: a DS record needs three numbers: key tag, algorithm, digest type'],
    ['\n. DNSKEY 257 3 8 !!!', '2: the key is not base64'],
    ['. DNSKEY 257 3 8', '1: the key is not base64'],
    ['. DNSKEY 257 3', '1: a DNSKEY record needs three numbers: flags, protocol, algorithm'],
    ['. A 192.0.2.1', '1: “A” is neither DS nor DNSKEY'],
    ['.', '1: the record type is missing'],
    ['. CH DS 1 8 2 AB', '1: “CH” is neither DS nor DNSKEY'],
    [' DS 1 8 2 AB', '1: the first record has no owner'],
    ['a..b DS 1 8 2 AB', '1: the name has an empty label'],
    ['. DS ( 1 8 2\nAB', '1: a parenthesis is not closed'],
    ['. DS 1 ) 8 2 AB', '1: “)” stands where it must not'],
    ['. DS ( 1 ( 8 2 AB ) )', '1: “(” stands where it must not'],
    ['$INCLUDE /etc/passwd', '1: “$INCLUDE /etc/passwd” is not understood'],
    ['$TTL x', '1: “$TTL x” is not understood'],
    ['<xml/>', '1: the record type is missing'],
    ['x'.repeat(70000), '1: the text is longer than 65,536 characters'],
  ])('name the line that is wrong (%#)', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  it('survive any text, and every cut of a good one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void parseZoneLines(text)),
    );
    const words = fc.constantFrom(
      '.',
      'DS',
      'DNSKEY',
      'IN',
      '(',
      ')',
      ';',
      '\n',
      ' ',
      '1',
      '8',
      '2',
      'AB',
      '$TTL',
      '@',
      '"',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), (parts) => void parseZoneLines(parts.join(' '))),
    );
    const good = `. IN DS ( 20326 8 2 ${DIGEST} )`;
    for (let length = 1; length < good.length; length++)
      expect(parseZoneLines(good.slice(0, length)).ok).toBe(false);
  });

  it('are read in time, however they are nested', () => {
    const began = process.hrtime.bigint();
    parseZoneLines('( '.repeat(30000));
    parseZoneLines('1'.repeat(65000));
    parseZoneLines(';'.repeat(65000));
    parseZoneLines('(\n'.padEnd(65000, 'a\n'));
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(5_000);
  });

  it('with a word of 30 digits that is no time take no longer than others', () => {
    // Found by fuzzing: 31 digits and one odd letter took minutes.
    for (const odd of ['\ufffd', 'x', '-']) {
      const began = process.hrtime.bigint();
      const read = parseZoneLines(`. ${'3600000'.repeat(5)}${odd}0 IN DNSKEY 257 3 13 AAAA`);
      expect(read.ok).toBe(false);
      expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(500);
    }
    for (const ttl of ['3600', '1h30m', '1w2d3h4m5s', '1H', '90m5'])
      expect(parseZoneLines(`. ${ttl} IN DNSKEY 257 3 13 AAAA`).ok).toBe(true);
    for (const ttl of ['h', '36000000000', '1hh', '1y', '2147483648'])
      expect(parseZoneLines(`. ${ttl} IN DNSKEY 257 3 13 AAAA`).ok).toBe(false);
  });
});
