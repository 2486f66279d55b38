/**
 * build.mjs: `npm run build`.
 *
 * In:   the sources; optionally another folder to build into, and `preload` or `renderer` for that part alone (tests)
 * Out:  dist/
 * Not:  how each part is bundled (bundle.mjs)
 */
import { requireNodeLine } from './node-line.mjs';

requireNodeLine('npm run build');
const { buildAll, buildPreload, buildRenderer } = await import('./bundle.mjs');
const [folder, part] = process.argv.slice(2);
if (folder !== undefined && part === 'preload') await buildPreload(folder);
else if (folder !== undefined && part === 'renderer') await buildRenderer(folder);
else await buildAll(folder);
