/**
 * mutate.ts: inputs made from inputs, repeatable by a seed.
 *
 * In:   a seed, a corpus, words
 * Out:  random numbers, and changed inputs
 * Not:  which inputs are worth keeping (loop.ts)
 */

/** Numbers below `n`; the same seed gives the same ones (mulberry32). */
export type Random = (n: number) => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * n);
  };
}

/** The longest input. The decoders' own bounds are 64 KiB and below. */
const LONGEST = 80_000;
/** Octets at the borders of lengths and signs. */
const BORDERS = [
  0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xbf, 0xc0, 0xfe, 0xff, 0x22, 0x27, 0x2e, 0x3c, 0x3e, 0x40,
];

/** One to eight changes to an input of the corpus. */
export function mutated(random: Random, corpus: readonly Uint8Array[], words: readonly string[]): Uint8Array {
  let bytes = pick(random, corpus);
  for (let changes = 1 << random(4); changes > 0; changes--) bytes = changed(random, bytes, corpus, words);
  return bytes.subarray(0, LONGEST);
}

function changed(
  random: Random,
  bytes: Uint8Array,
  corpus: readonly Uint8Array[],
  words: readonly string[],
): Uint8Array {
  const at = random(bytes.length + 1);
  const length = 1 + random(random(4) === 0 ? bytes.length + 1 : 8);
  switch (random(9)) {
    case 0:
      return flipped(bytes, at, 1 << random(8));
    case 1:
      return set(bytes, at, random(256));
    case 2:
      return set(bytes, at, BORDERS[random(BORDERS.length)] ?? 0);
    case 3:
      return spliced(bytes, at, length, new Uint8Array());
    case 4:
      return spliced(bytes, at, 0, bytes.subarray(at, at + length));
    case 5: {
      const other = pick(random, corpus);
      const from = random(other.length + 1);
      return spliced(bytes, at, random(2) * length, other.subarray(from, from + length));
    }
    case 6: {
      const word = Buffer.from(words[random(words.length)] ?? '', random(2) === 0 ? 'latin1' : 'utf8');
      return spliced(bytes, at, random(2) * word.length, word);
    }
    case 7:
      return spliced(bytes, at, 0, repeated(bytes.subarray(at, at + length), 1 + random(64)));
    default:
      return json(random, bytes) ?? bytes.subarray(0, at);
  }
}

/** A change inside the structure of JSON: random bytes seldom leave it whole. */
function json(random: Random, bytes: Uint8Array): Uint8Array | null {
  if (bytes[0] !== 0x7b && bytes[0] !== 0x5b) return null;
  let root: unknown;
  try {
    root = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
  let inner = root;
  for (let depth = 0; depth < 12; depth++) {
    if (typeof inner !== 'object' || inner === null) break;
    const holder = inner as Record<string, unknown>;
    const keys = Object.keys(holder);
    const key = keys[random(keys.length)];
    if (key === undefined) break;
    const child = holder[key];
    if (typeof child !== 'object' || child === null || random(6) === 0) {
      const choice = random(ODD.length + 3);
      if (choice < ODD.length) holder[key] = ODD[choice];
      else if (choice === ODD.length) Reflect.deleteProperty(holder, key);
      else if (typeof child === 'string') holder[key] = textChanged(random, child);
      else holder[key] = holder[keys[random(keys.length)] ?? key];
      break;
    }
    inner = child;
  }
  return Buffer.from(JSON.stringify(root));
}

const ODD: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e300,
    '',
    'x',
    [],
    {},
    'a'.repeat(300),
    '../..',
    'xn--a',
    '\u202e',
    '9999-99-99',
  ],
];

function textChanged(random: Random, text: string): string {
  const at = random(text.length + 1);
  const letter = String.fromCharCode(random(4) === 0 ? random(0x10000) : 0x20 + random(0x5f));
  return text.slice(0, at) + letter + text.slice(at + random(3));
}

function pick(random: Random, corpus: readonly Uint8Array[]): Uint8Array {
  return corpus[random(corpus.length)] ?? new Uint8Array();
}

function flipped(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  return set(bytes, at, (bytes[at] ?? 0) ^ mask);
}

function set(bytes: Uint8Array, at: number, octet: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (at < copy.length) copy[at] = octet;
  return copy;
}

function spliced(bytes: Uint8Array, at: number, gone: number, put: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + gone)]).subarray(0, LONGEST);
}

function repeated(piece: Uint8Array, times: number): Uint8Array {
  return Buffer.concat(Array<Uint8Array>(times).fill(piece)).subarray(0, LONGEST);
}
