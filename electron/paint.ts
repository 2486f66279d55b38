/**
 * paint.ts: colours in a terminal, where it takes them.
 *
 * In:   a colour's name, a text
 * Out:  the text with its escape sequences, or as it is
 * Not:  whether standard output takes colours (output.ts)
 */
export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow';
export type Paint = (colour: Colour, text: string) => string;

/** SGR parameters of ECMA-48 8.3.117. */
const CODES: Readonly<Record<Colour, string>> = {
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
};

/** A painter that paints, or one that hands the text back. */
export function painter(colour: boolean): Paint {
  return (name, text) => (colour ? `\u001b[${CODES[name]}m${text}\u001b[0m` : text);
}
