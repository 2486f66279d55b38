/**
 * whole-check-resolver.test.ts: resolvers that lie, strip, confuse or keep silent, in whole checks: outcome, time and memory.
 */
import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { srv, tlsa } from '../../electron/demo/kit.ts';
import { answerLocally, forgeAd, type MaybeAnswer } from '../../electron/demo/zone-lies.ts';
import { nameOf } from '../../electron/demo/zone.ts';
import { decodeMessage, type DnsMessage, type Rr } from '../../electron/wire/dns-message.ts';
import { TYPE } from '../../electron/wire/dns-type.ts';
import { encodeMessage, encodeQuery } from '../../electron/wire/dns-write.ts';
import { openGround, outcomeOf, story, type Ground, type Peculiar } from './whole.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround([
    // Signed, with a certificate that PKIX trusts and a TLSA record that matches it.
    story('signed.example', (kit) => {
      const plan = srv(kit.zone('signed.example'), 'xmpp.signed.example');
      const certificate = kit.issue({ dns: ['signed.example'] });
      kit.server(plan, 'xmpp', 5222, { certificate });
      tlsa(plan, 'xmpp', certificate);
      // An interceptor with a certificate of a trusted authority.
      kit.server(plan, 'evil', 5222, { certificate: kit.issue({ dns: ['signed.example'] }) });
    }),
    story('unsigned.example', (kit) => {
      const plan = srv(kit.zone('unsigned.example', { unsigned: true }), 'xmpp.unsigned.example');
      kit.server(plan, 'xmpp', 5222, { certificate: kit.issue({ dns: ['unsigned.example'] }) });
      kit.server(plan, 'evil', 5222, { certificate: kit.selfSigned({ dns: ['unsigned.example'] }) });
    }),
  ]);
});
afterAll(() => ground.close());

type Lie = {
  readonly domain: 'signed' | 'unsigned';
  readonly peculiar: () => Peculiar | Promise<Peculiar>;
  readonly wanted: string;
};
const honest: MaybeAnswer = (query) => ground.realm.servers.answer(query);
/** The honest bytes, changed. */
const bytes =
  (change: (reply: Buffer, query: Uint8Array) => Uint8Array | null): MaybeAnswer =>
  (query) => {
    const reply = honest(query);
    return reply === null ? null : change(Buffer.from(reply), query);
  };
/** The honest message, changed. */
const message = (change: (m: DnsMessage) => DnsMessage): MaybeAnswer =>
  bytes((reply) => {
    const decoded = decodeMessage(reply);
    return decoded.ok ? encodeMessage(change(decoded.value)) : reply;
  });
const liar = (name: string) => (): Peculiar => ({ liar: name });
const lie = (answer: MaybeAnswer) => (): Peculiar => ({ answer });
/** A record whose owner is a pointer to `at`, appended as one more answer. */
const pointing = (at: (reply: Buffer) => number): MaybeAnswer =>
  bytes((reply) => {
    const where = at(reply);
    const record = Buffer.from([
      0xc0 | (where >> 8),
      where & 255,
      0,
      1,
      0,
      1,
      0,
      0,
      0,
      9,
      0,
      4,
      127,
      0,
      0,
      1,
    ]);
    reply.writeUInt16BE(reply.readUInt16BE(6) + 1, 6);
    // Behind everything else: so the counts say that all sections before it are answers.
    reply.writeUInt16BE(reply.readUInt16BE(6) + reply.readUInt16BE(8) + reply.readUInt16BE(10), 6);
    reply.writeUInt32BE(0, 8);
    return Buffer.concat([reply, record]);
  });

