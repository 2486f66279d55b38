/**
 * sign-in-command.ts: `mellon sign-in`.
 *
 * In:   an argument list, the password from the terminal or standard input
 * Out:  steps and result on standard output, an exit code
 * Not:  signing in (sign-in.ts), the check (check.ts)
 *
 * The password is asked for only after the verdict, and only if it may be used. It is never an argument.
 */
import { signInTerminal as say } from '../shared/phrases/sign-in-steps.ts';
import type { Report } from '../shared/report.ts';
import { SIGN_IN_EXIT, type SignInEvent, type SignInResult } from '../shared/sign-in.ts';
import { visible } from '../shared/visible.ts';
import { parseArguments } from './arguments.ts';
import { runCheck, type World } from './check.ts';
import { parseRequest } from './options.ts';
import { jsonLine, print, usage } from './output.ts';
import { readPassword } from './password-input.ts';
import { noteReport, openOwnStore, readPins } from './pins-reader.ts';
import { openProgress } from './progress.ts';
import { maySignIn, signIn } from './sign-in.ts';
import { notBegun } from './sign-in-result.ts';
import { parseAddress } from './wire/address.ts';
import { openWorld } from './world.ts';

const ALLOW_PLAIN = '--allow-plain';
/** 128 + SIGINT, as every shell expects. */
const INTERRUPTED = 130;
/** What asks a program to end: the terminal must show again what is typed. */
const ENDING = ['SIGINT', 'SIGTERM'] as const;
const LONGEST_SENTENCE = 2_000;

/** Checks the account's server, then signs in through the verdict. */
export async function runSignInCommand(argv: readonly string[]): Promise<number> {
  const allowPlain = argv.includes(ALLOW_PLAIN);
  const parsed = parseArguments(argv.filter((one) => one !== ALLOW_PLAIN));
  if (!parsed.ok) return usage(parsed.problem);
  const { inputs, form, json, clientCertificate } = parsed.value;
  const [input] = inputs;
  if (input === undefined) return usage(say.which);
  if (inputs.length > 1) return usage(say.one);
  const address = parseAddress(input);
  if (!address.ok) return usage(address.problem.detail);
  if (address.value.local === null) return usage(say.which);
  const request = parseRequest({ ...form, input });
  if (!request.ok) return usage(request.problem.text);

  const realm = parsed.value.demo ? await (await import('./demo-world.ts')).startRealm() : null;
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  for (const name of ENDING) process.once(name, interrupt);
  try {
    const store = realm === null ? openOwnStore() : null;
    const world: World = realm?.world ?? openWorld({ pins: readPins(store ?? undefined), clientCertificate });
    const report = await check(
      realm === null ? request.value : realm.prepare(request.value),
      world,
      json,
      stop.signal,
    );
    if (report === null) return INTERRUPTED;
    if (store !== null) noteReport(store, report);
    const out = (text: string): Promise<number> => (json ? Promise.resolve(0) : print(text, 0));
    await out(`${visible(report.verdict.sentence, LONGEST_SENTENCE)}\n`);
    const ask = {
      report,
      local: address.value.local,
      pins: world.pins(report.input.domain, report.input.service),
      world,
    };
    const may = maySignIn(ask);
    if (!may.ok) return await ended(notBegun(may.problem), json);
    const password = await readPassword(
      process.stdin,
      process.stderr,
      say.prompt(visible(input)),
      stop.signal,
    );
    if (stop.signal.aborted) return INTERRUPTED;
    if (password === null) return process.stdin.isTTY ? INTERRUPTED : usage(say.noPassword);
    const hear = (event: SignInEvent): void => {
      if (event.type === 'step') void out(stepLine(event));
    };
    const result = await signIn({ ...ask, password, allowPlain }, hear, stop.signal);
    if (result.code === 'cancelled') return INTERRUPTED;
    return await ended(result, json);
  } finally {
    for (const name of ENDING) process.removeListener(name, interrupt);
    await realm?.close();
  }
}

async function check(
  request: Report['request'],
  world: World,
  json: boolean,
  signal: AbortSignal,
): Promise<Report | null> {
  const progress = openProgress(process.stderr, !json);
  try {
    return await runCheck(request, world, progress.hear, signal);
  } finally {
    progress.end();
  }
}

async function ended(result: SignInResult, json: boolean): Promise<number> {
  const code = SIGN_IN_EXIT[result.outcome];
  if (json) return print(jsonLine(result), code);
  const noticed = result.noticed.map(
    (one) => `  ${one.answer.padEnd(8)}${visible(one.text, LONGEST_SENTENCE)} [${one.ref}]`,
  );
  const lines = [
    visible(result.sentence, LONGEST_SENTENCE),
    ...(noticed.length === 0 ? [] : ['', say.noticed, ...noticed]),
  ];
  return print(`${lines.join('\n')}\n`, code);
}

function stepLine({ step }: Extract<SignInEvent, { readonly type: 'step' }>): string {
  const mark = step.ok === true ? '✓' : step.ok === false ? '✗' : '·';
  const ms = `${step.end.toFixed(0)} ms`.padStart(8);
  return `${ms} ${mark} ${visible(step.text, LONGEST_SENTENCE)}${step.ref === undefined ? '' : ` [${step.ref}]`}\n`;
}
