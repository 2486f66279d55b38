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
  casesWritten: (count: number, file: string, ca: string) =>
    `${count} cases are in ${file}, the certificate authority in ${ca}. Every program that asks the resolver and trusts this authority can be tested.`,
  highDnsPort: (port: number) =>
    `The resolvers answer on port ${port}, because port 53 may not be bound here; most programs can only ask on 53.`,
  highWebPort: (port: number) =>
    `Web sites (POSH) answer on port ${port}, because port 443 may not be bound here: programs that ask for https://DOMAIN will not find them.`,
  cannotWrite: (file: string, why: string) => `${file} cannot be written (${why}).`,
  casesNeedServe: () => '--cases belongs to --serve-clients.',
  badPort: () => '--port is a number from 1 to 65535.',
  cannotBind: (detail: string) =>
    `The realm's own addresses (127.0.10.x, 127.0.53.x) could not be bound here (${detail}). ${detail.includes('EADDRINUSE') ? 'Perhaps another realm runs already. ' : ''}“mellon check --demo” needs none of them.`,
} as const;
