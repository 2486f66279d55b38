/**
 * pin-import.ts: files of pins from elsewhere: our own JSON, `sha256/BASE64` lines, GnuTLS known_hosts lines.
 *
 * In:   text of any kind
 * Out:  pins to make, watches, and what was left out; or what is wrong with which line, and then nothing at all
 * Not:  writing them (pin-export.ts), remembering them (store)
 *
 * Deliberate: a pin that comes without the reasons that were on screen forgives none (TRUST-RULES 10.2). It notices another key;
 * it does not open a route until a person has looked once.
 */
import { createHash, createPublicKey } from 'node:crypto';
import type { Instant, Outcome } from '../shared/basics.ts';
import { IMPORT_PROBLEMS, SKIPPED, type ImportProblem } from '../shared/phrases/pin-exchange.ts';
import type { Pin, Watch } from '../shared/pin.ts';
import type { Service } from '../shared/request.ts';
import { visible } from '../shared/visible.ts';
import { fromPin, toPin } from './store/pin-record.ts';
import { isFields, MOST_PINS, wrongPin, wrongWatch, type Fields, type StoredPin } from './store/shape.ts';
import type { NewPin } from './store/store.ts';
import { parseSource, sourceText } from './wire/address.ts';

export type Imported = {
  readonly pins: readonly NewPin[];
  readonly watches: readonly Watch[];
  /** What was left out on purpose, one sentence each. */
  readonly skipped: readonly string[];
};
/** `line` counts from 1; null where no line can be named. */
export type ImportFailure = {
  readonly code: ImportProblem;
  readonly line: number | null;
  readonly text: string;
};
type Result<T> = Outcome<T, ImportFailure>;

/** Reads an import file. `domain` is for lines that name none; null where none was given. Total. */
export function parsePins(text: string, now: Instant, domain: string | null = null): Result<Imported> {
  if (text.length > LARGEST_IMPORT) return fail('too-large', null, String(LARGEST_IMPORT));
  const bare = text.replace(/^\ufeff/, '');
  const result = bare.trimStart().startsWith('{') ? parseJson(bare, now) : parseLines(bare, now, domain);
  if (!result.ok) return result;
  const { pins, watches, skipped } = result.value;
  return pins.length + watches.length + skipped.length === 0 ? fail('empty', null) : result;
}

function parseJson(text: string, now: Instant): Result<Imported> {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : '';
    return fail('not-json', lineOf(text, /position (\d+)/.exec(detail)?.[1]), detail);
  }
  if (!isFields(file) || file['schema'] !== EXPORT_SCHEMA) return fail('not-ours', null);
  if (file['version'] !== EXPORT_VERSION) {
    const newer = typeof file['version'] === 'number' && file['version'] > EXPORT_VERSION;
    return newer ? fail('newer', null, String(file['version'])) : fail('wrong-field', null, 'version');
  }
  const { pins = [], watches = [] } = file;
  if (!Array.isArray(pins) || !Array.isArray(watches)) return fail('wrong-field', null, 'pins or watches');
  if (pins.length > MOST_PINS || watches.length > MOST_PINS) return fail('too-many', null, String(MOST_PINS));
  const kept: NewPin[] = [];
  const skipped: string[] = [];
  for (const [i, one] of pins.entries()) {
    const pin = isFields(one) ? (wrongDomain(one) ?? asPin(one)) : 'entry';
    if (typeof pin === 'string') return fail('wrong-field', null, `pins[${i}]: ${pin}`);
    const over = pin.revoked !== null || (pin.ends !== null && Date.parse(pin.ends) <= now);
    if (over) skipped.push(SKIPPED.endedPin(visible(pin.domain)));
    else kept.push(pin);
  }
  for (const [i, one] of watches.entries()) {
    const wrong = isFields(one) ? (wrongDomain(one) ?? wrongWatch(one)) : 'entry';
    if (wrong !== null) return fail('wrong-field', null, `watches[${i}]: ${wrong}`);
  }
  // wrongWatch has looked at every field that is taken; those that we do not know are left out.
  const seen = (watches as readonly Watch[]).map(({ domain, service, since, keys, accepted }) => ({
    ...{ domain, service, since, keys },
    ...(accepted === undefined ? {} : { accepted }),
  }));
  return { ok: true, value: { pins: kept, watches: seen, skipped } };
}

/** A domain in another spelling would be remembered and never be met again. */
function wrongDomain({ domain }: Fields): string | null {
  const source = typeof domain === 'string' ? parseSource(domain) : null;
  return source?.ok === true && sourceText(source.value) === domain ? null : 'domain';
}

/** A pin as exported, or the name of the field that is wrong. Fields that we do not know are left out. */
function asPin(value: Fields): Pin | string {
  const { pem = null, keySha256 = null } = value;
  if (pem !== null && (typeof pem !== 'string' || !PEM.test(pem))) return 'pem';
  const wrong = wrongPin({ ...value, leaf: null, keySha256 });
  // wrongPin has looked at every field that fromPin takes.
  return (
    wrong ??
    toPin(fromPin({ ...(value as unknown as StoredPin), pem, keySha256: keySha256 as string | null }))
  );
}

function parseLines(text: string, now: Instant, domain: string | null): Result<Imported> {
  const pins: NewPin[] = [];
  const skipped: string[] = [];
  const lines = text.split('\n');
  if (lines.length > MOST_LINES) return fail('too-many', null, String(MOST_LINES));
  for (const [i, raw] of lines.entries()) {
    const number = i + 1;
    if (raw.length > LONGEST_LINE) return fail('line-too-long', number, String(LONGEST_LINE));
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const one = line.startsWith('|') ? knownHost(line, number, now) : spkiLine(line, number, domain);
    if (!one.ok) return one;
    if (typeof one.value === 'string') skipped.push(one.value);
    else pins.push(one.value);
    if (pins.length > MOST_PINS) return fail('too-many', number, String(MOST_PINS));
  }
  return { ok: true, value: { pins, watches: [], skipped } };
}

