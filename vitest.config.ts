import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { automateDecorators } from './packages/automate/src/vite/index.ts';
import { LongestFirst } from './tools/longest-first.ts';
import { shortLived } from './tools/short-lived.ts';

export default defineConfig({
  plugins: [automateDecorators()],
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/e2e/**/*.test.ts',
      'tools/**/*.test.ts',
      'examples/**/*.test.ts',
      'chaos/**/*.test.ts',
    ],
    globalSetup: ['tools/vitest-global-setup.ts'],
    // Tests wait for processes and timers most of the time.
    maxWorkers: availableParallelism() + 1,
    execArgv: [...shortLived],
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
