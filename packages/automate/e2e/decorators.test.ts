import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { inherited } from './support/inherited.ts';

const fixture = fileURLToPath(new URL('./fixtures/decorators/', import.meta.url));
const modules = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'automate-decorators-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The plugin is proved by real programs, with it and without. */
function run(args: readonly string[], mode = 'plugin', cwd = fixture): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    // The variables of the Vitest around it would tell the inner one that it is a worker.
    const env = { ...inherited, DECORATORS: mode, NO_COLOR: '1' };
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
    });
  });
}
const vitest = [join(modules, 'vitest/vitest.mjs'), 'run', '--config', 'vitest.config.ts', '--reporter', 'verbose'];
const build = (outDir: string) => [
  join(modules, 'vite/bin/vite.js'),
  'build',
  '--config',
  'vitest.config.ts',
  '--outDir',
  outDir,
];

it('lets Vitest run files with @action', async () => {
  const { code, output } = await run(vitest);
  expect(output).toMatch(/Tests\s+3 passed/);
  expect(code).toBe(0);
});

it('without it, Vitest refuses them', async () => {
  const { code, output } = await run(vitest, 'none');
  expect([code, output]).toEqual([1, expect.stringContaining('SyntaxError')]);
});

it('legacy decorators are told what to do', async () => {
  const { code, output } = await run(vitest, 'legacy');
  expect([code, output]).toEqual([1, expect.stringContaining('@action on "sayHello" was called as a legacy decorator')]);
  expect(output).toContain('automateDecorators()');
});

it('lets `vite build` make files that run', async () => {
  symlinkSync(modules, join(directory, 'node_modules'));
  expect(await run(build(join(directory, 'good')))).toMatchObject({ code: 0 });
  const built = join(directory, 'good/viewset.js');
  const print = `import { routes } from ${JSON.stringify(pathToFileURL(built).href)}; console.log(routes.join('\\n'))`;
  const { output } = await run(['--input-type=module', '-e', print]);
  expect(output).toContain('POST /loud/say-hello/ loud.sayHello');
  expect(readFileSync(`${built}.map`, 'utf8')).toContain('@action({ detail: false');
});

it('without it, what `vite build` makes does not run', async () => {
  await run(build(join(directory, 'bad')), 'none');
  const { code, output } = await run([join(directory, 'bad/viewset.js')]);
  expect([code, output]).toEqual([1, expect.stringContaining('SyntaxError')]);
});

it('says that esbuild is missing', async () => {
  const alone = mkdtempSync(join(tmpdir(), 'automate-no-esbuild-'));
  copyFileSync(new URL('../src/vite/decorators.ts', import.meta.url), join(alone, 'decorators.ts'));
  const script = `import { automateDecorators } from './decorators.ts'; await automateDecorators().transform.handler('', 'a.ts')`;
  const { output } = await run(['--input-type=module', '-e', script], 'plugin', alone);
  rmSync(alone, { recursive: true });
  expect(output).toContain('npm install --save-dev esbuild');
});
