/**
 * serve-terminal.test.ts: the question in the terminal.
 *
 * In:   typed lines
 * Out:  assertions
 * Not:  what is asked about (serve.test.ts)
 */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirmInTerminal } from '../electron/serve-terminal.ts';

/** A terminal where `text` is typed as soon as the question stands there, and then nothing more. */
function typing(text: string, before = ''): { input: Input; output: PassThrough; shown: () => string } {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough();
  let shown = '';
  if (before !== '') input.write(before);
  output.on('data', (chunk: Buffer) => {
    if (shown === '') input.end(text);
    shown += chunk.toString();
  });
  return { input, output, shown: () => shown };
}
type Input = NodeJS.ReadableStream & { isTTY: boolean };

describe('the terminal', () => {
  it('takes y and yes as yes, anything else as no, and nobody as nobody', async () => {
    for (const [text, wanted] of [
      ['y\n', true],
      ['YES\n', true],
      ['n\n', false],
      ['\n', false],
      ['yesterday\n', false],
      ['', false],
    ] as const) {
      const { input, output } = typing(text);
      expect(await confirmInTerminal(input, output)('Watch x'), JSON.stringify(text)).toBe(wanted);
    }
    expect(
      await confirmInTerminal(Object.assign(new PassThrough(), { isTTY: false }), new PassThrough())('x'),
    ).toBeNull();
    const { input, output, shown } = typing('n\n');
    await confirmInTerminal(input, output)('Revoke the pin p7');
    expect(shown()).toContain('Revoke the pin p7');
  });

  it('takes nothing for an answer that was typed before the question stood there', async () => {
    for (const before of ['y\n', 'y', 'y\ny\ny\n']) {
      const { input, output } = typing('\n', before);
      expect(await confirmInTerminal(input, output)('Watch x'), JSON.stringify(before)).toBe(false);
    }
    const { input, output } = typing('y\n', 'n\n');
    expect(await confirmInTerminal(input, output)('Watch x')).toBe(true);
    const gone = Object.assign(new PassThrough().end('y\n'), { isTTY: true });
    expect(await confirmInTerminal(gone, new PassThrough())('Watch x')).toBe(false);
  });
});
