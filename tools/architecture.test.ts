import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = new URL('../docs/architecture.md', import.meta.url);
const links = [...readFileSync(page, 'utf8').matchAll(/\[`([^`]+)`\]\(([^)#]+)\)/g)].map(([, name = '', path = '']) => ({
  name,
  file: new URL(path, page),
}));

/** Whether a file is called so, or declares it. */
function holds({ name, file }: (typeof links)[number]): boolean {
  if (!existsSync(file)) return false;
  if (file.pathname.endsWith(`/${name}`)) return true;
  const text = readFileSync(file, 'utf8');
  return new RegExp(`(?:export .*\\b(?:function\\*?|class|const) ${name}\\b|^\\s+${name}[:(])`, 'm').test(text);
}

it('every place that the walks of the architecture pass is where they say', () => {
  expect(links.length).toBeGreaterThan(30);
  expect(links.filter((link) => !holds(link)).map(({ name, file }) => `${name} in ${file.pathname}`)).toEqual([]);
});

it('names every folder of the source', () => {
  const [, picture = ''] = /```\n(.*?)```/s.exec(readFileSync(page, 'utf8')) ?? [];
  for (const folder of [
    'kernel',
    'db',
    'api',
    'outbound',
    'jobs',
    'platform',
    'governance',
    'accounts',
    'engine',
    'studio',
    'server',
    'cli',
  ])
    expect(picture).toMatch(new RegExp(`^(.*\\| +)?${folder}\\b`, 'm'));
});
