/**
 * table.ts: which room may use what: the table of ARCHITECTURE (amendment 9), for a machine.
 *
 * In:   nothing
 * Out:  ROOMS, roomOf, FOLDERS
 * Not:  looking at sources (sources.ts, rules.ts)
 */
export type RoomRule = {
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
  /** Without the `node:` prefix; `any` for all of them. */
  readonly node: readonly string[] | 'any';
};

const FOUR_FACES = ['electron', 'electron-store'];

export const ROOMS: Readonly<Record<string, RoomRule>> = {
  shared: { rooms: ['shared'], packages: ['valibot'], node: [] },
  'electron/wire': {
    rooms: ['shared'],
    packages: ['node-forge', 'saxes', '@xmpp/xml', 'tr46'],
    node: ['buffer', 'crypto'],
  },
  'electron/net': {
    rooms: ['shared', 'electron/wire'],
    packages: [],
    node: ['net', 'tls', 'dgram', 'http', 'zlib', 'dns', 'stream', 'http2'],
  },
  'electron/trust': { rooms: ['shared', 'electron/wire'], packages: ['@noble/curves'], node: ['crypto'] },
  'electron/store': { rooms: ['shared'], packages: ['conf'], node: ['fs', 'path', 'os'] },
  'electron/account': {
    rooms: ['shared', 'electron/wire', 'electron/net'],
    packages: ['@xmpp/*'],
    node: ['crypto'],
  },
  'electron/demo': {
    rooms: ['shared', 'electron/wire'],
    packages: ['node-forge'],
    node: ['net', 'tls', 'dgram', 'http', 'crypto', 'http2'],
  },
  electron: {
    rooms: [
      'shared',
      'electron/wire',
      'electron/net',
      'electron/trust',
      'electron/store',
      'electron/account',
      'electron/demo',
    ],
    packages: [
      'valibot',
      'node-forge',
      'saxes',
      'tr46',
      '@noble/curves',
      'conf',
      'ws',
      '@xmpp/*',
      ...FOUR_FACES,
    ],
    node: 'any',
  },
  renderer: { rooms: ['shared'], packages: ['svelte', 'bits-ui'], node: [] },
};

/** The only files that may know Electron. */
export const ELECTRON_FILES = [
  'electron/main.ts',
  'electron/window.ts',
  'electron/ipc.ts',
  'electron/preload.ts',
];
export const ELECTRON_PACKAGES = FOUR_FACES;

/** Rooms without a clock, without chance, without waiting. */
export const PURE_ROOMS = ['shared', 'electron/wire', 'electron/trust'];

/** Every folder that may hold files of the house; a new one is a decision, made here. */
export const FOLDERS = [
  'electron',
  'electron/account',
  'electron/demo',
  'electron/net',
  'electron/store',
  'electron/trust',
  'electron/trust/dnssec',
  'electron/trust/path',
  'electron/wire',
  'renderer',
  'shared',
  'shared/phrases',
];

/** The room that a file stands in: the longest name in the table that its folder begins with. */
export function roomOf(path: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}
