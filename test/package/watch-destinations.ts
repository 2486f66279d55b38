/**
 * watch-destinations.ts: preloaded with `node --import`: notes every place that the program turns to, and refuses all but loopback.
 *
 * In:   MELLON_DESTINATIONS, the file to note in
 * Out:  a line `tcp|udp|name DESTINATION` for each
 * Not:  judging them (phones-home.test.ts)
 */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const file = process.env['MELLON_DESTINATIONS'] ?? '';

function note(kind: string, host: string, port: number | string): void {
  appendFileSync(file, `${kind} ${host}:${port}\n`);
  if (!/^(127\.|::1$|::ffff:127\.)/.test(host)) throw new Error(`refused here: ${kind} ${host}`);
}

type Anything = (this: unknown, ...args: unknown[]) => unknown;

/** Puts `before` in front of a method. */
function watch(owner: object, method: string, before: (args: readonly unknown[]) => void): void {
  const real = Reflect.get(owner, method) as Anything;
  Reflect.set(owner, method, function (this: unknown, ...args: unknown[]): unknown {
    before(args);
    return real.apply(this, args);
  });
}

watch(net.Socket.prototype, 'connect', (args) => {
  const options = (Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0]) as {
    host?: string;
    port?: number;
    path?: string;
  };
  if (typeof options !== 'object')
    return note('tcp', typeof args[1] === 'string' ? args[1] : '127.0.0.1', String(options));
  note('tcp', options.path ?? options.host ?? 'localhost', options.port ?? 0);
});
watch(dgram.Socket.prototype, 'connect', ([port, host]) =>
  note('udp', typeof host === 'string' ? host : '127.0.0.1', String(port)),
);
watch(dgram.Socket.prototype, 'send', (args) => {
  const at = args.findIndex((arg) => typeof arg === 'string' && net.isIP(arg) !== 0);
  if (at > 0) note('udp', String(args[at]), String(args[at - 1]));
});
for (const method of [
  'lookup',
  'resolve',
  'resolve4',
  'resolve6',
  'resolveSrv',
  'resolveTlsa',
  'resolveAny',
  'resolveTxt',
]) {
  for (const owner of [dns, dns.promises, dns.Resolver.prototype]) {
    if (Reflect.has(owner, method))
      watch(owner, method, ([name]) => {
        // A socket "looks up" an address too; that asks nobody.
        if (net.isIP(String(name)) === 0) note('name', String(name), method);
      });
  }
}
globalThis.fetch = (input) => {
  note('fetch', input instanceof Request ? input.url : String(input), 0);
  return Promise.reject(new Error('refused here'));
};
syncBuiltinESMExports();
