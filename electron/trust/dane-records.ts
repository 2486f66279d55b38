/**
 * dane-records.ts: TLSA records as values: usable or not, and which of them count (RFC 6698 2.1 and 4.1, RFC 7671 9).
 *
 * In:   the records of one TLSA answer
 * Out:  DaneRecord for each, in order
 * Not:  comparing with certificates (dane-compare.ts), DNSSEC (dane-applies.ts)
 */
import { tlsaWords, UNUSABLE } from '../../shared/phrases/dane.ts';
import { visible } from '../../shared/visible.ts';
import { decodeKey } from '../wire/certificate-key.ts';
import { decodeCertificate, type Certificate } from '../wire/certificate.ts';
import type { Rr } from '../wire/dns-message.ts';
import { decodeTlsa } from '../wire/dns-records.ts';

export type DaneRecord = {
  /** "3 1 1 8d02..." in full. */
  readonly text: string;
  /** The same, cut for sentences. */
  readonly short: string;
  readonly usage: number;
  readonly selector: number;
  readonly matching: number;
  readonly data: Uint8Array;
  readonly hex: string;
  /** What the three numbers mean. */
  readonly words: string;
  /** Why it is unusable, or null. */
  readonly unusable: string | null;
  /** Left out by digest agility: a stronger digest stands for the same usage and selector. */
  readonly weaker: boolean;
  /** The whole certificate that a `_ 0 0` record holds. */
  readonly certificate: Certificate | null;
};

/** RFC 6698 7.4: octets of the digests. */
const DIGEST_LENGTH: Readonly<Record<number, number>> = { 1: 32, 2: 64 };

/**
 * Reads all records. Unusable (RFC 6698 4.1): a number that is not defined, a digest of the wrong length, and malformed
 * data, which for matching type 0 means: no certificate, or no key, or something after it (as OpenSSL does).
 */
export function readTlsa(records: readonly Rr[]): readonly DaneRecord[] {
  const read = records.map(readOne);
  const strongest = new Map<string, number>();
  for (const one of read) {
    if (one.unusable !== null) continue;
    const group = `${one.usage} ${one.selector}`;
    strongest.set(group, Math.max(strongest.get(group) ?? 0, one.matching));
  }
  // RFC 7671 9: SHA2-512(2) is stronger than SHA2-256(1); Full(0) is never left out.
  return read.map((one) => {
    const best = strongest.get(`${one.usage} ${one.selector}`) ?? 0;
    return { ...one, weaker: one.unusable === null && one.matching !== 0 && one.matching < best };
  });
}

/** Whether a record takes part in the decision. */
export function counts(record: DaneRecord): boolean {
  return record.unusable === null && !record.weaker;
}

function readOne(rr: Rr): DaneRecord {
  const tlsa = decodeTlsa(rr.rdata);
  if (!tlsa.ok) {
    const text = `\\# ${rr.rdata.length} ${hexOf(rr.rdata)}`;
    const none = { usage: -1, selector: -1, matching: -1, data: rr.rdata, hex: hexOf(rr.rdata), words: '' };
    return {
      ...none,
      text,
      short: text,
      unusable: UNUSABLE['malformed-record'](''),
      weaker: false,
      certificate: null,
    };
  }
  const { usage, selector, matching, data } = tlsa.value;
  const hex = hexOf(data);
  const numbers = `${usage} ${selector} ${matching}`;
  const { unusable, certificate } = judgeUsable(usage, selector, matching, data);
  return {
    text: `${numbers} ${hex}`,
    short: `${numbers} ${hex.length > SHORT ? `${hex.slice(0, SHORT)}…` : hex}`,
    usage,
    selector,
    matching,
    data,
    hex,
    words: tlsaWords(usage, selector, matching),
    unusable,
    weaker: false,
    certificate,
  };
}

/** Hex digits shown in a sentence. Chosen: enough to recognise, short enough to read. */
const SHORT = 16;

function judgeUsable(
  usage: number,
  selector: number,
  matching: number,
  data: Uint8Array,
): { readonly unusable: string | null; readonly certificate: Certificate | null } {
  const no = (unusable: string): { unusable: string; certificate: null } => ({ unusable, certificate: null });
  if (usage > 3) return no(UNUSABLE['unknown-usage'](String(usage)));
  if (selector > 1) return no(UNUSABLE['unknown-selector'](String(selector)));
  if (matching > 2) return no(UNUSABLE['unknown-matching'](String(matching)));
  if (matching !== 0) {
    const expected = DIGEST_LENGTH[matching];
    return data.length === expected
      ? { unusable: null, certificate: null }
      : no(UNUSABLE['wrong-length'](`${data.length} bytes instead of ${expected ?? 0}`));
  }
  if (selector === 1) {
    const key = decodeKey(data);
    return key.ok
      ? { unusable: null, certificate: null }
      : no(UNUSABLE['malformed-data'](`no public key: ${visible(key.problem.detail)}`));
  }
  const certificate = decodeCertificate(data);
  return certificate.ok
    ? { unusable: null, certificate: certificate.value }
    : no(UNUSABLE['malformed-data'](`no certificate: ${visible(certificate.problem.detail)}`));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
