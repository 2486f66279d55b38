/**
 * scram.test.ts: SCRAM against the examples of the RFCs, and against servers that break its rules.
 *
 * In:   RFC 5802 5, RFC 7677 3, and an example with SHA-512
 * Out:  scram.ts and saslprep.ts tested
 * Not:  the stream (talk.test.ts, hostile.test.ts)
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkServerFinal,
  clientFinal,
  clientFirst,
  readServerFirst,
  strictBase64,
  type ScramHash,
} from '../../electron/account/scram.ts';
import { saslPrep } from '../../electron/account/saslprep.ts';

const never = new AbortController().signal;
const examples: readonly (readonly [string, ScramHash, string, string, string, string])[] = [
  [
    'RFC 5802 section 5, SHA-1',
    'sha1',
    'fyko+d2lbbFgONRv9qkxdawL',
    'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  ],
  [
    'RFC 7677 section 3, SHA-256',
    'sha256',
    'rOprNGfwEbeRWgbNEkqO',
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  ],
  [
    'the same with SHA-512',
    'sha512',
    'rOprNGfwEbeRWgbNEkqO',
    'r=rOprNGfwEbeRWgbNEkqO02431b08-2f89-4bad-a4e6-80c0564ec865,s=Yin2FuHTt/M0kJWb0t9OI32n2VmOGi3m+JfjOvuDF88=,i=4096',
    'c=biws,r=rOprNGfwEbeRWgbNEkqO02431b08-2f89-4bad-a4e6-80c0564ec865,p=Hc5yec3NmCD7t+kFRw4/3yD6/F3SQHc7AVYschRja+Bc3sbdjlA0eH1OjJc0DD4ghn1tnXN5/Wr6qm9xmaHt4A==',
    'v=BQuhnKHqYDwQWS5jAw4sZed+C9KFUALsbrq81bB0mh+bcUUbbMPNNmBIupnS2AmyyDnG5CTBQtkjJ9kyY4kzmw==',
  ],
];

describe('an exchange', () => {
  it.each(examples)('is as in %s', async (_, hash, nonce, serverFirst, final, serverFinal) => {
    const words = { hash, gs2: 'n,,', binding: new Uint8Array(), username: 'user', nonce };
    expect(clientFirst(words)).toBe(`n,,n=user,r=${nonce}`);
    const first = readServerFirst(serverFirst, nonce);
    if (!first.ok) throw new Error(first.problem.code);
    const ours = await clientFinal(words, first.value, 'pencil', never);
    if (!ours.ok) throw new Error(ours.problem.code);
    expect(ours.value.text).toBe(final);
    expect(checkServerFinal(serverFinal, ours.value.serverSignature)).toBeNull();
    expect(checkServerFinal('v=AAAA', ours.value.serverSignature)?.code).toBe('proof-wrong');
    const other = createHash(hash).update('another').digest('base64');
    expect(checkServerFinal(`v=${other}`, ours.value.serverSignature)?.code).toBe('proof-wrong');
  });

  it('sends the binding in c=, after the GS2 header', async () => {
    const binding = Buffer.from([1, 2, 3]);
    const words = { hash: 'sha256', gs2: 'p=tls-exporter,,', binding, username: 'u', nonce: 'n' } as const;
    const first = readServerFirst('r=nx,s=AAAA,i=4096', 'n');
    if (!first.ok) throw new Error(first.problem.code);
    const ours = await clientFinal(words, first.value, 'p', never);
    const sent = ours.ok ? Buffer.from(/^c=([^,]*)/.exec(ours.value.text)?.[1] ?? '', 'base64') : null;
    expect(sent).toEqual(Buffer.concat([Buffer.from('p=tls-exporter,,'), binding]));
  });

  it('escapes commas and equals signs in names', () => {
    const words = { hash: 'sha1', gs2: 'y,,', binding: new Uint8Array(), nonce: 'n' } as const;
    expect(clientFirst({ ...words, username: 'a=b,c' })).toBe('y,,n=a=3Db=2Cc,r=n');
  });

  it('can be cancelled while it derives, and nothing comes of it', async () => {
    const first = readServerFirst('r=nx,s=AAAA,i=1000000', 'n');
    if (!first.ok) throw new Error(first.problem.code);
    const stop = new AbortController();
    const words = { hash: 'sha1', gs2: 'n,,', binding: new Uint8Array(), username: 'u', nonce: 'n' } as const;
    const running = clientFinal(words, first.value, 'p', stop.signal);
    stop.abort();
    expect(await running).toEqual({ ok: false, problem: { code: 'cancelled', detail: '' } });
    expect(await clientFinal(words, first.value, 'p', stop.signal)).toMatchObject({ ok: false });
  });

  it('leaves the main thread alone while it derives', async () => {
    const first = readServerFirst('r=nx,s=AAAA,i=300000', 'n');
    if (!first.ok) throw new Error(first.problem.code);
    const words = {
      hash: 'sha512',
      gs2: 'n,,',
      binding: new Uint8Array(),
      username: 'u',
      nonce: 'n',
    } as const;
    let turns = 0;
    let over = false;
    const running = clientFinal(words, first.value, 'p', never).finally(() => (over = true));
    const turn = (): void => {
      turns += 1;
      if (!over) setImmediate(turn);
    };
    turn();
    await running;
    expect(turns).toBeGreaterThan(100);
  });
});

describe('a first message of the server', () => {
  it.each([
    ['r=abcd,s=AAAA,i=4095', 'iterations-too-few'],
    ['r=abcd,s=AAAA,i=1000001', 'iterations-too-many'],
    ['r=abcd,s=AAAA,i=99999999999999999999', 'bad-challenge'],
    ['r=abcd,s=AAAA,i=0x2000', 'bad-challenge'],
    ['r=abcd,s=AAAA,i=-4096', 'bad-challenge'],
    ['r=abcd,s=AAAA,i=4096.5', 'bad-challenge'],
    ['r=abc,s=AAAA,i=4096', 'bad-nonce'],
    ['r=xabc,s=AAAA,i=4096', 'bad-nonce'],
    ['r=other,s=AAAA,i=4096', 'bad-nonce'],
    [`r=abc${'x'.repeat(1_100)},s=AAAA,i=4096`, 'bad-nonce'],
    ['r=abc\u00e9,s=AAAA,i=4096', 'bad-nonce'],
    [`r=abcd,s=${Buffer.alloc(1_025).toString('base64')},i=4096`, 'salt-too-long'],
    ['r=abcd,s=,i=4096', 'bad-challenge'],
    ['r=abcd,s=!!!!,i=4096', 'bad-challenge'],
    ['r=abcd,s=AAA,i=4096', 'bad-challenge'],
    ['m=strange,r=abcd,s=AAAA,i=4096', 'mandatory-extension'],
    ['s=AAAA,r=abcd,i=4096', 'bad-challenge'],
    ['r=abcd,s=AAAA', 'bad-challenge'],
    ['e=other-error', 'scram-error'],
    ['', 'bad-challenge'],
  ])('%s is refused', (text, code) => {
    const read = readServerFirst(text, 'abc');
    expect(read.ok ? null : read.problem.code).toBe(code);
  });

  it.each(['r=abcd,s=AAAA,i=4096', 'r=abcd,s=AAAA,i=1000000', 'r=abcd,s=AAAA,i=4096,x=later'])(
    '%s is taken',
    (text) => {
      expect(readServerFirst(text, 'abc').ok).toBe(true);
    },
  );

  it('may be anything without a throw', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof readServerFirst(text, 'abc').ok === 'boolean'));
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (r, s, i) => {
        const read = readServerFirst(`r=abc${r},s=${s},i=${i}`, 'abc');
        return !read.ok || (read.value.iterations >= 4_096 && read.value.iterations <= 1_000_000);
      }),
    );
  });

  it('cut at any length is refused, or is a whole one', () => {
    const whole = 'r=abcdef,s=QSXCR+Q6sek8bf92,i=4096';
    for (let length = 0; length < whole.length; length += 1)
      expect(readServerFirst(whole.slice(0, length), 'abc').ok).toBe(false);
  });
});

describe('a last message of the server', () => {
  it.each([
    ['', 'proof-missing'],
    ['x=1', 'proof-missing'],
    ['v=', 'proof-wrong'],
    ['v=????', 'proof-wrong'],
    ['e=invalid-proof', 'scram-error'],
  ])('%j proves nothing', (text, code) => {
    expect(checkServerFinal(text, Buffer.alloc(32))?.code).toBe(code);
  });
});

describe('preparing passwords', () => {
  // RFC 4013 section 3.
  it.each([
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['a\u00a0b', 'a b'],
  ])('%j becomes %j', (given, prepared) => {
    expect(saslPrep(given)).toBe(prepared);
  });
  it.each(['\u0007', 'a\u0000', '', '\u00ad', '\ud800', 'a\u202eb', '\ue000'])('%j is none', (given) => {
    expect(saslPrep(given)).toBeNull();
  });
});

describe('base64', () => {
  it('is strict: what it takes, it writes the same', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        (bytes) => strictBase64(Buffer.from(bytes).toString('base64'))?.equals(bytes) === true,
      ),
    );
    for (const bad of ['A', 'AA', 'AAA', 'AAAA=', 'AA=A', ' AAAA', 'AA\nAA', 'AA-_'])
      expect(strictBase64(bad)).toBeNull();
  });
});
