/**
 * shape.ts: what stands in the store's files, and whether a text is that.
 *
 * In:   text of mellon.json or of a history file
 * Out:  checked values, or the first thing that is wrong with its place; text again
 * Not:  reading and writing (store-file.ts), other formats (pin-exchange.ts)
 *
 * Hand-written checks: 10,000 pins must open in 100 ms, and a schema library takes half of that alone.
 */
import type { Outcome } from '../../shared/basics.ts';
import type { HistoryEntry, Pin, Watch } from '../../shared/pin.ts';

/** The certificate stands as one line of base64: it reads four times faster than PEM in JSON. */
export type StoredPin = Omit<Pin, 'pem' | 'keySha256'> & {
  readonly keySha256: string | null;
  readonly leaf: string | null;
};
/** When a domain was first seen `secure` (TRUST-RULES section 9); outlives the bounded history. */
export type OnceSecure = { readonly domain: string; readonly service: Pin['service']; readonly at: string };

export type Contents = {
  /** The number of the next pin. */
  readonly next: number;
  readonly pins: readonly StoredPin[];
  readonly watches: readonly Watch[];
  readonly onceSecure: readonly OnceSecure[];
};
export const EMPTY: Contents = { next: 1, pins: [], watches: [], onceSecure: [] };

export type ShapeProblem =
  | { readonly code: 'damaged'; readonly detail: string }
  | { readonly code: 'newer-version'; readonly version: number };

/** Reads the text of mellon.json. Total: every text gives contents or a problem. */
export function decodeContents(text: string): Outcome<Contents, ShapeProblem> {
  const parsed = parseFile(text, STORE_SCHEMA);
  if (!parsed.ok) return parsed;
  const { next, pins, watches, onceSecure } = parsed.value;
  const wrong = wrongContents(parsed.value);
  if (wrong !== null) return damaged(wrong);
  const value = { next, pins, watches, onceSecure } as Contents;
  const ids = new Set(value.pins.map((pin) => pin.id));
  if (ids.size !== value.pins.length) return damaged('two pins have the same id');
  return { ok: true, value };
}

/** What is wrong with values that should be contents; null if nothing. What it finds is never written: it could not be read again. */
export function wrongContents({ next, pins, watches, onceSecure }: Fields): string | null {
  return (
    (isCount(next) ? null : 'next is not a number') ??
    wrongIn('pins', pins, MOST_PINS, wrongPin) ??
    wrongIn('watches', watches, MOST_PINS, wrongWatch) ??
    wrongIn('onceSecure', onceSecure, MOST_DOMAINS_SECURE, wrongOnceSecure)
  );
}

/** Writes contents as JSON with one pin a line, for people who look into it. */
export function encodeContents(contents: Contents): string {
  const head = `"schema":"${STORE_SCHEMA}","version":${VERSION},"next":${contents.next}`;
  return `{${head},"pins":${lines(contents.pins)},"watches":${lines(contents.watches)},"onceSecure":${lines(contents.onceSecure)}}\n`;
}

export type HistoryContents = { readonly entries: readonly HistoryEntry[] };

/** Reads the text of one history file. */
export function decodeHistory(text: string): Outcome<HistoryContents, ShapeProblem> {
  const parsed = parseFile(text, HISTORY_SCHEMA);
  if (!parsed.ok) return parsed;
  const { entries } = parsed.value;
  const wrong = wrongIn('entries', entries, MOST_ENTRIES_READ, wrongHistory);
  return wrong === null ? { ok: true, value: { entries } as HistoryContents } : damaged(wrong);
}

/** Writes one history file. */
export function encodeHistory(contents: HistoryContents): string {
  return `{"schema":"${HISTORY_SCHEMA}","version":${VERSION},"entries":${lines(contents.entries)}}\n`;
}

/** What is wrong with a value that should be a stored pin; null if nothing. */
export function wrongPin(value: Fields): string | null {
  if (!isText(value['id'], 32)) return 'id';
  if (!isDomain(value['domain'])) return 'domain';
  if (!isService(value['service'])) return 'service';
  if (value['by'] !== 'certificate' && value['by'] !== 'key') return 'by';
  if (!isHash(value['sha256'])) return 'sha256';
  if (!isTime(value['created'])) return 'created';
  if (value['ends'] !== null && !isTime(value['ends'])) return 'ends';
  if (value['revoked'] !== null && !isTime(value['revoked'])) return 'revoked';
  if (!isText(value['note'], LONGEST_NOTE)) return 'note';
  if (!isTexts(value['forgives'], 100, 100)) return 'forgives';
  if (!isTexts(value['names'], MOST_NAMES, LONGEST_NAME)) return 'names';
  if (typeof value['manualToo'] !== 'boolean') return 'manualToo';
  if (value['keySha256'] !== null && !isHash(value['keySha256'])) return 'keySha256';
  if (value['leaf'] !== null && !isText(value['leaf'], LONGEST_LEAF)) return 'leaf';
  return null;
}

