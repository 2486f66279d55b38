/**
 * wrap.ts: long lines broken at the width of the terminal, under their own beginning.
 *
 * In:   text, a number of columns
 * Out:  wrap; asIs for lines that must stay whole
 * Not:  whether there is a terminal (output.ts), colours (paint.ts)
 */

/** Begins a line that must stay whole, to be copied. No text from outside can hold it: visible() shows controls as \u{...}. */
const WHOLE = '\u0000';
// SGR sequences (ECMA-48 8.3.117) take no room.
const INVISIBLE = /\u001b\[[0-9;]*m/g;
/** Indentation and the mark of a line of ours: what follows stands under it. */
const BEGIN = /^( *)((?:\u001b\[[0-9;]*m)?[✓✗!?·–└](?:\u001b\[[0-9;]*m)? )?/;
/** Narrower than this nothing is broken: words would stand alone. Chosen. */
const NARROWEST = 40;

/** A line that `wrap` leaves whole. */
export function asIs(line: string): string {
  return `${WHOLE}${line}`;
}

/** Breaks every line longer than `columns` at spaces; null breaks nothing. A word is never broken. */
export function wrap(text: string, columns: number | null): string {
  return text
    .split('\n')
    .map((line) => {
      if (line.startsWith(WHOLE)) return line.slice(WHOLE.length);
      return columns === null || columns < NARROWEST || width(line) <= columns ? line : broken(line, columns);
    })
    .join('\n');
}

function broken(line: string, columns: number): string {
  const [begin = '', indent = '', mark = ''] = BEGIN.exec(line) ?? [];
  const under = ' '.repeat(Math.min(indent.length + width(mark), columns >> 1));
  const lines: string[] = [];
  let current = begin;
  let empty = true;
  for (const word of line.slice(begin.length).split(' ')) {
    if (!empty && width(current) + 1 + width(word) > columns) {
      lines.push(current);
      current = under;
      empty = true;
    }
    current += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, current].join('\n');
}

function width(text: string): number {
  return text.replace(INVISIBLE, '').length;
}