/** `[DOMAIN [SERVICE]] sha256/BASE64`, the form of RFC 7469's pins as browsers and curl write it. */
function spkiLine(line: string, number: number, fallback: string | null): Result<NewPin> {
  const words = line.split(/\s+/);
  const pin = /^sha256\/+(.*)$/.exec(words.at(-1) ?? '')?.[1];
  if (pin === undefined || words.length > 3) return fail('not-understood', number);
  const name = words.length === 1 ? fallback : (words[0] ?? null);
  const service = words.length === 3 ? words[1] : undefined;
  if (name === null) return fail('no-domain', number);
  const bytes = base64Bytes(pin);
  if (bytes?.length !== 32) return fail('bad-hash', number);
  const known = service === undefined ? 'xmpp-client' : SERVICES.get(service);
  if (known === undefined) return fail('not-understood', number);
  return keyPin(name, known, bytes.toString('hex'), null, number);
}

/**
 * GnuTLS 3: `|g0|host|service|expiration|base64 of the SPKI` and `|c0|host|service|expiration|algorithm|hex hash of the SPKI`,
 * expiration in seconds since 1970 with 0 for never (gnutls_store_pubkey, gnutls_store_commitment).
 */
function knownHost(line: string, number: number, now: Instant): Result<NewPin | string> {
  const [, kind, host = '', service = '', expiration = '', ...rest] = line.split('|');
  const [a, b] = rest;
  const shaped = (kind === 'g0' && rest.length === 1) || (kind === 'c0' && rest.length === 2);
  if (!shaped || a === undefined) return fail('not-understood', number);
  if (!/^\d{1,12}$/.test(expiration)) return fail('bad-time', number, expiration);
  if (host === '*') return { ok: true, value: SKIPPED.anyHost(number) };
  const known = service === '*' ? 'xmpp-client' : SERVICES.get(service);
  if (known === undefined) return { ok: true, value: SKIPPED.service(number, visible(service, 64)) };
  const ends = Number(expiration) * 1_000;
  if (ends !== 0 && ends <= now) return { ok: true, value: SKIPPED.ended(number) };
  if (ends > LATEST_TIME) return fail('bad-time', number, expiration);
  const endsAt = ends === 0 ? null : new Date(ends).toISOString();
  if (kind === 'c0') {
    // 6 is GNUTLS_DIG_SHA256.
    if (a !== '6') return { ok: true, value: SKIPPED.algorithm(number, visible(a, 16)) };
    return b !== undefined && /^[0-9a-f]{64}$/i.test(b)
      ? keyPin(host, known, b.toLowerCase(), endsAt, number)
      : fail('bad-hash', number);
  }
  const spki = base64Bytes(a);
  if (spki === null) return fail('bad-key', number, 'not base64');
  try {
    createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return fail('bad-key', number, 'no SubjectPublicKeyInfo that this program knows');
  }
  return keyPin(host, known, createHash('sha256').update(spki).digest('hex'), endsAt, number);
}

function keyPin(
  name: string,
  service: Service,
  sha256: string,
  ends: string | null,
  line: number,
): Result<NewPin> {
  const source = parseSource(name);
  if (!source.ok) return fail('bad-domain', line, name);
  const pin: NewPin = {
    ...{ domain: sourceText(source.value), service, by: 'key', sha256, ends, note: '' },
    ...{ forgives: [], names: [], manualToo: false, pem: null, keySha256: sha256 },
  };
  return { ok: true, value: pin };
}

/** Node decodes anything leniently; only text that encodes back to itself is base64. */
function base64Bytes(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  const again = bytes.toString('base64');
  return bytes.length > 0 && again.replace(/=+$/, '') === text.replace(/=+$/, '') ? bytes : null;
}

function lineOf(text: string, position: string | undefined): number | null {
  return position === undefined ? null : text.slice(0, Number(position)).split('\n').length;
}

function fail(code: ImportProblem, line: number | null, detail = ''): { ok: false; problem: ImportFailure } {
  const text = IMPORT_PROBLEMS[code](visible(detail));
  return { ok: false, problem: { code, line, text: line === null ? text : `line ${line}: ${text}` } };
}

export const EXPORT_SCHEMA = 'mellon.pins';
export const EXPORT_VERSION = 1;
/** Names and ports of XMPP in /etc/services and in SRV records. */
const SERVICES: ReadonlyMap<string, Service> = new Map<string, Service>([
  ...['xmpp-client', 'xmpps-client', 'client', 'xmpp', 'jabber-client', '5222', '5223'].map(
    (name): [string, Service] => [name, 'xmpp-client'],
  ),
  ...['xmpp-server', 'xmpps-server', 'server', 'jabber-server', '5269', '5270'].map(
    (name): [string, Service] => [name, 'xmpp-server'],
  ),
]);
const PEM = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,70000}-----END CERTIFICATE-----\s*$/;
/** Chosen: 20,000 pins with their certificates. */
const LARGEST_IMPORT = 64 * 1024 * 1024;
const MOST_LINES = 200_000;
/** Chosen: an RSA key of 16,384 bits takes 3,000 characters. */
const LONGEST_LINE = 20_000;
/** 9999-12-31: beyond it an ISO time has no four-digit year. */
const LATEST_TIME = 253_402_300_799_000;
