/**
 * history.ts: what was seen of each domain, when; one small file a domain, so that a check writes little.
 *
 * In:   the folder, entries
 * Out:  entries, oldest first; bounded to 100 a domain and 1,000 domains
 * Not:  what follows from it (trust), "once seen secure" (store.ts keeps that in mellon.json)
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Outcome } from '../../shared/basics.ts';
import type { HistoryEntry } from '../../shared/pin.ts';
import type { StoreProblem } from '../../shared/phrases/store.ts';
import type { Service } from '../../shared/request.ts';
import { decodeHistory, encodeHistory, isFields, wrongHistory } from './shape.ts';
import { listFolder, storeFile, type StoreFile } from './store-file.ts';

export type History = {
  readonly of: (domain: string, service: Service) => Outcome<readonly HistoryEntry[], StoreProblem>;
  /** All entries of all domains. Files that cannot be read are left out here; `of` reports them. */
  all(): readonly HistoryEntry[];
  record(entry: HistoryEntry): Outcome<null, StoreProblem>;
  /** Forgets one domain (both services), or everything with null. */
  erase(domain: string | null): Outcome<null, StoreProblem>;
};

/** The history in `folder`/history, under the lock of `folder`. `stamp` names damaged files that are kept aside. */
export function openHistory(folder: string, stamp: () => string): History {
  const inside = path.join(folder, 'history');
  const file = (domain: string, service: Service): StoreFile =>
    storeFile(inside, nameOf(domain, service), folder);

  function of(domain: string, service: Service): Outcome<readonly HistoryEntry[], StoreProblem> {
    const one = file(domain, service);
    const read = one.read();
    if (!read.ok) return read;
    if (read.value.text === null) return { ok: true, value: [] };
    const decoded = decodeHistory(read.value.text);
    if (!decoded.ok) return { ok: false, problem: asStoreProblem(decoded.problem, one.path) };
    return {
      ok: true,
      value: decoded.value.entries.filter((e) => e.domain === domain && e.service === service),
    };
  }

  return {
    of,
    all: () =>
      historyFiles(inside).flatMap((name) => {
        const read = storeFile(inside, name).read();
        const decoded = read.ok && read.value.text !== null ? decodeHistory(read.value.text) : null;
        return decoded?.ok === true ? decoded.value.entries : [];
      }),
    record: (entry) => {
      const wrong = isFields(entry) ? wrongHistory(entry) : 'entry';
      if (wrong !== null) return { ok: false, problem: { code: 'invalid', detail: `history: ${wrong}` } };
      const one = file(entry.domain, entry.service);
      return one.locked((write) => {
        let before = of(entry.domain, entry.service);
        if (!before.ok && before.problem.code === 'damaged' && one.keepAside(stamp()) !== null)
          before = { ok: true, value: [] };
        if (!before.ok) return before;
        if (before.value.length === 0) evict(inside);
        const entries = [...before.value, entry].slice(-MOST_ENTRIES);
        const problem = write(encodeHistory({ entries }));
        return problem === null ? { ok: true, value: null } : { ok: false, problem };
      });
    },
    erase: (domain) =>
      file(domain ?? 'all', 'xmpp-client').locked(() => {
        const gone =
          domain === null
            ? listFolder(inside)
            : [nameOf(domain, 'xmpp-client'), nameOf(domain, 'xmpp-server')].flatMap((name) =>
                listFolder(inside).filter((one) => one.startsWith(`${name}.`)),
              );
        try {
          for (const one of gone) fs.rmSync(path.join(inside, one), { force: true });
          return { ok: true, value: null };
        } catch (error) {
          const detail = error instanceof Error ? error.message : String(error);
          return { ok: false, problem: { code: 'write-failed', file: inside, detail } };
        }
      }),
  };
}

/** Makes room for one more domain: those not seen for longest go. */
function evict(inside: string): void {
  const names = historyFiles(inside);
  if (names.length < MOST_DOMAINS) return;
  const aged = names
    .map((name) => path.join(inside, `${name}.json`))
    .map((one) => ({ one, at: fs.statSync(one, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => a.at - b.at);
  for (const { one } of aged.slice(0, names.length - MOST_DOMAINS + 1)) fs.rmSync(one, { force: true });
}

function historyFiles(inside: string): readonly string[] {
  return listFolder(inside)
    .filter((one) => one.endsWith('.json') && !one.includes('.damaged-'))
    .map((one) => one.slice(0, -'.json'.length));
}

function asStoreProblem(
  problem:
    | { readonly code: 'damaged'; readonly detail: string }
    | { readonly code: 'newer-version'; readonly version: number },
  file: string,
): StoreProblem {
  return problem.code === 'damaged' ? { ...problem, file, keptAs: null } : { ...problem, file };
}

/**
 * A file name for a domain: readable at the front, told apart by the hash behind. Two domains with the same hash would share a
 * file, whose entries name their domain, so nothing would be mixed up.
 */
function nameOf(domain: string, service: Service): string {
  const readable = domain
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '_')
    .slice(0, 60);
  return `${readable}-${service}-${hash(`${service} ${domain}`)}`;
}

/** FNV-1a, 64 bits. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    value = ((value ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return value.toString(16).padStart(16, '0');
}

/** Bounds of the history: a hundred looks at one domain, a thousand domains. */
export const MOST_ENTRIES = 100;
export const MOST_DOMAINS = 1_000;
