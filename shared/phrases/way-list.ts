/**
 * way-list.ts: the window's texts of a domain with many addresses.
 *
 * In:   counts and words of the report
 * Out:  wayList
 * Not:  the words of a single hop (screen.ts)
 */
import type { Outcome4 } from '../report.ts';

const tallies: Readonly<Record<Outcome4, string>> = {
  'auto-accept': 'accepted automatically',
  manual: 'left to your decision',
  refuse: 'refused',
  unreachable: 'not reachable',
};

export const wayList = {
  title: 'Targets and their addresses',
  find: 'Find a host or an address',
  only: 'Show only those that are',
  any: (count: number) => `any (${count})`,
  /** How many endpoints end how, as in "3 refused". */
  tally: (count: number, outcome: Outcome4) => `${count} ${tallies[outcome]}`,
  shown: (shown: number, all: number) => `${shown} of ${all} addresses, the worst first.`,
  none: 'No address fits what you look for.',
  keys: 'Arrow keys move between the addresses, Enter shows the evidence for one.',
} as const;
