/**
 * store-file.ts: one JSON file, opened by conf, that no crash, full disk or second process can hurt.
 *
 * In:   folder and name
 * Out:  its text and when it changed; a change as lock, read, merge, write; problems as values
 * Not:  what the text means (shape.ts), pins (store.ts)
 *
 * conf writes a temporary file, syncs it and renames it over the old one. Two gaps are closed here: it does not notice when the
 * disk takes only a part of the text, so the old file is kept beside until the new one was read back; and it does not sync the
 * folder, so a power cut could undo the rename after the person was told "remembered".
 */
import Conf from 'conf';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Outcome } from '../../shared/basics.ts';
import type { StoreProblem } from '../../shared/phrases/store.ts';
import { acquireLock, hasCode, LOCK, type Lock } from './lock.ts';

/** The file's text, or null where there is no file, and a mark that differs after every change. */
export type FileText = { readonly text: string | null; readonly mark: string };

export type StoreFile = {
  readonly path: string;
  /** A mark of the file as it is now, cheap to ask for. */
  mark(): string;
  read(): Outcome<FileText, StoreProblem>;
  /** Runs `change` with the lock held. `write` replaces the text; it never leaves a state between old and new. */
  locked<T>(
    change: (write: (text: string) => StoreProblem | null) => Outcome<T, StoreProblem>,
  ): Outcome<T, StoreProblem>;
  /** Renames the file, lock held by the caller: a damaged one is kept. Null where that was not possible. */
  keepAside(stamp: string): string | null;
  /** Damaged files kept beside, oldest first. */
  aside(): readonly string[];
  /** The state before a write that was cut off, if there was one. */
  before(): string | null;
  /** Puts that state back, lock held by the caller. */
  restoreBefore(): void;
};

/** Opens `name`.json in `folder` for reading and changing; creates nothing yet. `lockFolder` is where the one lock lies. */
export function storeFile(folder: string, name: string, lockFolder: string = folder): StoreFile {
  const file = path.join(folder, `${name}.json`);
  const previous = `${file}.before`;

  function read(): Outcome<FileText, StoreProblem> {
    try {
      const mark = markOf(file);
      const size = mark === '' ? 0 : fs.statSync(file).size;
      if (size > LARGEST_FILE) return { ok: false, problem: { code: 'too-large', file, bytes: size } };
      return { ok: true, value: { text: mark === '' ? null : open(folder, name).text, mark } };
    } catch (error) {
      return { ok: false, problem: { code: 'unreadable', file, detail: detailOf(error) } };
    }
  }

  function write(text: string, lock: Lock): StoreProblem | null {
    let existed: boolean;
    try {
      if (!lock.held()) return { code: 'locked', file, pid: null };
      sweep(folder, path.basename(file));
      existed = keepPrevious(file, previous);
    } catch (error) {
      return writeProblem(file, error);
    }
    try {
      open(folder, name).replace(text);
      if (fs.readFileSync(file, 'utf8') === text) {
        syncFolder(folder);
        fs.rmSync(previous, { force: true });
        return null;
      }
      goBack(file, previous, existed);
      return { code: 'disk-full', file, detail: 'only a part of it was written' };
    } catch (error) {
      goBack(file, previous, existed);
      return writeProblem(file, error);
    }
  }

  return {
    path: file,
    mark: () => markOf(file),
    read,
    locked: (change) => {
      let got: ReturnType<typeof acquireLock>;
      try {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        got = acquireLock(lockFolder);
      } catch (error) {
        return { ok: false, problem: writeProblem(file, error) };
      }
      if ('heldBy' in got) return { ok: false, problem: { code: 'locked', file, pid: got.heldBy } };
      const { lock } = got;
      try {
        return change((text) => write(text, lock));
      } finally {
        lock.release();
      }
    },
    keepAside: (stamp) => {
      const kept = path.join(folder, `${name}.damaged-${stamp.replaceAll(/[^0-9TZ-]/g, '-')}.json`);
      try {
        fs.renameSync(file, kept);
        return kept;
      } catch {
        // A folder that cannot be written: the file stays where it is, and its sentence says so.
        return null;
      }
    },
    aside: () =>
      listFolder(folder)
        .filter((one) => one.startsWith(`${name}.damaged-`))
        .map((one) => path.join(folder, one)),
    before: () => readOrNull(previous),
    restoreBefore: () => {
      fs.renameSync(previous, file);
    },
  };
}

/** conf holds this instead of the parsed items: it neither copies nor compares what has a class of its own. */
class Text {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function open(folder: string, name: string): { readonly text: string; replace(text: string): void } {
  let text = '';
  const conf = new Conf<{ whole: Text }>({
    cwd: folder,
    configName: name,
    clearInvalidConfig: false,
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
    deserialize: (read) => {
      text = read;
      return { whole: new Text(read) };
    },
    serialize: (value) => value.whole.text,
  });
  return {
    text,
    replace: (next) => {
      conf.store = { whole: new Text(next) };
    },
  };
}

/** '' where there is no file. Every write makes a new inode; size and time tell a change by hand. */
function markOf(file: string): string {
  const stat = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.ino}-${stat.size}-${stat.mtimeNs}`;
}

/**
 * Keeps the file under a second name; false where there is none. A hard link is enough where conf renames; where it may write
 * in place (Windows, Snap) the bytes are copied.
 */
function keepPrevious(file: string, previous: string): boolean {
  fs.rmSync(previous, { force: true });
  if (!fs.existsSync(file)) return false;
  const inPlace = process.platform === 'win32' || process.env['SNAP'] !== undefined;
  if (!inPlace) {
    try {
      fs.linkSync(fs.realpathSync(file), previous);
      return true;
    } catch (error) {
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV')) throw error;
    }
  }
  fs.copyFileSync(file, previous);
  const handle = fs.openSync(previous, 'r+');
  fs.fsyncSync(handle);
  fs.closeSync(handle);
  return true;
}

/** The old state again. Where the old file was never replaced, both names are one file, and the second name goes. */
function goBack(file: string, previous: string, existed: boolean): void {
  if (existed) fs.renameSync(previous, file);
  else fs.rmSync(file, { force: true });
  fs.rmSync(previous, { force: true });
}

/** Temporary files of writers that were killed. Only the holder of the lock writes, so all of them are left over. */
function sweep(folder: string, base: string): void {
  for (const one of listFolder(folder)) {
    const ours =
      one.startsWith(`${base}.tmp-`) || (one.startsWith(`${LOCK}.`) && isOld(path.join(folder, one)));
    if (ours) fs.rmSync(path.join(folder, one), { force: true });
  }
}

function isOld(file: string): boolean {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && Math.abs(Date.now() - stat.mtimeMs) > LEFT_OVER_MS;
}

function syncFolder(folder: string): void {
  // Windows has no handle on a folder; its rename is journalled.
  if (process.platform === 'win32') return;
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/** The names in a folder; none where it does not exist. */
export function listFolder(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function readOrNull(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function writeProblem(file: string, error: unknown): StoreProblem {
  const detail = detailOf(error);
  if (hasCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG')) return { code: 'disk-full', file, detail };
  if (hasCode(error, 'EACCES', 'EPERM', 'EROFS')) return { code: 'read-only', file, detail };
  return { code: 'write-failed', file, detail };
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Chosen: ten times what 10,000 pins take. */
const LARGEST_FILE = 256 * 1024 * 1024;
/** Chosen: no lock lives for an hour. */
const LEFT_OVER_MS = 3_600_000;
