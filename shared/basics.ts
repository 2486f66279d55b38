/**
 * basics.ts: the few general words that every room uses.
 *
 * In:   nothing
 * Out:  Outcome, NonEmpty, branded strings, assertNever
 * Not:  anything about XMPP, DNS or trust
 */

/** Success or a named problem. Problems are values; only bugs are thrown. */
export type Outcome<T, P> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: P };

export type NonEmpty<T> = readonly [T, ...T[]];

declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/**
 * A domain name in the one spelling used inside the program: lower-case A-labels joined by dots, no final dot,
 * '' for the root. A dot, backslash or byte outside 0x21-0x7e inside a label is written as \DDD.
 */
export type DnsName = Brand<string, 'DnsName'>;
/** Bytes as they came off the wire, base64 with padding. */
export type Base64 = Brand<string, 'Base64'>;
/** Milliseconds since 1970, UTC. */
export type Instant = Brand<number, 'Instant'>;

/** What a decoder says of bytes that do not follow their format. */
export type Malformed = { readonly code: 'malformed'; readonly detail: string };

/** The end of every exhaustive switch: reaching it is our bug. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
