import { readFileSync } from 'node:fs';

/** The version of this package. Its manifest stands two folders up, from the sources as from `dist/`. */
export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}
