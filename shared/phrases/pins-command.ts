/**
 * pins-command.ts: what `mellon pins` says.
 *
 * In:   the facts of one sentence, text from outside already passed through visible()
 * Out:  text
 * Not:  doing it (electron/pins-command.ts)
 */

export const pinsPhrases = {
  usage:
    'mellon pins list|show|add|remove|restore|edit|watch|unwatch|history|export|import|check|start-over (mellon help pins)',
  unknown: (word: string) => `"${word}" is nothing that "mellon pins" can do.`,
  wrongOption: (detail: string) => detail,
  tooMuch: (word: string) => `"${word}" is one word too many. Name one at a time.`,
  needs: (what: string) => `This needs ${what}.`,
  notADomain: (text: string) => `"${text}" is no domain.`,
  notAHash: (text: string) => `"${text}" is neither 64 hex digits nor sha256/BASE64 of 32 bytes.`,
  notATime: (text: string) => `"${text}" is no date. Write 2027-01-31, an ISO time, or never.`,
  none: 'Nothing is remembered.',
  noneFound: (text: string) => `Nothing remembered matches "${text}".`,
  notShown: (domain: string) =>
    `No server of ${domain} showed that certificate or key. Nothing was remembered; these were seen:`,
  unreachable: (domain: string, sentence: string) =>
    `${domain} could not be checked, so nothing was remembered. ${sentence}`,
  interrupted: 'Interrupted; nothing was changed.',
  summary: {
    title: (by: string, domain: string, service: string) =>
      `Accept this ${by} forever, for ${domain} (${service}):`,
    wrong: 'Wrong today, and forgiven from now on:',
    nothingWrong: 'Nothing is wrong with the certificate itself.',
    ends: (ends: string | null) =>
      ends === null ? 'Remembered until you revoke it.' : `Remembered until ${ends}.`,
    undo: 'Undo it with "mellon pins remove". Compare the fingerprint with one from the administrator before you go on.',
    manualToo: 'It counts for a host typed by hand, too.',
    replaces: (ids: string) => `Revoked at the same time: ${ids}.`,
  },
  confirmAccept: (domain: string) => `Type ${domain} to accept it, anything else to leave: `,
  confirmRevoke: (id: string, domain: string) => `Revoke ${id} (${domain})? Type yes: `,
  confirmErase: (what: string) => `Erase the history of ${what}? Type yes: `,
  confirmStartOver: 'Start over with nothing remembered? The damaged file stays where it is kept. Type yes: ',
  notConfirmed: 'Nothing was changed.',
  noTerminal: 'This changes what is trusted. Run it in a terminal, or give --yes.',
  added: (id: string, domain: string) => `Remembered as ${id} for ${domain}. Undo: mellon pins remove ${id}`,
  revoked: (id: string, domain: string) => `${id} of ${domain} is revoked. Undo: mellon pins restore ${id}`,
  removed: (id: string, domain: string) => `${id} of ${domain} is forgotten.`,
  restored: (id: string, domain: string) => `${id} of ${domain} counts again.`,
  changed: (id: string, domain: string) => `${id} of ${domain} is changed.`,
  ambiguous: (domain: string, ids: string) => `${domain} has several: ${ids}. Name one.`,
  watching: (domain: string, keys: number) =>
    `${domain} is watched; ${keys} ${keys === 1 ? 'key is' : 'keys are'} known.`,
  watchedAlready: (domain: string) =>
    `${domain} is watched already, and shows a key that was never seen or accepted here; it was not taken as a known one. Accept it with "mellon pins add", or begin anew with "mellon pins unwatch". It shows:`,
  watchRefused: (domain: string, sentence: string) =>
    `${domain} is refused now, so its keys are not taken as known ones. ${sentence}`,
  unwatched: (domain: string) => `${domain} is no longer watched.`,
  erased: (what: string) => `The history of ${what} is erased.`,
  imported: (added: number, known: number) =>
    `${added} ${added === 1 ? 'pin' : 'pins'} imported, ${known} known already.`,
  importedWatches: (added: number, known: number) =>
    `${added} ${added === 1 ? 'watch' : 'watches'} imported, ${known} on already.`,
  importedForgiveNothing: (count: number) =>
    `${count} of them came without what was on screen when they were accepted: they notice another key, and forgive nothing until you look once.`,
  startedOver: 'Started over. Nothing is remembered now.',
  checkNothing: 'Nothing is pinned or watched.',
  checkSummary: (all: number, look: number) =>
    look === 0
      ? `${all} checked; nothing needs a look.`
      : `${all} checked; ${look} ${look === 1 ? 'needs' : 'need'} a look.`,
  finding: {
    same: 'as last time',
    first: 'seen for the first time',
    renewed: 'same key, new certificate',
    'new-key': 'new key',
    'not-seen': 'no certificate seen',
  },
} as const;
