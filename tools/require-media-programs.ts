import { globSync } from 'node:fs';
import { requireMediaPrograms } from './media-programs.ts';

// Sees to it that the programs of sound and video are there, unless the arguments leave no test of them to be run.
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const isAskedFor = (file: string) => filters.length === 0 || filters.some((filter) => file.includes(filter.replace(/^\.\//, '')));
const tests = globSync('packages/automate/src/gateway/providers/local/**/*.test.ts').map((file) => file.replaceAll('\\', '/'));
try {
  if (tests.some(isAskedFor)) requireMediaPrograms();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
