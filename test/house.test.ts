/**
 * house.test.ts: the laws of the house, kept by a machine; and each law is seen to fail on a planted violation.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawMarkup, sentencesInComponents } from './house/components.ts';
import {
  clocksAndChance,
  forbiddenImports,
  importCycles,
  longFiles,
  missingCards,
  strangeFolders,
  untoldDependencies,
  unusedDependencies,
  unverifiedTls,
  wrongUseOfDns,
} from './house/rules.ts';
import { readSources, type Source } from './house/sources.ts';

const root = join(import.meta.dirname, '..');
const house = readSources(root, ['shared', 'electron', 'renderer']);
const rooms = house.filter((source) => !source.path.startsWith('renderer/'));

describe('the house', () => {
  it('holds sources to look at', () => {
    expect(house.length).toBeGreaterThan(30);
  });
  it('imports only what the table allows', () => {
    expect(forbiddenImports(house)).toEqual([]);
  });
  it('takes nothing but getServers from node:dns', () => {
    expect(wrongUseOfDns(house)).toEqual([]);
  });
  it('has no import cycle', () => {
    expect(importCycles(house)).toEqual([]);
  });
  it('switches verification off once, in electron/net/tls.ts', () => {
    expect(unverifiedTls(house)).toEqual([]);
  });
  it('has no clock, no chance and no timer in shared, wire and trust', () => {
    expect(clocksAndChance(house)).toEqual([]);
  });
  it('has a card on every file', () => {
    expect(missingCards(rooms)).toEqual([]);
  });
  it('has no file over 350 lines', () => {
    expect(longFiles([...house, ...readSources(root, ['test'])])).toEqual([]);
  });
  it('has no folder outside the table', () => {
    expect(strangeFolders(house.map((source) => source.path))).toEqual([]);
    const top = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(top.map((entry) => entry.name).filter((name) => !TOP_FOLDERS.includes(name))).toEqual([]);
  });
  it('turns no text into markup', () => {
    expect(rawMarkup(house)).toEqual([]);
  });
  it('has no sentence in a component', () => {
    expect(sentencesInComponents(house)).toEqual([]);
  });
  it('depends on nothing that no source imports', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, object>;
    expect(unusedDependencies(Object.keys(manifest['dependencies'] ?? {}), house)).toEqual([]);
  });
  it('tells in the README what every npm dependency is for', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, object>;
    const names = Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] });
    expect(names.length).toBeGreaterThan(10);
    expect(untoldDependencies(names, dependencyTable())).toEqual([]);
  });
});

describe('a planted violation is found:', () => {
  it.each([
    ['trust asks the network', 'electron/trust/a.ts', "import { connect } from 'node:net';"],
    ['trust uses net', 'electron/trust/dnssec/a.ts', "import type { Net } from '../../net/net.ts';"],
    ['net judges', 'electron/net/a.ts', "import { judge } from '../trust/judge.ts';"],
    ['shared uses Node', 'shared/a.ts', "import { Buffer } from 'node:buffer';"],
    ['shared uses a room', 'shared/a.ts', "export * from '../electron/wire/ip.ts';"],
    [
      'the renderer uses the engine',
      'renderer/A.svelte',
      "<script>import { x } from '../electron/check.ts';</script>",
    ],
    ['a package of another room', 'electron/wire/a.ts', "import Conf from 'conf';"],
    ['a package nobody knows', 'electron/a.ts', "import leftpad from 'left-pad';"],
    ['Electron outside the four files', 'electron/cli.ts', "import { app } from 'electron';"],
    ['a part of a package outside the four files', 'electron/cli.ts', "import { app } from 'electron/main';"],
    ['a lazy import', 'electron/trust/a.ts', "const x = await import('node:fs');"],
    ['a computed import', 'electron/trust/a.ts', 'const x = await import(`node:${name}`);'],
    ['a type import', 'electron/trust/a.ts', "type A = import('../net/net.ts').Net;"],
    ['a require', 'electron/wire/a.ts', "const fs = require('node:fs');"],
    ['a built-in without node:', 'electron/wire/a.ts', "import crypto from 'crypto';"],
    ['tests in the product', 'electron/a.ts', "import { w } from '../test/world.ts';"],
    ['the manifest in a room', 'electron/wire/a.ts', "import p from '../../package.json';"],
    ['a file in no room', 'electron/extra/a.ts', ''],
  ])('%s', (_, path, text) => {
    const found = path.includes('/extra/') ? strangeFolders([path]) : forbiddenImports([{ path, text }]);
    expect(found).toHaveLength(1);
  });

  it('what the table allows is not complained of', () => {
    const fine: readonly Source[] = [
      {
        path: 'electron/trust/a.ts',
        text: "import { createHash } from 'node:crypto';\nimport { ed448 } from '@noble/curves/ed448.js';",
      },
      {
        path: 'electron/main.ts',
        text: "import { app } from 'electron';\nimport p from '../package.json' with { type: 'json' };",
      },
      {
        path: 'electron/account/a.ts',
        text: "import { client } from '@xmpp/client';\nimport '../net/net.ts';",
      },
      {
        path: 'renderer/A.svelte',
        text: "<script>import { Tabs } from 'bits-ui'; import './b.svelte.ts';</script>",
      },
    ];
    expect(forbiddenImports(fine)).toEqual([]);
  });

  it.each([
    ["import { resolve4 } from 'node:dns';", 1],
    ["import { getServers, lookup } from 'node:dns';", 1],
    ["import dns from 'node:dns';", 1],
    ["import * as dns from 'node:dns';", 1],
    ["import { lookup as getServers } from 'node:dns';", 1],
    ["import { getServers } from 'node:dns';", 0],
  ])('node:dns for more than its list of servers: %s', (text, count) => {
    expect(wrongUseOfDns([{ path: 'electron/net/a.ts', text }])).toHaveLength(count);
  });

  it('a cycle of three files, one edge of it a type', () => {
    const cycle = importCycles([
      { path: 'shared/a.ts', text: "import { b } from './b.ts';" },
      { path: 'shared/b.ts', text: "import type { C } from './c.ts';" },
      { path: 'shared/c.ts', text: "export { a } from './a.ts';" },
      { path: 'shared/d.ts', text: "import './a.ts';" },
    ]);
    expect(cycle).toEqual(['shared/a.ts -> shared/b.ts -> shared/c.ts -> shared/a.ts']);
  });

  const tls: Source = { path: 'electron/net/tls.ts', text: 'connect({ rejectUnauthorized: false });' };
  it.each([
    ['nowhere', []],
    ['twice in its file', [{ ...tls, text: tls.text + tls.text }]],
    ['in another file', [tls, { ...tls, path: 'electron/net/https.ts' }]],
    ['in another file only', [{ ...tls, path: 'electron/net/https.ts' }]],
    [
      'as a string key',
      [tls, { ...tls, path: 'electron/demo/a.ts', text: "f({ 'rejectUnauthorized': false });" }],
    ],
    ['through a variable', [tls, { ...tls, path: 'electron/demo/a.ts', text: 'f({ rejectUnauthorized });' }]],
    ['by assignment', [tls, { ...tls, path: 'electron/demo/a.ts', text: 'o.rejectUnauthorized = false;' }]],
    [
      'by environment',
      [tls, { ...tls, path: 'electron/a.ts', text: "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';" }],
    ],
  ])('verification switched off %s', (_, sources) => {
    expect(unverifiedTls(sources).length).toBeGreaterThan(0);
    expect(
      unverifiedTls([tls, { ...tls, path: 'electron/demo/a.ts', text: 'f({ rejectUnauthorized: true });' }]),
    ).toEqual([]);
  });

  it.each([
    'const now = Date.now();',
    'const now = Date["now"]();',
    "const now = Date['now']();",
    'const now = new Date();',
    'const now = new Date;',
    'const now = Date();',
    'const x = Math.random();',
    'const x = performance.now();',
    'const x = globalThis.performance.now();',
    "import { randomBytes } from 'node:crypto'; const x = randomBytes(1);",
    'const x = crypto.getRandomValues(new Uint8Array(1));',
    'setTimeout(f, 1);',
  ])('chance or a clock in trust: %s', (text) => {
    expect(clocksAndChance([{ path: 'electron/trust/a.ts', text }]).length).toBeGreaterThan(0);
    expect(clocksAndChance([{ path: 'electron/net/a.ts', text }])).toEqual([]);
  });

  it('a date with an argument, and a word in a comment, are fine', () => {
    const text = '// Date.now() is not for us\nconst a = new Date(0); type T = { performance: number };';
    expect(clocksAndChance([{ path: 'shared/a.ts', text }])).toEqual([]);
  });

  it('a card that is missing, unfinished, or of another file', () => {
    const card = (name: string, parts: string): string => `/**\n * ${name}: what it is\n *\n${parts} */\n`;
    const whole = ' * In:   a\n * Out:  b\n * Not:  c\n';
    expect(missingCards([{ path: 'shared/a.ts', text: card('a.ts', whole) }])).toEqual([]);
    expect(missingCards([{ path: 'shared/a.ts', text: 'export {};' }])).toHaveLength(1);
    expect(missingCards([{ path: 'shared/a.ts', text: card('b.ts', whole) }])).toHaveLength(1);
    expect(missingCards([{ path: 'shared/a.ts', text: card('a.ts', ' * In: a\n * Out: b\n') }])).toHaveLength(
      1,
    );
    expect(missingCards([{ path: 'shared/a.ts', text: `import 'x';\n${card('a.ts', whole)}` }])).toHaveLength(
      1,
    );
  });

  it('a file of 351 lines', () => {
    expect(longFiles([{ path: 'a.ts', text: '\n'.repeat(350) }])).toEqual([]);
    expect(longFiles([{ path: 'a.ts', text: '\n'.repeat(351) }])).toHaveLength(1);
  });

  it.each(['{@html text}', '<iframe srcdoc={text}></iframe>', '<script>el.innerHTML = text;</script>'])(
    'markup from text: %s',
    (text) => {
      expect(rawMarkup([{ path: 'renderer/A.svelte', text }])).toHaveLength(1);
    },
  );

  it.each([
    '<p>This server is safe.</p>',
    '<img alt="a tick for yes" />',
    '<p>{ok ? "You can trust it" : ""}</p>',
    '<script>const text = `The server ${name} is fine`;</script>',
    "<script>const text = 'This one expired yesterday';</script>",
  ])('a sentence in a component: %s', (text) => {
    expect(sentencesInComponents([{ path: 'renderer/A.svelte', text }])).toHaveLength(1);
  });

  it('class lists, styles and single words are no sentences', () => {
    const text = '<p class="a big card here">OK {x}</p><style>p { margin: 0 auto auto auto; }</style>';
    expect(sentencesInComponents([{ path: 'renderer/A.svelte', text }])).toEqual([]);
  });

  it('a dependency that nothing imports', () => {
    const sources = [
      { path: 'electron/wire/a.ts', text: "import { x } from '@noble/curves/ed448.js'; // 'ws'" },
    ];
    expect(unusedDependencies(['@noble/curves'], sources)).toEqual([]);
    expect(unusedDependencies(['@noble/curves', 'ws'], sources)).toHaveLength(1);
  });

  it('a dependency without its line, or with an unfinished one', () => {
    const line = '| `ws` | the window in a browser | MIT | released 2026-11 |';
    expect(untoldDependencies(['ws'], line)).toEqual([]);
    expect(untoldDependencies(['ws', 'left-pad'], line)).toHaveLength(1);
    expect(untoldDependencies(['ws'], '| `ws` | the window | MIT | |')).toHaveLength(1);
    expect(untoldDependencies(['ws'], 'We use `ws`.')).toHaveLength(1);
  });
});

/** Where the table stands. */
function dependencyTable(): string {
  return ['README.md', 'build/README.md']
    .map((name) => join(root, name))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

const TOP_FOLDERS = [
  '.ci',
  '.git',
  '.github',
  'build',
  'dist',
  'electron',
  'node_modules',
  'out',
  'renderer',
  'shared',
  'test',
  'test-artifacts',
];
