/**
 * zone-line.ts: trust anchors as DS and DNSKEY lines of a zone file (RFC 1035 5.1, RFC 4034 2.2 and 5.3).
 *
 * In:   text, as in IANA's root-anchors or unbound's root.key
 * Out:  the records, or the first line that is wrong
 * Not:  other record types, $INCLUDE, BIND's trust-anchors blocks; belief (trust/dnssec/anchors.ts)
 */
import type { DnsName, Malformed, Outcome } from '../../shared/basics.ts';
import { visible } from '../../shared/visible.ts';
import type { Rr } from './dns-message.ts';
import { join, parseName, ROOT } from './dns-name.ts';
import { CLASS_IN, TYPE } from './dns-type.ts';

export type ZoneLineProblem = Malformed & { /** Counted from 1. */ readonly line: number };

/** The largest text taken, in characters. Chosen: the root's anchors in every form together are below 8 KiB. */
const LONGEST_TEXT = 65536;

/**
 * Parses zone-file text. Names without a final dot are below $ORIGIN, which is the root unless set; TTL and class may be missing;
 * an owner may be left out where a line before named one. Malformed: any line that is not wholly understood.
 */
export function parseZoneLines(text: string): Outcome<readonly Rr[], ZoneLineProblem> {
  if (text.length > LONGEST_TEXT) return bad(1, 'the text is longer than 65,536 characters');
  const entries = splitEntries(text);
  if (!entries.ok) return entries;
  const found: Rr[] = [];
  let origin = ROOT;
  let ttl = 0;
  let owner: DnsName | null = null;
  for (const entry of entries.value) {
    const words = [...entry.words];
    const [first = '', second = ''] = words;
    if (first.startsWith('$')) {
      const name = first.toUpperCase() === '$ORIGIN' ? ownerName(second, origin) : null;
      const seconds = first.toUpperCase() === '$TTL' ? parseTtl(second) : null;
      if (words.length !== 2 || (name?.ok !== true && seconds === null)) {
        return bad(entry.line, `“${visible(words.join(' '))}” is not understood`);
      }
      if (name?.ok === true) origin = name.value;
      ttl = seconds ?? ttl;
      continue;
    }
    if (!entry.indented) {
      const name = ownerName(words.shift() ?? '', origin);
      if (!name.ok) return bad(entry.line, name.problem.detail);
      owner = name.value;
    }
    if (owner === null) return bad(entry.line, 'the first record has no owner');
    const record = parseRecord(words, owner, ttl);
    if (!record.ok) return bad(entry.line, record.problem.detail);
    found.push(record.value);
  }
  return { ok: true, value: found };
}

function ownerName(text: string, origin: DnsName): Outcome<DnsName, Malformed> {
  if (text === '@') return { ok: true, value: origin };
  const name = parseName(text);
  if (!name.ok || text.endsWith('.') || origin === ROOT) return name;
  return parseName(join(name.value, origin));
}

// TTL and class may both be missing and may come in either order; then the type.
function parseRecord(words: string[], owner: DnsName, ttl: number): Outcome<Rr, Malformed> {
  let seconds: number | null = null;
  let classes = 0;
  while (words.length > 0) {
    const word = words[0] ?? '';
    const number = parseTtl(word);
    if (number !== null && seconds === null) seconds = number;
    else if (word.toUpperCase() === 'IN' && classes === 0) classes++;
    else break;
    words.shift();
  }
  const type = (words.shift() ?? '').toUpperCase();
  if (type !== 'DS' && type !== 'DNSKEY') {
    return bad(0, type === '' ? 'the record type is missing' : `“${visible(type)}” is neither DS nor DNSKEY`);
  }
  const rdata = type === 'DS' ? parseDs(words) : parseDnskey(words);
  if (!rdata.ok) return rdata;
  return {
    ok: true,
    value: { name: owner, type: TYPE[type], class: CLASS_IN, ttl: seconds ?? ttl, rdata: rdata.value },
  };
}

function parseDs(words: readonly string[]): Outcome<Uint8Array, Malformed> {
  const tag = parseNumber(words[0], 0xffff);
  const algorithm = parseAlgorithm(words[1]);
  const digestType = parseNumber(words[2], 0xff);
  if (tag === null || algorithm === null || digestType === null) {
    return bad(0, 'a DS record needs three numbers: key tag, algorithm, digest type');
  }
  const digest = words.slice(3).join('');
  if (!/^([0-9a-f]{2})+$/i.test(digest)) return bad(0, 'the digest is not hexadecimal');
  const bytes = Buffer.from(digest, 'hex');
  const length = DIGEST_LENGTHS.get(digestType);
  if (length !== undefined && bytes.length !== length) {
    return bad(0, `the digest has ${bytes.length} octets, but its type ${digestType} has ${length}`);
  }
  return { ok: true, value: Uint8Array.from([tag >> 8, tag & 0xff, algorithm, digestType, ...bytes]) };
}

