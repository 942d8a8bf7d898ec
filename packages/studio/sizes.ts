import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What a browser loads of the app as it was built, in KiB of gzip. */
export interface Sizes {
  /** Scripts before the first page can be drawn. */
  readonly initial: number;
  /** What each page adds to that, by the name of its chunk: what it imports included, what it may load later not. */
  readonly routes: Readonly<Record<string, number>>;
  readonly styles: number;
}

interface Chunk {
  readonly file: string;
  readonly src?: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
}

const PAGE = /^src\/pages\/.+-page\.tsx$/;

/** @param dist the folder of the build, with its manifest */
export function sizesOf(dist: string): Sizes {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  const weigh = (files: Iterable<string>) =>
    [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0) / 1_024;
  const filesOf = (key: string, seen = new Set<string>()): Set<string> => {
    const chunk = manifest[key];
    if (!chunk || seen.has(chunk.file)) return seen;
    seen.add(chunk.file);
    for (const other of chunk.imports ?? []) filesOf(other, seen);
    return seen;
  };
  const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry) ?? '';
  const initial = filesOf(entry);
  const pages = Object.entries(manifest).filter(([, { src = '' }]) => PAGE.test(src));
  return {
    initial: weigh(initial),
    routes: Object.fromEntries(
      pages.map(([key, { src = '' }]) => [
        src.replace(/^.*\/|\.tsx$/g, ''),
        weigh([...filesOf(key)].filter((file) => !initial.has(file))),
      ]),
    ),
    styles: weigh(
      readdirSync(join(dist, 'assets'))
        .filter((name) => name.endsWith('.css'))
        .map((name) => join('assets', name)),
    ),
  };
}