/** What is wrong with a value that should be a watch; null if nothing. */
export function wrongWatch(value: Fields): string | null {
  if (!isDomain(value['domain'])) return 'domain';
  if (!isService(value['service'])) return 'service';
  if (!isTime(value['since'])) return 'since';
  if (value['accepted'] !== undefined && !isHashes(value['accepted'], MOST_KEYS)) return 'accepted';
  return isHashes(value['keys'], MOST_KEYS) ? null : 'keys';
}

/** What is wrong with a value that should be a history entry; null if nothing. */
export function wrongHistory(value: Fields): string | null {
  if (!isDomain(value['domain'])) return 'domain';
  if (!isService(value['service'])) return 'service';
  if (!isTime(value['at'])) return 'at';
  if (!isText(value['outcome'], 32)) return 'outcome';
  if (value['by'] !== null && !isText(value['by'], 32)) return 'by';
  if (value['dnssec'] !== 'secure' && value['dnssec'] !== 'insecure' && value['dnssec'] !== 'unknown')
    return 'dnssec';
  if (!isHashes(value['keys'], MOST_KEYS)) return 'keys';
  return isHashes(value['certificates'], MOST_KEYS) ? null : 'certificates';
}

function wrongOnceSecure(value: Fields): string | null {
  if (!isDomain(value['domain'])) return 'domain';
  if (!isService(value['service'])) return 'service';
  return isTime(value['at']) ? null : 'at';
}

export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseFile(text: string, schema: string): Outcome<Fields, ShapeProblem> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return damaged(error instanceof Error ? error.message : 'not JSON');
  }
  if (!isFields(value) || value['schema'] !== schema) return damaged(`not a file of ${schema}`);
  const { version } = value;
  if (!isCount(version)) return damaged('version is not a number');
  // Version 1 is the first; an older one cannot be.
  if (version > VERSION) return { ok: false, problem: { code: 'newer-version', version } };
  return version === VERSION ? { ok: true, value } : damaged(`unknown version ${version}`);
}

function wrongIn(
  name: string,
  list: unknown,
  most: number,
  wrong: (value: Fields) => string | null,
): string | null {
  if (!Array.isArray(list)) return `${name} is not a list`;
  if (list.length > most) return `${name} has more than ${most} entries`;
  for (let i = 0; i < list.length; i++) {
    const one: unknown = list[i];
    const field = isFields(one) ? wrong(one) : 'entry';
    if (field !== null) return `${name}[${i}]: ${field} is missing or wrong`;
  }
  return null;
}

function lines(list: readonly unknown[]): string {
  return list.length === 0 ? '[]' : `[\n${list.map((one) => JSON.stringify(one)).join(',\n')}\n]`;
}

function damaged(detail: string): { readonly ok: false; readonly problem: ShapeProblem } {
  return { ok: false, problem: { code: 'damaged', detail } };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isText(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value.length <= longest;
}

function isTexts(value: unknown, most: number, longest: number): boolean {
  return Array.isArray(value) && value.length <= most && value.every((one) => isText(one, longest));
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && HASH.test(value);
}

function isHashes(value: unknown, most: number): boolean {
  return Array.isArray(value) && value.length <= most && value.every(isHash);
}

/** An A-label name or an IP literal: never empty, never with a space or a control character. */
function isDomain(value: unknown): boolean {
  return typeof value === 'string' && DOMAIN.test(value);
}

function isService(value: unknown): boolean {
  return value === 'xmpp-client' || value === 'xmpp-server';
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));
}

export const STORE_SCHEMA = 'mellon.store';
const HISTORY_SCHEMA = 'mellon.history';
export const VERSION = 1;

const HASH = /^[0-9a-f]{64}$/;
/** 253: the longest domain name in text (RFC 1035 3.1). */
const DOMAIN = /^[\x21-\x7e]{1,253}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** Chosen: twice what the speed goals are set for. */
export const MOST_PINS = 20_000;
export const MOST_DOMAINS_SECURE = 100_000;
export const LONGEST_NOTE = 1_000;
/** Chosen: certificates of large hosters carry some hundreds of names. */
export const MOST_NAMES = 1_000;
/** `xmpp:` and the longest domain name in UTF-8 fit. */
export const LONGEST_NAME = 1_100;
/** Base64 of 48 KiB: ten times a certificate with hundreds of names. */
export const LONGEST_LEAF = 65_536;
export const MOST_KEYS = 1_000;
const MOST_ENTRIES_READ = 1_000;
