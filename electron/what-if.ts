/**
 * what-if.ts: a report that the page sends, judged again under other options, and compared with other programs.
 *
 * In:   a report and a form, both untrusted; the pins of the desk that the form names
 * Out:  the report judged again; the comparison
 * Not:  judging (judge-again.ts), deciding as others do (trust/clients.ts)
 */
import * as v from 'valibot';
import type { Outcome } from '../shared/basics.ts';
import type { Comparison, Said } from '../shared/bridge.ts';
import type { ClientProfile } from '../shared/clients.ts';
import { optionPhrases } from '../shared/phrases/options.ts';
import type { Report } from '../shared/report.ts';
import { visible } from '../shared/visible.ts';
import type { World } from './check.ts';
import { judgeAgain } from './judge-again.ts';
import { parseRequest } from './options.ts';
import { profilesFrom } from './profiles.ts';

/** What only judging again knows; the rest of the form is that of a check. */
const WhatIfSchema = v.looseObject({
  without: v.optional(v.pipe(v.array(v.picklist(['dnssec', 'dane', 'posh'])), v.maxLength(3))),
  pins: v.optional(v.boolean()),
});
const CompareSchema = v.strictObject({
  profiles: v.optional(
    v.pipe(
      v.array(v.object({ name: v.pipe(v.string(), v.maxLength(256)), content: v.unknown() })),
      // Chosen: more files than a person keeps.
      v.maxLength(32),
    ),
  ),
  pins: v.optional(v.boolean()),
  demo: v.optional(v.boolean()),
});

/** A saved report under other options. One that cannot be read is said as in a check of its own. */
export function judgeSaved(report: unknown, form: unknown, pins: World['pins']): Outcome<Report, Said> {
  const given = v.safeParse(WhatIfSchema, form ?? {});
  if (!given.success) return no('form', optionPhrases.form(visible(given.issues[0].message)));
  const { without, pins: withPins, ...options } = given.output;
  // The input stands in the report; any domain makes the form whole.
  const parsed = parseRequest({ ...options, input: 'report.invalid' });
  if (!parsed.ok) return parsed;
  const has = (key: string): boolean => key in options;
  const { at, roots, ca, trustAnchor, requireDnssec } = parsed.value;
  return judgeAgain(report, {
    ...(at === null ? {} : { at }),
    ...(has('roots') ? { roots } : {}),
    ...(has('ca') ? { ca } : {}),
    ...(trustAnchor === null ? {} : { trustAnchor }),
    ...(has('requireDnssec') ? { requireDnssec } : {}),
    ...(withPins === true ? { pins } : {}),
    without: without ?? [],
  });
}

/** How other programs would decide on a report, which is judged anew: what it says of itself is never believed. */
export async function compareSaved(
  report: unknown,
  form: unknown,
  pins: World['pins'],
): Promise<Outcome<Comparison, Said>> {
  const given = v.safeParse(CompareSchema, form ?? {});
  if (!given.success) return no('form', optionPhrases.form(visible(given.issues[0].message)));
  const read = await profilesFrom(given.output.profiles ?? []);
  if (!read.ok) return no('profiles', read.problem);
  const judged = judgeAgain(report, given.output.pins === true ? { pins } : {});
  if (!judged.ok) return judged;
  const { clientProfiles } = await import('../shared/clients.ts');
  const { compareClients } = await import('./trust/clients.ts');
  const profiles = read.value ?? clientProfiles();
  const clients = compareClients(judged.value, profiles);
  const byId = new Map(profiles.map((profile) => [profile.id, profile]));
  const about = clients.profiles.flatMap(({ id }) => {
    const profile = byId.get(id);
    return profile === undefined ? [] : [aboutOf(profile)];
  });
  return { ok: true, value: { clients, studied: profiles.length, about } };
}

function aboutOf({ platform, library, version, sources }: ClientProfile): Comparison['about'][number] {
  return {
    platform,
    library,
    date: version.date,
    sources: sources.map(({ repo, path, ref, lines, note }) =>
      [repo, path, ref === null ? null : `at ${ref.slice(0, SHORT_REF)}`, lines, note]
        .filter((one) => one !== null)
        .join(', '),
    ),
  };
}

function no(code: string, text: string): Outcome<never, Said> {
  return { ok: false, problem: { code, text } };
}

/** As git shortens commits in a small project; the profile has the whole. */
const SHORT_REF = 12;
