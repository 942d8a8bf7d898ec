import { existsSync } from 'node:fs';
import { type StaticFiles, staticFiles } from '../../api/index.ts';

/** Beside this file in what is published; in the repository, where the web app is built. */
const PLACES = [new URL('./built/', import.meta.url), new URL('../../../../studio/dist/', import.meta.url)];

/** The web app as it was built; undefined where it was not. */
export function appFiles(): StaticFiles | undefined {
  const root = PLACES.find((place) => existsSync(new URL('index.html', place)));
  return root && staticFiles({ root });
}
