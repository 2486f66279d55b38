/**
 * prepare.mjs: after `npm ci`, `npx mellon` works in the clone.
 *
 * In:   the sources, node_modules
 * Out:  dist/, and node_modules/.bin/mellon (npm never links a package into itself)
 * Not:  failing where nothing can be built: after `npm ci --omit=dev` it says so and ends well
 */
import { linkCommand } from './link.mjs';
import { hasDevelopmentDependencies, isNodeLine, root } from './node-line.mjs';

if (!hasDevelopmentDependencies()) {
  process.stderr.write('Nothing is built: the development dependencies are not installed.\n');
} else if (!isNodeLine()) {
  // Reached only where npm was told to run no install scripts, so that the project's own Node has not been put in place.
  process.stderr.write(
    `Nothing is built: the Node that the project brings is not installed, and this is ${process.version}. Run \`npm rebuild node && npm run prepare\`.\n`,
  );
} else {
  const { buildAll } = await import('./bundle.mjs');
  await buildAll();
  await linkCommand(root);
}
