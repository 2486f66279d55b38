/**
 * follow.test.ts: answers to questions that no name can answer.
 *
 * In:   replies made by hand
 * Out:  seen.ts, follow.ts and plan.ts tested where a name is too long to exist
 * Not:  signatures (test/trust/dnssec)
 */
import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { encodeRdata } from '../../electron/demo/zone-rdata.ts';
import { groundOf } from '../../electron/ground.ts';
import { parseRequest } from '../../electron/options.ts';
import { validate } from '../../electron/trust/dnssec/validate.ts';
import { follow } from '../../electron/trust/follow.ts';
import { plan } from '../../electron/trust/plan.ts';
import { indexObservations, type Seen } from '../../electron/trust/seen.ts';
import { TYPE } from '../../electron/wire/dns-message.ts';
import { encodeMessage } from '../../electron/wire/dns-write.ts';
import type { Base64, DnsName } from '../../shared/basics.ts';
import type { DnsSeen, Question } from '../../shared/observation.ts';
import { NOW } from './dane-world.ts';

const YXDOMAIN = 6;
const LABEL = 'a'.repeat(60);
const request = parseRequest({ input: 'mordor.example', resolvers: ['udp://127.0.0.1'] });
if (!request.ok) throw new Error(request.problem.text);

type Record = { readonly name: DnsName; readonly type: 'DNAME' | 'SRV'; readonly rdata: Uint8Array };

function seenOf(question: Question, rcode: number, records: readonly Record[]): Seen {
  const reply = encodeMessage({
    ...{ id: 0, response: true, opcode: 0, rcode, authoritative: false, truncated: false },
    ...{ recursionAvailable: true, ad: false, cd: true, edns: null, authority: [], additional: [] },
    questions: [{ name: question.name, type: TYPE.SRV, class: 1 }],
    answer: records.map(({ type, ...record }) => ({ ...record, type: TYPE[type], class: 1, ttl: 60 })),
  });
  const one: DnsSeen = {
    ...{ id: 'o1', kind: 'dns', start: 0, end: 1, from: [], question },
    ...{ resolver: 'udp://127.0.0.1', resolverIndex: 0 },
    outcome: {
      ok: true,
      value: { reply: Buffer.from(reply).toString('base64') as Base64, transport: 'udp' },
    },
  };
  return indexObservations([one]);
}

const question: Question = { name: `_xmpp-client._tcp.${LABEL}.mordor.example` as DnsName, type: 'SRV' };
const dname: Record = {
  name: 'mordor.example' as DnsName,
  type: 'DNAME',
  rdata: encodeRdata('DNAME', `${LABEL}.${LABEL}.${LABEL}.example`),
};

it('takes a DNAME that leads to too long a name (YXDOMAIN) for an alias to nowhere, and not for silence', () => {
  const lookup = seenOf(question, YXDOMAIN, [dname]).lookup(0);
  expect(lookup(question)).toBeDefined();
  expect(follow(question, lookup).state).toBe('loop');
  const unsigned = { ...groundOf(request.value, NOW), negativeAnchors: ['example' as DnsName] };
  expect(validate(question, lookup, unsigned)).toMatchObject({ status: 'bogus', code: 'alias-malformed' });
});

it('takes YXDOMAIN without a DNAME that leads to too long a name for no answer', () => {
  const aside: Record = { ...dname, name: 'gondor.example' as DnsName };
  const short: Record = { ...dname, rdata: encodeRdata('DNAME', 'gondor.example') };
  const itself: Record = { ...dname, name: question.name };
  for (const records of [[], [aside], [short], [itself]])
    expect(seenOf(question, YXDOMAIN, records).lookup(0)(question)).toBeUndefined();
});

it('asks for no name that is too long to exist, and knows that there is nothing at it', () => {
  const srv: Question = { name: '_xmpp-client._tcp.mordor.example' as DnsName, type: 'SRV' };
  const host = `${LABEL}.${LABEL}.${LABEL}.${'b'.repeat(50)}.mordor.example` as DnsName;
  const rdata = encodeRdata('SRV', { port: 5222, target: host });
  const seen = seenOf(srv, 0, [{ name: srv.name, type: 'SRV', rdata }]);
  const { wanted } = plan(request.value, seen, groundOf(request.value, NOW));
  expect(wanted.some(({ key }) => key === `dns ${host} A 0`)).toBe(true);
  expect(wanted.some(({ key }) => key.startsWith(`dns _5222._tcp.${host}`))).toBe(false);
  const tlsa: Question = { name: `_5222._tcp.${host}` as DnsName, type: 'TLSA' };
  expect(follow(tlsa, () => undefined).state).toBe('none');
});
