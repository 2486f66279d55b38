/**
 * exact.ts: text that must be taken over to the letter, inside an explanation: commands, records, documents.
 *
 * In:   texts
 * Out:  exact (for who writes an explanation), explained (for who shows it)
 * Not:  which text may be offered (TRUST-RULES section 9: electron/trust)
 */

/** A line that begins with four blanks is not prose, as in the code blocks of CommonMark 4.4. */
const INDENT = '    ';
/** Stands where the admin puts in a value that only the server's own file can give. */
const GAP = '<that value>';

/** `text` on a line of its own, to be taken over exactly. */
export function exact(text: string): string {
  return `\n${INDENT}${text}\n`;
}

export type Part = {
  /** prose: to be read. exact: to be copied. template: exact, but with a gap to fill in first. */
  readonly kind: 'prose' | 'exact' | 'template';
  readonly text: string;
};

/** An explanation in its parts, a line each. */
export function explained(text: string): readonly Part[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      if (!line.startsWith(INDENT)) return { kind: 'prose', text: line };
      return { kind: line.includes(GAP) ? 'template' : 'exact', text: line.slice(INDENT.length) };
    });
}
