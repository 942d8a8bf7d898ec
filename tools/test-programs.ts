import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Programs that tests start again and again. */
const PROGRAMS = [
  'packages/automate/src/cli/main.ts',
  'packages/automate/e2e/support/leaky-server.ts',
  'packages/automate/e2e/support/limited-server.ts',
  'packages/automate/e2e/support/limits-process.ts',
  'packages/automate/e2e/support/trusted-server.ts',
];

/** Read files of their own folder, or choose among builds of themselves. */
const EXTERNAL = [/^node:/, /^@electric-sql\//, /^pg(-|$)/, /^@?scalar/];

/**
 * Puts each program into few files: one that is read from a thousand takes half a second more of a processor to start.
 * @param cache folder for the files, under `node_modules`, where the packages that are left out are found
 * @returns the file to start by the source that it is made of, both absolute
 */
export async function bundlePrograms(cache: string): Promise<Readonly<Record<string, string>>> {
  const sources = PROGRAMS.map((program) => join(root, program));
  const bundle = await rolldown({
    input: Object.fromEntries(PROGRAMS.map((program, index) => [nameOf(program), sources[index] as string])),
    platform: 'node',
    external: EXTERNAL,
    resolve: { conditionNames: ['automate-source', 'node', 'import'] },
    plugins: [ownAddresses],
    logLevel: 'warn',
  });
  try {
    const { output } = await bundle.generate({
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    });
    const files = output.map((file) => [file.fileName, 'code' in file ? file.code : file.source] as const);
    const hash = createHash('sha256');
    for (const [name, content] of files) hash.update(name).update(content);
    const folder = join(cache, hash.digest('hex').slice(0, 16));
    if (!existsSync(folder)) write(folder, files);
    return Object.fromEntries(PROGRAMS.map((program, index) => [sources[index], join(folder, `${nameOf(program)}.mjs`)]));
  } finally {
    await bundle.close();
  }
}

/** Whatever stands beside a source is found from where the source stands. */
const ownAddresses: Plugin = {
  name: 'own-addresses',
  transform: {
    filter: { id: { exclude: /node_modules/ }, code: /import\.meta\.url/ },
    handler: (code, id) => code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)),
  },
};

/** All of it or nothing: another run may do the same. */
function write(folder: string, files: readonly (readonly [string, string | Uint8Array])[]): void {
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  for (const [name, content] of files) writeFileSync(join(draft, name), content);
  try {
    renameSync(draft, folder);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
}

function nameOf(program: string): string {
  return program
    .replace(/^.*?\/(src|e2e)\//, '')
    .replaceAll('/', '-')
    .replace(/\.ts$/, '');
}
