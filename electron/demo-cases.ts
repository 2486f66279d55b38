/**
 * demo-cases.ts: the demo realm as a list of cases for testing other programs, readable by machines.
 *
 * In:   a realm that is up on its own addresses
 * Out:  CasesFile: domain, what is wrong, where, whom to ask, whom to trust, and what the rules expect
 * Not:  driving a program (test/clients)
 *
 * What is expected is written down in the stories; the endpoints and each one's verdict come from a check of ours.
 */
import { RUNTIME } from './ground.ts';
import { runCheck } from './check.ts';
import type { Realm } from './demo-world.ts';
import { parseRequest } from './options.ts';
import { compareClients } from './trust/clients.ts';
import type { ClientResult } from '../shared/clients.ts';
import type { Mode, Service } from '../shared/request.ts';
import type { DomainOutcome, ManualCase, Outcome4, RouteName } from '../shared/report.ts';

export const CASES_SCHEMA = 'mellon.cases/1';

export type CaseEndpoint = {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly mode: Mode;
  readonly expected: {
    readonly outcome: Outcome4;
    readonly by: RouteName | null;
    readonly case: ManualCase | null;
  };
};
export type Case = {
  readonly id: string;
  readonly domain: string;
  readonly service: Service;
  /** No password is right: a program that gets as far as sending one has accepted the server. */
  readonly jid: string;
  /** What is wrong, or right. */
  readonly teaches: string;
  /** Whom to ask: the honest resolver, or the liar that the case is about. */
  readonly resolver: { readonly address: string; readonly port: number };
  /** Set where the program must be told to connect there, without discovery. */
  readonly connect: string | null;
  /** What the rules expect of a program that follows all of them. */
  readonly expected: {
    readonly outcome: DomainOutcome;
    readonly by: RouteName | null;
    readonly case: ManualCase | null;
  };
  /** In the order of the SRV records. */
  readonly endpoints: readonly CaseEndpoint[];
  /** What each known program is said to do at the first endpoint, by the profile's id. */
  readonly programs: Readonly<Record<string, ClientResult>>;
};
export type CasesFile = {
  readonly schema: typeof CASES_SCHEMA;
  readonly program: string;
  /** Certificates and signatures are good from then on. */
  readonly startedAt: string;
  readonly ca: { readonly file: string | null; readonly pem: string };
  /** DS lines of the realm's root, for programs that validate. */
  readonly anchors: string;
  readonly webPort: number;
  readonly cases: readonly Case[];
};

/** Checks every domain of the realm once and lists it. `caFile` is where the authority was written, if anywhere. */
export async function casesOf(realm: Realm, dnsPort: number, caFile: string | null): Promise<CasesFile> {
  const cases: Case[] = [];
  for (const story of realm.servers.stories) {
    const { domain, teaches, outcome, by = null, case: manual = null, options } = story;
    const request = parseRequest({ ...options, input: domain });
    if (!request.ok) throw new Error(`the story of ${domain}: ${request.problem.text}`);
    const never = new AbortController().signal;
    const report = await runCheck(realm.prepare(request.value), realm.world, () => undefined, never);
    if (report === null) throw new Error(`the check of ${domain} was cancelled`);
    const clients = compareClients(report);
    const [resolver = realm.servers.resolver] = options?.resolvers ?? [];
    cases.push({
      id: [domain, ...(options?.connect === undefined ? [] : [options.connect])].join('@'),
      domain: report.input.domain,
      service: report.input.service,
      jid: `test@${report.input.domain}`,
      teaches,
      resolver: { address: resolver.replace(/^\w+:\/\//, ''), port: dnsPort },
      connect: options?.connect ?? null,
      expected: { outcome, by, case: manual },
      endpoints: report.targets.flatMap((target) =>
        target.endpoints.flatMap(({ address, verdict }) =>
          address === null
            ? []
            : [
                {
                  ...{ host: target.host, address, port: target.port, mode: target.mode },
                  expected: { outcome: verdict.outcome, by: verdict.by, case: verdict.case },
                },
              ],
        ),
      ),
      programs: Object.fromEntries(
        clients.profiles.flatMap(({ id }, i) => {
          const result = clients.rows[0]?.results[i]?.result;
          return result === undefined ? [] : [[id, result]];
        }),
      ),
    });
  }
  return {
    schema: CASES_SCHEMA,
    program: RUNTIME.program,
    startedAt: new Date(realm.servers.kit.now).toISOString(),
    ca: { file: caFile, pem: realm.servers.ca },
    anchors: realm.servers.anchors,
    webPort: realm.servers.webPort,
    cases,
  };
}
