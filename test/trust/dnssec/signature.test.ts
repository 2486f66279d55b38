/**
 * signature.test.ts: one RRset, one signature: each rule of RFC 4035 5.3 by itself.
 */
import { ed448 } from '@noble/curves/ed448.js';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../shared/basics.ts';
import { keyFor, signSet } from '../../../electron/demo/zone-key.ts';
import type { Span, ZoneKeyPair } from '../../../electron/demo/zone-key.ts';
import { nameOf } from '../../../electron/demo/zone.ts';
import { holds, readPublicKey } from '../../../electron/trust/dnssec/algorithms.ts';
import { canonicalRdata } from '../../../electron/trust/dnssec/canonical.ts';
import { setAt, setsOf } from '../../../electron/trust/dnssec/rrset.ts';
import { checkRrset } from '../../../electron/trust/dnssec/signature.ts';
import type { Checked, ZoneKey } from '../../../electron/trust/dnssec/signature.ts';
import { createSignatureCache, newWork } from '../../../electron/trust/dnssec/work.ts';
import type { DnsMessage, Rr } from '../../../electron/wire/dns-message.ts';
import { keyTag } from '../../../electron/wire/dns-records.ts';
import { NOW } from './asking.ts';

const ZONE = nameOf('example');
const pair = keyFor('signature tests', 13, 257);
const SECONDS = NOW / 1000;
const SPAN: Span = { inception: SECONDS - 100, expiration: SECONDS + 100 };
const message: DnsMessage = {
  id: 0,
  response: true,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionAvailable: true,
  ad: false,
  cd: true,
  rcode: 0,
  questions: [],
  answer: [],
  authority: [],
  additional: [],
  edns: null,
};

function rr(name: string, type: number, rdata: Uint8Array, ttl = 3600): Rr {
  return { name: nameOf(name), type, class: 1, ttl, rdata };
}

function zoneKey(of: ZoneKeyPair, change: (rdata: Uint8Array) => void = () => undefined): ZoneKey {
  const rdata = Uint8Array.from(of.dnskey);
  change(rdata);
  return {
    rdata,
    flags: (rdata[0] ?? 0) * 256 + (rdata[1] ?? 0),
    protocol: rdata[2] ?? 0,
    algorithm: rdata[3] ?? 0,
    tag: keyTag(rdata),
    key: rdata.subarray(4),
  };
}

type Setup = {
  readonly records?: readonly [Rr, ...Rr[]];
  readonly seen?: (records: readonly Rr[]) => readonly Rr[];
  readonly span?: Span;
  readonly key?: ZoneKey;
  readonly signer?: string;
  readonly now?: number;
  readonly rrsig?: (rdata: Uint8Array) => void;
  readonly sigTtl?: number;
};

function checked({
  records = [rr('a.example', 1, Uint8Array.of(192, 0, 2, 1))],
  seen = (r) => r,
  span = SPAN,
  key = zoneKey(pair),
  signer = 'example',
  now = SECONDS,
  rrsig,
  sigTtl = 3600,
}: Setup): Checked {
  const rdata = Uint8Array.from(signSet(records, nameOf(signer), { ...pair, tag: key.tag }, span));
  rrsig?.(rdata);
  const shown = seen(records);
  const owner = shown[0]?.name ?? records[0].name;
  const all = {
    ...message,
    answer: [...shown, { ...records[0], name: owner, type: 46, ttl: sigTtl, rdata }],
  };
  const set = setAt(setsOf(all).answer, owner, records[0].type);
  if (set === undefined) throw new Error('there must be a set');
  const terms = {
    now: (now * 1000) as Instant,
    allowSha1: false,
    cache: createSignatureCache(),
    work: newWork(),
  };
  return checkRrset(set, ZONE, [key], terms);
}

function verdict(setup: Setup): string {
  const result = checked(setup);
  return result.ok ? 'ok' : result.fault.code;
}

