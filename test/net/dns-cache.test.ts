/** dns-cache.test.ts: answers that checks share: kept by TTL, bounded, never against a person's wish to look afresh. */
import { describe, expect, it } from 'vitest';
import { MOST_ANSWERS, MOST_BYTES, openDnsCache, type Look } from '../../electron/net/dns-cache.ts';
import { TYPE, typeNumber, type DnsMessage, type Rr } from '../../electron/wire/dns-message.ts';
import { encodeName } from '../../electron/wire/dns-name.ts';
import { encodeMessage } from '../../electron/wire/dns-write.ts';
import type { DnsName } from '../../shared/basics.ts';
import type { Question } from '../../shared/observation.ts';

const SHIRE = 'shire.example' as DnsName;
const RESOLVER = 'udp://192.0.2.53';
const KEYS: Question = { name: 'example' as DnsName, type: 'DNSKEY' };

function rr(name: DnsName, type: number, ttl: number, rdata: Uint8Array = new Uint8Array(8)): Rr {
  return { name, type, class: 1, ttl, rdata };
}

function soa(ttl: number, minimum: number): Rr {
  const numbers = Buffer.alloc(20);
  numbers.writeUInt32BE(minimum, 16);
  const name = encodeName('example' as DnsName);
  return rr('example' as DnsName, TYPE.SOA, ttl, Buffer.concat([name, name, numbers]));
}

function look(question: Question, change: Partial<DnsMessage> = {}): Look {
  const { name, type } = question;
  const bytes = encodeMessage({
    id: 1,
    response: true,
    opcode: 0,
    authoritative: false,
    truncated: false,
    recursionAvailable: true,
    ad: false,
    cd: true,
    rcode: 0,
    questions: [{ name, type: typeNumber(type), class: 1 }],
    answer: [rr(name, typeNumber(type), 300)],
    authority: [],
    additional: [],
    edns: null,
    ...change,
  });
  const rcode = change.rcode ?? 0;
  return {
    resolver: RESOLVER,
    answered: { ok: true, value: { bytes, truncated: change.truncated ?? false, rcode, transport: 'udp' } },
  };
}

/** A cache with a clock that is set by hand, and one check's view of it that counts what was really asked. */
function stage(fresh: DnsName | null = SHIRE) {
  const clock = { now: 1_000_000 };
  const cache = openDnsCache(() => clock.now);
  const asked: string[] = [];
  const limits = { stepMs: 1_000, signal: new AbortController().signal };
  const check = cache.forCheck(fresh);
  const ask = (question: Question, change: Partial<DnsMessage> = {}, resolver = RESOLVER) =>
    check.ask(
      { question, resolver },
      () => {
        asked.push(`${question.type} ${question.name}`);
        return Promise.resolve(look(question, change));
      },
      limits,
    );
  return { clock, cache, check, asked, limits, ask };
}

