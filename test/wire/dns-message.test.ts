/** dns-message.test.ts: whole messages, read and written beside another library. */
import packet from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeMessage,
  typeName,
  typeNumber,
  type DnsMessage,
  type Rr,
} from '../../electron/wire/dns-message.ts';
import { decodeSoa } from '../../electron/wire/dns-records.ts';
import { encodeMessage, encodeQuery } from '../../electron/wire/dns-write.ts';
import type { DnsName } from '../../shared/basics.ts';

const NAME = 'shire.example' as DnsName;

function decoded(bytes: Uint8Array): DnsMessage {
  const message = decodeMessage(bytes);
  if (!message.ok) throw new Error(message.problem.detail);
  return message.value;
}

const answer = packet.encode({
  type: 'response',
  id: 9,
  flags: packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | packet.AUTHENTIC_DATA,
  questions: [{ type: 'SRV', name: '_xmpp-client._tcp.Shire.example' }],
  answers: [
    {
      type: 'SRV',
      name: '_xmpp-client._tcp.Shire.example',
      ttl: 300,
      data: { priority: 5, weight: 1, port: 5222, target: 'XMPP.Shire.example' },
    },
  ],
  authorities: [
    {
      type: 'SOA',
      name: 'Shire.example',
      data: {
        mname: 'ns.Shire.example',
        rname: 'root.Shire.example',
        serial: 1,
        refresh: 2,
        retry: 3,
        expire: 4,
        minimum: 5,
      },
    },
  ],
  additionals: [{ type: 'A', name: 'XMPP.Shire.example', data: '192.0.2.1' }],
});

describe('decoding what another library encoded', () => {
  it('reads header, question, records and compressed names', () => {
    const message = decoded(answer);
    expect(message).toMatchObject({
      id: 9,
      response: true,
      ad: true,
      cd: false,
      truncated: false,
      recursionAvailable: true,
      rcode: 0,
      questions: [{ name: '_xmpp-client._tcp.shire.example', type: 33, class: 1 }],
      edns: null,
    });
    expect(message.answer[0]).toMatchObject({
      name: '_xmpp-client._tcp.shire.example',
      type: 33,
      class: 1,
      ttl: 300,
    });
    expect(message.additional).toHaveLength(1);
  });

  it('keeps the case of names in RDATA and uncompresses them', () => {
    // SRV weight, priority, port, then the name as it was sent.
    const message = decoded(answer);
    expect(Buffer.from(message.answer[0]?.rdata ?? []).toString('latin1')).toBe(
      '\0\x05\0\x01\x14\x66\x04XMPP\x05Shire\x07example\0',
    );
    const soa = decodeSoa(message.authority[0]?.rdata ?? new Uint8Array());
    expect(soa.ok && soa.value).toMatchObject({ primary: 'ns.shire.example', minimum: 5 });
  });

  it('reads a query of ours the same in both libraries', () => {
    const query = encodeQuery({ name: NAME, type: 'TLSA', id: 258, dnssec: true, udpSize: 1232, padTo: 128 });
    expect(query).toHaveLength(128);
    const theirs = packet.decode(Buffer.from(query));
    expect(theirs).toMatchObject({
      id: 258,
      flag_rd: true,
      flag_cd: true,
      questions: [{ name: NAME, type: 'TLSA', class: 'IN' }],
    });
    expect(theirs.additionals?.[0]).toMatchObject({ type: 'OPT', udpPayloadSize: 1232, flag_do: true });
    expect(decoded(query)).toMatchObject({
      id: 258,
      response: false,
      cd: true,
      edns: { udpSize: 1232, do: true, errors: [] },
    });
  });

  it.each([40, 64, 100, 113, 114, 115, 116, 117, 118, 200])(
    'pads a name of %s letters to a multiple of 128',
    (length) => {
      const name = (
        'a'.repeat(50) +
        '.' +
        'b'.repeat(50) +
        '.' +
        'c'.repeat(50) +
        '.' +
        'd'.repeat(50)
      ).slice(0, length) as DnsName;
      const query = encodeQuery({ name, type: 'A', id: 1, dnssec: true, udpSize: 1232, padTo: 128 });
      expect(query.length % 128).toBe(0);
      expect(decoded(query).questions[0]?.name).toBe(name);
    },
  );

  it('asks without EDNS when told to', () => {
    const query = decoded(
      encodeQuery({ name: NAME, type: 'A', id: 1, dnssec: false, udpSize: 1232, padTo: 128 }),
    );
    expect(query).toMatchObject({ edns: null, cd: false });
  });
});

const anyRr: fc.Arbitrary<Rr> = fc.record({
  name: fc.constantFrom('' as DnsName, NAME, 'a\\046b.\\000' as DnsName),
  type: fc.constantFrom(1, 16, 43, 46, 52, 9999),
  class: fc.constant(1),
  ttl: fc.nat({ max: 0x7fffffff }),
  rdata: fc.uint8Array({ maxLength: 40 }),
});
const anyMessage: fc.Arbitrary<DnsMessage> = fc.record({
  id: fc.nat({ max: 65535 }),
  response: fc.boolean(),
  opcode: fc.nat({ max: 15 }),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionAvailable: fc.boolean(),
  ad: fc.boolean(),
  cd: fc.boolean(),
  rcode: fc.nat({ max: 15 }),
  questions: fc.array(
    fc.record({ name: fc.constant(NAME), type: fc.nat({ max: 65535 }), class: fc.constant(1) }),
    { maxLength: 2 },
  ),
  answer: fc.array(anyRr, { maxLength: 4 }),
  authority: fc.array(anyRr, { maxLength: 4 }),
  additional: fc.array(anyRr, { maxLength: 4 }),
  edns: fc.option(
    fc.record({
      udpSize: fc.nat({ max: 65535 }),
      do: fc.boolean(),
      errors: fc.array(
        fc.record({ code: fc.nat({ max: 65535 }), text: fc.constantFrom('', 'signature expired', 'äöü') }),
        { maxLength: 3 },
      ),
    }),
  ),
});

describe('encoding and decoding', () => {
  it('is the same again', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const again = decoded(encodeMessage(message));
        expect(JSON.stringify(again)).toBe(JSON.stringify(message));
      }),
    );
  });

  it('carries an extended RCODE', () => {
    const badVersion = { ...decoded(answer), rcode: 16, edns: { udpSize: 512, do: false, errors: [] } };
    expect(decoded(encodeMessage(badVersion)).rcode).toBe(16);
  });
});

describe('types', () => {
  it('have numbers and names', () => {
    expect(typeNumber('TLSA')).toBe(52);
    expect(typeName(46)).toBe('RRSIG');
    expect(typeName(65280)).toBe('TYPE65280');
  });
});
