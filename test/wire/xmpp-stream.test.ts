/** xmpp-stream.test.ts: the opening of a stream, read from bytes of every kind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openingReader, readOpening, type Opening } from '../../electron/wire/xmpp-stream.ts';
import { escapeXml, NS, openingXml, xmlReader } from '../../electron/wire/xmpp-xml.ts';

const HEADER =
  "<?xml version='1.0'?><stream:stream from='shire.example' id='x1' version='1.0' xml:lang='en' " +
  "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
const FEATURES =
  "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>" +
  "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-256-PLUS</mechanism>" +
  '<mechanism> PLAIN\n</mechanism></mechanisms>' +
  "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/></sasl-channel-binding>" +
  "<authentication xmlns='urn:xmpp:sasl:2'><mechanism>HT-SHA-256-NONE</mechanism><inline>" +
  "<mechanism xmlns='urn:other'>NOT-THIS</mechanism></inline></authentication>" +
  "<ver xmlns='urn:xmpp:features:rosterver'/></stream:features>";
const PROCEED = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const open = (text: string, ns: string | null = null): Opening => readOpening(bytes(text), ns);

describe('an opening as it should be', () => {
  it('gives header, features and answer', () => {
    expect(open(HEADER + FEATURES + PROCEED, NS.client)).toEqual({
      header: { from: 'shire.example', id: 'x1', version: '1.0', ns: 'jabber:client' },
      features: {
        starttls: 'required',
        mechanisms: ['SCRAM-SHA-256-PLUS', 'PLAIN'],
        channelBindings: ['tls-exporter'],
        sasl2Mechanisms: ['HT-SHA-256-NONE'],
        others: ['{urn:xmpp:features:rosterver}ver'],
      },
      answer: 'proceed',
      leftover: 0,
      streamError: null,
      closed: false,
      malformed: null,
    });
  });
  it('reads other prefixes, quotes, spaces and an XML declaration with an encoding', () => {
    const text =
      '<?xml version="1.0" encoding="utf-8"?>\n<s:stream xmlns:s="http://etherx.jabber.org/streams" xmlns="jabber:server"\n' +
      ' version="1.0"> <s:features ><t:starttls xmlns:t="urn:ietf:params:xml:ns:xmpp-tls"/></s:features> ';
    expect(open(text, NS.server)).toMatchObject({
      header: { ns: 'jabber:server', id: null, from: null },
      features: { starttls: 'optional' },
      malformed: null,
    });
  });
  it('has no features before their end tag', () => {
    expect(open(HEADER + FEATURES.slice(0, -1))).toMatchObject({ features: null, malformed: null });
  });
  it('takes empty features as features', () => {
    expect(open(`${HEADER}<stream:features/>`).features).toMatchObject({
      starttls: 'absent',
      mechanisms: [],
    });
  });
  it('sees <failure/> and the end of the stream', () => {
    const failure = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>";
    expect(open(HEADER + FEATURES + failure)).toMatchObject({
      answer: 'failure',
      closed: true,
      malformed: null,
    });
  });
  it('does not take an element of another namespace for the real one', () => {
    expect(open(`${HEADER}<features/>`).malformed).toContain('unexpected element');
    expect(open(`${HEADER}<stream:features><starttls/></stream:features>`).features).toMatchObject({
      starttls: 'absent',
      others: ['{jabber:client}starttls'],
    });
    expect(open(`${HEADER}${FEATURES}<proceed/>`)).toMatchObject({ answer: null });
  });
});

describe('bytes after <proceed/>', () => {
  it.each([
    [' ', 1],
    ['\n', 1],
    ['<a/>', 4],
    ['ü', 2],
    [PROCEED, 50],
    ['\u0000', 1],
  ])('are counted, each one: %j', (after, count) => {
    const seen = open(HEADER + FEATURES + PROCEED + after);
    expect(seen).toMatchObject({ answer: 'proceed', leftover: count, malformed: null });
  });
  it('are counted after the long form of the element too', () => {
    const long = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'></proceed>";
    expect(open(`${HEADER}${FEATURES}${long}`).leftover).toBe(0);
    expect(open(`${HEADER}${FEATURES}${long}!`).leftover).toBe(1);
  });
  it('are counted where they are not UTF-8, and in any pieces', () => {
    const all = new Uint8Array([...bytes(HEADER + FEATURES + PROCEED), 0xff, 0x16, 0x03, 0x3e, 0x00]);
    expect(readOpening(all)).toMatchObject({ leftover: 5, malformed: null });
    const reader = openingReader();
    for (const byte of all) reader.push(new Uint8Array([byte]));
    expect(reader.opening()).toEqual(readOpening(all));
  });
});

describe('stream errors', () => {
  const error = (inner: string): string => `${HEADER}<stream:error>${inner}</stream:error></stream:stream>`;
  const ns = `xmlns='${NS.streamErrors}'`;
  it('are known by name, with their text', () => {
    const seen = open(error(`<host-unknown ${ns}/><text ${ns}>Not &lt;here&gt;</text>`));
    expect(seen.streamError).toEqual({ condition: 'host-unknown', text: 'Not <here>', otherHost: null });
    expect(seen.closed).toBe(true);
  });
  it('carry the other host', () => {
    const seen = open(error(`<see-other-host ${ns}>[2001:db8::1]:5222</see-other-host>`));
    expect(seen.streamError).toMatchObject({ condition: 'see-other-host', otherHost: '[2001:db8::1]:5222' });
  });
  it('without a condition, or with a condition of another namespace, are undefined-condition', () => {
    expect(open(error('')).streamError?.condition).toBe('undefined-condition');
    expect(open(error("<oops xmlns='urn:app'/>")).streamError?.condition).toBe('undefined-condition');
  });
  it('win over what is wrong with the header', () => {
    const text = `${HEADER.replace('jabber:client', 'jabber:server')}<stream:error><invalid-namespace ${ns}/></stream:error>`;
    expect(open(text, NS.client)).toMatchObject({
      streamError: { condition: 'invalid-namespace' },
      malformed: null,
    });
  });
});

describe('what breaks the rules is named', () => {
  it.each([
    ['a document type declaration', `<!DOCTYPE a [<!ENTITY x "y">]>${HEADER}`, 'document type'],
    ['an unfinished document type declaration', '<!D', 'document type'],
    ['a comment', `${HEADER}<!-- hi -->`, 'comment'],
    ['an unfinished comment', `${HEADER}<!-`, 'comment'],
    ['a processing instruction', `${HEADER}<?php`, 'processing instruction'],
    ['an XML declaration inside', `${HEADER}<?xml version='1.0'?>`, 'processing instruction'],
    ['an entity that is not one of the five', `${HEADER}<stream:features>&xxe;`, 'entity'],
    ['XML 1.1', HEADER.replace("version='1.0'?>", "version='1.1'?>"), '1.0'],
    ['another encoding', HEADER.replace('?>', " encoding='iso-8859-1'?>"), 'UTF-8'],
    ['another root', "<html xmlns='http://www.w3.org/1999/xhtml'>", 'other than an XMPP stream'],
    ['a stream of another namespace', "<stream xmlns='jabber:client'>", 'other than an XMPP stream'],
    ['an unbound prefix', "<stream:stream xmlns='jabber:client' version='1.0'>", 'prefix'],
    ['a default namespace of neither service', HEADER.replace('jabber:client', 'urn:x'), "namespace 'urn:x'"],
    ['no version', HEADER.replace(" version='1.0' xml", ' xml'), 'without version'],
    ['an old version', HEADER.replace("version='1.0' xml", "version='0.9' xml"), "version '0.9'"],
    ['text at stream level', `${HEADER}hello`, null],
    ['text at stream level before a tag', `${HEADER}hello<stream:features/>`, 'text between'],
    ['features twice', HEADER + FEATURES + FEATURES, 'twice'],
    ['a stanza in the opening', `${HEADER}<message/>`, '{jabber:client}message'],
    ['tags that do not match', `${HEADER}<stream:features></stream:stream>`, ''],
    ['an attribute twice', HEADER.replace(' id=', " from='a' id="), ''],
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n<html>', ''],
    ['SSH', 'SSH-2.0-OpenSSH_9.2p1\r\n', null],
    ['a NUL', `${HEADER}\u0000<a>`, ''],
  ])('%s', (_name, text, part) => {
    const seen = open(text, NS.client);
    if (part === null) expect(seen.features).toBeNull();
    else
      expect(seen.malformed ?? 'well-formed').toContain(part === '' ? (seen.malformed ?? 'a fault') : part);
  });
  it('the namespace of the other service', () => {
    expect(open(HEADER, NS.server).malformed).toContain('jabber:client instead of jabber:server');
    expect(open(HEADER, NS.client).malformed).toBeNull();
  });
  it('bytes that are not UTF-8', () => {
    const bad = new Uint8Array([...bytes(HEADER), 0xc0, 0xaf, 0x3e]);
    expect(readOpening(bad).malformed).toContain('UTF-8');
    // Half a character at the end is only unfinished.
    expect(readOpening(new Uint8Array([...bytes(HEADER), 0xc3])).malformed).toBeNull();
  });
});

describe('bounds', () => {
  it('nesting', () => {
    const deep = (n: number): string => `${HEADER}<stream:features>${'<a>'.repeat(n)}`;
    expect(open(deep(30)).malformed).toBeNull();
    expect(open(deep(31)).malformed).toContain('32 deep');
  });
  it('attributes of one element', () => {
    const many = (n: number): string =>
      `${HEADER}<stream:features ${Array.from({ length: n }, (_, i) => `a${i}=''`).join(' ')}>`;
    expect(open(many(256)).malformed).toBeNull();
    expect(open(many(257)).malformed).toContain('256 attributes');
  });
  it('bytes in all', () => {
    const huge = `${HEADER}<stream:features a='${'x'.repeat(70_000)}'/>`;
    expect(open(huge)).toMatchObject({ features: null, malformed: 'more than 65536 bytes' });
  });
  it('names kept', () => {
    const many = '<mechanism>A</mechanism>'.repeat(500);
    const seen = open(
      `${HEADER}<stream:features><mechanisms xmlns='${NS.sasl}'>${many}<mechanism>${'B'.repeat(900)}</mechanism></mechanisms></stream:features>`,
    );
    expect(seen.features?.mechanisms).toHaveLength(64);
  });
  it('time is linear for a peer that sends one byte at a time', () => {
    const text = bytes(`${HEADER}<stream:features a='${'x'.repeat(60_000)}'/>`);
    const began = process.hrtime.bigint();
    const reader = openingReader(NS.client);
    for (const byte of text) {
      reader.push(new Uint8Array([byte]));
      reader.opening();
    }
    expect(reader.opening().features).not.toBeNull();
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(10_000);
  });
});

describe('properties', () => {
  const whole = bytes(HEADER + FEATURES + PROCEED + ' x');
  it('any cutting up gives the same', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 20 }), (cuts) => {
        const reader = openingReader();
        const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
        for (let i = 1; i < at.length; i += 1) reader.push(whole.subarray(at[i - 1], at[i]));
        expect(reader.opening()).toEqual(readOpening(whole));
      }),
    );
  });
  it('cut off at every length nothing throws, and nothing is there before its end', () => {
    for (let length = 0; length <= whole.length; length += 1) {
      const seen = readOpening(whole.subarray(0, length));
      expect(seen.malformed).toBeNull();
      expect(seen.features !== null).toBe(length >= HEADER.length + FEATURES.length);
      expect(seen.answer !== null).toBe(length >= HEADER.length + FEATURES.length + PROCEED.length);
    }
  });
  it('any bytes give an opening, whole or one by one, and the same', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .array(
          fc.constantFrom(
            HEADER,
            FEATURES,
            PROCEED,
            '<',
            '>',
            '</',
            '<!',
            '<?',
            "'",
            '&',
            ']]>',
            '<![CDATA[',
            'é',
            '\u0000',
          ),
          { maxLength: 12 },
        )
        .map((parts) => bytes(parts.join(''))),
    );
    fc.assert(
      fc.property(anything, (input) => {
        const reader = openingReader();
        for (const byte of input) reader.push(new Uint8Array([byte]));
        const seen = readOpening(input);
        // Where two rules are broken at once, the words may be either's.
        const fault = (one: Opening): object => ({ ...one, malformed: one.malformed !== null });
        expect(fault(reader.opening())).toEqual(fault(seen));
        expect(seen.leftover).toBeLessThan(input.length + 1);
      }),
      { numRuns: 500 },
    );
  });
  it('whatever we are told to say is one well-formed header that says it', () => {
    const xmlText = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(xmlText, xmlText, (to, from) => {
        const seen: (string | null)[] = [];
        const reader = xmlReader({
          open: (element, depth) => {
            if (depth === 1) seen.push(element.attribute('to'), element.attribute('from'), element.ns);
          },
          text: () => undefined,
          close: () => false,
        });
        reader.push(bytes(openingXml({ to, from, ns: NS.server, lang: 'en' })));
        expect(reader.malformed()).toBeNull();
        const legal = (text: string): string =>
          text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd');
        expect(seen).toEqual([legal(to), legal(from), NS.streams]);
      }),
    );
  });
  it('the first fault is named, however the bytes were cut up', () => {
    const text = bytes("<stream:stream xmlns='jabber:client<!DOCTYPE' a='>'><!-- x -->");
    const whole = readOpening(text).malformed;
    expect(whole).toContain('disallowed character');
    for (let size = 1; size < text.length; size++) {
      const reader = openingReader();
      for (let at = 0; at < text.length; at += size) reader.push(text.subarray(at, at + size));
      expect(reader.opening().malformed).toBe(whole);
    }
  });
  it('escaping leaves nothing that could end an attribute', () => {
    expect(escapeXml(`a'b"c<d>&\n`)).not.toMatch(/['"<>\n]/);
  });
});
