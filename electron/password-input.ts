/**
 * password-input.ts: a password from the terminal without echo, or from standard input.
 *
 * In:   a stream, a prompt, what ends the waiting
 * Out:  the password; null where there is none, it is too long, the person pressed Ctrl-C, or the program is told to end
 * Not:  keeping it
 */

/** More than any password, in bytes: what comes after is not read. */
const LONGEST = 4_096;

type Input = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
};

/**
 * Reads one line. On a terminal nothing is shown while it is typed, and the prompt goes to `output`. When `signal` aborts
 * the terminal is as it was before anything else happens: a signal's next listener may end the program.
 */
export function readPassword(
  input: Input,
  output: NodeJS.WritableStream,
  prompt: string,
  signal: AbortSignal,
): Promise<string | null> {
  if (signal.aborted) return Promise.resolve(null);
  const terminal = input.isTTY === true;
  if (terminal) {
    output.write(prompt);
    input.setRawMode?.(true);
  }
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const done = (password: string | null): void => {
      input.removeListener('data', onData);
      input.removeListener('end', onEnd);
      input.removeListener('error', onEnd);
      signal.removeEventListener('abort', onAbort);
      input.pause();
      if (terminal) {
        input.setRawMode?.(false);
        output.write('\n');
      }
      bytes.fill(0);
      resolve(password);
    };
    const line = (end: number): void => {
      const text = bytes.subarray(0, end).toString('utf8');
      done(text.replace(/\r$/, ''));
    };
    const onData = (chunk: Buffer | string): void => {
      for (const byte of Buffer.from(chunk)) {
        if (byte === LINE_FEED || (terminal && (byte === RETURN || byte === END))) return line(bytes.length);
        if (terminal && byte === INTERRUPT) return done(null);
        if (terminal && (byte === ERASE || byte === BACKSPACE)) bytes = withoutLast(bytes);
        else if (terminal && byte === KILL) bytes = Buffer.alloc(0);
        else if (bytes.length >= LONGEST) return done(null);
        else bytes = Buffer.concat([bytes, Buffer.of(byte)]);
      }
    };
    const onEnd = (): void => (bytes.length === 0 ? done(null) : line(bytes.length));
    const onAbort = (): void => done(null);
    signal.addEventListener('abort', onAbort, { once: true });
    input.on('data', onData);
    input.on('end', onEnd);
    input.on('error', onEnd);
    input.resume();
  });
}

/** Without the last character: its first byte and the UTF-8 continuation bytes (10xxxxxx) after it. */
function withoutLast(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  let end = bytes.length - 1;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, Math.max(0, end));
}

/** ASCII. END is Ctrl-D, KILL (all of the line) Ctrl-U, ERASE the backspace key of terminals. */
const INTERRUPT = 0x03;
const END = 0x04;
const BACKSPACE = 0x08;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const KILL = 0x15;
const ERASE = 0x7f;
