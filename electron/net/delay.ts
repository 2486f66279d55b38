/**
 * delay.ts: a connection that takes longer, for measuring on loopback what a check costs across a real distance.
 *
 * In:   a connected stream, milliseconds per direction
 * Out:  a stream whose bytes arrive that much later, in both directions
 * Not:  anything that a check of the real network goes through
 */
import { Duplex } from 'node:stream';

/** Wraps `inner`. Destroying the result destroys `inner` and every pending delivery. */
export function delayed(inner: Duplex, delayMs: number): Duplex {
  const pending = new Set<ReturnType<typeof setTimeout>>();
  const later = (act: () => void): void => {
    const timer = setTimeout(() => {
      pending.delete(timer);
      act();
    }, delayMs);
    pending.add(timer);
  };
  const outer = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      later(() => inner.write(chunk));
      done();
    },
    final: (done) => {
      later(() => inner.end());
      done();
    },
    destroy: (error, done) => {
      for (const timer of pending) clearTimeout(timer);
      inner.destroy();
      done(error);
    },
  });
  outer.on('error', () => undefined);
  inner.on('data', (chunk: Buffer) => later(() => outer.push(chunk)));
  inner.on('end', () => later(() => outer.push(null)));
  inner.on('error', (error) => later(() => outer.destroy(error)));
  inner.on('close', () => later(() => outer.destroy()));
  return outer;
}