/** Octets of SHA-1 (RFC 4034 5.1.4), SHA-256 (RFC 4509), GOST (RFC 5933) and SHA-384 (RFC 6605). */
const DIGEST_LENGTHS: ReadonlyMap<number, number> = new Map([
  [1, 20],
  [2, 32],
  [3, 32],
  [4, 48],
]);

function parseDnskey(words: readonly string[]): Outcome<Uint8Array, Malformed> {
  const flags = parseNumber(words[0], 0xffff);
  const protocol = parseNumber(words[1], 0xff);
  const algorithm = parseAlgorithm(words[2]);
  if (flags === null || protocol === null || algorithm === null) {
    return bad(0, 'a DNSKEY record needs three numbers: flags, protocol, algorithm');
  }
  const text = words.slice(3).join('');
  const key = Buffer.from(text, 'base64');
  // Buffer skips what it does not know, so only the text that comes back the same was base64.
  if (text === '' || key.toString('base64') !== text) return bad(0, 'the key is not base64');
  return { ok: true, value: Uint8Array.from([flags >> 8, flags & 0xff, protocol, algorithm, ...key]) };
}

// RFC 4034 2.2, 5.3: a number, or a mnemonic of the registry.
function parseAlgorithm(word: string | undefined): number | null {
  return ALGORITHMS.get((word ?? '').toUpperCase()) ?? parseNumber(word, 0xff);
}

/** The mnemonics of IANA's registry "DNS Security Algorithm Numbers" that have a number of their own. */
const ALGORITHMS: ReadonlyMap<string, number> = new Map([
  ['RSAMD5', 1],
  ['DH', 2],
  ['DSA', 3],
  ['RSASHA1', 5],
  ['DSA-NSEC3-SHA1', 6],
  ['RSASHA1-NSEC3-SHA1', 7],
  ['NSEC3DSA', 6],
  ['NSEC3RSASHA1', 7],
  ['RSASHA256', 8],
  ['RSASHA512', 10],
  ['ECC-GOST', 12],
  ['ECDSAP256SHA256', 13],
  ['ECDSAP384SHA384', 14],
  ['ED25519', 15],
  ['ED448', 16],
]);

function parseNumber(word: string | undefined, largest: number): number | null {
  if (word === undefined || !/^[0-9]{1,5}$/.test(word)) return null;
  const number = Number(word);
  return number <= largest ? number : null;
}

// Seconds, or BIND's 1w2d3h4m5s; RFC 2181 8: below 2^31.
function parseTtl(word: string): number | null {
  // Every part but the last ends with its letter, so that there is one way only to read a word: no back-tracking.
  if (word === '' || !/^(?:[0-9]{1,10}[smhdw])*(?:[0-9]{1,10})?$/i.test(word)) return null;
  let total = 0;
  for (const part of word.matchAll(/([0-9]+)([smhdw]?)/gi)) {
    total += Number(part[1]) * (UNITS.get((part[2] ?? '').toLowerCase()) ?? 1);
  }
  return total < 0x80000000 ? total : null;
}
const UNITS: ReadonlyMap<string, number> = new Map([
  ['m', 60],
  ['h', 3600],
  ['d', 86400],
  ['w', 604800],
]);

type Entry = { readonly line: number; readonly indented: boolean; readonly words: readonly string[] };

// Entries end with their line, unless a parenthesis is open; a semicolon begins a comment.
function splitEntries(text: string): Outcome<readonly Entry[], ZoneLineProblem> {
  const entries: Entry[] = [];
  let open: { line: number; indented: boolean; words: string[] } | null = null;
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const content = line.replace(/;.*$/s, '');
    const parts = content.match(/[()]|[^\s()]+/g) ?? [];
    let inside: boolean = open !== null;
    open ??= { line: index + 1, indented: /^\s/.test(content), words: [] };
    for (const part of parts) {
      if (part === '(' || part === ')') {
        if ((part === '(') === inside) return bad(index + 1, `“${part}” stands where it must not`);
        inside = part === '(';
      } else {
        open.words.push(part);
      }
    }
    if (inside) continue;
    if (open.words.length > 0) entries.push(open);
    open = null;
  }
  return open === null ? { ok: true, value: entries } : bad(open.line, 'a parenthesis is not closed');
}

function bad(line: number, detail: string): { readonly ok: false; readonly problem: ZoneLineProblem } {
  return { ok: false, problem: { code: 'malformed', line, detail } };
}
