/**
 * store.ts: what the store says when something is wrong with its file, or with what it was asked to remember.
 *
 * In:   a StoreProblem
 * Out:  its sentence: what was found, what was left as it is, what to do
 * Not:  finding it out (electron/store)
 */
import { visible } from '../visible.ts';

export type StoreProblem =
  /** `keptAs`: the path under which the damaged file was kept; null where it could not be moved. */
  | {
      readonly code: 'damaged';
      readonly file: string;
      readonly detail: string;
      readonly keptAs: string | null;
    }
  | { readonly code: 'newer-version'; readonly file: string; readonly version: number }
  | { readonly code: 'too-large'; readonly file: string; readonly bytes: number }
  | { readonly code: 'unreadable'; readonly file: string; readonly detail: string }
  | { readonly code: 'locked'; readonly file: string; readonly pid: number | null }
  | { readonly code: 'disk-full'; readonly file: string; readonly detail: string }
  | { readonly code: 'read-only'; readonly file: string; readonly detail: string }
  | { readonly code: 'write-failed'; readonly file: string; readonly detail: string }
  | { readonly code: 'no-such-pin'; readonly id: string }
  | { readonly code: 'invalid'; readonly detail: string }
  | { readonly code: 'too-many'; readonly limit: number }
  | { readonly code: 'nothing-seen'; readonly domain: string };

type Of<C extends StoreProblem['code']> = Extract<StoreProblem, { readonly code: C }>;

const SENTENCES: { readonly [C in StoreProblem['code']]: (problem: Of<C>) => string } = {
  damaged: (p) =>
    `The file ${visible(p.file)} is damaged (${visible(p.detail)}). ` +
    (p.keptAs === null
      ? 'It was left where it is.'
      : `It was kept as ${visible(p.keptAs)}. Repair it and put it back as ${visible(p.file)}, or start over with "mellon pins start-over".`),
  'newer-version': (p) =>
    `${visible(p.file)} was written by a newer Mellon (version ${p.version}) and was left untouched. Update Mellon.`,
  'too-large': (p) =>
    `${visible(p.file)} has ${p.bytes} bytes, more than is ever written there; it was left untouched.`,
  unreadable: (p) => `${visible(p.file)} could not be read (${visible(p.detail)}).`,
  locked: (p) =>
    `Another program${p.pid === null ? '' : ` (process ${p.pid})`} is writing ${visible(p.file)}; nothing was changed. Try again.`,
  'disk-full': (p) =>
    `There is no room to write ${visible(p.file)} (${visible(p.detail)}). What it held before is intact; the change was not made.`,
  'read-only': (p) =>
    `${visible(p.file)} may not be written (${visible(p.detail)}). What it held before is intact; the change was not made.`,
  'write-failed': (p) =>
    `${visible(p.file)} could not be written (${visible(p.detail)}). What it held before is intact; the change was not made.`,
  'no-such-pin': (p) => `There is no pin ${visible(p.id)}.`,
  invalid: (p) => `That cannot be remembered: ${visible(p.detail)}.`,
  'too-many': (p) =>
    `No more than ${p.limit} pins, and as many watches, are kept. Nothing was changed. Remove some first.`,
  'nothing-seen': (p) => `No key of ${visible(p.domain)} was seen yet. Check it first, then watch it.`,
};

/** The sentence for a problem. */
export function storeSentence(problem: StoreProblem): string {
  // The table is typed code by code; TypeScript cannot see that key and argument belong together.
  const sentence: (p: never) => string = SENTENCES[problem.code];
  return sentence(problem as never);
}
