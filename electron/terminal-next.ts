/**
 * terminal-next.ts: what to do after a verdict, to be read in a terminal: what would open each route, with the exact text.
 *
 * In:   a report
 * Out:  lines, safe to print
 * Not:  deciding what may be offered (trust)
 */
import { explained } from '../shared/exact.ts';
import { nextPhrases } from '../shared/phrases/next.ts';
import { ROUTES, type EndpointReport, type Report, type RouteName } from '../shared/report.ts';
import { resolverDoubt } from '../shared/resolver-doubt.ts';
import { visible } from '../shared/visible.ts';
import type { Paint } from './paint.ts';
import { asIs } from './wrap.ts';

/** Long enough for a whole POSH document. */
const LONGEST = 16_384;

/** What a person can do now; nothing where the domain was accepted and nothing is in doubt. */
export function describeNext(report: Report, paint: Paint): readonly string[] {
  const lines: string[] = [];
  const doubt = resolverDoubt(report);
  if (doubt !== null) lines.push(`  ${nextPhrases.doubt(visible(report.input.domain))}`);
  const { outcome } = report.verdict;
  const deciding = decidingEndpoint(report);
  if (deciding !== null && (outcome === 'manual' || outcome === 'refuse')) {
    for (const name of ROUTES) lines.push(...describeRoute(name, deciding, outcome, paint));
    if (outcome === 'manual' && report.recordedAt === undefined)
      lines.push(
        `  ${nextPhrases.accept}`,
        asIs(`      mellon pins add ${visible(report.input.domain)} --certificate SHA-256${service(report)}`),
      );
  }
  return lines.length === 0 ? [] : ['', paint('bold', nextPhrases.title), ...lines];
}

function describeRoute(
  name: RouteName,
  endpoint: EndpointReport,
  outcome: 'manual' | 'refuse',
  paint: Paint,
): readonly string[] {
  const { state, opensBy } = endpoint.routes[name];
  // A refusal is repaired where it is contradicted or unknown; other open doors would not help.
  const wanted = outcome === 'refuse' ? state === 'contradicted' || state === 'unknown' : state !== 'open';
  if (!wanted || opensBy === null || (name === 'pin' && outcome === 'manual')) return [];
  return [
    `  ${paint('bold', nextPhrases.routes[name])}`,
    ...explained(opensBy).map((part) =>
      part.kind === 'prose'
        ? `      ${visible(part.text, LONGEST)}`
        : asIs(`          ${visible(part.text, LONGEST)}`),
    ),
  ];
}

function decidingEndpoint(report: Report): EndpointReport | null {
  const all = report.targets.flatMap((target) => target.endpoints);
  return all.find((one) => one.verdict.outcome === report.verdict.outcome && one.chain.length > 0) ?? null;
}

function service(report: Report): string {
  return report.input.service === 'xmpp-server' ? ' --service server' : '';
}
