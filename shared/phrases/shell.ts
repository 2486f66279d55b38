/**
 * shell.ts: the few sentences that the window's frame says itself.
 *
 * In:   codes, and text already made visible
 * Out:  shellPhrases
 * Not:  anything about trust
 */
export type ShellCode =
  | 'page-gone'
  | 'page-gone-again'
  | 'engine-fault'
  | 'refused-call'
  | 'call-fault'
  | 'link-refused'
  | 'reload'
  | 'quit'
  | 'restart';

export const shellPhrases: Readonly<Record<ShellCode, (text: string) => string>> = {
  'page-gone': (text) =>
    `The window's page stopped working (${text}) and is loaded again. A running check was cancelled; pins, settings and saved reports are as they were.`,
  'page-gone-again': (text) =>
    `The window's page stopped working several times in a minute (${text}). Pins, settings and saved reports are as they were.`,
  'engine-fault': (text) =>
    `Mellon met a fault of its own: ${text}. This is never a verdict about a server. Pins, settings and saved reports are as they were.`,
  'refused-call': () =>
    'This request did not come from the window, or was not well-formed, and was not carried out.',
  'call-fault': () =>
    'Mellon met a fault of its own while it answered. This is never a verdict about a server.',
  'link-refused': (text) => `${text} is not on the list of addresses that Mellon opens in your browser.`,
  reload: () => 'Load again',
  quit: () => 'Quit',
  restart: () => 'Start again',
};
