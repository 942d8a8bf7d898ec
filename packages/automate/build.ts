import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { copyReference } from './build-reference.ts';

/** Makes `dist/`, or the folder of `--out`: JavaScript and declarations by tsc, and what the sources read beside them. */
const here = import.meta.dirname;
const source = join(here, 'src');
const { out } = parseArgs({ options: { out: { type: 'string', default: join(here, 'dist') } } }).values;

rmSync(out, { recursive: true, force: true });
compile();
copyAssets();
for (const file of filesOf(out)) finish(join(out, file));
await copyReference(join(out, 'api/documentation/scalar'));
copyStudio(join(out, 'studio/app/built'));
chmodSync(join(out, 'cli/main.js'), 0o755);

function compile(): void {
  const manifest = import.meta.resolve('typescript/package.json');
  const { bin } = JSON.parse(readFileSync(fileURLToPath(manifest), 'utf8')) as { bin: { tsc: string } };
  const tsc = fileURLToPath(new URL(bin.tsc, manifest));
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(here, 'tsconfig.build.json'), '--outDir', out], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Everything that is neither TypeScript nor for tests: migrations, the sample. */
function copyAssets(): void {
  for (const file of filesOf(source)) {
    if (!file.endsWith('.ts') && !file.includes('fixtures/')) cpSync(join(source, file), join(out, file));
  }
}

/** The web app, built anew where its sources have changed. */
function copyStudio(target: string): void {
  const { status } = spawnSync(process.execPath, [join(here, '../../tools/build-studio.mjs')], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  cpSync(join(here, '../studio/dist'), target, { recursive: true });
}

function finish(file: string): void {
  // tsc turns `./x.ts` into `./x.js` in JavaScript only.
  if (file.endsWith('.d.ts')) {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll(/(["'])(\.{1,2}\/[^"'\n]*)\.ts\1/g, '$1$2.js$1'));
  }
  if (file.endsWith('.js') && /^\s*@\w/m.test(readFileSync(file, 'utf8'))) {
    throw new Error(`${file} holds a decorator, which Node cannot run: write static { this.action(…) }.`);
  }
}

function filesOf(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(directory.length + 1)
        .replaceAll('\\', '/'),
    );
}
