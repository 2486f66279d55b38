/**
 * observation-text.ts: one observation in one line, for progress and for --verbose.
 *
 * In:   an observation
 * Out:  a line of plain text, nothing from outside left invisible
 * Not:  the report (terminal.ts)
 */
import { assertNever } from '../shared/basics.ts';
import type { EndpointAddress, Observation } from '../shared/observation.ts';
import { problemText } from '../shared/phrases/problem.ts';
import { visible } from '../shared/visible.ts';

/** One line: when, what, how long, how it ended. */
export function describeObservation(o: Observation): string {
  const time = `${o.start.toFixed(0).padStart(5)} ms +${(o.end - o.start).toFixed(0)} ms`;
  return `${time}  ${visible(what(o))}`;
}

function what(o: Observation): string {
  switch (o.kind) {
    case 'dns':
      return `DNS ${o.question.type} ${o.question.name === '' ? '.' : o.question.name} from ${o.resolver}: ${o.outcome.ok ? `answer over ${o.outcome.value.transport}${kept(o.outcome.value.ageMs)}` : problemText(o.outcome.problem)}`;
    case 'tcp':
      return `TCP ${where(o.endpoint)}: ${o.outcome.ok ? 'connected' : problemText(o.outcome.problem)}`;
    case 'stream':
      return `XMPP ${o.phase} ${where(o.endpoint)}: ${Math.floor((o.received.length * 3) / 4)} bytes${o.problem === null ? '' : `, ${problemText(o.problem)}`}`;
    case 'tls':
      return `TLS ${where(o.endpoint)}: ${o.outcome.ok ? `${o.outcome.value.protocol}, ${o.outcome.value.chain.length} certificates` : problemText(o.outcome.problem)}`;
    case 'https':
      return `HTTPS ${o.url}: ${o.outcome.ok ? `status ${o.outcome.value.status}` : problemText(o.outcome.problem)}`;
    default:
      return assertNever(o);
  }
}

function where(e: EndpointAddress): string {
  return `${e.host}:${e.port} at ${e.address} (${e.mode})`;
}

function kept(ageMs: number | undefined): string {
  return ageMs === undefined ? '' : ` (kept from an earlier check, ${Math.round(ageMs / 1000)} s ago)`;
}