describe('answers kept between checks', () => {
  it('are given again with their bytes and their age, until their TTL is over', async () => {
    const { clock, ask, asked } = stage();
    const first = await ask(KEYS);
    clock.now += 299_999;
    const second = await ask(KEYS);
    expect([first.ageMs, second.ageMs]).toEqual([null, 299_999]);
    expect(second.answered).toEqual(first.answered);
    clock.now += 1;
    expect((await ask(KEYS)).ageMs).toBeNull();
    expect(asked).toHaveLength(2);
  });

  it('count no more once the clock was put back', async () => {
    const { clock, ask } = stage();
    await ask(KEYS);
    clock.now -= 1;
    expect((await ask(KEYS)).ageMs).toBeNull();
  });

  it('are kept an hour at most', async () => {
    const { clock, ask } = stage();
    await ask(KEYS, { answer: [rr(KEYS.name, TYPE.DNSKEY, 172_800)] });
    clock.now += 3_600_000;
    expect((await ask(KEYS)).ageMs).toBeNull();
  });

  it('live as long as the shortest TTL in them', async () => {
    const { clock, ask } = stage();
    const answer = [rr(KEYS.name, TYPE.DNSKEY, 300), rr(KEYS.name, TYPE.RRSIG, 20)];
    await ask(KEYS, { answer });
    clock.now += 20_000;
    expect((await ask(KEYS)).ageMs).toBeNull();
  });

  it('of one resolver are never given for another', async () => {
    const { ask } = stage();
    await ask(KEYS);
    expect((await ask(KEYS, {}, 'tls://192.0.2.53')).ageMs).toBeNull();
  });

  it.each([
    ['SRV', '_xmpp-client._tcp.other.example'],
    ['TLSA', '_5222._tcp.xmpp.other.example'],
    ['A', 'xmpp.other.example'],
    ['AAAA', 'xmpp.other.example'],
  ] as const)('are none of type %s', async (type, name) => {
    const { ask } = stage();
    const question: Question = { name: name as DnsName, type };
    await ask(question);
    expect((await ask(question)).ageMs).toBeNull();
  });

  it.each(['shire.example', '_tcp.shire.example'])(
    'are not taken for %s, which the person asks about, but are for others',
    async (name) => {
      const { cache, ask, limits } = stage();
      const question: Question = { name: name as DnsName, type: 'DS' };
      await ask(question);
      expect((await ask(question)).ageMs).toBeNull();
      const other = cache.forCheck('bree.example' as DnsName);
      const taken = await other.ask(
        { question, resolver: RESOLVER },
        () => Promise.reject(new Error()),
        limits,
      );
      expect(taken.ageMs).toBe(0);
    },
  );

  it('are no errors and nothing that was cut short', async () => {
    const { ask } = stage();
    for (const change of [{ rcode: 2 }, { rcode: 5 }, { truncated: true }]) {
      await ask(KEYS, change);
      expect((await ask(KEYS, change)).ageMs).toBeNull();
    }
  });

  it.each([
    ['as the SOA says', [soa(300, 60)], 59_999, 0],
    ['no longer than the SOA says', [soa(300, 60)], 60_000, null],
    ['no longer than the SOA lives', [soa(30, 60)], 30_000, null],
    ['not at all without an SOA', [rr('example' as DnsName, TYPE.NSEC, 300)], 0, null],
    ['not at all where the SOA is broken', [{ ...soa(300, 60), rdata: new Uint8Array(3) }], 0, null],
  ] as const)('say of an absence that it lasts %s', async (_, authority, laterMs, kept) => {
    const { clock, ask } = stage();
    const question: Question = { name: 'other.example' as DnsName, type: 'DS' };
    await ask(question, { answer: [], authority });
    clock.now += laterMs;
    const again = await ask(question, { answer: [], authority });
    expect(again.ageMs === null ? null : 0).toBe(kept);
  });

  it('take a TTL with its highest bit set for none (RFC 2181 8)', async () => {
    const { ask } = stage();
    await ask(KEYS, { answer: [rr(KEYS.name, TYPE.DNSKEY, 0x80000000)] });
    expect((await ask(KEYS)).ageMs).toBeNull();
  });

  it('are all forgotten that a check took or left which could not prove what it saw', async () => {
    const { cache, check, ask, limits } = stage();
    await ask(KEYS);
    const other = cache.forCheck('bree.example' as DnsName);
    const root: Question = { name: '' as DnsName, type: 'DNSKEY' };
    await other.ask({ question: root, resolver: RESOLVER }, () => Promise.resolve(look(root)), limits);
    await other.ask({ question: KEYS, resolver: RESOLVER }, () => Promise.reject(new Error()), limits);
    other.forget();
    expect((await ask(KEYS)).ageMs).toBeNull();
    expect((await ask(root)).ageMs).toBeNull();
    check.forget();
  });
});

