// Writes packages/client/src/generated from the routes. With --check it only says whether what is there is up to date.
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtInDocument } from './document.ts';
import { emitClient } from './emit.ts';
import { format } from './format.ts';

const target = fileURLToPath(new URL('../../packages/client/src/generated', import.meta.url));
const files = format(emitClient(await builtInDocument()));
const read = (name: string) => (existsSync(join(target, name)) ? readFileSync(join(target, name), 'utf8') : undefined);
const changed = [...files].filter(([name, text]) => read(name) !== text).map(([name]) => name);
const superfluous = globSync('**/*.ts', { cwd: target }).filter((name) => !files.has(name));

if (process.argv.includes('--check')) {
  if (changed.length + superfluous.length > 0) {
    console.error(`The client is not up to date: ${[...changed, ...superfluous].join(', ')}. Run \`npm run generate\`.`);
    process.exitCode = 1;
  }
} else {
  for (const name of superfluous) rmSync(join(target, name));
  for (const name of changed) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    writeFileSync(join(target, name), files.get(name) ?? '');
  }
  console.error(`${files.size} files, ${changed.length} written, ${superfluous.length} removed.`);
}
