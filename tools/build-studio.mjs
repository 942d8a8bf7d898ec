// Builds the web app when its sources have changed since it was built. Plain JavaScript for Node 20: `npm start` asks before anything is installed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const studio = join(root, 'packages', 'studio');
const FILES = ['index.html', 'vite.config.ts', 'precompress.ts', 'package.json'].map((name) => join(studio, name));
const FOLDERS = [join(studio, 'src'), join(studio, 'public'), join(root, 'packages', 'client', 'src')];

/** Holds the hash of the sources that a build was made from. */
const stamp = join(studio, 'dist', '.built');

export function isStudioBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOfSources();
}

/** Of everything that the app is made from. */
function hashOfSources() {
  const paths = [...FOLDERS.flatMap(filesIn), ...FILES, join(root, 'package-lock.json')].sort();
  const hash = createHash('sha256');
  for (const path of paths) hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !isStudioBuilt()) {
  console.error('Building the Studio …');
  const wanted = hashOfSources();
  // Whatever this process is part of, such as a test.
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  await build({ configFile: join(studio, 'vite.config.ts'), logLevel: 'warn' });
  writeFileSync(stamp, wanted);
}
