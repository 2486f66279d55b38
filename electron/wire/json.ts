/**
 * json.ts: JSON from strangers, strictly (RFC 8259).
 *
 * In:   bytes
 * Out:  JsonValue (objects as Maps, so that no member name is special), or what is malformed
 * Not:  the meaning of any document (posh-document.ts, host-meta.ts)
 *
 * Stricter than JSON.parse where two readers could understand two things: a member that stands twice in one object is
 * refused (RFC 8259 4: what readers make of it is unpredictable), and so are byte order marks and wrong UTF-8.
 */
import type { Malformed, Outcome } from '../../shared/basics.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** Largest document read, in bytes (TRUST-RULES 8.6). */
export const LARGEST_JSON = 64 * 1024;
/** Most values in one document. Chosen: ten times what a full POSH document has, and below 2 MB of memory. */
const MOST_VALUES = 5000;
/** Deepest nesting of arrays and objects. Chosen: the deepest known document (a JWK set) has 4. */
const DEEPEST = 16;

/** Reads one JSON text. Malformed: see the card; `detail` names what is wrong in a few words and where. */
export function decodeJson(bytes: Uint8Array): Outcome<JsonValue, Malformed> {
  const text = decodeUtf8(bytes);
  if (!text.ok) return text;
  try {
    const reader = new JsonReader(text.value);
    return { ok: true, value: reader.document() };
  } catch (thrown) {
    if (thrown instanceof Broken) return malformed(thrown.message);
    throw thrown;
  }
}

/** Bytes to text: at most 64 KiB, UTF-8, no byte order mark (RFC 8259 8.1). */
export function decodeUtf8(bytes: Uint8Array): Outcome<string, Malformed> {
  if (bytes.length > LARGEST_JSON) return malformed('larger than 64 KiB');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return malformed('begins with a byte order mark (BOM)');
  }
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return malformed('begins with a UTF-16 byte order mark (BOM), not UTF-8');
  }
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return malformed('not valid UTF-8');
  }
}

class Broken extends Error {}

class JsonReader {
  private readonly text: string;
  private at = 0;
  private values = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): JsonValue {
    this.space();
    if (this.at === this.text.length) throw new Broken('empty');
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) throw this.broken('something follows the end of the document');
    return value;
  }

  private value(depth: number): JsonValue {
    this.values++;
    if (this.values > MOST_VALUES) throw this.broken(`more than ${MOST_VALUES} values`);
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth + 1);
      case '[':
        return this.array(depth + 1);
      case '"':
        return this.string();
      default:
        return this.scalar();
    }
  }

  private object(depth: number): JsonObject {
    if (depth > DEEPEST) throw this.broken(`nested deeper than ${DEEPEST}`);
    const members = new Map<string, JsonValue>();
    this.at++;
    this.space();
    if (this.take('}')) return members;
    for (;;) {
      if (this.text[this.at] !== '"') throw this.broken('a member name is expected');
      const name = this.string();
      if (members.has(name)) throw this.broken('a member stands twice in one object');
      this.space();
      if (!this.take(':')) throw this.broken('a colon is expected');
      this.space();
      members.set(name, this.value(depth));
      this.space();
      if (this.take('}')) return members;
      if (!this.take(',')) throw this.broken('a comma or a closing brace is expected');
      this.space();
    }
  }

  private array(depth: number): readonly JsonValue[] {
    if (depth > DEEPEST) throw this.broken(`nested deeper than ${DEEPEST}`);
    const items: JsonValue[] = [];
    this.at++;
    this.space();
    if (this.take(']')) return items;
    for (;;) {
      items.push(this.value(depth));
      this.space();
      if (this.take(']')) return items;
      if (!this.take(',')) throw this.broken('a comma or a closing bracket is expected');
      this.space();
    }
  }

  private string(): string {
    let out = '';
    this.at++;
    for (;;) {
      const plain = this.match(/[^"\\\u0000-\u001f]*/y);
      out += plain;
      const next = this.text[this.at];
      if (next === '"') {
        this.at++;
        // A lone surrogate is no character; two readers may treat it in two ways (RFC 8259 8.2).
        if (!out.isWellFormed()) throw this.broken('a string holds half a surrogate pair');
        return out;
      }
      if (next !== '\\') throw this.broken('a string is not closed, or holds a control character');
      out += this.escape();
    }
  }

  private escape(): string {
    const hex = this.match(/\\u[0-9a-fA-F]{4}/y);
    if (hex !== '') return String.fromCharCode(Number.parseInt(hex.slice(2), 16));
    const meant = ESCAPES.get(this.text[this.at + 1] ?? '');
    if (meant === undefined) throw this.broken('an unknown escape in a string');
    this.at += 2;
    return meant;
  }

  private scalar(): JsonValue {
    const number = this.match(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y);
    if (number !== '') {
      const value = Number(number);
      if (!Number.isFinite(value)) throw this.broken('a number is too large');
      return value;
    }
    if (this.match(/true/y) !== '') return true;
    if (this.match(/false/y) !== '') return false;
    if (this.match(/null/y) !== '') return null;
    throw this.broken('a value is expected');
  }

  /** Takes what the sticky expression matches here; '' where it does not. */
  private match(sticky: RegExp): string {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private space(): void {
    this.match(/[ \t\n\r]*/y);
  }

  private broken(what: string): Broken {
    return new Broken(this.at >= this.text.length ? `cut off: ${what}` : `${what} (at character ${this.at})`);
  }
}

/** RFC 8259 7. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function malformed(detail: string): { readonly ok: false; readonly problem: Malformed } {
  return { ok: false, problem: { code: 'malformed', detail } };
}
