import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Everything that can be said about the code without running it. All checks run, so that one run tells all. */
const checks: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['lint and format', ['biome', 'check', '--error-on-warnings', '.']],
  ['types', ['tsc', '-p', '.']],
  ['types of the client in a browser', ['tsc', '-p', 'packages/client']],
  ['types of the pages in a browser', ['tsc', '-p', 'packages/automate/tsconfig.pages.json']],
  ['types of the Studio', ['tsc', '-p', 'packages/studio']],
  ['client is up to date', ['node', 'tools/generate-client/main.ts', '--check']],
  ['settings page is up to date', ['node', 'tools/generate-settings.ts', '--check']],
  ['boundaries', ['depcruise', '--config', 'tools/boundaries.cjs', 'packages', 'tools', 'chaos']],
  ['SQL in stores', ['node', 'tools/sql-rules.ts']],
  ['dead code', ['knip']],
];

const results = await Promise.all(
  checks.map(async ([name, [program = '', ...args]]) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const [code] = await once(child, 'exit');
    return { name, ok: code === 0, output };
  }),
);
for (const { name, ok, output } of results) {
  console.log(`${ok ? '✓' : '✗'} ${name}`);
  if (!ok) console.log(output);
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