const LIES: Readonly<Record<string, Lie>> = {
  'strips every signature': {
    domain: 'signed',
    peculiar: liar('strips everything'),
    wanted: 'auto-accept pkix',
  },
  'strips SRV only': { domain: 'signed', peculiar: liar('strips SRV only'), wanted: 'refuse' },
  'strips AAAA only': { domain: 'signed', peculiar: liar('strips AAAA only'), wanted: 'auto-accept dane' },
  'drops TLSA only': { domain: 'signed', peculiar: liar('drops TLSA only'), wanted: 'refuse' },
  'signs the root wrongly': { domain: 'signed', peculiar: liar('signs the root wrongly'), wanted: 'refuse' },
  'forges the AD bit': {
    domain: 'unsigned',
    peculiar: lie((q) => forgeAd(honest)(q)),
    wanted: 'auto-accept pkix',
  },
  'is silent': { domain: 'signed', peculiar: lie(() => null), wanted: 'unreachable' },
  'answers with no octet': { domain: 'signed', peculiar: lie(() => new Uint8Array()), wanted: 'unreachable' },
  'answers with 64 KB of zeros': {
    domain: 'signed',
    peculiar: lie(() => new Uint8Array(65_000)),
    wanted: 'unreachable',
  },
  'answers with the question itself': { domain: 'signed', peculiar: lie((q) => q), wanted: 'unreachable' },
  'points at itself': {
    domain: 'signed',
    peculiar: lie(pointing((reply) => reply.length)),
    wanted: 'unreachable',
  },
  'points forwards': {
    domain: 'signed',
    peculiar: lie(pointing((reply) => reply.length + 12)),
    wanted: 'unreachable',
  },
  'announces more records than it sends': {
    domain: 'signed',
    peculiar: lie(bytes((reply) => (reply.writeUInt16BE(65_535, 6), reply))),
    wanted: 'unreachable',
  },
  'cuts every answer short': {
    domain: 'signed',
    peculiar: lie(bytes((reply) => reply.subarray(0, reply.length - 3))),
    wanted: 'unreachable',
  },
  'lies about a length in every record': {
    domain: 'signed',
    peculiar: lie(bytes((reply) => (reply.fill(255, reply.length - 6), reply))),
    wanted: 'unreachable',
  },
  'answers another question': {
    domain: 'signed',
    peculiar: lie(
      message((m) => ({
        ...m,
        questions: m.questions.map((q) => ({ ...q, name: nameOf('mordor.example') })),
      })),
    ),
    wanted: 'unreachable',
  },
  'answers another type': {
    domain: 'signed',
    peculiar: lie(message((m) => ({ ...m, questions: m.questions.map((q) => ({ ...q, type: TYPE.TXT })) }))),
    wanted: 'unreachable',
  },
  'answers under another id': {
    domain: 'signed',
    peculiar: lie(bytes((reply) => (reply.writeUInt16BE(reply.readUInt16BE(0) ^ 1, 0), reply))),
    wanted: 'unreachable',
  },
  'refuses everything': {
    domain: 'signed',
    peculiar: lie(message((m) => ({ ...m, rcode: 5, answer: [], authority: [] }))),
    wanted: 'unreachable',
  },
  'cuts every answer and says so, over TCP as well': {
    domain: 'signed',
    peculiar: lie(message((m) => ({ ...m, truncated: true, answer: [], authority: [] }))),
    wanted: 'unreachable',
  },
  'adds the same record 3,000 times': {
    domain: 'signed',
    peculiar: lie(
      message((m) => ({ ...m, answer: m.answer.flatMap((rr) => Array<Rr>(300).fill(rr)).slice(0, 3_000) })),
    ),
    wanted: 'auto-accept dane',
  },
  'says that a signed address is another': {
    domain: 'signed',
    peculiar: lie(forged),
    wanted: 'refuse',
  },
  'answers from another port as well, first': {
    domain: 'unsigned',
    peculiar: () => otherPort('first'),
    wanted: 'auto-accept pkix',
  },
  'answers from another port only': {
    domain: 'unsigned',
    peculiar: () => otherPort('only'),
    wanted: 'unreachable',
  },
  'answers twice with different contents, the true one first': {
    domain: 'unsigned',
    peculiar: () => ({ answer: (query) => [honest(query) ?? query, forged(query)] }),
    wanted: 'auto-accept pkix',
  },
  'answers twice, the false one first and under another id': {
    domain: 'unsigned',
    peculiar: () => ({
      answer: (query) => {
        const false_ = Buffer.from(forged(query));
        false_.writeUInt16BE(false_.readUInt16BE(0) ^ 0x55aa, 0);
        return [false_, honest(query) ?? query];
      },
    }),
    wanted: 'auto-accept pkix',
  },
  'answers twice, the false one first: nothing proves it, and the certificate decides': {
    domain: 'unsigned',
    peculiar: () => ({ answer: (query) => [forged(query), honest(query) ?? query] }),
    wanted: 'manual right-name-untrusted-issuer',
  },
  'answers twice for a signed domain, the false one first': {
    domain: 'signed',
    peculiar: () => ({ answer: (query) => [forged(query), honest(query) ?? query] }),
    wanted: 'refuse',
  },
};

/** The addresses of both domains are the interceptors'. */
function forged(query: Uint8Array): Uint8Array {
  const one = answerLocally(nameOf('xmpp.unsigned.example'), addressOf('evil.unsigned.example'));
  const other = answerLocally(nameOf('xmpp.signed.example'), addressOf('evil.signed.example'));
  return one(other(honest))(query) ?? query;
}

function addressOf(host: string): string {
  const question = { name: nameOf(host), type: 'A' } as const;
  const query = encodeQuery({ id: 1, ...question, dnssec: false, udpSize: 512 });
  const reply = decodeMessage(honest(query) ?? query);
  return reply.ok ? [...(reply.value.answer[0]?.rdata ?? [])].join('.') : '';
}

const closing: (() => void)[] = [];
afterAll(() => closing.forEach((close) => close()));

/** UDP replies from a port that was not asked: false ones, beside the true one or alone. */
async function otherPort(how: 'first' | 'only'): Promise<Peculiar> {
  const [asked, stranger] = await Promise.all([bound(), bound()]);
  asked.on('message', (query, from) => {
    stranger.send(forged(query), from.port, from.address, () => {
      if (how === 'first') asked.send(honest(query) ?? query, from.port, from.address);
    });
  });
  return { resolverPort: asked.address().port };
}

async function bound(): Promise<ReturnType<typeof createSocket>> {
  const socket = createSocket('udp4');
  await new Promise<void>((ready) => socket.bind(0, '127.0.0.1', ready));
  closing.push(() => socket.close());
  return socket;
}

describe('a whole check through a resolver that', () => {
  for (const [name, { domain, peculiar, wanted }] of Object.entries(LIES))
    it(name, async () => {
      const whole = await ground.check(`${domain}.example`, {
        seconds: hangs(name, wanted) ? 1.5 : 6,
        ...(await peculiar()),
      });
      expect(outcomeOf(whole.report)).toBe(wanted);
    });
});

/** Whether the check must end by its time: no usable answer came, or one was kept back. */
function hangs(name: string, wanted: string): boolean {
  return wanted === 'unreachable' || name === 'drops TLSA only';
}
