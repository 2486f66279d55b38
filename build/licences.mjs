/**
 * licences.mjs: the licences of everything that ended up in a bundle, read from what was bundled and from nothing else.
 *
 * In:   the module list of each bundle
 * Out:  licenceCollector()
 * Not:  the licences of Electron and Chromium, which come with Electron's own files
 */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A plugin to put into each build, and the text once all of them have ended. */
export function licenceCollector() {
  /** @type {Set<string>} */
  const folders = new Set();
  return {
    /** @type {import('vite').Plugin} */
    plugin: {
      name: 'mellon-licences',
      generateBundle(_, bundle) {
        for (const part of Object.values(bundle)) {
          if (part.type !== 'chunk') continue;
          for (const id of part.moduleIds) {
            const folder = packageFolder(id);
            if (folder !== undefined) folders.add(folder);
          }
        }
      },
    },
    text: () => licenceText([...folders]),
  };
}

/** The innermost package that a bundled file belongs to. @param {string} id */
function packageFolder(id) {
  return /^\0?(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id)?.[1];
}

/** @param {readonly string[]} folders */
async function licenceText(folders) {
  const parts = await Promise.all(folders.map(licenceOf));
  return `Mellon contains these packages, each under its own licence.\n\n${parts.sort().join(`\n${'-'.repeat(78)}\n\n`)}`;
}

/** Throws for a package that says nothing of its licence: such a one may not be shipped. @param {string} folder */
async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (license === undefined && files.length === 0)
    throw new Error(`${name} names no licence (${dirname(folder)})`);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return `${name} ${version} (${license ?? 'see below'})\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`;
}
