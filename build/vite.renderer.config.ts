/**
 * vite.renderer.config.ts: the page's bundle: plain files, nothing inline, so that the strict content policy holds.
 *
 * In:   renderer/
 * Out:  dist/renderer, or where bundle.mjs says
 * Not:  the other parts of dist/ (bundle.mjs)
 */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('../renderer', import.meta.url)),
  // Relative addresses: the same files are served under mellon://app/ and under http://127.0.0.1:port/.
  base: './',
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: fileURLToPath(new URL('../dist/renderer', import.meta.url)),
    emptyOutDir: true,
    // Electron 45 embeds a Chromium newer than these; the browser face asks for browsers of the last two years.
    target: ['chrome130', 'firefox132', 'safari18'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
  },
});
