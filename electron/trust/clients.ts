/**
 * clients.ts: the matrix: every endpoint of a report by every profile of the report's service.
 *
 * In:   a report, profiles
 * Out:  ClientsReport; how many would have accepted silently
 * Not:  one decision (clients-judge.ts)
 */
import { clientProfiles, type ClientProfile, type ClientsReport } from '../../shared/clients.ts';
import type { EndpointReport, Report, TargetReport } from '../../shared/report.ts';
import { clientEvidence } from './clients-evidence.ts';
import { judgeClient } from './clients-judge.ts';

/** Compares all endpoints with all programs that use the report's service. Pure. */
export function compareClients(
  report: Report,
  profiles: readonly ClientProfile[] = clientProfiles(),
): ClientsReport {
  const asked = profiles.filter((profile) => fits(report, profile));
  return {
    profiles: asked.map(({ id, name, role, kind, version, outcomes_confidence: confidence }) => ({
      ...{ id, name, role, confidence, version: version.label, kind },
    })),
    rows: report.targets.flatMap((target) =>
      target.endpoints.map((endpoint) => {
        const evidence = clientEvidence(report, target, endpoint);
        const { host, port, mode } = target;
        const results = asked.map((profile) => judgeClient(evidence, profile));
        return { host, port, mode, address: endpoint.address, results };
      }),
    ),
  };
}

/** How many of the programs would have gone on with this endpoint without a question, and of how many. */
export function silentlyAccepting(
  report: Report,
  target: TargetReport,
  endpoint: EndpointReport,
  profiles: readonly ClientProfile[] = clientProfiles(),
): { readonly count: number; readonly of: number; readonly names: readonly string[] } {
  const asked = profiles.filter((profile) => fits(report, profile));
  const evidence = clientEvidence(report, target, endpoint);
  const names = asked.filter((one) => judgeClient(evidence, one).result === 'accepts').map((one) => one.name);
  return { count: names.length, of: asked.length, names };
}

function fits(report: Report, profile: ClientProfile): boolean {
  return profile.role === (report.input.service === 'xmpp-client' ? 'c2s' : 's2s');
}
