/**
 * chain.ts: the longest chain of round trips of one check, from what each look could not have begun without.
 *
 * In:   a report's observations with start, end and from
 * Out:  the chain, its recorded time, its round trips
 * Not:  running checks
 */
import type { Observation, ObservationId } from '../../shared/observation.ts';

export type Chain = {
  readonly looks: readonly Observation[];
  /** Sum of what each look took, in milliseconds: no check can end sooner with these looks. */
  readonly recordedMs: number;
  /** What a network asks for at least: one for a question, a connection or a handshake, two for STARTTLS, three for HTTPS. */
  readonly roundTrips: number;
};

/** The longest chain by recorded time that ends in one of `observations` for which `ends` holds. */
export function longestChain(
  observations: readonly Observation[],
  ends: (one: Observation) => boolean = () => true,
): Chain {
  const byId = new Map(observations.map((one) => [one.id, one]));
  const known = new Map<ObservationId, Chain>();
  // Observations are numbered as they were recorded, so what one depends on comes before it.
  for (const one of observations) {
    let before: Chain = { looks: [], recordedMs: 0, roundTrips: 0 };
    for (const id of one.from) {
      const chain = byId.has(id) ? known.get(id) : undefined;
      if (chain !== undefined && chain.recordedMs > before.recordedMs) before = chain;
    }
    known.set(one.id, {
      looks: [...before.looks, one],
      recordedMs: before.recordedMs + one.end - one.start,
      roundTrips: before.roundTrips + roundTripsOf(one),
    });
  }
  const all = observations.filter(ends).flatMap((one) => known.get(one.id) ?? []);
  return all.reduce((most, one) => (one.recordedMs > most.recordedMs ? one : most));
}

/** One line a look. */
export function describeChain(chain: Chain): string {
  return chain.looks
    .map((one) => {
      const trips = roundTripsOf(one);
      const took = `${one.start.toFixed(1)} to ${one.end.toFixed(1)}`.padStart(16);
      return `    ${took} ms  ${trips} round trip${trips === 1 ? ' ' : 's'}  ${what(one)}`;
    })
    .join('\n');
}

function roundTripsOf(one: Observation): number {
  switch (one.kind) {
    case 'dns':
      return one.outcome.ok && one.outcome.value.ageMs !== undefined ? 0 : 1;
    case 'stream':
      return one.phase === 'before-tls' ? 2 : 1;
    case 'https':
      return 3;
    default:
      return 1;
  }
}

function what(one: Observation): string {
  switch (one.kind) {
    case 'dns':
      return `${one.question.type} ${one.question.name || '.'}`;
    case 'https':
      return `${one.purpose} ${one.url}`;
    case 'stream':
      return `stream ${one.phase}, ${one.endpoint.host}`;
    default:
      return `${one.kind} ${one.endpoint.host}`;
  }
}
