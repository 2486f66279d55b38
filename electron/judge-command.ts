/**
 * judge-command.ts: `mellon judge REPORT.json`.
 *
 * In:   an argument list
 * Out:  the report judged again, on standard output; an exit code as of a check
 * Not:  judging (judge-again.ts)
 */
import { judgeAgainPhrases } from '../shared/phrases/judge-again.ts';
import type { Report } from '../shared/report.ts';
import { visible } from '../shared/visible.ts';
import { parseArguments, readText } from './arguments.ts';
import { colours, columns, EXIT, exitCode, jsonLine, print, usage } from './output.ts';
import { judgeAgain, type Changes } from './judge-again.ts';
import { parseTime } from './options.ts';
import { readPins } from './pins-reader.ts';
import { readProfiles, withClients } from './profiles.ts';

/** Judges every report in the files given: one JSON document each, or one a line. */
export async function runJudgeCommand(argv: readonly string[]): Promise<number> {
  const parsed = parseArguments(argv);
  if (!parsed.ok) return usage(parsed.problem);
  const { inputs, form, json, verbose, clients, pins, without } = parsed.value;
  const profiles = await readProfiles(parsed.value.profiles);
  if (!profiles.ok) return usage(profiles.problem);
  if (inputs.length === 0)
    return usage('Which report? For example: mellon judge report.json --at 2027-06-01');
  const at = form.at === undefined ? undefined : parseTime(form.at);
  if (form.at !== undefined && at === undefined)
    return usage('--at is an ISO 8601 time with a time zone, such as 2026-11-23T12:00:00Z.');
  const methods = (['dnssec', 'dane', 'posh'] as const).filter((m) => without.includes(m));
  if (methods.length !== new Set(without).size) return usage('--without is dnssec, dane or posh.');

  const changes: Changes = {
    ...(at === undefined ? {} : { at }),
    ...(form.roots === undefined ? {} : { roots: form.roots as NonNullable<Changes['roots']> }),
    ...(form.ca === undefined ? {} : { ca: form.ca }),
    ...(form.trustAnchor === undefined ? {} : { trustAnchor: form.trustAnchor }),
    ...(form.requireDnssec === true ? { requireDnssec: true } : {}),
    ...(pins ? { pins: readPins() } : {}),
    without: methods,
  };
  const reports: Report[] = [];
  for (const path of inputs) {
    const text = readText(path);
    if (!text.ok) return usage(text.problem);
    const found = documents(text.value);
    if (found.length === 0) return usage(judgeAgainPhrases.empty(visible(path)));
    for (const document of found) {
      if (document === undefined) return usage(judgeAgainPhrases.notJson());
      const report = judgeAgain(document, changes);
      if (!report.ok) return usage(report.problem.text);
      reports.push(clients ? await withClients(report.value, profiles.value) : report.value);
    }
  }
  for (const report of reports) {
    if (json) await print(jsonLine(report), 0);
    else
      await print(
        (await import('./terminal.ts')).describe(report, { verbose, colour: colours(), columns: columns() }),
        0,
      );
  }
  const codes = reports.map(exitCode);
  return [2, 1, 3, 4, 0].find((code) => codes.includes(code)) ?? EXIT.fault;
}

function documents(text: string): readonly unknown[] {
  const whole = parse(text);
  if (whole !== undefined) return [whole];
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parse);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
