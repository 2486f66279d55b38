/**
 * vitest.config.ts: which tests there are, and how many at once.
 *
 * In:   test/
 * Out:  three projects: node, renderer (with a DOM), peers (real programs: one file at a time); test/bench is none of them
 * Not:  counting and reporting (build/test.mjs)
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

const common = { testTimeout: 20_000, hookTimeout: 60_000, pool: 'forks' } as const;

export default defineConfig({
  test: {
    // The machine that judges has two cores; servers and clients of the loopback tests share them.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/renderer/**', 'test/interop/**', 'test/e2e/**', 'test/bench/**'],
        },
      },
      {
        plugins: [svelte({ configFile: false }), svelteTesting()],
        test: { ...common, name: 'renderer', include: ['test/renderer/**/*.test.ts'], environment: 'jsdom' },
      },
      {
        test: {
          ...common,
          name: 'peers',
          include: ['test/interop/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          // Real servers and a browser: one after the other, and with time to start.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
