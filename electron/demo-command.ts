/**
 * demo-command.ts: `mellon demo`, and the list that `mellon check --demo` prints.
 *
 * In:   an argument list
 * Out:  the realm in the foreground until Ctrl-C; with --serve-clients a list of cases for machines
 * Not:  the realm (demo/realm.ts), the list (demo-cases.ts)
 */
import { writeFileSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import { parseArgs } from 'node:util';
import type { DemoDomain } from '../shared/bridge.ts';
import { demoPhrases } from '../shared/phrases/demo.ts';
import { visible } from '../shared/visible.ts';
import { EXIT, print, usage } from './output.ts';
import { startRealm, type Realm } from './demo-world.ts';

/** The port of the realm's resolvers where none is given: 53 needs root, 5353 belongs to mDNS. */
const DNS_PORT = 5300;
/** RFC 1035 4.2: the only port that most programs ask on. */
const USUAL_DNS_PORT = 53;
const OPTIONS = {
  port: { type: 'string' },
  'serve-clients': { type: 'boolean' },
  cases: { type: 'string' },
} as const;

type Asked = { readonly port: number | null; readonly serveClients: boolean; readonly cases: string | null };
type Up = { readonly realm: Realm; readonly port: number };

/** Starts the realm on its own addresses where the system has them, and waits. */
export async function runDemoCommand(argv: readonly string[]): Promise<number> {
  const asked = parse(argv);
  if (typeof asked === 'string') return usage(asked);
  // Ctrl-C while it starts ends it, too.
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  const up = await start(asked);
  if (typeof up === 'string') return usage(demoPhrases.cannotBind(visible(up)));
  try {
    if (asked.serveClients) {
      const problem = await serveClients(up, asked.cases);
      if (problem !== null) return usage(problem);
    } else await print(describeRealm(up), 0);
    await ended;
    return EXIT.accept;
  } finally {
    await up.realm.close();
  }
}

function parse(argv: readonly string[]): Asked | string {
  let values;
  try {
    ({ values } = parseArgs({ args: [...argv], options: OPTIONS, strict: true }));
  } catch (fault) {
    return visible(fault instanceof Error ? (fault.message.split('. ')[0] ?? '') : '');
  }
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && (!Number.isInteger(port) || port < 1 || port > 65535)) return demoPhrases.badPort();
  const serveClients = values['serve-clients'] === true;
  if (values.cases !== undefined && !serveClients) return demoPhrases.casesNeedServe();
  return { port, serveClients, cases: values.cases ?? null };
}

/** For other programs on port 53 where that is allowed, otherwise where it was asked for. The problem is a detail. */
async function start({ port, serveClients }: Asked): Promise<Up | string> {
  const ports = port === null ? (serveClients ? [USUAL_DNS_PORT, DNS_PORT] : [DNS_PORT]) : [port];
  let problem = '';
  for (const dnsPort of ports) {
    try {
      return { realm: await startRealm({ real: { dnsPort } }), port: dnsPort };
    } catch (fault) {
      problem = fault instanceof Error ? fault.message : String(fault);
    }
  }
  return problem;
}

/** Writes or prints the cases. What is not as programs expect it is said on standard error. Null, or a problem. */
async function serveClients({ realm, port }: Up, file: string | null): Promise<string | null> {
  const path = file === null ? null : resolvePath(file);
  const ca = path === null ? null : `${path}.ca.pem`;
  const { casesOf } = await import('./demo-cases.ts');
  const cases = await casesOf(realm, port, ca);
  const text = `${JSON.stringify(cases, null, 2)}\n`;
  if (port !== USUAL_DNS_PORT) process.stderr.write(`${demoPhrases.highDnsPort(port)}\n`);
  if (cases.webPort !== 443) process.stderr.write(`${demoPhrases.highWebPort(cases.webPort)}\n`);
  if (path === null || ca === null) {
    await print(text, 0);
    return null;
  }
  try {
    // The list last: whoever waits for it may then rely on both.
    writeFileSync(ca, realm.servers.ca);
    writeFileSync(path, text);
  } catch (fault) {
    const why = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown';
    return demoPhrases.cannotWrite(visible(path), why);
  }
  await print(`${demoPhrases.casesWritten(cases.cases.length, visible(path), visible(ca))}\n`, 0);
  await print(`${demoPhrases.running()}\n`, 0);
  return null;
}

/** The domains with what each teaches. */
export function describeDomains(domains: readonly DemoDomain[]): string {
  const rows = domains.map((d) => {
    const extra = [
      ...(d.options?.connect === undefined ? [] : ['--connect', d.options.connect]),
      ...(d.options?.resolvers ?? []).flatMap((url) => ['--resolver', url]),
    ];
    return `  ${d.outcome.padEnd(12)} ${[d.domain, ...extra].join(' ')}\n               ${d.teaches}`;
  });
  return `${demoPhrases.domains()}\n\n${rows.join('\n')}\n\n${demoPhrases.tryOne()}\n`;
}

function describeRealm({ realm, port }: Up): string {
  const { servers } = realm;
  const liars = Object.entries(servers.liars).map(([what, url]) => `  ${url}:${port}  ${what}`);
  return `${demoPhrases.running()}\n\nresolver   ${servers.resolver}:${port}\n${liars.join('\n')}\n\ntrust anchors\n${servers.anchors}\n\ncertificate authority\n${servers.ca}\n${describeDomains(realm.domains)}`;
}
