/**
 * compare-clients.ts: the words of the comparison with other programs, in the terminal and on screen.
 *
 * In:   counts and names, text from outside already passed through visible()
 * Out:  sentences
 * Not:  why a program decides as it does (clients.ts)
 */
import type { ClientResult, ClientStep } from '../clients.ts';
import type { Outcome4 } from '../report.ts';
import type { Service } from '../request.ts';

const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

export const compare = {
  title: 'How other programs would decide',
  source: (count: number) =>
    `${count} ${plural(count, 'program', 'programs')}, by rules read from their source code with default settings; nothing of them was run, and nobody knows what yours has remembered.`,
  results: {
    accepts: 'accepts silently',
    asks: 'asks',
    refuses: 'refuses',
    'cannot-connect': 'cannot connect',
    depends: 'depends on a setting',
    unknown: 'not known',
  } satisfies Readonly<Record<ClientResult, string>>,
  asks: { once: 'asks, also for this time only', always: 'asks, to accept for ever' },
  mellon: {
    'auto-accept': 'accepts automatically',
    manual: 'asks you',
    refuse: 'refuses',
    unreachable: 'cannot connect',
  } satisfies Readonly<Record<Outcome4, string>>,
  mellonSays: (says: string) => `Mellon ${says} here.`,
  differently: 'Decided otherwise than here',
  same: 'Decided as here',
  steps: {
    connect: 'when connecting',
    tls: 'at TLS',
    name: 'at the name',
    path: 'at the chain of trust',
    dane: 'at DANE',
    posh: 'at POSH',
    remembered: 'at what was remembered',
  } satisfies Readonly<Record<ClientStep, string>>,
  parts: (step: string) => `The ways part ${step}.`,
  confidence: { high: 'sure', medium: 'fairly sure', low: 'not sure' },
  about: (version: string, confidence: string) => `${version}; ${confidence}`,
  /** The talk's "some clients auto-accept". */
  silently: (count: number, of: number) =>
    count === 0
      ? `None of ${of} programs would go on silently where Mellon does not accept.`
      : `${count} of ${of} programs would go on silently where Mellon does not accept.`,
  /** Beside the number above: of which programs it speaks, and which others there are. */
  studied: (compared: number, studied: number, service: Service) =>
    `${studied} programs were studied; the ${compared} that ${service === 'xmpp-client' ? 'connect as clients' : 'connect as servers'} are compared here.`,
  alsoSilently: (count: number, of: number) => `${count} of ${of} programs would accept this silently, too.`,
  noEndpoints: 'There is no endpoint to compare.',
  notJson: (file: string) => `${file} is no JSON.`,
  badProfiles: (file: string, problem: string) =>
    `${file} is no file of profiles (shared/clients/profiles.schema.json): ${problem}`,
} as const;
