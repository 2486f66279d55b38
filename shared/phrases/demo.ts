/**
 * demo.ts: what the demo realm says of itself.
 *
 * In:   nothing from outside
 * Out:  sentences
 * Not:  the stories (electron/demo/stories-*.ts)
 */
export const demoPhrases = {
  domains: () => 'The demo realm: a small world of its own on loopback, with every kind of verdict in it.',
  tryOne: () => 'Try one:  mellon check shire.example --demo',
  running: () => 'The demo realm is up. Ctrl-C ends it.',
  badPort: () => '--port is a number from 1 to 65535.',
  cannotBind: (detail: string) =>
    `The realm's own addresses (127.0.10.x, 127.0.53.x) could not be bound here (${detail}). “mellon check --demo” needs none of them.`,
} as const;
