/**
 * lock.ts: one writer at a time, over all processes that share the folder.
 *
 * In:   the folder
 * Out:  a lock that is held, or who holds it
 * Not:  what is written under it (store-file.ts)
 *
 * The lock is a file that is created together with its content (a hard link to a file written before), so a process killed
 * at any moment leaves either no lock or one that names it. A lock of a dead process is broken by exactly one other: the right
 * to break is a file named after the dead lock's own token, which is never used again; if the breaker dies, its own token
 * passes the right on in the same way. Without that chain two waiting processes could each remove "the dead lock", the second
 * one removing the first one's new lock.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export type Lock = {
  /** Whether the lock is still ours: false once it was so old that another process may have broken it. */
  held(): boolean;
  release(): void;
};

type Holder = {
  readonly token: string;
  readonly pid: number | null;
  readonly host: string;
  readonly at: number;
};

/**
 * Waits until the lock in `folder` is ours, at most `waitMs` milliseconds; blocks the thread meanwhile.
 * Returns the lock, or the process that holds it. Throws what the file system throws (no folder, read-only, full).
 */
export function acquireLock(
  folder: string,
  waitMs: number = WAIT_MS,
): { readonly lock: Lock } | { readonly heldBy: number | null } {
  const file = path.join(folder, LOCK);
  const token = newToken();
  const deadline = process.hrtime.bigint() + BigInt(Math.round(waitMs * 1e6));
  for (;;) {
    if (create(file, token)) return { lock: held(file, token) };
    const holder = readHolder(file);
    if (holder !== null && isStale(holder)) {
      breakLock(folder, file, holder);
      continue;
    }
    if (process.hrtime.bigint() > deadline) return { heldBy: holder?.pid ?? null };
    // Not in step with the others that wait.
    sleep(1 + Math.random() * LONGEST_NAP_MS);
  }
}

function held(file: string, token: string): Lock {
  const since = Date.now();
  const mine = (): boolean => readHolder(file)?.token === token;
  return {
    held: () => Math.abs(Date.now() - since) < STALE_MS / 2 && mine(),
    release: () => {
      if (mine()) fs.rmSync(file, { force: true });
    },
  };
}

/** Creates `file` with our name in it, all at once. False if it exists. */
function create(file: string, token: string): boolean {
  const text = JSON.stringify({ token, pid: process.pid, host: os.hostname(), at: Date.now() });
  const draft = `${file}.${token}`;
  try {
    fs.writeFileSync(draft, text, { flag: 'wx', mode: 0o600 });
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    // A file system without hard links: created empty first, which counts as held until it is SETTLE_MS old.
    return createInTwoSteps(file, text);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function createInTwoSteps(file: string, text: string): boolean {
  try {
    fs.writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Who holds `file`; null if it does not exist. */
function readHolder(file: string): Holder | null {
  try {
    const stat = fs.statSync(file);
    const unnamed = { token: `unnamed-${stat.ino}-${stat.mtimeMs}`, pid: null, host: '', at: stat.mtimeMs };
    if (stat.size > LARGEST_LOCK) return unnamed;
    return parseHolder(fs.readFileSync(file, 'utf8')) ?? unnamed;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { token, pid, host, at } = value as Record<string, unknown>;
    if (typeof token !== 'string' || !/^[\w.-]{1,80}$/.test(token)) return null;
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof at !== 'number') return null;
    return { token, pid, host, at };
  } catch {
    return null;
  }
}

function isStale(holder: Holder): boolean {
  // Too old whoever holds it, in either direction: clocks jump.
  const age = Math.abs(Date.now() - holder.at);
  if (holder.pid === null) return age > SETTLE_MS;
  if (age > STALE_MS) return true;
  // On another machine the process cannot be asked for; in our own process everything is synchronous, so a lock with our
  // number that we wait for is one of a dead process that had it before us.
  return holder.host === os.hostname() && (holder.pid === process.pid || !isAlive(holder.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

function breakLock(folder: string, file: string, dead: Holder): void {
  const rights: string[] = [];
  let token = dead.token;
  for (let depth = 0; depth < DEEPEST_BREAK; depth++) {
    const right = path.join(folder, `${LOCK}.break-${token}`);
    rights.push(right);
    if (create(right, newToken())) {
      if (readHolder(file)?.token === dead.token) fs.rmSync(file, { force: true });
      for (const one of rights) fs.rmSync(one, { force: true });
      return;
    }
    const other = readHolder(right);
    if (other === null || !isStale(other)) {
      // Somebody alive is at it.
      sleep(1);
      return;
    }
    token = other.token;
  }
}

function newToken(): string {
  return `${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Whether `error` is one of the file system's with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}

/** Name of the lock file. */
export const LOCK = 'mellon.lock';
/** Chosen: a person waits that long without wondering; a write of 10,000 pins takes a tenth of it. */
const WAIT_MS = 5_000;
/** Chosen: no write takes that long; a process stopped for longer notices in held() and does not write. */
const STALE_MS = 60_000;
/** Chosen: between creating and filling a lock lie microseconds, unless the process was killed there. */
const SETTLE_MS = 10_000;
const LONGEST_NAP_MS = 10;
const LARGEST_LOCK = 1_024;
/** Chosen: that many processes in a row would have to be killed while breaking one lock. */
const DEEPEST_BREAK = 64;
