import { globSync, readFileSync } from 'node:fs';
import { findChromium, installChromium } from './chromium.ts';

// Sees to it that there is a Chromium, unless the arguments leave no browser test to be run.
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const isAskedFor = (file: string) => filters.length === 0 || filters.some((filter) => file.includes(filter.replace(/^\.\//, '')));
const hasBrowserTests = globSync('packages/*/e2e/**/*.test.ts')
  .filter((file) => isAskedFor(file.replaceAll('\\', '/')))
  .some((file) => readFileSync(file, 'utf8').includes('/chromium.ts'));
try {
  if (hasBrowserTests && !findChromium()) installChromium();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