describe('bounds of what is kept', () => {
  const many = (count: number): Question[] =>
    Array.from({ length: count }, (_, i) => ({ name: `z${i}.example` as DnsName, type: 'DS' }));

  it('hold 4,096 answers, those used last', async () => {
    const { ask, asked } = stage();
    const questions = many(MOST_ANSWERS);
    for (const question of questions) await ask(question);
    // The first was used again, so the second has waited longest.
    expect((await ask(questions[0] ?? KEYS)).ageMs).toBe(0);
    await ask(KEYS);
    asked.length = 0;
    expect((await ask(questions[0] ?? KEYS)).ageMs).toBe(0);
    expect((await ask(questions[2] ?? KEYS)).ageMs).toBe(0);
    expect((await ask(questions[1] ?? KEYS)).ageMs).toBeNull();
    expect(asked).toEqual(['DS z1.example']);
  });

  it('hold 32 MB', async () => {
    const { ask } = stage();
    const big = (question: Question) => ({
      answer: [rr(question.name, TYPE.DS, 300, new Uint8Array(60_000))],
    });
    const questions = many(Math.floor(MOST_BYTES / 61_000) + 20);
    for (const question of questions) await ask(question, big(question));
    const last = questions.at(-1) ?? KEYS;
    expect((await ask(last, big(last))).ageMs).toBe(0);
    const first = questions[0] ?? KEYS;
    expect((await ask(first, big(first))).ageMs).toBeNull();
  });
});

describe('a question that two checks ask at once', () => {
  const SRV: Question = { name: '_xmpp-client._tcp.shire.example' as DnsName, type: 'SRV' };

  function two() {
    const { cache } = stage();
    const pending: ((one: Look) => void)[] = [];
    const ask = (signal: AbortSignal, stepMs = 1_000) =>
      cache.forCheck(SHIRE).ask(
        { question: SRV, resolver: RESOLVER },
        () =>
          new Promise<Look>((resolve) => {
            pending.push(resolve);
            signal.addEventListener('abort', () => resolve(failure('timed-out')));
          }),
        { stepMs, signal },
      );
    return { pending, ask };
  }
  const failure = (code: 'timed-out' | 'refused'): Look => ({
    resolver: RESOLVER,
    answered: { ok: false, problem: code === 'refused' ? { code } : { code, afterMs: 1 } },
  });

  it('is sent once, and both have the answer as their own', async () => {
    const { pending, ask } = two();
    const [a, b] = [ask(new AbortController().signal), ask(new AbortController().signal)];
    expect(pending).toHaveLength(1);
    pending[0]?.(look(SRV));
    expect([(await a).ageMs, (await b).ageMs]).toEqual([null, null]);
    expect((await b).answered).toEqual((await a).answered);
    // It is over: the next one asks for itself.
    void ask(new AbortController().signal);
    expect(pending).toHaveLength(2);
  });

  it('fails for both where it fails', async () => {
    const { pending, ask } = two();
    const both = [ask(new AbortController().signal), ask(new AbortController().signal)];
    pending[0]?.(failure('refused'));
    expect((await Promise.all(both)).map((one) => one.answered.ok)).toEqual([false, false]);
    expect(pending).toHaveLength(1);
  });

  it('is asked again by the second where the first is cancelled', async () => {
    const { pending, ask } = two();
    const first = new AbortController();
    const [a, b] = [ask(first.signal), ask(new AbortController().signal)];
    first.abort();
    expect((await a).answered.ok).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(pending).toHaveLength(2);
    pending[1]?.(look(SRV));
    expect((await b).answered.ok).toBe(true);
  });

  it('goes on for the first where the second is cancelled, who waits no longer', async () => {
    const { pending, ask } = two();
    const second = new AbortController();
    const [a, b] = [ask(new AbortController().signal), ask(second.signal)];
    second.abort();
    expect((await b).answered).toMatchObject({ ok: false, problem: { code: 'timed-out' } });
    pending[0]?.(look(SRV));
    expect((await a).answered.ok).toBe(true);
  });

  it('is not shared where one would wait longer than the other', () => {
    const { pending, ask } = two();
    void ask(new AbortController().signal, 1_000);
    void ask(new AbortController().signal, 5_000);
    expect(pending).toHaveLength(2);
  });
});
