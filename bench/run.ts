// npm run bench -- NAME [--profile]: figures on stdout, one JSON object a line; everything for people on stderr.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { say } from './harness/figures.ts';

interface Benchmark {
  /** @param options.profileDirectory where the processes of the product leave their CPU profiles */
  run(options: { profileDirectory: string | undefined }): Promise<void>;
}

const LIMIT_SECONDS = 290;
const benches = [
  'api',
  'ingest',
  'engine',
  'fairness',
  'history',
  'live',
  'gateway',
  'studio',
  'studio-live',
  'studio-lists',
] as const;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { profile: { type: 'boolean', default: false } } });
const name = benches.find((bench) => bench === positionals[0]);
if (!name) {
  say(`Usage: npm run bench -- ${benches.join(' | ')} [--profile]`);
  process.exit(2);
}
// The peer of a full history is a short one.
if (!['history', 'studio-live', 'studio-lists'].includes(name)) installPeers();
// The processes of the benchmark end when this one does.
setTimeout(() => {
  say(`Stopped: the benchmark took longer than ${LIMIT_SECONDS} s.`);
  process.exit(1);
}, LIMIT_SECONDS * 1_000).unref();

const profileDirectory = values.profile ? mkdtempSync(join(tmpdir(), 'automate-profile-')) : undefined;
const { run } = (await import(`./${name}/${name}.ts`)) as Benchmark;
await run({ profileDirectory });
if (profileDirectory) say(`CPU profiles: ${profileDirectory}`);
process.exit(0);

/** The peers are no part of the product, so they are installed only where somebody measures. */
function installPeers(): void {
  const directory = fileURLToPath(new URL('.', import.meta.url));
  if (existsSync(`${directory}node_modules/.package-lock.json`)) return;
  say('Installing the peers (npm install in bench) …');
  const npm = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) process.exit(npm.status ?? 1);
}
