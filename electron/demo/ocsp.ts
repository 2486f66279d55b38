/**
 * ocsp.ts: OCSP responses with real signatures, each property breakable alone (RFC 6960 4.2).
 *
 * In:   the certificate, its issuer, what should be said of it
 * Out:  a response to staple, DER
 * Not:  the TLS server that staples it
 */
import { createHash } from 'node:crypto';
import { signing, type Issued, type SignWith } from './certificate.ts';
import {
  bits,
  context,
  encode,
  enumerated,
  generalizedTime,
  integer,
  nothing,
  octets,
  oid,
  parsed,
  sequence,
  tagged,
  type Node,
} from './der.ts';

export type StapleOptions = {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly leaf: Issued;
  readonly issuer: Issued;
  /** Who signs, where it is not the issuer itself; its certificate is put into the response. */
  readonly responder?: Issued;
  /** Default: one hour ago, and in one day. null leaves nextUpdate out. */
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | null;
  readonly serial?: Uint8Array;
  readonly signWith?: SignWith;
  readonly corrupt?: true;
  /** Object identifier of a critical extension of the answer. */
  readonly critical?: string;
  /** Instead of an answer: 3 is tryLater. */
  readonly error?: number;
};

export function makeStaple(options: StapleOptions): Uint8Array {
  if (options.error !== undefined) return encode(sequence(enumerated(options.error)));
  const { leaf, issuer, now } = options;
  const signer = options.responder ?? issuer;
  const { algorithm, finish } = signing(signer.key, options.signWith);
  const digest = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha1').update(bytes).digest());
  const id = sequence(
    sequence(oid('1.3.14.3.2.26'), nothing()),
    octets(digest(leaf.certificate.issuer.der)),
    octets(digest(issuer.certificate.key.bytes)),
    integer(options.serial ?? Buffer.from(leaf.certificate.serial, 'hex')),
  );
  const next = options.nextUpdate === undefined ? now + DAY : options.nextUpdate;
  const answer = sequence(
    id,
    statusNode(options),
    generalizedTime(options.thisUpdate ?? now - HOUR),
    ...(next === null ? [] : [tagged(0, generalizedTime(next))]),
    ...(options.critical === undefined ? [] : [tagged(1, sequence(criticalNode(options.critical)))]),
  );
  const data = sequence(
    tagged(2, octets(digest(signer.certificate.key.bytes))),
    generalizedTime(now - HOUR),
    sequence(answer),
  );
  const signature = finish(encode(data));
  if (options.corrupt === true) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  const certificates =
    options.responder === undefined ? [] : [tagged(0, sequence(parsed(options.responder.der)))];
  const basic = sequence(data, algorithm, bits(signature), ...certificates);
  return encode(sequence(enumerated(0), tagged(0, sequence(oid(BASIC), octets(encode(basic))))));
}

function statusNode({ status, now }: StapleOptions): Node {
  if (status === 'good') return context(0, new Uint8Array());
  return status === 'revoked' ? tagged(1, generalizedTime(now - DAY)) : context(2, new Uint8Array());
}

function criticalNode(id: string): Node {
  return sequence(oid(id), parsed(Uint8Array.of(0x01, 0x01, 0xff)), octets(encode(nothing())));
}

const BASIC = '1.3.6.1.5.5.7.48.1.1';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
