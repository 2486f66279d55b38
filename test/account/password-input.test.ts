/**
 * password-input.test.ts: a password from a terminal that shows nothing, or from a pipe.
 *
 * In:   streams that play a terminal or a pipe
 * Out:  password-input.ts tested
 * Not:  the command around it (sign-in.test.ts)
 */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readPassword } from '../../electron/password-input.ts';

function terminal(): {
  readonly input: PassThrough & { isTTY: true; setRawMode(raw: boolean): void };
  readonly modes: boolean[];
} {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true as const,
    setRawMode: (raw: boolean) => void modes.push(raw),
  });
  return { input, modes };
}
const never = new AbortController().signal;
const read = (stream: PassThrough): string => String((stream.read() as Buffer | null) ?? '');

describe('a terminal', () => {
  it.each([
    ['mellon\r', 'mellon'],
    ['mellon\n', 'mellon'],
    ['mellonx\u007f\r', 'mellon'],
    ['sm\u00e9\u007f\u007fx\r', 'sx'],
    ['\u007f\u007fa\r', 'a'],
    ['wrong\u0015mellon\r', 'mellon'],
    ['ab\u0004', 'ab'],
    ['ab\u0003', null],
  ])('%j gives %j and shows the prompt only', async (typed, password) => {
    const { input, modes } = terminal();
    const output = new PassThrough();
    const reading = readPassword(input, output, 'Password: ', never);
    for (const byte of Buffer.from(typed)) input.write(Buffer.of(byte));
    expect(await reading).toBe(password);
    expect(read(output)).toBe('Password: \n');
    expect(modes).toEqual([true, false]);
  });
});

it('gives up at once when it is told to, and the terminal is as it was', async () => {
  for (const before of [true, false]) {
    const { input, modes } = terminal();
    const stop = new AbortController();
    if (before) stop.abort();
    const reading = readPassword(input, new PassThrough(), 'Password: ', stop.signal);
    input.write('half');
    stop.abort();
    expect(modes).toEqual(before ? [] : [true, false]);
    expect(await reading).toBeNull();
  }
  const stop = new AbortController();
  const reading = readPassword(new PassThrough(), new PassThrough(), 'Password: ', stop.signal);
  stop.abort();
  expect(await reading).toBeNull();
});

describe('a pipe', () => {
  it.each([
    ['mellon\n', 'mellon'],
    ['mellon\r\n', 'mellon'],
    ['mellon', 'mellon'],
    ['first\nsecond\n', 'first'],
    ['', null],
    ['x'.repeat(5_000), null],
  ])('%#', async (text, password) => {
    const input = new PassThrough();
    const output = new PassThrough();
    const reading = readPassword(input, output, 'Password: ', never);
    input.end(text);
    expect(await reading).toBe(password);
    expect(read(output)).toBe('');
  });
});
