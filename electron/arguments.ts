/**
 * arguments.ts: the options that the commands share, from an argument list to a form.
 *
 * In:   an argument list
 * Out:  AskForm and what only the command line knows; or one sentence
 * Not:  judging the form's texts (options.ts)
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { createSecureContext } from 'node:tls';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Outcome } from '../shared/basics.ts';
import type { AskForm } from '../shared/bridge.ts';
import { visible } from '../shared/visible.ts';

export type Arguments = {
  readonly inputs: readonly string[];
  readonly form: Omit<AskForm, 'input'>;
  readonly clientCertificate: { readonly cert: string; readonly key: string } | null;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly clients: boolean;
  /** Files with profiles of other programs, beside those that ship. */
  readonly profiles: readonly string[];
  readonly demo: boolean;
  readonly pins: boolean;
  readonly without: readonly string[];
};

const OPTIONS = {
  service: { type: 'string' },
  from: { type: 'string' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
  clients: { type: 'boolean' },
  profiles: { type: 'string', multiple: true },
  resolver: { type: 'string', multiple: true },
  'trust-anchor': { type: 'string' },
  'negative-anchor': { type: 'string', multiple: true },
  'require-dnssec': { type: 'boolean' },
  'allow-sha1': { type: 'boolean' },
  ca: { type: 'string', multiple: true },
  roots: { type: 'string' },
  'client-cert': { type: 'string' },
  'client-key': { type: 'string' },
  connect: { type: 'string' },
  mode: { type: 'string' },
  'allow-private': { type: 'boolean' },
  timeout: { type: 'string' },
  at: { type: 'string' },
  demo: { type: 'boolean' },
  pins: { type: 'boolean' },
  without: { type: 'string', multiple: true },
} as const satisfies NonNullable<ParseArgsConfig['options']>;

/** Parses an argument list and reads the files that it names. The problem is a sentence for the person. */
export function parseArguments(argv: readonly string[]): Outcome<Arguments, string> {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (fault) {
    return {
      ok: false,
      problem: visible(fault instanceof Error ? (fault.message.split(/\.\s/)[0] ?? '') : String(fault)),
    };
  }
  const { values: o, positionals } = parsed;
  const problems: string[] = [];
  const read = (path: string): string => {
    const text = readText(path);
    if (!text.ok) problems.push(text.problem);
    return text.ok ? text.value : '';
  };
  const service = choice(o.service, ['client', 'server'] as const, '--service', problems);
  const mode = choice(o.mode, ['starttls', 'direct-tls'] as const, '--mode', problems);
  const roots = o.roots?.split(',').map((r) => r.trim());
  if (roots?.some((r) => !['bundled', 'system', 'files'].includes(r)) === true) {
    problems.push('--roots is a list of bundled, system and files.');
  }
  const seconds = o.timeout === undefined ? undefined : Number(o.timeout);
  if (seconds !== undefined && !Number.isFinite(seconds)) problems.push('--timeout is a number of seconds.');
  if ((o['client-cert'] === undefined) !== (o['client-key'] === undefined)) {
    problems.push('--client-cert and --client-key belong together.');
  }
  const form: Omit<AskForm, 'input'> = {
    ...(service === undefined ? {} : { service }),
    ...(o.from === undefined ? {} : { from: o.from }),
    ...(o.resolver === undefined ? {} : { resolvers: o.resolver }),
    ...(roots === undefined ? {} : { roots }),
    ...(o.ca === undefined ? {} : { ca: o.ca.map((path) => ({ name: basename(path), pem: read(path) })) }),
    ...(o['trust-anchor'] === undefined ? {} : { trustAnchor: read(o['trust-anchor']) }),
    ...(o['negative-anchor'] === undefined ? {} : { negativeAnchors: o['negative-anchor'] }),
    ...(o['require-dnssec'] === true ? { requireDnssec: true } : {}),
    ...(o['allow-sha1'] === true ? { allowSha1: true } : {}),
    ...(o.connect === undefined ? {} : { connect: o.connect }),
    ...(mode === undefined ? {} : { mode }),
    ...(o['allow-private'] === true ? { allowPrivate: true } : {}),
    ...(seconds === undefined ? {} : { timeoutSeconds: seconds }),
    ...(o.at === undefined ? {} : { at: o.at }),
  };
  const { 'client-cert': cert, 'client-key': key } = o;
  const clientCertificate =
    cert === undefined || key === undefined ? null : { cert: read(cert), key: read(key) };
  if (clientCertificate !== null && problems.length === 0 && !belongTogether(clientCertificate))
    problems.push(
      '--client-cert and --client-key are no PEM certificate with its own private key, unencrypted.',
    );
  const [problem] = problems;
  if (problem !== undefined) return { ok: false, problem };
  return {
    ok: true,
    value: {
      inputs: positionals,
      form,
      clientCertificate,
      json: o.json === true,
      verbose: o.verbose === true,
      clients: o.clients === true || o.profiles !== undefined,
      profiles: o.profiles ?? [],
      demo: o.demo === true,
      pins: o.pins === true,
      without: o.without ?? [],
    },
  };
}

/** Reads a text file that the person named: at most 32 MiB, so that a wrong path cannot fill the memory. */
export function readText(path: string): Outcome<string, string> {
  try {
    const bytes = readAtMost(path, LARGEST_FILE + 1);
    if (bytes.length > LARGEST_FILE) return { ok: false, problem: `${visible(path)} is larger than 32 MiB.` };
    // What Windows PowerShell 5 writes with > begins with this mark; a decoder takes the mark of UTF-8 off by itself.
    const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
    return { ok: true, value: new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes) };
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unreadable';
    return { ok: false, problem: `${visible(path)} cannot be read (${code}).` };
  }
}

/** Shown to no server otherwise: without a word, it would be the server that is refused. */
function belongTogether(pair: { readonly cert: string; readonly key: string }): boolean {
  try {
    createSecureContext(pair);
    return true;
  } catch {
    return false;
  }
}

/** Devices and pipes tell no size, so it is the reading that ends. */
function readAtMost(path: string, most: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    let left = most;
    while (left > 0) {
      const chunk = Buffer.allocUnsafe(Math.min(left, 1 << 20));
      const read = readSync(file, chunk);
      if (read === 0) break;
      chunks.push(chunk.subarray(0, read));
      left -= read;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(file);
  }
}

function choice<const T extends string>(
  given: string | undefined,
  of: readonly T[],
  option: string,
  problems: string[],
): T | undefined {
  const found = of.find((one) => one === given);
  if (given !== undefined && found === undefined) problems.push(`${option} is ${of.join(' or ')}.`);
  return found;
}

const LARGEST_FILE = 32 << 20;
