/**
 * app-files.mjs: what belongs into a package, and its shortened package.json.
 *
 * In:   paths in the project, the project's package.json
 * Out:  isShipped, shippedManifest
 * Not:  copying (Forge)
 */

/** Everything is in the bundles: no sources, no node_modules, no tests. The command line's own start file is for npx only. */
const SHIPPED = [
  '/package.json',
  '/LICENSE',
  '/dist',
  '/dist/main.js',
  '/dist/preload.cjs',
  '/dist/LICENCES.txt',
  '/dist/parts',
  '/dist/renderer',
];

/** @param {string} path As Forge gives it: with `/`, relative to the project; the empty string is the project itself. */
export function isShipped(path) {
  return path === '' || SHIPPED.includes(path) || /^\/dist\/(parts|renderer)\//.test(path);
}

/** @param {Record<string, unknown>} manifest */
export function shippedManifest(manifest) {
  const kept = ['name', 'version', 'description', 'license', 'author', 'type', 'main'];
  return { ...Object.fromEntries(kept.map((key) => [key, manifest[key]])), productName: 'Mellon' };
}
