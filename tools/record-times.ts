import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestModule } from 'vitest/node';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Seconds that test files took, of those that took some. */
export const TIMES = fileURLToPath(new URL('./test-times.json', import.meta.url));

/** Shorter ones need no order. */
const LEAST_SECONDS = 5;

/** Records how long test files took, for the order of later runs: `npm test -- --reporter=default --reporter=./tools/record-times.ts`. */
export default class RecordTimes implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const times = new Map(Object.entries(JSON.parse(readFileSync(TIMES, 'utf8')) as Record<string, number>));
    for (const module of modules) {
      const file = relative(root, module.moduleId);
      const seconds = Math.round(module.diagnostic().duration / 1_000);
      if (seconds >= LEAST_SECONDS) times.set(file, seconds);
      else times.delete(file);
    }
    const sorted = [...times].toSorted(([, left], [, right]) => right - left);
    writeFileSync(TIMES, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}
