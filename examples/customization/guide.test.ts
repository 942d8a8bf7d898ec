import { globSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const pages = globSync('docs/**/*.md', { cwd: fileURLToPath(root) });

/** What a page shows under the name of a file, in the first line of a block, is that file or a piece of it. */
const blocks = pages.flatMap((page) => {
  const text = readFileSync(new URL(page, root), 'utf8');
  return [...text.matchAll(/^```ts\n\/\/ (examples\/\S+\.ts)\n(.*?)^```$/gms)].map(([, file = '', code = '']) => ({
    page,
    file,
    code,
  }));
});

it.each(blocks)('$page shows $file as it is', ({ file, code }) => {
  const lines = readFileSync(new URL(file, root), 'utf8').split('\n');
  const shown = code.trimEnd().split('\n');
  const start = lines.indexOf(shown[0] as string);
  expect(lines.slice(start, start + shown.length)).toEqual(shown);
});

it('the guide shows every example', () => {
  const files = readdirSync(new URL('examples/customization/', root)).filter((name) => !name.endsWith('.test.ts'));
  const shown = new Set(blocks.filter(({ page }) => page.endsWith('customization.md')).map(({ file }) => file));
  expect(files.filter((name) => !shown.has(`examples/customization/${name}`))).toEqual([]);
});

it.each(pages)('the links of %s lead somewhere', (page) => {
  const url = new URL(page, root);
  const text = readFileSync(url, 'utf8').replaceAll(/^```.*?^```$/gms, '');
  const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)].filter(([, target = '']) => {
    if (/^https?:/.test(target)) return false;
    const { pathname, hash } = new URL(target, url);
    const isPage = pathname.endsWith('.md');
    try {
      const found = isPage ? readFileSync(new URL(pathname, url), 'utf8') : readdirOrFile(new URL(pathname, url));
      return isPage && hash !== '' && !anchorsOf(found).includes(decodeURIComponent(hash.slice(1)));
    } catch {
      return true;
    }
  });
  expect(broken.map(([, target]) => target)).toEqual([]);
});

function readdirOrFile(url: URL): string {
  const path = fileURLToPath(url);
  const [found] = globSync(path);
  if (found === undefined) throw new Error(`There is no ${path}.`);
  return found;
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
