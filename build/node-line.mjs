/**
 * node-line.mjs: which Node the scripts run on, said in one sentence when it is the wrong one.
 *
 * In:   process.version, and package.json's own `node` development dependency
 * Out:  isNodeLine(), requireNodeLine(), hasDevelopmentDependencies(), root
 * Not:  installing anything
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Electron 45 embeds Node 24: what we test on is what we ship on. */
const NODE_LINE = 24;

/** True on the Node line that the project is built and tested on. */
export function isNodeLine() {
  return Number(process.versions.node.split('.')[0]) === NODE_LINE;
}

/**
 * Ends the process with one clear sentence unless this is the Node line of the project. npm scripts find the right one by
 * themselves, because node_modules/.bin stands first in their PATH.
 *
 * @param {string} script The npm script to use instead, e.g. `npm run build`.
 */
export function requireNodeLine(script) {
  if (isNodeLine()) return;
  process.stderr.write(
    `This script needs Node ${NODE_LINE} and runs on ${process.version}: run \`npm ci\` once, then \`${script}\`, which uses the Node that the project brings.\n`,
  );
  process.exit(64);
}

/** False after `npm ci --omit=dev`, where nothing can be built. */
export function hasDevelopmentDependencies() {
  const require = createRequire(join(root, 'package.json'));
  return ['vite', '@sveltejs/vite-plugin-svelte'].every((name) =>
    (require.resolve.paths(name) ?? []).some((folder) => existsSync(join(folder, name, 'package.json'))),
  );
}
