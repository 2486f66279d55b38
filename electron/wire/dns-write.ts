/**
 * dns-write.ts: DNS messages as bytes (RFC 1035, RFC 6891).
 *
 * In:   a question, or a whole DnsMessage
 * Out:  wire bytes
 * Not:  sockets; ids (net chooses them)
 */
import type { Question } from '../../shared/observation.ts';
import type { DnsMessage, Rr } from './dns-message.ts';
import { encodeName } from './dns-name.ts';
import { CLASS_IN, TYPE, typeNumber } from './dns-type.ts';

export type QueryForm = Question & {
  readonly id: number;
  /** DO and CD set: signatures wanted, and no answer withheld (RFC 4035 3.2). Without it there is no EDNS at all. */
  readonly dnssec: boolean;
  /** The largest UDP answer that we take, in octets. */
  readonly udpSize: number;
  /** The length is brought to a multiple of this (RFC 7830, RFC 8467). */
  readonly padTo?: number;
};

/** A recursive query (RD). The name must not be too long (dns-name.ts, isTooLong). */
export function encodeQuery(form: QueryForm): Uint8Array {
  const name = encodeName(form.name);
  const fixed = [
    ...u16(form.id),
    ...u16(0x0100 | (form.dnssec ? 0x0010 : 0)),
    ...u16(1),
    ...u16(0),
    ...u16(0),
    ...u16(form.dnssec ? 1 : 0),
  ];
  const question = [...name, ...u16(typeNumber(form.type)), ...u16(CLASS_IN)];
  if (!form.dnssec) return Uint8Array.from([...fixed, ...question]);
  return Uint8Array.from([
    ...fixed,
    ...question,
    0,
    ...u16(TYPE.OPT),
    ...u16(form.udpSize),
    ...[0, 0],
    ...u16(0x8000),
    ...padding(fixed.length + question.length + 11, form.padTo),
  ]);
}

/** RFC 7830 3: the padding option, with its own four octets counted. */
const PADDING = 12;

// RDLENGTH and RDATA of the OPT record: empty, or one padding option that fills up to the next multiple.
function padding(before: number, padTo: number | undefined): readonly number[] {
  if (padTo === undefined) return u16(0);
  const length = (padTo - ((before + 4) % padTo)) % padTo;
  return [...u16(4 + length), ...u16(PADDING), ...u16(length), ...new Uint8Array(length)];
}

/** Any message, uncompressed names except for owners that repeat the first question's name. RD is always set. */
export function encodeMessage(message: DnsMessage): Uint8Array {
  const edns = message.edns;
  const records = [...message.answer, ...message.authority, ...message.additional];
  const opt: Rr | null =
    edns === null
      ? null
      : {
          name: '' as Rr['name'],
          type: TYPE.OPT,
          class: edns.udpSize,
          ttl: (message.rcode >> 4) * 0x1000000 + (edns.do ? 0x8000 : 0),
          rdata: Buffer.concat(edns.errors.map(extendedError)),
        };
  return Buffer.concat([
    header(message),
    ...message.questions.map(question),
    ...records.map(rr),
    ...(opt === null ? [] : [rr(opt)]),
  ]);

  function rr(one: Rr): Uint8Array {
    const owner =
      one.name !== '' && one.name === message.questions[0]?.name ? FIRST_QUESTION : encodeName(one.name);
    const fixed = [...u16(one.type), ...u16(one.class), ...u32(one.ttl), ...u16(one.rdata.length)];
    return Buffer.concat([owner, Uint8Array.from(fixed), one.rdata]);
  }
}

/** A pointer to the octet after the header, where the first question's name stands. */
const FIRST_QUESTION = Uint8Array.of(0xc0, 12);

function header(message: DnsMessage): Uint8Array {
  const flags =
    (message.response ? 0x8000 : 0) |
    (message.opcode << 11) |
    (message.authoritative ? 0x0400 : 0) |
    (message.truncated ? 0x0200 : 0) |
    0x0100 |
    (message.recursionAvailable ? 0x0080 : 0) |
    (message.ad ? 0x0020 : 0) |
    (message.cd ? 0x0010 : 0) |
    (message.rcode & 0xf);
  const extra = message.additional.length + (message.edns === null ? 0 : 1);
  const counts = [message.questions.length, message.answer.length, message.authority.length, extra];
  return Uint8Array.from([message.id, flags, ...counts].flatMap(u16));
}

function question(one: DnsMessage['questions'][number]): Uint8Array {
  return Uint8Array.from([...encodeName(one.name), ...u16(one.type), ...u16(one.class)]);
}

/** RFC 8914 2. */
const EXTENDED_ERROR = 15;

function extendedError(error: { readonly code: number; readonly text: string }): Uint8Array {
  const text = Buffer.from(error.text, 'utf8');
  return Buffer.concat([
    Uint8Array.from([...u16(EXTENDED_ERROR), ...u16(2 + text.length), ...u16(error.code)]),
    text,
  ]);
}

function u16(value: number): readonly number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function u32(value: number): readonly number[] {
  return [...u16(Math.floor(value / 0x10000)), ...u16(value % 0x10000)];
}
