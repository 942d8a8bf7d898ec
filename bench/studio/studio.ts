import { fileURLToPath } from 'node:url';
import { sizesOf } from '../../packages/studio/sizes.ts';
import { report, say } from '../harness/figures.ts';
import { buildStudio, type StudioServer, withStudio } from '../harness/studio.ts';
import { audit, type Scores } from './lighthouse.ts';
import { peerSize } from './peer.ts';

const DIST = fileURLToPath(new URL('../../packages/studio/dist/', import.meta.url));

/** What the Studio weighs, and how it does before a browser. */
export async function run({ profileDirectory }: { profileDirectory: string | undefined }): Promise<void> {
  buildStudio();
  weigh();
  await withStudio(new URL('./server-process.ts', import.meta.url), profileDirectory, judgeAll);
}

async function judgeAll(studio: StudioServer): Promise<void> {
  const execution = await studio.server.call<string>('seed');
  const pages = { dashboard: 'dashboard/', executions: 'executions/', execution: `executions/${execution}/`, models: 'admin/' };
  for (const [name, path] of Object.entries(pages)) judge(name, await audit(studio, path, 'desktop'));
  const { performance, metrics } = await audit(studio, pages.executions, 'mobile');
  report({
    bench: 'studio',
    figure: 'executions_phone',
    unit: 'of 100',
    values: [performance],
    target: { of: 'value', atLeast: 85 },
  });
  say(`    ${metrics}`);
}

function weigh(): void {
  const { initial, routes, styles } = sizesOf(DIST);
  const common = { bench: 'studio', unit: 'KiB gz' };
  const peer = peerSize();
  report({
    ...common,
    figure: 'initial_js',
    values: [initial],
    peers: [peer.size],
    target: { of: 'value', atMost: 150 },
    note: `peer: ${peer.name}, all that its page preloads`,
  });
  const [name = '', largest = 0] = Object.entries(routes).reduce((most, next) => (next[1] > most[1] ? next : most));
  report({ ...common, figure: 'largest_route', values: [largest], target: { of: 'value', atMost: 140 }, note: name });
  report({ ...common, figure: 'styles', values: [styles] });
  for (const [page, size] of Object.entries(routes)) say(`    ${page}: ${size.toFixed(1)} KiB`);
}

function judge(page: string, { performance, accessibility, bestPractices, metrics, failed }: Scores): void {
  const common = { bench: 'studio', unit: 'of 100' };
  report({ ...common, figure: `${page}_desktop`, values: [performance], target: { of: 'value', atLeast: 95 } });
  report({ ...common, figure: `${page}_accessibility`, values: [accessibility], target: { of: 'value', atLeast: 100 } });
  report({ ...common, figure: `${page}_best_practices`, values: [bestPractices] });
  for (const line of [metrics, ...failed]) say(`    ${line}`);
}
