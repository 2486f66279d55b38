/**
 * scram.ts: one SCRAM exchange, from our first message to the server's proof (RFC 5802, RFC 7677).
 *
 * In:   hash, GS2 header, channel-binding data, user, password, a nonce; the server's messages
 * Out:  our messages; success only with the server's signature verified
 * Not:  which mechanism (mechanism.ts), how messages travel (sasl.ts)
 *
 * Own code and not saslmechanisms: that one knows SHA-1 without channel binding only, hashes on the main thread, and
 * @xmpp/sasl takes <success/> without looking at the server's signature.
 */
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import type { Outcome } from '../../shared/basics.ts';
import { fail, type Failure } from './failure.ts';
import { saslPrep } from './saslprep.ts';

export type ScramHash = 'sha1' | 'sha256' | 'sha512';
export type ScramWords = {
  readonly hash: ScramHash;
  /** `n,,`, `y,,` or `p=type,,` (RFC 5802 6). */
  readonly gs2: string;
  /** Channel-binding data; empty unless gs2 begins with p. */
  readonly binding: Uint8Array;
  readonly username: string;
  /** Printable ASCII without a comma (RFC 5802 7). */
  readonly nonce: string;
};
export type ServerFirst = {
  readonly text: string;
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** XEP-0474's attribute `h`: base64 of the hash of what the server offered; null where it is not there. */
  readonly offered: string | null;
};
export type ClientFinal = { readonly text: string; readonly serverSignature: Uint8Array };

/** Bounds of an honest server: RFC 5802 5.1 asks for 4,096 at least; a million costs about a second of one core. */
const LEAST_ITERATIONS = 4_096;
const MOST_ITERATIONS = 1_000_000;
/** Longer than any server makes them (16 bytes are usual); chosen. */
const LONGEST_SALT = 1_024;
const LONGEST_NONCE = 1_024;
const LENGTHS: Readonly<Record<ScramHash, number>> = { sha1: 20, sha256: 32, sha512: 64 };

/** Our first message. The part after the GS2 header is hashed again later (RFC 5802 3). */
export function clientFirst(words: ScramWords): string {
  return words.gs2 + clientFirstBare(words);
}

/** Reads the server's first message and refuses what no honest server says. `ours` is our nonce. */
export function readServerFirst(text: string, ours: string): Outcome<ServerFirst, Failure> {
  const parts = attributesOf(text);
  if (parts === null) return fail('bad-challenge', text);
  const [first, second, third] = parts;
  if (first?.key === 'e') return fail('scram-error', first.value);
  if (first?.key === 'm') return fail('mandatory-extension');
  if (first?.key !== 'r' || second?.key !== 's' || third?.key !== 'i') return fail('bad-challenge', text);
  const nonce = first.value;
  if (nonce.length > LONGEST_NONCE || !/^[\x21-\x2b\x2d-\x7e]+$/.test(nonce)) return fail('bad-nonce');
  if (!nonce.startsWith(ours) || nonce.length === ours.length) return fail('bad-nonce');
  const salt = strictBase64(second.value);
  if (salt === null || salt.length === 0) return fail('bad-challenge', text);
  if (salt.length > LONGEST_SALT) return fail('salt-too-long', String(salt.length));
  if (!/^[1-9][0-9]{0,9}$/.test(third.value)) return fail('bad-challenge', text);
  const iterations = Number(third.value);
  if (iterations < LEAST_ITERATIONS) return fail('iterations-too-few', third.value);
  if (iterations > MOST_ITERATIONS) return fail('iterations-too-many', third.value);
  const offered = parts.slice(3).find((one) => one.key === 'h')?.value ?? null;
  return { ok: true, value: { text, nonce, salt, iterations, offered } };
}

/**
 * Our proof. The derivation runs in the thread pool. When `signal` aborts the wait ends at once; the pool's thread ends
 * by itself within the bound on iterations, and what it finds goes nowhere.
 */
export async function clientFinal(
  words: ScramWords,
  first: ServerFirst,
  password: string,
  signal: AbortSignal,
): Promise<Outcome<ClientFinal, Failure>> {
  const prepared = saslPrep(password);
  if (prepared === null) return fail('bad-password');
  const salted = await derive(prepared, first.salt, first.iterations, words.hash, signal);
  if (salted === null) return fail('cancelled');
  const bound = Buffer.concat([Buffer.from(words.gs2), words.binding]).toString('base64');
  const withoutProof = `c=${bound},r=${first.nonce}`;
  const authMessage = `${clientFirstBare(words)},${first.text},${withoutProof}`;
  const clientKey = hmac(words.hash, salted, 'Client Key');
  const storedKey = createHash(words.hash).update(clientKey).digest();
  const clientSignature = hmac(words.hash, storedKey, authMessage);
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (clientSignature[i] ?? 0)));
  const serverSignature = hmac(words.hash, hmac(words.hash, salted, 'Server Key'), authMessage);
  salted.fill(0);
  return { ok: true, value: { text: `${withoutProof},p=${proof.toString('base64')}`, serverSignature } };
}

/** The server's last message: null where it holds the signature that only somebody with our keys can make. */
export function checkServerFinal(text: string, serverSignature: Uint8Array): Failure | null {
  const first = attributesOf(text)?.[0];
  if (first?.key === 'e') return { code: 'scram-error', detail: first.value };
  if (first?.key !== 'v') return { code: 'proof-missing', detail: '' };
  const given = strictBase64(first.value);
  const same = given?.length === serverSignature.length && timingSafeEqual(given, serverSignature);
  return same ? null : { code: 'proof-wrong', detail: '' };
}

function clientFirstBare(words: ScramWords): string {
  const name = words.username.replaceAll('=', '=3D').replaceAll(',', '=2C');
  return `n=${name},r=${words.nonce}`;
}

function derive(
  password: string,
  salt: Uint8Array,
  iterations: number,
  hash: ScramHash,
  signal: AbortSignal,
): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve(null);
    const stop = (): void => resolve(null);
    signal.addEventListener('abort', stop, { once: true });
    pbkdf2(password, salt, iterations, LENGTHS[hash], hash, (error, key) => {
      signal.removeEventListener('abort', stop);
      if (error !== null) reject(error);
      else resolve(key);
    });
  });
}

function hmac(hash: ScramHash, key: Uint8Array, text: string): Buffer {
  return createHmac(hash, key).update(text, 'utf8').digest();
}

type Attribute = { readonly key: string; readonly value: string };

/** `k=value` parts, split at commas; null where one has another form. */
function attributesOf(text: string): readonly Attribute[] | null {
  const parts = text.split(',').map((part) => /^([A-Za-z])=([^\0]*)$/s.exec(part));
  if (parts.some((part) => part === null)) return null;
  return parts.flatMap((part) => (part === null ? [] : [{ key: part[1] ?? '', value: part[2] ?? '' }]));
}

/** Base64 with padding and nothing else in it; null otherwise. */
export function strictBase64(text: string): Buffer | null {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null;
  return Buffer.from(text, 'base64');
}
