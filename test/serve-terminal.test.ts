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

describe('the terminal', () => {
  const typed = (text: string): NodeJS.ReadableStream & { isTTY: boolean } =>
    Object.assign(new PassThrough().end(text), { isTTY: true });

  it('takes y and yes as yes, anything else as no, and nobody as nobody', async () => {
    for (const [text, wanted] of [
      ['y\n', true],
      ['YES\n', true],
      ['n\n', false],
      ['\n', false],
      ['yesterday\n', false],
      ['', false],
    ] as const) {
      expect(await confirmInTerminal(typed(text), new PassThrough())('Watch x'), JSON.stringify(text)).toBe(
        wanted,
      );
    }
    expect(
      await confirmInTerminal(Object.assign(new PassThrough(), { isTTY: false }), new PassThrough())('x'),
    ).toBeNull();
    const output = new PassThrough();
    await confirmInTerminal(typed('n\n'), output)('Revoke the pin p7');
    expect(String(output.read())).toContain('Revoke the pin p7');
  });
});
