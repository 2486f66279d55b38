/**
 * build.mjs: `npm run build`.
 *
 * In:   the sources
 * Out:  dist/
 * Not:  how each part is bundled (bundle.mjs)
 */
import { requireNodeLine } from './node-line.mjs';

requireNodeLine('npm run build');
const { buildAll } = await import('./bundle.mjs');
await buildAll();
