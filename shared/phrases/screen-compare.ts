/**
 * screen-compare.ts: the window's texts for comparing with other programs and for asking what if.
 *
 * In:   counts and words, text from outside already passed through visible()
 * Out:  beyond, one table
 * Not:  the words of decisions (compare-clients.ts), sentences about trust (they come inside the report)
 */
import type { MatrixGrouping, MatrixSort } from '../client-matrix.ts';

export const beyond = {
  title: 'Other judges, other rules',
  clients: {
    title: 'How other programs would decide',
    digest: 'Clients, libraries and servers, by their own rules',
    waiting: 'Comparing…',
    failed: (why: string) => `This could not be compared: ${why}`,
    search: 'Find a program',
    result: 'Only those which',
    anyResult: 'decide in any way',
    onlyDifferent: 'Only those that decide otherwise than Mellon',
    sort: 'Sort by',
    sorts: { difference: 'Difference', name: 'Name', confidence: 'How sure it is' } satisfies Readonly<
      Record<MatrixSort, string>
    >,
    group: 'Group by',
    groups: { result: 'What they do', kind: 'Kind of program', none: 'Nothing' } satisfies Readonly<
      Record<MatrixGrouping, string>
    >,
    kinds: {
      client: 'Clients',
      library: 'Libraries',
      server: 'Servers',
      server_module: 'Modules of servers',
    },
    program: 'Program',
    mellon: 'Mellon',
    places: (count: number) => (count === 1 ? '' : `${count} endpoints, all alike`),
    otherwise: 'otherwise',
    differs: 'Decides otherwise than Mellon',
    count: (shown: number, all: number) => `${shown} of ${all} programs`,
    none: 'No program fits what you look for.',
    keys: 'Arrow keys move between the results, Enter opens one.',
    table: 'Programs and endpoints',
    why: 'Why',
    version: 'Version read',
    platform: 'Platform',
    library: 'Library',
    sure: 'How sure',
    sources: 'Read in',
    noSources: 'No source is given.',
  },
  profiles: {
    title: 'Your own profiles',
    intro:
      'A file of profiles adds programs, or changes one of these where the id is the same. Save these, change them, and open your file.',
    load: 'Open a file of profiles (JSON)',
    save: 'Save the shipped profiles',
    keep: 'Keep my files on this device',
    remove: (name: string) => `Remove ${name}`,
    notJson: (name: string) => `${name} is no JSON.`,
    tooLarge: (name: string) => `${name} is larger than 2 MiB.`,
    inUse: (count: number) => (count === 1 ? 'One file of yours counts.' : `${count} files of yours count.`),
  },
  whatIf: {
    title: 'What if?',
    digest: 'The same observations under other rules, without asking anybody again',
    at: 'Judge as of (UTC)',
    without: 'As if there were no',
    methods: { dnssec: 'DNSSEC', dane: 'DANE', posh: 'POSH' },
    roots: 'Certificate authorities',
    more: 'Further rules',
    requireDnssec: 'Require a DNSSEC proof',
    pins: 'Consult my pins',
    ca: 'Add a certificate authority (PEM file)',
    trustAnchor: 'Other DNSSEC trust anchors (DS or DNSKEY lines)',
    reset: 'As it was',
    same: 'Nothing would change.',
    changed: (count: number) => (count === 1 ? 'One thing would change.' : `${count} things would change.`),
    now: 'As it is',
    then: 'What would be',
    item: 'What changes',
    open: 'Show the whole report of that',
    start: 'Change a rule to see what it decides.',
  },
} as const;
