import { availableParallelism } from 'node:os';
import { defaultExclude, defineConfig } from 'vitest/config';
import { automateDecorators } from './packages/automate/src/vite/index.ts';
import { LongestFirst } from './tools/longest-first.ts';
import { shortLived } from './tools/short-lived.ts';

/** Those that say how soon others are answered have the machine to themselves, when all others are over. */
const TIMED = 'packages/automate/e2e/standing.test.ts';

/** `npm run test:long` runs on both drivers what `npm test` runs on PostgreSQL; see CONTRIBUTING. */
const isLong = process.env.AUTOMATE_TEST_LANE === 'long';

export default defineConfig({
  plugins: [automateDecorators()],
  resolve: { conditions: ['automate-source'] },
  ssr: { resolve: { conditions: ['automate-source'] } },
  test: {
    globalSetup: ['tools/vitest-global-setup.ts'],
    // Tests wait for processes and timers most of the time.
    maxWorkers: availableParallelism() + 1,
    execArgv: [...shortLived],
    // A process that runs many files reads the sources once, and they are optimized by the second. So a file leaves nothing behind: no
    // global, no environment, no listener, no server.
    isolate: false,
    env: { AUTOMATE_TEST_KINDS: process.env.AUTOMATE_TEST_KINDS ?? (isLong ? 'pglite,postgres' : 'postgres') },
    sequence: { sequencer: LongestFirst },
    // Against what hangs, and not against a machine that is slow: the contract sends thousands of requests in one test.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: [
            'packages/*/src/**/*.test.ts',
            'packages/*/e2e/**/*.test.ts',
            'tools/**/*.test.ts',
            'examples/**/*.test.ts',
            'chaos/**/*.test.ts',
          ],
          exclude: [...defaultExclude, TIMED],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'timed', include: [TIMED], maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
