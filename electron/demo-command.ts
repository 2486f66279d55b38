/**
 * demo-command.ts: `mellon demo`, and the list that `mellon check --demo` prints.
 *
 * In:   an argument list
 * Out:  the realm in the foreground until Ctrl-C
 * Not:  the realm (demo/realm.ts)
 */
import { parseArgs } from 'node:util';
import type { DemoDomain } from '../shared/bridge.ts';
import { demoPhrases } from '../shared/phrases/demo.ts';
import { visible } from '../shared/visible.ts';
import { EXIT, print, usage } from './output.ts';
import { startRealm, type Realm } from './demo-world.ts';

/** The port of the realm's resolvers where none is given: 53 needs root, 5353 belongs to mDNS. */
const DNS_PORT = 5300;

/** Starts the realm on its own addresses where the system has them, and waits. */
export async function runDemoCommand(argv: readonly string[]): Promise<number> {
  let port = DNS_PORT;
  try {
    const { values } = parseArgs({ args: [...argv], options: { port: { type: 'string' } }, strict: true });
    port = Number(values.port ?? DNS_PORT);
  } catch (fault) {
    return usage(visible(fault instanceof Error ? (fault.message.split('. ')[0] ?? '') : ''));
  }
  if (!Number.isInteger(port) || port < 1 || port > 65535) return usage(demoPhrases.badPort());
  const realm = await startRealm({ real: { dnsPort: port } }).catch((fault: unknown) =>
    fault instanceof Error ? fault.message : String(fault),
  );
  if (typeof realm === 'string') return usage(demoPhrases.cannotBind(visible(realm)));
  await print(describeRealm(realm, port), 0);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await realm.close();
  return EXIT.accept;
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

function describeRealm(realm: Realm, port: number): string {
  const { servers } = realm;
  const liars = Object.entries(servers.liars).map(([what, url]) => `  ${url}:${port}  ${what}`);
  return `${demoPhrases.running()}\n\nresolver   ${servers.resolver}:${port}\n${liars.join('\n')}\n\ntrust anchors\n${servers.anchors}\n\ncertificate authority\n${servers.ca}\n${describeDomains(realm.domains)}`;
}
