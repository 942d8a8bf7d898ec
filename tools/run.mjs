// Runs a command of this repository on a fresh clone: installs what is missing, then goes on under the pinned Node.
// Plain JavaScript for Node 20, since it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStudioBuilt } from './build-studio.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const node = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');
const compiled = join(root, 'node_modules', '.cache', 'node-compile');
const [, , command = '', ...rest] = process.argv;

/** @type {Record<string, string[][]>} Programs of each command, one after the other. */
const commands = {
  start: [...studioSteps(), ['packages/automate/src/cli/main.ts', 'serve', '--with-worker', '--migrate', ...rest]],
  check: [['tools/check.ts', ...rest]],
  test: testSteps(),
  'test:long': testSteps(),
  generate: [
    ['tools/generate-client/main.ts', ...rest],
    ['tools/generate-settings.ts', ...rest],
  ],
  bench: [['--conditions=automate-source', 'bench/run.ts', ...rest]],
  chaos: [['--conditions=automate-source', 'chaos/run.ts', ...rest]],
  gallery: [
    ['tools/require-chromium.ts'],
    ['node_modules/vitest/vitest.mjs', 'run', 'packages/automate/e2e/studio-gallery.test.ts', ...rest],
  ],
};

if (command === 'test:long') process.env.AUTOMATE_TEST_LANE = 'long';
if (command === 'gallery') process.env.AUTOMATE_GALLERY ??= join(root, 'gallery');
const steps = commands[command];
if (!steps) {
  console.error(`Unknown command "${command}". Known: ${Object.keys(commands).join(', ')}.`);
  process.exit(2);
}
installWhatIsMissing();
process.chdir(root);
for (const step of steps) {
  const code = await run(step);
  if (code !== 0) process.exit(code);
}

/** The web app is built where its sources have changed. */
function studioSteps() {
  return isStudioBuilt() ? [] : [['tools/build-studio.mjs']];
}

function testSteps() {
  return [
    ['tools/require-chromium.ts', ...rest],
    ['tools/require-media-programs.ts', ...rest],
    ['tools/check.ts'],
    ['node_modules/vitest/vitest.mjs', 'run', ...rest],
  ];
}

/** `npm install`, not `npm ci`: a registry without other platforms' optional packages makes `ci` refuse the lock file. */
function installWhatIsMissing() {
  const stamp = join(root, 'node_modules', '.automate-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && existsSync(node) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing what is missing (npm install) …');
  const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error('npm install failed; its messages are above.');
    process.exit(npm.status ?? 1);
  }
  const locked = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, locked);
}

/** Runs a program under the pinned Node, hands on signals, and resolves with its exit code. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(node, args, {
      stdio: 'inherit',
      // TypeScript is stripped once, not with every start.
      env: { NODE_COMPILE_CACHE: compiled, ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` },
      shell: process.platform === 'win32',
    });
    const forward = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
    // npm runs scripts through a shell that dies without handing on the signal: when our parent is gone, it was meant for us.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid !== parent) child.kill('SIGTERM');
    }, 250);
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, forward);
      resolve(code ?? (signal ? 1 : 0));
    });
  });
}
