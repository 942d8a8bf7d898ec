import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const guide = readFileSync(new URL('docs/guides/customization.md', root), 'utf8');
const blocks = [...guide.matchAll(/^```ts\n\/\/ (\S+\.ts)\n(.*?)^```$/gms)].map(([, file = '', code = '']) => ({ file, code }));

it.each(blocks)('the guide shows $file as it is', ({ file, code }) => {
  const lines = readFileSync(new URL(file, root), 'utf8').split('\n');
  const shown = code.trimEnd().split('\n');
  const start = lines.indexOf(shown[0] as string);
  expect(lines.slice(start, start + shown.length)).toEqual(shown);
});

it('the guide shows every example', () => {
  const files = readdirSync(new URL('examples/customization/', root)).filter((name) => !name.endsWith('.test.ts'));
  const shown = new Set(blocks.map(({ file }) => file));
  expect(files.filter((name) => !shown.has(`examples/customization/${name}`))).toEqual([]);
});
