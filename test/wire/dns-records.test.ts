/** dns-records.test.ts: what single records hold, and what becomes of those that make no sense. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rr } from '../../electron/wire/dns-message.ts';
import * as records from '../../electron/wire/dns-records.ts';
import { TYPE } from '../../electron/wire/dns-type.ts';
import type { DnsName, Malformed, Outcome } from '../../shared/basics.ts';

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function value<T>(outcome: Outcome<T, Malformed>): T {
  if (!outcome.ok) throw new Error(outcome.problem.detail);
  return outcome.value;
}

function text(type: number, rdata: Uint8Array, name = 'example.com'): string {
  const rr: Rr = { name: name as DnsName, type, class: 1, ttl: 86400, rdata };
  return records.recordText(rr);
}

const DNSKEY_RDATA = Uint8Array.from([
  ...bytes('0100 03 05'),
  ...Buffer.from(
    'AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==',
    'base64',
  ),
]);

const GOOD: readonly (readonly [
  string,
  number,
  Uint8Array,
  (rdata: Uint8Array) => Outcome<unknown, Malformed>,
  string,
])[] = [
  ['A', TYPE.A, bytes('c0000201'), records.decodeA, '192.0.2.1'],
  ['AAAA', TYPE.AAAA, bytes('20010db8000000000000000000000001'), records.decodeAaaa, '2001:db8::1'],
  [
    'SRV',
    TYPE.SRV,
    bytes('0005 0000 1466 04786d7070 05 7368697265 00'),
    records.decodeSrv,
    '5 0 5222 xmpp.shire.',
  ],
  ['SRV of nothing', TYPE.SRV, bytes('0000 0000 0000 00'), records.decodeSrv, '0 0 0 .'],
  ['CNAME', TYPE.CNAME, bytes('01 41 00'), records.decodeCname, 'a.'],
  ['DNAME', TYPE.DNAME, bytes('01 61 00'), records.decodeDname, 'a.'],
  ['NS', TYPE.NS, bytes('01 61 00'), records.decodeNs, 'a.'],
  [
    'SOA',
    TYPE.SOA,
    bytes('0161 00 0162 00 00000001 00000002 00000003 00000004 00000005'),
    records.decodeSoa,
    'a. b. 1 2 3 4 5',
  ],
  ['TXT', TYPE.TXT, bytes('02 6822 01 00'), records.decodeTxt, '"h\\"" "\\000"'],
  ['CAA', TYPE.CAA, bytes('80 05 6973737565 63612e'), records.decodeCaa, '128 issue "ca."'],
  ['TLSA', TYPE.TLSA, bytes('03 01 01 abcdef'), records.decodeTlsa, '3 1 1 abcdef'],
  // RFC 4034 5.4.
  [
    'DS',
    TYPE.DS,
    bytes('ec45 05 01 2BB183AF5F22588179A53B0A98631FAD1A292118'),
    records.decodeDs,
    '60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118',
  ],
  [
    'DNSKEY',
    TYPE.DNSKEY,
    DNSKEY_RDATA,
    records.decodeDnskey,
    `256 3 5 ${Buffer.from(DNSKEY_RDATA.subarray(4)).toString('base64')}`,
  ],
  [
    'RRSIG',
    TYPE.RRSIG,
    bytes('0001 05 03 00015180 3e7d1ca8 3e557f98 0a52 07 6578616d706c65 00 a3b5'),
    records.decodeRrsig,
    'A 5 3 86400 1048386728 1045790616 2642 example. o7U=',
  ],
  // RFC 4034 4.3, shortened: A MX RRSIG NSEC TYPE1234.
  [
    'NSEC',
    TYPE.NSEC,
    bytes('04 686f7374 00 0006 400100000003 041b 000000000000000000000000000000000000000000000000000020'),
    records.decodeNsec,
    'host. A MX RRSIG NSEC TYPE1234',
  ],
  // RFC 5155 appendix A, the first record.
  [
    'NSEC3',
    TYPE.NSEC3,
    bytes('01 01 000c 04 aabbccdd 14 174eb2409fe28bcb4887a1836f957f0a8425e27b 0007 22010000000290'),
    records.decodeNsec3,
    '1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr NS SOA MX RRSIG DNSKEY NSEC3PARAM',
  ],
];

describe('records', () => {
  it.each(GOOD)('decodes %s and writes it as in a zone file', (name, type, rdata, decode, expected) => {
    expect(decode(rdata).ok, name).toBe(true);
    const [, , , mnemonic, ...rest] = text(type, rdata).split(' ');
    expect(mnemonic).toBe(name.split(' ')[0]);
    expect(rest.join(' ')).toBe(expected);
  });

  it('finds what is cut short, at every length where the layout is not free', () => {
    // Where the last field takes what is left, only its head can be cut.
    const heads = new Map([
      ['TLSA', 3],
      ['DS', 4],
      ['DNSKEY', 4],
      ['RRSIG', 27],
      ['CAA', 7],
      ['NSEC', 6],
      ['NSEC3', 28],
    ]);
    for (const [name, , rdata, decode] of GOOD) {
      for (let length = 0; length < (heads.get(name) ?? rdata.length); length++) {
        // A TXT record is whole after each string.
        if (name === 'TXT' && length === 3) continue;
        const cut = decode(rdata.subarray(0, length));
        expect(!cut.ok && cut.problem.code, `${name} at ${length}`).toBe('malformed');
      }
    }
  });

  it('finds octets left over', () => {
    for (const [name, , rdata, decode] of GOOD) {
      if (['TLSA', 'DS', 'DNSKEY', 'RRSIG', 'CAA', 'TXT'].includes(name)) continue;
      expect(decode(Uint8Array.from([...rdata, 0])).ok, name).toBe(false);
    }
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (rdata) => {
        for (const [, type, , decode] of GOOD) {
          decode(rdata);
          expect(text(type, rdata)).not.toMatch(/[\u0000-\u001f]/);
        }
      }),
    );
  });
});

describe('single fields', () => {
  it('gives the key tag of RFC 4034 5.4', () => {
    expect(records.keyTag(DNSKEY_RDATA)).toBe(60485);
  });

  it('gives a key tag for the longest key', () => {
    const longest = new Uint8Array(65535).fill(0xff);
    let sum = 0n;
    longest.forEach((octet, i) => (sum += BigInt(octet) << (i % 2 === 0 ? 8n : 0n)));
    expect(records.keyTag(longest)).toBe(Number((sum + ((sum >> 16n) & 0xffffn)) & 0xffffn));
  });

  it('reads signature times as unsigned numbers', () => {
    const rdata = bytes('0001 0d 02 00000e10 ffffffff 80000000 0001 00 00');
    expect(value(records.decodeRrsig(rdata))).toMatchObject({
      expiration: 0xffffffff,
      inception: 0x80000000,
      signer: '',
    });
  });

  it('refuses a compressed signer and next name', () => {
    expect(records.decodeRrsig(bytes('0001 0d 02 00000e10 00000002 00000001 0001 c00c 00')).ok).toBe(false);
    expect(records.decodeNsec(bytes('c00c 0001 40')).ok).toBe(false);
  });

  it.each([
    ['windows twice', '00 0001 40 0001 40'],
    ['windows falling', '00 0101 40 0001 40'],
    ['an empty window', '00 0000'],
    ['a window of 33 octets', `00 0021 ${'40'.repeat(33)}`],
    ['a window cut short', '00 0002 40'],
  ])('refuses a type bitmap with %s', (_, hex) => {
    expect(records.decodeNsec(bytes(hex)).ok).toBe(false);
  });

  it('takes an empty type bitmap (RFC 5155 empty non-terminals)', () => {
    expect(value(records.decodeNsec3(bytes('01 00 0000 00 01 ff'))).types.size).toBe(0);
  });

  it('refuses an NSEC3 without a next hash', () => {
    expect(records.decodeNsec3(bytes('01 00 0000 00 00')).ok).toBe(false);
  });

  it('keeps dots and controls inside labels apart from dots between them', () => {
    const srv = value(records.decodeSrv(bytes('0000 0000 0001 03 612e62 01 00 00')));
    expect(srv.target).toBe('a\\046b.\\000');
  });

  it('knows a tag of CAA by its letters only', () => {
    expect(records.decodeCaa(bytes('00 02 2e2e')).ok).toBe(false);
    expect(records.decodeCaa(bytes('00 00')).ok).toBe(false);
  });

  it('spells base32hex as RFC 4648 10 does', () => {
    const spelled = ['f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((word) =>
      records.base32hex(Buffer.from(word)),
    );
    expect(spelled).toEqual(['co', 'cpng', 'cpnmu', 'cpnmuog', 'cpnmuoj1', 'cpnmuoj1e8']);
  });
});

describe('records as text', () => {
  it('is the whole line', () => {
    expect(text(TYPE.A, bytes('c0000201'))).toBe('example.com. 86400 IN A 192.0.2.1');
    expect(text(TYPE.A, bytes('c0000201'), '')).toBe('. 86400 IN A 192.0.2.1');
  });

  it('shows what it cannot read as RFC 3597 does', () => {
    expect(text(65280, bytes('0102'))).toBe('example.com. 86400 IN TYPE65280 \\# 2 0102');
    expect(text(TYPE.SRV, bytes('0102'))).toBe('example.com. 86400 IN SRV \\# 2 0102');
  });

  it('is bounded', () => {
    expect(text(TYPE.TLSA, new Uint8Array(65000)).length).toBeLessThan(5000);
  });
});
