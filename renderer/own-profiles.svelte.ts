/**
 * own-profiles.svelte.ts: a person's own files of client profiles, for this session or kept on this device.
 *
 * In:   files, localStorage (whose content is never trusted to be well-formed)
 * Out:  OwnProfiles
 * Not:  checking a profile: the engine does, each time
 */
import { beyond } from '../shared/phrases/screen-compare.ts';
import { visible } from '../shared/visible.ts';

export type ProfilesFile = { readonly name: string; readonly content: unknown };

const KEY = 'mellon.profiles';
/** Bytes; ten times the file that ships. */
const LARGEST = 2 * 1024 * 1024;
/** As many as the engine takes. */
const MOST = 32;

export class OwnProfiles {
  files = $state.raw<readonly ProfilesFile[]>([]);
  keep = $state(false);
  problem = $state<string | null>(null);
  readonly #storage: Storage | null;

  constructor(storage: Storage | null) {
    this.#storage = storage;
    try {
      const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? 'null');
      if (Array.isArray(kept)) this.files = kept.filter(isFile).slice(0, MOST);
    } catch {
      // What is not readable was not written here; there is nothing to keep of it.
    }
    this.keep = this.files.length > 0;
  }

  /** Adds a file; one of the same name takes the place of the old. What is wrong is in `problem` afterwards. */
  async add(file: File): Promise<void> {
    const text = beyond.profiles;
    this.problem = null;
    if (file.size > LARGEST) {
      this.problem = text.tooLarge(visible(file.name));
      return;
    }
    try {
      const content = JSON.parse(await file.text()) as unknown;
      this.#set([...this.files.filter((one) => one.name !== file.name), { name: file.name, content }]);
    } catch {
      this.problem = text.notJson(visible(file.name));
    }
  }

  remove(name: string): void {
    this.problem = null;
    this.#set(this.files.filter((one) => one.name !== name));
  }

  setKeep(keep: boolean): void {
    this.keep = keep;
    this.#write();
  }

  #set(files: readonly ProfilesFile[]): void {
    this.files = files.slice(-MOST);
    this.#write();
  }

  #write(): void {
    try {
      if (this.keep && this.files.length > 0) this.#storage?.setItem(KEY, JSON.stringify(this.files));
      else this.#storage?.removeItem(KEY);
    } catch {
      // A full or forbidden storage costs the memory of files, nothing else.
    }
  }
}

function isFile(value: unknown): value is ProfilesFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'content' in value &&
    typeof (value as { name?: unknown }).name === 'string'
  );
}
