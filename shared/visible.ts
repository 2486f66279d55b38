/**
 * visible.ts: text from outside, made fit to stand in a sentence.
 *
 * In:   any string
 * Out:  the same text with control, bidi, zero-width and lone-surrogate characters shown as \u{...}, and bounded
 * Not:  markup escaping (the renderer never sets markup from text)
 */

/** The longest text from outside that a sentence carries, in characters. Chosen: a full domain name (253) fits. */
const LONGEST = 256;

// Controls (C0, DEL, C1), soft hyphen, Arabic letter mark, zero-width and bidi marks, line and paragraph separators,
// invisible operators, variation selectors' neighbours (tags), BOM, interlinear marks, lone surrogates.
export const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/gu;

/** Returns `text` for display: hidden characters as \u{HEX}, cut to `longest` characters with an ellipsis. */
export function visible(text: string, longest: number = LONGEST): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(HIDDEN, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}
