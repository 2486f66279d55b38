/** dns-hostile.test.ts: messages that loop, lie, grow or end too early. */
import packet from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, TYPE, type DnsMessage, type Rr } from '../../electron/wire/dns-message.ts';
import { decodeSrv } from '../../electron/wire/dns-records.ts';
import { encodeMessage } from '../../electron/wire/dns-write.ts';
import type { DnsName } from '../../shared/basics.ts';

const NAME = 'shire.example' as DnsName;

function decoded(bytes: Uint8Array): DnsMessage {
  const message = decodeMessage(bytes);
  if (!message.ok) throw new Error(message.problem.detail);
  return message.value;
}

function problemOf(bytes: Uint8Array): string | null {
  const message = decodeMessage(bytes);
  return message.ok ? null : message.problem.detail;
}

/** Header with the given counts, then bytes. */
function raw(counts: readonly [number, number, number, number], ...body: readonly number[]): Uint8Array {
  return Uint8Array.from([0, 7, 0x81, 0x80, ...counts.flatMap((n) => [n >> 8, n & 255]), ...body]);
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

describe('hostile messages', () => {
  it('is malformed at every shorter length, never a throw', () => {
    const withOpt = encodeMessage({
      ...decoded(answer),
      edns: { udpSize: 1232, do: true, errors: [{ code: 7, text: 'expired' }] },
    });
    for (const whole of [new Uint8Array(answer), withOpt]) {
      expect(problemOf(whole)).toBeNull();
      for (let length = 0; length < whole.length; length++) {
        expect(problemOf(whole.subarray(0, length)), `at ${length}`).not.toBeNull();
      }
    }
  });

  it('is malformed with an octet too many', () => {
    expect(problemOf(Uint8Array.from([...answer, 0]))).toBe('1 octets too many');
  });

  it('survives any bytes, and any change of one octet', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decodeMessage(bytes)));
    fc.assert(
      fc.property(fc.nat({ max: answer.length - 1 }), fc.nat({ max: 255 }), (at, octet) => {
        const changed = Uint8Array.from(answer);
        changed[at] = octet;
        const message = decodeMessage(changed);
        if (message.ok) for (const rr of message.value.answer) decodeSrv(rr.rdata);
      }),
    );
  });

  it.each([
    ['to itself', raw([1, 0, 0, 0], 0xc0, 12, 0, 1, 0, 1)],
    ['forwards', raw([1, 0, 0, 0], 0xc0, 14, 0, 0, 1, 0, 1)],
    ['beyond the end', raw([1, 0, 0, 0], 0xff, 0xff, 0, 1, 0, 1)],
    ['into the header', raw([1, 0, 0, 0], 0xc0, 0, 0, 1, 0, 1)],
    ['into its own labels', raw([1, 0, 0, 0], 1, 0x61, 0xc0, 12, 0, 1, 0, 1)],
    ['in a ring with another', raw([2, 0, 0, 0], 1, 0x61, 0xc0, 18, 0, 1, 0xc0, 12, 0, 1, 0, 1)],
  ])('refuses a pointer %s', (_, bytes) => {
    expect(problemOf(bytes)).toBe('a compressed name does not point backwards');
  });

  it('refuses labels of unknown types', () => {
    expect(problemOf(raw([1, 0, 0, 0], 0x41, 0x61, 0, 0, 1, 0, 1))).toBe('a label has an unknown type');
    expect(problemOf(raw([1, 0, 0, 0], 0x80, 0, 0, 1, 0, 1))).toBe('a label has an unknown type');
  });

  it('refuses a name that grows beyond 255 octets by pointing', () => {
    const long = [...Array.from({ length: 3 }, () => [63, ...new Uint8Array(63).fill(0x61)]).flat(), 0];
    const bytes = raw(
      [2, 0, 0, 0],
      ...long,
      0,
      1,
      0,
      1,
      63,
      ...new Uint8Array(63).fill(0x62),
      0xc0,
      12,
      0,
      1,
      0,
      1,
    );
    expect(problemOf(bytes)).toBe('a name is longer than 255 octets');
  });

  it('refuses endless jumping, though backwards', () => {
    // All jumps stand in the RDATA of one odd record before the owner that uses them: each leads to the one before it.
    const count = 200;
    const record = [0, 0, 99, 0, 1, 0, 0, 0, 0, (2 * count) >> 8, (2 * count) & 255];
    const start = 12 + record.length;
    const jump = (i: number): number[] => [0xc0 | ((start + 2 * i) >> 8), (start + 2 * i) & 255];
    const shifted = Array.from({ length: count }, (_, i) => (i === 0 ? [0, 0] : jump(i - 1))).flat();
    const last = start + 2 * (count - 1);
    const bytes = raw(
      [0, 2, 0, 0],
      ...record,
      ...shifted,
      0xc0 | (last >> 8),
      last & 255,
      0,
      99,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
    );
    expect(problemOf(bytes)).toBe('a compressed name jumps too often');
  });

  it('spends nothing on counts that lie', () => {
    const began = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1000; i++) expect(problemOf(raw([65535, 65535, 65535, 65535]))).not.toBeNull();
    expect(process.memoryUsage().heapUsed - began).toBeLessThan(32 * 1024 * 1024);
  });

  it('refuses two OPT records, an owned one, and one whose options lie', () => {
    const opt = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0];
    expect(problemOf(raw([0, 0, 0, 1], ...opt))).toBeNull();
    expect(problemOf(raw([0, 0, 0, 2], ...opt, ...opt))).toBe('the message has more than one OPT record');
    expect(problemOf(raw([0, 0, 0, 1], 1, 0x61, ...opt))).toBe('the OPT record has an owner');
    expect(problemOf(raw([0, 0, 0, 1], ...opt.slice(0, 10), 4, 0, 15, 0, 9))).toBe('the data ends too early');
  });

  it('keeps one odd record beside the others', () => {
    const name = [5, 0x73, 0x68, 0x69, 0x72, 0x65, 0];
    const odd = [...name, 0, 33, 0, 1, 0, 0, 0, 9, 0, 3, 1, 2, 3];
    const good = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1];
    const message = decoded(raw([0, 2, 0, 0], ...odd, ...good));
    expect(message.answer.map((rr) => Buffer.from(rr.rdata).toString('hex'))).toEqual(['010203', 'c0000201']);
    expect(decodeSrv(message.answer[0]?.rdata ?? new Uint8Array()).ok).toBe(false);
  });

  it('does not uncompress what must not be compressed', () => {
    const name = [5, 0x73, 0x68, 0x69, 0x72, 0x65, 0];
    const nsec = [...name, 0, 47, 0, 1, 0, 0, 0, 9, 0, 2, 0xc0, 12];
    expect(Buffer.from(decoded(raw([0, 1, 0, 0], ...nsec)).answer[0]?.rdata ?? []).toString('hex')).toBe(
      'c00c',
    );
  });

  it('takes a TTL with its top bit set for zero', () => {
    expect(decoded(raw([0, 1, 0, 0], 0, 0, 16, 0, 1, 0x80, 0, 0, 1, 0, 0)).answer[0]?.ttl).toBe(0);
  });

  it('decodes 64 KiB of TLSA, and refuses more', () => {
    const rr: Rr = { name: NAME, type: TYPE.TLSA, class: 1, ttl: 0, rdata: new Uint8Array(35) };
    const big = encodeMessage({
      ...decoded(answer),
      authority: [],
      additional: [],
      answer: Array.from({ length: 900 }, () => rr),
    });
    expect(decoded(big).answer).toHaveLength(900);
    expect(problemOf(new Uint8Array(65536))).toBe('the message is longer than 65,535 octets');
  });

  it('decodes the costliest message in milliseconds', () => {
    const long = [...Array.from({ length: 124 }, () => [1, 0]).flat(), 0];
    const head = [...long, 0, 99, 0, 1, 0, 0, 0, 0, 0, 0];
    const each = [0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 24, 0xc0, 12, 0xc0, 12, ...new Uint8Array(20)];
    const count = Math.floor((65535 - 12 - head.length) / each.length);
    const bytes = raw([0, count + 1, 0, 0], ...head, ...Array.from({ length: count }, () => each).flat());
    decodeMessage(bytes);
    const began = process.hrtime.bigint();
    expect(decoded(bytes).answer).toHaveLength(count + 1);
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(5_000);
  });
});
