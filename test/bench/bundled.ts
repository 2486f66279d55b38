/**
 * bundled.ts: a source of this folder as one file of JavaScript, as the product's own are made (build/bundle.mjs).
 *
 * In:   the source's name, a folder
 * Out:  the path of the bundle
 * Not:  running it
 */
import { join } from 'node:path';
import { build } from 'vite';

/** Bundles `source` (a name in this folder) into `folder`: what is measured must not strip types while it runs. */
export async function bundled(source: string, folder: string): Promise<string> {
  const name = source.replace(/\.ts$/, '.mjs');
  await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true, target: 'node' },
    resolve: { conditions: ['node', 'import', 'module', 'default'] },
    build: {
      ssr: new URL(source, import.meta.url).pathname,
      target: 'node24',
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: name, chunkFileNames: 'parts/[name]-[hash].mjs' } },
    },
  });
  return join(folder, name);
}
