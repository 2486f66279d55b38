/**
 * dns-ways.ts: from a resolver's URL to the addresses where it can be asked.
 *
 * In:   ResolverUrl
 * Out:  ways, one an address, in the order to try
 * Not:  trying them (dns.ts)
 */
import { getServers } from 'node:dns';
import type { DnsName, Outcome } from '../../shared/basics.ts';
import type { NetProblem } from '../../shared/observation.ts';
import { decodeMessage, typeNumber } from '../wire/dns-message.ts';
import { decodeA, decodeAaaa } from '../wire/dns-records.ts';
import type { Answered, Asking } from './dns-exchange.ts';
import { httpsClient, type SecureHttp } from './dns-https.ts';
import { plainClient } from './dns-plain.ts';
import { secureConnects } from './dns-secure.ts';
import { streamClient, type Connect } from './dns-stream.ts';
import { udpClient } from './dns-udp.ts';
import type { NetOptions } from './net.ts';
import type { ResolverUrl } from './resolver-url.ts';
import { step, type Limits } from './step.ts';
import { connectTcp } from './tcp.ts';

/** One way to one address. */
export type Way = {
  /** As a URL: what `system` stands for. */
  readonly text: string;
  ask(asking: Asking, limits: Limits): Promise<Answered>;
  close(): void;
};
/** The ways to one resolver; found once, kept. */
export type Ways = { find(limits: Limits): Promise<Outcome<readonly Way[], NetProblem>>; close(): void };

/** The most addresses tried of one resolver: resolv.conf(5) takes three, and a name has seldom more than two of each family. */
const MOST_WAYS = 4;

/** Makes the ways of one Net; they share what must be shared (open sockets, authorities). */
export function waysOf(
  options: Pick<NetOptions, 'dial' | 'stepMs' | 'resolverCa'>,
): (url: ResolverUrl) => Ways {
  const { dial, stepMs } = options;
  const udp = udpClient(dial);
  const secure = secureConnects(options);
  let system: Ways | null = null;
  return open;

  function open(url: ResolverUrl): Ways {
    switch (url.kind) {
      case 'system':
        return fixed(
          getServers()
            .slice(0, MOST_WAYS)
            .map((entry) => plain(...serverAddress(entry))),
        );
      case 'udp':
        return fixed([plain(url.address, url.port)]);
      case 'tcp':
        return fixed([{ text: url.text, ...tcp(url.address, url.port) }]);
      case 'tls':
      case 'https': {
        if (url.address !== null) return fixed([encrypted(url, url.address)]);
        system ??= open({ kind: 'system', text: 'system' });
        return looked(url.host as DnsName, system, stepMs, (address) => encrypted(url, address));
      }
    }
  }

  function plain(address: string, port: number): Way {
    const host = address.includes(':') ? `[${address}]` : address;
    const text = `udp://${host}${port === 53 ? '' : `:${port}`}`;
    return { text, ...plainClient({ address, port }, udp, tcp(address, port)) };
  }

  function tcp(address: string, port: number): ReturnType<typeof streamClient> {
    return streamClient('tcp', (limits) => connectTcp(address, port, dial, limits), stepMs);
  }

  function encrypted(url: Extract<ResolverUrl, { kind: 'tls' | 'https' }>, address: string): Way {
    const { host, port, text } = url;
    if (url.kind === 'tls') {
      const connect: Connect = (limits) => secure({ host, port, address, pins: url.pins, alpn: [] }, limits);
      return { text, ...streamClient('tls', connect, stepMs) };
    }
    const connect: SecureHttp = (alpn, limits) => secure({ host, port, address, pins: [], alpn }, limits);
    const name = host.includes(':') ? `[${host}]` : host;
    const authority = port === 443 ? name : `${name}:${port}`;
    return { text, ...httpsClient({ authority, path: url.path }, connect, stepMs) };
  }
}

function fixed(ways: readonly Way[]): Ways {
  return {
    find: () =>
      Promise.resolve(
        ways.length > 0
          ? { ok: true, value: ways }
          : { ok: false, problem: { code: 'unreachable', detail: 'this machine has no resolver set' } },
      ),
    close: () => ways.forEach((way) => way.close()),
  };
}

// Looked up once by the machine's own resolvers, for all who wait; a failure is not kept. What comes back is not believed:
// the resolver then shows a certificate.
function looked(host: DnsName, system: Ways, stepMs: number, make: (address: string) => Way): Ways {
  const closing = new AbortController();
  let found: readonly Way[] = [];
  let looking: Promise<Outcome<readonly Way[], NetProblem>> | null = null;
  let waiting = 0;
  let giveUp = new AbortController();

  return {
    async find(limits) {
      if (found.length > 0) return { ok: true, value: found };
      waiting += 1;
      try {
        return await step(limits, (settle) => {
          looking ??= look(AbortSignal.any([closing.signal, giveUp.signal]));
          void looking.then(settle);
          return () => undefined;
        });
      } finally {
        waiting -= 1;
        if (waiting === 0) {
          // Nobody waits for the lookup any more.
          giveUp.abort();
          giveUp = new AbortController();
        }
      }
    },
    close() {
      closing.abort();
      found.forEach((way) => way.close());
      system.close();
    },
  };

  async function look(signal: AbortSignal): Promise<Outcome<readonly Way[], NetProblem>> {
    const servers = await system.find({ stepMs, signal });
    if (!servers.ok) return done(servers);
    let problem: NetProblem = { code: 'unreachable', detail: `no address was found for ${host}` };
    for (const server of servers.value) {
      const [six, four] = await Promise.all([
        addresses(server, host, 'AAAA', { stepMs, signal }),
        addresses(server, host, 'A', { stepMs, signal }),
      ]);
      const all = alternate(six.ok ? six.value : [], four.ok ? four.value : []).slice(0, MOST_WAYS);
      if (all.length > 0) {
        found = all.map(make);
        return done({ ok: true, value: found });
      }
      if (!four.ok) problem = four.problem;
      if (signal.aborted) break;
    }
    return done({ ok: false, problem });
  }

  function done(outcome: Outcome<readonly Way[], NetProblem>): Outcome<readonly Way[], NetProblem> {
    looking = null;
    return outcome;
  }
}

async function addresses(
  server: Way,
  name: DnsName,
  type: 'A' | 'AAAA',
  limits: Limits,
): Promise<Outcome<readonly string[], NetProblem>> {
  const answered = await server.ask({ question: { name, type }, form: 'plain' }, limits);
  if (!answered.ok) return answered;
  const message = decodeMessage(answered.value.bytes);
  if (!message.ok) return { ok: false, problem: message.problem };
  const decode = type === 'A' ? decodeA : decodeAaaa;
  const found = message.value.answer
    .filter((rr) => rr.type === typeNumber(type))
    .map((rr) => decode(rr.rdata))
    .flatMap((address) => (address.ok ? [address.value] : []));
  return { ok: true, value: found };
}

function alternate(first: readonly string[], second: readonly string[]): readonly string[] {
  const longest = Math.max(first.length, second.length);
  return Array.from({ length: longest }, (_, i) => [
    ...first.slice(i, i + 1),
    ...second.slice(i, i + 1),
  ]).flat();
}

// dns.getServers: an address, or address and port with IPv6 in brackets. Zone ids (%eth0) stay.
function serverAddress(entry: string): [address: string, port: number] {
  const withPort = /^(?:\[(.+)\]|([^:]+)):([0-9]+)$/.exec(entry);
  if (withPort === null) return [entry, 53];
  return [withPort[1] ?? withPort[2] ?? entry, Number(withPort[3])];
}
