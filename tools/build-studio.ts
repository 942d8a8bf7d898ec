import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { hashOfSources, isStudioBuilt, stamp, studio } from './studio-sources.mjs.mts';

/** Builds the web app when its sources have changed since it was built. */
if (!isStudioBuilt()) {
  console.error('Building the Studio …');
  const wanted = hashOfSources();
  await build({ configFile: join(studio, 'vite.config.ts'), logLevel: 'warn' });
  writeFileSync(stamp, wanted);
}
