/**
 * engine.ts: what the engine and `mellon serve` say to a person beside the report.
 *
 * In:   names and counts, already made visible
 * Out:  enginePhrases, servePhrases, actionPhrases
 * Not:  the rules' sentences; the window's own texts (screen.ts)
 */
import type { Call } from '../bridge.ts';

export const enginePhrases = {
  'bad-call': () => 'The window sent something that the program does not understand.',
  'too-many-checks': (most: string) =>
    `Already ${most} checks are running. Wait for one of them, or cancel it.`,
  'no-such-check': () => 'That check is not known here any more. Check the domain again, then decide.',
  'not-finished': () => 'That check has not finished. Nothing can be accepted before the verdict stands.',
  'no-demo-server': () => 'The demo realm has no server of that domain whose certificate could be changed.',
  'signing-in': () => 'An attempt to sign in through this check is still running.',
  'bad-link': () => 'That address is not one of the specifications that Mellon opens.',
  'read-in-browser': (url: string) => `Open this address yourself: ${url}`,
  'known-pins': (count: number) => `${count} were there already`,
  'other-format': () => 'That format of export is not known.',
  'refused-in-terminal': () => 'Not confirmed in the terminal. Nothing was changed.',
  'no-terminal': () =>
    'Whatever changes trust must be confirmed in the terminal that started “mellon serve”, and there is none. Nothing was changed.',
} as const;

/** Calls that change what is trusted, or use a password: `mellon serve` asks for each of them in its terminal. */
export const TRUST_CALLS = [
  'accept',
  'changePin',
  'removePin',
  'restorePin',
  'setWatch',
  'importPins',
  'eraseHistory',
  'signIn',
] as const satisfies readonly Call[];
export type TrustCall = (typeof TRUST_CALLS)[number];

export type AcceptFacts = {
  readonly how: string;
  readonly domain: string;
  readonly service: string;
  readonly by: string;
  readonly sha256: string;
  readonly ends: string;
  readonly manualToo: boolean;
  /** Pins that are revoked in the same step. */
  readonly replaces: readonly string[];
};

export const actionPhrases = {
  accept: (a: AcceptFacts) =>
    `${a.how === 'once' ? 'Accept until the program ends' : 'Accept for good'}, for ${a.domain} (${a.service}), by ${a.by}:\n  SHA-256 ${a.sha256}\n  until ${a.ends}${a.manualToo ? '\n  also where the host is typed by hand' : ''}${a.replaces.map((pin) => `\n  in place of the pin ${pin}`).join('')}`,
  changePin: (what: string, detail: string) => `Change the note or the end of the pin ${what}: ${detail}`,
  removePin: (what: string) => `Revoke the pin ${what}`,
  restorePin: (what: string) => `Bring back the revoked pin ${what}`,
  setWatch: (what: string, detail: string) => `${detail === 'true' ? 'Watch' : 'Stop watching'} ${what}`,
  importPins: (pins: number, watches: number, domains: string, more: number) =>
    `Import ${pins} pins and ${watches} watches, for ${domains === '' ? 'no domain' : domains}${more > 0 ? `, and ${more} more domains` : ''}`,
  importUnreadable: (size: string) =>
    `Import pins and watches from a file of ${size} characters, which cannot be read as one`,
  signIn: (account: string, plain: boolean) =>
    `Sign in as ${account} with the password given in the window${plain ? ', handing over the password itself if the server wants that (PLAIN)' : ''}`,
  eraseHistory: (what: string) =>
    `Erase the history ${what === '' ? 'of all domains' : `of ${what}`}, and that they were once seen secure`,
} as const;

export const servePhrases = {
  address: (url: string) =>
    `Mellon is open on this machine only. Open this address in a browser here:\n\n  ${url}\n\nThe part after # lets one browser in, once. Ctrl-C ends it.\n`,
  question: (action: string) => `\nThe window asks to change what is trusted:\n${action}\nDo it? [y/N] `,
  done: () => 'Confirmed.\n',
  left: () => 'Not done.\n',
  noPage: (folder: string) => `The window’s files are not there (${folder}). Build them first: npm run build`,
} as const;