describe('a signature', () => {
  it('holds, for the least of all TTLs and its own remaining time', () => {
    const result = checked({});
    expect(result.ok && result.ttl).toBe(100);
    const short = checked({ seen: (records) => records.map((one) => ({ ...one, ttl: 50 })) });
    expect(short.ok && short.ttl).toBe(50);
    const long = checked({
      seen: (records) => records.map((one) => ({ ...one, ttl: 99_999 })),
      span: { ...SPAN, expiration: SECONDS + 9999 },
    });
    expect(long.ok && long.ttl).toBe(3600);
  });
  it('holds from its first to its last second', () => {
    expect(verdict({ now: SPAN.inception })).toBe('ok');
    expect(verdict({ now: SPAN.inception - 1 })).toBe('signature-not-yet-valid');
    expect(verdict({ now: SPAN.expiration })).toBe('ok');
    expect(verdict({ now: SPAN.expiration + 1 })).toBe('signature-expired');
  });
  it('counts its time as a serial number, also where that turns over in 2106 (RFC 4034 3.1.5)', () => {
    const turn = 2 ** 32;
    const span = { inception: turn - 100, expiration: turn + 100 };
    for (const now of [turn - 50, turn, turn + 50]) expect(verdict({ span, now })).toBe('ok');
    expect(verdict({ span, now: turn + 101 })).toBe('signature-expired');
    expect(verdict({ span, now: turn - 101 })).toBe('signature-not-yet-valid');
    const result = checked({ span, now: turn + 101 });
    expect(!result.ok && result.fault.why).toContain('2106-02-07');
  });
  it('needs a zone key of protocol 3 that is not revoked (RFC 4034 2.1, RFC 5011)', () => {
    expect(
      verdict({
        key: zoneKey(pair, (rdata) => {
          rdata[1] = 0;
        }),
      }),
    ).toBe('ok');
    expect(
      verdict({
        key: zoneKey(pair, (rdata) => {
          rdata[0] = 0;
        }),
      }),
    ).toBe('key-missing');
    expect(
      verdict({
        key: zoneKey(pair, (rdata) => {
          rdata[1] = 0x81;
        }),
      }),
    ).toBe('key-missing');
    expect(
      verdict({
        key: zoneKey(pair, (rdata) => {
          rdata[2] = 4;
        }),
      }),
    ).toBe('key-missing');
  });
  it('needs the zone as its signer', () => {
    expect(verdict({ signer: 'other' })).toBe('signer-wrong');
    expect(verdict({ signer: 'a.example' })).toBe('signer-wrong');
  });
  it('cannot count more labels than the owner has', () => {
    expect(
      verdict({
        rrsig: (rdata) => {
          rdata[3] = 3;
        },
      }),
    ).toBe('signature-wrong');
  });
  it('of a wildcard names the encloser, and the wildcard itself is no expansion', () => {
    const records: readonly [Rr] = [rr('*.example', 1, Uint8Array.of(192, 0, 2, 1))];
    const expanded = checked({
      records,
      seen: (all) => all.map((one) => ({ ...one, name: nameOf('x.y.example') })),
    });
    expect(expanded.ok && expanded.encloser).toBe('example');
    const itself = checked({ records });
    expect(itself.ok && itself.encloser).toBe(null);
  });
  it('does not mind order, doubles and the case of names in the types of RFC 4034 6.2', () => {
    const srv = (target: string): Uint8Array =>
      Uint8Array.from([0, 0, 0, 0, 20, 102, target.length, ...Buffer.from(target), 0]);
    const records: readonly [Rr, ...Rr[]] = [
      rr('a.example', 33, srv('host')),
      rr('a.example', 33, srv('zost')),
    ];
    expect(verdict({ records, seen: (all) => [...all].reverse() })).toBe('ok');
    expect(verdict({ records, seen: (all) => [...all, ...all] })).toBe('ok');
    expect(
      verdict({
        records,
        seen: (all) =>
          all.map((one) => ({
            ...one,
            rdata: Uint8Array.from(one.rdata, (octet, i) => (i > 6 && octet > 96 ? octet - 32 : octet)),
          })),
      }),
    ).toBe('ok');
    expect(verdict({ records, seen: (all) => all.slice(1) })).toBe('signature-wrong');
    // NSEC keeps its case (RFC 6840 5.1), TXT too.
    expect(canonicalRdata(47, Uint8Array.of(1, 65, 0))).toEqual(Uint8Array.of(1, 65, 0));
    expect(canonicalRdata(15, Uint8Array.of(0, 65, 1, 65, 0))).toEqual(Uint8Array.of(0, 65, 1, 97, 0));
    expect(canonicalRdata(35, Uint8Array.of(65, 65, 65, 65, 1, 65, 1, 66, 0, 1, 67, 0))).toEqual(
      Uint8Array.of(65, 65, 65, 65, 1, 65, 1, 66, 0, 1, 99, 0),
    );
  });
});

describe('keys', () => {
  it('Ed448 of RFC 8080 6.2 verifies, natively or not', () => {
    const secret = new Uint8Array(57).fill(7);
    const data = Buffer.from('mellon');
    const signature = ed448.sign(data, secret);
    const key = readPublicKey(16, ed448.getPublicKey(secret));
    if (key === null) throw new Error('there must be a key');
    expect(holds(16, key, data, signature)).toBe(true);
    expect(holds(16, key, Buffer.from('mellow'), signature)).toBe(false);
    expect(holds(16, { kind: 'ed448', key: ed448.getPublicKey(secret) }, data, signature)).toBe(true);
    expect(holds(16, { kind: 'ed448', key: ed448.getPublicKey(secret) }, data, signature.subarray(1))).toBe(
      false,
    );
  });
  it('of wrong length, off their curve, or too costly are none', () => {
    expect(readPublicKey(13, new Uint8Array(63))).toBe(null);
    expect(readPublicKey(13, new Uint8Array(64).fill(1))).toBe(null);
    expect(readPublicKey(15, new Uint8Array(31))).toBe(null);
    expect(readPublicKey(99, new Uint8Array(64))).toBe(null);
    const modulus = new Uint8Array(256).fill(0xc5);
    expect(readPublicKey(8, Uint8Array.from([3, 1, 0, 1, ...modulus]))).not.toBe(null);
    expect(readPublicKey(8, Uint8Array.from([9, ...new Uint8Array(9).fill(3), ...modulus]))).toBe(null);
    expect(readPublicKey(8, Uint8Array.from([3, 1, 0, 1, ...new Uint8Array(513).fill(0xc5)]))).toBe(null);
    expect(readPublicKey(8, Uint8Array.of(3, 1))).toBe(null);
    expect(readPublicKey(8, new Uint8Array())).toBe(null);
    expect(readPublicKey(8, Uint8Array.from([0, 0, 3, 1, 0, 1, ...modulus]))).not.toBe(null);
  });
});
