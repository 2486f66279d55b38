/**
 * profiles.ts: profiles of other programs from a person's files, and a report with the comparison in it.
 *
 * In:   paths, or parsed JSON that came from a file
 * Out:  profiles, the person's own in the place of shipped ones with the same id; a report with `clients`
 * Not:  the schema (shared/clients.ts), deciding (trust/clients.ts)
 *
 * The shipped profiles are read only where a comparison is asked for: an ordinary check does not pay for them.
 */
import type { Outcome } from '../shared/basics.ts';
import type { ClientProfile } from '../shared/clients.ts';
import { compare } from '../shared/phrases/compare-clients.ts';
import type { Report } from '../shared/report.ts';
import { visible } from '../shared/visible.ts';
import { readText } from './arguments.ts';

export type NamedFile = { readonly name: string; readonly content: unknown };
/** Null: those that ship, and no other. */
export type Profiles = readonly ClientProfile[] | null;

/** Reads files of profiles and checks them. The problem is a sentence with the file and the place in it. */
export async function readProfiles(paths: readonly string[]): Promise<Outcome<Profiles, string>> {
  const files: NamedFile[] = [];
  for (const path of paths) {
    const text = readText(path);
    if (!text.ok) return text;
    try {
      files.push({ name: path, content: JSON.parse(text.value) as unknown });
    } catch {
      return { ok: false, problem: compare.notJson(visible(path)) };
    }
  }
  return profilesFrom(files);
}

/** Checks files of profiles; a later one wins over an earlier one. */
export async function profilesFrom(files: readonly NamedFile[]): Promise<Outcome<Profiles, string>> {
  if (files.length === 0) return { ok: true, value: null };
  const { parseProfiles, withOwnProfiles } = await import('../shared/clients.ts');
  const own = new Map<string, ClientProfile>();
  for (const { name, content } of files) {
    const parsed = parseProfiles(content);
    if (!parsed.ok)
      return { ok: false, problem: compare.badProfiles(visible(name), visible(parsed.problem, 1000)) };
    for (const profile of parsed.value) own.set(profile.id, profile);
  }
  return { ok: true, value: withOwnProfiles([...own.values()]) };
}

/** The report, with how other programs would decide. */
export async function withClients(report: Report, profiles: Profiles): Promise<Report> {
  const { compareClients } = await import('./trust/clients.ts');
  return { ...report, clients: compareClients(report, profiles ?? undefined) };
}
