/**
 * replay.test.ts: an attacker who can drop, cut and replay every DNS answer, against a domain whose TLSA record says no.
 *
 * In:   test/attack/world.ts; the observations of whole checks, edited and judged again
 * Out:  no edit makes an acceptance of a refusal
 * Not:  single proofs (test/trust/dnssec)
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { srv, tlsa, type Kit } from '../../electron/demo/kit.ts';
import type { ZoneOptions } from '../../electron/demo/zone.ts';
import { decodeMessage, type DnsMessage, type Rr } from '../../electron/wire/dns-message.ts';
import { encodeMessage } from '../../electron/wire/dns-write.ts';
import type { Base64 } from '../../shared/basics.ts';
import type { DnsSeen, Observation } from '../../shared/observation.ts';
import type { Report } from '../../shared/report.ts';
import { again, bare, startAttack } from './world.ts';

type Message = { readonly seen: DnsSeen; readonly message: DnsMessage };

/** A host with a good certificate, a TLSA record for another key, and neighbours whose proofs can be replayed. */
function tell(options: ZoneOptions, self: boolean): (kit: Kit) => void {
  return (kit) => {
    const plan = kit.zone('shire.example', options);
    const host = self ? 'shire.example' : 'xmpp.shire.example';
    srv(plan, host);
    kit.server(plan, self ? '@' : 'xmpp', 5222, { certificate: kit.issue({ dns: ['shire.example'] }) });
    if (self)
      plan.add('_5222._tcp', 'TLSA', { usage: 3, selector: 1, matchingType: 1, data: '00'.repeat(32) });
    else tlsa(plan, 'xmpp', kit.ca);
    plan.add('*.wild', 'A', '127.0.0.1');
    kit.zone('sub.shire.example', { unsigned: true }).add('@', 'A', '127.0.0.1');
    kit.zone('plain.example', { unsigned: true }).add('@', 'A', '127.0.0.1');
    kit.zone('aaa.example', { denial: 'nsec' });
    kit.zone('signed.sub.example', { denial: 'nsec3' }).add('@', 'A', '127.0.0.1');
  };
}

async function collect(
  options: ZoneOptions,
  self: boolean,
): Promise<{ report: Report; messages: readonly Message[] }> {
  const world = await startAttack({ tell: tell(options, self) });
  try {
    const report = await world.check({ input: 'shire.example' });
    const others = [];
    for (const input of [
      'sub.shire.example',
      'plain.example',
      'aaa.example',
      'none.wild.shire.example',
      'nothing.shire.example',
      'nothing.example',
      'signed.sub.example',
      'nothing',
    ])
      others.push(await world.check({ input, timeoutSeconds: 2 }));
    const messages = [report, ...others]
      .flatMap((r) => r.observations)
      .flatMap((seen): Message[] => {
        if (seen.kind !== 'dns' || !seen.outcome.ok) return [];
        const decoded = decodeMessage(Buffer.from(seen.outcome.value.reply, 'base64'));
        return decoded.ok ? [{ seen, message: decoded.value }] : [];
      });
    return { report, messages };
  } finally {
    await world.close();
  }
}

function replied(o: DnsSeen, message: DnsMessage): DnsSeen {
  const reply = Buffer.from(encodeMessage(message)).toString('base64') as Base64;
  return { ...o, outcome: { ok: true, value: { reply, transport: 'tcp' } } };
}

function withEdit(report: Report, edits: ReadonlyMap<string, (o: DnsSeen) => DnsSeen | null>): Report {
  return {
    ...report,
    observations: report.observations.flatMap((o): Observation[] => {
      const edit = o.kind === 'dns' ? edits.get(o.id) : undefined;
      if (edit === undefined || o.kind !== 'dns') return [o];
      const changed = edit(o);
      return changed === null ? [] : [changed];
    }),
  };
}

/** All that can be done to one answer. */
function editsOf(one: Message, all: readonly Message[]): readonly ((o: DnsSeen) => DnsSeen | null)[] {
  const { message } = one;
  const to =
    (more: Partial<DnsMessage>) =>
    (o: DnsSeen): DnsSeen =>
      replied(o, { ...message, ...more });
  const without = (list: readonly Rr[], i: number): readonly Rr[] => list.filter((_, at) => at !== i);
  return [
    () => null,
    to({ rcode: 2, answer: [], authority: [] }),
    to({ rcode: 0, answer: [], authority: [] }),
    to({ rcode: 3, answer: [], authority: [] }),
    to(bare(message)),
    ...message.answer.map((_, i) => to({ answer: without(message.answer, i) })),
    ...message.authority.map((_, i) => to({ authority: without(message.authority, i) })),
    ...all.flatMap(({ message: other }) => [
      to({ rcode: other.rcode, answer: other.answer, authority: other.authority }),
      to({ rcode: 0, answer: [], authority: [...other.authority, ...other.answer] }),
      to({ authority: [...message.authority, ...other.authority] }),
      to({ answer: bare(message).answer, authority: other.authority }),
    ]),
  ];
}

const ZONES: Readonly<Record<string, readonly [ZoneOptions, boolean]>> = {
  NSEC: [{ denial: 'nsec' }, false],
  NSEC3: [{ denial: 'nsec3' }, false],
  'NSEC3 with opt-out': [{ denial: { nsec3: { optOut: true } } }, false],
  'NSEC, its own target': [{ denial: 'nsec' }, true],
  'NSEC3 with opt-out, its own target': [{ denial: { nsec3: { optOut: true } } }, true],
};
/** Edits of one answer that are tried. */
const MOST_EDITS = 12;

describe('a domain whose TLSA record names another key stays refused', () => {
  for (const [name, [options, self]] of Object.entries(ZONES)) {
    it(`with ${name}, whatever is done to one answer`, async () => {
      const { report, messages } = await collect(options, self);
      expect(report.verdict.outcome).toBe('refuse');
      const found: string[] = [];
      const own = messages.filter((m) => report.observations.includes(m.seen));
      let tried = 0;
      for (const one of own) {
        const { question } = one.seen;
        const edits = editsOf(one, messages);
        // A sample, the same in every run: all of them would take minutes.
        const step = Math.ceil(edits.length / MOST_EDITS);
        for (const [i, edit] of edits.entries()) {
          if (i % step !== 0) continue;
          tried++;
          const judged = again(withEdit(report, new Map([[one.seen.id, edit]])));
          if (judged.verdict.outcome !== 'auto-accept') continue;
          found.push(
            `${question.name} ${question.type} edit ${i}: ${judged.discovery.srv.map((s) => s.dnssec).join()} ${judged.targets[0]?.tlsa.dnssec ?? ''}`,
          );
        }
      }
      expect(tried).toBeGreaterThan(100);
      expect(found).toEqual([]);
    }, 60_000);
  }
  it('whatever is done to several answers', async () => {
    const { report, messages } = await collect({ denial: { nsec3: { optOut: true } } }, false);
    const own = messages.filter((m) => report.observations.includes(m.seen));
    const edits = own.map((one) => editsOf(one, messages));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 2, maxLength: 5 }), (picks) => {
        const chosen = new Map(
          picks.flatMap(([a, b]) => {
            const at = a % own.length;
            const list = edits[at] ?? [];
            const edit = list[b % list.length];
            const id = own[at]?.seen.id;
            return edit === undefined || id === undefined ? [] : [[id, edit] as const];
          }),
        );
        const judged = again(withEdit(report, chosen));
        expect(judged.verdict.outcome).not.toBe('auto-accept');
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
